// The numerical schemes: a derivative from values of a function beside the point, with a bound on its
// truncation and its rounding. Formulas and usual steps: MATH, Numerical derivatives.
#pragma once

#include "check/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

/// What a nudge gives: the function's value less its value at the point where that is computed without
/// cancellation (any constant may be left out), how far rounding may have carried it, and whether a
/// ReLU changed side.
struct Evaluation {
  double value = 0;
  double error = 0;
  bool crossed = false;
};

struct Derivative {
  double value = 0;
  double truncation = 0;
  double rounding = 0;
  bool crossed = false;
  double left = 0, right = 0;  ///< one-sided, of the smallest step
};

/// √ε for forward and ∛ε for central differences: where truncation and rounding balance for a function
/// whose derivatives are of its own size.
inline double usual_step(Method method) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  return method == Method::forward ? std::sqrt(epsilon) : std::cbrt(epsilon);
}

/// The derivative of f at the point whose evaluation is `here`. `f(t)` evaluates beside it by t; `taken(t)`
/// is the step t really makes (x + t rounded, less x). Truncation is estimated from two step sizes.
template <class Function, class Taken>
Derivative differentiate(Method method, const Evaluation& here, double step, Function f, Taken taken) {
  const double h = taken(step), h_back = -taken(-step);
  Derivative result;
  if (h == 0 || h_back == 0) {  // the step is lost in the point: nothing can be said
    result.rounding = std::numeric_limits<double>::infinity();
    return result;
  }
  const Evaluation right = f(h);
  if (method == Method::forward) {
    const double h2 = taken(2 * step);
    const Evaluation right2 = f(h2);
    const double once = (right.value - here.value) / h;
    const double twice = (right2.value - here.value) / h2;
    result.value = result.right = once;
    result.crossed = right.crossed || right2.crossed;
    // D(2h) − D(h) = f″h/2 + …, the error itself; twice that, for what the next term does.
    result.truncation = 2 * std::abs(twice - once);
    result.rounding = (right.error + here.error) / std::abs(h) + (right2.error + here.error) / std::abs(h2);
    if (result.crossed) {
      const Evaluation left = f(-h_back);
      result.left = (here.value - left.value) / h_back;
    }
    return result;
  }
  const double h2 = taken(2 * step), h2_back = -taken(-2 * step);
  const Evaluation left = f(-h_back), right2 = f(h2), left2 = f(-h2_back);
  const double once = (right.value - left.value) / (h + h_back);
  const double twice = (right2.value - left2.value) / (h2 + h2_back);
  result.value = once;
  result.right = (right.value - here.value) / h;
  result.left = (here.value - left.value) / h_back;
  result.crossed = right.crossed || left.crossed || right2.crossed || left2.crossed;
  // D(2h) − D(h) = 3 f‴h²/6 + …: three times the error of D(h).
  result.truncation = std::abs(twice - once);
  result.rounding = (right.error + left.error) / std::abs(h + h_back);
  return result;
}

}  // namespace gradtrace
