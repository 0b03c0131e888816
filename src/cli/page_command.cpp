// `gradtrace page LESSON… -o FILE.html|DIR/`: lessons as web pages.
#include "base/error.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "render/page.hpp"

#include <filesystem>
#include <iostream>
#include <map>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

/// A page's name for each lesson. @throws UsageError where two would be one file.
std::vector<std::string> files_of(const std::vector<Lesson>& lessons) {
  std::map<std::string, std::string> taken{{"index.html", "the site's index"}};
  std::vector<std::string> files;
  for (const Lesson& lesson : lessons) {
    files.push_back(lesson.name + ".html");
    const auto [other, first] = taken.emplace(files.back(), lesson.file.string());
    if (!first) throw UsageError(lesson.file.string() + " and " + other->second + " would both be written as " + files.back() + ": give them different names");
  }
  return files;
}

}  // namespace

int page_command(const std::vector<std::string>& words) {
  Arguments arguments("page LESSON... -o FILE.html|DIR/",
                      "Lessons as web pages to be opened or mailed: each one file that fetches nothing. Into a folder: a small\n"
                      "site, with an index and the lessons as a path.",
                      "LESSON");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const fs::path output = arguments.common().output;
  if (arguments.operands().empty()) throw UsageError("LESSON is missing: gradtrace page LESSON... -o FILE.html or DIR/");
  if (output.empty()) throw UsageError("-o FILE.html or -o DIR/ is missing: where should the page go?");
  std::error_code error;
  const bool folder = arguments.common().output.ends_with('/') || fs::is_directory(output, error);
  if (!folder && arguments.operands().size() > 1) throw UsageError("several lessons make a site: -o DIR/ names a folder");
  const std::vector<Lesson> lessons = load_lessons(arguments.operands(), arguments);
  for (const Lesson& lesson : lessons) verify_size(lesson, Work::page);
  const bool quiet = arguments.common().quiet;
  if (!quiet && !page_has_engine()) std::cerr << "without live nudging: this gradtrace was built without emscripten (install it and build anew)\n";
  if (!folder) {
    Output out(output);
    out.write(in_lesson(lessons.front(), [&] { return lesson_page(lessons.front(), {}); }));
    out.finish();
    return status_agree;
  }
  const std::vector<std::string> files = files_of(lessons);
  OutputFolder site(output);
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    PageLinks links;
    links.index = "index.html";
    if (i > 0) links.previous = files[i - 1], links.previous_title = lessons[i - 1].title;
    if (i + 1 < lessons.size()) links.next = files[i + 1], links.next_title = lessons[i + 1].title;
    site.write(files[i], in_lesson(lessons[i], [&] { return lesson_page(lessons[i], links); }));
  }
  site.write("index.html", index_page(lessons, files));
  site.keep();
  if (!quiet) std::cerr << "wrote " << lessons.size() << (lessons.size() == 1 ? " page" : " pages") << " and index.html to " << printable(output.string()) << "\n";
  return status_agree;
}

}  // namespace gradtrace
