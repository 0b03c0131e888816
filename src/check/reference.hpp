// Derivatives in 50-digit arithmetic: the forward pass from the lesson's numbers on, and central differences
// with a step of 1e-15. Their own error is about 1e-30, so what they say is taken for the truth.
#pragma once

#include "trace/trace.hpp"

#include <memory>

namespace gradtrace {

class Reference {
 public:
  /// The trace must outlive the reference.
  explicit Reference(const ExampleTrace& trace);
  ~Reference();
  Reference(Reference&&) noexcept;

  /// A derivative of the trace by name: dC/da, slope, delta, dC/db, dC/dw or path. May be infinite.
  double value(const Name& name);
  /// Whether the nudge behind that number moves a ReLU that stands exactly at z = 0.
  bool at_kink(const Name& name);

 private:
  struct Pass;
  std::unique_ptr<Pass> pass_;
};

}  // namespace gradtrace
