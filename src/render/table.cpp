// Tables of text.
#include "render/table.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <array>

namespace gradtrace {
namespace {

/// Code points up to the decimal point, or all where there is none.
std::size_t before_point(const std::string& cell) { return count_columns(cell.substr(0, cell.find('.'))); }

bool is_number(const std::string& cell) {
  return cell.find_first_of("0123456789") != std::string::npos && cell.find_first_of("e ") == std::string::npos;
}

}  // namespace

std::string equation_line(const std::string& prefix, const std::string& expression, std::size_t width, const std::string& rest) {
  std::string line = prefix;
  if (count_columns(expression) <= width) {
    line += padded(expression, width) + rest;
  } else {
    line += expression + "\n" + std::string(count_columns(prefix) + width, ' ') + rest;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = count_columns(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

std::string cut(const std::string& text, std::size_t width) {
  if (count_columns(text) <= width) return text;
  std::string result;
  std::string_view rest = text;
  for (std::size_t i = 0; i + 1 < width; ++i) {
    const std::size_t bytes = first_code_point(rest).bytes;
    result += rest.substr(0, bytes);
    rest.remove_prefix(bytes);
  }
  return result + "…";
}

std::vector<std::string> aligned(const std::vector<std::string>& cells, Align align) {
  std::vector<std::string> result = cells;
  if (align == Align::decimal) {
    std::size_t most = 0;
    for (const std::string& cell : cells) {
      if (is_number(cell)) most = std::max(most, before_point(cell));
    }
    for (std::string& cell : result) {
      if (is_number(cell)) cell.insert(0, most - before_point(cell), ' ');
    }
  }
  std::size_t width = 0;
  for (const std::string& cell : result) width = std::max(width, count_columns(cell));
  for (std::string& cell : result) {
    // Numbers with an exponent, and words among numbers, stand at the right.
    const bool right = align == Align::right || (align == Align::decimal && !is_number(cell));
    const std::size_t blanks = width - count_columns(cell);
    if (right) {
      cell.insert(0, blanks, ' ');
    } else {
      cell.append(blanks, ' ');
    }
  }
  return result;
}

std::string render_table(const TextTable& table, std::size_t indent) {
  const bool headed = std::any_of(table.columns.begin(), table.columns.end(),
                                  [](const TextColumn& column) { return !column.header.empty(); });
  std::vector<std::string> lines(table.rows.size() + (headed ? 1 : 0), std::string(indent, ' '));
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::vector<std::string> cells;
    for (const auto& row : table.rows) cells.push_back(row[c]);
    cells = aligned(cells, table.columns[c].align);
    if (headed) {
      std::vector<std::string> with_header{table.columns[c].header};
      with_header.insert(with_header.end(), cells.begin(), cells.end());
      cells = aligned(with_header, table.columns[c].align == Align::left ? Align::left : Align::right);
    }
    for (std::size_t line = 0; line < lines.size(); ++line) lines[line] += (c > 0 ? "  " : "") + cells[line];
  }
  std::string text;
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string colored(const std::string& text, Color color, bool wanted) {
  static constexpr std::array<const char*, 6> codes{"", "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[33m"};
  if (!wanted || color == Color::none) return text;
  return codes[static_cast<std::size_t>(color)] + text + "\033[0m";
}

}  // namespace gradtrace
