// How numbers are nudged: command line before lesson before default.
#include "cli/check_options.hpp"

#include "base/error.hpp"

namespace gradtrace {

void declare_checking(Arguments& arguments) {
  arguments.value("method", "NAME", "how to nudge: central or forward (the lesson's, else central)")
      .value("step", "H", "the same step for every variable (each method's own rule)")
      .value("tolerance", "T", "relative difference that counts as agreement whatever the bound (the lesson's, else 1e-7)");
}

CheckOptions checking(const Arguments& arguments, const Lesson& lesson) {
  CheckOptions options;
  const bool overridden = arguments.text("method").has_value();
  if (lesson.check.method && !overridden) {
    const auto method = parse_method(*lesson.check.method);
    if (!method) {
      throw InputError(lesson.file.string(), "[check] asks for the method \"" + *lesson.check.method +
                                                 "\", which this version does not have; --method central or forward checks all the same");
    }
    options.method = *method;
  }
  if (lesson.check.tolerance) options.relative_tolerance = *lesson.check.tolerance;
  if (const auto method = arguments.choice("method", method_names())) options.method = static_cast<Method>(*method);
  options.step = arguments.positive("step");
  if (const auto tolerance = arguments.positive("tolerance")) options.relative_tolerance = *tolerance;
  return options;
}

}  // namespace gradtrace
