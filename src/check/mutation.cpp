// Mistaken numbers judged by the twins of the right network.
#include "check/mutation.hpp"

#include "check/verdict.hpp"

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

bool noticeably_other(double x, double y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return x != y;
  return std::abs(x - y) > noticeable_change * std::max(std::abs(x), std::abs(y));
}

/// The table's rows with other numbers in backprop's place, judged anew.
void judge_anew(const CheckTable& table, const CheckOptions& options, const std::vector<Block>& blocks,
                const std::vector<double>& mistaken, MutationResult& result) {
  for (const Block& block : table.blocks) {
    double scale = 0;
    const auto value_of = [&](std::size_t i) { return mistaken[place(blocks, table.rows[block.offset + i].name).value()]; };
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (std::isfinite(value_of(i))) scale = std::max(scale, std::abs(value_of(i)));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      CheckRow row = table.rows[block.offset + i];
      const double right = row.analytic;
      row.analytic = value_of(i);
      if (!noticeably_other(right, row.analytic)) continue;
      ++result.changed;
      row.relative_error = relative_error(row.analytic, row.numeric);
      row.verdict = row.at_kink ? judge_kink(row) : judge(row, options.relative_tolerance, scale);
      if (row.witness && row.verdict == Verdict::inconclusive) consult(row, *row.witness, options.relative_tolerance, scale);
      if (row.verdict == Verdict::disagree) {
        ++result.caught;
        if (!result.first) result.first = row.name;
      } else if (row.verdict != Verdict::agree || row.bound > conclusive * std::max(std::abs(right), std::abs(row.analytic))) {
        ++result.undecided;
      }
    }
  }
}

}  // namespace

std::vector<MutationResult> mutate(const Lesson& lesson, const CheckOptions& options) {
  const Network& network = lesson.network;
  const std::size_t examples = lesson.examples.size();
  const CellRules rules(network, examples);
  const std::vector<Block> derived = derived_blocks(network), mean = mean_blocks(network);
  std::vector<MutationResult> results;
  for (const MistakeInfo& mistake : mistakes) {
    const std::vector<std::size_t> ways = choices(network, examples, mistake.mistake);
    MutationResult result;
    result.variation.mistake = mistake.mistake;
    result.possible = !ways.empty();
    if (result.possible) result.variation.choice = ways.front();
    results.push_back(result);
  }
  Checker checker(network, options, lesson.several_examples());
  MeanTrace means(network);
  std::vector<std::vector<double>> sums(results.size());
  for (std::size_t e = 0; e < examples; ++e) {
    const ExampleTrace trace = trace_example(network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    const CheckTable table = checker.check(trace);
    for (std::size_t m = 0; m < results.size(); ++m) {
      if (!results[m].possible) continue;
      const std::vector<double> values = mistaken_example(rules, results[m].variation, trace, lesson.learning_rate);
      judge_anew(table, options, derived, values, results[m]);
      if (lesson.several_examples()) add_to_sums(network, values, sums[m]);
    }
  }
  if (!lesson.several_examples()) return results;
  const CheckTable table = checker.check_means(means);
  for (std::size_t m = 0; m < results.size(); ++m) {
    if (results[m].possible) judge_anew(table, options, mean, mistaken_means(rules, results[m].variation, sums[m]), results[m]);
  }
  return results;
}

}  // namespace gradtrace
