// The options that say how numbers are nudged: shared by run, trace and check.
#pragma once

#include "check/check.hpp"
#include "cli/arguments.hpp"
#include "lesson/lesson.hpp"

namespace gradtrace {

/// Declares --method, --step, --tolerance.
void declare_checking(Arguments& arguments);

/// What the command line says, else what the lesson says, else the defaults.
CheckOptions checking(const Arguments& arguments, const Lesson& lesson);

}  // namespace gradtrace
