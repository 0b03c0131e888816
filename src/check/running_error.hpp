// Running error analysis: how far rounding can have carried the numbers of a pass from what exact
// arithmetic gives. A multiple of ε|C| is no honest bound: where a network fits its target the cost is
// near 0 and its rounding is not (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, §3.3).
#pragma once

#include "base/tensor.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <vector>

namespace gradtrace {

/// The rounding of a dot product of m terms, in units of Σ|terms|: √m for errors that do not conspire
/// (Higham, §2.6), and a margin for few terms.
double product_error(std::size_t m);

/// Bounds on |computed − exact| of one example's derivatives, by layer.
struct GradientErrors {
  std::vector<Vector> dC_da;  ///< [l], of ∂C/∂a, from layer 0
  std::vector<Vector> delta;  ///< [l], of δ; [0] is empty
  std::vector<Vector> z;      ///< [l], of z; [0] is empty
  std::vector<Vector> a;      ///< [l], of a; of the inputs 0
};

/// Backprop's own numbers keep the digits of a − y, 1 − a and the slopes where a is nearly 1. `plain` is for those of
/// others, who take them from a as it was rounded.
enum class Arithmetic { own, plain };

/// Of backprop's own numbers: E_z and E_a through the forward pass, then E_δ back through the layers.
GradientErrors backward_errors(const ExampleTrace& trace, Arithmetic arithmetic = Arithmetic::own);
/// The bound of one derived number of the trace, of plain arithmetic; C too.
double plain_error(const ExampleTrace& trace, const GradientErrors& errors, const Name& name);

/// What rounding does to z⁽ᴸ⁾ in a pass in which only a⁽ˡ⁾ₖ moves: from the column update of layer l+1 on.
/// l < L.  [n_L]
Vector errors_after_activation(const ExampleTrace& trace, std::size_t l, std::size_t k);
/// The same where z⁽ˡ⁾ⱼ moves.
Vector errors_after_weighted_input(const ExampleTrace& trace, std::size_t l, std::size_t j);

/// The same for whichever a⁽ˡ⁾ₖ, or z⁽ˡ⁾ⱼ, of the layer moves: the largest over all of them.
Vector errors_after_activations(const ExampleTrace& trace, std::size_t l);
Vector errors_after_weighted_inputs(const ExampleTrace& trace, std::size_t l);

/// Rounding of C₀ at `outputs` whose weighted inputs carry the errors `z_errors` [n_L].
double cost_error(const ExampleTrace& trace, const Outputs& outputs, const Vector& z_errors);

/// The same for all outputs that a nudge can lead to, without looking at each: how far rounding moves a − y and C₀.
struct CostErrors {
  Vector of_difference;  ///< of aⱼ − yⱼ where no nudge has moved it  [n_L]
  double drift = 0;      ///< and how much more for each unit that a nudge moves it
  double fixed = 0;      ///< the part of E_f that does not depend on the nudge
  double factor = 0;     ///< of Σⱼ |aⱼ − yⱼ| E_aⱼ in it; 0 for costs that take logarithms
  double of_sum = 0;     ///< of C₀ in it

  double of_cost(double cost, double weighted) const { return fixed + factor * weighted + of_sum * cost; }
};
CostErrors nearby_cost_errors(const ExampleTrace& trace, const Vector& z_errors);

}  // namespace gradtrace
