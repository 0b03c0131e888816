// Why a number is what it is.
#include "render/why_text.hpp"

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"
#include "render/notation.hpp"
#include "render/steps.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "trace/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace gradtrace {
namespace {

// Of a wide sum as many terms are followed; the rest is a trace's business.
constexpr std::size_t most_terms = 3;
constexpr std::size_t most_behind = 40;
// A factor below this share of what it could be is what makes a gradient small.
constexpr double small_share = 0.2, large_share = 0.5;

class WhyText {
 public:
  WhyText(const Lesson& lesson, const RenderOptions& options) : lesson_(lesson), options_(options) {}

  std::string explain(const std::vector<ExampleTrace>& all, const Name& name) {
    const ExampleTrace& trace = all[name.scope.example];
    const std::vector<Step> steps = derivation_steps(lesson_, trace, {options_.digits, options_.ascii});
    title(name, trace.value(name), rank_text(trace, name));
    const RuleTable& table = table_of(steps, name);
    const std::string value = number(trace.value(name));
    const std::string expression = fit(table.expression(name), room(4 + value.size() + 3));
    text_ += line("  " + table.rule);
    text_ += line("    " + (expression == value ? "" : expression + " = ") + value);
    for (const std::string& note : table.notes_where(!std::isfinite(trace.value(name)))) text_ += wrap(in(options_.ascii, note), width(), 4);
    text_ += "\n";
    factors(gradient_factors(trace, name, all));
    behind(steps, trace, name);
    return text_;
  }

  /// What finds the lesson from here.
  std::string command_name() const { return in_shell(lesson_.file.parent_path().filename() == "lessons" ? lesson_.name : neutralised(lesson_.file.string(), "?")); }

  std::string explain_mean(const std::vector<ExampleTrace>& all, const Name& name) {
    std::vector<double> parts;
    Name part = name;
    for (const ExampleTrace& trace : all) parts.push_back(trace.value(part));
    const auto n = static_cast<double>(parts.size());
    const double sum = std::accumulate(parts.begin(), parts.end(), 0.0);
    const double mean = std::isfinite(sum) ? sum / n : std::accumulate(parts.begin(), parts.end(), 0.0, [&](double before, double part_of_sum) { return before + part_of_sum / n; });
    title(name, mean, "");
    text_ += line(fmt::format("  {} = 1/{} Σₓ {}", mean_symbol(name), parts.size(), example_symbol(name)));
    text_ += line(std::isfinite(sum) ? fmt::format("    {} / {} = {}", number(sum), parts.size(), number(mean))
                                     : fmt::format("    = {}; the sum alone is beyond a double", number(mean))) + "\n";

    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return std::abs(parts[x]) > std::abs(parts[y]); });
    constexpr std::size_t usual_rows = 10;
    const std::size_t shown = options_.all ? parts.size() : std::min(parts.size(), usual_rows);
    TextTable table{{{"", Align::left}, {"value", Align::decimal}, {"its part of the mean", Align::decimal}, {"", Align::left}}, {}};
    for (std::size_t i = 0; i < shown; ++i) {
      const double value = parts[order[i]];
      part.scope = Scope::of_example(order[i]);
      const bool opposes = value != 0 && sum != 0 && std::signbit(value) != std::signbit(sum);
      table.rows.push_back({to_string(part, true), number(value), number(value / n), opposes ? "opposes" : ""});
    }
    text_ += line("  the examples, the strongest first") + in(options_.ascii, render_table(table, 4));
    if (shown < parts.size()) text_ += line(fmt::format("    … {} more; --all shows them", parts.size() - shown));
    part.scope = Scope::of_example(order.front());
    text_ += "\n" + line(fmt::format("  one of them explained: gradtrace why {} '{}'", command_name(), to_string(part, true)));
    return text_;
  }

  std::string explain_given(double value, const Name& name) {
    title(name, value, "");
    text_ += line("  given by the lesson; nothing stands behind it");
    if (name.quantity == Quantity::y) return text_;
    Name derivative = name;
    derivative.quantity = name.quantity == Quantity::w ? Quantity::dC_dw : name.quantity == Quantity::b ? Quantity::dC_db : Quantity::dC_da;
    const bool several = lesson_.several_examples();
    if (name.quantity != Quantity::a) derivative.scope = several ? Scope::of_mean() : Scope::of_example(0);
    text_ += line(fmt::format("  how the cost answers to it:  gradtrace why {} '{}'", command_name(), to_string(derivative, several)));
    text_ += line(fmt::format("  how its influence travels:   gradtrace paths {} --from '{}'", command_name(), to_string(name, several)));
    return text_;
  }

 private:
  std::size_t width() const { return static_cast<std::size_t>(options_.width); }
  std::size_t room(std::size_t others) const { return width() > others + 12 ? width() - others : 12; }
  std::string number(double value) const { return significant(value, options_.digits, options_.ascii); }
  std::string line(const std::string& unicode) const {
    const std::string text = in(options_.ascii, unicode);
    const std::size_t indent = text.find_first_not_of(' ');
    return indent == std::string::npos ? text + "\n" : wrap(text.substr(indent), width(), indent, 2);
  }
  std::string label(const Name& name) const { return to_string(name, lesson_.several_examples()); }

  void title(const Name& name, double value, const std::string& rank) {
    const std::string what = name.scope.kind == Scope::Kind::mean && name.quantity == Quantity::C ? "cost of the data set" : std::string(info(name.quantity).meaning);
    const std::string first = fmt::format("{} = {}", label(name), significant(value, options_.digits, options_.ascii, is_given(name)));
    text_ += colored(in(options_.ascii, first), Color::bold, options_.color) + "\n";
    text_ += wrap(in(options_.ascii, what + (rank.empty() ? "" : "; " + rank)), width(), 2) + "\n";
  }

  std::string rank_text(const ExampleTrace& trace, const Name& name) const {
    const Rank rank = rank_of(trace, name);
    if (rank.of == 1) return "";
    const std::string of = fmt::format("of the {} {} of layer {}", rank.of, info(name.quantity).symbol, name.layer);
    if (rank.place == 1) return "the largest " + of;
    if (rank.place == rank.of) return "the smallest " + of;
    return fmt::format("number {} {} by size", rank.place, of);
  }

  static std::string mean_symbol(const Name& name) { return std::string(info(name.quantity).symbol); }
  static std::string example_symbol(const Name& name) {
    return name.quantity == Quantity::C ? "Cₓ" : name.quantity == Quantity::dC_db ? "∂Cₓ/∂b" : "∂Cₓ/∂w";
  }

  static const RuleTable& table_of(const std::vector<Step>& steps, const Name& name) {
    for (const Step& step : steps) {
      for (const RuleTable& table : step.tables) {
        if (table.gives(name)) return table;
      }
    }
    return steps.front().tables.front();
  }

  // --- the three factors ---

  static std::string question(GradientFactor::Kind kind) {
    switch (kind) {
      case GradientFactor::Kind::wrong: return "how wrong";
      case GradientFactor::Kind::responsive: return "how responsive";
      case GradientFactor::Kind::active: return "how active";
      case GradientFactor::Kind::signal: return "error signal";
    }
    return "";
  }

  std::string comparison(const GradientFactor& factor) const {
    const std::string largest = significant(factor.largest, options_.digits, options_.ascii, true);
    switch (factor.reference) {
      case GradientFactor::Reference::none: return fmt::format("alone in layer {}", factor.name.layer);
      case GradientFactor::Reference::possible: return fmt::format("of at most {}", largest);
      case GradientFactor::Reference::layer:
        if (factor.share().value_or(0) >= 1) return fmt::format("the largest of layer {}", factor.name.layer);
        return fmt::format("layer {} has up to {}", factor.name.layer, largest);
    }
    return "";
  }

  void factors(const std::vector<GradientFactor>& factors) {
    if (factors.empty()) return;
    text_ += line(factors.size() == 1 ? "  its factor" : factors.size() == 2 ? "  its two factors" : "  its three factors");
    TextTable table{{{"", Align::left}, {"", Align::left}, {"", Align::decimal}, {"", Align::left}, {"", Align::left}}, {}};
    for (const GradientFactor& factor : factors) {
      constexpr double longest = 8;
      std::string bar;
      const double share = std::min(1.0, factor.share().value_or(0));
      for (int i = 0; i < static_cast<int>(std::lround(share * longest)); ++i) bar += options_.ascii ? "#" : "█";
      table.rows.push_back({question(factor.kind), in(options_.ascii, label(factor.name)), number(factor.value), bar, in(options_.ascii, comparison(factor))});
    }
    std::string rows = render_table(table, 4);
    if (widest_line(rows) > width()) {  // without the bars
      table.columns.erase(table.columns.begin() + 3);
      for (auto& row : table.rows) row.erase(row.begin() + 3);
      rows = render_table(table, 4);
    }
    text_ += rows;
    text_ += "\n" + wrap(in(options_.ascii, verdict(factors)), width(), 4) + "\n";
  }

  static std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      widest = std::max(widest, count_columns(std::string_view(text).substr(at, end - at)));
      at = end == std::string::npos ? text.size() : end + 1;
    }
    return widest;
  }

  static std::string why_zero(const GradientFactor& factor) {
    switch (factor.kind) {
      case GradientFactor::Kind::wrong: return "the cost does not answer to this neuron's activation at all";
      case GradientFactor::Kind::responsive: return "the neuron does not respond: its activation is flat where it stands";
      case GradientFactor::Kind::active: return "the neuron before is silent, and a weight from a silent neuron changes nothing";
      case GradientFactor::Kind::signal: return "no error signal reaches this neuron";
    }
    return "";
  }

  static std::string verdict(const std::vector<GradientFactor>& factors) {
    for (const GradientFactor& factor : factors) {
      if (factor.value == 0) return "It is 0 because " + why_zero(factor) + ".";
    }
    const GradientFactor* least = nullptr;
    bool all_large = true;
    for (const GradientFactor& factor : factors) {
      const auto share = factor.share();
      if (!share) continue;
      all_large = all_large && *share >= large_share;
      if (!least || *share < *least->share()) least = &factor;
    }
    if (!least) return "";
    const std::string percent = fmt::format("{:.2g} %", 100 * *least->share());
    if (*least->share() < small_share) {
      return fmt::format("What makes it small is {}: {} of {}.", question(least->kind), percent,
                         least->reference == GradientFactor::Reference::possible ? "the most it could be" : "the largest of its layer");
    }
    if (all_large) return "None of the factors holds it back.";
    return fmt::format("No factor is very small; {} holds it back most ({}).", question(least->kind), percent);
  }

  // --- what stands behind it ---

  void behind(const std::vector<Step>& steps, const ExampleTrace& trace, const Name& name) {
    const CellRules rules(lesson_.network, lesson_.examples.size());
    std::vector<Name> names = numbers_behind(rules, trace, name, options_.all ? Name::none : most_terms);
    names.erase(names.begin());  // the number itself
    if (names.empty()) {
      text_ += line("  all it is made of is given");
      return;
    }
    const std::size_t shown = options_.all ? names.size() : std::min(names.size(), most_behind);
    text_ += line("  behind it, down to the inputs");
    std::vector<std::string> labels, values;
    std::size_t label_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      labels.push_back(in(options_.ascii, label(names[i])));
      label_width = std::max(label_width, count_columns(labels.back()));
      values.push_back(in(options_.ascii, number(trace.value(names[i]))));
    }
    values = aligned(values, Align::decimal);
    constexpr std::size_t widest_expression = 64;
    const std::size_t expression_room = std::min(widest_expression, room(6 + label_width + 2 + 3 + count_columns(values.front())));
    std::vector<std::string> expressions;
    std::vector<const RuleTable*> tables;
    std::size_t expression_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      tables.push_back(i > 0 && tables.back()->gives(names[i]) ? tables.back() : &table_of(steps, names[i]));
      expressions.push_back(in(options_.ascii, fit(tables.back()->expression(names[i]), expression_room)));
      expression_width = std::max(expression_width, count_columns(expressions.back()));
    }
    expression_width = std::min(expression_width, expression_room);
    for (std::size_t i = 0; i < shown; ++i) {
      const bool new_rule = i == 0 || names[i].quantity != names[i - 1].quantity || names[i].layer != names[i - 1].layer;
      if (new_rule) {
        const std::string rule = in(options_.ascii, tables[i]->rule);
        text_ += "    " + colored(rule, Color::dim, options_.color) + "\n";
      }
      text_ += equation_line("      " + padded(labels[i], label_width) + "  ", expressions[i], expression_width, " = " + values[i]);
    }
    if (shown < names.size()) text_ += line(fmt::format("    … {} more; --all shows them", names.size() - shown));
  }

  const Lesson& lesson_;
  const RenderOptions& options_;
  std::string text_;
};

}  // namespace

std::string render_why(const Lesson& lesson, const std::vector<ExampleTrace>& all, const Name& name, const RenderOptions& options) {
  return WhyText(lesson, options).explain(all, name);
}

std::string render_why_mean(const Lesson& lesson, const std::vector<ExampleTrace>& all, const Name& name, const RenderOptions& options) {
  return WhyText(lesson, options).explain_mean(all, name);
}

std::string render_why_given(const Lesson& lesson, double value, const Name& name, const RenderOptions& options) {
  return WhyText(lesson, options).explain_given(value, name);
}

}  // namespace gradtrace
