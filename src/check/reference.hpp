// Derivatives in 50-digit arithmetic: the forward pass from the lesson's numbers on, and central differences
// with a step of 1e-15. Their own error is about 1e-30, so what they say is taken for the truth. Beside numbers of 1e60,
// where 50 digits would lose the step, there are more: 250 or 1000.
#pragma once

#include "trace/trace.hpp"

#include <cstddef>
#include <memory>

namespace gradtrace {

struct ReferenceValue {
  double value = 0;       ///< may be infinite
  double truncation = 0;  ///< how far the step may have carried it, where that is not far below a double's rounding
  double rounding = 0;    ///< how far the digits at hand may have carried it, before it became a double
  bool kink = false;      ///< whether the nudge moves a ReLU that stands at z = 0, or nearer to it than the step
};

/// Which part of an example's derivatives so many numbers ask for, at most.
double share_of(const Network& network, std::size_t numbers);

class Reference {
 public:
  /// The trace must outlive the reference. `share`: how many times all of an example's derivatives will be asked for, of this and
  /// of others.
  /// @throws NumericError where they are too many for as many digits as the numbers need
  explicit Reference(const ExampleTrace& trace, double share = 1);
  ~Reference();
  Reference(Reference&&) noexcept;

  /// A derivative of the trace by name: dC/da, slope, delta, dC/db, dC/dw or path.
  ReferenceValue find(const Name& name);

 private:
  struct Pass;
  std::unique_ptr<Pass> pass_;
};

}  // namespace gradtrace
