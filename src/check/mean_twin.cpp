// Sums over examples; a range of derivatives where some of them stand at a kink.
#include "check/mean_twin.hpp"

#include "check/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

void MeanTwin::add(const CheckRow& row) {
  const double numeric = row.witness ? row.witness->value : row.numeric;
  numeric_ += numeric;
  bound_ += row.witness ? row.witness->bound : row.bound;
  says_nothing_ = says_nothing_ || says_nothing(row);
  if (!row.at_kink) return;
  const AtKink &here = *row.at_kink, before = apart_ ? *apart_ : AtKink{};
  apart_ = AtKink{before.left + here.left - numeric, before.right + here.right - numeric, before.low + here.low - numeric,
                  before.high + here.high - numeric};
}

void MeanTwin::settle(CheckRow& row, double examples, double relative_tolerance, double scale) const {
  row.numeric = says_nothing_ ? 0 : static_cast<double>(numeric_ / examples);
  // Rounding of the sum of so many numbers, beside the mean of their own bounds.
  const double bound = static_cast<double>(bound_ / examples) + examples * std::numeric_limits<double>::epsilon() * std::abs(row.numeric);
  row.bound = says_nothing_ ? std::numeric_limits<double>::max() : std::min(bound, std::numeric_limits<double>::max());
  row.relative_error = relative_error(row.analytic, row.numeric);
  row.verdict = judge(row, relative_tolerance, scale);
  if (!apart_) return;
  const auto mean = [&](double apart) { return static_cast<double>((numeric_ + apart) / examples); };
  row.at_kink = AtKink{mean(apart_->left), mean(apart_->right), mean(apart_->low), mean(apart_->high)};
  row.verdict = judge_kink(row);
}

}  // namespace gradtrace
