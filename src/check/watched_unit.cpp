// Each activation in the form that keeps its digits.
#include "check/watched_unit.hpp"

#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// σ(z + t), or its distance from 1 (−1) where z > 0 (z < 0) saturates sigmoid and tanh.
Evaluation single_unit(const Layer& layer, double z, double t) {
  constexpr double rounding = 3 * epsilon;
  const double moved = z + t;
  double value = 0;
  if (layer.activation == Activation::sigmoid && z > 0) {
    value = -sigmoid(-moved);
  } else if (layer.activation == Activation::tanh && std::abs(z) > 0.5) {
    value = z > 0 ? -2 * sigmoid(-2 * moved) : 2 * sigmoid(2 * moved);
  } else {
    value = activate_unit(layer.activation, layer.alpha, moved);
  }
  return {value, rounding * std::abs(value), {}};
}

Evaluation softmax_unit(const Vector& z, std::size_t i, std::size_t j, double t) {
  Vector moved = z;
  moved(j) += t;
  const SoftmaxParts<double> parts = softmax_parts(moved), base = softmax_parts(z);
  const double sum = 1 + parts.others;
  // The same unit is watched as a distance from 1 at every step, whichever is largest there.
  double value = parts.exponential[i] / sum;
  if (i == base.largest && i == parts.largest) value = -parts.others / sum;
  if (i == base.largest && i != parts.largest) value -= 1;
  const double spread = std::abs(moved(i) - moved(parts.largest)) + 4;
  return {value, 3 * epsilon * spread * std::abs(value), {}};
}

}  // namespace

Evaluation watched_unit(const Layer& layer, const Vector& z, std::size_t i, std::size_t j, double t) {
  return layer.activation == Activation::softmax ? softmax_unit(z, i, j, t) : single_unit(layer, z(j), t);
}

}  // namespace gradtrace
