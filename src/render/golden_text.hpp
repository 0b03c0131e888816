// A comparison with a golden file as text.
#pragma once

#include "golden/compare.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// The verdict line; where numbers differ, the first in the order of the derivation with its ratio, `cause` (what
/// looks like the reason; may be empty), and the next departures. `file` as the user would write it.
std::string render_golden(const Lesson& lesson, const ComparisonResult& result, const std::string& file, const std::vector<std::string>& cause,
                          const RenderOptions& options);

}  // namespace gradtrace
