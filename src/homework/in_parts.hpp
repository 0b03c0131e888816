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

/// The cost; its differences, squares, logarithms and products are held.
double cost_in_parts(const Network& network, const Name& cell, const Reader& read, const Hold& hold);

/// ∂C/∂a of the output layer.
double cost_derivative_in_parts(const Network& network, const Name& cell, const Reader& read, const Hold& hold);

/// An activation; its powers, sums and shares are held. Nothing where there is nothing on the way.
std::optional<double> activation_in_parts(const Network& network, const Name& cell, const Reader& read, const Hold& hold);

/// A slope from z; nothing where there is nothing on the way.
std::optional<double> slope_in_parts(const Network& network, const Name& cell, const Reader& read, const Hold& hold);

/// The slope `cell` from the activations instead of z; nothing where a does not say it. Without `hold` none of a's digits is lost.
std::optional<double> slope_from_activations(const Network& network, const Name& cell, const Reader& read, const Hold& hold = {});

}  // namespace gradtrace
