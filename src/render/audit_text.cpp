// The audit, drawn.
#include "render/audit_text.hpp"

#include "homework/feedback.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gradtrace {
namespace {

std::string counted(std::size_t n, const char* what) { return n == 0 ? fmt::format("no {}", what) : fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

/// Why a mistake cannot be made in this network, or shows nowhere.
std::string why_silent(const Audit::Shown& shown) {
  if (!shown.possible) return "cannot be made in this network";
  if (shown.answers > 0) return "";
  return shown.digits ? fmt::format("shows from {} digits on", *shown.digits) : "changes none of these numbers";
}

}  // namespace

std::string render_audit(const Lesson& lesson, const Audit& audit, const RenderOptions& options) {
  const SheetLayout layout(lesson);
  const auto width = static_cast<std::size_t>(options.width);
  const auto unicode = [&](const std::string& text) { return in(options.ascii, text); };
  std::string text = unicode(lesson.title) + fmt::format("\n{} answers, to {} significant digits\n\n", layout.asked().size(), layout.digits());
  TextTable table{{{"", Align::right}, {"mistake", Align::left}, {"changes", Align::right}, {"", Align::left}}, {}};
  std::vector<std::size_t> visible;
  for (std::size_t i = 0; i < audit.mistakes.size(); ++i) {
    const Audit::Shown& shown = audit.mistakes[i];
    if (shown.answers > 0) visible.push_back(i);
    table.rows.push_back({std::to_string(i + 1), std::string(info(shown.mistake).id), shown.answers > 0 ? counted(shown.answers, "answer") : unicode("·"), why_silent(shown)});
  }
  text += unicode(render_table(table, 1));

  text += "\n" + wrap(unicode(fmt::format("Which two can be told apart: · by the {} digits asked; a number: by so many digits; = by none", layout.digits())), width, 1) + "\n";
  text += "     ";
  for (const std::size_t j : visible) text += fmt::format("{:>3}", j + 1);
  text += "\n";
  for (const std::size_t i : visible) {
    text += fmt::format("  {:>3}", i + 1);
    for (const std::size_t j : visible) {
      const auto& digits = audit.digits[i][j];
      text += "  " + (i == j ? " " : !digits ? "=" : *digits <= layout.digits() ? unicode("·") : std::to_string(*digits).substr(0, 2));
    }
    text += "\n";
  }
  const auto pairs = audit.confusable(layout.digits());
  if (!pairs.empty()) text += "\n";
  for (const auto& [x, y] : pairs) {
    text += wrap(unicode(fmt::format("{} and {} give the same answers here", info(x).id, info(y).id)), width, 1, 4);
  }
  if (!audit.degenerate.empty()) text += "\n";
  for (const std::string& what : audit.degenerate) text += wrap(unicode(what), width, 1, 4);
  text += "\n";
  const std::size_t possible = static_cast<std::size_t>(std::ranges::count_if(audit.mistakes, &Audit::Shown::possible));
  text += verdict_line(pairs.empty() && audit.degenerate.empty() ? Mark::good : Mark::none, "audit",
                       fmt::format("{} of {} mistakes that can be made here show; {}; {} on the numbers", visible.size(), possible,
                                   pairs.empty() ? "every two can be told apart" : counted(pairs.size(), "pair") + " cannot be told apart", counted(audit.degenerate.size(), "remark")),
                       options);
  return text;
}

}  // namespace gradtrace
