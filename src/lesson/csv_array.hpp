// Arrays of numbers in CSV files, as spreadsheets and NumPy write them.
#pragma once

#include "lesson/binary_array.hpp"

#include <cstddef>
#include <cstdint>

namespace gradtrace {

struct CsvLayout {
  std::size_t rows = 0;
  std::size_t columns = 0;
  bool header = false;  ///< a first line without any number names the columns
  char separator = ',';
};

/// Bytes of text, decompressed, that are read for one lesson: as much as its numbers may take. A gzip file of a few
/// megabytes can hide more than anybody wants to wait for.
inline constexpr std::uintmax_t most_text = std::uintmax_t{512} << 20;

/// Finds the separator (`,`, `;` or tab), a header line, and the size; converts nothing.
/// @param left  how many bytes of text may still be read; those read are taken off
/// @throws ArrayFileError naming the line of a row that is longer or shorter than the first.
CsvLayout read_csv_layout(ByteSource& source, std::uintmax_t& left);

/// A decimal comma is fine where it does not separate columns.
/// @throws ArrayFileError naming line and cell of each that is no finite number, of many the first; then nothing after them was given to the sink.
void read_csv_rows(ByteSource& source, const CsvLayout& layout, RowRange range,
                   const RowSink& sink);

}  // namespace gradtrace
