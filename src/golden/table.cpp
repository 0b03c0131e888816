// Numbers from the cells of a table.
#include "golden/table.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "golden/cell_table.hpp"

#include <algorithm>
#include <optional>

namespace gradtrace {
namespace {

std::optional<double> number_in(std::string text, bool decimal_comma) {
  if (const auto minus = text.find("−"); minus != std::string::npos) text.replace(minus, std::string_view("−").size(), "-");
  if (decimal_comma) std::replace(text.begin(), text.end(), ',', '.');
  return parse_double(text);
}

}  // namespace

StoredTable parse_table(const std::string& file, std::string_view text) {
  CellTable cells = parse_cells(file, text);
  StoredTable table{file, {}};
  constexpr std::size_t most_problems = 100;
  for (const CellRow& cell : cells.rows) {
    if (cells.problems.size() >= most_problems) break;
    if (cells.unreadable.contains(cell.name)) continue;
    if (const auto number = number_in(cell.text, cells.decimal_comma)) {
      table.rows.push_back({cell.name, *number, cell.line});
      continue;
    }
    const std::string message = cell.text.empty() ? "the value is missing" : "\"" + cell.text + "\" is no number";
    cells.problems.push_back(problem_at(cells, cell, message));
  }
  if (!cells.problems.empty()) {
    std::ranges::stable_sort(cells.problems, {}, &Problem::line);
    throw InputError(std::move(cells.problems));
  }
  return table;
}

StoredTable load_table(const std::filesystem::path& file) { return parse_table(file.string(), read_file(file, most_table_bytes)); }

}  // namespace gradtrace
