// The computation of one example as a graph for Graphviz: values on the way forward, derivatives on the way back.
#pragma once

#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <string>

namespace gradtrace {

/// Nodes are inputs, neurons (z, a, δ, ∂C/∂a) and the cost; edges carry w and ∂C/∂w. A negative weight is dashed,
/// a large one thick. Of layers of more than 8 neurons the first 6 and the last are drawn, unless options.all.
std::string dot_graph(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options);

}  // namespace gradtrace
