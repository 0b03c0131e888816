// A network as plain data: its layers with their activations, its cost, and the tables of both.
// The forward pass is in forward.hpp.
#pragma once

#include "base/tensor.hpp"
#include "network/kinds.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

struct ActivationInfo {
  Activation activation;
  std::string_view name;     ///< in lessons: "leaky-relu"
  std::string_view formula;  ///< σ(z), for text
  std::string_view slope;    ///< σ′(z), for text
};

struct CostInfo {
  Cost cost;
  std::string_view name;        ///< in lessons: "squared-error"
  std::string_view formula;     ///< C, for text
  std::string_view derivative;  ///< ∂C/∂aⱼ, for text
};

inline constexpr std::array<ActivationInfo, 9> activations{{
    {Activation::identity, "identity", "z", "1"},
    {Activation::sigmoid, "sigmoid", "1/(1 + e⁻ᶻ)", "a(1 − a)"},
    {Activation::tanh, "tanh", "tanh z", "1 − a²"},
    {Activation::relu, "relu", "max(0, z)", "1 if z > 0, else 0"},
    {Activation::leaky_relu, "leaky-relu", "z if z > 0, else αz", "1 if z > 0, else α"},
    {Activation::softplus, "softplus", "ln(1 + eᶻ)", "1/(1 + e⁻ᶻ)"},
    {Activation::silu, "silu", "z·s(z)", "s + z·s(1 − s)"},
    {Activation::gelu, "gelu", "z·Φ(z)", "Φ(z) + z·φ(z)"},
    {Activation::softmax, "softmax", "eᶻʲ / Σᵢ eᶻⁱ", "aᵢ(1[i=j] − aⱼ)"},
}};

inline constexpr std::array<CostInfo, 5> costs{{
    {Cost::squared_error, "squared-error", "Σⱼ (aⱼ − yⱼ)²", "2(aⱼ − yⱼ)"},
    {Cost::half_squared_error, "half-squared-error", "½ Σⱼ (aⱼ − yⱼ)²", "aⱼ − yⱼ"},
    {Cost::mean_squared_error, "mean-squared-error", "(1/n) Σⱼ (aⱼ − yⱼ)²", "2(aⱼ − yⱼ)/n"},
    {Cost::binary_cross_entropy, "binary-cross-entropy", "−Σⱼ [yⱼ ln aⱼ + (1−yⱼ) ln(1−aⱼ)]", "(aⱼ − yⱼ)/(aⱼ(1 − aⱼ))"},
    {Cost::cross_entropy, "cross-entropy", "−Σⱼ yⱼ ln aⱼ", "−yⱼ/aⱼ"},
}};

const ActivationInfo& info(Activation activation);

/// Whether its slope jumps at z = 0, where there are two.
constexpr bool has_kink(Activation activation) { return activation == Activation::relu || activation == Activation::leaky_relu; }

/// Whether the slope of the last layer cancels against the cost: δⱼ = aⱼ − yⱼ, of softmax aⱼ Σᵢ yᵢ − yⱼ.
constexpr bool slope_cancels(Cost cost, Activation last) {
  return (cost == Cost::binary_cross_entropy && last == Activation::sigmoid) || (cost == Cost::cross_entropy && last == Activation::softmax);
}

const CostInfo& info(Cost cost);
std::optional<Activation> parse_activation(std::string_view name);
std::optional<Cost> parse_cost(std::string_view name);
std::vector<std::string> activation_names();
std::vector<std::string> cost_names();

/// Why `cost` is not defined for what `activation` can give out, or "" where it is. `outputs` is the
/// number of output neurons. Source: MATH, Costs.
std::string why_undefined(Cost cost, Activation activation, std::size_t outputs);

/// Why the target `y` is not allowed under `cost`, or "".
std::string why_bad_target(Cost cost, double y);

/// Layer l: n neurons, fed by m of the layer before. T is double everywhere but in tests and in
/// schemes that carry derivatives through the pass.
template <class T>
struct LayerOf {
  Activation activation = Activation::identity;
  double alpha = 0.01;  ///< leaky-relu's slope left of zero
  MatrixOf<T> weights;  ///< [n × m]
  VectorOf<T> biases;   ///< [n]

  std::size_t neurons() const { return biases.size(); }
};

template <class T>
struct NetworkOf {
  std::size_t inputs = 0;
  Cost cost = Cost::squared_error;
  std::vector<LayerOf<T>> layers;  ///< layers[l − 1] is layer l

  std::size_t depth() const { return layers.size(); }  ///< L
  /// Layers are numbered from 1, as in every table; layer 0 is the input.
  const LayerOf<T>& layer(std::size_t l) const { return layers[l - 1]; }
  LayerOf<T>& layer(std::size_t l) { return layers[l - 1]; }
  std::size_t width(std::size_t l) const { return l == 0 ? inputs : layer(l).neurons(); }
  std::size_t outputs() const { return width(depth()); }
};

using Layer = LayerOf<double>;
using Network = NetworkOf<double>;

/// The same network with parameters of another scalar type.
template <class T>
NetworkOf<T> cast(const Network& network) {
  NetworkOf<T> result;
  result.inputs = network.inputs;
  result.cost = network.cost;
  for (const Layer& layer : network.layers) {
    LayerOf<T> other;
    other.activation = layer.activation;
    other.alpha = layer.alpha;
    other.weights = zeros<T>(layer.weights.shape(0), layer.weights.shape(1));
    other.biases = zeros<T>(layer.biases.size());
    for (std::size_t i = 0; i < layer.weights.size(); ++i) other.weights.flat(i) = T(layer.weights.flat(i));
    for (std::size_t i = 0; i < layer.biases.size(); ++i) other.biases.flat(i) = T(layer.biases.flat(i));
    result.layers.push_back(std::move(other));
  }
  return result;
}

/// How many weights and biases there are.
std::size_t parameter_count(const Network& network);

}  // namespace gradtrace
