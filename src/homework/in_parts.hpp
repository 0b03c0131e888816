// Rules as their formulas stand, from the named numbers alone, with every result on the way held by whoever works them out:
// what they give where digits are dropped between. The rules themselves (cell_rules.hpp) take care that none are lost.
#pragma once

#include "network/network.hpp"
#include "trace/cell_rules.hpp"

#include <functional>
#include <optional>

namespace gradtrace {

/// What is done to a result on the way: nothing, or it is rounded.
using Hold = std::function<double(double)>;

inline double in_full(double value) { return value; }

/// What is done to the terms of a sum, as products and squares; to the share that a gate lets through; and to all else:
/// differences, powers, logarithms.
struct OnTheWay {
  Hold term = in_full, share = in_full, other = in_full;
};

/// The cost.
double cost_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold);

/// ∂C/∂a of the output layer.
double cost_derivative_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold);

/// An activation. Nothing where there is nothing on the way.
std::optional<double> activation_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold);

/// A slope from z, by one of the ways to write its formula, counted from 0; nothing where there is nothing on the way, or
/// there are no more ways.
std::optional<double> slope_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold, std::size_t way = 0);

/// The slope `cell` from the activations instead of z; nothing where a does not say it.
std::optional<double> slope_from_activations_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold);

/// That with none of a's digits lost.
std::optional<double> slope_from_activations(const Network& network, const Name& cell, const Reader& read);

}  // namespace gradtrace
