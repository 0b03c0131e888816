// `gradtrace trace LESSON`: the derivation alone.
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/check_options.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "cli/show.hpp"

namespace gradtrace {

int trace_command(const std::vector<std::string>& words) {
  Arguments arguments("trace [OPTIONS] LESSON",
                      "The derivation of a lesson: every intermediate of the forward and the backward pass, in order.", "LESSON");
  declare_format(arguments);
  declare_rendering(arguments);
  arguments.flag("check", "with the nudged twin beside every number");
  declare_checking(arguments);
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();

  Output out(arguments.common().output);
  ShowOptions options;
  options.format = format_of(arguments);
  options.render = rendering(arguments, out.is_terminal());
  options.quiet = arguments.common().quiet;
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_selection(options.render.selection, lesson);
  if (options.format == Format::svg) {
    verify_picture(options.render.selection);
    for (const char* option : {"matrix", "check", "all"}) {
      if (arguments.has(option)) throw UsageError(std::string("--") + option + " does not apply to --format svg");
    }
  }
  if (options.format == Format::dot && options.render.selection.example == Scope::of_mean()) throw UsageError("--format dot: a graph is of one example; --example N says of which");
  options.story = options.render.selection.everything();
  if (arguments.has("check")) options.check = checking(arguments, lesson);
  if (options.check) {
    out.go_on_without_reader();
    verify_size(lesson, Work::check);
  }
  if (options.format == Format::text || options.format == Format::markdown) verify_size(lesson, Work::text);
  const std::optional<CheckSummary> summary = in_lesson(lesson, [&] { return show_lesson(lesson, options, out); });
  out.finish();
  return summary && !summary->agrees() ? status_disagree : status_agree;
}

}  // namespace gradtrace
