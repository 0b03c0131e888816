// One unit whose z is rounded: how far its activation and its slope may be carried.
#pragma once

#include "base/name.hpp"
#include "base/tensor.hpp"
#include "network/network.hpp"

#include <cstddef>
#include <limits>

namespace gradtrace {

/// An elementary function of the C library and the operations around it stay within this many ε.
inline constexpr double function_error = 3 * std::numeric_limits<double>::epsilon();

/// The rounding of σ(z), and of σ′(z), in parts of themselves.
double activation_rounding(const Layer& layer, double z);

/// By how much the slope `name` of a layer, at `z` of that size, may change where z is off by `z_error`, of a softmax any z.
double slope_change(const Layer& layer, const Vector& z, const Name& name, double slope, double z_error);

/// How far each z of a layer is, at least, from where its activation is as far from 0 as from 1; 0 where it has no such ends.
Vector saturations(const Layer& layer, const Vector& z);

/// What is told of an activation and its slope at the z at hand tells nothing where z is off by a unit or more: by how much a
/// slope may then be more. A unit that ends has next to none beyond its ends. 0 where z is known better.
double lost_slope(const Layer& layer, const Vector& z, std::size_t j, double z_error);
/// The same of the activation.
double lost_change(const Layer& layer, const Vector& z, std::size_t j, double z_error);

/// How far an activation goes from one end to the other; infinite where it has none.
double range_of(const Layer& layer);

}  // namespace gradtrace
