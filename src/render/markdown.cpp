// The steps as Markdown tables.
#include "render/markdown.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/matrix_equations.hpp"
#include "render/notation.hpp"
#include "render/steps.hpp"
#include "render/story.hpp"
#include "render/text.hpp"
#include "render/visible_rows.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gradtrace {

std::string markdown_text(std::string_view text) {
  std::string result;
  for (const char c : neutralised(text, " ")) {
    if (std::string_view("\\`*_{}[]<>#|$~").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

namespace {

std::string math(const std::string& latex) { return "$" + latex + "$"; }

std::string twin_cell(const CheckRow* row, int digits) {
  if (!row) return "";
  const std::string number = says_nothing(*row) ? "—" : math(latex_number(row->numeric, digits));
  switch (row->verdict) {
    case Verdict::agree: return number + " ✓";
    case Verdict::disagree: return number + " ✗";
    case Verdict::inconclusive: return number + " ?";
    case Verdict::kink:
      return math(latex_number(row->at_kink->left, digits, true) + " \\dots " + latex_number(row->at_kink->right, digits, true)) + " kink";
  }
  return "";
}

/// One rule and its numbers; "" where none is wanted.
std::string table_text(const RuleTable& table, const CheckTable* check, const RenderOptions& options,
                       const std::function<double(const Name&)>& value) {
  // What a page shows beside the other columns.
  constexpr std::size_t expression_room = 60;
  const std::vector<Name> wanted = table.names(options.selection);
  if (wanted.empty()) return "";
  const VisibleRows visible = choose_rows(wanted, value, options.all);
  const bool twins = check && check->find(wanted.front()) != nullptr;
  const bool expressions = !table.expression(wanted.front()).terms.empty();

  std::string text = "$$" + to_latex(table.rule) + "$$\n\n|", rule = "|";
  for (const std::string& index : table.index_names) {
    text += " " + math(index) + " |";
    rule += "--:|";
  }
  text += expressions ? " numbers put in | result |" : " result |";
  rule += expressions ? "---|--:|" : "--:|";
  if (twins) {
    text += " nudged |";
    rule += "--:|";
  }
  text += "\n" + rule + "\n";
  bool infinite = false;
  for (const std::size_t i : visible.shown) {
    const Name& name = wanted[i];
    infinite = infinite || !std::isfinite(value(name));
    text += "|";
    for (const std::size_t index : table.indices(name)) text += fmt::format(" {} |", index);
    if (expressions) text += " " + math(to_latex(fit(table.expression(name), options.all ? 100000 : expression_room))) + " |";
    text += " " + math(latex_number(value(name), options.digits)) + " |";
    if (twins) text += " " + twin_cell(check->find(name), options.digits) + " |";
    text += "\n";
  }
  if (visible.left_out > 0) {
    text += fmt::format("\n… {} more, the largest of them {}; `--all` shows them\n", visible.left_out,
                        math(latex_number(visible.largest_left_out, 2)));
  }
  for (const std::string& note : table.notes_where(infinite)) text += "\n" + markdown_text(note) + "\n";
  return text + "\n";
}

std::string step_text(const Step& step, std::size_t number, const CheckTable* check, const RenderOptions& options,
                      const std::function<double(const Name&)>& value) {
  std::string tables;
  for (const RuleTable& table : step.tables) tables += table_text(table, check, options, value);
  return tables.empty() ? "" : fmt::format("## {}. {}\n\n", number, step.title) + tables;
}

}  // namespace

std::string markdown_header(const Lesson& lesson, const RenderOptions&) {
  std::string text = "# " + markdown_text(lesson.title) + "\n\n";
  text += math(to_latex(shape_of(lesson.network))) + " · " + activations_of(lesson.network) + " · " +
          math(to_latex("C = " + std::string(info(lesson.network.cost).formula))) + "\n\n";
  if (!lesson.about.empty()) text += markdown_without_html(lesson.about) + (lesson.about.ends_with('\n') ? "\n" : "\n\n");
  return text;
}

std::string markdown_example(const Lesson& lesson, const ExampleTrace& trace, const CheckTable* check, const RenderOptions& options) {
  std::string text;
  if (options.matrix) {
    text = matrix_markdown(lesson, trace, options);
  } else {
    const auto value = [&](const Name& name) { return trace.value(name); };
    std::size_t number = 1;
    for (const Step& step : derivation_steps(lesson, trace, {options.digits, false})) text += step_text(step, number++, check, options, value);
  }
  if (text.empty() || !lesson.several_examples()) return text;
  return fmt::format("# Example {} of {}\n\n", trace.example, lesson.examples.size()) + text;
}

std::string markdown_means(const Lesson& lesson, const MeanTrace& means, const CheckTable* check, const RenderOptions& options) {
  const auto value = [&](const Name& name) { return means.value(name); };
  return step_text(mean_step(lesson, means, {options.digits, false}), 4 * lesson.network.depth() + 2, check, options, value);
}

}  // namespace gradtrace
