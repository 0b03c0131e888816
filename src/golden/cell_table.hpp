// The table of named numbers as it stands in a file, its values still text: what golden files, gradients and homework
// sheets have in common.
#pragma once

#include "base/error.hpp"
#include "base/name.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

struct CellRow {
  Name name;
  std::string text;        ///< the value, without blanks around it; "" where the cell is empty
  std::size_t line = 0;    ///< of the file, from 1
  std::size_t column = 0;  ///< of the value, in code points from 1
  std::size_t line_begin = 0;  ///< in the table's source, in bytes
  std::size_t begin = 0, end = 0;  ///< of the value's cell there, with its quotes
  std::size_t missing = 0;         ///< separators that the row lacks in front of it
};

struct CellTable {
  std::string file;  ///< as the user named it
  std::vector<CellRow> rows;
  std::map<std::string, CellRow> labels;      ///< of the columns lesson, student and variant: the first value that is not empty, and where
  std::vector<std::string> header;            ///< the columns' names, in lower case
  char separator = ',';
  bool decimal_comma = false;                 ///< whether a comma may be a decimal point: columns are parted by something else
  bool marked = false;                        ///< whether the file began with a byte order mark
  std::string source;                         ///< the text without it, in UTF-8
  std::map<Name, std::string> unreadable;     ///< of the rows, those whose value is none, and why; these are problems too
  std::vector<Problem> problems;              ///< rows that could not be read and were left out, and a broken header
};

/// Something wrong with a row's value, located.
Problem problem_at(const CellTable& table, const CellRow& row, const std::string& message);

/// Columns example,quantity,layer,j,k,value in any order, and more. Takes what spreadsheet programs write (csv.hpp), and
/// indices such as 1.0. Of a number given twice, which is a problem, the first value that is not empty counts.
/// @throws InputError where there are more lines than any table has
CellTable parse_cells(const std::string& file, std::string_view text);

/// The table's text with these values put into their cells, in the way of its other values; all else stays as it is (UTF-16 becomes
/// UTF-8). A number without a row gets one at the end, with `copied` of the further columns.
/// @throws InputError where its quotes leave open which cell is which.
std::string with_values(const CellTable& table, const std::map<Name, double>& values, const std::vector<std::string>& copied);

}  // namespace gradtrace
