// `gradtrace golden LESSON…`: compare with golden files, or renew them.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/check_options.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "cli/show.hpp"
#include "golden/cause.hpp"
#include "golden/compare.hpp"
#include "homework/handed_in.hpp"
#include "render/check_text.hpp"
#include "render/csv.hpp"
#include "render/golden_text.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

namespace gradtrace {
namespace {

std::filesystem::path golden_file(const Arguments& arguments, const Lesson& lesson) {
  if (const auto named = arguments.text("golden")) return *named;
  std::filesystem::path own = golden_file_of(lesson);
  if (own.empty()) {
    throw InputError(lesson.file.string(),
                     "has no golden file: golden/X.csv belongs to lessons/X.toml; --golden FILE names another");
  }
  return own;
}

std::string label(const Lesson& lesson, bool several) { return several ? printable(lesson.name) + "\n" : ""; }

/// Compares one lesson; true where all numbers agree.
bool compare(const Lesson& lesson, const std::filesystem::path& file, const RenderOptions& render, Output* out, bool several) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw InputError(file.string(), "there is no such golden file; gradtrace golden " + lesson.name + " --update writes it");
  }
  Comparison comparison(lesson, load_table(file));
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    comparison.add(trace);
  }
  comparison.add_means(means);
  const ComparisonResult result = comparison.finish();
  const Cause cause = result.agrees() ? Cause{} : likely_cause(lesson, result, render.digits);
  if (out) out->write(label(lesson, several) + render_golden(lesson, result, printable(file.string()), cause.lines, render));
  return result.agrees();
}

/// What [golden] keep selects, as selections of the CSV writer.
struct Kept {
  Selection given, examples, means;
};

Kept kept_of(const Lesson& lesson) {
  Kept kept;
  if (lesson.golden_keep.empty()) return kept;
  const Selection nothing{{}, Name::none - 1, {}, {}};
  kept.given = kept.examples = kept.means = nothing;
  for (const std::string& word : lesson.golden_keep) {
    if (word == "mean") {
      kept.means = Selection{};
    } else if (const auto quantity = parse_quantity(word)) {
      kept.examples.layer.reset();
      kept.examples.only.push_back(*quantity);
    }
  }
  return kept;
}

/// Renews one golden file, `named` by the user or the lesson's own, unless the check disagrees; true where it was written.
bool update(const Lesson& lesson, const std::filesystem::path& file, bool named, const CheckOptions& check, const RenderOptions& render, bool quiet) {
  if (!named && std::filesystem::is_symlink(file.parent_path())) {
    throw InputError(file.parent_path().string(), "is a link, which golden files are not written through; --golden FILE names another place");
  }
  const OutputFolder folder(file.parent_path().empty() ? "." : file.parent_path());
  // Appears under its name only when finished; a device or pipe of the user's is written to.
  std::error_code error;
  Output golden = named && std::filesystem::exists(file, error) && !std::filesystem::is_regular_file(file, error) ? Output(file.string()) : folder.file(file.filename().string());
  const Kept kept = kept_of(lesson);
  write_csv_given(golden, lesson, kept.given);
  Checker checker(lesson.network, check, lesson.several_examples());
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    checker.check(trace);
    write_csv_example(golden, lesson, trace, kept.examples);
  }
  checker.check_means(means);
  write_csv_means(golden, lesson, means, kept.means);
  const CheckSummary summary = checker.summary();
  if (!summary.agrees()) {
    std::cerr << printable(file.string()) << ": left as it was, since the gradient check of " << printable(lesson.name) << " disagrees\n"
              << render_check_summary(lesson, summary, check, render);
    return false;
  }
  golden.finish();
  if (!quiet) std::cerr << "wrote " << printable(file.string()) << "\n";
  return true;
}

/// A file named by the user may be any; one that holds something else than a table is not lost to a slip.
/// @throws InputError
void verify_replaceable(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) == 0) return;
  std::string first = lower_case(beginning_of(file));
  std::erase(first, '\0');  // of UTF-16
  std::size_t end = 0;
  for (int line = 0; line < 3 && end < first.size(); ++line) end = std::min(first.size(), first.find('\n', end)) + 1;
  first.resize(std::min(first.size(), end));  // a blank line or sep=; may stand before the header
  if (first.find("quantity") != std::string::npos && first.find("value") != std::string::npos) {
    constexpr std::uintmax_t most_bytes = 1 << 28;  // of a golden file
    if (is_homework_sheet(beginning_of(file, most_bytes))) throw InputError(file.string(), "is a sheet of homework, not a golden file; move it away, or name another place");
    return;
  }
  throw InputError(file.string(), "holds something else than a golden file: it does not begin with the columns quantity and value; remove it, or name another place");
}

void refuse_in_ci(bool forced) {
  const char* ci = std::getenv("CI");
  if (!forced && ci && *ci) {
    throw UsageError("golden files are not renewed where CI is set: there they are compared, not accepted; --force overrides");
  }
}

}  // namespace

int golden_command(const std::vector<std::string>& words) {
  Arguments arguments("golden [OPTIONS] LESSON...",
                      "Compares lessons with their golden files number by number, within a relative tolerance of 1e-9;\n"
                      "with --update renews the files, once the gradient check has agreed.",
                      "LESSON");
  arguments.flag("update", "write the golden files, after the gradient check has agreed")
      .flag("force", "update even where CI is set")
      .flag("all", "without LESSON: all shipped lessons; with one: every departure listed")
      .value("golden", "FILE", "this file instead of the lesson's own")
      .value("digits", "D", "significant digits shown (4)")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_checking(arguments);
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  std::vector<std::string> names = arguments.operands();
  RenderOptions render;
  render.all = arguments.has("all") && !names.empty();
  if (names.empty() && arguments.has("all")) {
    for (const std::filesystem::path& file : shipped_lessons()) names.push_back(file.string());
  }
  if (names.empty()) throw UsageError("LESSON is missing: gradtrace golden LESSON..., or --all for every lesson");
  if (arguments.has("golden") && names.size() > 1) throw UsageError("--golden names one file, so one LESSON is expected");
  const bool quiet = arguments.common().quiet, updating = arguments.has("update");
  if (updating) refuse_in_ci(arguments.has("force"));

  Output out(arguments.common().output);
  out.go_on_without_reader();
  render.width = rendering_width(arguments, out.is_terminal());
  render.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
  render.ascii = arguments.has("ascii");
  render.color = use_color(arguments.common().color, out.is_terminal());
  const std::vector<Lesson> lessons = load_lessons(names, arguments);
  // Where one has no golden file, or another's, nothing is compared or written.
  std::set<std::filesystem::path> files;
  for (const Lesson& lesson : lessons) {
    const std::filesystem::path file = golden_file(arguments, lesson);
    if (!updating) continue;
    verify_size(lesson, Work::check);
    if (arguments.has("golden")) verify_replaceable(file);
    if (!files.insert(std::filesystem::absolute(file).lexically_normal()).second) throw UsageError("the lesson of " + printable(file.string()) + " is named twice; each golden file is written once");
  }
  bool good = true;
  for (const Lesson& lesson : lessons) {
    const std::filesystem::path file = golden_file(arguments, lesson);
    const CheckOptions check = checking(arguments, lesson);
    good = in_lesson(lesson, [&] {
      return updating ? update(lesson, file, arguments.has("golden"), check, render, quiet) : compare(lesson, file, render, quiet ? nullptr : &out, lessons.size() > 1);
    }) && good;
  }
  out.finish();
  return good ? status_agree : status_disagree;
}

}  // namespace gradtrace
