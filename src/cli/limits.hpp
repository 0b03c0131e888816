// How large a lesson may be for what holds all its numbers at once. Tables and JSON are written row by row and have no
// limit but the lesson's own.
#pragma once

#include "lesson/lesson.hpp"

namespace gradtrace {

enum class Work { text, check, check_parameters, page, sheet, audit, program };

/// Asked before the memory and the time are spent.
/// @throws InputError saying how large the lesson is, what the limit is and what would do instead
void verify_size(const Lesson& lesson, Work work);
/// The same of sheets for so many students.
void verify_size(const Lesson& lesson, std::size_t students);

}  // namespace gradtrace
