// The order of the derivation.
#include "trace/order.hpp"

#include "lesson/known_name.hpp"

#include <algorithm>

namespace gradtrace {

Name Block::name(std::size_t i, Scope scope) const {
  Name name;
  name.scope = scope;
  name.quantity = quantity;
  name.layer = layer;
  if (quantity == Quantity::C) return name;
  if (columns == 0) {
    name.j = i;
    return name;
  }
  name.j = i / columns;
  name.k = i % columns;
  if (quantity == Quantity::path) std::swap(name.j, name.k);
  return name;
}

namespace {

void append(std::vector<Block>& blocks, Quantity quantity, std::size_t layer, std::size_t rows,
            std::size_t columns = 0) {
  const std::size_t offset = blocks.empty() ? 0 : blocks.back().offset + blocks.back().size();
  blocks.push_back({quantity, layer, rows, columns, offset});
}

}  // namespace

std::vector<Block> given_blocks(const Network& network) {
  std::vector<Block> blocks;
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    append(blocks, Quantity::w, l, network.width(l), network.width(l - 1));
    append(blocks, Quantity::b, l, network.width(l));
  }
  return blocks;
}

std::vector<Block> given_example_blocks(const Network& network) {
  std::vector<Block> blocks;
  append(blocks, Quantity::a, 0, network.inputs);
  append(blocks, Quantity::y, network.depth(), network.outputs());
  return blocks;
}

std::vector<Block> derived_blocks(const Network& network) {
  std::vector<Block> blocks;
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    append(blocks, Quantity::z, l, network.width(l));
    append(blocks, Quantity::a, l, network.width(l));
  }
  append(blocks, Quantity::C, Name::none, 1);
  for (std::size_t l = network.depth(); l >= 1; --l) {
    const std::size_t n = network.width(l), m = network.width(l - 1);
    append(blocks, Quantity::dC_da, l, n);
    append(blocks, Quantity::slope, l, n, network.layer(l).activation == Activation::softmax ? n : 0);
    append(blocks, Quantity::delta, l, n);
    append(blocks, Quantity::dC_db, l, n);
    append(blocks, Quantity::dC_dw, l, n, m);
    append(blocks, Quantity::path, l, m, n);
  }
  append(blocks, Quantity::dC_da, 0, network.inputs);
  return blocks;
}

std::vector<Block> mean_blocks(const Network& network) {
  std::vector<Block> blocks;
  append(blocks, Quantity::C, Name::none, 1);
  for (std::size_t l = network.depth(); l >= 1; --l) {
    append(blocks, Quantity::dC_db, l, network.width(l));
    append(blocks, Quantity::dC_dw, l, network.width(l), network.width(l - 1));
  }
  return blocks;
}

std::optional<std::size_t> Block::place(const Name& name) const {
  if (quantity == Quantity::C) return offset;
  const bool from_first = quantity == Quantity::path;
  const std::size_t row = from_first ? name.k : name.j;
  const std::size_t column = from_first ? name.j : name.k;
  if (row >= rows) return std::nullopt;
  if (columns == 0) return column == Name::none ? std::optional(offset + row) : std::nullopt;
  if (column >= columns) return std::nullopt;
  return offset + row * columns + column;
}

std::optional<std::size_t> place(const std::vector<Block>& blocks, const Name& name) {
  for (const Block& block : blocks) {
    if (block.quantity == name.quantity && block.layer == name.layer) return block.place(name);
  }
  return std::nullopt;
}

BlockIndex::BlockIndex(std::vector<Block> blocks) : blocks_(std::move(blocks)) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const std::size_t at = key(blocks_[i].quantity, blocks_[i].layer);
    if (at >= by_key_.size()) by_key_.resize(at + 1);
    by_key_[at] = i;
  }
}

std::optional<std::size_t> BlockIndex::block_of(const Name& name) const {
  const std::size_t at = key(name.quantity, name.layer);
  const std::optional<std::size_t> block = at < by_key_.size() ? by_key_[at] : std::nullopt;
  return block && blocks_[*block].layer == name.layer ? block : std::nullopt;
}

std::optional<std::size_t> BlockIndex::place(const Name& name) const {
  const auto block = block_of(name);
  return block ? blocks_[*block].place(name) : std::nullopt;
}

std::size_t size_of(const std::vector<Block>& blocks) {
  return blocks.empty() ? 0 : blocks.back().offset + blocks.back().size();
}

std::string why_absent(const Network& network, std::size_t examples, Name& name) {
  LessonSizes sizes{{network.inputs}, {false}, examples};
  for (const Layer& layer : network.layers) {
    sizes.widths.push_back(layer.neurons());
    sizes.softmax.push_back(layer.activation == Activation::softmax);
  }
  return why_no_number(sizes, name);
}

bool Selection::wants(const Block& block) const {
  if (!only.empty() && std::find(only.begin(), only.end(), block.quantity) == only.end()) return false;
  return !layer || block.layer == *layer;
}

bool Selection::wants(const Name& name) const {
  if (!only.empty() && std::find(only.begin(), only.end(), name.quantity) == only.end()) return false;
  if (layer && name.layer != *layer) return false;
  if (neuron && name.j != *neuron) return false;
  return wants_scope(name.scope);
}

}  // namespace gradtrace
