// Grades for other programs: JSON, a grade book, Gradescope, JUnit.
#pragma once

#include "base/file.hpp"
#include "homework/course.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// gradtrace.grade.v1 in one line, without a line break at its end.
std::string grade_json(const SheetGrade& sheet, bool show_answers);

/// CSV that Canvas and Moodle import: Student, ID, Email address, Username, and the lesson's points.
std::string gradebook_header(const std::string& assignment);
std::string gradebook_row(const SheetGrade& sheet);

/// Gradescope's results.json for one sheet.
std::string gradescope_json(const SheetGrade& sheet, bool show_answers);

/// Whether a text that begins so is a result of grading and no sheet: marks as text, a gradebook, perhaps saved again by a
/// spreadsheet program, JSON, or Gradescope's.
bool is_result(std::string_view beginning);

/// Whether a page, as Markdown or HTML, is feedback.
bool is_feedback(std::string_view page);

/// A JUnit testsuite of one sheet, a testcase for each answer; junit_begin and junit_end stand around all of them.
std::string junit_begin();
std::string junit_suite(const SheetGrade& sheet, bool show_answers);
std::string junit_end();

}  // namespace gradtrace
