// Each mistake: where it can be made, and the rule it puts in place of the right one.
#include "trace/mistakes.hpp"

#include "base/number.hpp"
#include "network/forward.hpp"
#include "trace/backward.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gradtrace {

const MistakeInfo& info(Mistake mistake) { return mistakes[static_cast<std::size_t>(mistake)]; }

std::optional<Mistake> parse_mistake(std::string_view id) {
  for (const MistakeInfo& entry : mistakes) {
    if (entry.id == id) return entry.mistake;
  }
  return std::nullopt;
}

namespace {

constexpr std::size_t all_choices = 0, gradients_only = 1, cost_only = 2;  // of sum-instead-of-mean
constexpr std::size_t indices_swapped = 0;                                 // of transposed-weights

bool softmax(const Network& network, std::size_t l) { return network.layer(l).activation == Activation::softmax; }

bool has_a_two(Cost cost) { return cost == Cost::squared_error || cost == Cost::mean_squared_error; }

std::size_t widest(const Network& network, std::size_t from, std::size_t to) {
  std::size_t n = 0;
  for (std::size_t l = from; l <= to; ++l) n = std::max(n, network.width(l));
  return n;
}

/// The layer whose rule it is: of ∂C/∂a of a hidden layer the one after, through which the paths come.
std::size_t layer_of(const Network& network, const Name& cell) {
  return cell.quantity == Quantity::dC_da && cell.layer < network.depth() ? cell.layer + 1 : cell.layer;
}

/// The weight somebody takes for w[j,k] of layer l who did not transpose: w[k,j] where there is one; or
/// the numbers of W in a row, cut into m rows of n, a reshape in place of the transpose.
std::optional<std::pair<std::size_t, std::size_t>> untransposed(const Network& network, const Name& cell,
                                                                std::size_t choice) {
  const std::size_t n = network.width(cell.layer), m = network.width(cell.layer - 1);
  if (choice == indices_swapped) {
    if (cell.k >= n || cell.j >= m) return std::nullopt;
    return std::pair{cell.k, cell.j};
  }
  const std::size_t flat = cell.k * n + cell.j;
  return std::pair{flat / m, flat % m};
}

}  // namespace

std::vector<std::size_t> choices(const Network& network, std::size_t examples, Mistake mistake) {
  const std::size_t last = network.depth();
  const auto when = [](bool possible) { return possible ? std::vector<std::size_t>{0} : std::vector<std::size_t>{}; };
  const auto up_to = [](std::size_t n) {
    std::vector<std::size_t> numbers(n);
    std::iota(numbers.begin(), numbers.end(), std::size_t{0});
    return numbers;
  };
  const bool every_layer_square = [&] {
    for (std::size_t l = 1; l <= last; ++l) {
      if (network.width(l) != network.width(l - 1)) return false;
    }
    return true;
  }();
  const bool some_unit = std::any_of(network.layers.begin(), network.layers.end(),
                                     [](const Layer& layer) { return layer.activation != Activation::softmax; });
  switch (mistake) {
    case Mistake::missing_two: return when(has_a_two(network.cost));
    case Mistake::extra_slope: return when(slope_cancels(network.cost, network.layers.back().activation));
    case Mistake::slope_at_activation:
    case Mistake::activation_as_slope: return when(some_unit);
    case Mistake::pre_activation_as_input:
    case Mistake::slope_of_wrong_layer: return when(last >= 2);
    case Mistake::transposed_weights: return up_to(every_layer_square ? 1 : 2);
    case Mistake::bias_times_input: return up_to(widest(network, 0, last - 1));
    case Mistake::single_path: return widest(network, 1, last) > 1 ? up_to(widest(network, 1, last)) : up_to(0);
    case Mistake::averaged_paths: return when(widest(network, 1, last) > 1);
    case Mistake::sum_instead_of_mean: return examples >= 2 ? up_to(3) : up_to(0);
    case Mistake::early_rounding: return {3, 2, 4, 5, 6};
    case Mistake::flipped_sign:
    case Mistake::missing_slope:
    case Mistake::own_activation:
    case Mistake::swapped_indices:
    case Mistake::missing_weight:
    case Mistake::updated_weights:
    case Mistake::missing_bias:
    case Mistake::missing_activation: return {0};
  }
  return {};
}

bool replaces(const CellRules& rules, const Variation& variation, const Name& cell) {
  const Network& network = rules.network();
  const std::size_t l = cell.layer, last = network.depth();
  const bool mean = cell.scope.kind == Scope::Kind::mean;
  if (is_given(cell)) return false;
  if (variation.mistake == Mistake::sum_instead_of_mean) {
    const bool cost = cell.quantity == Quantity::C;
    return mean && (variation.choice == all_choices || variation.choice == (cost ? cost_only : gradients_only));
  }
  if (variation.mistake == Mistake::early_rounding) return !variation.layers || variation.layers->contains(l);
  if (mean) return false;
  if (variation.layers && !variation.layers->contains(layer_of(network, cell))) return false;
  const bool output = l == last, paths_back = cell.quantity == Quantity::dC_da && !output;
  switch (variation.mistake) {
    case Mistake::missing_two: return cell.quantity == Quantity::dC_da && output && has_a_two(network.cost);
    case Mistake::flipped_sign: return cell.quantity == Quantity::dC_da && output;
    case Mistake::missing_slope: return cell.quantity == Quantity::delta;
    case Mistake::slope_at_activation:
    case Mistake::activation_as_slope: return cell.quantity == Quantity::slope && !softmax(network, l);
    case Mistake::extra_slope: return cell.quantity == Quantity::delta && output && slope_cancels(network.cost, network.layers.back().activation);
    case Mistake::own_activation: return cell.quantity == Quantity::dC_dw;
    case Mistake::pre_activation_as_input: return cell.quantity == Quantity::dC_dw && l >= 2;
    case Mistake::swapped_indices:
      return cell.quantity == Quantity::dC_dw && cell.k < network.width(l) && cell.j < network.width(l - 1);
    case Mistake::bias_times_input: return cell.quantity == Quantity::dC_db;
    case Mistake::single_path:
    case Mistake::averaged_paths: return paths_back && network.width(l + 1) > 1;
    case Mistake::missing_weight:
    case Mistake::updated_weights: return cell.quantity == Quantity::path;
    case Mistake::transposed_weights:
      return cell.quantity == Quantity::path && untransposed(network, cell, variation.choice).has_value();
    case Mistake::slope_of_wrong_layer:
      return cell.quantity == Quantity::delta && !output && !softmax(network, l) && !softmax(network, l + 1) &&
             (cell.j < network.width(l + 1) || network.width(l + 1) == 1);
    case Mistake::missing_bias: return cell.quantity == Quantity::z;
    case Mistake::missing_activation: return cell.quantity == Quantity::a;
    case Mistake::sum_instead_of_mean:
    case Mistake::early_rounding: break;
  }
  return false;
}

double evaluate_mistaken(const CellRules& rules, const Variation& variation, const Name& cell, const Reader& read,
                         double learning_rate) {
  if (!replaces(rules, variation, cell)) return rules.evaluate(cell, read);
  const Network& network = rules.network();
  const std::size_t l = cell.layer, j = cell.j, k = cell.k, choice = variation.choice;
  const auto number = [&](Quantity quantity, std::size_t layer, std::size_t row, std::size_t column = Name::none) {
    return read(beside(cell, quantity, layer, row, column));
  };
  switch (variation.mistake) {
    case Mistake::missing_two: {
      const double difference = rules.output_difference(cell, read);
      return network.cost == Cost::squared_error ? difference : difference / static_cast<double>(network.outputs());
    }
    case Mistake::flipped_sign: return -rules.evaluate(cell, read);
    case Mistake::missing_slope: return number(Quantity::dC_da, l, j);
    case Mistake::slope_at_activation: {
      const Layer& layer = network.layer(l);
      return slope_of_unit(layer.activation, layer.alpha, number(Quantity::a, l, j));
    }
    case Mistake::activation_as_slope: return number(Quantity::a, l, j);
    case Mistake::extra_slope: {
      const double slope = softmax(network, l) ? number(Quantity::slope, l, j, j) : number(Quantity::slope, l, j);
      return rules.output_difference(cell, read) * slope;
    }
    case Mistake::own_activation: return number(Quantity::delta, l, j) * number(Quantity::a, l, j);
    case Mistake::pre_activation_as_input: return number(Quantity::delta, l, j) * number(Quantity::z, l - 1, k);
    case Mistake::swapped_indices: return number(Quantity::delta, l, k) * number(Quantity::a, l - 1, j);
    case Mistake::bias_times_input:
      return number(Quantity::delta, l, j) * number(Quantity::a, l - 1, choice % network.width(l - 1));
    case Mistake::single_path: return number(Quantity::path, l + 1, choice % network.width(l + 1), j);
    case Mistake::averaged_paths: return rules.evaluate(cell, read) / static_cast<double>(network.width(l + 1));
    case Mistake::missing_weight: return number(Quantity::delta, l, j);
    case Mistake::transposed_weights: {
      const auto [row, column] = *untransposed(network, cell, choice);
      return number(Quantity::w, l, row, column) * number(Quantity::delta, l, j);
    }
    case Mistake::slope_of_wrong_layer:
      return number(Quantity::dC_da, l, j) * number(Quantity::slope, l + 1, network.width(l + 1) == 1 ? 0 : j);
    case Mistake::updated_weights:
      return (number(Quantity::w, l, j, k) - learning_rate * number(Quantity::dC_dw, l, j, k)) *
             number(Quantity::delta, l, j);
    case Mistake::missing_bias:
      return rules.evaluate(cell, [&](const Name& name) { return name.quantity == Quantity::b ? 0 : read(name); });
    case Mistake::missing_activation: return number(Quantity::z, l, j);
    case Mistake::sum_instead_of_mean: return rules.evaluate(cell, read) * static_cast<double>(rules.examples());
    case Mistake::early_rounding: return rounded(rules.evaluate(cell, read), choice);
  }
  return rules.evaluate(cell, read);
}

namespace {

/// All numbers of one example, each by `rule(name, read)` from those before it.
template <class Rule>
std::vector<double> derive(const Network& network, const ExampleTrace& given, Rule rule) {
  const std::vector<Block> blocks = derived_blocks(network);
  std::vector<double> values(size_of(blocks));
  const Reader read = [&](const Name& name) {
    return is_given(name) ? given.value(name) : values[place(blocks, name).value()];
  };
  const Scope scope = Scope::of_example(given.example);
  for (const Block& block : blocks) {
    for (std::size_t i = 0; i < block.size(); ++i) values[block.offset + i] = rule(block.name(i, scope), read);
  }
  return values;
}

}  // namespace

std::vector<double> example_by_rules(const CellRules& rules, const ExampleTrace& given) {
  return derive(rules.network(), given, [&](const Name& cell, const Reader& read) { return rules.evaluate(cell, read); });
}

std::vector<double> mistaken_example(const CellRules& rules, const Variation& variation, const ExampleTrace& given,
                                     double learning_rate) {
  return derive(rules.network(), given, [&](const Name& cell, const Reader& read) {
    return evaluate_mistaken(rules, variation, cell, read, learning_rate);
  });
}

void add_to_sums(const Network& network, const std::vector<double>& example, std::vector<double>& sums) {
  const std::vector<Block> derived = derived_blocks(network);
  const std::vector<Block> means = mean_blocks(network);
  sums.resize(size_of(means), 0.0);
  for (const Block& block : means) {
    const std::size_t from = place(derived, block.name(0, Scope::of_example(0))).value();
    for (std::size_t i = 0; i < block.size(); ++i) sums[block.offset + i] += example[from + i];
  }
}

std::vector<double> mistaken_means(const CellRules& rules, const Variation& variation, const std::vector<double>& sums) {
  std::vector<double> means(sums.size());
  for (const Block& block : mean_blocks(rules.network())) {
    const Name first = block.name(0, Scope::of_mean());
    const bool touched = replaces(rules, variation, first);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double sum = sums[block.offset + i], mean = sum / static_cast<double>(rules.examples());
      double& value = means[block.offset + i];
      value = mean;
      if (touched) value = variation.mistake == Mistake::sum_instead_of_mean ? sum : rounded(mean, variation.choice);
    }
  }
  return means;
}

}  // namespace gradtrace
