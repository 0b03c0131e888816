// One derivative by every scheme at steps from 0.1 to 1e-16: how truncation falls and rounding grows.
#pragma once

#include "check/check.hpp"
#include "trace/trace.hpp"

#include <optional>
#include <vector>

namespace gradtrace {

struct SweepPoint {
  double step = 0;
  double value = 0;  ///< of the derivative; NaN where the step was lost
  double error = 0;  ///< relative, against 50 digits (absolute where the derivative is 0)
};

struct SweepSeries {
  Method method = Method::central;
  bool single_precision = false;
  std::vector<SweepPoint> points;             ///< from the largest step to the smallest
  std::optional<double> predicted_step;       ///< where truncation and rounding should balance
  std::optional<double> observed_slope;       ///< of log error against log step, where truncation rules
  const SweepPoint* best() const;             ///< the point with the smallest error
};

struct Sweep {
  Name name;
  double reference = 0;  ///< the derivative, in 50 digits
  double analytic = 0;   ///< backprop's
  std::vector<SweepSeries> series;
};

/// Sweeps the step for one number of the trace: dC/da, slope, delta, dC/db, dC/dw or path. In single
/// precision too where `single_precision`.
Sweep sweep_step(const ExampleTrace& trace, const Name& name, bool single_precision);

}  // namespace gradtrace
