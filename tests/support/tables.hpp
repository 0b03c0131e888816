// Tables made from lessons as they are, and as somebody would store them who makes a mistake; and their comparison.
#pragma once

#include "golden/compare.hpp"
#include "lesson/lesson.hpp"
#include "trace/mistakes.hpp"

#include <stdexcept>
#include <vector>

namespace gradtrace {

/// The lesson's own numbers as a table.
inline StoredTable table_of(const Lesson& lesson) {
  StoredTable table{"golden.csv", {}};
  MeanTrace means(lesson.network);
  const auto add = [&](const std::vector<Block>& blocks, Scope scope, auto value) {
    for (const Block& block : blocks) {
      for (std::size_t i = 0; i < block.size(); ++i) {
        const Name name = block.name(i, scope);
        table.rows.push_back({name, value(name), table.rows.size() + 2});
      }
    }
  };
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    if (e == 0) add(given_blocks(lesson.network), Scope{}, [&](const Name& name) { return trace.value(name); });
    add(given_example_blocks(lesson.network), Scope::of_example(e), [&](const Name& name) { return trace.value(name); });
    add(derived_blocks(lesson.network), Scope::of_example(e), [&](const Name& name) { return trace.value(name); });
  }
  if (lesson.several_examples()) add(mean_blocks(lesson.network), Scope::of_mean(), [&](const Name& name) { return means.value(name); });
  return table;
}

inline ComparisonResult compare(const Lesson& lesson, const StoredTable& table, const ComparisonRules& rules = {}) {
  Comparison comparison(lesson, table, rules);
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    means.add(trace);
    comparison.add(trace);
  }
  comparison.add_means(means);
  return comparison.finish();
}

inline double& number(StoredTable& table, const char* text) {
  const Name wanted = parse_name(text);
  for (TableRow& row : table.rows) {
    Name name = row.name;
    if (wanted.scope.kind == Scope::Kind::none) name.scope = Scope{};
    if (name == wanted) return row.value;
  }
  throw std::logic_error(text);
}

/// The table somebody stores who makes a mistake.
inline StoredTable mistaken_table(const Lesson& lesson, const Variation& variation) {
  StoredTable table = table_of(lesson);
  const CellRules rules(lesson.network, lesson.examples.size());
  std::vector<double> sums;
  std::vector<std::vector<double>> examples;
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    examples.push_back(mistaken_example(rules, variation, trace, lesson.learning_rate));
    add_to_sums(lesson.network, examples.back(), sums);
  }
  const std::vector<double> means = mistaken_means(rules, variation, sums);
  for (TableRow& row : table.rows) {
    if (row.name.scope.kind == Scope::Kind::mean) {
      row.value = means[place(mean_blocks(lesson.network), row.name).value()];
    } else if (const auto at = place(derived_blocks(lesson.network), row.name); at && !is_given(row.name)) {
      row.value = examples[row.name.scope.example][*at];
    }
  }
  return table;
}

}  // namespace gradtrace
