// A sheet as a student hands it in.
#pragma once

#include "golden/cell_table.hpp"
#include "homework/answer.hpp"
#include "homework/grade.hpp"
#include "homework/layout.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

struct HandedIn {
  static constexpr std::uintmax_t largest = std::uintmax_t{1} << 26;  ///< bytes; a sheet of a million rows
  static constexpr std::size_t most_rows = 1'000'000;

  std::string file;
  std::string lesson, student, variant;  ///< as the sheet says; "" where it does not
  CellTable cells;

  /// Something wrong with what it says in the column `label`, located where that is filled in.
  Problem problem_of(const std::string& label, const std::string& message) const;
  std::string json;                      ///< the text, where it is a trace as JSON rather than a table
};

/// @throws InputError where there is no such file, it is no regular one, too large, or no table at all.
HandedIn read_handed_in(const std::filesystem::path& file);

/// Whether a text that begins so is, by its look, a sheet or was handed in for one: a table of a trace, even with its header misspelt or
/// gone, a trace as JSON, or a spreadsheet program's own file.
bool looks_handed_in(std::string_view beginning);
/// The tables alone.
bool is_table_handed_in(std::string_view beginning);
/// Whether a table says whose it is, or leaves values empty: no golden file does.
bool is_homework_sheet(std::string_view table);

/// What stands in a row of it.
ReadAnswer read_answer(const CellTable& cells, const CellRow& row);

/// What it holds for each of the layout's asked numbers. Rows that cannot be read, or that this lesson has no place for,
/// become problems.
std::vector<Given> answers_in(const HandedIn& sheet, const Lesson& lesson, const SheetLayout& layout, std::vector<Problem>& problems);

/// The table in whose place another file is to be written: not read as an input, which the run would not overwrite.
HandedIn sheet_in_place(const std::filesystem::path& file);

/// Where a number that is given or shown is another on the sheet than `grader` takes for it: the first such, and how many. They may have been
/// rounded by a spreadsheet's narrow columns.
std::optional<Problem> other_given(const HandedIn& sheet, const Lesson& lesson, const Grader& grader);

/// The lesson that the sheet is of: where it is somebody's variant, with the weights, biases and inputs that stand on it.
/// Targets do not vary.
/// @throws InputError where a variant's given numbers are not all there, naming some.
Lesson lesson_on_sheet(const HandedIn& sheet, const Lesson& lesson);

}  // namespace gradtrace
