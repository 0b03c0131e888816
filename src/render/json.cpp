// JSON written piece by piece: a wide network's trace never stands in memory.
#include "render/json.hpp"

#include "base/number.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

std::string json_string(std::string_view text) {
  // Bytes that are no UTF-8 become U+FFFD instead of an exception.
  return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_number(std::string& text, double value) {
  if (std::isfinite(value)) {
    append_shortest(text, value);
  } else {
    text += "null";
  }
}

/// `[v(0), v(1), …]`
template <class Value>
void append_array(std::string& text, std::size_t size, Value value) {
  text += '[';
  for (std::size_t i = 0; i < size; ++i) {
    if (i > 0) text += ", ";
    value(i);
  }
  text += ']';
}

class Writer {
 public:
  Writer(Output& out, const Selection& selection) : out_(out), selection_(selection) {}

  bool wants(Quantity quantity) const {
    return selection_.only.empty() ||
           std::find(selection_.only.begin(), selection_.only.end(), quantity) != selection_.only.end();
  }
  bool wants_layer(std::size_t l) const { return !selection_.layer || *selection_.layer == l; }

  /// `"key": ` with the comma a member before it needs.
  void key(std::string_view name) {
    if (!first_) text_ += ", ";
    first_ = false;
    text_ += json_string(name) + ": ";
  }
  void raw(std::string_view text) { text_ += text; }
  void open(char bracket) {
    text_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    text_ += bracket;
    first_ = false;
  }

  void number(const Name& name, double value) {
    if (selection_.neuron && name.j != Name::none && name.j != *selection_.neuron) {
      text_ += "null";
      return;
    }
    append_number(text_, value);
    if (!std::isfinite(value)) overflow_.push_back(name);
  }

  /// A block as an array, or as an array of rows.
  template <class Value>
  void block(const Block& block, Scope scope, Value value) {
    const auto cell = [&](std::size_t i) {
      const Name name = block.name(i, scope);
      number(name, value(name));
    };
    if (block.columns == 0) {
      append_array(text_, block.rows, cell);
    } else {
      append_array(text_, block.rows, [&](std::size_t row) {
        append_array(text_, block.columns, [&](std::size_t column) { cell(row * block.columns + column); });
        flush();
      });
    }
    flush();
  }

  bool overflowed() const { return !overflow_.empty(); }
  void overflow(bool several_examples) {
    key("overflow");
    append_array(text_, overflow_.size(), [&](std::size_t i) { text_ += json_string(to_string(overflow_[i], several_examples)); });
    overflow_.clear();
  }

  void flush() {
    out_.write(text_);
    text_.clear();
  }

 private:
  Output& out_;
  const Selection& selection_;
  std::string text_;
  bool first_ = true;
  std::vector<Name> overflow_;
};

const Block* find(const std::vector<Block>& blocks, Quantity quantity, std::size_t layer) {
  for (const Block& block : blocks) {
    if (block.quantity == quantity && block.layer == layer) return &block;
  }
  return nullptr;
}

void append_vector(Writer& writer, const Vector& values) {
  std::string text;
  append_array(text, values.size(), [&](std::size_t i) { append_number(text, values(i)); });
  writer.raw(text);
}

void append_matrix(Writer& writer, const Matrix& values) {
  writer.raw("[");
  for (std::size_t j = 0; j < values.shape(0); ++j) {
    std::string text = j > 0 ? ", " : "";
    append_array(text, values.shape(1), [&](std::size_t k) { append_number(text, values(j, k)); });
    writer.raw(text);
    writer.flush();
  }
  writer.raw("]");
}

}  // namespace

void TraceJson::begin() {
  Writer writer(out_, selection_);
  const Network& network = lesson_.network;
  writer.raw("{\"format\": \"gradtrace.trace.v1\",\n \"lesson\": ");
  writer.open('{');
  writer.key("title");
  writer.raw(json_string(lesson_.title));
  writer.key("cost");
  writer.raw(json_string(info(network.cost).name));
  writer.key("layers");
  writer.raw("[");
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    const Layer& layer = network.layer(l);
    writer.raw(l > 1 ? ",\n  " : "\n  ");
    writer.open('{');
    writer.key("layer");
    writer.raw(std::to_string(l));
    writer.key("neurons");
    writer.raw(std::to_string(layer.neurons()));
    writer.key("activation");
    writer.raw(json_string(info(layer.activation).name));
    if (layer.activation == Activation::leaky_relu) {
      writer.key("alpha");
      writer.raw(shortest(layer.alpha));
    }
    writer.key("weights");
    append_matrix(writer, layer.weights);
    writer.key("biases");
    append_vector(writer, layer.biases);
    writer.close('}');
  }
  writer.raw("]},\n \"examples\": [");
  writer.flush();
}

void TraceJson::example(const ExampleTrace& trace) {
  const Scope scope = Scope::of_example(trace.example);
  if (!selection_.wants_scope(scope)) return;
  const Network& network = lesson_.network;
  const std::vector<Block> blocks = derived_blocks(network);
  const auto value = [&](const Name& name) { return trace.value(name); };

  Writer writer(out_, selection_);
  writer.raw(first_example_ ? "\n  " : ",\n  ");
  first_example_ = false;
  writer.open('{');
  writer.key("example");
  writer.raw(std::to_string(trace.example));
  writer.key("input");
  append_vector(writer, trace.state.a[0]);
  writer.key("target");
  append_vector(writer, trace.target);
  if (writer.wants(Quantity::C) && !selection_.layer) {
    writer.key("cost");
    writer.number({scope, Quantity::C}, trace.cost);
  }
  writer.key("layers");
  writer.open('[');
  bool first_layer = true;
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    if (!writer.wants_layer(l)) continue;
    writer.raw(first_layer ? "\n   " : ",\n   ");
    first_layer = false;
    writer.open('{');
    writer.key("layer");
    writer.raw(std::to_string(l));
    for (const Quantity quantity : {Quantity::z, Quantity::a, Quantity::dC_da, Quantity::slope, Quantity::delta,
                                    Quantity::dC_db, Quantity::dC_dw, Quantity::path}) {
      if (!writer.wants(quantity)) continue;
      writer.key(info(quantity).name);
      writer.block(*find(blocks, quantity, l), scope, value);
    }
    writer.close('}');
  }
  writer.close(']');
  if (writer.wants(Quantity::dC_da) && writer.wants_layer(0)) {
    writer.key("dC/dx");
    writer.block(*find(blocks, Quantity::dC_da, 0), scope, value);
  }
  writer.overflow(lesson_.several_examples());
  writer.close('}');
  writer.flush();
}

void TraceJson::end(const MeanTrace& means) {
  const Network& network = lesson_.network;
  const std::vector<Block> blocks = mean_blocks(network);
  const auto value = [&](const Name& name) { return means.value(name); };
  Writer writer(out_, selection_);
  writer.raw("],\n \"mean\": ");
  writer.open('{');
  const Scope scope = Scope::of_mean();
  if (writer.wants(Quantity::C) && !selection_.layer) {
    writer.key("cost");
    writer.number({scope, Quantity::C}, means.value({scope, Quantity::C}));
  }
  writer.key("layers");
  writer.open('[');
  bool first_layer = true;
  for (std::size_t l = 1; l <= network.depth() && selection_.wants_scope(scope); ++l) {
    if (!writer.wants_layer(l)) continue;
    writer.raw(first_layer ? "" : ", ");
    first_layer = false;
    writer.open('{');
    writer.key("layer");
    writer.raw(std::to_string(l));
    for (const Quantity quantity : {Quantity::dC_db, Quantity::dC_dw}) {
      if (!writer.wants(quantity)) continue;
      writer.key(info(quantity).name);
      writer.block(*find(blocks, quantity, l), scope, value);
    }
    writer.close('}');
  }
  writer.close(']');
  if (writer.overflowed()) writer.overflow(lesson_.several_examples());
  writer.raw("}}\n");
  writer.flush();
}

namespace {

void append_optional(std::string& text, std::size_t index) { text += index == Name::none ? "null" : std::to_string(index); }

}  // namespace

void CheckJson::begin() {
  out_.write("{\"format\": \"gradtrace.check.v1\", \"method\": \"" + std::string(method_) + "\",\n \"rows\": [");
}

std::string json_number(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

std::string check_json_row(const CheckRow& row, bool several_examples) {
  std::string text = "{\"example\": ";
  text += row.name.scope.kind == Scope::Kind::mean ? "\"mean\"" : std::to_string(row.name.scope.example);
  text += ", \"quantity\": \"";
  text += info(row.name.quantity).name;
  text += "\", \"layer\": ";
  append_optional(text, row.name.layer);
  text += ", \"j\": ";
  append_optional(text, row.name.j);
  text += ", \"k\": ";
  append_optional(text, row.name.k);
  for (const auto& [key, value] : {std::pair{"analytic", row.analytic}, std::pair{"numeric", row.numeric},
                                   std::pair{"bound", row.bound}, std::pair{"relative_error", row.relative_error}}) {
    text += ", \"";
    text += key;
    text += "\": ";
    append_number(text, value);
  }
  text += ", \"verdict\": \"";
  text += name_of(row.verdict);
  text += '"';
  if (row.at_kink) {
    text += ", \"one_sided\": [";
    append_number(text, row.at_kink->left);
    text += ", ";
    append_number(text, row.at_kink->right);
    text += ']';
  }
  if (row.kink) text += ", \"kink\": " + json_string(to_string(*row.kink, several_examples));
  if (row.witness) {
    text += ", \"witness\": {\"method\": \"dual\", \"value\": ";
    append_number(text, row.witness->value);
    text += ", \"bound\": ";
    append_number(text, row.witness->bound);
    text += '}';
  }
  return text + '}';
}

std::string counts_json(const CheckSummary& summary) {
  std::string text = "{";
  for (const Verdict verdict : {Verdict::agree, Verdict::disagree, Verdict::inconclusive, Verdict::kink}) {
    if (verdict != Verdict::agree) text += ", ";
    text += "\"" + std::string(name_of(verdict)) + "\": " + std::to_string(summary.count(verdict));
  }
  return text + "}";
}

void CheckJson::rows(const CheckTable& table) {
  for (const CheckRow& row : table.rows) {
    out_.write((first_row_ ? "\n  " : ",\n  ") + check_json_row(row, several_));
    first_row_ = false;
  }
}

void CheckJson::end(const CheckSummary& summary) {
  std::string text = "],\n \"counts\": " + counts_json(summary) + ",\n \"notes\": ";
  append_array(text, summary.notes.size(), [&](std::size_t i) { text += json_string(summary.notes[i]); });
  if (summary.left_out > 0) text += ",\n \"sampled_from\": " + std::to_string(summary.total() + summary.left_out);
  text += ",\n \"verdict\": \"";
  text += summary.agrees() ? "agree" : "disagree";
  text += "\"}\n";
  out_.write(text);
}

}  // namespace gradtrace
