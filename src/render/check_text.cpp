// The gradient check as text.
#include "render/check_text.hpp"

#include "base/number.hpp"
#include "check/schemes.hpp"
#include "golden/cause.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

constexpr std::size_t most_rows = 8;  // of a list, unless --all

/// "2.2 %", "0.05 %"
std::string percent(double share) { return fmt::format("{:.2g} %", 100 * share); }

std::string step_text(const CheckOptions& check) {
  if (check.method == Method::dual) return "no step";
  if (check.step) return fmt::format("h = {}", shortest(*check.step));
  const double usual = usual_step(check.method);
  return is_difference(check.method) ? fmt::format("h ≈ {}", rough(usual)) : fmt::format("h = {}", shortest(usual));
}

}  // namespace

std::string nudged_text(const CheckRow& row, const RenderOptions& options) {
  return in(options.ascii, says_nothing(row) ? "—" : significant(row.numeric, options.digits, options.ascii));
}

namespace {

class SummaryText {
 public:
  SummaryText(const Lesson& lesson, const CheckSummary& summary, const CheckOptions& check, const RenderOptions& options)
      : lesson_(lesson), several_(lesson.several_examples()), summary_(summary), check_(check), options_(options) {}

  std::string render() {
    verdict();
    if (!summary_.agrees()) failures();
    list(summary_.kinks, summary_.count(Verdict::kink), "at a kink",
         "the nudge carried a ReLU across z = 0; any value between the one-sided derivatives is right (backprop takes "
         "the slope at z = 0 to be that on the left)");
    const bool beyond = std::ranges::all_of(summary_.undecided, says_nothing);
    list(summary_.undecided, summary_.count(Verdict::inconclusive), "inconclusive",
         beyond ? "a nudged cost or its slope is beyond what a double can hold (1.8e308)" : "the error bound is too wide to tell right from wrong");
    for (const std::string& note : summary_.notes) {
      text_ += wrap(in(options_.ascii, note), static_cast<std::size_t>(options_.width), 2, 2);
    }
    return text_;
  }

 private:
  std::string number(double value) const { return significant(value, options_.digits, options_.ascii); }
  std::string bound(const CheckRow& row) const { return says_nothing(row) ? in(options_.ascii, "—") : rough(row.bound); }
  std::string name(const CheckRow& row) const { return to_string(row.name, several_); }

  void verdict() {
    const bool good = summary_.agrees();
    std::string line;
    if (good) {
      line = fmt::format("{} numbers nudged ({}, {})", summary_.total(), info(check_.method).name, step_text(check_));
      if (summary_.worst) {
        line += fmt::format("; worst relative error {} at {}", rough(summary_.worst->relative_error), name(*summary_.worst));
      }
    } else {
      line = fmt::format("{} of {} numbers disagree with their nudged twins ({}, {})", summary_.count(Verdict::disagree),
                         summary_.total(), info(check_.method).name, step_text(check_));
    }
    if (summary_.by_witness > 0) line += fmt::format("; {} by dual numbers, their differences being too rough", summary_.by_witness);
    if (summary_.left_out > 0) {
      const double share = static_cast<double>(summary_.total()) / static_cast<double>(summary_.total() + summary_.left_out);
      line += fmt::format("; a sample, {} of {} numbers, some of every quantity and layer", percent(share), summary_.total() + summary_.left_out);
    }
    text_ += verdict_line(good ? Mark::good : Mark::bad, "gradient check", line, options_);
  }

  void failures() {
    if (summary_.first_failure) {
      const CheckRow& first = *summary_.first_failure;
      text_ += in(options_.ascii, fmt::format("\n  The derivation first departs at {}: backprop {}, nudged {}\n", name(first),
                                              number(first.analytic), number(first.numeric)));
    }
    const std::size_t shown = options_.all ? summary_.failures.size() : std::min(most_rows, summary_.failures.size());
    TextTable table{{{"worst first", Align::left}, {"backprop", Align::decimal}, {"nudged", Align::decimal},
                     {"error bound", Align::right}, {"relative error", Align::right}}, {}};
    const bool witnesses = std::any_of(summary_.failures.begin(), summary_.failures.end(), [](const CheckRow& row) { return row.witness.has_value(); });
    if (witnesses) table.columns.insert(table.columns.begin() + 3, {"dual", Align::decimal});
    for (std::size_t i = 0; i < shown; ++i) {
      const CheckRow& row = summary_.failures[i];
      std::vector<std::string> cells{name(row), in(options_.ascii, number(row.analytic)), nudged_text(row, options_)};
      if (witnesses) cells.push_back(row.witness ? in(options_.ascii, number(row.witness->value)) : "");
      cells.insert(cells.end(), {bound(row), rough(row.relative_error)});
      table.rows.push_back(std::move(cells));
    }
    text_ += "\n" + render_table(table, 2);
    more(summary_.count(Verdict::disagree) - shown);
    text_ += "\n";
    const Cause cause = likely_cause(lesson_, summary_, options_.digits);
    for (const std::string& line : cause.lines) text_ += wrap(in(options_.ascii, line), static_cast<std::size_t>(options_.width), 2, 2);
    if (!cause.lines.empty()) text_ += "\n";
  }

  void more(std::size_t count) {
    if (count > 0) text_ += in(options_.ascii, fmt::format("  … and {} more{}\n", count, options_.all ? "" : "; --all lists them"));
  }

  void list(const std::vector<CheckRow>& rows, std::size_t count, const char* verdict, const char* meaning) {
    if (count == 0) return;
    text_ += wrap(in(options_.ascii, fmt::format("{} {}: {}", count, verdict, meaning)),
                  static_cast<std::size_t>(options_.width), 2, 2);
    const std::size_t shown = options_.all ? rows.size() : std::min<std::size_t>(3, rows.size());
    TextTable table{{{"", Align::left}, {"backprop", Align::decimal}, {"nudged", Align::decimal}}, {}};
    const bool kinks = !rows.empty() && std::ranges::all_of(rows, [](const CheckRow& row) { return row.at_kink.has_value(); });
    if (kinks) {
      table.columns.push_back({"from the left", Align::decimal});
      table.columns.push_back({"from the right", Align::decimal});
      table.columns.push_back({"ReLU at", Align::left});
    } else {
      table.columns.push_back({"error bound", Align::right});
    }
    for (std::size_t i = 0; i < shown; ++i) {
      const CheckRow& row = rows[i];
      std::vector<std::string> cells{name(row), in(options_.ascii, number(row.analytic)), nudged_text(row, options_)};
      if (kinks) {
        cells.push_back(in(options_.ascii, number(row.at_kink->left)));
        cells.push_back(in(options_.ascii, number(row.at_kink->right)));
        cells.push_back(row.kink ? to_string(*row.kink, several_) : "");
      } else {
        cells.push_back(bound(row));
      }
      table.rows.push_back(std::move(cells));
    }
    text_ += render_table(table, 4);
    if (count > shown) text_ += in(options_.ascii, fmt::format("    … and {} more\n", count - shown));
  }

  const Lesson& lesson_;
  bool several_;
  const CheckSummary& summary_;
  const CheckOptions& check_;
  const RenderOptions& options_;
  std::string text_;
};

}  // namespace

std::string render_check_summary(const Lesson& lesson, const CheckSummary& summary, const CheckOptions& check,
                                 const RenderOptions& options) {
  return SummaryText(lesson, summary, check, options).render();
}

CheckReport::Group& CheckReport::group_of(const Name& name) {
  const bool mean = name.scope.kind == Scope::Kind::mean;
  for (Group& group : groups_) {
    if (group.mean == mean && group.quantity == name.quantity && group.layer == name.layer) return group;
  }
  groups_.push_back({mean, name.quantity, name.layer, {}, {}, false});
  return groups_.back();
}

void CheckReport::add(const CheckTable& table) {
  for (const Block& block : table.blocks) {
    const std::span rows{table.rows.data() + block.offset, block.size()};
    Group& group = group_of(rows[0].name);
    const double largest = largest_number(rows);
    for (const CheckRow& row : rows) {
      ++group.counts[static_cast<std::size_t>(row.verdict)];
      if (tells_the_error(row, largest) && (!group.has_worst || row.relative_error > group.worst.relative_error)) {
        group.worst = row;
        group.has_worst = true;
      }
    }
  }
}

std::string CheckReport::render(const CheckSummary& summary) const {
  TextTable table{{{"quantity", Align::left}, {"layer", Align::right}, {"numbers", Align::right}, {"agree", Align::right},
                   {"disagree", Align::right}, {"inconclusive", Align::right}, {"kink", Align::right},
                   {"worst error", Align::right}, {"at", Align::left}}, {}};
  for (const Group& group : groups_) {
    const auto& counts = group.counts;
    const auto count = [&](Verdict verdict) {
      const std::size_t number = counts[static_cast<std::size_t>(verdict)];
      return number == 0 ? std::string("·") : std::to_string(number);
    };
    table.rows.push_back({(group.mean ? "mean " : "") + std::string(info(group.quantity).name), std::to_string(group.layer),
                          std::to_string(counts[0] + counts[1] + counts[2] + counts[3]), count(Verdict::agree),
                          count(Verdict::disagree), count(Verdict::inconclusive), count(Verdict::kink),
                          group.has_worst ? rough(group.worst.relative_error) : "·",
                          group.has_worst ? to_string(group.worst.name, lesson_.several_examples()) : ""});
  }
  // In a narrow terminal the columns that say nothing go first.
  for (const std::size_t column : {6u, 5u}) {
    const bool silent = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column] == "·"; });
    if (!silent) continue;
    table.columns.erase(table.columns.begin() + column);
    for (auto& row : table.rows) row.erase(row.begin() + column);
  }
  return in(options_.ascii, render_table(table, 2)) + "\n" + render_check_summary(lesson_, summary, check_, options_);
}

}  // namespace gradtrace
