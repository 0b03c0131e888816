// Why numbers differ: which typical mistake, in the stored table or in this program, explains the departures.
#pragma once

#include "golden/compare.hpp"
#include "lesson/lesson.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// Lines in Unicode notation: what the first departure's ratio is, where it means something; and which
/// mistake of the catalogue or which constant factor explains most of the departures, how many of them,
/// and on which side it was made. Empty where nothing is known. `digits`: significant digits of numbers.
std::vector<std::string> likely_cause(const Lesson& lesson, const ComparisonResult& result, int digits);

}  // namespace gradtrace
