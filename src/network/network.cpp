// The tables of activations and costs, and which pairs of them are defined.
#include "network/network.hpp"

namespace gradtrace {

const ActivationInfo& info(Activation activation) { return activations[static_cast<std::size_t>(activation)]; }
const CostInfo& info(Cost cost) { return costs[static_cast<std::size_t>(cost)]; }

std::optional<Activation> parse_activation(std::string_view name) {
  for (const ActivationInfo& candidate : activations) {
    if (candidate.name == name) return candidate.activation;
  }
  return std::nullopt;
}

std::optional<Cost> parse_cost(std::string_view name) {
  for (const CostInfo& candidate : costs) {
    if (candidate.name == name) return candidate.cost;
  }
  return std::nullopt;
}

std::vector<std::string> activation_names() {
  std::vector<std::string> names;
  for (const ActivationInfo& activation : activations) names.emplace_back(activation.name);
  return names;
}

std::vector<std::string> cost_names() {
  std::vector<std::string> names;
  for (const CostInfo& cost : costs) names.emplace_back(cost.name);
  return names;
}

std::string why_undefined(Cost cost, Activation activation, std::size_t outputs) {
  const std::string unit(info(activation).name);
  if (cost == Cost::binary_cross_entropy) {
    if (activation == Activation::softmax && outputs == 1) {
      return "binary-cross-entropy takes ln(1 − a), but a softmax of one neuron is always 1; use sigmoid";
    }
    if (activation != Activation::sigmoid && activation != Activation::softmax) {
      return "binary-cross-entropy takes ln a and ln(1 − a), so outputs must lie between 0 and 1, but " + unit +
             " can leave that range; use sigmoid or softmax in the last layer";
    }
  }
  if (cost == Cost::cross_entropy && activation != Activation::sigmoid && activation != Activation::softmax &&
      activation != Activation::softplus) {
    return "cross-entropy takes ln a, so outputs must be positive, but " + unit +
           " can give 0 or less; use softmax, sigmoid or softplus in the last layer";
  }
  return "";
}

std::string why_bad_target(Cost cost, double y) {
  if (cost == Cost::binary_cross_entropy && !(y >= 0 && y <= 1)) {
    return "binary-cross-entropy needs targets from 0 to 1";
  }
  if (cost == Cost::cross_entropy && !(y >= 0)) return "cross-entropy needs targets of 0 or more";
  return "";
}

std::size_t parameter_count(const Network& network) {
  std::size_t count = 0;
  for (const Layer& layer : network.layers) count += layer.weights.size() + layer.biases.size();
  return count;
}

}  // namespace gradtrace
