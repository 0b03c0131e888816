// The numerical schemes by name, the verdicts, and the rule from which a verdict follows. Needs nothing but the
// standard library, since it is installed with check_gradient.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace gradtrace {

enum class Method { forward, central, five_point, ridders, complex_step, dual, reference };

struct MethodInfo {
  Method method;
  std::string_view name;     ///< on the command line
  std::string_view formula;  ///< for text
  int order;                 ///< the truncation error is O(h^order); 0 where it is none or adapts itself
};

inline constexpr std::array<MethodInfo, 7> methods{{
    {Method::forward, "forward", "(C(x+h) − C(x))/h", 1},
    {Method::central, "central", "(C(x+h) − C(x−h))/2h", 2},
    {Method::five_point, "five-point", "(C(x−2h) − 8C(x−h) + 8C(x+h) − C(x+2h))/12h", 4},
    {Method::ridders, "ridders", "central differences at shrinking h, extrapolated", 0},
    {Method::complex_step, "complex-step", "Im C(x+ih)/h", 2},
    {Method::dual, "dual", "C(x + ε), ε² = 0", 0},
    {Method::reference, "reference", "(C(x+h) − C(x−h))/2h in 50 digits", 2},
}};

inline const MethodInfo& info(Method method) { return methods[static_cast<std::size_t>(method)]; }

/// Whether the method moves the variable by a step and takes differences, so that it can cross a kink and
/// loses digits to cancellation.
inline bool is_difference(Method method) { return method <= Method::ridders; }

enum class Verdict { agree, disagree, inconclusive, kink };

inline std::string_view name_of(Verdict verdict) {
  constexpr std::array<std::string_view, 4> names{"agree", "disagree", "inconclusive", "kink"};
  return names[static_cast<std::size_t>(verdict)];
}

/// |analytic − numeric| / the larger; 0 where they are equal, 1 where one is infinite.
inline double relative_error(double analytic, double numeric) {
  if (analytic == numeric) return 0;
  const double larger = std::max(std::abs(analytic), std::abs(numeric));
  return std::isfinite(larger) ? std::abs(analytic / larger - numeric / larger) : 1;
}

/// A bound wider than this part of what is at stake says nothing.
inline constexpr double conclusive = 1e-3;

/// The verdict on a derivative and its numerical twin, which are within `bound` of each other if both are right.
/// `scale` is the largest number beside them: what is negligible there need not be resolved by itself.
inline Verdict judge(double analytic, double numeric, double bound, double relative_tolerance, double scale) {
  if (!std::isfinite(analytic)) return std::isnan(analytic) ? Verdict::disagree : Verdict::inconclusive;
  if (!std::isfinite(numeric)) return Verdict::inconclusive;
  const double difference = std::abs(analytic - numeric);
  const double larger = std::max(std::abs(analytic), std::abs(numeric));
  if (difference <= relative_tolerance * larger) return Verdict::agree;
  if (difference <= bound) {
    // Where backprop has an exact 0 and so has all beside it, numbers of about 1 are at stake.
    const bool tells = bound <= conclusive * std::max({larger, scale, analytic == 0 ? 1.0 : 0.0});
    return tells ? Verdict::agree : Verdict::inconclusive;
  }
  // Twice the bound, since the truncation in it is an estimate.
  return difference > 2 * bound ? Verdict::disagree : Verdict::inconclusive;
}

/// The same at a kink, where any value between `from` and `to` is right: the one-sided derivatives where no more is known.
inline Verdict judge_kink(double analytic, double from, double to, double bound) {
  if (!std::isfinite(analytic)) return std::isnan(analytic) ? Verdict::disagree : Verdict::inconclusive;
  if (!std::isfinite(from) || !std::isfinite(to)) return Verdict::inconclusive;
  const auto [low, high] = std::minmax(from, to);
  const double margin = bound + conclusive * std::max(std::abs(low), std::abs(high));
  return analytic >= low - margin && analytic <= high + margin ? Verdict::kink : Verdict::disagree;
}

}  // namespace gradtrace
