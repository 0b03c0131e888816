// The ways `gradtrace check` can be asked to work, one function each. All print to `out` unless `quiet` and
// return the exit status.
#pragma once

#include "base/output.hpp"
#include "check/check.hpp"
#include "cli/arguments.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

namespace gradtrace {

enum class CheckFormat { text, json, csv, svg };

struct CheckRequest {
  const Lesson& lesson;
  const Arguments& arguments;
  CheckOptions options;
  CheckFormat format = CheckFormat::text;
  RenderOptions render;
  Output& out;
  bool quiet = false;
};

/// Every number against its twin.
int check_all_numbers(const CheckRequest& request);
/// --method all: the schemes side by side.
int check_by_all_methods(const CheckRequest& request);
/// --sweep NAME: error against step.
int sweep_steps(const CheckRequest& request);
/// --against FILE: somebody's own gradients.
int check_against_file(const CheckRequest& request);
/// --probe: random directions.
int probe_directions(const CheckRequest& request);
/// --mutate: each typical mistake put in; is it caught?
int check_the_check(const CheckRequest& request);

}  // namespace gradtrace
