// From two numbers and a bound to a verdict.
#include "check/verdict.hpp"

namespace gradtrace {

Verdict judge(const CheckRow& row, double relative_tolerance, double scale) {
  return judge(row.analytic, row.numeric, row.bound, relative_tolerance, scale);
}

Verdict judge_kink(const CheckRow& row) { return judge_kink(row.analytic, row.at_kink->low, row.at_kink->high, row.bound); }

void consult(CheckRow& row, const Witness& witness, double relative_tolerance, double scale) {
  CheckRow second = row;
  second.numeric = witness.value;
  second.bound = witness.bound;
  const Verdict opinion = judge(second, relative_tolerance, scale);
  if (opinion == Verdict::inconclusive) return;
  row.witness = witness;
  if (says_nothing(row)) {
    row.numeric = witness.value;
    row.bound = witness.bound;
    row.relative_error = relative_error(row.analytic, row.numeric);
    row.verdict = opinion;
    return;
  }
  const bool contradicted = row.verdict == Verdict::disagree && opinion == Verdict::agree;
  row.verdict = contradicted ? Verdict::inconclusive : opinion;
}

}  // namespace gradtrace
