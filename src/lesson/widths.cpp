// Which width each layer has, and what contradicts it. A fault is reported once: what depends on a
// width that a fault leaves open is not complained about.
#include "lesson/layers.hpp"

namespace gradtrace {

namespace {

std::string of(std::size_t count, const std::string& unit) {
  return std::to_string(count) + ' ' + unit + (count == 1 ? "" : "s");
}

std::string product(std::size_t rows, std::size_t columns) {
  return std::to_string(rows) + " × " + std::to_string(columns);
}

/// The array, where its own numbers say how large it is.
const ArrayValue* sized(const std::optional<ArrayValue>& array) {
  return array && !array->random ? &*array : nullptr;
}

std::optional<std::size_t> resolve_inputs(const NetworkTable& network,
                                          const std::vector<LayerTable>& layers,
                                          const DataWidths& data) {
  const ArrayValue* weights = layers.empty() ? nullptr : sized(layers.front().weights);
  if (network.inputs_value && !network.inputs) return std::nullopt;  // reported
  if (network.inputs) {
    // Where data and weights agree with each other, it is `inputs` that is wrong.
    const std::optional<std::size_t> by_weights =
        weights ? std::optional(weights->columns) : data.common;
    if (data.common && by_weights == data.common && data.common != network.inputs) {
      network.inputs_value->report(
          "inputs is " + std::to_string(*network.inputs) + ", but " +
          (weights ? "layer 1 has weights for " + of(*by_weights, "input") + " and " : "") +
          "the examples have " + of(*data.common, "number"));
      return data.common;
    }
    return network.inputs;
  }
  if (weights != nullptr) {
    // One wrong array is likelier than wrong examples throughout.
    return data.common ? data.common : std::optional(weights->columns);
  }
  if (data.first) return data.common ? data.common : data.first;
  const bool random = !layers.empty() && layers.front().weights;
  const bool misspelt = network.table && network.table->mentions("inputs");
  if (network.table && random && !data.broken && !misspelt) {
    network.table->report(
        "\"inputs\" is needed: neither the weights of layer 1 nor an example says how many there "
        "are");
  }
  return std::nullopt;
}

/// Where the width before comes from, for messages.
std::string before_in_words(std::size_t layer, std::size_t width, bool inputs_given) {
  if (layer > 1) return "the layer before has " + of(width, "neuron");
  return (inputs_given ? "the network has " : "the examples have ") + of(width, "input");
}

/// The width of one layer and the fit of its arrays.
class LayerFitter {
 public:
  LayerFitter(const LayerTable& layer, std::size_t number, std::optional<std::size_t> before,
              bool inputs_given)
      : layer_(layer),
        number_(std::to_string(number)),
        weights_(sized(layer.weights)),
        biases_(sized(layer.biases)) {
    if (before) before_words_ = before_in_words(number, *before, inputs_given);
    before_ = before;
  }

  std::optional<std::size_t> fit(Budget& budget) {
    const std::optional<std::size_t> width = find_width();
    if (width) check_biases(*width);
    check_weights(width);
    if (!width || !reserve(*width, budget)) return std::nullopt;
    return conflict_ ? std::nullopt : width;
  }

 private:
  std::optional<std::size_t> find_width() {
    if (layer_.neurons_value && !layer_.neurons) return std::nullopt;  // reported
    if (layer_.neurons) {
      const bool agree = weights_ && biases_ && weights_->rows == biases_->rows;
      if (!agree || weights_->rows == *layer_.neurons) return layer_.neurons;
      layer_.neurons_value->report("neurons is " + std::to_string(*layer_.neurons) +
                                   ", but layer " + number_ + " has weights and biases for " +
                                   std::to_string(weights_->rows));
      return weights_->rows;
    }
    if (weights_) return weights_->rows;
    if (biases_) return biases_->rows;
    const bool both_drawn = layer_.weights && layer_.biases;
    if (both_drawn && !layer_.table.mentions("neurons")) {
      layer_.table.report("\"neurons\" is needed in layer " + number_ +
                          ": neither its weights nor its biases say how many there are");
    }
    return std::nullopt;
  }

  void check_biases(std::size_t width) {
    if (!biases_ || biases_->rows == width) return;
    // Without `neurons` nobody knows whether weights or biases are wrong.
    if (!layer_.neurons) conflict_ = true;
    biases_->value.report("biases of layer " + number_ + " are " + std::to_string(biases_->rows) +
                          ", but the layer has " + of(width, "neuron") +
                          (layer_.neurons ? "" : " (rows of weights)") + ", so " +
                          std::to_string(width) + (width == 1 ? " is" : " are") + " needed");
  }

  void check_weights(std::optional<std::size_t> width) {
    if (!weights_) return;
    const bool wrong_rows = width && weights_->rows != *width;
    const bool wrong_columns = before_ && weights_->columns != *before_;
    if (!wrong_rows && !wrong_columns) return;
    std::string why;
    if (wrong_columns) why = before_words_;
    if (wrong_rows)
      why += (why.empty() ? "" : " and ") + ("this layer has " + of(*width, "neuron"));
    weights_->value.report(
        "weights of layer " + number_ + " are " + product(weights_->rows, weights_->columns) +
        ", but " + why + ", so " +
        product(width.value_or(weights_->rows), before_.value_or(weights_->columns)) +
        " is needed");
  }

  /// Counts what is still to be drawn, and a softmax layer's slopes, one for each pair of neurons; arrays that are there
  /// have been counted.
  bool reserve(std::size_t width, Budget& budget) {
    if (layer_.activation == Activation::softmax) {
      const std::string why_not = budget.why_not(width, width);
      if (!why_not.empty()) layer_.table.report("the slopes of layer " + number_ + why_not);
      if (!why_not.empty()) return false;
    }
    if (layer_.weights && layer_.weights->random && before_) {
      if (!fits("weights", layer_.weights->value, budget.why_not(width, *before_))) return false;
    }
    if (layer_.biases && layer_.biases->random) {
      if (!fits("biases", layer_.biases->value, budget.why_not(width, 1))) return false;
    }
    return true;
  }

  bool fits(const std::string& what, const TomlValue& value, const std::string& why_not) const {
    if (!why_not.empty()) value.report(what + " of layer " + number_ + why_not);
    return why_not.empty();
  }

  const LayerTable& layer_;
  std::string number_;
  const ArrayValue* weights_;
  const ArrayValue* biases_;
  std::optional<std::size_t> before_;
  std::string before_words_;
  bool conflict_ = false;
};

}  // namespace

Widths resolve_widths(const NetworkTable& network, const std::vector<LayerTable>& layers,
                      const DataWidths& data, Budget& budget) {
  Widths widths{resolve_inputs(network, layers, data)};
  for (std::size_t l = 1; l <= layers.size(); ++l) {
    LayerFitter fitter(layers[l - 1], l, widths.back(), network.inputs.has_value());
    widths.push_back(fitter.fit(budget));
  }
  return widths;
}

}  // namespace gradtrace
