// What a lesson can test, as text.
#pragma once

#include "homework/audit.hpp"
#include "render/options.hpp"

#include <string>

namespace gradtrace {

/// Each mistake and where it shows; the table mistake × mistake; what is degenerate; a verdict line.
std::string render_audit(const Lesson& lesson, const Audit& audit, const RenderOptions& options);

}  // namespace gradtrace
