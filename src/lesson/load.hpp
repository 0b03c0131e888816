// Reading a lesson from its TOML file, with the arrays, random draws and data sets it refers to.
#pragma once

#include "lesson/file_access.hpp"
#include "lesson/lesson.hpp"

#include <filesystem>

namespace gradtrace {

/// The most numbers a lesson may hold, parameters and data together: 400 MB as doubles.
inline constexpr std::size_t largest_lesson = 50'000'000;

/// @param access  whether the files it refers to must lie in its own folder
/// @throws InputError with every problem of the file (of syntax errors the first), each with line,
///         column and source line.
Lesson load_lesson(const std::filesystem::path& file, FileAccess access = FileAccess::inside_folder);

}  // namespace gradtrace
