// An example whose numbers leave the range of a double on the way: an ∂C/∂a of 1e400 that a slope of 1e-200 makes a δ of
// 1e200. The same passes are run in long double, whose exponents reach 4932 on the usual processors, and every number is
// rounded to a double at the end.
#pragma once

#include "base/tensor.hpp"
#include "trace/backward.hpp"

#include <vector>

namespace gradtrace {

struct ExampleTrace;

/// What is asked for later, in products and in means, where a double would not hold it.
struct WideExample {
  long double cost = 0;
  std::vector<VectorOf<long double>> a, slope, complement, delta;  ///< by layer
};

/// Whether a number of the traced example is infinite or NaN, or so small that it has lost digits, which a product with a
/// large number would bring to light.
bool leaves_the_range(const ExampleTrace& trace);

/// Runs the example again, in the wider range.
/// @throws NumericError as trace_example() does.
void run_wide(const Vector& input, ExampleTrace& trace);

}  // namespace gradtrace
