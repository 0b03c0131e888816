// One number explained, as text.
#pragma once

#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// The number, its rule with numbers put in, the factors that make it large or small, and what these are
/// made of, down to the inputs. `all` are the traces of the lesson's examples, to compare with.
std::string render_why(const Lesson& lesson, const std::vector<ExampleTrace>& all, const Name& name,
                       const RenderOptions& options);

/// The same for a mean: the examples it is made of, those that matter most first.
std::string render_why_mean(const Lesson& lesson, const std::vector<ExampleTrace>& all, const Name& name,
                            const RenderOptions& options);

/// A number that is given: what it is and where it is used.
std::string render_why_given(const Lesson& lesson, double value, const Name& name, const RenderOptions& options);

}  // namespace gradtrace
