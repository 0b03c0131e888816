// The tables [[example]] and [dataset]: the examples of a lesson, from its text and from files.
#pragma once

#include "lesson/layers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

/// Each costs some hundred bytes beside its numbers.
inline constexpr std::size_t most_examples = 1'000'000;

/// An [[example]] as written.
struct ExampleTable {
  std::optional<ArrayValue> input, target;
};

/// Rows of numbers, one an example: in a file that is read only where it is wanted, or written out.
struct DataRows {
  TomlValue value;
  std::string name;  ///< "x.npy", or the key where the rows are written out
  std::optional<ArrayFile> file;
  std::optional<ArrayValue> written;

  std::size_t rows() const { return file ? file->rows() : written->rows; }
  std::size_t columns() const { return file ? file->columns() : written->columns; }
  /// @throws ArrayFileError
  void read(RowRange range, const RowSink& sink) const;
};

/// [dataset] as written.
struct DatasetTable {
  std::optional<DataRows> inputs, targets, labels;
  std::optional<TomlValue> skip_value;
  RowRange range;
  double scale = 1;
  bool broken = false;  ///< something has been reported that hides data
};

struct ExampleTables {
  std::vector<ExampleTable> examples;
  std::optional<DatasetTable> dataset;
  bool broken = false;  ///< examples that are there in the text are not here
};

ExampleTables read_example_tables(const TomlTable& root, ArrayContext& context);

DataWidths data_widths(const ExampleTables& tables);

/// How many examples there will be; nothing where a reported problem hides it.
std::optional<std::size_t> example_count(const ExampleTables& tables);

/// The examples, [[example]] first. Reports sizes that do not fit the widths, targets the cost refuses,
/// labels that are no class, and numbers that are none.
std::vector<Example> read_examples(const ExampleTables& tables, const Widths& widths,
                                   std::optional<Cost> cost, ArrayContext& context);

}  // namespace gradtrace
