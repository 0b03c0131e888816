// `gradtrace run LESSON…`: story, derivation with nudged twins, gradient check, golden comparison.
#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/check_options.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "cli/show.hpp"
#include "golden/cause.hpp"
#include "golden/compare.hpp"
#include "render/check_text.hpp"
#include "render/golden_text.hpp"
#include "render/verdict_line.hpp"

#include <iostream>
#include <optional>

namespace gradtrace {
namespace {

/// The golden file to compare with: the one named, else the lesson's own where it exists.
std::optional<std::filesystem::path> golden_to_compare(const Arguments& arguments, const Lesson& lesson) {
  if (const auto named = arguments.text("golden")) return *named;
  const std::filesystem::path own = golden_file_of(lesson);
  std::error_code error;
  if (!own.empty() && std::filesystem::exists(own, error)) return own;
  return std::nullopt;
}

/// Runs one lesson; true where nothing disagrees.
bool run_lesson(const Lesson& lesson, ShowOptions options, const Arguments& arguments, Output& out) {
  const bool for_people = options.format == Format::text || options.format == Format::markdown;
  options.check = checking(arguments, lesson);
  const auto golden_file = golden_to_compare(arguments, lesson);
  std::optional<Comparison> comparison;
  if (golden_file) comparison.emplace(lesson, load_table(*golden_file));
  Onlooker onlooker;
  if (comparison) {
    onlooker.example = [&](const ExampleTrace& trace) { comparison->add(trace); };
    onlooker.means = [&](const MeanTrace& means) { comparison->add_means(means); };
  }
  const CheckSummary summary = *show_lesson(lesson, options, out, onlooker);

  std::string verdicts = render_check_summary(lesson, summary, *options.check, options.render);
  bool good = summary.agrees();
  if (comparison) {
    const ComparisonResult result = comparison->finish();
    good = good && result.agrees();
    const Cause cause = result.agrees() ? Cause{} : likely_cause(lesson, result, options.render.digits);
    verdicts += render_golden(lesson, result, printable(golden_file->string()), cause.lines, options.render);
  } else {
    const std::filesystem::path own = golden_file_of(lesson);
    const std::string where = own.empty() ? "the lesson is not in a folder named lessons; --golden FILE names one"
                                          : printable(own.string()) + " does not exist; gradtrace golden --update writes it";
    verdicts += verdict_line(Mark::none, "golden", "none to compare with: " + where, options.render);
  }
  if (options.quiet) return good;
  if (options.format == Format::markdown) verdicts = "```text\n" + verdicts + "```\n";
  // Beside rows for a program, the verdicts are for people.
  if (for_people) {
    out.write(verdicts);
  } else {
    std::cerr << verdicts;
  }
  return good;
}

}  // namespace

int run_command(const std::vector<std::string>& words) {
  Arguments arguments("run [OPTIONS] LESSON...",
                      "Runs whole lessons: the story, the derivation with the nudged twin beside every number, the\n"
                      "gradient check, and the comparison with the golden file.",
                      "LESSON");
  declare_format(arguments);
  declare_rendering(arguments);
  declare_checking(arguments);
  arguments.value("golden", "FILE", "compare with this file instead of the lesson's own");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  if (arguments.operands().empty()) throw UsageError("LESSON is missing: gradtrace run LESSON... (gradtrace lessons lists them)");
  if (arguments.has("golden") && arguments.operands().size() > 1) throw UsageError("--golden names one file, so one LESSON is expected");

  Output out(arguments.common().output);
  out.go_on_without_reader();
  ShowOptions options;
  options.format = format_of(arguments);
  options.render = rendering(arguments, out.is_terminal());
  options.quiet = arguments.common().quiet;
  options.story = options.render.selection.everything();
  const std::vector<Lesson> lessons = load_lessons(arguments.operands(), arguments);
  const bool for_people = options.format == Format::text || options.format == Format::markdown;
  if (!for_people && lessons.size() > 1) throw UsageError("--format " + *arguments.text("format") + " is of one lesson; run them one by one");
  for (const Lesson& lesson : lessons) {
    verify_selection(options.render.selection, lesson);
    verify_size(lesson, Work::check);
  }
  bool good = true;
  for (const Lesson& lesson : lessons) {
    if (&lesson != lessons.data() && !options.quiet && options.format == Format::text) out.write("\n");
    good = in_lesson(lesson, [&] { return run_lesson(lesson, options, arguments, out); }) && good;
  }
  out.finish();
  return good ? status_agree : status_disagree;
}

}  // namespace gradtrace
