// Reading [[example]] and the header of [dataset].
#include "lesson/examples.hpp"

#include "lesson/dataset.hpp"

#include <algorithm>

namespace gradtrace {

namespace {

ExampleTable read_example_table(const TomlTable& table, const std::string& name,
                                ArrayContext& context) {
  ExampleTable example;
  if (const auto value = table.need("input", name + " has no \"input\"")) {
    example.input =
        read_array(*value, "input of " + name, ArrayRank::vector, Drawing::refused, context);
  }
  if (const auto value = table.need("target", name + " has no \"target\"")) {
    example.target =
        read_array(*value, "target of " + name, ArrayRank::vector, Drawing::refused, context);
  }
  return example;
}

void read_written_examples(const TomlValue& array, ExampleTables& tables, ArrayContext& context) {
  if (!array.is_array()) {
    array.report(
        "examples are written [[example]], in double brackets, one for each; here \"example\" is " +
        array.described());
    tables.broken = true;
  } else if (array.size() == 0) {
    array.report("example is empty; at least one example is needed");
    tables.broken = true;
  } else if (array.size() > most_examples) {
    array.report("there are " + std::to_string(array.size()) + " examples; a lesson may hold " + std::to_string(most_examples));
    tables.broken = true;
    return;
  }
  for (std::size_t i = 0; i < array.size(); ++i) {
    const auto table = array[i].as_table("[[example]]", {"input", "target"});
    if (table)
      tables.examples.push_back(
          read_example_table(*table, "example " + std::to_string(i), context));
    if (!table) tables.broken = true;
  }
}

Vector to_vector(const std::vector<double>& numbers) {
  Vector vector = zeros(numbers.size());
  std::copy(numbers.begin(), numbers.end(), vector.begin());
  return vector;
}

/// Whether `array` has `width` numbers; reports it if not.
bool check_size(const ArrayValue& array, std::optional<std::size_t> width, const std::string& what,
                const std::string& unit) {
  if (!width || array.rows == *width) return width.has_value();
  array.value.report(what + " has " + std::to_string(array.rows) +
                     (array.rows == 1 ? " number" : " numbers") + ", but the network has " +
                     std::to_string(*width) + ' ' + unit + (*width == 1 ? "" : "s"));
  return false;
}

bool check_targets(const ArrayValue& target, Cost cost) {
  bool good = true;
  for (std::size_t j = 0; j < target.numbers.size(); ++j) {
    const std::string why = why_bad_target(cost, target.numbers[j]);
    if (why.empty()) continue;
    target.value.problems().report(target.place_of(j), why);
    good = false;
  }
  return good;
}

void append_written_examples(const ExampleTables& tables, const Widths& widths,
                             std::optional<Cost> cost, std::vector<Example>& examples) {
  for (std::size_t i = 0; i < tables.examples.size(); ++i) {
    const auto& [input, target] = tables.examples[i];
    const std::string of_example = " of example " + std::to_string(i);
    bool good = input && target;
    if (input && !check_size(*input, widths.front(), "input" + of_example, "input")) good = false;
    if (target && !check_size(*target, widths.back(), "target" + of_example, "output"))
      good = false;
    if (target && cost && !check_targets(*target, *cost)) good = false;
    if (good) examples.push_back({to_vector(input->numbers), to_vector(target->numbers)});
  }
}

}  // namespace

ExampleTables read_example_tables(const TomlTable& root, ArrayContext& context) {
  ExampleTables tables;
  if (const auto array = root.find("example")) read_written_examples(*array, tables, context);
  if (const auto value = root.find("dataset")) {
    tables.dataset = read_dataset_table(*value, context);
    if (!tables.dataset) tables.broken = true;
  }
  const bool none = tables.examples.empty() && !tables.dataset && !tables.broken;
  if (none && !root.mentions("example") && !root.mentions("dataset")) {
    root.report(
        "no example: at least one [[example]] with input and target, or a [dataset], is needed");
  }
  return tables;
}

DataWidths data_widths(const ExampleTables& tables) {
  DataWidths widths;
  widths.broken = tables.broken;
  bool agree = true;
  const auto add = [&](std::size_t width) {
    if (!widths.first) widths.first = width;
    if (width != *widths.first) agree = false;
  };
  for (const ExampleTable& example : tables.examples) {
    if (example.input) add(example.input->rows);
    if (!example.input) widths.broken = true;
  }
  if (tables.dataset) {
    if (tables.dataset->inputs) add(tables.dataset->inputs->columns());
    if (!tables.dataset->inputs) widths.broken = true;
  }
  if (agree) widths.common = widths.first;
  return widths;
}

std::optional<std::size_t> example_count(const ExampleTables& tables) {
  if (tables.broken) return std::nullopt;
  if (!tables.dataset) return tables.examples.size();
  const auto rows = dataset_rows(*tables.dataset);
  if (!rows) return std::nullopt;
  return tables.examples.size() + *rows;
}

std::vector<Example> read_examples(const ExampleTables& tables, const Widths& widths,
                                   std::optional<Cost> cost, ArrayContext& context) {
  std::vector<Example> examples;
  if (widths.size() < 2) return examples;  // no layer: nothing to compare with
  append_written_examples(tables, widths, cost, examples);
  if (tables.dataset && widths.front() && widths.back()) {
    append_dataset(*tables.dataset, *widths.front(), *widths.back(), cost, context.budget,
                   examples);
  }
  return examples;
}

}  // namespace gradtrace
