// The forward pass, z = W a + b and a = σ(z) layer by layer and then the cost, generic in the scalar:
// the same lines run for double, dual, complex and 50-digit numbers.
#pragma once

#include "base/tensor.hpp"
#include "network/network.hpp"
#include "network/plain_loops.hpp"
#include "network/scalar.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <vector>

namespace gradtrace {

/// An activation as the asymptote it is near and the distance from it: a = anchor + offset.
/// Where a unit saturates, a rounds to 1 and forgets how far from 1 it was; offset remembers.
template <class T>
struct Anchored {
  double anchor = 0;
  T offset = T(0);

  T value() const { return T(anchor) + offset; }

  /// a − y, without cancellation where a and y are both near the asymptote.
  T minus(double y) const {
    if (anchor != 0 && abs(anchor - y) < 0.5) return T(anchor - y) + offset;
    return value() - T(y);
  }
};

/// The activations of all layers of one example; index 0 is the input.
template <class T>
struct StateOf {
  std::vector<VectorOf<T>> z;  ///< z[l], [n_l]; z[0] is empty
  std::vector<VectorOf<T>> a;  ///< a[l], [n_l]; a[0] is the input
};
using State = StateOf<double>;

/// What the cost needs of the output layer.
template <class T>
struct OutputsOf {
  std::vector<Anchored<T>> a;     ///< [n_L]
  std::vector<T> log_a;           ///< ln a, only where the cost takes logarithms
  std::vector<T> log_complement;  ///< ln(1 − a), only for binary cross-entropy
};
using Outputs = OutputsOf<double>;

/// zⱼ = Σₖ wⱼₖ aₖ + bⱼ
template <class W, class T>
T weighted_input(const LayerOf<W>& layer, const VectorOf<T>& a_before, std::size_t j) {
  const std::size_t m = layer.weights.shape(1);
  const W* row = layer.weights.data() + j * m;
  const T* a = a_before.data();
  T sum = T(layer.biases.data()[j]);
  for (std::size_t k = 0; k < m; ++k) sum += row[k] * a[k];
  return sum;
}

/// z = W a + b   [n_l] = [n_l × n_{l-1}] [n_{l-1}] + [n_l]
template <class W, class T>
void weighted_inputs(const LayerOf<W>& layer, const VectorOf<T>& a_before, VectorOf<T>& z) {
  for (std::size_t j = 0; j < layer.neurons(); ++j) z(j) = weighted_input(layer, a_before, j);
}
/// The same bits, several neurons at a time.
inline void weighted_inputs(const Layer& layer, const Vector& a_before, Vector& z) {
  weighted_inputs(layer.weights, layer.biases, a_before, z);
}

/// a = σ(z) of one unit. Not for softmax, whose units depend on each other.
template <class T>
T activate_unit(Activation activation, double alpha, const T& z) {
  switch (activation) {
    case Activation::identity: return z;
    case Activation::sigmoid: return sigmoid(z);
    case Activation::tanh: return tanh(z);
    case Activation::relu: return rectify(z, 0);
    case Activation::leaky_relu: return rectify(z, alpha);
    case Activation::softplus: return softplus(z);
    case Activation::silu: return z * sigmoid(z);
    // Φ(z) = ½ erfc(−z/√2), which keeps its digits in the left tail.
    case Activation::gelu: return z * (T(0.5) * T(erfc(T(-z / sqrt_of_two<T>()))));
    case Activation::softmax: break;
  }
  assert(false && "softmax has no units of its own");
  return z;
}

/// The pieces of a softmax: with m the largest zⱼ, e^(zⱼ − m) and the sum of all but the largest's.
template <class T>
struct SoftmaxParts {
  std::size_t largest = 0;
  std::vector<T> exponential;  ///< e^(zⱼ − m); 1 at the largest
  T others = T(0);             ///< Σ e^(zⱼ − m) without the largest: the whole sum is 1 + others
};

template <class T>
SoftmaxParts<T> softmax_parts(const VectorOf<T>& z) {
  SoftmaxParts<T> parts;
  const std::size_t n = z.size();
  for (std::size_t j = 1; j < n; ++j) {
    if (branch_value(z(parts.largest)) < branch_value(z(j))) parts.largest = j;
  }
  parts.exponential.resize(n, T(1));
  for (std::size_t j = 0; j < n; ++j) {
    if (j == parts.largest) continue;
    parts.exponential[j] = exp(T(z(j) - z(parts.largest)));
    parts.others += parts.exponential[j];
  }
  return parts;
}

/// a = σ(z) of a whole layer, into `a` (of the right size).
template <class W, class T>
void activate(const LayerOf<W>& layer, const VectorOf<T>& z, VectorOf<T>& a) {
  const std::size_t n = z.size();
  assert(a.size() == n && "activations and weighted inputs of a layer differ in size");
  if (layer.activation == Activation::softmax) {
    const SoftmaxParts<T> parts = softmax_parts(z);
    for (std::size_t j = 0; j < n; ++j) a(j) = parts.exponential[j] / (T(1) + parts.others);
    return;
  }
  for (std::size_t j = 0; j < n; ++j) a(j) = activate_unit(layer.activation, layer.alpha, z(j));
}

/// ln of the sum of e^(zᵢ − z[largest]) over all i but `largest`, finite where that sum underflows.
template <class T>
T log_of_others(const VectorOf<T>& z, std::size_t largest) {
  std::size_t second = largest == 0 ? 1 : 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (i != largest && branch_value(z(second)) < branch_value(z(i))) second = i;
  }
  T sum(0);
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (i != largest) sum += exp(T(z(i) - z(second)));
  }
  return z(second) - z(largest) + T(log(sum));
}

inline bool takes_logarithms(Cost cost) {
  return cost == Cost::binary_cross_entropy || cost == Cost::cross_entropy;
}

/// The output layer from its weighted inputs: from z rather than from a, so that logarithms and
/// distances from the asymptotes keep their digits when a rounds to 0 or 1.
/// `out` is filled anew; passing the same one again saves its allocation.
template <class W, class T>
void outputs_from_z(const LayerOf<W>& layer, Cost cost, const VectorOf<T>& z, OutputsOf<T>& out) {
  const std::size_t n = z.size();
  const bool logarithms = takes_logarithms(cost);
  out.a.resize(n);
  out.log_a.resize(logarithms ? n : 0);
  out.log_complement.resize(cost == Cost::binary_cross_entropy ? n : 0);

  if (layer.activation == Activation::softmax) {
    const SoftmaxParts<T> parts = softmax_parts(z);
    const T sum = T(1) + parts.others;
    for (std::size_t j = 0; j < n; ++j) {
      const bool at_largest = j == parts.largest;
      out.a[j] = at_largest ? Anchored<T>{1, -parts.others / sum} : Anchored<T>{0, parts.exponential[j] / sum};
      // ln aⱼ = zⱼ − m − ln(1 + others)
      if (logarithms) out.log_a[j] = z(j) - z(parts.largest) - T(log1p(parts.others));
      if (!out.log_complement.empty()) {
        out.log_complement[j] = at_largest ? log_of_others(z, j) - T(log1p(parts.others))
                                           : T(log1p(T(-out.a[j].offset)));
      }
    }
    return;
  }
  for (std::size_t j = 0; j < n; ++j) {
    const T& zj = z(j);
    const double at = static_cast<double>(branch_value(zj));
    if (layer.activation == Activation::sigmoid) {
      out.a[j] = at > 0 ? Anchored<T>{1, -sigmoid(T(-zj))} : Anchored<T>{0, sigmoid(zj)};
      if (logarithms) out.log_a[j] = -softplus(T(-zj));                    // ln σ(z) = −ln(1 + e⁻ᶻ)
      if (!out.log_complement.empty()) out.log_complement[j] = -softplus(zj);  // ln(1 − σ(z))
    } else if (layer.activation == Activation::tanh && (at > 0.5 || at < -0.5)) {
      // 1 − tanh z = 2/(1 + e²ᶻ), and its mirror image
      out.a[j] = at > 0 ? Anchored<T>{1, -T(2) * sigmoid(T(-T(2) * zj))}
                        : Anchored<T>{-1, T(2) * sigmoid(T(T(2) * zj))};
    } else {
      out.a[j] = {0, activate_unit(layer.activation, layer.alpha, zj)};
      if (logarithms) out.log_a[j] = log_softplus(zj);  // softplus, the only other unit that allows ln a
    }
  }
}

template <class W, class T>
OutputsOf<T> outputs_from_z(const LayerOf<W>& layer, Cost cost, const VectorOf<T>& z) {
  OutputsOf<T> out;
  outputs_from_z(layer, cost, z, out);
  return out;
}

/// The same from activations that someone has moved: what nudging a⁽ᴸ⁾ itself needs.
template <class T>
void renew_logarithms(OutputsOf<T>& out, std::size_t j) {
  const Anchored<T>& a = out.a[j];
  if (!out.log_a.empty()) out.log_a[j] = a.anchor == 0 ? T(log(a.offset)) : T(log1p(a.offset));
  if (!out.log_complement.empty()) {
    out.log_complement[j] = a.anchor == 0 ? T(log1p(T(-a.offset))) : T(log(T(-a.offset)));
  }
}

/// C₀ from the outputs. 0·ln 0 = 0.
template <class T>
T cost_of(Cost cost, const OutputsOf<T>& out, const Vector& target) {
  const std::size_t n = out.a.size();
  assert(target.size() == n && "one target an output");
  T sum(0);
  for (std::size_t j = 0; j < n; ++j) {
    const double y = target(j);
    switch (cost) {
      case Cost::squared_error:
      case Cost::half_squared_error:
      case Cost::mean_squared_error: {
        const T difference = out.a[j].minus(y);
        sum += difference * difference;
        break;
      }
      case Cost::binary_cross_entropy:
        if (y != 0) sum -= T(y) * out.log_a[j];
        if (y != 1) sum -= T(1 - y) * out.log_complement[j];
        break;
      case Cost::cross_entropy:
        if (y != 0) sum -= T(y) * out.log_a[j];
        break;
    }
  }
  if (cost == Cost::half_squared_error) sum *= T(0.5);
  if (cost == Cost::mean_squared_error) sum /= T(static_cast<double>(n));
  return sum;
}

/// All weighted inputs and activations for one input.
/// `state` is filled anew; passing the same one again saves its allocations.
template <class W, class T>
void forward(const NetworkOf<W>& network, const VectorOf<T>& input, StateOf<T>& state) {
  assert(input.size() == network.inputs && "the input has as many numbers as the network has inputs");
  state.z.resize(network.depth() + 1);
  state.a.resize(network.depth() + 1);
  state.a[0] = input;
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    const LayerOf<W>& layer = network.layer(l);
    make_room(state.z[l], layer.neurons());
    make_room(state.a[l], layer.neurons());
    weighted_inputs(layer, state.a[l - 1], state.z[l]);
    activate(layer, state.z[l], state.a[l]);
  }
}

template <class W, class T>
StateOf<T> forward(const NetworkOf<W>& network, const VectorOf<T>& input) {
  StateOf<T> state;
  forward(network, input, state);
  return state;
}

/// C₀ for one example, from scratch.
template <class W, class T>
T cost_of_example(const NetworkOf<W>& network, const VectorOf<T>& input, const Vector& target) {
  const StateOf<T> state = forward(network, input);
  const std::size_t last = network.depth();
  return cost_of(network.cost, outputs_from_z(network.layer(last), network.cost, state.z[last]), target);
}

}  // namespace gradtrace
