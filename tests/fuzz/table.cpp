// Any text as a table: golden files, sheets with what students write into cells, rosters.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "fuzz/input_file.hpp"
#include "fuzz/targets.hpp"
#include "golden/cell_table.hpp"
#include "golden/table.hpp"
#include "homework/answer.hpp"
#include "homework/roster.hpp"

#include <string_view>

namespace gradtrace {

void fuzz_table(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    parse_table("table.csv", text);
  } catch (const InputError&) {
  }
  const CellTable cells = parse_cells("sheet.csv", text);
  for (const CellRow& row : cells.rows) read_answer(row.text, cells.decimal_comma);
  try {
    load_roster(InputFile("roster.csv", data, size).path());
  } catch (const InputError&) {
  }
}

}  // namespace gradtrace
