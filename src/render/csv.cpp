// The trace as CSV, streamed.
#include "render/csv.hpp"

#include "base/number.hpp"

#include <charconv>
#include <string>

namespace gradtrace {
namespace {

void append_index(std::string& row, std::size_t index) {
  if (index == Name::none) return;
  char digits[24];
  row.append(digits, std::to_chars(digits, digits + sizeof digits, index).ptr);
}

void append_scope(std::string& row, Scope scope) {
  if (scope.kind == Scope::Kind::mean) row += "mean";
  if (scope.kind == Scope::Kind::example) append_index(row, scope.example);
}

/// `example,quantity,layer,j,k,`
void append_name(std::string& row, const Name& name) {
  append_scope(row, name.scope);
  row += ',';
  row += info(name.quantity).name;
  for (const std::size_t index : {name.layer, name.j, name.k}) {
    row += ',';
    append_index(row, index);
  }
  row += ',';
}

/// Every wanted row of the blocks; `value` gives a number by its name.
template <class Value>
void write_blocks(Output& out, const std::vector<Block>& blocks, Scope scope, const Selection& selection, Value value) {
  if (!selection.wants_scope(scope)) return;
  std::string row;
  for (const Block& block : blocks) {
    if (!selection.wants(block)) continue;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, scope);
      if (!selection.wants(name)) continue;
      row.clear();
      append_name(row, name);
      append_shortest(row, value(name));
      row += '\n';
      out.write(row);
    }
  }
}

}  // namespace

void write_csv_given(Output& out, const Lesson& lesson, const Selection& selection) {
  out.write("example,quantity,layer,j,k,value\n");
  const Network& network = lesson.network;
  write_blocks(out, given_blocks(network), Scope{}, selection, [&](const Name& name) {
    const Layer& layer = network.layer(name.layer);
    return name.quantity == Quantity::w ? layer.weights(name.j, name.k) : layer.biases(name.j);
  });
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const Example& example = lesson.examples[e];
    write_blocks(out, given_example_blocks(network), Scope::of_example(e), selection, [&](const Name& name) {
      return name.quantity == Quantity::y ? example.target(name.j) : example.input(name.j);
    });
  }
}

void write_csv_example(Output& out, const Lesson& lesson, const ExampleTrace& trace, const Selection& selection) {
  write_blocks(out, derived_blocks(lesson.network), Scope::of_example(trace.example), selection,
               [&](const Name& name) { return trace.value(name); });
}

void write_csv_means(Output& out, const Lesson& lesson, const MeanTrace& means, const Selection& selection) {
  if (!lesson.several_examples()) return;
  const std::vector<Block> blocks = mean_blocks(lesson.network);
  write_blocks(out, blocks, Scope::of_mean(), selection, [&](const Name& name) { return means.value(name); });
}

void write_check_csv_header(Output& out) { out.write("example,quantity,layer,j,k,analytic,numeric,bound,relative_error,verdict\n"); }

std::string check_csv_row(const CheckRow& row) {
  std::string text;
  append_name(text, row.name);
  for (const double number : {row.analytic, row.numeric, row.bound, row.relative_error}) {
    append_shortest(text, number);
    text += ',';
  }
  text += name_of(row.verdict);
  return text + '\n';
}

void write_check_csv(Output& out, const CheckTable& table) {
  for (const CheckRow& row : table.rows) out.write(check_csv_row(row));
}

}  // namespace gradtrace
