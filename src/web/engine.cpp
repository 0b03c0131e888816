// The engine of a page: the same code as the command line's, compiled to WebAssembly, behind a few C functions. Texts come
// and go as UTF-8; a text returned is good until the next call.
#include "base/error.hpp"
#include "homework/answer.hpp"
#include "homework/feedback.hpp"
#include "homework/grade.hpp"
#include "lesson/lesson.hpp"
#include "network/forward.hpp"
#include "render/page_view.hpp"
#include "render/why_text.hpp"
#include "trace/trace.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace {

using namespace gradtrace;
using nlohmann::json;

Lesson given, lesson;  // as loaded, and as nudged
bool all_examples = true;  // whether the page carries all of them: without, there are no means
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

std::size_t widest(const Network& network) {
  std::size_t width = network.inputs;
  for (const Layer& layer : network.layers) width = std::max(width, layer.neurons());
  return width;
}

ExampleTrace trace_of(std::size_t example) { return trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example); }

/// In wider networks every mistake has a variation for each of thousands of paths: there an answer is compared, no more.
constexpr std::size_t widest_graded = 2000;

const char* compare_alone(const char* asked_name, const char* typed) {
  const Name name = known(asked_name, 0);
  const ReadAnswer read = read_answer(json::parse(typed).at(asked_name).get<std::string>(), true);
  if (!read.value) return answer(json{{"verdict", "unreadable"}, {"feedback", read.problem}, {"mistake", ""}}.dump());
  const double right = trace_of(name.scope.kind == Scope::Kind::example ? name.scope.example : 0).value(name);
  const double unit = right == 0 ? 0 : std::pow(10, std::floor(std::log10(std::abs(right))) + 1 - lesson.homework->digits);
  const bool correct = std::abs(*read.value - right) <= 0.5000001 * unit;
  return answer(json{{"verdict", correct ? "correct" : "wrong"}, {"feedback", "not yet: look at the rule of this step again"}, {"mistake", ""}}.dump());
}

}  // namespace

extern "C" {

const char* gt_load(const char* page) {
  try {
    const json parsed = json::parse(page);
    given = lesson = lesson_of(parsed);
    all_examples = parsed["all_examples"] == lesson.examples.size();
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
    options.means = all_examples;
    if (step >= 0) options.step = static_cast<std::size_t>(step);
    return answer(page_view(lesson, example, options));
  } catch (const std::exception& error) {
    return failure(error);
  }
}

double gt_get(const char* name, std::size_t example) { return variable(known(name, example), example); }

void gt_set(const char* name, std::size_t example, double value) { variable(known(name, example), example) = value; }

double gt_cost(std::size_t example) { return cost_of_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target); }

/// The costs of the example at `points` values of the variable between `from` and `to`: a JSON array; null where it is not finite.
const char* gt_curve(const char* text, std::size_t example, double from, double to, int points) {
  try {
    double& moved = variable(known(text, example), example);
    const double value = moved;
    json costs = json::array();
    for (int i = 0; i < points; ++i) {
      moved = from + (to - from) * i / (points - 1);
      costs.push_back(cost_of_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target));
    }
    moved = value;
    return answer(costs.dump());
  } catch (const std::exception& error) {
    return failure(error);
  }
}

/// The derivative of the example's cost with respect to a weight, bias, input or target, at the numbers as they are now.
double gt_derivative(const char* text, std::size_t example) {
  Name name = known(text, example);
  if (name.quantity == Quantity::y) {  // by a central difference: no rule of the derivation gives it
    constexpr double h = 1e-6;
    double& target = variable(name, example);
    const double y = target;
    target = y + h;
    const double right = trace_of(example).cost;
    target = y - h;
    const double left = trace_of(example).cost;
    target = y;
    return (right - left) / (2 * h);
  }
  name.scope = Scope::of_example(example);
  name.quantity = name.quantity == Quantity::w ? Quantity::dC_dw : name.quantity == Quantity::b ? Quantity::dC_db : Quantity::dC_da;
  return trace_of(example).value(name);
}

/// What `why` says of a number, and its routes to the cost, where it has any.
const char* gt_why(const char* text, std::size_t example) {
  constexpr std::size_t most_routes = 8;
  try {
    const Name name = known(text, example);
    RenderOptions options;
    options.width = 64;
    std::vector<ExampleTrace> all;
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) all.push_back(trace_of(e));
    json told;
    if (name.scope.kind == Scope::Kind::mean) {
      told["text"] = render_why_mean(lesson, all, name, options);
      return answer(told.dump());
    }
    const std::size_t of = name.scope.kind == Scope::Kind::example ? name.scope.example : example;
    Name from = name, asked = name;
    // Of what is given there is nothing to explain but how the cost answers to it.
    switch (name.quantity) {
      case Quantity::w: asked.quantity = Quantity::dC_dw; break;
      case Quantity::b: asked.quantity = Quantity::dC_db; break;
      case Quantity::a:
        if (name.layer == 0) asked.quantity = Quantity::dC_da;
        break;
      default: break;
    }
    asked.scope = Scope::of_example(of);
    told["text"] = is_given(asked) ? render_why_given(lesson, variable(name, of), name, options) : render_why(lesson, all, asked, options);
    switch (name.quantity) {
      case Quantity::dC_dw: from.quantity = Quantity::w; break;
      case Quantity::dC_db: from.quantity = Quantity::b; break;
      case Quantity::delta: from.quantity = Quantity::z; break;
      case Quantity::dC_da: from.quantity = Quantity::a; break;
      default: break;
    }
    if (from.quantity == Quantity::w || from.quantity == Quantity::b || from.quantity == Quantity::z || from.quantity == Quantity::a) {
      from.scope = Scope::of_example(of);
      told["routes"] = json::parse(page_routes(lesson, all[of], from, most_routes));
    }
    return answer(told.dump());
  } catch (const std::exception& error) {
    return failure(error);
  }
}

/// Judges the answer to one number, given all that were typed ({"delta[2][0]": "0.277", …}): as a sheet that asks these, and
/// what stands before them, would be graded. Of the numbers as they are now, or of the lesson's own.
const char* gt_judge(const char* asked_name, const char* typed, int of_lesson) {
  if (of_lesson != 0) {
    std::swap(given, lesson);
    gt_judge(asked_name, typed, 0);
    std::swap(given, lesson);
    return result.c_str();
  }
  try {
    if (widest(lesson.network) > widest_graded) return compare_alone(asked_name, typed);
    const json answers_typed = json::parse(typed);
    const auto name_of_number = [](const Name& name) { return to_string(name, lesson.several_examples()); };
    const std::string asked_text = name_of_number(known(asked_name, 0));
    // Every number is a blank, so that what nobody typed is taken for no slip; of large lessons those typed, which is faster.
    constexpr std::size_t few = 1500;
    auto& blanks = lesson.homework->blanks;
    blanks.clear();
    if (Numbers(lesson.network, lesson.examples.size()).size() > few) {
      blanks.push_back(asked_text);
      for (const auto& [name, text] : answers_typed.items()) blanks.push_back(name);
    }
    const Grader grader(lesson);
    const auto& asked = grader.layout().asked();
    std::vector<Given> answers(asked.size());
    std::size_t at = asked.size();
    for (std::size_t a = 0; a < asked.size(); ++a) {
      const std::string name = name_of_number(grader.layout().numbers().name(asked[a]));
      if (name == asked_text) at = a;
      if (const auto found = answers_typed.find(name); found != answers_typed.end()) {
        const ReadAnswer read = read_answer(found->get<std::string>(), true);
        answers[a] = {!read.blank, read.value, read.problem};
      }
    }
    if (at == asked.size()) throw UsageError("this number is not asked");
    const Answer judged = grader.grade(answers).answers[at];
    const SheetShape shape{lesson.several_examples(), lesson.network.depth(), grader.layout().digits(), 1};
    return answer(json{{"verdict", std::string(name_of(judged.verdict))}, {"feedback", feedback_text(judged, shape, "")}, {"mistake", diagnosis_text(judged)}}.dump());
  } catch (const std::exception& error) {
    return failure(error);
  }
}
}
