// The backward pass: from the activations of one example to every derivative of its cost.
// Computes whole layers at once; the same rules one number at a time, for explanations, mistakes and
// grading, are in cell_rules.hpp.
#pragma once

#include "base/tensor.hpp"
#include "network/forward.hpp"
#include "network/network.hpp"

#include <vector>

namespace gradtrace {

/// Derivatives of one example's cost with respect to everything in layer l; n is its number of
/// neurons. ∂C/∂b is δ; ∂C/∂w = δ·aᵀ and the path terms w·δ are products of what stands here and are
/// made when read (trace.hpp), so that a wide network needs no memory for them.
template <class T>
struct LayerGradientsOf {
  VectorOf<T> dC_da;       ///< ∂C/∂a                              [n]
  VectorOf<T> slope;       ///< σ′(z); empty for softmax           [n]
  VectorOf<T> complement;  ///< 1 − a, for softmax alone           [n]
  VectorOf<T> delta;       ///< δ = ∂C/∂z; empty for layer 0       [n]
};
using LayerGradients = LayerGradientsOf<double>;

/// σ′(z) of one unit, from z, so that it keeps its digits where a rounds to an asymptote. Not softmax.
double slope_of_unit(Activation activation, double alpha, double z);

/// ∂aᵢ/∂zⱼ of a softmax layer = aᵢ(1[i=j] − aⱼ)
double softmax_slope(const Vector& a, const Vector& complement, std::size_t i, std::size_t j);

/// Whether slope and ∂C/∂a of the output layer cancel, so that δ = a − y: sigmoid with binary
/// cross-entropy, and softmax with cross-entropy where the targets add up to 1.
bool slope_cancels(const Network& network, const Vector& target);

/// ∂C/∂aᵢ · ∂aᵢ/∂zⱼ of a softmax output layer: the part of δⱼ that travels through output i, in a form
/// that stays finite where aᵢ saturates. Σᵢ is δⱼ.
double softmax_output_term(const Network& network, const State& state, const Outputs& outputs, const Vector& target,
                           std::size_t i, std::size_t j);

/// aⱼ/(1 − aᵢ) of a softmax: its unit j were there no unit i, between 0 and 1 however saturated.
double softmax_share(const Vector& z, std::size_t i, std::size_t j);

/// δⱼ = Σᵢ ∂C/∂aᵢ · ∂aᵢ/∂zⱼ = aⱼ Σᵢ aᵢ (∂C/∂aⱼ − ∂C/∂aᵢ) of a softmax layer: differences of the
/// ∂C/∂a, so that a saturated unit does not cancel.
Vector softmax_delta(const Vector& dC_da, const Vector& a);

/// ∂C/∂a, slope and δ of the output layer, from its z and a. Memory that is there in `gradients` is used again.
void output_gradients(const Network& network, const Vector& z, const Vector& a, const Outputs& outputs, const Vector& target,
                      LayerGradients& gradients);

/// Every derivative of the cost of one example; index l is the layer, 0 the input (∂C/∂x only).
/// A derivative too large for a double is infinite, and what is made of such NaN: the example is then to be run in
/// numbers of a wider range (wide_example.hpp). `gradients` is filled anew, in the memory it has.
void backward(const Network& network, const State& state, const Outputs& outputs, const Vector& target,
              std::vector<LayerGradients>& gradients);
void backward(const Network& network, const StateOf<long double>& state, const OutputsOf<long double>& outputs, const Vector& target,
              std::vector<LayerGradientsOf<long double>>& gradients);

}  // namespace gradtrace
