// Reading what was handed in.
#include "homework/handed_in.hpp"

#include "base/csv.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "golden/foreign.hpp"
#include "homework/answer.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace gradtrace {
namespace {

std::string label(const CellTable& cells, const char* name) {
  const auto found = cells.labels.find(name);
  return found == cells.labels.end() ? std::string() : found->second.text;
}

}  // namespace

HandedIn read_handed_in(const std::filesystem::path& file) {
  HandedIn sheet;
  sheet.file = file.string();
  std::string text = read_file(file, HandedIn::largest);
  if (text.find('\0') != std::string::npos && !text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) {
    throw InputError(sheet.file, text.starts_with("PK") ? "is a spreadsheet program's own file; save the sheet as CSV" : "holds binary data; a sheet is a table saved as CSV");
  }
  if (text.starts_with("PK\x03\x04")) throw InputError(sheet.file, "is a spreadsheet program's own file; save the sheet as CSV");
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    sheet.json = std::move(text);
    return sheet;
  }
  sheet.cells = parse_cells(sheet.file, text);
  if (sheet.cells.rows.empty() && !sheet.cells.problems.empty()) throw InputError(sheet.cells.problems);
  sheet.lesson = label(sheet.cells, "lesson");
  sheet.student = label(sheet.cells, "student");
  sheet.variant = label(sheet.cells, "variant");
  return sheet;
}

std::vector<Given> answers_in(const HandedIn& sheet, const Lesson& lesson, const SheetLayout& layout, std::vector<Problem>& problems) {
  std::vector<Given> given(layout.asked().size());
  std::map<std::size_t, std::size_t> places;  // of the asked numbers
  for (std::size_t a = 0; a < given.size(); ++a) places.emplace(layout.asked()[a], a);
  const auto place_of = [&](const Name& name) {
    const auto index = layout.numbers().index(name);
    const auto found = index ? places.find(*index) : places.end();
    return found == places.end() ? std::nullopt : std::optional(found->second);
  };
  if (!sheet.json.empty()) {
    for (const TableRow& row : parse_foreign_json(sheet.file, sheet.json, lesson).rows) {
      if (const auto place = place_of(row.name)) given[*place] = {true, row.value, ""};
    }
    return given;
  }
  problems.insert(problems.end(), sheet.cells.problems.begin(), sheet.cells.problems.end());
  const bool several = lesson.several_examples();
  std::size_t strange = 0;
  for (const CellRow& row : sheet.cells.rows) {
    Name name = row.name;
    if (!why_absent(lesson.network, lesson.examples.size(), name).empty()) {
      const bool with_example = several || name.scope != Scope::of_example(0);
      if (strange++ == 0) problems.push_back(problem_at(sheet.cells, row, to_string(name, with_example) + " is no number of this lesson, and is left aside, as are others like it"));
      continue;
    }
    if (const auto place = place_of(name)) {
      const ReadAnswer answer = read_answer(row.text, sheet.cells.decimal_comma);
      given[*place] = {!answer.blank, answer.value, answer.problem};
      if (!answer.problem.empty()) problems.push_back(problem_at(sheet.cells, row, answer.problem));
    }
  }
  return given;
}

Lesson lesson_on_sheet(const HandedIn& sheet, const Lesson& lesson) {
  Lesson result = lesson;
  for (const CellRow& row : sheet.cells.rows) {
    Name name = row.name;
    const auto value = read_answer(row.text, sheet.cells.decimal_comma).value;
    if (!is_given(name) || !value || !why_absent(lesson.network, lesson.examples.size(), name).empty()) continue;
    switch (name.quantity) {
      case Quantity::w: result.network.layer(name.layer).weights(name.j, name.k) = *value; break;
      case Quantity::b: result.network.layer(name.layer).biases(name.j) = *value; break;
      case Quantity::a: result.examples[name.scope.example].input(name.j) = *value; break;
      case Quantity::y: break;  // variants keep the targets, which the cost may restrict
      default: break;
    }
  }
  return result;
}

}  // namespace gradtrace
