// What stands behind a number.
#include "trace/explanation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace gradtrace {

std::optional<double> GradientFactor::share() const {
  if (reference == Reference::none || largest == 0 || !std::isfinite(largest)) return std::nullopt;
  return std::abs(value) / largest;
}

namespace {

/// The steepest an activation can be; nothing where it is not bounded by a constant.
std::optional<double> steepest(const Layer& layer) {
  switch (layer.activation) {
    case Activation::sigmoid: return 0.25;  // at z = 0
    case Activation::tanh:
    case Activation::identity:
    case Activation::relu:
    case Activation::softplus: return 1;
    case Activation::leaky_relu: return std::max(1.0, std::abs(layer.alpha));
    case Activation::silu: return 1.0998393;  // at z ≈ 2.3994
    case Activation::gelu: return 1.1289042;  // at z = √2
    case Activation::softmax: return std::nullopt;
  }
  return std::nullopt;
}

/// The largest |a| an activation can give, where it is bounded.
std::optional<double> most_active(const Network& network, std::size_t l) {
  if (l == 0) return std::nullopt;
  switch (network.layer(l).activation) {
    case Activation::sigmoid:
    case Activation::tanh:
    case Activation::softmax: return 1;
    default: return std::nullopt;
  }
}

/// A factor beside the largest of its layer in all examples.
GradientFactor beside_its_layer(GradientFactor::Kind kind, const Name& name, double value,
                                const std::vector<ExampleTrace>& all) {
  GradientFactor factor{kind, name, value};
  const std::size_t n = all.front().network->width(name.layer);
  for (const ExampleTrace& trace : all) {
    for (std::size_t j = 0; j < n; ++j) {
      const double other = std::abs(trace.value(beside(name, name.quantity, name.layer, j)));
      if (std::isfinite(other)) factor.largest = std::max(factor.largest, other);
    }
  }
  if (n * all.size() > 1) factor.reference = GradientFactor::Reference::layer;
  return factor;
}

GradientFactor beside_possible(GradientFactor::Kind kind, const Name& name, double value, double largest) {
  return {kind, name, value, GradientFactor::Reference::possible, largest};
}

}  // namespace

std::vector<GradientFactor> gradient_factors(const ExampleTrace& trace, const Name& name,
                                             const std::vector<ExampleTrace>& all) {
  using Kind = GradientFactor::Kind;
  const bool weight = name.quantity == Quantity::dC_dw;
  if (!weight && name.quantity != Quantity::dC_db && name.quantity != Quantity::delta) return {};
  const Network& network = *trace.network;
  const std::size_t l = name.layer, j = name.j;
  const Layer& layer = network.layer(l);
  std::vector<GradientFactor> factors;

  const Name wrong = beside(name, Quantity::dC_da, l, j);
  if (layer.activation == Activation::softmax || !std::isfinite(trace.value(wrong))) {
    const Name signal = beside(name, Quantity::delta, l, j);
    factors.push_back(beside_its_layer(Kind::signal, signal, trace.value(signal), all));
  } else {
    factors.push_back(beside_its_layer(Kind::wrong, wrong, trace.value(wrong), all));
    const Name slope = beside(name, Quantity::slope, l, j);
    factors.push_back(beside_possible(Kind::responsive, slope, trace.value(slope), steepest(layer).value_or(1)));
  }
  if (!weight) return factors.front().name == name ? std::vector<GradientFactor>{} : factors;
  const Name active = beside(name, Quantity::a, l - 1, name.k);
  const double value = trace.value(active);
  if (const auto largest = most_active(network, l - 1)) {
    factors.push_back(beside_possible(Kind::active, active, value, *largest));
  } else {
    factors.push_back(beside_its_layer(Kind::active, active, value, all));
  }
  return factors;
}

namespace {

/// The names of a sum's terms to follow: each term is one or two numbers, the largest products first.
std::vector<Name> followed(const CellRules& rules, const ExampleTrace& trace, const Name& cell, std::size_t most_terms) {
  // Where the slope cancels, δ = a − y is made of the output alone.
  const bool output = cell.layer == rules.network().depth();
  if (cell.quantity == Quantity::delta && output && slope_cancels(rules.network(), trace.target)) {
    return {beside(cell, Quantity::a, cell.layer, cell.j)};
  }
  const std::vector<Name> names = rules.ingredients(cell);
  const bool products = cell.quantity == Quantity::z ||
                        (cell.quantity == Quantity::delta && names.size() > 2);  // softmax: Σᵢ ∂C/∂aᵢ · ∂aᵢ/∂zⱼ
  const std::size_t stride = products ? 2 : 1;
  std::vector<std::size_t> terms;
  for (std::size_t i = 0; i + stride <= names.size(); i += stride) terms.push_back(i);
  const auto size = [&](std::size_t i) {
    double product = trace.value(names[i]);
    if (products) product *= trace.value(names[i + 1]);
    return std::isnan(product) ? std::numeric_limits<double>::infinity() : std::abs(product);  // ∞ · 0 comes first
  };
  const bool sum = products || cell.quantity == Quantity::dC_da || cell.quantity == Quantity::C;
  if (sum && terms.size() > most_terms) {
    std::stable_sort(terms.begin(), terms.end(), [&](std::size_t x, std::size_t y) { return size(x) > size(y); });
    terms.resize(most_terms);
    std::sort(terms.begin(), terms.end());
  }
  std::vector<Name> kept;
  for (const std::size_t i : terms) {
    for (std::size_t s = 0; s < stride; ++s) kept.push_back(names[i + s]);
  }
  return kept;
}

}  // namespace

std::vector<Name> numbers_behind(const CellRules& rules, const ExampleTrace& trace, const Name& name,
                                 std::size_t most_terms) {
  const BlockIndex blocks(derived_blocks(rules.network()));
  struct Found {
    std::size_t block, place;
    Name name;
  };
  std::set<std::size_t> known;
  std::vector<Name> waiting;
  std::vector<Found> found;
  const auto note = [&](const Name& number) {
    if (is_given(number)) return;
    const std::size_t at = blocks.place(number).value();
    if (!known.insert(at).second) return;
    found.push_back({blocks.block_of(number).value(), at, number});
    waiting.push_back(number);
  };
  note(name);
  while (!waiting.empty()) {
    const Name next = waiting.back();
    waiting.pop_back();
    for (const Name& number : followed(rules, trace, next, most_terms)) note(number);
  }
  // Against the order of the derivation, so that each number stands above those it is made of; within a
  // layer's quantity in order of the neurons.
  std::ranges::sort(found, [](const Found& x, const Found& y) { return x.block != y.block ? x.block > y.block : x.place < y.place; });
  std::vector<Name> names;
  for (const Found& number : found) names.push_back(number.name);
  return names;
}

Rank rank_of(const ExampleTrace& trace, const Name& name) {
  Rank rank{1, 1};
  const double value = std::abs(trace.value(name));
  for (const Block& block : derived_blocks(*trace.network)) {
    if (block.quantity != name.quantity || block.layer != name.layer) continue;
    rank.of = block.size();
    for (std::size_t i = 0; i < block.size(); ++i) rank.place += std::abs(trace.value(block.name(i, name.scope))) > value;
  }
  return rank;
}

}  // namespace gradtrace
