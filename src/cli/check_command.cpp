// `gradtrace check LESSON`: every number of the trace against its nudged twin.
#include "base/error.hpp"
#include "check/method_comparison.hpp"
#include "check/probe.hpp"
#include "cli/arguments.hpp"
#include "cli/check_modes.hpp"
#include "cli/check_options.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "cli/in_order.hpp"
#include "cli/progress.hpp"
#include "render/check_text.hpp"
#include "render/csv.hpp"
#include "render/json.hpp"
#include "render/method_text.hpp"
#include "render/probe_text.hpp"
#include "render/sweep.hpp"

#include <algorithm>
#include <limits>
#include <thread>

namespace gradtrace {

int check_all_numbers(const CheckRequest& request) {
  const Lesson& lesson = request.lesson;
  Output& out = request.out;
  CheckReport report(lesson, request.options, request.render);
  CheckJson json(out, request.options, lesson.several_examples());
  const bool as_json = request.format == CheckFormat::json && !request.quiet;
  const bool as_csv = request.format == CheckFormat::csv && !request.quiet;
  if (as_json) json.begin();
  if (as_csv) write_check_csv_header(out);
  const auto take = [&](const CheckTable& table) {
    if (as_json) json.rows(table);
    if (as_csv) write_check_csv(out, table);
    if (request.format == CheckFormat::text && !request.quiet) report.add(table);
  };
  CheckOptions options = request.options;
  const std::size_t numbers = numbers_to_check(lesson.network, options.parameters_only);
  Progress progress(lesson.examples.size() * numbers, !request.quiet);
  const std::size_t jobs = request.arguments.whole("jobs", 1, 1024).value_or(std::max(1u, std::thread::hardware_concurrency()));
  const bool parallel = jobs > 1 && lesson.examples.size() > 1;
  // Of several at a time whole examples are reported, of one each block.
  if (!parallel) options.progress = [&](std::size_t done) { progress.advance(done); };
  Checker checker(lesson.network, options, lesson.several_examples());
  MeanTrace means(lesson.network);
  struct Nudged {
    ExampleTrace trace;
    Checker::Checked checked;
  };
  std::size_t next = 0;
  in_order<std::size_t, Nudged>(
      parallel ? std::min(jobs, lesson.examples.size()) : 1, [&](std::size_t& e) { return e = next, next++ < lesson.examples.size(); },
      [&](std::size_t e) {
        Nudged nudged{trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e), {}};
        nudged.checked = checker.nudge(nudged.trace, parallel ? 1 : jobs);  // of one example its neurons are shared out
        return nudged;
      },
      [&](Nudged& nudged) {
        if (parallel) progress.advance(numbers);
        means.add(nudged.trace);
        take(checker.take(std::move(nudged.checked)));
      });
  take(checker.check_means(means));
  progress.clear();
  const CheckSummary summary = checker.summary();
  if (request.format == CheckFormat::text && !request.quiet) out.write(report.render(summary));
  if (as_json) json.end(summary);
  return summary.agrees() ? status_agree : status_disagree;
}

int check_by_all_methods(const CheckRequest& request) {
  if (request.options.parameters_only && request.lesson.several_examples()) {
    throw UsageError("--method all with --parameters needs a lesson of one example");
  }
  const Lesson& lesson = request.lesson;
  MethodComparison comparison(lesson.network, request.options, lesson.several_examples());
  MeanTrace means(lesson.network);
  MethodRows rows(request.out, request.format == CheckFormat::csv, lesson.several_examples());
  const bool with_rows = !request.quiet && request.format != CheckFormat::text;
  if (with_rows) rows.begin();
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    const auto tables = comparison.add(trace);
    if (with_rows) rows.add(tables);
  }
  const auto tables = comparison.add_means(means);
  if (with_rows) rows.add(tables);
  const std::vector<MethodScore> scores = comparison.scores();
  bool agree = true;
  for (const MethodScore& score : scores) agree = agree && score.summary.agrees();
  if (with_rows) rows.end(scores, agree);
  if (!request.quiet && request.format == CheckFormat::text) request.out.write(method_text(lesson, scores, request.render));
  return agree ? status_agree : status_disagree;
}

int sweep_steps(const CheckRequest& request) {
  const Lesson& lesson = request.lesson;
  const std::string text = *request.arguments.text("sweep");
  Name name = parse_name(text);
  if (const std::string why = why_absent(lesson.network, lesson.examples.size(), name); !why.empty()) {
    throw UsageError("--sweep " + text + ": " + why);
  }
  const bool derivative = name.quantity >= Quantity::dC_da;
  if (!derivative || name.scope.kind != Scope::Kind::example) {
    throw UsageError("--sweep takes a derivative of one example: dC/da, slope, delta, dC/db, dC/dw or path, not " + text);
  }
  const Example& example = lesson.examples[name.scope.example];
  const ExampleTrace trace = trace_example(lesson.network, example.input, example.target, name.scope.example);
  const Sweep sweep = sweep_step(trace, name, request.arguments.has("float32"));
  if (request.quiet) return status_agree;
  switch (request.format) {
    case CheckFormat::text: request.out.write(sweep_text(sweep, lesson.several_examples(), request.render)); break;
    case CheckFormat::csv: request.out.write(sweep_csv(sweep)); break;
    case CheckFormat::svg: request.out.write(sweep_svg(sweep, lesson.several_examples())); break;
    case CheckFormat::json: throw UsageError("--sweep is written as text, csv or svg");
  }
  return status_agree;
}

int probe_directions(const CheckRequest& request) {
  if (request.format != CheckFormat::text) throw UsageError("--probe is written as text");
  const Lesson& lesson = request.lesson;
  MeanTrace means(lesson.network);
  means.add(lesson.examples);
  const ProbeReport report = probe(lesson, [&](const Name& name) { return means.value(name); });
  if (!request.quiet) request.out.write(render_probe(lesson, report, request.render));
  return report.agrees() ? status_agree : status_disagree;
}

namespace {

using Mode = int (*)(const CheckRequest&);

/// The mode asked for: one of those that exclude each other.
Mode mode_of(const Arguments& arguments) {
  struct Choice {
    const char* option;
    Mode mode;
  };
  Mode mode = nullptr;
  const char* first = nullptr;
  for (const Choice& choice : {Choice{"sweep", sweep_steps}, Choice{"against", check_against_file}, Choice{"mutate", check_the_check},
                              Choice{"probe", probe_directions}}) {
    if (!arguments.has(choice.option)) continue;
    if (first) throw UsageError(std::string("--") + first + " and --" + choice.option + " exclude each other");
    first = choice.option;
    mode = choice.mode;
  }
  const bool all = arguments.text("method") == "all";
  if (all && mode) throw UsageError(std::string("--method all and --") + first + " exclude each other");
  if (mode) return mode;
  return all ? check_by_all_methods : check_all_numbers;
}

CheckFormat format_of(const Arguments& arguments) {
  const auto chosen = arguments.choice("format", {"text", "json", "csv", "svg"});
  if (chosen) return static_cast<CheckFormat>(*chosen);
  // A curve that is to be called curve.svg is a picture.
  return arguments.common().output.ends_with(".svg") ? CheckFormat::svg : CheckFormat::text;
}

}  // namespace

int check_command(const std::vector<std::string>& words) {
  Arguments arguments("check [OPTIONS] LESSON",
                      "Nudges every number of the trace - hidden dC/da, slopes, deltas and single paths too - and\n"
                      "compares what the cost does with what backpropagation says. Each verdict follows from an\n"
                      "error bound: agree, disagree, inconclusive, or kink where a ReLU was carried across z = 0.",
                      "LESSON");
  declare_checking(arguments);
  arguments.flag("parameters", "dC/dw and dC/db alone; of several examples their means")
      .value("jobs", "N", "so many threads (as many as there are cores), for examples or, of one, its neurons; the result is the same")
      .value("sample", "N", "about N numbers of each example, some of every quantity and layer, instead of all")
      .value("sweep", "NAME", "one derivative, say dC/dw[1][0,0], at steps from 0.1 to 1e-16 (text, csv, svg)")
      .flag("float32", "with --sweep: in single precision too")
      .value("against", "FILE", "somebody's own gradients: a CSV like trace's, a JSON like trace's, or a folder of dC_dw_1.npy …")
      .flag("mutate", "put each typical mistake into the derivation and see whether the check catches it")
      .flag("probe", "the parameters' gradient along random directions: few passes, whatever the size")
      .value("format", "FORMAT", "text, json, csv or svg (text; svg where the output is called so)")
      .value("digits", "D", "significant digits shown (4)")
      .flag("all", "every failure, kink and undecided number listed")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  const std::string& name = arguments.operand();
  const Mode mode = mode_of(arguments);
  const CheckFormat format = format_of(arguments);
  if (format == CheckFormat::svg && mode != sweep_steps) throw UsageError("--format svg draws a curve: --sweep NAME says which");
  if (mode == probe_directions && (arguments.has("method") || arguments.has("step"))) {
    throw UsageError("--probe works by dual numbers, which take no step: --method and --step do not go with it");
  }
  if (arguments.has("sample") && mode != check_all_numbers) throw UsageError("--sample belongs to the check of all numbers; it goes with no other mode");
  if (arguments.has("float32") && mode != sweep_steps) throw UsageError("--float32 belongs to --sweep");

  Output out(arguments.common().output);
  out.go_on_without_reader();
  RenderOptions render;
  render.width = rendering_width(arguments, out.is_terminal());
  render.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
  render.ascii = arguments.has("ascii");
  render.all = arguments.has("all");
  render.color = use_color(arguments.common().color, out.is_terminal());

  const Lesson lesson = load_lessons({name}, arguments).front();
  CheckOptions options = checking(arguments, lesson);
  options.parameters_only = arguments.has("parameters");
  options.sample = arguments.whole("sample", 1, any);
  const bool all_at_once = !options.sample && mode != probe_directions && mode != sweep_steps;
  if (all_at_once) verify_size(lesson, options.parameters_only ? Work::check_parameters : Work::check);
  const int status = in_lesson(lesson, [&] { return mode({lesson, arguments, options, format, render, out, arguments.common().quiet}); });
  out.finish();
  return status;
}

}  // namespace gradtrace
