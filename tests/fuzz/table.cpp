// Any text as a table: golden files, sheets with what students write into cells, rosters.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "fuzz/input_file.hpp"
#include "fuzz/targets.hpp"
#include "golden/cell_table.hpp"
#include "golden/table.hpp"
#include "homework/answer.hpp"
#include "homework/roster.hpp"

#include <cstdlib>
#include <string_view>

namespace gradtrace {

namespace {

/// One answer written into a sheet: no other is changed or lost.
void write_one_answer(const CellTable& before) {
  const Name& name = before.rows[before.rows.size() / 2].name;
  try {
    const CellTable after = parse_cells("sheet.csv", with_values(before, {{name, 0.5}}, {"student", "variant"}));
    if (after.rows.size() != before.rows.size()) std::abort();
    for (std::size_t i = 0; i < after.rows.size(); ++i) {
      if (after.rows[i].name != before.rows[i].name) std::abort();
      if (after.rows[i].name != name && after.rows[i].text != before.rows[i].text) std::abort();
    }
  } catch (const InputError&) {  // where its quotes leave open which cell is which
  }
}

}  // namespace

void fuzz_table(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    parse_table("table.csv", text);
  } catch (const InputError&) {
  }
  const CellTable cells = parse_cells("sheet.csv", text);
  for (const CellRow& row : cells.rows) read_answer(row.text, cells.decimal_comma);
  if (!cells.rows.empty()) write_one_answer(cells);
  try {
    load_roster(InputFile("roster.csv", data, size).path());
  } catch (const InputError&) {
  }
}

}  // namespace gradtrace
