// Random directions, as text.
#pragma once

#include "check/probe.hpp"
#include "render/options.hpp"

#include <string>

namespace gradtrace {

/// A row for each tensor, the culprits where something disagrees, and the verdict line.
std::string render_probe(const Lesson& lesson, const ProbeReport& report, const RenderOptions& options);

}  // namespace gradtrace
