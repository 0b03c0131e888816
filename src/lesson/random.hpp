// Random numbers for weights and biases, the same on every platform and in every release, for ever.
#pragma once

#include <cstdint>
#include <random>

namespace gradtrace {

/// Draws numbers one by one. Uses nothing whose result the standards leave open: std::mt19937_64 is
/// specified bit by bit, what follows is + − × ÷ and √ of IEEE doubles in a fixed order (compile
/// without contraction), and no distribution of a library, whose algorithm the next release may change.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : engine_(seed) {}

  /// Uniform in [−1, 1), on a grid of 2⁻⁵².
  double uniform();

  /// Of the standard normal distribution, one draw of the engine each: Φ⁻¹ of a uniform number.
  double normal();

 private:
  std::mt19937_64 engine_;
};

/// Φ⁻¹(p), 0 < p < 1, to about 1 part in 10¹⁶. Michael J. Wichura, Algorithm AS 241: The Percentage
/// Points of the Normal Distribution (PPND16), Applied Statistics 37 (1988), pp. 477–484.
double normal_quantile(double p);

/// ln x, x > 0 and normal, to a few units in the last place; the same bits everywhere, unlike std::log.
double portable_log(double x);

}  // namespace gradtrace
