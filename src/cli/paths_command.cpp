// `gradtrace paths LESSON --from VARIABLE`: routes of influence to the cost.
#include "base/error.hpp"
#include "base/output.hpp"
#include "base/suggest.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "render/routes_text.hpp"
#include "trace/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace gradtrace {
namespace {

// More rows than this nobody reads; --top asks for them.
constexpr std::size_t usual_routes = 20;
constexpr std::size_t most_routes = 1'000'000;
constexpr std::size_t most_neurons = 2'000'000;  // of the network, times the routes: each takes some hundred bytes and a microsecond or ten

Name variable_named(const std::string& text, const Lesson& lesson, const Arguments& arguments) {
  Name name = parse_name(text);
  if (const auto example = arguments.whole("example", 0, std::numeric_limits<std::size_t>::max() - 1)) {
    if (name.scope.kind != Scope::Kind::none && name.scope != Scope::of_example(*example)) {
      throw UsageError("--from " + text + " and --example " + std::to_string(*example) + " name different examples");
    }
    name.scope = Scope::of_example(*example);
  }
  if (name.scope.kind == Scope::Kind::mean) throw UsageError("routes belong to one example; the mean has none of its own");
  // A parameter belongs to all examples, but its routes are those of one.
  if (name.scope.kind == Scope::Kind::none) name.scope = Scope::of_example(0);
  const std::size_t example = name.scope.example;
  if (example >= lesson.examples.size()) {
    throw UsageError("there is no example " + std::to_string(example) + "; examples are 0 to " +
                     std::to_string(lesson.examples.size() - 1));
  }
  Name sought = name;
  if (name.quantity == Quantity::w || name.quantity == Quantity::b) sought.scope = Scope{};
  if (const std::string why = why_absent(lesson.network, lesson.examples.size(), sought); !why.empty()) {
    throw UsageError("--from " + text + ": " + why);
  }
  return name;
}

}  // namespace

int paths_command(const std::vector<std::string>& words) {
  Arguments arguments("paths [OPTIONS] LESSON --from VARIABLE",
                      "Every route of influence from one variable to the cost, the product of the local derivatives\n"
                      "along each, and their sum.",
                      "LESSON");
  arguments.value("from", "VARIABLE", "w[1][0,2], b[1][0], z[2][1] or a[0][1]; 3:w[1][0,2] for example 3")
      .value("top", "N", "the N strongest, found without listing all (20 where there are more)")
      .value("example", "N", "of this example, counted from 0 (0)")
      .value("digits", "D", "significant digits shown (4)")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& lesson_name = arguments.operand();
  const auto from_text = arguments.text("from");
  if (!from_text) throw UsageError("--from is missing: which variable, as in --from 'w[1][0,0]'?");
  const std::size_t top = arguments.whole("top", 1, most_routes).value_or(usual_routes);

  Output out(arguments.common().output);
  out.go_on_without_reader();
  const std::vector<Lesson> lessons = load_lessons({lesson_name}, arguments);
  const Lesson& lesson = lessons.front();
  const Name from = variable_named(*from_text, lesson, arguments);
  const std::size_t example = from.scope.example;
  const ExampleTrace trace = in_lesson(lesson, [&] { return trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example); });
  const Routes routes(trace, from);
  std::size_t neurons = 0;
  for (std::size_t l = 1; l <= lesson.network.depth(); ++l) neurons += lesson.network.width(l);
  if (arguments.has("top") && top > std::max(usual_routes, most_neurons / neurons)) {
    throw UsageError(fmt::format("--top takes at most {} of this network, whose routes pass {} neurons", std::max(usual_routes, most_neurons / neurons), neurons));
  }
  if (!arguments.common().quiet) {
    RenderOptions options;
    options.width = rendering_width(arguments, out.is_terminal());
    options.digits = static_cast<int>(arguments.whole("digits", 1, 17).value_or(4));
    options.ascii = arguments.has("ascii");
    out.write(render_routes(routes, routes.strongest(top), from, trace, lesson.several_examples(), options));
  }
  out.finish();
  return routes.agree() ? status_agree : status_disagree;
}

}  // namespace gradtrace
