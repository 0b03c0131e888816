// The trace as CSV, streamed.
#include "render/csv.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

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

/// `example,quantity,layer,`
void append_front(std::string& row, Scope scope, Quantity quantity, std::size_t layer) {
  append_scope(row, scope);
  row += ',';
  row += info(quantity).name;
  row += ',';
  append_index(row, layer);
  row += ',';
}

/// Rows made in one piece of memory and handed on when it is full: a wide network has hundreds of thousands of them.
class Rows {
 public:
  explicit Rows(Output& out) : out_(out), piece_(piece_size, '\0') {}

  /// `front` is what all rows of a block begin with: `example,quantity,layer,`
  void add(std::string_view front, std::size_t j, std::size_t k, double value) {
    // two indices of 20 digits, three separators
    if (piece_.size() - length_ < front.size() + longest_shortest + 43) hand_on();
    char* to = std::copy(front.begin(), front.end(), piece_.data() + length_);
    for (const std::size_t index : {j, k}) {
      if (index != Name::none) to = std::to_chars(to, to + 20, index).ptr;
      *to++ = ',';
    }
    to = write_shortest(to, value);
    *to++ = '\n';
    length_ = static_cast<std::size_t>(to - piece_.data());
  }

  void hand_on() {
    out_.write(std::string_view(piece_.data(), length_));
    length_ = 0;
  }

 private:
  static constexpr std::size_t piece_size = std::size_t{1} << 14;  // stays in the processor's nearest cache

  Output& out_;
  std::string piece_;
  std::size_t length_ = 0;
};

/// Every wanted row of the blocks; `value` gives a number by its name.
template <class Value>
void write_blocks(Output& out, const std::vector<Block>& blocks, Scope scope, const Selection& selection, Value value) {
  if (!selection.wants_scope(scope)) return;
  Rows rows(out);
  for (const Block& block : blocks) {
    if (!selection.wants(block)) continue;
    std::string front;
    append_front(front, scope, block.quantity, block.layer);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, scope);
      if (selection.wants(name)) rows.add(front, name.j, name.k, value(name));
    }
  }
  rows.hand_on();
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
  append_front(text, row.name.scope, row.name.quantity, row.name.layer);
  for (const std::size_t index : {row.name.j, row.name.k}) {
    append_index(text, index);
    text += ',';
  }
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
