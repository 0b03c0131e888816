// Each activation in the form that keeps its digits.
#include "check/watched_unit.hpp"

#include "check/unit_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

}  // namespace

WatchedUnits::WatchedUnits(const Layer& layer, const Vector& z, std::size_t j)
    : layer_(layer), z_(z), j_(j), softmax_(layer.activation == Activation::softmax) {}

Evaluation WatchedUnits::at(std::size_t i, double t) {
  if (!softmax_) return single(t);
  const std::size_t usually_largest = parts_at(0).largest;
  const SoftmaxParts<double>& parts = parts_at(t);
  const double sum = 1 + parts.others;
  // The same unit is watched as a distance from 1 at every step, whichever is largest there.
  double value = parts.exponential[i] / sum;
  if (i == usually_largest && i == parts.largest) value = -parts.others / sum;
  if (i == usually_largest && i != parts.largest) value -= 1;
  const auto moved = [&](std::size_t n) { return z_(n) + (n == j_ ? t : 0); };
  const double spread = std::abs(moved(i) - moved(parts.largest)) + 4;
  // Only zⱼ moves.
  const bool seen = std::max(parts.exponential[j_], parts_at(0).exponential[j_]) > std::exp(-straight_beyond);
  return {value, 3 * epsilon * spread * std::abs(value), {}, std::abs(t) > bending && seen};
}

/// σ(z + t), or its distance from 1 (−1) where z > 0 (z < 0) saturates sigmoid and tanh.
Evaluation WatchedUnits::single(double t) const {
  const double z = z_(j_), moved = z + t, rounding = activation_rounding(layer_, std::min(z, moved));
  double value = 0;
  if (layer_.activation == Activation::sigmoid && z > 0) {
    value = -sigmoid(-moved);
  } else if (layer_.activation == Activation::tanh && std::abs(z) > 0.5) {
    value = z > 0 ? -2 * sigmoid(-2 * moved) : 2 * sigmoid(2 * moved);
  } else {
    value = activate_unit(layer_.activation, layer_.alpha, moved);
  }
  return {value, rounding * std::abs(value), {}, bends_between(layer_.activation, z, moved)};
}

const SoftmaxParts<double>& WatchedUnits::parts_at(double t) {
  for (const Moved& moved : moved_) {
    if (moved.t == t) return moved.parts;
  }
  constexpr std::size_t most = 64;  // more than any method takes; reserved, so that none moves while it is looked at
  if (moved_.capacity() < most) moved_.reserve(most);
  Vector z = z_;
  z(j_) += t;
  Moved made{t, softmax_parts(z)};
  if (moved_.size() < most) return moved_.emplace_back(std::move(made)).parts;
  oldest_ = oldest_ + 1 < most ? oldest_ + 1 : 1;  // the first, of no nudge, stays
  return (moved_[oldest_] = std::move(made)).parts;
}

}  // namespace gradtrace
