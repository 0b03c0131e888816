// `gradtrace why LESSON NAME`: one number explained.
#include "base/error.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "render/why_text.hpp"
#include "trace/order.hpp"

#include <algorithm>

namespace gradtrace {
namespace {

// Comparing a factor with those of so many examples tells enough, and takes no time.
constexpr std::size_t most_compared = 200;

ExampleTrace trace_of(const Lesson& lesson, std::size_t example) {
  return in_lesson(lesson, [&] { return trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example); });
}

}  // namespace

int why_command(const std::vector<std::string>& words) {
  Arguments arguments("why [OPTIONS] LESSON NAME",
                      "One number of the trace, explained down to the inputs: its rule, the numbers put in and, for\n"
                      "a gradient, which of its factors (how wrong, how responsive, how active) makes it large or\n"
                      "small. NAME is as in the trace: dC/dw[2][0,1], delta[1][0], 3:a[2][1], mean:dC/db[1][0].",
                      "LESSON NAME");
  arguments.value("digits", "D", "significant digits shown (4)")
      .flag("all", "every term of every sum followed, no rows left out")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::vector<std::string>& operands = arguments.operands();
  if (operands.size() != 2) {
    throw UsageError(operands.empty() ? "LESSON and NAME are missing: gradtrace why LESSON 'dC/dw[1][0,0]'"
                     : operands.size() == 1
                         ? "NAME is missing: which number, as in gradtrace why " + operands.front() + " 'dC/dw[1][0,0]'?"
                         : "one LESSON and one NAME are expected; the third word is \"" + operands[2] + "\"");
  }
  Name name = parse_name(operands[1]);
  Output out(arguments.common().output);
  const std::vector<Lesson> lessons = load_lessons({operands.front()}, arguments);
  const Lesson& lesson = lessons.front();
  if (const std::string why = why_absent(lesson.network, lesson.examples.size(), name); !why.empty()) {
    throw UsageError(operands[1] + ": " + why);
  }

  RenderOptions options;
  options.width = rendering_width(arguments, out.is_terminal());
  options.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
  options.all = arguments.has("all");
  options.ascii = arguments.has("ascii");
  options.color = use_color(arguments.common().color, out.is_terminal());

  std::string text;
  if (is_given(name)) {
    const double value = trace_of(lesson, name.scope.kind == Scope::Kind::example ? name.scope.example : 0).value(name);
    text = render_why_given(lesson, value, name, options);
  } else {
    const bool mean = name.scope.kind == Scope::Kind::mean;
    const std::size_t count = lesson.examples.size();
    const std::size_t needed = mean ? count : std::max(std::min(count, most_compared), name.scope.example + 1);
    std::vector<ExampleTrace> all;
    for (std::size_t e = 0; e < needed; ++e) all.push_back(trace_of(lesson, e));
    text = mean ? render_why_mean(lesson, all, name, options) : render_why(lesson, all, name, options);
  }
  if (!arguments.common().quiet) out.write(text);
  out.finish();
  return status_agree;
}

}  // namespace gradtrace
