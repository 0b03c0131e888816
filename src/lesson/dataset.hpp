// The table [dataset]: many examples from files, read row by row.
#pragma once

#include "lesson/examples.hpp"

#include <optional>
#include <vector>

namespace gradtrace {

/// Looks at the files' headers, converts nothing. Nothing where the value is no table.
std::optional<DatasetTable> read_dataset_table(const TomlValue& value, ArrayContext& context);

/// How many rows skip and take leave; nothing where that is not known.
std::optional<std::size_t> dataset_rows(const DatasetTable& dataset);

/// Reads the rows wanted, or reports why they cannot be used.
void append_dataset(const DatasetTable& dataset, std::size_t inputs, std::size_t outputs,
                    std::optional<Cost> cost, Budget& budget, std::vector<Example>& examples);

}  // namespace gradtrace
