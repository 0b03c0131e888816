// A lesson for people at a terminal: its story, the derivation in steps, the means.
#pragma once

#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <string>

namespace gradtrace {

/// Title, shape of the network, story.
std::string render_header(const Lesson& lesson, const RenderOptions& options);

/// The numbered steps of one example; with `check`, the nudged twin beside every number that has one.
/// Of wide layers the rows that matter most, unless options.all. Empty where nothing matches options.selection.
std::string render_example(const Lesson& lesson, const ExampleTrace& trace, const CheckTable* check, const RenderOptions& options);

/// The data set's means as one more step.
std::string render_means(const Lesson& lesson, const MeanTrace& means, const CheckTable* check, const RenderOptions& options);

/// "2 → 3 → 1"
std::string shape_of(const Network& network);
/// "sigmoid", or "tanh, tanh, softmax" where layers differ
std::string activations_of(const Network& network);

}  // namespace gradtrace
