// Tables of text: cells in columns, aligned by what is in them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gradtrace {

enum class Align { left, right, decimal };  ///< decimal: the points of numbers stand below each other

struct TextColumn {
  std::string header;
  Align align = Align::left;
};

struct TextTable {
  std::vector<TextColumn> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as many cells as there are columns
};

/// Cells of one column padded so that they line up; all get the same width in code points.
std::vector<std::string> aligned(const std::vector<std::string>& cells, Align align);

/// The table, indented, its columns two blanks apart, no line longer than it must be (blanks at the end are
/// cut). The header is left out where all headers are empty.
std::string render_table(const TextTable& table, std::size_t indent);

/// `prefix`, `expression` padded to `width` columns, `rest`. A longer expression has its line to itself, and
/// `rest` stands on the next one where it would have stood.
std::string equation_line(const std::string& prefix, const std::string& expression, std::size_t width, const std::string& rest);

/// `text` padded or cut (with …) to `width` code points.
std::string padded(const std::string& text, std::size_t width);
std::string cut(const std::string& text, std::size_t width);

/// Terminal colours, where wanted.
enum class Color { none, bold, dim, green, red, yellow };
std::string colored(const std::string& text, Color color, bool wanted);

}  // namespace gradtrace
