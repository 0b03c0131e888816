// The derivation as the steps of a page.
#include "render/page_view.hpp"

#include "base/number.hpp"
#include "check/example_nudger.hpp"
#include "check/mean_twin.hpp"
#include "homework/layout.hpp"
#include "render/mathml.hpp"
#include "render/network_svg.hpp"
#include "render/steps.hpp"
#include "trace/routes.hpp"
#include "trace/trace.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

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

/// The places of the `most` largest, in order.
std::vector<std::size_t> largest(const std::vector<double>& values, std::size_t most) {
  std::vector<std::size_t> places(values.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (places.size() <= most) return places;
  const auto size = [&](std::size_t i) { return std::abs(values[i]); };
  std::ranges::partial_sort(places, places.begin() + static_cast<std::ptrdiff_t>(most), std::greater{}, size);
  places.resize(most);
  std::ranges::sort(places);
  return places;
}

/// The nudged twins of some numbers of a block, at least one.
std::vector<CheckRow> twins(const ExampleTrace& trace, const Block& block, const std::vector<std::size_t>& places) {
  const CheckOptions options;
  ExampleNudger nudger(trace, options);
  std::vector<CheckRow> rows(places.size());
  nudger.fill(block, {rows.data(), {block, places}});
  return rows;
}

/// One term of a sum that is drawn as a bar.
struct Term {
  std::string from;  ///< "through j = 1", "example 3"
  double value;
  std::string lights;  ///< the edge it comes along, "" for none
};

/// The largest terms in order, and the others as one.
std::vector<Term> folded(std::vector<Term> terms) {
  if (terms.size() <= PageViewOptions::most_terms + 1) return terms;
  std::vector<double> values;
  for (const Term& term : terms) values.push_back(term.value);
  std::vector<Term> kept;
  double rest = 0;
  const std::vector<std::size_t> shown = largest(values, PageViewOptions::most_terms);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (std::ranges::find(shown, i) == shown.end()) rest += terms[i].value;
    else kept.push_back(std::move(terms[i]));
  }
  kept.push_back({fmt::format("the other {}", terms.size() - kept.size()), rest, ""});
  return kept;
}

class View {
 public:
  View(const Lesson& lesson, std::size_t example, const PageViewOptions& options)
      : lesson_(lesson), network_(lesson.network), options_(options), several_(lesson.several_examples()), trace_(trace_of(example)) {}

  std::string json() {
    view_["example"] = trace_.example;
    view_["cost"] = number(trace_.cost);
    view_["svg"] = network_svg(trace_, {options_.digits - 1, {}});
    view_["values"] = neuron_values();
    view_["gradients"] = edge_gradients();
    view_["steps"] = ordered_json::array();
    for (const Step& step : derivation_steps(lesson_, trace_, {options_.digits, false})) add(step, false);
    if (several_ && options_.means) add_means();
    return view_.dump();
  }

 private:
  ExampleTrace trace_of(std::size_t example) const { return trace_example(lesson_.network, lesson_.examples[example].input, lesson_.examples[example].target, example); }
  std::string text(double value) const { return significant(value, options_.digits); }
  std::string brief(double value) const { return significant(value, options_.digits - 1, false, true); }

  /// What can stand beside the neurons drawn: {"a[1][0]": {"z": "0.378", …}}.
  ordered_json neuron_values() const {
    ordered_json values = ordered_json::object();
    for (std::size_t l = 0; l <= network_.depth(); ++l) {
      const LayerGradients& gradients = trace_.gradients[l];
      for (const std::size_t j : drawn_neurons(trace_, l)) {
        ordered_json of{{"a", brief(trace_.state.a[l](j))}, {"dC/da", brief(gradients.dC_da(j))}};
        if (l > 0) {
          of["z"] = brief(trace_.state.z[l](j));
          of["delta"] = of["dC/db"] = brief(gradients.delta(j));
          if (network_.layer(l).activation != Activation::softmax) of["slope"] = brief(gradients.slope(j));
        }
        values[fmt::format("a[{}][{}]", l, j)] = std::move(of);
      }
    }
    return values;
  }

  /// ∂C/∂w of the edges drawn.
  ordered_json edge_gradients() const {
    ordered_json gradients = ordered_json::object();
    for (std::size_t l = 1; l <= network_.depth(); ++l) {
      for (const std::size_t j : drawn_neurons(trace_, l)) {
        for (const std::size_t k : drawn_neurons(trace_, l - 1)) gradients[fmt::format("w[{}][{},{}]", l, j, k)] = brief(trace_.dC_dw(l, j, k));
      }
    }
    return gradients;
  }

  bool wanted() const { return !options_.step || view_["steps"].size() == *options_.step; }

  /// Each table of a step is a part of it on the page.
  void add(const Step& step, bool means) {
    ++steps_;
    for (std::size_t part = 0; part < step.tables.size(); ++part) {
      if (!wanted()) {
        view_["steps"].push_back(nullptr);
        continue;
      }
      ordered_json json{{"number", steps_}, {"part", part + 1}, {"parts", step.tables.size()}, {"title", step.title}};
      fill(json, step.tables[part], means);
      view_["steps"].push_back(std::move(json));
    }
  }

  void add_means() {
    MeanTrace means(network_);
    const std::size_t first = view_["steps"].size(), parts = mean_blocks(network_).size();
    if (!options_.step || *options_.step >= first) {
      for (std::size_t e = 0; e < lesson_.examples.size(); ++e) {
        all_.push_back(trace_of(e));
        means.add(all_.back());
      }
      means_ = &means;
      add(mean_step(lesson_, means, {options_.digits, false}), true);
      means_ = nullptr;
    } else {
      for (std::size_t part = 0; part < parts; ++part) view_["steps"].push_back(nullptr);
    }
  }

  void fill(ordered_json& step, const RuleTable& table, bool means) {
    const Block& block = table.block;
    std::vector<double> values;
    const std::vector<Name> names = table.names();
    for (const Name& name : names) values.push_back(means ? means_->value(name) : trace_.value(name));
    const std::vector<std::size_t> shown = largest(values, PageViewOptions::most_rows);
    step["quantity"] = info(block.quantity).name;
    step["layer"] = block.layer == Name::none ? ordered_json(nullptr) : ordered_json(block.layer);
    step["direction"] = means ? "over all examples" : block.quantity >= Quantity::dC_da ? "← backward" : "forward →";
    step["plain"] = means ? std::string("Every example has its own gradient; training follows their mean.") : sentence(block, network_);
    step["rule"] = mathml(table.rule);
    step["uses"] = means ? std::vector<std::string>{} : used_by(network_, block);
    step["notes"] = table.notes_where(std::ranges::any_of(values, [](double value) { return !std::isfinite(value); }));
    step["left_out"] = values.size() - shown.size();
    // z, a and C are no derivatives.
    const bool derivative = block.quantity >= Quantity::dC_da;
    const std::vector<CheckRow> nudged = !options_.nudged || !derivative ? std::vector<CheckRow>{} : means ? mean_twins(block, shown, values) : twins(trace_, block, shown);
    step["rows"] = ordered_json::array();
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Name& name = names[shown[i]];
      step["rows"].push_back(row(table, name, values[shown[i]], nudged.empty() ? nullptr : &nudged[i], means));
    }
  }

  /// The means of the examples' twins, judged as one.
  std::vector<CheckRow> mean_twins(const Block& block, const std::vector<std::size_t>& shown, const std::vector<double>& values) const {
    std::vector<MeanTwin> sums(shown.size());
    for (const ExampleTrace& trace : all_) {
      const std::vector<CheckRow> own = twins(trace, block, shown);
      for (std::size_t i = 0; i < shown.size(); ++i) sums[i].add(own[i]);
    }
    double scale = 0;
    for (const double value : values) {
      if (std::isfinite(value)) scale = std::max(scale, std::abs(value));
    }
    std::vector<CheckRow> mean(shown.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
      mean[i].analytic = values[shown[i]];
      sums[i].settle(mean[i], static_cast<double>(all_.size()), CheckOptions{}.relative_tolerance, scale);
    }
    return mean;
  }

  ordered_json row(const RuleTable& table, const Name& name, double value, const CheckRow* twin, bool means) {
    constexpr std::size_t width = 110;
    const auto index = [](std::size_t i) { return i == Name::none ? ordered_json(nullptr) : ordered_json(i); };
    const Expression expression = means ? mean_expression(name) : table.expression(name);
    ordered_json row{{"name", to_string(name, several_)}, {"j", index(name.j)}, {"k", index(name.k)}, {"expression", fit(expression, width)}, {"value", number(value)}, {"shown", text(value)}};
    if (twin != nullptr) {
      row["nudged"] = says_nothing(*twin) ? "—" : text(twin->numeric);
      row["verdict"] = name_of(twin->verdict);
      if (twin->at_kink) row["one_sided"] = {text(twin->at_kink->left), text(twin->at_kink->right)};
    }
    const std::vector<Term> terms = folded(means ? mean_terms(name) : path_terms(name));
    for (const Term& term : terms) row["terms"].push_back({{"from", term.from}, {"value", number(term.value)}, {"shown", text(term.value)}, {"lights", term.lights}});
    return row;
  }

  /// One term a path, where paths meet: ∂C/∂a of a hidden neuron, δ of a softmax layer.
  std::vector<Term> path_terms(const Name& name) const {
    std::vector<Term> terms;
    const std::size_t l = name.layer;
    if (name.quantity == Quantity::dC_da && l < network_.depth()) {
      for (std::size_t j = 0; j < network_.width(l + 1); ++j) terms.push_back({fmt::format("through {}", j), trace_.path(l + 1, name.j, j), fmt::format("w[{}][{},{}]", l + 1, j, name.j)});
    }
    const bool output = l == network_.depth();
    if (name.quantity == Quantity::delta && network_.layer(l).activation == Activation::softmax && !(output && slope_cancels(network_, trace_.target))) {
      for (std::size_t i = 0; i < network_.width(l); ++i) {
        const double term = output ? softmax_output_term(network_, trace_.state, trace_.outputs, trace_.target, i, name.j) : ExampleTrace::times(trace_.gradients[l].dC_da(i), trace_.slope(l, i, name.j));
        terms.push_back({fmt::format("through a{}", i), term, fmt::format("a[{}][{}]", l, i)});
      }
    }
    return terms;
  }

  /// Each example's part of a mean.
  std::vector<Term> mean_terms(const Name& name) const {
    std::vector<Term> terms;
    for (const ExampleTrace& trace : all_) terms.push_back({fmt::format("example {}", trace.example), trace.value(name) / static_cast<double>(all_.size()), ""});
    return terms;
  }

  Expression mean_expression(const Name& name) const {
    Expression sum;
    for (const ExampleTrace& trace : all_) {
      const double value = trace.value(name);
      const std::string shown = text(value);
      sum.terms.push_back({value < 0 ? "(" + shown + ")" : shown, std::abs(value)});
    }
    sum.front = fmt::format("1/{}·[", all_.size());
    sum.back = "]";
    return sum;
  }

  const Lesson& lesson_;
  const Network& network_;
  PageViewOptions options_;
  bool several_;
  ExampleTrace trace_;
  std::vector<ExampleTrace> all_;        // for the means
  const MeanTrace* means_ = nullptr;     // while their step is made
  std::size_t steps_ = 0;
  ordered_json view_;
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
  json["all_examples"] = lesson.examples.size();
  json["examples"] = ordered_json::array();
  for (std::size_t e = 0; e < std::min(most_examples, lesson.examples.size()); ++e) {
    json["examples"].push_back({{"input", array_of(lesson.examples[e].input)}, {"target", array_of(lesson.examples[e].target)}});
  }
  // Whether a number can be asked on a page that does not carry all examples.
  const auto carried = [&](const Name& name) {
    return name.scope.kind == Scope::Kind::mean ? most_examples >= lesson.examples.size() : name.scope.kind == Scope::Kind::none || name.scope.example < most_examples;
  };
  json["questions"] = ordered_json::array();
  for (const Question& question : lesson.questions) {
    ordered_json asked{{"ask", question.ask}, {"because", question.because}};
    if (question.answer) {
      if (!carried(*question.answer)) continue;
      asked["answer"] = to_string(*question.answer, lesson.several_examples());
    } else {
      asked["choose"] = question.choose;
      asked["right"] = question.right_choice;
    }
    json["questions"].push_back(std::move(asked));
  }
  const SheetLayout layout(lesson);
  constexpr std::size_t most_asked = 60;
  json["digits"] = layout.digits();
  json["asked"] = ordered_json::array();
  for (const std::size_t index : layout.asked()) {
    const Name name = layout.numbers().name(index);
    if (json["asked"].size() == most_asked) break;
    if (carried(name)) json["asked"].push_back(to_string(name, lesson.several_examples()));
  }
  return json.dump();
}

std::string page_routes(const Lesson& lesson, const ExampleTrace& trace, const Name& from, std::size_t most) {
  constexpr int digits = 4;
  const Routes routes(trace, from);
  ordered_json json{{"count", static_cast<double>(routes.count())}, {"sum", number(routes.sum())}, {"shown", significant(routes.sum(), digits)}, {"derivative", to_string(routes.derivative(), lesson.several_examples())}};
  json["routes"] = ordered_json::array();
  for (const Route& route : routes.strongest(most)) {
    ordered_json lights = ordered_json::array();
    std::string factors;
    const auto neuron = [&](std::size_t l, std::size_t j) { lights.push_back(fmt::format("a[{}][{}]", l, j)); };
    if (from.quantity == Quantity::w) lights.push_back(fmt::format("w[{}][{},{}]", from.layer, from.j, from.k));
    neuron(from.layer, from.j);
    for (const RouteFactor& factor : route.factors) {
      const std::string shown = significant(factor.value, digits, false, true);
      factors += (factors.empty() ? "" : " · ") + (factor.value < 0 ? "(" + shown + ")" : shown);
      if (factor.kind == RouteFactor::Kind::weight) {
        lights.push_back(fmt::format("w[{}][{},{}]", factor.name.layer, factor.name.j, factor.name.k));
        neuron(factor.name.layer, factor.name.j);
      } else if (factor.kind == RouteFactor::Kind::slope && factor.name.k != Name::none) {
        neuron(factor.name.layer, factor.name.j);  // a softmax carries z of one neuron to a of another
      } else if (factor.kind == RouteFactor::Kind::cost) {
        lights.push_back(fmt::format("C[{}]", factor.name.j));
      }
    }
    lights.push_back("C");
    json["routes"].push_back({{"lights", lights}, {"factors", factors}, {"value", number(route.product)}, {"shown", significant(route.product, digits)}});
  }
  return json.dump();
}

}  // namespace gradtrace
