// Why numbers differ: which typical mistake, in the stored table or in this program, explains the departures.
#pragma once

#include "check/check.hpp"
#include "golden/compare.hpp"
#include "lesson/lesson.hpp"
#include "trace/mistakes.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// What explains most of the departures.
struct Cause {
  std::vector<std::string> lines;  ///< for people, in Unicode notation; empty where nothing is known
  std::vector<Mistake> mistakes;   ///< those of the catalogue that explain equally much; empty where a plainer cause does
  std::size_t explained = 0;       ///< how many departures
};

/// The lines: what the first departure's ratio is, where it means something; and which
/// mistake of the catalogue or which constant factor explains most of the departures, how many of them,
/// and on which side it was made. `digits`: significant digits of numbers.
Cause likely_cause(const Lesson& lesson, const ComparisonResult& result, int digits);

/// The same where backprop disagrees with its nudged twins.
Cause likely_cause(const Lesson& lesson, const CheckSummary& summary, int digits);

}  // namespace gradtrace
