// The check of the check: each typical mistake put into the derivation, and whether nudging notices.
#pragma once

#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "trace/mistakes.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace gradtrace {

struct MutationResult {
  Variation variation;
  std::size_t changed = 0;    ///< checked numbers the mistake changes by more than 1e-6, relatively
  std::size_t caught = 0;     ///< of these, called disagree
  std::size_t undecided = 0;  ///< of these, inconclusive, at a kink, or too small for what nudging can tell
  std::optional<Name> first;  ///< the first called disagree, in the order of the derivation
  bool possible = true;       ///< whether the mistake can be made in this network at all

  /// It was noticed, or there was nothing to notice.
  bool good() const { return caught > 0 || changed == undecided; }
};

/// Every mistake of the catalogue, its most usual variation.
std::vector<MutationResult> mutate(const Lesson& lesson, const CheckOptions& options);

/// The relative change of a number from which on a mistake must be noticed.
inline constexpr double noticeable_change = 1e-6;

}  // namespace gradtrace
