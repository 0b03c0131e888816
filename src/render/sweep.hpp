// The curve of error against step size: as a picture for terminals, as CSV, and as SVG.
#pragma once

#include "check/sweep.hpp"
#include "render/options.hpp"

#include <string>

namespace gradtrace {

std::string sweep_text(const Sweep& sweep, bool several_examples, const RenderOptions& options);

/// Columns method,precision,step,value,error.
std::string sweep_csv(const Sweep& sweep);

std::string sweep_svg(const Sweep& sweep, bool several_examples);

}  // namespace gradtrace
