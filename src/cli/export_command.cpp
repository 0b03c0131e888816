// `gradtrace export LESSON --to FRAMEWORK`: the lesson as a program for another framework.
#include "base/error.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "render/program.hpp"

namespace gradtrace {

int export_command(const std::vector<std::string>& words) {
  Arguments arguments("export LESSON --to FRAMEWORK",
                      "A Python program that computes the lesson with another framework's own means and prints the\n"
                      "same CSV as `trace --format csv`: `check LESSON --against` reads it back.",
                      "LESSON");
  arguments.value("to", "FRAMEWORK", "pytorch or jax (derivatives by autograd), or numpy (backpropagation written out)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  const auto framework = arguments.choice("to", {framework_names.begin(), framework_names.end()});
  if (!framework) throw UsageError("--to is missing: pytorch, jax or numpy");
  Output out(arguments.common().output);
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_size(lesson, Work::program);
  const std::string text = program_text(lesson, static_cast<Framework>(*framework));
  if (!arguments.common().quiet) out.write(text);
  out.finish();
  return status_agree;
}

}  // namespace gradtrace
