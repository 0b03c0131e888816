// A unit by itself, watched while a z of its layer moves: the twin of a slope.
#pragma once

#include "check/schemes.hpp"
#include "network/forward.hpp"

#include <cstddef>

namespace gradtrace {

/// aᵢ of a layer whose zⱼ is moved by t, with its rounding error. Where the unit saturates, its distance from the value it
/// comes to there: the same to a constant, and not rounded away.
Evaluation watched_unit(const Layer& layer, const Vector& z, std::size_t i, std::size_t j, double t);

/// The same, generic in the scalar, for what carries a derivative along.
template <class T>
T unit_after(const Layer& layer, const Vector& z, std::size_t i, std::size_t j, const T& t) {
  if (layer.activation != Activation::softmax) return activate_unit(layer.activation, layer.alpha, T(z(j) + t));
  VectorOf<T> moved = zeros<T>(z.size()), a = zeros<T>(z.size());
  for (std::size_t n = 0; n < z.size(); ++n) moved(n) = T(z(n));
  moved(j) += t;
  activate(layer, moved, a);
  return a(i);
}

}  // namespace gradtrace
