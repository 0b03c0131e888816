// One sheet's grade, and a class's, for people.
#pragma once

#include "homework/class_report.hpp"
#include "homework/course.hpp"
#include "render/options.hpp"

#include <string>

namespace gradtrace {

struct GradeView {
  RenderOptions render;
  bool show_answers = false;
};

/// What a teacher reads in the terminal, and a student in the feedback.
std::string grade_text(const SheetGrade& sheet, const GradeView& view);
/// One line: "ada    38 of 43   88 %   missing-slope".
std::string grade_line(const SheetGrade& sheet, const GradeView& view);
/// Who of the class has no sheet, in one line; "" where all have one.
std::string absent_students(const ClassReport& report);
std::string class_text(const ClassReport& report, const GradeView& view);

std::string grade_markdown(const SheetGrade& sheet, const GradeView& view);
std::string grade_html(const SheetGrade& sheet, const GradeView& view);
/// A page of its own, with pictures.
std::string class_html(const ClassReport& report);

}  // namespace gradtrace
