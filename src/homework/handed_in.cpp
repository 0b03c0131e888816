// Reading what was handed in.
#include "homework/handed_in.hpp"

#include "base/csv.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "golden/foreign.hpp"
#include "trace/order.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

namespace gradtrace {
namespace {

std::string label(const CellTable& cells, const char* name) {
  const auto found = cells.labels.find(name);
  return found == cells.labels.end() ? std::string() : shortened(found->second.text);
}

/// A table with what its labels say.
HandedIn sheet_of(const std::string& file, std::string_view text) {
  HandedIn sheet;
  sheet.file = file;
  sheet.cells = parse_cells(file, text);
  sheet.lesson = label(sheet.cells, "lesson");
  sheet.student = label(sheet.cells, "student");
  sheet.variant = label(sheet.cells, "variant");
  return sheet;
}

}  // namespace

Problem HandedIn::problem_of(const std::string& label, const std::string& message) const {
  const auto found = cells.labels.find(label);
  return found == cells.labels.end() ? Problem{file, 0, 0, 1, message, "", 1} : problem_at(cells, found->second, message);
}

HandedIn read_handed_in(const std::filesystem::path& file) {
  std::string text = read_file(file, HandedIn::largest);
  if (text.find('\0') != std::string::npos && !text.starts_with("\xFF\xFE") && !text.starts_with("\xFE\xFF")) {
    throw InputError(file.string(), text.starts_with("PK") ? "is a spreadsheet program's own file; save the sheet as CSV" : "holds binary data; a sheet is a table saved as CSV");
  }
  if (text.starts_with("PK\x03\x04")) throw InputError(file.string(), "is a spreadsheet program's own file; save the sheet as CSV");
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && text[first] == '{') {
    HandedIn sheet;
    sheet.file = file.string();
    sheet.json = std::move(text);
    return sheet;
  }
  HandedIn sheet = sheet_of(file.string(), text);
  if (sheet.cells.rows.size() > HandedIn::most_rows) throw InputError(sheet.file, "has more than 1,000,000 rows; no sheet is so long");
  if (sheet.cells.rows.empty() && !sheet.cells.problems.empty()) throw InputError(sheet.cells.problems);
  return sheet;
}

bool looks_handed_in(std::string_view beginning) {
  if (beginning.starts_with("PK\x03\x04")) return true;
  const std::string utf8 = to_utf8(beginning);
  const std::string_view text = trimmed(utf8);
  if (!text.starts_with('{')) return is_table_handed_in(utf8);
  return std::ranges::any_of(std::array{"\"gradtrace.trace.v1\"", "\"examples\"", "\"layers\""}, [&](const char* key) { return text.find(key) != std::string_view::npos; });
}

bool is_table_handed_in(std::string_view beginning) {
  const std::string utf8 = to_utf8(beginning);
  CsvReader reader(utf8);
  if (!reader.next() || !reader.cells()) return false;
  const std::vector<std::string>& cells = *reader.cells();
  const auto named = std::ranges::count_if(cells, [](const std::string& cell) {
    constexpr std::array columns{"example", "quantity", "layer", "j", "k", "value"};
    return std::ranges::find(columns, lower_case(std::string(trimmed(cell)))) != columns.end();
  });
  return named >= 4 || (cells.size() >= 6 && parse_quantity(trimmed(cells[1])));
}

bool is_homework_sheet(std::string_view table) {
  const std::string text = to_utf8(table);
  CsvReader reader(text);
  if (!reader.next() || !reader.cells()) return false;
  std::vector<std::string> header;
  for (const std::string& cell : *reader.cells()) header.push_back(lower_case(std::string(trimmed(cell))));
  const auto column = [&](const char* name) { return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin()); };
  if (column("lesson") < header.size() || column("student") < header.size()) return true;
  for (const std::size_t value = column("value"); reader.next();) {
    if (const auto& cells = reader.cells(); cells && (cells->size() <= value || trimmed((*cells)[value]).empty())) return true;
  }
  return false;
}

ReadAnswer read_answer(const CellTable& cells, const CellRow& row) {
  const auto unreadable = cells.unreadable.find(row.name);
  return unreadable == cells.unreadable.end() ? read_answer(row.text, cells.decimal_comma) : ReadAnswer{false, {}, unreadable->second};
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
    const auto problem = [&](const std::string& message) { problems.push_back({sheet.file, 0, 0, 1, message, "", 1}); };
    std::size_t strange = 0, twice = 0;
    for (const TableRow& row : parse_foreign_json(sheet.file, sheet.json, lesson).rows) {
      Name name = row.name;
      if (!why_absent(lesson.network, lesson.examples.size(), name).empty()) {
        if (strange++ == 0) problem(to_string(row.name, true) + " is no number of this lesson, and is left aside, as are others like it");
        continue;
      }
      const auto place = place_of(row.name);
      if (!place) continue;
      Given& answer = given[*place];
      if (!answer.present) {
        answer = {true, row.value, ""};
      } else if (answer.value && !has_digits(row.value, *answer.value, layout.digits(), 0) && !has_digits(*answer.value, row.value, layout.digits(), 0)) {
        const std::string both = "is given twice, as " + shortest(*answer.value) + " and as " + shortest(row.value) + ": neither counts";
        if (twice++ == 0) problem(to_string(row.name, lesson.several_examples()) + " " + both + ", nor do others like it");
        answer = {true, std::nullopt, both};
      }
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
      const ReadAnswer answer = read_answer(sheet.cells, row);
      if (answer.blank && given[*place].present) continue;  // given twice, with the example's number and without
      given[*place] = {!answer.blank, answer.value, answer.problem};
      if (!answer.problem.empty() && !sheet.cells.unreadable.contains(row.name)) problems.push_back(problem_at(sheet.cells, row, answer.problem));
    }
  }
  return given;
}

HandedIn sheet_in_place(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return sheet_of(file.string(), std::string(std::istreambuf_iterator<char>(in), {}));
}

std::optional<Problem> other_given(const HandedIn& sheet, const Lesson& lesson, const Grader& grader) {
  constexpr int digits = 2;  // what a narrow column leaves at least
  std::optional<Problem> first;
  std::size_t more = 0;
  bool another_lesson = false;
  /// `problem`: of a message, where the number stands.
  const auto compare = [&](Name name, const std::optional<double>& there, const auto& problem) {
    if (!there || !why_absent(lesson.network, lesson.examples.size(), name).empty()) return;
    const auto index = grader.layout().numbers().index(name);
    // JSON holds what its author worked out, not what a sheet showed.
    if (index && (grader.layout().cell(*index) != Cell::shown || !sheet.json.empty())) return;
    const double here = index ? grader.right(*index) : grader.given_number(name);
    if (has_digits(*there, here, digits, index ? grader.negligible(*index) : 0)) return;
    another_lesson = another_lesson || !index;
    if (first) {
      ++more;
    } else {
      first = problem(to_string(name, lesson.several_examples()) + " is " + shortest(*there) + " on the sheet, but " + shortest(here) + " in the lesson");
    }
  };
  for (const CellRow& row : sheet.cells.rows) {
    compare(row.name, read_answer(sheet.cells, row).value, [&](const std::string& message) { return problem_at(sheet.cells, row, message); });
  }
  if (!sheet.json.empty()) {
    for (const TableRow& row : parse_foreign_json(sheet.file, sheet.json, lesson).rows) {
      compare(row.name, row.value, [&](const std::string& message) { return Problem{sheet.file, 0, 0, 1, message, "", 1}; });
    }
  }
  if (more > 0) first->message += ", and so are " + std::to_string(more) + " more of the numbers it shows";
  if (first && sheet.variant.empty() && another_lesson) first->message += "; the sheet names no variant";
  return first;
}

Lesson lesson_on_sheet(const HandedIn& sheet, const Lesson& lesson) {
  if (sheet.variant.empty()) return lesson;
  std::map<Name, const CellRow*> rows;
  for (const CellRow& row : sheet.cells.rows) {
    Name name = row.name;
    if (why_absent(lesson.network, lesson.examples.size(), name).empty()) rows.emplace(name, &row);
  }
  Lesson result = lesson;
  std::vector<Problem> problems = sheet.cells.problems;
  std::vector<std::string> missing;
  const auto take = [&](const Name& name) {
    const auto row = rows.find(name);
    const ReadAnswer read = row == rows.end() ? ReadAnswer{} : read_answer(sheet.cells, *row->second);
    if (!read.value) {
      missing.push_back(to_string(name, lesson.several_examples()));
      if (!read.problem.empty() && !sheet.cells.unreadable.contains(row->second->name)) problems.push_back(problem_at(sheet.cells, *row->second, read.problem));
      return;
    }
    switch (name.quantity) {
      case Quantity::w: result.network.layer(name.layer).weights(name.j, name.k) = *read.value; break;
      case Quantity::b: result.network.layer(name.layer).biases(name.j) = *read.value; break;
      case Quantity::a: result.examples[name.scope.example].input(name.j) = *read.value; break;
      default: break;  // variants keep the targets, which the cost may restrict
    }
  };
  const auto take_all = [&](const std::vector<Block>& blocks, Scope scope) {
    for (const Block& block : blocks) {
      for (std::size_t i = 0; i < block.size(); ++i) take(block.name(i, scope));
    }
  };
  take_all(given_blocks(lesson.network), Scope{});
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) take_all(given_example_blocks(lesson.network), Scope::of_example(e));
  if (missing.empty()) return result;
  constexpr std::size_t most_named = 6;
  std::string names;
  for (std::size_t i = 0; i < std::min(most_named, missing.size()); ++i) names += (i ? ", " : "") + missing[i];
  if (missing.size() > most_named) names += " and " + std::to_string(missing.size() - most_named) + " more";
  problems.insert(problems.begin(), {sheet.file, 0, 0, 1, "is variant " + sheet.variant + ", but of its given numbers are missing or unreadable: " + names +
                                                              "; gradtrace grade with --roster and --secret-file knows them", "", 1});
  throw InputError(std::move(problems));
}

}  // namespace gradtrace
