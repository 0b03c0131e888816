// `gradtrace page LESSON… -o FILE.html|DIR/`: lessons as web pages.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "render/page.hpp"

#include <filesystem>
#include <iostream>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

void write(const fs::path& file, const std::string& text) {
  Output out(file);
  out.write(text);
  out.finish();
}

}  // namespace

int page_command(const std::vector<std::string>& words) {
  Arguments arguments("page LESSON... -o FILE.html|DIR/",
                      "Lessons as web pages to be opened or mailed: each one file that fetches nothing. Into a folder: a small\n"
                      "site, with an index and the lessons as a path.",
                      "LESSON");
  if (!arguments.parse(words)) return status_agree;
  const fs::path output = arguments.common().output;
  if (arguments.operands().empty()) throw UsageError("LESSON is missing: gradtrace page LESSON... -o FILE.html or DIR/");
  if (output.empty()) throw UsageError("-o FILE.html or -o DIR/ is missing: where should the page go?");
  std::error_code error;
  const bool folder = arguments.common().output.ends_with('/') || fs::is_directory(output, error);
  if (!folder && arguments.operands().size() > 1) throw UsageError("several lessons make a site: -o DIR/ names a folder");
  const std::vector<Lesson> lessons = load_lessons(arguments.operands());
  const bool quiet = arguments.common().quiet;
  if (!quiet && !page_has_engine()) std::cerr << "without live nudging: this gradtrace was built without emscripten (install it and build anew)\n";
  if (!folder) {
    write(output, lesson_page(lessons.front(), {}));
    return status_agree;
  }
  std::vector<std::string> files;
  for (const Lesson& lesson : lessons) files.push_back(lesson.name + ".html");
  fs::create_directories(output);
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    PageLinks links;
    links.index = "index.html";
    if (i > 0) links.previous = files[i - 1], links.previous_title = lessons[i - 1].title;
    if (i + 1 < lessons.size()) links.next = files[i + 1], links.next_title = lessons[i + 1].title;
    write(output / files[i], lesson_page(lessons[i], links));
  }
  write(output / "index.html", index_page(lessons, files));
  if (!quiet) std::cerr << "wrote " << lessons.size() << " pages and index.html to " << output.string() << "\n";
  return status_agree;
}

}  // namespace gradtrace
