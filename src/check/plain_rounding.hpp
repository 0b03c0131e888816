// How far off the numbers of somebody else may be, who computes by the formulas of a textbook in double precision.
#pragma once

#include "check/kink_range.hpp"
#include "check/running_error.hpp"
#include "trace/trace.hpp"

#include <optional>
#include <vector>

namespace gradtrace {

/// Of one example, which must outlive it. A bound that takes every rounding to conspire grows with each layer by Σ|w|, and
/// after some layers it is larger than the numbers themselves, which are hardly off. Where it says so little, the example is
/// run several times with each step off at random by what it may round, and what the runs are apart counts: Monte Carlo
/// arithmetic (D. S. Parker, UCLA CSD-970002, 1997).
class PlainRounding {
 public:
  explicit PlainRounding(const ExampleTrace& trace) : trace_(trace), errors_(backward_errors(trace, Arithmetic::plain)) {}

  /// How far the derived number of that name may be off, C too, where `theirs` is what it is said to be: only a plain 0 may be
  /// what formulas give that lose a small number beside a 1.
  double bound(const Name& name, double theirs);

  /// From where to where it may be, where units on their kink have any slope between its two sides; empty where none is
  /// behind it.
  Range at_kinks(const Name& name);

 private:
  const std::vector<ExampleTrace>& runs();

  const ExampleTrace& trace_;
  GradientErrors errors_;
  std::optional<std::vector<ExampleTrace>> runs_;  ///< made when asked for
  std::vector<KinkRange> ranges_;                  ///< of the example, then of the runs; made when asked for
};

/// One such run. `seed`: which one; it also says which formulas it takes where several are usual.
ExampleTrace run_with_rounding(const ExampleTrace& trace, unsigned seed);

}  // namespace gradtrace
