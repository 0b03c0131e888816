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
};

struct CellTable {
  std::string file;  ///< as the user named it
  std::vector<CellRow> rows;
  std::map<std::string, std::string> labels;  ///< of each further column, the first value that is not empty
  bool decimal_comma = false;                 ///< whether a comma may be a decimal point: columns are parted by something else
  std::string source;                         ///< the text, in UTF-8
  std::vector<Problem> problems;              ///< rows that could not be read and were left out, and a broken header
};

/// Something wrong with a row's value, located.
Problem problem_at(const CellTable& table, const CellRow& row, const std::string& message);

/// Columns example,quantity,layer,j,k,value in any order, and more. Takes what spreadsheet programs write: a BOM, UTF-16,
/// CRLF, semicolons or tabs, quoted cells, blank lines.
CellTable parse_cells(const std::string& file, std::string_view text);

}  // namespace gradtrace
