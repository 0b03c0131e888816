// A number of the trace beside its twin, and what is said of the two.
#pragma once

#include "base/name.hpp"
#include "base/rare.hpp"
#include "check/method.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace gradtrace {

/// A second, independent opinion: a derivative by another method, asked where the first cannot settle it.
struct Witness {
  double value = 0;
  double bound = 0;
};

/// What is said of a derivative at a kink.
struct AtKink {
  double left = 0, right = 0;  ///< the one-sided derivatives, as differences found them
  /// What backprop may say: the same and what each choice of a slope gives for every ReLU on its kink. Where the kinks of
  /// several units cancel, that is more than what lies between left and right.
  double low = 0, high = 0;
};

/// A number of the trace and its twin.
struct CheckRow {
  Name name;
  double analytic = 0;        ///< backprop's; may be infinite
  double numeric = 0;         ///< from nudging; finite
  double bound = 0;           ///< how far numeric and analytic may be apart by truncation and rounding; finite: the largest
                              ///< double where nudging says nothing
  double relative_error = 0;  ///< |analytic − numeric| / the larger; 0 where both are 0
  Verdict verdict = Verdict::agree;
  Rare<AtKink> at_kink;
  Rare<Name> kink;                        ///< the ReLU that was carried across z = 0: its z
  Rare<Witness> witness;                  ///< by dual numbers, where a difference alone did not agree
};

/// Whether nudging gave no number: a cost on the way was beyond what a double can hold. Then `numeric` is none.
inline bool says_nothing(const CheckRow& row) { return row.numeric == 0 && row.bound == std::numeric_limits<double>::max(); }

/// Of a block's rows: the largest number on either side, without its sign.
inline double largest_number(std::span<const CheckRow> rows) {
  double largest = 0;
  for (const CheckRow& row : rows) largest = std::max({largest, std::abs(row.analytic), std::abs(row.numeric)});
  return largest;
}

/// Whether its relative error tells how exact nudging is, where `largest` is the largest number of its block: not where the
/// difference was too rough to settle it or is no larger than its bound, nor where the number is nothing beside the others.
inline bool tells_the_error(const CheckRow& row, double largest) {
  constexpr double negligible = 1e-3;
  const double size = std::max(std::abs(row.analytic), std::abs(row.numeric));
  const bool too_rough = row.verdict == Verdict::agree && (row.witness || row.bound >= size);
  return !too_rough && row.verdict != Verdict::kink && largest > 0 && size >= negligible * largest;
}

}  // namespace gradtrace
