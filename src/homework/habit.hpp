// How somebody works who rounds, or cuts off, on the way from number to number.
#pragma once

#include "homework/in_parts.hpp"
#include "network/network.hpp"

#include <cstddef>
#include <vector>

namespace gradtrace {

/// `value` with all but so many significant digits cut off.
double cut_off(double value, int digits);

/// What somebody does with a number that stands on the sheet: takes it in full, or to as many digits as others, or works
/// it out nevertheless, where it is shown.
enum class Shown { in_full, held, worked_out };
/// How somebody goes on with numbers worked out: as written down; or with more digits than are written down; or with all
/// digits, only the given numbers being held, and within a rule what `Within` says.
enum class Kept { as_written, more, all };

/// What somebody holds within one rule.
enum class Within { nothing, terms, shares, everything };  ///< terms: of a sum; shares: what a gate lets through

/// One way to work. What it holds, it holds to so many significant digits.
struct Habit {
  Kept kept = Kept::as_written;
  Shown shown = Shown::held;
  Within within = Within::nothing;
  bool sums_at_once = false;             ///< the terms of ∂C/∂a are added without being rounded
  bool slopes_from_activations = false;  ///< by a(1 − a) and the like
  bool short_delta = false;              ///< δ = a − y at the output, where that is so
  bool given_too = false;                ///< the lesson's numbers are held like those worked out
  bool cuts = false;
  int digits = 0;
  std::size_t number = 0;  ///< another one for each habit with its digits

  double held(double value) const;
  OnTheWay on_the_way() const;  ///< the habit must outlive it
};

/// All ways to work that may make a difference in this network, the digits apart.
std::vector<Habit> habits_of(const Network& network);

}  // namespace gradtrace
