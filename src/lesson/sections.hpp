// The tables of a lesson around its network: [check], [[question]], [homework], [golden].
#pragma once

#include "lesson/known_name.hpp"
#include "lesson/lesson.hpp"
#include "lesson/toml_reader.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

CheckSettings read_check(const TomlTable& root);
std::vector<std::string> read_golden_keep(const TomlTable& root);

/// Names of numbers are looked up where `sizes` are known, that is, nothing else hides them.
std::vector<Question> read_questions(const TomlTable& root,
                                     const std::optional<LessonSizes>& sizes);
std::optional<Homework> read_homework(const TomlTable& root,
                                      const std::optional<LessonSizes>& sizes);

}  // namespace gradtrace
