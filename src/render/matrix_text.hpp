// The four matrix equations of backpropagation with the numbers of one example in brackets.
#pragma once

#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <string>

namespace gradtrace {

/// z = W a + b and a = σ(z) forward; δ, ∂C/∂W and ∂C/∂b backward, layer by layer. Large matrices are shown by
/// their corners, unless options.all. Of a selection, quantities and layers are honoured.
std::string matrix_text(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options);

}  // namespace gradtrace
