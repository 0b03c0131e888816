// From two numbers and a bound to a verdict.
#include "check/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

/// A bound wider than this part of what is at stake says nothing.
constexpr double conclusive = 1e-3;

}  // namespace

double relative_error(double analytic, double numeric) {
  if (analytic == numeric) return 0;
  const double larger = std::max(std::abs(analytic), std::abs(numeric));
  return std::isfinite(larger) ? std::abs(analytic / larger - numeric / larger) : 1;
}

Verdict judge(const CheckRow& row, double relative_tolerance, double scale) {
  if (!std::isfinite(row.analytic)) return Verdict::inconclusive;
  const double difference = std::abs(row.analytic - row.numeric);
  const double larger = std::max(std::abs(row.analytic), std::abs(row.numeric));
  if (difference <= relative_tolerance * larger) return Verdict::agree;
  if (difference <= row.bound) {
    const bool tells = row.bound <= conclusive * std::max(larger, scale) || row.analytic == 0;
    return tells ? Verdict::agree : Verdict::inconclusive;
  }
  // Twice the bound, since the truncation in it is an estimate.
  return difference > 2 * row.bound ? Verdict::disagree : Verdict::inconclusive;
}

void consult(CheckRow& row, const Witness& witness, double relative_tolerance, double scale) {
  CheckRow second = row;
  second.numeric = witness.value;
  second.bound = witness.bound;
  const Verdict opinion = judge(second, relative_tolerance, scale);
  if (opinion == Verdict::inconclusive) return;
  row.witness = witness;
  const bool contradicted = row.verdict == Verdict::disagree && opinion == Verdict::agree;
  row.verdict = contradicted ? Verdict::inconclusive : opinion;
}

Verdict judge_kink(const CheckRow& row) {
  if (!std::isfinite(row.analytic)) return Verdict::inconclusive;
  const auto [low, high] = std::minmax((*row.one_sided)[0], (*row.one_sided)[1]);
  const double margin = row.bound + conclusive * std::max(std::abs(low), std::abs(high));
  return row.analytic >= low - margin && row.analytic <= high + margin ? Verdict::kink : Verdict::disagree;
}

}  // namespace gradtrace
