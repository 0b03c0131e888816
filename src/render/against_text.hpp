// Somebody's gradients compared with backprop, and the check of the check, as text.
#pragma once

#include "check/mutation.hpp"
#include "golden/compare.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// Like a failed check: the verdict, where the derivation first departs, the worst departures first with both numbers
/// labelled, and `cause`.
std::string render_against(const Lesson& lesson, const ComparisonResult& result, const std::string& file, double tolerance,
                           const std::vector<std::string>& cause, const RenderOptions& options);

std::string render_mutations(const Lesson& lesson, const std::vector<MutationResult>& results, const RenderOptions& options);

}  // namespace gradtrace
