// The engine of a page: the same code as the command line's, compiled to WebAssembly, behind a few C functions. Texts come
// and go as UTF-8; a text returned is good until the next call.
#include "base/error.hpp"
#include "base/number.hpp"
#include "homework/answer.hpp"
#include "homework/feedback.hpp"
#include "homework/grade.hpp"
#include "lesson/lesson.hpp"
#include "render/page_view.hpp"
#include "render/routes_text.hpp"
#include "render/why_text.hpp"
#include "trace/routes.hpp"
#include "trace/trace.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace {

using namespace gradtrace;
using nlohmann::json;

Lesson given, lesson;  // as loaded, and as nudged
std::string result;

const char* answer(std::string text) {
  result = std::move(text);
  return result.c_str();
}

const char* failure(const std::exception& error) { return answer(json{{"error", error.what()}}.dump()); }

void fill(auto& into, const json& values) {
  std::size_t i = 0;
  for (const json& value : values) into.flat(i++) = value.get<double>();
}

Lesson lesson_of(const json& page) {
  Lesson read;
  read.title = page["title"].get<std::string>();
  read.name = page["name"].get<std::string>();
  read.learning_rate = page["learning_rate"].get<double>();
  read.network.inputs = page["inputs"].get<std::size_t>();
  read.network.cost = parse_cost(page["cost"].get<std::string>()).value();
  std::size_t before = read.network.inputs;
  for (const json& from : page["layers"]) {
    Layer layer;
    layer.activation = parse_activation(from["activation"].get<std::string>()).value();
    layer.alpha = from["alpha"].get<double>();
    const auto n = from["neurons"].get<std::size_t>();
    layer.weights = zeros(n, before);
    layer.biases = zeros(n);
    fill(layer.weights, from["weights"]);
    fill(layer.biases, from["biases"]);
    before = n;
    read.network.layers.push_back(std::move(layer));
  }
  for (const json& from : page["examples"]) {
    Example example{zeros(from["input"].size()), zeros(from["target"].size())};
    fill(example.input, from["input"]);
    fill(example.target, from["target"]);
    read.examples.push_back(std::move(example));
  }
  Homework homework;
  homework.digits = page["digits"].get<int>();
  if (page.contains("blanks")) homework.blanks = page["blanks"].get<std::vector<std::string>>();
  read.homework = homework;
  return read;
}

/// The number a name gives, as the lesson's to read or change.
double& variable(const Name& name, std::size_t example) {
  switch (name.quantity) {
    case Quantity::w: return lesson.network.layer(name.layer).weights(name.j, name.k);
    case Quantity::b: return lesson.network.layer(name.layer).biases(name.j);
    case Quantity::y: return lesson.examples[example].target(name.j);
    default: return lesson.examples[example].input(name.j);
  }
}

Name known(const char* text, std::size_t example) {
  Name name = parse_name(text);
  const bool of_all = name.quantity == Quantity::w || name.quantity == Quantity::b;
  if (!of_all && name.scope.kind == Scope::Kind::none) name.scope = Scope::of_example(example);
  const std::string why = why_absent(lesson.network, lesson.examples.size(), name);
  if (!why.empty()) throw UsageError(why);
  return name;
}

ExampleTrace trace_of(std::size_t example) { return trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example); }

}  // namespace

extern "C" {

const char* gt_load(const char* page) {
  try {
    given = lesson = lesson_of(json::parse(page));
    return answer("{}");
  } catch (const std::exception& error) {
    return failure(error);
  }
}

void gt_reset() { lesson = given; }

/// `step`: that step alone, all where it is negative.
const char* gt_view(std::size_t example, int nudged, int step) {
  try {
    PageViewOptions options;
    options.nudged = nudged != 0;
    if (step >= 0) options.step = static_cast<std::size_t>(step);
    return answer(page_view(lesson, example, options));
  } catch (const std::exception& error) {
    return failure(error);
  }
}

double gt_get(const char* name, std::size_t example) { return variable(known(name, example), example); }

void gt_set(const char* name, std::size_t example, double value) { variable(known(name, example), example) = value; }

double gt_cost(std::size_t example) { return trace_of(example).cost; }

double gt_start(const char* name, std::size_t example) {
  std::swap(given, lesson);
  const double value = variable(known(name, example), example);
  std::swap(given, lesson);
  return value;
}

double gt_cost_before(std::size_t example) {
  std::swap(given, lesson);
  const double cost = trace_of(example).cost;
  std::swap(given, lesson);
  return cost;
}

/// The derivative of the example's cost with respect to a weight, bias or input, at the lesson's own numbers.
double gt_derivative(const char* text, std::size_t example) {
  const Lesson kept = lesson;
  lesson = given;
  Name name = known(text, example);
  const ExampleTrace trace = trace_of(example);
  double derivative = 0;
  if (name.quantity == Quantity::y) {  // by a central difference: no rule of the derivation gives it
    constexpr double h = 1e-6;
    double& target = variable(name, example);
    const double y = target;
    target = y + h;
    const double right = trace_of(example).cost;
    target = y - h;
    derivative = (right - trace_of(example).cost) / (2 * h);
    target = y;
  } else {
    name.scope = Scope::of_example(example);
    name.quantity = name.quantity == Quantity::w ? Quantity::dC_dw : name.quantity == Quantity::b ? Quantity::dC_db : Quantity::dC_da;
    derivative = trace.value(name);
  }
  lesson = kept;
  return derivative;
}

/// What `why` and `paths` say of a number.
const char* gt_why(const char* text, std::size_t example) {
  try {
    const Name name = known(text, example);
    RenderOptions options;
    options.width = 76;
    std::vector<ExampleTrace> all;
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) all.push_back(trace_of(e));
    const bool several = lesson.several_examples();
    std::string why = is_given(name) ? render_why_given(lesson, name.quantity == Quantity::a ? all[example].value(name) : variable(name, example), name, options) : render_why(lesson, all, name, options);
    Name from = name;
    switch (name.quantity) {
      case Quantity::dC_dw: from.quantity = Quantity::w; break;
      case Quantity::dC_db: from.quantity = Quantity::b; break;
      case Quantity::delta: from.quantity = Quantity::z; break;
      case Quantity::dC_da: from.quantity = Quantity::a; break;
      default: break;
    }
    if (from.quantity == Quantity::w || from.quantity == Quantity::b || from.quantity == Quantity::z || from.quantity == Quantity::a) {
      from.scope = Scope::of_example(example);
      const Routes routes(all[example], from);
      why += "\n" + render_routes(routes, routes.strongest(6), from, all[example], several, options);
    }
    return answer(json{{"text", why}}.dump());
  } catch (const std::exception& error) {
    return failure(error);
  }
}

/// Judges one answer, the others being right: as `practice` does. Of the lesson's own numbers.
const char* gt_judge(const char* text, const char* typed) {
  try {
    const Lesson kept = lesson;
    lesson = given;
    const Name name = known(text, 0);
    const Grader grader(lesson);
    const auto& asked = grader.layout().asked();
    const auto index = grader.layout().numbers().index(name);
    std::vector<Given> answers(asked.size());
    std::size_t at = asked.size();
    for (std::size_t a = 0; a < asked.size(); ++a) {
      if (asked[a] == index) at = a;
      if (asked[a] < index) answers[a] = {true, grader.right(asked[a]), ""};
    }
    if (at == asked.size()) throw UsageError("this number is not asked");
    const ReadAnswer read = read_answer(typed, false);
    answers[at] = {!read.blank, read.value, read.problem};
    const Answer judged = grader.grade(answers).answers[at];
    const SheetShape shape{lesson.several_examples(), lesson.network.depth(), grader.layout().digits(), 1};
    const json verdict{{"verdict", std::string(name_of(judged.verdict))}, {"feedback", feedback_text(judged, shape, "")}, {"mistake", diagnosis_text(judged)}};
    lesson = kept;
    return answer(verdict.dump());
  } catch (const std::exception& error) {
    return failure(error);
  }
}
}
