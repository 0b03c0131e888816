// `gradtrace lessons`: the shipped lessons, in the order they are meant to be taken.
#include "base/error.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "lesson/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace gradtrace {

int lessons_command(const std::vector<std::string>& words) {
  Arguments arguments("lessons [OPTIONS]", "Lists the shipped lessons: those of ./lessons, else the installed ones.", "nothing");
  if (!arguments.parse(words)) return status_agree;
  if (!arguments.operands().empty()) throw UsageError("lessons takes no operands, but \"" + arguments.operands().front() + "\" was given");

  Output out(arguments.common().output);
  const std::vector<std::filesystem::path> files = shipped_lessons();
  if (files.empty()) throw UsageError("there are no lessons here: neither ./lessons nor an installation holds one");
  std::size_t longest = 0;
  for (const std::filesystem::path& file : files) longest = std::max(longest, file.stem().string().size());
  int status = status_agree;
  for (const std::filesystem::path& file : files) {
    std::string title;
    try {
      title = load_lesson(file).title;
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) std::cerr << to_string(problem);
      title = "(cannot be read)";
      status = status_stopped;
    }
    if (!arguments.common().quiet) out.write(fmt::format("{:<{}}  {}\n", printable(file.stem().string()), longest, title));
  }
  out.finish();
  return status;
}

}  // namespace gradtrace
