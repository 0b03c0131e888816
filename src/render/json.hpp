// The trace and the check as JSON, streamed (the contract, The trace as JSON, The check as JSON).
#pragma once

#include "base/output.hpp"
#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <string>

namespace gradtrace {

/// gradtrace.trace.v1. Call begin, example once an example, then end. Of a selection, quantities, layers
/// and examples not wanted are left out; with one neuron wanted, arrays keep their places and hold null
/// for the others.
class TraceJson {
 public:
  TraceJson(Output& out, const Lesson& lesson, const Selection& selection)
      : out_(out), lesson_(lesson), selection_(selection) {}
  void begin();
  void example(const ExampleTrace& trace);
  void end(const MeanTrace& means);

 private:
  Output& out_;
  const Lesson& lesson_;
  const Selection& selection_;
  bool first_example_ = true;
};

/// A number as JSON has it: null where it is not finite.
std::string json_number(double value);

/// A row of a check, and its counts by verdict, as JSON objects.
std::string check_json_row(const CheckRow& row, bool several_examples);
std::string counts_json(const CheckSummary& summary);

/// gradtrace.check.v1. Rows are streamed; counts and verdict, known at the end, follow them.
class CheckJson {
 public:
  /// `method`: the options' own where empty.
  CheckJson(Output& out, const CheckOptions& options, bool several_examples, std::string_view method = {})
      : out_(out), method_(method.empty() ? info(options.method).name : method), several_(several_examples) {}
  void begin();
  void rows(const CheckTable& table);
  void end(const CheckSummary& summary);

 private:
  Output& out_;
  std::string_view method_;
  bool several_;
  bool first_row_ = true;
};

}  // namespace gradtrace
