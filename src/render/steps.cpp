// The steps of a derivation. Each rule stands here once, with the expression that puts numbers into it.
#include "render/steps.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

namespace gradtrace {

std::string fit(const Expression& expression, std::size_t width) {
  const std::size_t n = expression.terms.size();
  const std::string end = expression.tail.empty() ? "" : (n > 0 ? " + " : "") + expression.tail;
  const auto length = [](const std::string& text) { return count_columns(text); };
  const std::size_t fixed = length(expression.front) + length(expression.back) + length(end);

  std::vector<std::size_t> by_size(n);
  std::iota(by_size.begin(), by_size.end(), std::size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](std::size_t x, std::size_t y) { return expression.terms[x].size > expression.terms[y].size; });
  std::size_t all = n > 0 ? 3 * (n - 1) : 0;
  for (const Expression::Term& term : expression.terms) all += length(term.text);
  std::size_t kept = n;
  std::string left_out;
  if (fixed + all > width && n > 1) {
    left_out = fmt::format(" + … ({} more)", n - 1);
    std::size_t used = fixed + length(left_out);
    for (kept = 0; kept < n; ++kept) {
      used += length(expression.terms[by_size[kept]].text) + (kept > 0 ? 3 : 0);
      if (used > width && kept > 0) break;
    }
    if (kept < n) left_out = fmt::format(" + … ({} more)", n - kept);
    else left_out.clear();
  }
  std::vector<std::size_t> shown(by_size.begin(), by_size.begin() + static_cast<std::ptrdiff_t>(kept));
  std::sort(shown.begin(), shown.end());
  std::string text = expression.front;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string& term = expression.terms[shown[i]].text;
    const std::string_view minus = "−";  // a term that is taken away: − 0.5·ln 0.27
    if (i > 0 && term.starts_with(minus)) {
      text += " − " + term.substr(minus.size());
    } else {
      text += (i > 0 ? " + " : "") + term;
    }
  }
  return text + left_out + end + expression.back;
}

std::vector<std::string> RuleTable::notes_where(bool infinite) const {
  std::vector<std::string> all = notes;
  if (infinite) all.push_back(if_infinite);
  return all;
}

std::vector<Name> RuleTable::names(const Selection& selection) const {
  std::vector<Name> wanted;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Name name = block.name(i, scope);
    if (selection.wants(name)) wanted.push_back(name);
  }
  return wanted;
}

namespace {

/// A single term that is never shortened.
Expression plain(std::string text) {
  Expression expression;
  expression.terms.push_back({std::move(text), 0});
  return expression;
}

/// Where a rule's numbers and their indices stand.
std::vector<std::size_t> index_j(const Name& name) { return {name.j}; }
std::vector<std::size_t> index_j_k(const Name& name) { return {name.j, name.k}; }
std::vector<std::size_t> index_k_j(const Name& name) { return {name.k, name.j}; }
std::vector<std::size_t> no_index(const Name&) { return {}; }

class Derivation {
 public:
  Derivation(const Lesson& lesson, const ExampleTrace& trace, NumberStyle style)
      : lesson_(lesson),
        network_(lesson.network),
        trace_(trace),
        style_(style),
        blocks_(derived_blocks(lesson.network)),
        scope_(Scope::of_example(trace.example)) {}

  std::vector<Step> steps() {
    const std::size_t last = network_.depth();
    for (std::size_t l = 1; l <= last; ++l) add_forward(l);
    add_cost();
    for (std::size_t l = last; l >= 1; --l) {
      add_error_signal(l);
      add_parameters(l);
      add_back(l);
    }
    return std::move(steps_);
  }

 private:
  // --- numbers as text ---

  std::string number(double value) const { return significant(value, style_.digits, style_.ascii, false); }
  /// A number that is given: as short as it was written.
  std::string given(double value) const { return significant(value, style_.digits, style_.ascii, true); }
  /// The same as a factor: a negative one in parentheses.
  static std::string factor(std::string text) {
    const bool negative = text.starts_with("−") || text.starts_with("-");
    return negative ? "(" + text + ")" : text;
  }
  std::string activation_text(std::size_t l, std::size_t k) const {
    return l == 0 ? given(trace_.state.a[0](k)) : number(trace_.state.a[l](k));
  }
  /// x − y with a sign that reads well.
  std::string difference(const std::string& x, double y) const {
    if (y < 0) return x + " + " + given(-y);
    return x + " − " + given(y);
  }
  /// "ln 0.7513"; of what a double holds as 0 though its logarithm is finite "ln exp(−800.0)"
  std::string logarithm(double of, double value) const {
    return "ln " + (of == 0 && std::isfinite(value) ? "exp(" + number(value) + ")" : number(of));
  }

  /// 1 − a of an output, from its distance to the asymptote.
  double complement(std::size_t j) const {
    const Anchored<double>& a = trace_.outputs.a[j];
    return a.anchor == 1 ? -a.offset : 1 - a.value();
  }

  // --- building ---

  const Block& block(Quantity quantity, std::size_t layer) const {
    for (const Block& candidate : blocks_) {
      if (candidate.quantity == quantity && candidate.layer == layer) return candidate;
    }
    return blocks_.front();
  }

  RuleTable table(Quantity quantity, std::size_t layer, std::string rule, std::vector<std::string> index_names,
                  std::function<std::vector<std::size_t>(const Name&)> indices,
                  std::function<Expression(const Name&)> expression) const {
    RuleTable result;
    result.rule = std::move(rule);
    result.index_names = std::move(index_names);
    result.indices = std::move(indices);
    result.expression = std::move(expression);
    result.block = block(quantity, layer);
    result.scope = scope_;
    return result;
  }

  // --- forward ---

  void add_forward(std::size_t l) {
    const Layer& layer = network_.layer(l);
    Step step{fmt::format("forward, layer {}", l), {}};
    step.tables.push_back(table(Quantity::z, l, "zⱼ = Σₖ wⱼₖ·aₖ + bⱼ", {"j"}, index_j, [this, l](const Name& name) {
      const Layer& here = network_.layer(l);
      Expression sum;
      for (std::size_t k = 0; k < network_.width(l - 1); ++k) {
        const double a = trace_.state.a[l - 1](k), w = here.weights(name.j, k);
        sum.terms.push_back({factor(given(w)) + "·" + factor(activation_text(l - 1, k)), std::abs(w * a)});
      }
      sum.tail = factor(given(here.biases(name.j)));
      return sum;
    }));
    step.tables.push_back(activation_table(l, layer));
    steps_.push_back(std::move(step));
  }

  RuleTable activation_table(std::size_t l, const Layer& layer) const {
    if (layer.activation == Activation::softmax) {
      const SoftmaxParts<double> parts = softmax_parts(trace_.state.z[l]);
      const double largest = trace_.state.z[l](parts.largest);
      const std::string sum = number(1 + parts.others);
      RuleTable result = table(Quantity::a, l, "aⱼ = eᶻʲ / Σᵢ eᶻⁱ", {"j"}, index_j, [this, parts, sum](const Name& name) {
        return plain(number(parts.exponential[name.j]) + " / " + sum);
      });
      result.notes.push_back(fmt::format("numerator and sum are both divided by e^{}, the largest of them, so that none overflows",
                                         factor(number(largest))));
      return result;
    }
    const std::string rule = std::string("aⱼ = σ(zⱼ), σ(z) = ") + std::string(info(layer.activation).formula);
    return table(Quantity::a, l, rule, {"j"}, index_j, [this, l](const Name& name) {
      const double z = trace_.state.z[l](name.j);
      const std::string text = number(z);
      switch (network_.layer(l).activation) {
        case Activation::identity: return plain(text);
        case Activation::relu: return plain("max(0, " + text + ")");
        case Activation::leaky_relu: return plain(z > 0 ? text : given(network_.layer(l).alpha) + "·" + factor(text));
        case Activation::tanh: return plain("tanh(" + text + ")");
        case Activation::softplus: return plain("ln(1 + " + number(std::exp(z)) + ")");
        case Activation::silu: return plain(factor(text) + "·" + number(sigmoid(z)));
        case Activation::gelu: return plain(factor(text) + "·" + number(0.5 * std::erfc(-z / std::sqrt(2.0))));
        default: return plain("σ(" + text + ")");
      }
    });
  }

  void add_cost() {
    Step step{"the cost", {}};
    step.tables.push_back(table(Quantity::C, Name::none, "C = " + std::string(info(network_.cost).formula), {}, no_index,
                                [this](const Name&) { return cost_expression(); }));
    steps_.push_back(std::move(step));
  }

  Expression cost_expression() const {
    Expression sum;
    const std::size_t last = network_.depth();
    for (std::size_t j = 0; j < network_.outputs(); ++j) {
      const double y = trace_.target(j), a = trace_.state.a[last](j);
      const std::string out = number(a);
      switch (network_.cost) {
        case Cost::squared_error:
        case Cost::half_squared_error:
        case Cost::mean_squared_error: sum.terms.push_back({"(" + difference(out, y) + ")²", (a - y) * (a - y)}); break;
        case Cost::binary_cross_entropy: {
          const double size = std::abs(y == 0 ? trace_.outputs.log_complement[j] : trace_.outputs.log_a[j]);
          const std::string ln_a = logarithm(a, trace_.outputs.log_a[j]), ln_rest = logarithm(complement(j), trace_.outputs.log_complement[j]);
          if (y == 1) {
            sum.terms.push_back({"−" + ln_a, size});
          } else if (y == 0) {
            sum.terms.push_back({"−" + ln_rest, size});
          } else {
            sum.terms.push_back({"−[" + given(y) + "·" + ln_a + " + " + given(1 - y) + "·" + ln_rest + "]", size});
          }
          break;
        }
        case Cost::cross_entropy:
          if (y != 0) sum.terms.push_back({"−" + (y == 1 ? "" : given(y) + "·") + logarithm(a, trace_.outputs.log_a[j]), std::abs(y * trace_.outputs.log_a[j])});
          break;
      }
    }
    if (sum.terms.empty()) return plain("0");
    if (network_.cost == Cost::half_squared_error || network_.cost == Cost::mean_squared_error) {
      const bool half = network_.cost == Cost::half_squared_error;
      sum.front = half ? "½·" : fmt::format("1/{}·", network_.outputs());
      if (sum.terms.size() > 1) {
        sum.front += "[";
        sum.back = "]";
      }
    }
    return sum;
  }

  // --- backward ---

  void add_error_signal(std::size_t l) {
    const bool last = l == network_.depth();
    Step step{last ? "output layer: how wrong, how responsive" : fmt::format("layer {}: how responsive, and the error signal", l), {}};
    if (last) step.tables.push_back(cost_derivative_table(l));
    step.tables.push_back(slope_table(l));
    step.tables.push_back(delta_table(l));
    steps_.push_back(std::move(step));
  }

  RuleTable cost_derivative_table(std::size_t l) const {
    RuleTable result = table(Quantity::dC_da, l, "∂C/∂aⱼ = " + std::string(info(network_.cost).derivative), {"j"}, index_j,
                             [this, l](const Name& name) {
      const double y = trace_.target(name.j);
      const std::string out = number(trace_.state.a[l](name.j)), wrong = difference(out, y);
      switch (network_.cost) {
        case Cost::squared_error: return plain("2(" + wrong + ")");
        case Cost::half_squared_error: return plain(wrong);
        case Cost::mean_squared_error: return plain(fmt::format("2({})/{}", wrong, network_.outputs()));
        case Cost::binary_cross_entropy: return plain("(" + wrong + ")/(" + out + "·" + number(complement(name.j)) + ")");
        case Cost::cross_entropy: break;
      }
      return plain(y == 0 ? "0" : "−" + given(y) + "/" + out);
    });
    if (takes_logarithms(network_.cost)) {
      result.if_infinite = "an output has saturated so far that ∂C/∂a is beyond what a double can hold; δ below is not";
    }
    return result;
  }

  RuleTable slope_table(std::size_t l) const {
    const Layer& layer = network_.layer(l);
    if (layer.activation == Activation::softmax) {
      RuleTable result = table(Quantity::slope, l, "∂aᵢ/∂zⱼ = aᵢ(1[i=j] − aⱼ)", {"i", "j"}, index_j_k, [this, l](const Name& name) {
        const std::string a = number(trace_.state.a[l](name.j));
        if (name.j == name.k) return plain(a + "·" + number(trace_.gradients[l].complement(name.j)));
        return plain("−" + a + "·" + number(trace_.state.a[l](name.k)));
      });
      result.notes.push_back("every zⱼ moves every aᵢ: paths inside one layer");
      return result;
    }
    const std::string rule = "σ′(zⱼ) = " + std::string(info(layer.activation).slope);
    return table(Quantity::slope, l, rule, {"j"}, index_j, [this, l](const Name& name) {
      const Layer& here = network_.layer(l);
      const double z = trace_.state.z[l](name.j), a = trace_.state.a[l](name.j);
      const std::string text = number(z);
      switch (here.activation) {
        case Activation::identity: return plain("1");
        case Activation::sigmoid: return plain(number(a) + "·" + number(sigmoid(-z)));
        case Activation::tanh: return plain("1 − " + factor(number(a)) + "²");
        case Activation::relu:
        case Activation::leaky_relu: {
          const bool is_open = trace_.slope(l, name.j, name.j) == 1;
          if (z == 0) return plain(is_open ? "z > 0, too small for a double" : "z = 0: at the kink");
          return plain(text + (z > 0 ? " > 0" : " < 0"));
        }
        case Activation::softplus: return plain("1/(1 + " + number(std::exp(-z)) + ")");
        case Activation::silu: {
          const std::string s = number(sigmoid(z));
          return plain(s + " + " + factor(text) + "·" + s + "·" + number(sigmoid(-z)));
        }
        default: {
          const double density = std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846);
          return plain(number(0.5 * std::erfc(-z / std::sqrt(2.0))) + " + " + factor(text) + "·" + number(density));
        }
      }
    });
  }

  RuleTable delta_table(std::size_t l) const {
    const bool last = l == network_.depth();
    const bool softmax = network_.layer(l).activation == Activation::softmax;
    if (last && slope_cancels(network_, trace_.target)) {
      RuleTable result = table(Quantity::delta, l, "δⱼ = aⱼ − yⱼ", {"j"}, index_j, [this, l](const Name& name) {
        return plain(difference(number(trace_.state.a[l](name.j)), trace_.target(name.j)));
      });
      result.notes.push_back(softmax ? "softmax and cross-entropy: in δⱼ = Σᵢ ∂C/∂aᵢ·∂aᵢ/∂zⱼ the slopes cancel, and exactly a − y is left"
                                     : "sigmoid and binary cross-entropy: in δ = ∂C/∂a·σ′(z) the slope cancels, and exactly a − y is left");
      return result;
    }
    RuleTable result =
        softmax ? table(Quantity::delta, l, "δⱼ = Σᵢ ∂C/∂aᵢ·∂aᵢ/∂zⱼ", {"j"}, index_j,
                        [this, l](const Name& name) {
                          Expression sum;
                          for (std::size_t i = 0; i < network_.width(l); ++i) {
                            const double from = trace_.gradients[l].dC_da(i), slope = trace_.slope(l, i, name.j);
                            sum.terms.push_back({factor(number(from)) + "·" + factor(number(slope)), std::abs(from * slope)});
                          }
                          return sum;
                        })
                : table(Quantity::delta, l, "δⱼ = ∂C/∂aⱼ · σ′(zⱼ)", {"j"}, index_j, [this, l](const Name& name) {
                    return plain(factor(number(trace_.gradients[l].dC_da(name.j))) + " · " + factor(number(trace_.slope(l, name.j, name.j))));
                  });
    if (last && takes_logarithms(network_.cost)) {
      result.notes.push_back("computed in a form without ∂C/∂a, so that it stays right where an output saturates");
    }
    return result;
  }

  void add_parameters(std::size_t l) {
    Step step{fmt::format("weights and biases of layer {}", l), {}};
    step.tables.push_back(table(Quantity::dC_dw, l, "∂C/∂wⱼₖ = δⱼ · aₖ", {"j", "k"}, index_j_k, [this, l](const Name& name) {
      return plain(factor(number(trace_.gradients[l].delta(name.j))) + " · " + factor(activation_text(l - 1, name.k)));
    }));
    step.tables.push_back(table(Quantity::dC_db, l, "∂C/∂bⱼ = δⱼ", {"j"}, index_j, [this, l](const Name& name) {
      return plain(number(trace_.gradients[l].delta(name.j)));
    }));
    steps_.push_back(std::move(step));
  }

  void add_back(std::size_t l) {
    const std::string to = l == 1 ? "to the input" : fmt::format("to layer {}", l - 1);
    Step step{fmt::format("back {}: one term a path", to), {}};
    step.tables.push_back(table(Quantity::path, l, "from k through j: wⱼₖ·δⱼ", {"k", "j"}, index_k_j, [this, l](const Name& name) {
      return plain(factor(given(trace_.w(l, name.j, name.k))) + " · " + factor(number(trace_.gradients[l].delta(name.j))));
    }));
    step.tables.push_back(table(Quantity::dC_da, l - 1, "∂C/∂aₖ = Σⱼ wⱼₖ·δⱼ", {"k"}, index_j, [this, l](const Name& name) {
      Expression sum;
      for (std::size_t j = 0; j < network_.width(l); ++j) {
        const double path = trace_.path(l, name.j, j);
        sum.terms.push_back({factor(number(path)), std::abs(path)});
      }
      return sum;
    }));
    steps_.push_back(std::move(step));
  }

  const Lesson& lesson_;
  const Network& network_;
  const ExampleTrace& trace_;
  NumberStyle style_;
  std::vector<Block> blocks_;
  Scope scope_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> derivation_steps(const Lesson& lesson, const ExampleTrace& trace, NumberStyle style) {
  // The tables' functions refer to the derivation, so it lives as long as they do.
  const auto derivation = std::make_shared<Derivation>(lesson, trace, style);
  std::vector<Step> steps = derivation->steps();
  for (Step& step : steps) {
    for (RuleTable& table : step.tables) {
      table.expression = [derivation, inner = std::move(table.expression)](const Name& name) { return inner(name); };
    }
  }
  return steps;
}

Step mean_step(const Lesson& lesson, const MeanTrace& means, NumberStyle style) {
  (void)style;
  Step step{fmt::format("the whole data set: means over {} examples", means.examples()), {}};
  const std::string over = fmt::format("1/{} Σₓ ", means.examples());
  for (const Block& block : mean_blocks(lesson.network)) {
    RuleTable table;
    switch (block.quantity) {
      case Quantity::C:
        table.rule = "C = " + over + "Cₓ";
        table.indices = no_index;
        break;
      case Quantity::dC_db:
        table.rule = fmt::format("∂C/∂b{}ⱼ = {}∂Cₓ/∂bⱼ", superscript(block.layer), over);
        table.index_names = {"j"};
        table.indices = index_j;
        break;
      default:
        table.rule = fmt::format("∂C/∂w{}ⱼₖ = {}∂Cₓ/∂wⱼₖ", superscript(block.layer), over);
        table.index_names = {"j", "k"};
        table.indices = index_j_k;
    }
    table.expression = [](const Name&) { return Expression{}; };
    table.block = block;
    table.scope = Scope::of_mean();
    step.tables.push_back(std::move(table));
  }
  return step;
}

}  // namespace gradtrace
