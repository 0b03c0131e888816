// `gradtrace check LESSON`: every number of the trace against its nudged twin.
#include "cli/arguments.hpp"
#include "cli/check_options.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "render/check_text.hpp"
#include "render/csv.hpp"
#include "render/json.hpp"

#include <optional>

namespace gradtrace {
namespace {

enum class CheckFormat { text, json, csv };

}  // namespace

int check_command(const std::vector<std::string>& words) {
  Arguments arguments("check [OPTIONS] LESSON",
                      "Nudges every number of the trace - hidden dC/da, slopes, deltas and single paths too - and\n"
                      "compares what the cost does with what backpropagation says. Each verdict follows from an\n"
                      "error bound: agree, disagree, inconclusive, or kink where a ReLU was carried across z = 0.",
                      "LESSON");
  declare_checking(arguments);
  arguments.flag("parameters", "dC/dw and dC/db alone; of several examples their means")
      .value("format", "FORMAT", "text, json or csv (text)")
      .value("digits", "D", "significant digits shown (4)")
      .flag("all", "every failure, kink and undecided number listed")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  const auto format = static_cast<CheckFormat>(arguments.choice("format", {"text", "json", "csv"}).value_or(0));

  Output out(arguments.common().output);
  RenderOptions render;
  render.width = rendering_width(arguments, out.is_terminal());
  render.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
  render.ascii = arguments.has("ascii");
  render.all = arguments.has("all");
  render.color = use_color(arguments.common().color, out.is_terminal());

  const Lesson lesson = load_lessons({name}).front();
  CheckOptions options = checking(arguments, lesson);
  options.parameters_only = arguments.has("parameters");

  const bool quiet = arguments.common().quiet;
  CheckReport report(lesson, options, render);
  CheckJson json(out, options, lesson.several_examples());
  if (!quiet && format == CheckFormat::json) json.begin();
  if (!quiet && format == CheckFormat::csv) write_check_csv_header(out);
  const auto take = [&](const CheckTable& table) {
    if (quiet) return;
    switch (format) {
      case CheckFormat::text: report.add(table); break;
      case CheckFormat::json: json.rows(table); break;
      case CheckFormat::csv: write_check_csv(out, table); break;
    }
  };

  Checker checker(lesson.network, options, lesson.several_examples());
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    take(checker.check(trace));
  }
  take(checker.check_means(means));
  const CheckSummary summary = checker.summary();
  if (!quiet && format == CheckFormat::text) out.write(report.render(summary));
  if (!quiet && format == CheckFormat::json) json.end(summary);
  out.finish();
  return summary.agrees() ? status_agree : status_disagree;
}

}  // namespace gradtrace
