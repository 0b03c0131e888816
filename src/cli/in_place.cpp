// Telling a sheet as it was dealt from one that somebody has filled in.
#include "cli/in_place.hpp"

#include "base/csv.hpp"
#include "base/file.hpp"
#include "base/output.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "homework/handed_in.hpp"
#include "homework/layout.hpp"
#include "lesson/load.hpp"
#include "render/sheet.hpp"
#include "trace/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

/// With the line ends that we write, as mail and version control change them.
std::string with_our_line_ends(std::string text) {
  std::erase(text, '\r');
  return text;
}

/// A label as it stands: HandedIn's are shortened.
std::string label_of(const CellTable& cells, const char* name) {
  const auto found = cells.labels.find(name);
  return found == cells.labels.end() ? "" : found->second.text;
}

/// The lesson with all that is given on the sheet, and what is empty there asked: one that deals this very sheet, if any does.
/// @throws InputError where something given is missing
Lesson as_on_sheet(const HandedIn& sheet, const Lesson& lesson) {
  HandedIn variant = sheet;
  variant.variant = "its own";
  Lesson own = lesson_on_sheet(variant, lesson);
  Homework asked = own.homework.value_or(Homework{});
  asked.blanks.clear();
  for (const CellRow& row : sheet.cells.rows) {
    Name name = row.name;
    if (!why_absent(lesson.network, lesson.examples.size(), name).empty()) continue;
    if (row.text.empty()) asked.blanks.push_back(to_string(name, lesson.several_examples()));
    const auto value = name.quantity == Quantity::y ? read_answer(sheet.cells, row).value : std::nullopt;
    if (value) own.examples[name.scope.example].target(name.j) = *value;
  }
  own.homework = asked;
  return own;
}

/// Whether a cell that the sheet's lesson asks for is not empty.
bool is_answered(const HandedIn& sheet, const Lesson& lesson) {
  const SheetLayout layout(lesson);
  return std::ranges::any_of(sheet.cells.rows, [&](const CellRow& row) {
    Name name = row.name;
    if (!why_absent(lesson.network, lesson.examples.size(), name).empty()) return false;
    const auto index = layout.numbers().index(name);
    const bool filled = !row.text.empty() || sheet.cells.unreadable.contains(row.name);
    return filled && index && layout.cell(*index) == Cell::asked;
  });
}

/// Why a table is no blank sheet of its lesson (nor, where that would do, its key); nothing where it is.
std::optional<std::string> why_not_as_dealt(const HandedIn& sheet, const Lesson& lesson, bool key_will_do) {
  const std::string student = label_of(sheet.cells, "student"), variant = label_of(sheet.cells, "variant");
  const SheetLabels labels{student, variant};
  const std::string there = with_our_line_ends(sheet.cells.source);
  const auto is_dealt_by = [&](const Lesson& own, bool key) { return to_utf8(sheet_text(own, SheetFormat::csv, labels, key)) == there; };
  const bool answered = is_answered(sheet, lesson);
  const std::string other = answered ? "holds answers" : "holds answers, or is of another version of this lesson";
  // Who fills in a name only, or notes in every row, has written into it as well.
  const bool labelled = student.empty() == variant.empty();
  try {
    Lesson own = as_on_sheet(sheet, lesson);
    if (own.homework->blanks.empty()) {
      own.homework = lesson.homework;
      return labelled && key_will_do && is_dealt_by(own, true) ? std::nullopt : std::optional(other);
    }
    const bool dealt = labelled && is_dealt_by(own, false);
    // Right answers in full digits cannot be told from what was shown.
    if (answered) return dealt ? "holds answers, or is of when less was asked" : other;
    if (dealt) return std::nullopt;
    const CellTable blank = parse_cells("", sheet_text(own, SheetFormat::csv, labels, false));
    const auto same = [](const CellRow& a, const CellRow& b) { return a.name == b.name && a.text == b.text; };
    return std::ranges::equal(sheet.cells.rows, blank.rows, same) ? "holds more than was dealt" : other;
  } catch (const InputError&) {
    return other;
  } catch (const NumericError&) {
    return other;
  }
}

/// The lesson that a sheet names; nothing where there is none.
std::optional<Lesson> lesson_named(const std::string& name, FileAccess access) {
  try {
    Lesson lesson = load_lesson(find_lesson_by_name(name), access);
    verify_size(lesson, Work::sheet);
    return lesson;
  } catch (const UsageError&) {
  } catch (const InputError&) {
  }
  return std::nullopt;
}

/// Why a table must stay; nothing where it need not. An empty reason where it is no table of a lesson that there is.
std::optional<std::string> why_table_kept(const fs::path& file, const Lesson& lesson, FileAccess access, bool key) {
  try {
    const HandedIn sheet = sheet_in_place(file);
    if (sheet.cells.rows.empty() || sheet.lesson.empty()) return "";
    if (is_lesson_called(lesson.name, sheet.lesson)) return why_not_as_dealt(sheet, lesson, key);
    const auto named = lesson_named(sheet.lesson, access);
    return named ? why_not_as_dealt(sheet, *named, key) : std::optional<std::string>("");
  } catch (const InputError&) {
    return "";
  }
}

}  // namespace

std::optional<std::string> InPlace::why_kept(const fs::path& file, bool key) const {
  const std::string no_sheet = "is no sheet of this lesson";
  std::error_code error;
  if (fs::file_size(file, error) > HandedIn::largest || error) return no_sheet;
  const auto table = why_table_kept(file, lesson_, access_, key);
  if (!table || !table->empty()) return table;
  const std::string text = beginning_of(file, HandedIn::largest);
  if (is_sheet_page(text)) return is_page_as_dealt(text, key) ? std::nullopt : std::optional<std::string>("holds more than was dealt");
  return named_ == Named::folder || looks_handed_in(text) ? std::optional(no_sheet) : std::nullopt;
}

void InPlace::ask(const fs::path& file, bool key, const std::function<std::string()>& text) {
  if (!Output::would_replace(file)) return;
  const auto why = why_kept(file, key);
  if (!why || beginning_of(file, HandedIn::largest) == text()) return;
  if (problems_.size() == most_named) {
    ++more_;
  } else {
    const std::string instead = named_ == Named::folder ? "deal into another folder" : "name another file";
    problems_.push_back({file.string(), 0, 0, 1, *why + "; move it away, or " + instead + " (--force replaces it)", "", 1});
  }
}

void InPlace::verify() const {
  if (problems_.empty()) return;
  std::vector<Problem> problems = problems_;
  if (more_ > 0) problems.back().message += fmt::format(", and so with {} more", more_);
  throw InputError(std::move(problems));
}

}  // namespace gradtrace
