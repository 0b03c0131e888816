// What run and trace share: one lesson's trace in any format, with or without its nudged twins.
#pragma once

#include "base/output.hpp"
#include "check/check.hpp"
#include "cli/arguments.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

#include <functional>
#include <optional>

namespace gradtrace {

enum class Format { text, markdown, csv, json, dot, svg };

/// Declares --format.
void declare_format(Arguments& arguments);
Format format_of(const Arguments& arguments);

struct ShowOptions {
  Format format = Format::text;
  RenderOptions render;
  std::optional<CheckOptions> check;  ///< without: no twins
  bool quiet = false;                 ///< nothing is written
  bool story = true;                  ///< title and story in front (text, Markdown)
};

/// What passes by while a lesson is shown, for those who compare it with something.
struct Onlooker {
  std::function<void(const ExampleTrace&)> example;
  std::function<void(const MeanTrace&)> means;
};

/// Traces every example, checks it where asked, and writes it; memory does not grow with the examples.
/// @returns the check's summary where there was one.
std::optional<CheckSummary> show_lesson(const Lesson& lesson, const ShowOptions& options, Output& out,
                                        const Onlooker& onlooker = {});

/// @throws UsageError where the selection names a layer, neuron or example the lesson does not have.
void verify_selection(const Selection& selection, const Lesson& lesson);
/// @throws UsageError where a picture (--format svg) cannot show what is selected.
void verify_picture(const Selection& selection);

}  // namespace gradtrace
