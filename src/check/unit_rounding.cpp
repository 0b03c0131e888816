// Rounding of one unit.
#include "check/unit_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

double activation_rounding(const Layer& layer, double z) {
  if (layer.activation != Activation::gelu) return function_error;
  constexpr double nothing_left = -40;  // Φ(z) is 0 beyond
  const double down = std::clamp(z, nothing_left, 0.0);
  return function_error + down * down * std::numeric_limits<double>::epsilon();  // Φ goes there like e^(−z²/2), whose exponent is rounded
}

double slope_change(const Layer& layer, const Vector& z, const Name& name, double slope, double z_error) {
  switch (layer.activation) {
    case Activation::identity:
    case Activation::relu:
    case Activation::leaky_relu: return 0;
    case Activation::silu:
    case Activation::gelu: return 0.8 * z_error;  // |σ″| at most
    default: break;
  }
  // |σ″| ≤ 2|σ′| for the others, of a softmax 4 times for all z off at once, and that grows with each unit of z; …
  if (z_error < 1) return std::abs(slope) * std::expm1(4 * z_error);
  // … but none of theirs is above 1, and beyond its unit's ends there is next to none; σ of softplus ends at 1 as well.
  if (layer.activation == Activation::softplus) return std::min(1.0, 4 * std::exp(std::min(0.0, 2 * z_error - std::abs(z(name.j)))));
  const double lost = lost_slope(layer, z, name.j, z_error);
  return name.k == Name::none ? lost : std::min(lost, lost_slope(layer, z, name.k, z_error));
}

Vector saturations(const Layer& layer, const Vector& z) {
  Vector far = zeros(z.size());
  for (std::size_t j = 0; j < z.size() && layer.activation == Activation::sigmoid; ++j) far(j) = std::abs(z(j));
  if (layer.activation != Activation::softmax) return far;
  double largest = -std::numeric_limits<double>::infinity(), second = largest;
  for (const double x : z) {
    second = std::max(second, std::min(largest, x));
    largest = std::max(largest, x);
  }
  const double most_others = std::log(static_cast<double>(z.size()));  // n powers are together at most n times the largest
  for (std::size_t j = 0; j < z.size(); ++j) far(j) = z(j) < largest ? largest - z(j) : std::max(0.0, z(j) - second - most_others);
  return far;
}

double lost_slope(const Layer& layer, const Vector& z, std::size_t j, double z_error) {
  if (z_error < 1) return 0;
  double far = 0;
  switch (layer.activation) {
    case Activation::sigmoid:
    case Activation::tanh: far = std::abs(z(j)); break;
    case Activation::softplus: far = std::max(0.0, -z(j)); break;
    case Activation::softmax: far = saturations(layer, z)(j); break;
    case Activation::silu:
    case Activation::gelu: far = std::abs(z(j)) / 2; break;  // they go like |z| e^−|z|
    default: return 0;  // straight; slope_nearby knows kinks
  }
  return std::min(1.0, 4 * std::exp(std::min(0.0, 2 * z_error - far)));
}

double range_of(const Layer& layer) {
  switch (layer.activation) {
    case Activation::sigmoid:
    case Activation::softmax: return 1;
    case Activation::tanh: return 2;
    default: return std::numeric_limits<double>::infinity();
  }
}

double lost_change(const Layer& layer, const Vector& z, std::size_t j, double z_error) {
  return z_error < 1 ? 0 : std::min(range_of(layer), lost_slope(layer, z, j, z_error) * z_error);
}

}  // namespace gradtrace
