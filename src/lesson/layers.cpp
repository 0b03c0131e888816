// Reading [network] and [[layer]], and building the network.
#include "lesson/layers.hpp"

#include "base/suggest.hpp"
#include "lesson/load.hpp"

#include <algorithm>

namespace gradtrace {

namespace {

constexpr std::size_t most_layers = 256;  // far beyond what anybody follows by hand; the time of some checks grows as its cube

Layer build_layer(const LayerTable& table, std::size_t neurons, std::size_t inputs) {
  Layer layer;
  layer.activation = *table.activation;
  layer.alpha = table.alpha;
  layer.weights = zeros(neurons, inputs);
  layer.biases = zeros(neurons);
  const auto fill = [](const ArrayValue& from, auto& to) {
    if (from.random) {
      draw(*from.random, {to.data(), to.size()});
    } else {
      std::copy(from.numbers.begin(), from.numbers.end(), to.begin());
    }
  };
  fill(*table.weights, layer.weights);
  fill(*table.biases, layer.biases);
  return layer;
}

void read_alpha(LayerTable& layer) {
  const auto value = layer.table.find("alpha");
  if (!value) return;
  const auto alpha = value->as_number("alpha");
  if (layer.activation && *layer.activation != Activation::leaky_relu) {
    value->report("alpha belongs to leaky-relu, but the activation is \"" +
                  std::string(info(*layer.activation).name) + '"');
  }
  layer.alpha = alpha.value_or(layer.alpha);
}

LayerTable read_layer_table(const TomlTable& table, const std::string& name,
                            ArrayContext& context) {
  LayerTable layer{table, {}, 0.01, {}, {}, {}, {}};
  if (const auto value = table.need("activation", name + " has no \"activation\"")) {
    if (const auto word = value->as_one_of("activation", activation_names()))
      layer.activation = parse_activation(*word);
  }
  read_alpha(layer);
  layer.neurons_value = table.find("neurons");
  if (layer.neurons_value)
    layer.neurons = layer.neurons_value->as_whole("neurons", 1, largest_lesson);
  if (const auto value = table.need("weights", name + " has no \"weights\"")) {
    layer.weights =
        read_array(*value, "weights of " + name, ArrayRank::matrix, Drawing::allowed, context);
  }
  if (const auto value = table.need("biases", name + " has no \"biases\"")) {
    layer.biases =
        read_array(*value, "biases of " + name, ArrayRank::vector, Drawing::allowed, context);
  }
  return layer;
}

}  // namespace

NetworkTable read_network_table(const TomlTable& root) {
  NetworkTable network;
  const auto value = root.need("network", "the table [network] is missing; it needs \"cost\"");
  if (!value) return network;
  network.table = value->as_table("[network]", {"inputs", "cost", "learning_rate"});
  if (!network.table) return network;

  network.cost_value = network.table->need(
      "cost", "\"cost\" is missing in [network]; expected " + one_of(cost_names()));
  if (network.cost_value) {
    if (const auto name = network.cost_value->as_one_of("cost", cost_names()))
      network.cost = parse_cost(*name);
  }
  network.inputs_value = network.table->find("inputs");
  if (network.inputs_value)
    network.inputs = network.inputs_value->as_whole("inputs", 1, largest_lesson);
  if (const auto rate = network.table->find("learning_rate")) {
    const auto number = rate->as_number("learning_rate");
    if (number && *number <= 0)
      rate->report("learning_rate must be more than 0, but is " + rate->described());
    network.learning_rate = number.value_or(network.learning_rate);
  }
  return network;
}

std::vector<LayerTable> read_layer_tables(const TomlTable& root, ArrayContext& context) {
  std::vector<LayerTable> layers;
  const auto tables = root.need(
      "layer", "no [[layer]]: at least one is needed, with activation, weights and biases");
  if (!tables) return layers;
  if (!tables->is_array()) {
    tables->report(
        "layers are written [[layer]], in double brackets, one for each; here \"layer\" is " +
        tables->described());
    return layers;
  }
  if (tables->size() == 0) tables->report("at least one [[layer]] is needed");
  if (tables->size() > most_layers) {
    (*tables)[most_layers].report("a lesson has at most " + std::to_string(most_layers) +
                                  " layers, but here are " + std::to_string(tables->size()));
    return layers;
  }
  for (std::size_t i = 0; i < tables->size(); ++i) {
    const auto table =
        (*tables)[i].as_table("[[layer]]", {"activation", "alpha", "neurons", "weights", "biases"});
    if (table)
      layers.push_back(read_layer_table(*table, "layer " + std::to_string(i + 1), context));
  }
  return layers;
}

void check_cost(const NetworkTable& network, const std::vector<LayerTable>& layers,
                const Widths& widths) {
  if (!network.cost || layers.empty() || !layers.back().activation) return;
  constexpr std::size_t several = 2;  // where the width is open, the usual case must not be refused
  const std::string why =
      why_undefined(*network.cost, *layers.back().activation, widths.back().value_or(several));
  if (!why.empty()) network.cost_value->report(why);
}

Network build_network(const NetworkTable& network, const std::vector<LayerTable>& layers,
                      const Widths& widths) {
  Network result;
  result.inputs = *widths.front();
  result.cost = *network.cost;
  for (std::size_t l = 1; l <= layers.size(); ++l) {
    result.layers.push_back(build_layer(layers[l - 1], *widths[l], *widths[l - 1]));
  }
  return result;
}

}  // namespace gradtrace
