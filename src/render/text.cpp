// The derivation as text: steps, each with tables of rule, numbers put in, result and nudged twin.
#include "render/text.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/check_text.hpp"
#include "render/matrix_equations.hpp"
#include "render/notation.hpp"
#include "render/steps.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/visible_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {

std::string shape_of(const Network& network) {
  std::string text = std::to_string(network.inputs);
  for (const Layer& layer : network.layers) text += " → " + std::to_string(layer.neurons());
  return text;
}

std::string activations_of(const Network& network) {
  std::string text;
  for (const Layer& layer : network.layers) text += (text.empty() ? "" : ", ") + std::string(info(layer.activation).name);
  const bool same = std::all_of(network.layers.begin(), network.layers.end(), [&](const Layer& layer) {
    return layer.activation == network.layers.front().activation;
  });
  return same ? std::string(info(network.layers.front().activation).name) : text;
}

std::string render_header(const Lesson& lesson, const RenderOptions& options) {
  const auto width = static_cast<std::size_t>(options.width);
  const std::string title = in(options.ascii, neutralised(lesson.title, " "));
  const std::string shape = in(options.ascii, shape_of(lesson.network) + "   " + activations_of(lesson.network));
  const std::string cost = in(options.ascii, "C = " + std::string(info(lesson.network.cost).formula));
  // Beside the title where both fit, below it where not; a page of prose is no wider than eyes like.
  constexpr std::size_t widest_story = 100;
  const std::size_t page = std::min(width, widest_story);
  const std::string beside = shape + "   " + cost;
  const std::size_t used = count_columns(title) + count_columns(beside);
  std::string text;
  if (used + 3 <= page) {
    text = colored(title, Color::bold, options.color) + std::string(page - used, ' ') + beside + "\n\n";
  } else {
    text = wrap(title, width, 0);
    text.pop_back();
    text = colored(text, Color::bold, options.color) + "\n";
    text += count_columns(beside) <= width ? beside + "\n" : wrap(shape, width, 0, 2) + wrap(cost, width, 0, 2);
    text += "\n";
  }
  if (!lesson.about.empty()) text += story_text(lesson.about, page, 2, options.ascii) + "\n";
  return text;
}

namespace {

struct Twin {
  std::string number, mark;
  Color color = Color::green;
};

/// The nudged number of a row and a mark for its verdict.
Twin twin_of(const CheckRow* row, const RenderOptions& options) {
  if (!row) return {};
  Twin twin{nudged_text(*row, options), "✓", Color::green};
  // What nudging cannot tell from zero is not printed to four digits.
  if (row->verdict == Verdict::agree && std::abs(row->numeric) <= row->bound && row->analytic == 0) twin.number = "0";
  switch (row->verdict) {
    case Verdict::agree: break;
    case Verdict::disagree:
      twin.mark = "✗";
      twin.color = Color::red;
      break;
    case Verdict::inconclusive:
      twin.mark = "?";
      twin.color = Color::yellow;
      break;
    case Verdict::kink:
      twin.mark = "kink";
      twin.color = Color::yellow;
      twin.number = fmt::format("{} … {}", significant(row->at_kink->left, options.digits, options.ascii, true),
                                significant(row->at_kink->right, options.digits, options.ascii, true));
      break;
  }
  twin.mark = in(options.ascii, twin.mark);
  twin.number = in(options.ascii, twin.number);
  return twin;
}

/// One table of a step, as rows of text ready to be aligned with the step's other tables.
struct Rows {
  std::string rule;
  std::vector<std::string> index_headers;
  std::vector<std::vector<std::string>> indices;
  std::vector<std::string> expressions, results;
  std::vector<Twin> twins;
  std::string left_out;
  std::vector<std::string> notes;
};

class StepText {
 public:
  StepText(const CheckTable* check, const RenderOptions& options, std::function<double(const Name&)> value)
      : check_(check), options_(options), value_(std::move(value)) {}

  /// The step under `number`, or "" where nothing of it is wanted.
  std::string render(const Step& step, std::size_t number) const {
    std::vector<Rows> tables;
    for (const RuleTable& table : step.tables) {
      Rows rows = rows_of(table);
      if (!rows.results.empty()) tables.push_back(std::move(rows));
    }
    if (tables.empty()) return "";
    std::string text = colored(fmt::format("{:<2} {}", number, in(options_.ascii, step.title)), Color::bold, options_.color) + "\n";
    align_across(tables);
    const Widths widths = measure(tables);
    for (const Rows& rows : tables) text += (&rows == tables.data() ? "" : "\n") + render_rows(rows, widths);
    return text + "\n";
  }

 private:
  static constexpr std::size_t indent = 3;
  static constexpr std::string_view heading = "nudged";

  struct Widths {
    std::size_t index = 0;
    std::size_t left = 0;   // of rules and expressions, but no more than leaves room for the numbers
  };

  std::size_t expression_room() const {
    // Indices, " = ", the result and its twin take the rest; a column of numbers needs no more than this.
    constexpr std::size_t widest = 64;
    const std::size_t digits = static_cast<std::size_t>(options_.digits);
    const std::size_t others = indent + 8 + 3 + (digits + 7) + (check_ ? digits + 11 : 0);
    const auto width = static_cast<std::size_t>(options_.width);
    return width > others + 12 ? std::min(width - others, widest) : 12;
  }

  Rows rows_of(const RuleTable& table) const {
    Rows rows;
    const std::vector<Name> wanted = table.names(options_.selection);
    const VisibleRows visible = choose_rows(wanted, value_, options_.all);
    rows.rule = in(options_.ascii, table.rule);
    rows.index_headers = table.index_names;
    const std::size_t room = expression_room();
    bool infinite = false;
    for (const std::size_t i : visible.shown) {
      const Name& name = wanted[i];
      std::vector<std::string> indices;
      for (const std::size_t index : table.indices(name)) indices.push_back(std::to_string(index));
      rows.indices.push_back(std::move(indices));
      rows.expressions.push_back(in(options_.ascii, fit(table.expression(name), room)));
      const double value = value_(name);
      infinite = infinite || !std::isfinite(value);
      rows.results.push_back(in(options_.ascii, significant(value, options_.digits, options_.ascii)));
      rows.twins.push_back(twin_of(check_ ? check_->find(name) : nullptr, options_));
    }
    if (visible.left_out > 0) {
      rows.left_out = in(options_.ascii, fmt::format("… {} more, the largest of them {}; --all shows them", visible.left_out,
                                                     significant(visible.largest_left_out, 2, options_.ascii)));
    }
    for (const std::string& note : table.notes_where(infinite)) rows.notes.push_back(in(options_.ascii, note));
    return rows;
  }

  /// Widths common to the tables of a step, so that its results stand in one column.
  Widths measure(const std::vector<Rows>& tables) const {
    Widths widths;
    std::size_t numbers = 0;  // " = ", the result, its twin
    for (const Rows& rows : tables) {
      std::size_t index = 0;
      for (std::size_t c = 0; c < rows.index_headers.size(); ++c) {
        std::size_t column = rows.index_headers[c].size();
        for (const auto& indices : rows.indices) column = std::max(column, indices[c].size());
        index += column + 2;
      }
      widths.index = std::max(widths.index, index);
      for (const std::string& expression : rows.expressions) {
        widths.left = std::max(widths.left, count_columns(expression));
      }
      widths.left = std::max(widths.left, count_columns(rows.rule));
      for (std::size_t r = 0; r < rows.results.size(); ++r) {
        std::size_t row = 3 + count_columns(rows.results[r]);
        if (!rows.twins[r].mark.empty()) {
          row += 3 + std::max(heading.size(), count_columns(rows.twins[r].number)) + 1 + count_columns(rows.twins[r].mark);
        }
        numbers = std::max(numbers, row);
      }
    }
    const std::size_t others = indent + widths.index + numbers;
    const auto width = static_cast<std::size_t>(options_.width);
    widths.left = std::min(widths.left, width > others ? width - others : 0);
    return widths;
  }

  /// Results, and nudged twins, of all tables of a step stand in one column each.
  static void align_across(std::vector<Rows>& tables) {
    std::vector<std::string> results, twins;
    for (const Rows& rows : tables) {
      results.insert(results.end(), rows.results.begin(), rows.results.end());
      for (const Twin& twin : rows.twins) twins.push_back(twin.number);
    }
    results = aligned(results, Align::decimal);
    twins = aligned(twins, Align::decimal);
    std::size_t i = 0;
    for (Rows& rows : tables) {
      for (std::size_t r = 0; r < rows.results.size(); ++r, ++i) {
        rows.results[r] = results[i];
        rows.twins[r].number = twins[i];
      }
    }
  }

  std::string render_rows(const Rows& rows, const Widths& widths) const {
    const bool twins = std::any_of(rows.twins.begin(), rows.twins.end(), [](const Twin& twin) { return !twin.mark.empty(); });
    const bool expressions = std::any_of(rows.expressions.begin(), rows.expressions.end(),
                                         [](const std::string& text) { return !text.empty(); });
    std::string text(indent, ' ');
    text += padded(index_cells(rows, rows.index_headers), widths.index) + colored(rows.rule, Color::dim, options_.color);
    if (twins) {
      const std::size_t twin_width = count_columns(rows.twins.front().number);
      const std::size_t end = indent + widths.index + widths.left + 3 + count_columns(rows.results.front()) + 3 +
                              std::max(twin_width, heading.size());
      const std::size_t before = indent + widths.index + count_columns(rows.rule);
      if (before + heading.size() + 2 < end) {
        text += std::string(end - before - heading.size(), ' ') + colored(std::string(heading), Color::dim, options_.color);
      }
    }
    text += '\n';
    for (std::size_t r = 0; r < rows.results.size(); ++r) {
      std::string numbers = (expressions ? " = " : "   ") + rows.results[r];
      if (twins) {
        const std::size_t number_width = count_columns(rows.twins[r].number);
        numbers += "   " + std::string(number_width < heading.size() ? heading.size() - number_width : 0, ' ') +
                   rows.twins[r].number + " " + colored(rows.twins[r].mark, rows.twins[r].color, options_.color);
      }
      const std::string prefix = std::string(indent, ' ') + padded(index_cells(rows, rows.indices[r]), widths.index);
      text += equation_line(prefix, rows.expressions[r], widths.left, numbers);
    }
    if (!rows.left_out.empty()) text += std::string(indent, ' ') + colored(rows.left_out, Color::dim, options_.color) + '\n';
    for (const std::string& note : rows.notes) {
      text += wrap(note, static_cast<std::size_t>(options_.width), indent + widths.index);
    }
    return text;
  }

  std::string index_cells(const Rows& rows, const std::vector<std::string>& cells) const {
    std::string text;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      std::size_t width = rows.index_headers[c].size();
      for (const auto& indices : rows.indices) width = std::max(width, indices[c].size());
      text += std::string(width - cells[c].size(), ' ') + cells[c] + "  ";
    }
    return text;
  }

  const CheckTable* check_;
  const RenderOptions& options_;
  std::function<double(const Name&)> value_;
};

}  // namespace

std::string render_example(const Lesson& lesson, const ExampleTrace& trace, const CheckTable* check, const RenderOptions& options) {
  std::string text;
  if (options.matrix) {
    text = matrix_text(lesson, trace, options);
  } else {
    const StepText step_text(check, options, [&](const Name& name) { return trace.value(name); });
    std::size_t number = 1;
    for (const Step& step : derivation_steps(lesson, trace, {options.digits, options.ascii})) text += step_text.render(step, number++);
  }
  if (text.empty() || !lesson.several_examples()) return text;
  const std::string title = fmt::format("Example {} of {}", trace.example, lesson.examples.size());
  return colored(title, Color::bold, options.color) + " (counted from 0)\n\n" + text;
}

std::string render_means(const Lesson& lesson, const MeanTrace& means, const CheckTable* check, const RenderOptions& options) {
  const StepText step_text(check, options, [&](const Name& name) { return means.value(name); });
  const std::size_t number = 3 * lesson.network.depth() + lesson.network.depth() + 2;
  return step_text.render(mean_step(lesson, means, {options.digits, options.ascii}), number);
}

}  // namespace gradtrace
