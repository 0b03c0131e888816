// How numbers are nudged: command line before lesson before default.
#include "cli/check_options.hpp"

namespace gradtrace {

void declare_checking(Arguments& arguments) {
  arguments.value("method", "NAME", "forward, central, five-point, ridders, complex-step, dual or reference (the lesson's, else central)")
      .value("step", "H", "the same step for every variable (each method's own rule)")
      .value("tolerance", "T", "relative difference that counts as agreement whatever the bound (the lesson's, else 1e-7)");
}

CheckOptions checking(const Arguments& arguments, const Lesson& lesson) {
  CheckOptions options;
  options.examples = lesson.examples.size();
  if (lesson.check.method) options.method = parse_method(*lesson.check.method).value();  // the loader knows them
  if (lesson.check.tolerance) options.relative_tolerance = *lesson.check.tolerance;
  std::vector<std::string> names = method_names();
  if (arguments.declares("sweep")) names.push_back("all");  // `check` has a mode for it
  const auto method = arguments.choice("method", names);
  if (method && *method < methods.size()) options.method = static_cast<Method>(*method);
  options.step = arguments.positive("step");
  if (const auto tolerance = arguments.positive("tolerance")) options.relative_tolerance = *tolerance;
  return options;
}

}  // namespace gradtrace
