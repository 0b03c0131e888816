// The complex step: f′ = Im f(x + ih)/h, without a difference and so without cancellation, O(h²) off (W. Squire and G. Trapp,
// Using complex variables to estimate derivatives of real functions, 1998).
#pragma once

#include "check/schemes.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

namespace gradtrace {

class ComplexStep {
 public:
  /// For the derivatives of one example; `step`, where there is one, is taken as it is.
  ComplexStep(const ExampleTrace& trace, std::optional<double> step) : step_(step) {
    double weight = 1, dC_da = 1;
    for (const Layer& layer : trace.network->layers) {
      for (const double w : layer.weights) weight = std::max(weight, std::abs(w));
    }
    for (std::size_t l = 1; l <= trace.network->depth(); ++l) {
      for (const double slope : trace.gradients[l].dC_da) {
        if (std::isfinite(slope)) dC_da = std::max(dC_da, std::abs(slope));
      }
    }
    magnified_ = 1e8 * weight * dC_da;
  }

  /// `at(h)` is the derivative by a step of h, and how far that moved any z. `derivative` holds that of dual numbers, whose
  /// rounding is half of its own.
  template <class At>
  void take(Derivative& derivative, At at) const {
    // The next step to try: by a power of two; below `smallest` derivatives would vanish on their way.
    constexpr double much_smaller = 0x1p-100, smallest = 1e-200;
    // A derivative is that of the function where no unit bends on the way that it was moved.
    constexpr double straight = 1e-10;
    double h = step_.value_or(usual_step(Method::complex_step));
    auto [value, motion] = at(h);
    if (step_) {
      double smaller = std::min(h, 1.0), exact = value;
      while (smaller > smallest) {
        smaller *= much_smaller;
        std::tie(exact, motion) = at(smaller);
        if (motion <= straight) break;
      }
      derivative.truncation = motion <= straight ? 2 * std::abs(value - exact) : std::numeric_limits<double>::infinity();
    } else {
      // The error of a step of 1e-20, 1e-40, is beside it under rounding.
      constexpr double ordinary = 1e-20, nothing = 1e-12;
      bool settled = motion <= straight && (value == 0 || std::abs(value) >= ordinary);
      while (!settled && h > smallest) {
        h *= much_smaller;
        const double before = value;
        std::tie(value, motion) = at(h);
        settled = motion <= straight && std::abs(value - before) <= nothing * std::abs(before);
      }
      if (!settled) derivative.truncation = std::numeric_limits<double>::infinity();
    }
    derivative.value = value;
    // Where a derivative, multiplied by the step, falls below the smallest normal number on its way, its digits are lost, and
    // weights and what the cost makes of an activation magnify that.
    derivative.rounding = 2 * derivative.rounding + magnified_ * std::numeric_limits<double>::min() / h;
  }

 private:
  std::optional<double> step_;
  double magnified_;
};

}  // namespace gradtrace
