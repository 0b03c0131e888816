// Derivatives in 50-digit arithmetic: the forward pass from the lesson's numbers on, and central differences
// with a step of 1e-15. Their own error is about 1e-30, so what they say is taken for the truth. Beside numbers of 1e60,
// where 50 digits would lose the step, there are more: 250 or 1000.
#pragma once

#include "trace/trace.hpp"

#include <memory>

namespace gradtrace {

struct ReferenceValue {
  double value = 0;       ///< may be infinite
  double truncation = 0;  ///< how far the step may have carried it, where that is not far below a double's rounding
  double rounding = 0;    ///< how far the digits at hand may have carried it, before it became a double
  bool kink = false;      ///< whether the nudge moves a ReLU that stands at z = 0, or nearer to it than the step
};

class Reference {
 public:
  /// The trace must outlive the reference.
  /// @throws NumericError where a network is too large for as many digits as its numbers need
  explicit Reference(const ExampleTrace& trace);
  ~Reference();
  Reference(Reference&&) noexcept;

  /// A derivative of the trace by name: dC/da, slope, delta, dC/db, dC/dw or path.
  ReferenceValue find(const Name& name);

 private:
  struct Pass;
  std::unique_ptr<Pass> pass_;
};

}  // namespace gradtrace
