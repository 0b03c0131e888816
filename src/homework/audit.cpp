// Mistaken sheets compared with the right one and with each other.
#include "homework/audit.hpp"

#include "base/number.hpp"
#include "homework/grade.hpp"
#include "trace/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

constexpr int most_digits = 12;  // beyond that rounding differs, not the idea

constexpr double saturated_slope = 0.02;  // of at most ¼ (sigmoid) or 1 (tanh)
constexpr double near_kink = 0.01;        // |z| of a ReLU
constexpr double near_zero = 1e-4;        // an answer that is 0 to four decimals
constexpr double certain = 0.98;          // a softmax output that has won

/// What the asked numbers of a sheet are under a variation (none: the right ones).
std::vector<double> asked_numbers(const Lesson& lesson, const SheetLayout& layout, const std::vector<ExampleTrace>& traces, const std::optional<Variation>& variation) {
  const CellRules rules(lesson.network, lesson.examples.size());
  std::vector<double> all, sums;
  for (const ExampleTrace& trace : traces) {
    const std::vector<double> values = variation ? mistaken_example(rules, *variation, trace, lesson.learning_rate) : example_by_rules(rules, trace);
    all.insert(all.end(), values.begin(), values.end());
    add_to_sums(lesson.network, values, sums);
  }
  if (lesson.several_examples()) {
    std::vector<double> means;
    if (variation) {
      means = mistaken_means(rules, *variation, sums);
    } else {
      for (const double sum : sums) means.push_back(sum / static_cast<double>(lesson.examples.size()));
    }
    all.insert(all.end(), means.begin(), means.end());
  }
  std::vector<double> asked;
  for (const std::size_t index : layout.asked()) asked.push_back(all[index]);
  return asked;
}

/// The number of significant digits from which on x and y are written differently.
std::optional<int> digits_apart(double x, double y) {
  if (x == y || (std::isnan(x) && std::isnan(y))) return std::nullopt;
  const double larger = std::max(std::abs(x), std::abs(y));
  if (!std::isfinite(larger) || std::isnan(x) || std::isnan(y)) return 1;
  for (int digits = 1; digits <= most_digits; ++digits) {
    if (rounded(x, static_cast<std::size_t>(digits)) != rounded(y, static_cast<std::size_t>(digits))) return digits;
  }
  return std::nullopt;
}

std::optional<int> digits_apart(const std::vector<double>& x, const std::vector<double>& y) {
  std::optional<int> least;
  double needed = 0;  // a smaller relative difference needs more digits than have been found already
  for (std::size_t i = 0; i < x.size() && least != 1; ++i) {
    if (std::abs(x[i] - y[i]) < needed * std::max(std::abs(x[i]), std::abs(y[i]))) continue;
    const auto digits = digits_apart(x[i], y[i]);
    if (!digits || (least && *digits >= *least)) continue;
    least = digits;
    needed = std::pow(10.0, -*digits - 1);
  }
  return least;
}

/// Up to three names, and how many more.
std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) text += (i ? ", " : "") + names[i];
  return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

}  // namespace

std::vector<std::string> degenerate_numbers(const Lesson& lesson, const SheetLayout& layout) {
  const Network& network = lesson.network;
  const bool several = lesson.several_examples();
  std::vector<std::string> saturated, kinks, dead, winners, zeros, found;
  const auto label = [&](std::size_t e, Quantity quantity, std::size_t l, std::size_t j) {
    return to_string(Name{Scope::of_example(e), quantity, l, j, Name::none}, several);
  };
  const RightNumbers right(lesson);
  for (const ExampleTrace& trace : right.traces()) {
    for (std::size_t l = 1; l <= network.depth(); ++l) {
      const Activation activation = network.layer(l).activation;
      std::size_t off = 0;
      for (std::size_t j = 0; j < network.width(l); ++j) {
        const double z = trace.state.z[l](j), a = trace.state.a[l](j);
        if (activation == Activation::sigmoid || activation == Activation::tanh) {
          if (trace.slope(l, j, j) < saturated_slope) saturated.push_back(label(trace.example, Quantity::z, l, j));
        } else if (has_kink(activation)) {
          if (std::abs(z) < near_kink) kinks.push_back(label(trace.example, Quantity::z, l, j));
          off += z <= 0;
        } else if (activation == Activation::softmax && a > certain) {
          winners.push_back(label(trace.example, Quantity::a, l, j));
        }
      }
      if (activation == Activation::relu && off == network.width(l)) dead.push_back(fmt::format("layer {}{}", l, several ? fmt::format(" in example {}", trace.example) : ""));
    }
  }
  for (const std::size_t index : layout.asked()) {
    const Name name = layout.numbers().name(index);
    if (std::abs(right.value(name)) < near_zero) zeros.push_back(to_string(name, several));
  }
  if (!saturated.empty()) found.push_back(fmt::format("saturated: {}; the slope there is below {}, so gradients vanish and mistakes hide", list(saturated), saturated_slope));
  if (!winners.empty()) found.push_back(fmt::format("nearly certain: {}; a softmax output above {} leaves the others almost nothing", list(winners), certain));
  if (!kinks.empty()) found.push_back(fmt::format("at a kink: {}; |z| below {} makes rounding decide the slope", list(kinks), near_kink));
  if (!dead.empty()) found.push_back(fmt::format("dead: every ReLU of {}; all gradients before it are 0", list(dead)));
  if (!zeros.empty()) found.push_back(fmt::format("near zero: {}; an answer below {} is 0 to most students", list(zeros), shortest(near_zero)));
  return found;
}

Audit audit(const Lesson& lesson) {
  const Grader grader(lesson);
  const SheetLayout& layout = grader.layout();
  const std::vector<ExampleTrace> traces = RightNumbers(lesson).traces();
  const std::vector<double> right = asked_numbers(lesson, layout, traces, std::nullopt);
  Audit audit;
  std::vector<std::vector<double>> sheets;
  for (const MistakeInfo& mistake : mistakes) {
    Audit::Shown shown;
    shown.mistake = mistake.mistake;
    std::vector<std::size_t> ways = choices(lesson.network, lesson.examples.size(), mistake.mistake);
    shown.possible = !ways.empty();
    // Of early rounding, the coarsest that is coarser than what is asked.
    if (mistake.mistake == Mistake::early_rounding) ways = {static_cast<std::size_t>(std::max(1, layout.digits() - 1))};
    sheets.push_back(shown.possible ? asked_numbers(lesson, layout, traces, Variation{mistake.mistake, ways.front(), {}}) : right);
    for (std::size_t i = 0; i < right.size(); ++i) {
      double& mistaken = sheets.back()[i];
      if (std::abs(right[i] - mistaken) <= grader.negligible(layout.asked()[i])) mistaken = right[i];  // as the grader has it
      const auto digits = digits_apart(right[i], mistaken);
      shown.answers += digits && *digits <= layout.digits();
    }
    shown.digits = digits_apart(right, sheets.back());
    audit.mistakes.push_back(shown);
  }
  audit.digits.assign(sheets.size(), std::vector<std::optional<int>>(sheets.size()));
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    for (std::size_t j = i + 1; j < sheets.size(); ++j) audit.digits[i][j] = audit.digits[j][i] = digits_apart(sheets[i], sheets[j]);
  }
  audit.degenerate = degenerate_numbers(lesson, layout);
  return audit;
}

std::vector<std::pair<Mistake, Mistake>> Audit::confusable(int digits_asked) const {
  std::vector<std::pair<Mistake, Mistake>> pairs;
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    for (std::size_t j = i + 1; j < mistakes.size(); ++j) {
      const bool both_show = mistakes[i].answers > 0 && mistakes[j].answers > 0;
      const bool apart = digits[i][j] && *digits[i][j] <= digits_asked;
      if (both_show && !apart) pairs.emplace_back(mistakes[i].mistake, mistakes[j].mistake);
    }
  }
  return pairs;
}

}  // namespace gradtrace
