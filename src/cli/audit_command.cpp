// `gradtrace audit LESSON`: for the author.
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "render/audit_text.hpp"

namespace gradtrace {

int audit_command(const std::vector<std::string>& words) {
  Arguments arguments("audit LESSON",
                      "For the author of a lesson: which typical mistakes show in the numbers its sheet asks, which can be\n"
                      "told apart, and what is degenerate: saturated units, near-kinks, answers near zero.",
                      "LESSON");
  arguments.flag("ascii", "plain ASCII").value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  Output out(arguments.common().output);
  RenderOptions render;
  render.width = rendering_width(arguments, out.is_terminal());
  render.ascii = arguments.has("ascii");
  render.color = use_color(arguments.common().color, out.is_terminal());
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_size(lesson, Work::audit);
  const std::string text = render_audit(lesson, in_lesson(lesson, [&] { return audit(lesson); }), render);
  if (!arguments.common().quiet) out.write(text);
  out.finish();
  return status_agree;
}

}  // namespace gradtrace
