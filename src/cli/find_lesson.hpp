// From what a user calls a lesson to its file, and from a lesson to its golden file.
#pragma once

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "lesson/file_access.hpp"
#include "lesson/lesson.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gradtrace {

/// The lessons of ./lessons, or of the installation where that has none: their files, by name.
std::vector<std::filesystem::path> shipped_lessons();

/// A path to a .toml file, or a name with or without the number in front and `.toml`.
/// @throws UsageError naming near ones where there is none, or the candidates where there are several.
std::filesystem::path find_lesson(const std::string& name);

/// The same for a name that somebody else wrote: sought among the lessons alone, never taken for a path.
std::filesystem::path find_lesson_by_name(const std::string& name);

/// Whether a lesson of this name may be called so: with or without the number in front and `.toml`.
bool is_lesson_called(const std::string& lesson, const std::string& name);

/// Declares --allow-outside.
void declare_lessons(Arguments& arguments);

/// Loads all lessons before any work, so that the problems of all of them are reported at once.
/// @throws InputError with the problems of every lesson that has some.
std::vector<Lesson> load_lessons(const std::vector<std::string>& names, const Arguments& arguments);

/// Does the lesson's work.
/// @throws InputError naming its file where the work throws NumericError
template <class Work>
auto in_lesson(const Lesson& lesson, const Work& work) {
  try {
    return work();
  } catch (const NumericError& error) {
    throw InputError(lesson.file.string(), error.what());
  }
}

/// Whether their files may lie outside their folders, as the arguments say.
FileAccess file_access(const Arguments& arguments);

/// D/golden/X.csv for D/lessons/X.toml; empty for a lesson elsewhere.
std::filesystem::path golden_file_of(const Lesson& lesson);

}  // namespace gradtrace
