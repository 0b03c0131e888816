// A stored table of named numbers, read from CSV: golden files, answer keys, other people's gradients.
#pragma once

#include "base/name.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// A row takes ten times its length in memory.
inline constexpr std::uintmax_t most_table_bytes = std::uintmax_t{1} << 28;

struct TableRow {
  Name name;
  double value = 0;
  std::size_t line = 0;  ///< of the file, from 1
};

struct StoredTable {
  std::string file;  ///< as the user named it
  std::vector<TableRow> rows;
  bool signless_infinities = false;  ///< an infinite value says that a number is beyond a double, not in which direction
};

/// Columns example,quantity,layer,j,k,value in any order; further ones are ignored. Takes what spreadsheet
/// programs write: a BOM, UTF-16, CRLF, semicolons or tabs, decimal commas where the separator is not a comma,
/// quoted cells, blank lines, U+2212 for a minus.
/// @throws InputError with every problem of the text, each with line and column.
StoredTable parse_table(const std::string& file, std::string_view text);

/// @throws InputError where the file cannot be read, too.
StoredTable load_table(const std::filesystem::path& file);

}  // namespace gradtrace
