// A homework sheet, or its key, on paper and in a spreadsheet.
#pragma once

#include "homework/layout.hpp"
#include "lesson/lesson.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

enum class SheetFormat { csv, markdown, html };

struct SheetLabels {
  std::string student, variant;  ///< may be empty
};

/// The lesson's story is left out, since it tells the numbers. The sheet with its blanks empty, or, as a `key`, with every number filled in. CSV is the table of the contract with the
/// columns lesson,student,variant; Markdown and HTML are to be printed and filled in by hand.
std::string sheet_text(const Lesson& lesson, SheetFormat format, const SheetLabels& labels, bool key);

/// The CSV with its blanks empty, even where an answer is beyond a double.
std::string blank_sheet(const Lesson& lesson);

/// Whether a text that begins so is a sheet or a key as Markdown or HTML.
bool is_sheet_page(std::string_view beginning);
/// Whether such a page, whole, is as sheet_text() made it, line ends aside; where `key`, a key will do.
bool is_page_as_dealt(std::string_view page, bool key);

}  // namespace gradtrace
