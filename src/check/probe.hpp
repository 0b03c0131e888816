// The gradient along random directions, held against dual numbers: a check of every parameter at once in a few
// forward passes. One direction alone proves little (a wrong entry may hide behind large ones, several may cancel),
// so each W and b has directions of its own, and what an entry must be wrong by to show is stated.
#pragma once

#include "base/name.hpp"
#include "check/method.hpp"
#include "lesson/lesson.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace gradtrace {

/// One W or b, along its random directions.
struct ProbedTensor {
  Quantity quantity = Quantity::dC_dw;  ///< or ∂C/∂b
  std::size_t layer = 0;
  std::size_t entries = 0;
  double analytic = 0;    ///< Σ gᵢvᵢ, g being backprop's; along the direction that fits worst
  double numeric = 0;     ///< the cost's derivative along v, by dual numbers
  double bound = 0;       ///< how far rounding may carry them apart
  double largest = 0;     ///< the largest |gᵢ|
  Verdict verdict = Verdict::agree;  ///< inconclusive where the numbers leave what a double can hold

  /// An entry that is wrong by more than this shows, whatever its sign.
  double resolution() const;
};

/// An entry found by halving.
struct Culprit {
  Name name;
  double analytic = 0;
  double numeric = 0;
};

struct ProbeReport {
  static constexpr std::size_t directions = 3;      ///< of each tensor
  static constexpr std::size_t most_culprits = 10;

  std::vector<ProbedTensor> tensors;
  std::vector<Culprit> culprits;  ///< worst first
  bool more_culprits = false;
  std::size_t parameters = 0;     ///< all of them are covered
  std::size_t passes = 0;         ///< forward passes of the data set

  bool agrees() const;
};

/// Probes `gradient(name)`, the ∂C/∂w and ∂C/∂b claimed: of several examples their means, else the example's.
ProbeReport probe(const Lesson& lesson, const std::function<double(const Name&)>& gradient);

}  // namespace gradtrace
