// From two numbers and a bound to a verdict.
#pragma once

#include "check/check.hpp"

namespace gradtrace {

/// Judges a row whose numbers and bound are set. `scale` is the largest number of its quantity and layer:
/// what is negligible beside its neighbours need not be resolved by itself.
Verdict judge(const CheckRow& row, double relative_tolerance, double scale);

/// Lets a second witness settle a row that a difference found to disagree or could not decide. Both against
/// backprop: disagree. The witness with backprop: agree where its own bound is narrow, but where the
/// difference had clearly disagreed the two contradict each other, which is inconclusive. A witness that
/// cannot tell is not noted. Where nudging said nothing the witness's number stands for it.
void consult(CheckRow& row, const Witness& witness, double relative_tolerance, double scale);

/// The same for a row at a kink, where a whole range of values is right.
Verdict judge_kink(const CheckRow& row);

}  // namespace gradtrace
