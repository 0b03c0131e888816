// Habits of rounding, and all of them.
#include "homework/habit.hpp"

#include "base/number.hpp"
#include "homework/grade.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

double cut_off(double value, int digits) {
  constexpr double slack = 1 + 4 * std::numeric_limits<double>::epsilon();  // 0.29 / 0.01 is a little less than 29
  const double unit = 2 * half_unit(value, digits);
  return unit > 0 && std::isfinite(value / unit) ? rounded(unit * std::trunc(value / unit * slack), static_cast<std::size_t>(digits)) : value;
}

double Habit::held(double value) const {
  constexpr double ties_up = 1 + 1e-14;  // 0.1425, a little less as a double, is 0.143 on paper
  return cuts ? cut_off(value, digits) : rounded(value * ties_up, static_cast<std::size_t>(digits));
}

OnTheWay Habit::on_the_way() const {
  const Hold hold = [this](double value) { return held(value); };
  switch (within) {
    case Within::nothing: return {};
    case Within::terms: return {.term = hold};
    case Within::shares: return {.share = hold};
    case Within::everything: break;
  }
  return {hold, hold, hold};
}

std::vector<Habit> habits_of(const Network& network) {
  std::vector<Habit> ways;
  const auto also = [&](bool Habit::*does) {
    const std::size_t count = ways.size();
    for (std::size_t i = 0; i < count; ++i) {
      ways.push_back(ways[i]);
      ways.back().*does = true;
    }
  };
  for (const Within within : {Within::nothing, Within::terms, Within::everything}) {
    for (const Shown shown : {Shown::held, Shown::in_full, Shown::worked_out}) ways.push_back({Kept::as_written, shown, within});
  }
  const auto is_gated = [](const Layer& layer) { return layer.activation == Activation::silu || layer.activation == Activation::gelu; };
  if (std::ranges::any_of(network.layers, is_gated)) ways.push_back({Kept::as_written, Shown::in_full, Within::shares});
  also(&Habit::sums_at_once);
  for (const Shown shown : {Shown::held, Shown::in_full, Shown::worked_out}) {
    for (const bool at_once : {false, true}) ways.push_back({Kept::more, shown, Within::nothing, at_once});
  }
  for (const Shown shown : {Shown::held, Shown::worked_out}) ways.push_back({Kept::all, shown});
  ways.push_back({Kept::all, Shown::in_full, Within::terms});
  also(&Habit::slopes_from_activations);
  if (slope_cancels(network.cost, network.layers.back().activation)) also(&Habit::short_delta);
  also(&Habit::given_too);
  also(&Habit::cuts);
  return ways;
}

}  // namespace gradtrace
