// The derivation as the steps of a page.
#include "render/page_view.hpp"

#include "base/number.hpp"
#include "check/example_nudger.hpp"
#include "homework/layout.hpp"
#include "render/mathml.hpp"
#include "render/network_svg.hpp"
#include "render/steps.hpp"
#include "trace/trace.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

using nlohmann::ordered_json;

ordered_json number(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

/// One sentence for each quantity.
std::string sentence(const Block& step, const Network& network) {
  const std::size_t l = step.layer, last = network.depth();
  const std::string from = l == 1 ? "the inputs" : fmt::format("layer {}", l == Name::none ? 0 : l - 1);
  switch (step.quantity) {
    case Quantity::z: return fmt::format("Each neuron of layer {} adds up what {} send{} it, each times its weight, and its bias.", l, from, l == 1 ? "" : "s");
    case Quantity::a: return "The activation function makes of z what the neuron sends on.";
    case Quantity::C: return "How wrong is the whole answer? One number.";
    case Quantity::dC_da:
      if (l == last) return "How does the cost answer if this output is nudged? How wrong it is, and in which direction.";
      return l == 0 ? "What the inputs themselves would do to the cost: again one term a path, all added."
                    : fmt::format("A neuron of layer {} reaches the cost through every neuron it feeds. Each way brings one term; where paths meet they add.", l);
    case Quantity::slope: return "How responsive is the neuron where it stands: how much does a move when z does?";
    case Quantity::delta: return "How wrong times how responsive: the error signal, what a nudge of z does to the cost.";
    case Quantity::dC_db: return "The bias moves z one to one, so its derivative is the error signal itself.";
    case Quantity::dC_dw: return "How wrong, how responsive, and how active the neuron at the weight's other end was.";
    case Quantity::path: return "Back through the weights: the part of ∂C/∂a that travels along each path.";
    default: return "";
  }
}

/// The places of the rows shown: the largest, in order.
std::vector<std::size_t> shown_rows(const std::vector<double>& values) {
  std::vector<std::size_t> places(values.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  if (places.size() <= PageViewOptions::most_rows) return places;
  const auto size = [&](std::size_t i) { return std::abs(values[i]); };
  std::ranges::partial_sort(places, places.begin() + PageViewOptions::most_rows, std::greater{}, size);
  places.resize(PageViewOptions::most_rows);
  std::ranges::sort(places);
  return places;
}

/// The nudged twins of the rows shown; nothing for z, a and C, which are no derivatives.
std::vector<std::optional<CheckRow>> twins(const ExampleTrace& trace, const Block& block, const std::vector<std::size_t>& shown) {
  std::vector<std::optional<CheckRow>> found(shown.size());
  if (block.quantity < Quantity::dC_da) return found;
  CheckOptions options;
  options.sample = shown.size();  // the rows marked below
  ExampleNudger nudger(trace, options);
  std::vector<CheckRow> rows(block.size());
  for (CheckRow& row : rows) row.sampled = false;
  for (const std::size_t i : shown) rows[i].sampled = true;
  nudger.fill(block, rows.data());
  for (std::size_t i = 0; i < shown.size(); ++i) found[i] = rows[shown[i]];
  return found;
}

class View {
 public:
  View(const Lesson& lesson, std::size_t example, const PageViewOptions& options)
      : lesson_(lesson), options_(options), several_(lesson.several_examples()), trace_(trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example)),
        blocks_(derived_blocks(lesson.network)) {}

  std::string json() {
    ordered_json view;
    view["example"] = trace_.example;
    view["cost"] = number(trace_.cost);
    view["svg"] = network_svg(trace_, {options_.digits - 1, {}});
    view["steps"] = ordered_json::array();
    for (const Step& step : derivation_steps(lesson_, trace_, {options_.digits, false})) {
      for (const RuleTable& table : step.tables) {
        const bool wanted = !options_.step || view["steps"].size() == *options_.step;
        view["steps"].push_back(wanted ? json_of(step.title, table) : ordered_json(nullptr));
      }
    }
    return view.dump();
  }

 private:
  const Block& block_of(const Name& name) const {
    return *std::ranges::find_if(blocks_, [&](const Block& block) { return block.quantity == name.quantity && block.layer == name.layer; });
  }

  ordered_json json_of(const std::string& title, const RuleTable& table) {
    const Block& block = block_of(table.names.front());
    std::vector<double> values;
    for (const Name& name : table.names) values.push_back(trace_.value(name));
    const std::vector<std::size_t> shown = shown_rows(values);
    const auto nudged = options_.nudged ? twins(trace_, block, shown) : std::vector<std::optional<CheckRow>>(shown.size());
    ordered_json step;
    step["title"] = title;
    step["quantity"] = info(block.quantity).name;
    step["layer"] = block.layer == Name::none ? ordered_json(nullptr) : ordered_json(block.layer);
    step["plain"] = sentence(block, lesson_.network);
    step["rule"] = mathml(table.rule);
    const Lit lit = lit_by(lesson_.network, block);
    step["lit"] = {{"neurons", lit.neurons}, {"edges", lit.edges}};
    step["below"] = ordered_json::object();
    for (const auto& [name, text] : below_neurons(trace_, block, options_.digits - 1)) step["below"][name] = text;
    step["left_out"] = values.size() - shown.size();
    step["rows"] = ordered_json::array();
    for (std::size_t i = 0; i < shown.size(); ++i) step["rows"].push_back(row(table, table.names[shown[i]], values[shown[i]], nudged[i]));
    return step;
  }

  ordered_json row(const RuleTable& table, const Name& name, double value, const std::optional<CheckRow>& twin) {
    constexpr std::size_t width = 70;
    const auto text = [&](double x) { return significant(x, options_.digits); };
    ordered_json row;
    row["name"] = to_string(name, several_);
    row["expression"] = fit(table.expression(name), width);
    row["value"] = number(value);
    row["shown"] = text(value);
    if (twin) {
      row["nudged"] = text(twin->numeric);
      row["verdict"] = name_of(twin->verdict);
    }
    if (name.quantity == Quantity::dC_da && name.layer < lesson_.network.depth()) {
      row["terms"] = ordered_json::array();
      for (std::size_t j = 0; j < std::min<std::size_t>(lesson_.network.width(name.layer + 1), PageViewOptions::most_rows); ++j) {
        row["terms"].push_back({{"through", j}, {"value", number(trace_.path(name.layer + 1, name.j, j))}, {"shown", text(trace_.path(name.layer + 1, name.j, j))}});
      }
    }
    return row;
  }

  const Lesson& lesson_;
  PageViewOptions options_;
  bool several_;
  ExampleTrace trace_;
  std::vector<Block> blocks_;
};

template <class Values>
ordered_json array_of(const Values& values) {
  ordered_json array = ordered_json::array();
  for (const double value : values) array.push_back(value);
  return array;
}

}  // namespace

std::string page_view(const Lesson& lesson, std::size_t example, const PageViewOptions& options) { return View(lesson, example, options).json(); }

std::string page_lesson(const Lesson& lesson, std::size_t most_examples) {
  ordered_json json;
  json["title"] = lesson.title;
  json["name"] = lesson.name;
  json["cost"] = info(lesson.network.cost).name;
  json["learning_rate"] = lesson.learning_rate;
  json["inputs"] = lesson.network.inputs;
  json["layers"] = ordered_json::array();
  for (const Layer& layer : lesson.network.layers) {
    json["layers"].push_back({{"activation", info(layer.activation).name}, {"alpha", layer.alpha}, {"neurons", layer.neurons()}, {"weights", array_of(layer.weights)}, {"biases", array_of(layer.biases)}});
  }
  json["examples"] = ordered_json::array();
  for (std::size_t e = 0; e < std::min(most_examples, lesson.examples.size()); ++e) {
    json["examples"].push_back({{"input", array_of(lesson.examples[e].input)}, {"target", array_of(lesson.examples[e].target)}});
  }
  json["questions"] = ordered_json::array();
  for (const Question& question : lesson.questions) {
    if (!question.choose.empty()) json["questions"].push_back({{"ask", question.ask}, {"choose", question.choose}, {"right", question.right_choice}, {"because", question.because}});
  }
  const SheetLayout layout(lesson);
  constexpr std::size_t most_asked = 60;
  json["digits"] = layout.digits();
  json["asked"] = ordered_json::array();
  for (const std::size_t index : layout.asked()) {
    const Name name = layout.numbers().name(index);
    if (json["asked"].size() == most_asked) break;
    if (name.scope.kind == Scope::Kind::example && name.scope.example < most_examples) json["asked"].push_back(to_string(name, lesson.several_examples()));
  }
  if (lesson.homework) json["blanks"] = lesson.homework->blanks;
  return json.dump();
}

}  // namespace gradtrace
