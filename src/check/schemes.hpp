// The numerical schemes: a derivative from values of a function beside the point, with a bound on its
// truncation and its rounding. Formulas and usual steps: MATH, Numerical derivatives.
#pragma once

#include "method.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace gradtrace {

/// A neuron whose ReLU a nudge carried across z = 0.
struct Crossing {
  std::size_t layer = 0, neuron = 0;
};

/// What a nudge gives: the function's value less its value at the point where that is computed without
/// cancellation (any constant may be left out), how far rounding may have carried it, which ReLU, if any, changed side, and
/// whether a unit was carried so far that it bends on the way.
struct Evaluation {
  double value = 0;
  double error = 0;
  std::optional<Crossing> crossing{};
  bool far = false;
};

struct Derivative {
  double value = 0;
  double truncation = 0;
  double rounding = 0;
  std::optional<Crossing> crossing;
  bool far = false;  ///< its smallest step carried a unit far: then it is no derivative, whatever the bound says
  double left = 0, right = 0;  ///< one-sided, of the smallest step

  double bound() const { return truncation + rounding; }
};

/// Where truncation and rounding balance for a function whose derivatives are of its own size: ε to the
/// power 1/(order + 1). Ridders' method starts large and shrinks; the others have no step to choose.
inline double usual_step(Method method) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  switch (method) {
    case Method::forward: return std::sqrt(epsilon);
    case Method::central: return std::cbrt(epsilon);
    case Method::five_point: return std::pow(epsilon, 0.2);
    case Method::ridders: return 0.1;
    case Method::complex_step: return 1e-20;
    case Method::dual: return 0;
    case Method::reference: return 1e-15;
  }
  return 0;
}

/// One central difference: both sides at the steps really taken.
struct Sides {
  Evaluation left, right;
  double back = 0, forth = 0;  ///< how far left and right are from the point

  double width() const { return back + forth; }
  double slope() const { return (right.value - left.value) / width(); }
  double rounding() const { return (right.error + left.error) / width(); }
  std::optional<Crossing> crossing() const { return right.crossing ? right.crossing : left.crossing; }
  bool is_far() const { return right.far || left.far; }
};

template <class Function, class Taken>
Sides sides_at(double step, Function f, Taken taken) {
  Sides sides;
  sides.forth = taken(step);
  sides.back = -taken(-step);
  sides.right = f(sides.forth);
  sides.left = f(-sides.back);
  return sides;
}

inline void note(std::optional<Crossing>& crossing, const std::optional<Crossing>& more) {
  if (!crossing) crossing = more;
}

template <class Function, class Taken>
Derivative forward_difference(const Evaluation& here, double step, Function f, Taken taken) {
  const double h = taken(step), h2 = taken(2 * step);
  const Evaluation once = f(h), twice = f(h2);
  Derivative result;
  result.value = result.right = (once.value - here.value) / h;
  note(result.crossing, once.crossing);
  note(result.crossing, twice.crossing);
  result.far = once.far || twice.far;
  // D(2h) − D(h) = f″h/2 + …, the error itself; twice that, for what the next term does.
  result.truncation = 2 * std::abs((twice.value - here.value) / h2 - result.value);
  result.rounding = (once.error + here.error) / std::abs(h) + (twice.error + here.error) / std::abs(h2);
  if (result.crossing) {
    const double back = -taken(-step);
    result.left = (here.value - f(-back).value) / back;
  }
  return result;
}

template <class Function, class Taken>
Derivative central_difference(const Evaluation& here, double step, Function f, Taken taken) {
  const Sides near = sides_at(step, f, taken), far = sides_at(2 * step, f, taken);
  Derivative result;
  result.value = near.slope();
  result.right = (near.right.value - here.value) / near.forth;
  result.left = (here.value - near.left.value) / near.back;
  note(result.crossing, near.crossing());
  note(result.crossing, far.crossing());
  result.far = near.is_far() || far.is_far();
  // D(2h) − D(h) = 3 f‴h²/6 + …: three times the error of D(h).
  result.truncation = std::abs(far.slope() - near.slope());
  result.rounding = near.rounding();
  return result;
}

/// (f(x−2h) − 8f(x−h) + 8f(x+h) − f(x+2h))/12h as 4/3 of the difference over 2h less 1/3 of that over 4h,
/// each over the width really taken.
template <class Function, class Taken>
Derivative five_point_difference(const Evaluation& here, double step, Function f, Taken taken) {
  const Sides near = sides_at(step, f, taken), middle = sides_at(2 * step, f, taken), far = sides_at(4 * step, f, taken);
  Derivative result;
  result.value = (4 * near.slope() - middle.slope()) / 3;
  result.right = (near.right.value - here.value) / near.forth;
  result.left = (here.value - near.left.value) / near.back;
  for (const Sides& sides : {near, middle, far}) {
    note(result.crossing, sides.crossing());
    result.far = result.far || sides.is_far();
  }
  // D(2h) − D(h) = 15 times the error of D(h); a third of it leaves room for the next term.
  const double wider = (4 * middle.slope() - far.slope()) / 3;
  result.truncation = std::abs(wider - result.value) / 3;
  result.rounding = (4 * near.rounding() + middle.rounding()) / 3 + std::numeric_limits<double>::epsilon() * std::abs(result.value);
  return result;
}

/// Central differences at h, h/1.4, h/1.4², …, extrapolated to h = 0 in a Neville table; of all entries the
/// one with the smallest error (C. J. F. Ridders, Accurate computation of F′(x) and F′(x)F″(x), 1982).
template <class Function, class Taken>
Derivative ridders(const Evaluation& here, double step, Function f, Taken taken) {
  constexpr std::size_t rows = 14;
  constexpr double shrink = 1.4;
  struct Entry {
    double value = 0, rounding = 0;
  };
  std::array<Entry, rows> before{}, now{};
  Derivative best;
  best.truncation = std::numeric_limits<double>::infinity();
  best.far = true;
  std::size_t filled = 0;  // rows of the table
  for (std::size_t i = 0; i < rows; ++i) {
    const Sides sides = sides_at(step * std::pow(shrink, -static_cast<double>(i)), f, taken);
    if (sides.width() <= 0) break;
    note(best.crossing, sides.crossing());
    best.far = best.far && sides.is_far();
    if (sides.is_far()) continue;  // the table begins where steps are small enough
    now[0] = {sides.slope(), sides.rounding()};
    best.right = (sides.right.value - here.value) / sides.forth;
    best.left = (here.value - sides.left.value) / sides.back;
    double power = shrink * shrink;
    for (std::size_t k = 1; k <= filled; ++k, power *= shrink * shrink) {
      now[k].value = (power * now[k - 1].value - before[k - 1].value) / (power - 1);
      now[k].rounding = (power * now[k - 1].rounding + before[k - 1].rounding) / (power - 1);
      const double truncation = std::max(std::abs(now[k].value - now[k - 1].value), std::abs(now[k].value - before[k - 1].value));
      if (truncation + now[k].rounding < best.bound()) {
        best.value = now[k].value;
        best.truncation = truncation;
        best.rounding = now[k].rounding;
      }
    }
    before = now;
    ++filled;
  }
  return best;
}

/// The derivative of f at the point whose evaluation is `here`, by a difference method. `f(t)` evaluates
/// beside it by t; `taken(t)` is the step t really makes (x + t rounded, less x).
template <class Function, class Taken>
Derivative differentiate(Method method, const Evaluation& here, double step, Function f, Taken taken) {
  if (taken(step) == 0 || taken(-step) == 0) {  // the step is lost in the point: nothing can be said
    Derivative lost;
    lost.rounding = std::numeric_limits<double>::infinity();
    return lost;
  }
  switch (method) {
    case Method::forward: return forward_difference(here, step, f, taken);
    case Method::five_point: return five_point_difference(here, step, f, taken);
    case Method::ridders: return ridders(here, step, f, taken);
    default: return central_difference(here, step, f, taken);
  }
}

}  // namespace gradtrace
