// The twin of a mean: what nudging found for each example, added up.
#pragma once

#include "check/check_row.hpp"

namespace gradtrace {

class MeanTwin {
 public:
  void add(const CheckRow& row);

  /// Fills in the twin of a mean over so many `examples` whose own number, row.analytic, is set, and judges it.
  /// `scale`: as for judge().
  void settle(CheckRow& row, double examples, double relative_tolerance, double scale) const;

 private:
  long double numeric_ = 0, bound_ = 0;  // sums may leave the range of a double where their mean does not
  bool says_nothing_ = false;  ///< of an example at least
  Rare<AtKink> apart_;  ///< of the examples at a kink: how far from numeric
};

}  // namespace gradtrace
