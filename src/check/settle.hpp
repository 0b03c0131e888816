// The two steps that every nudged number takes whatever engine nudges it: the choice of h before, and the row
// filled in and judged after.
#pragma once

#include "check/check.hpp"
#include "check/schemes.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

/// Rounding of the factor and the product where a derivative is a nudge's times a given number.
inline constexpr double factor_rounding = 4 * std::numeric_limits<double>::epsilon();

/// h for a variable of value x whose change moves some z by up to `factor` times as much, `usual` being the
/// method's usual step. It is kept where a unit, which answers on a scale of 1 in z, sees it: not so small that z
/// swallows it, not so large that the difference is no derivative.
inline double choose_step(double usual, double x, double factor, double z) {
  double h = usual * std::max(1.0, std::abs(x));
  const double seen = h * std::abs(factor), wanted = usual * std::max(1.0, std::abs(z));
  if (seen < 0.5 * wanted || seen > 10 * wanted) {
    const double better = wanted / std::abs(factor);
    if (std::isfinite(better) && better > 0) h = better;
  }
  return h;
}

/// h for a⁽ˡ⁾ₖ of a layer before the last: as the neuron sees it that it weighs most with, but never so large that another
/// is carried far off, as beside a z of 1e300. 0 where no neuron sees it.
inline double choose_activation_step(double usual, const ExampleTrace& trace, std::size_t l, std::size_t k) {
  const Layer& next = trace.network->layer(l + 1);
  std::size_t most = 0;
  for (std::size_t i = 1; i < next.neurons(); ++i) {
    if (std::abs(next.weights(i, k)) > std::abs(next.weights(most, k))) most = i;
  }
  if (next.weights(most, k) == 0) return 0;
  const Vector& z = trace.state.z[l + 1];
  double h = choose_step(usual, trace.state.a[l](k), next.weights(most, k), z(most));
  constexpr double far = 1000;  // times the usual step: no net of ordinary numbers comes near
  for (std::size_t i = 0; i < next.neurons(); ++i) {
    const double most_here = far * usual * std::max(1.0, std::abs(z(i))) / std::abs(next.weights(i, k));
    if (most_here > 0) h = std::min(h, most_here);
  }
  return h;
}

/// Fills in what the derivative says, without a verdict.
inline void set(CheckRow& row, const Derivative& derivative, double own_error) {
  row.numeric = derivative.value;
  // Below the smallest normal number digits are lost one by one.
  row.bound = derivative.bound() + own_error + std::numeric_limits<double>::min();
  row.at_kink.reset();
  row.kink.reset();
  row.witness.reset();
  if (!std::isfinite(row.numeric) || !std::isfinite(row.bound)) {
    // The cost left what a double can hold; the twin says nothing.
    if (!std::isfinite(row.numeric)) row.numeric = 0;
    row.bound = std::numeric_limits<double>::max();
  }
  row.relative_error = relative_error(row.analytic, row.numeric);
}

/// The same and the verdict. `scale`: as for judge().
inline void settle(CheckRow& row, const Derivative& derivative, double own_error, double relative_tolerance, double scale) {
  set(row, derivative, own_error);
  row.verdict = judge(row.analytic, row.numeric, row.bound, relative_tolerance, scale);
}

}  // namespace gradtrace
