// The lines a run ends with: "✓ gradient check   34 numbers nudged …".
#pragma once

#include "render/options.hpp"

#include <string>
#include <string_view>

namespace gradtrace {

enum class Mark { good, bad, none };  ///< none: nothing was compared

/// One verdict, its words (in Unicode notation) wrapped under each other.
std::string verdict_line(Mark mark, std::string_view what, std::string_view words, const RenderOptions& options);

/// Where the words begin: what is said below them stands there too.
inline constexpr std::size_t verdict_margin = 19;

}  // namespace gradtrace
