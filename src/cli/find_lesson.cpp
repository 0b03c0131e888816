// Lessons by path and by name.
#include "cli/find_lesson.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "lesson/load.hpp"

#include <algorithm>
#include <cctype>
#include <system_error>

namespace fs = std::filesystem;

namespace gradtrace {
namespace {

/// `07-two-outputs` → `two-outputs`
std::string without_number(const std::string& stem) {
  std::size_t digits = 0;
  while (digits < stem.size() && std::isdigit(static_cast<unsigned char>(stem[digits])) != 0) ++digits;
  return digits > 0 && digits < stem.size() && stem[digits] == '-' ? stem.substr(digits + 1) : stem;
}

std::string without_ending(const std::string& name) { return name.ends_with(".toml") ? name.substr(0, name.size() - 5) : name; }

std::vector<fs::path> lessons_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;  // a folder that cannot be read holds no lessons
  for (fs::directory_iterator entry(folder, none), end; !none && entry != end; entry.increment(none)) {
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// PREFIX/share/gradtrace/lessons of the PREFIX/bin/gradtrace that runs.
fs::path installed_lessons() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path().parent_path() / "share" / "gradtrace" / "lessons";
}

std::vector<fs::path> candidates(const std::string& stem, const std::vector<fs::path>& files) {
  std::vector<fs::path> found;
  for (const fs::path& file : files) {
    if (file.stem() == stem) return {file};
    if (without_number(file.stem().string()) == stem) found.push_back(file);
  }
  return found;
}

}  // namespace

std::vector<fs::path> shipped_lessons() {
  std::vector<fs::path> files = lessons_in("lessons");
  return files.empty() ? lessons_in(installed_lessons()) : files;
}

fs::path find_lesson(const std::string& name) {
  std::error_code error;
  // Of a folder or a link in a circle in its place reading it says so.
  const bool a_path = name.find('/') != std::string::npos || (name.ends_with(".toml") && fs::symlink_status(name, error).type() != fs::file_type::not_found);
  if (a_path || (fs::exists(name, error) && !fs::is_directory(name, error))) return name;
  return find_lesson_by_name(name);
}

bool is_lesson_called(const std::string& lesson, const std::string& name) {
  const std::string stem = without_ending(name);
  return lesson == stem || without_number(lesson) == stem;
}

fs::path find_lesson_by_name(const std::string& name) {
  const std::string stem = without_ending(name);
  std::vector<std::string> known;
  for (const fs::path& folder : {fs::path("lessons"), installed_lessons()}) {
    const std::vector<fs::path> files = lessons_in(folder);
    const std::vector<fs::path> found = candidates(stem, files);
    if (found.size() == 1) return found.front();
    if (found.size() > 1) {
      std::vector<std::string> names;
      for (const fs::path& file : found) names.push_back(file.stem().string());
      throw UsageError("\"" + name + "\" may be " + one_of(names) + "; say which");
    }
    for (const fs::path& file : files) {
      known.push_back(file.stem().string());
      known.push_back(without_number(file.stem().string()));
    }
  }
  if (name.ends_with(".toml")) throw InputError(name, "there is no such file" + did_you_mean(stem, known));
  throw UsageError("there is no lesson \"" + name + "\"" + did_you_mean(stem, known) +
                   " (gradtrace lessons lists them; a path to a .toml file will do as well)");
}

void declare_lessons(Arguments& arguments) {
  arguments.flag("allow-outside", "let a lesson read files outside its own folder");
}

FileAccess file_access(const Arguments& arguments) {
  return arguments.has("allow-outside") ? FileAccess::anywhere : FileAccess::inside_folder;
}

std::vector<Lesson> load_lessons(const std::vector<std::string>& names, const Arguments& arguments) {
  std::vector<Lesson> lessons;
  std::vector<Problem> problems;
  for (const std::string& name : names) {
    try {
      lessons.push_back(load_lesson(find_lesson(name), file_access(arguments)));
    } catch (const InputError& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  if (!problems.empty()) throw InputError(std::move(problems));
  return lessons;
}

fs::path golden_file_of(const Lesson& lesson) {
  const fs::path folder = fs::absolute(lesson.file).lexically_normal().parent_path();
  if (folder.filename() != "lessons") return {};
  // As the user would write it: lessons/X.toml → golden/X.csv
  const fs::path beside = lesson.file.parent_path();
  const fs::path base = beside.empty() ? fs::path("..") : beside.filename() == "lessons" ? beside.parent_path() : beside / "..";
  return (base / "golden" / (lesson.name + ".csv")).lexically_normal();
}

}  // namespace gradtrace
