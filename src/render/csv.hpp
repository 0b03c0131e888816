// The trace as CSV, streamed: golden files, answer keys and homework sheets are all this one table.
// Columns: example,quantity,layer,j,k,value (the contract, The trace as CSV).
#pragma once

#include "base/output.hpp"
#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

namespace gradtrace {

/// The header line and what is given: w and b, then every example's a[0] and y.
void write_csv_given(Output& out, const Lesson& lesson, const Selection& selection);

/// What is derived of one example, in the order of the derivation.
void write_csv_example(Output& out, const Lesson& lesson, const ExampleTrace& trace, const Selection& selection);

/// The means; nothing for a lesson of one example.
void write_csv_means(Output& out, const Lesson& lesson, const MeanTrace& means, const Selection& selection);

/// The header line of a check: example,quantity,layer,j,k,analytic,numeric,bound,relative_error,verdict
void write_check_csv_header(Output& out);
void write_check_csv(Output& out, const CheckTable& table);
/// One of its lines.
std::string check_csv_row(const CheckRow& row);

}  // namespace gradtrace
