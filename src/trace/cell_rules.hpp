// The rules of the derivation one number at a time: each number of the trace from other named numbers,
// whoever wrote those. Explanations, typical mistakes and grading evaluate these; whole layers at once,
// and faster, are in backward.hpp.
#pragma once

#include "base/name.hpp"
#include "network/network.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace gradtrace {

/// Where a rule finds the numbers it uses: a trace, a stored table, a student's sheet. Names carry the
/// scope of their example; w and b none.
using Reader = std::function<double(const Name&)>;

class CellRules {
 public:
  /// The network gives shapes, activations and cost; its parameters are read like every other number.
  /// It must outlive the rules.
  CellRules(const Network& network, std::size_t examples) : network_(network), examples_(examples) {}

  const Network& network() const { return network_; }
  std::size_t examples() const { return examples_; }

  /// The numbers the rule of `cell` puts in, in the order of the formula; empty for what is given.
  std::vector<Name> ingredients(const Name& cell) const;

  /// The number the rule gives. `cell` must be a derived number of the network (order.hpp).
  /// At saturated outputs it uses the forms of MATH that stay finite, as long as what is read there is
  /// what the activation gives.
  double evaluate(const Name& cell, const Reader& read) const;

  /// a and y of the output layer as a difference, ∂C/∂a without the cost's factor.
  double output_difference(const Name& cell, const Reader& read) const;

 private:
  double cost(const Name& cell, const Reader& read) const;
  double cost_derivative(const Name& cell, const Reader& read) const;
  double activation(const Name& cell, const Reader& read) const;
  double slope(const Name& cell, const Reader& read) const;
  double delta(const Name& cell, const Reader& read) const;
  double mean(const Name& cell, const Reader& read) const;

  const Network& network_;
  std::size_t examples_;
};

/// Another number of the same example (w and b: of none).
Name beside(const Name& cell, Quantity quantity, std::size_t layer, std::size_t j, std::size_t k = Name::none);

}  // namespace gradtrace
