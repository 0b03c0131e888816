// Arrays of numbers in CSV files, as spreadsheets and NumPy write them.
#pragma once

#include "lesson/binary_array.hpp"

#include <cstddef>

namespace gradtrace {

struct CsvLayout {
  std::size_t rows = 0;
  std::size_t columns = 0;
  bool header = false;  ///< a first line without any number names the columns
  char separator = ',';
};

/// Finds the separator (`,`, `;` or tab), a header line, and the size; converts nothing.
/// @throws ArrayFileError naming the line of a row that is longer or shorter than the first.
CsvLayout read_csv_layout(ByteSource& source);

/// A decimal comma is fine where it does not separate columns.
/// @throws ArrayFileError naming line and cell of what is no finite number.
void read_csv_rows(ByteSource& source, const CsvLayout& layout, RowRange range,
                   const RowSink& sink);

}  // namespace gradtrace
