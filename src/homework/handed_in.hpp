// A sheet as a student hands it in.
#pragma once

#include "golden/cell_table.hpp"
#include "homework/grade.hpp"
#include "homework/layout.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gradtrace {

struct HandedIn {
  static constexpr std::uintmax_t largest = std::uintmax_t{1} << 26;  ///< bytes; a sheet of a million rows

  std::string file;
  std::string lesson, student, variant;  ///< as the sheet says; "" where it does not
  CellTable cells;
  std::string json;                      ///< the text, where it is a trace as JSON rather than a table
};

/// @throws InputError where there is no such file, it is no regular one, too large, or no table at all.
HandedIn read_handed_in(const std::filesystem::path& file);

/// What it holds for each of the layout's asked numbers. Rows that cannot be read, or that this lesson has no place for,
/// become problems.
std::vector<Given> answers_in(const HandedIn& sheet, const Lesson& lesson, const SheetLayout& layout, std::vector<Problem>& problems);

/// The lesson with the weights, biases, inputs and targets that stand on the sheet, as far as they do.
Lesson lesson_on_sheet(const HandedIn& sheet, const Lesson& lesson);

}  // namespace gradtrace
