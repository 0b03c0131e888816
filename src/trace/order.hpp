// The numbers of a derivation in their order: which there are for a network, and where each stands.
// Tables, checks, goldens and sheets all walk this one list.
#pragma once

#include "base/name.hpp"
#include "network/network.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

/// All numbers of one quantity in one layer.
struct Block {
  Quantity quantity;
  std::size_t layer = Name::none;
  std::size_t rows = 1;
  std::size_t columns = 0;  ///< 0 where numbers have one index (or, for C, none)
  std::size_t offset = 0;   ///< place of its first number

  std::size_t size() const { return columns == 0 ? rows : rows * columns; }
  /// The name of the i-th number of the block. Of `path`, rows are k (from) and columns j (through).
  Name name(std::size_t i, Scope scope) const;
  /// Where a name of its quantity and layer stands; nothing where its indices are of no number.
  std::optional<std::size_t> place(const Name& name) const;
};

/// What is given for all examples: w[1], b[1], w[2], …
std::vector<Block> given_blocks(const Network& network);
/// What is given for one example: a[0], y.
std::vector<Block> given_example_blocks(const Network& network);
/// What is derived for one example, in the order of the derivation: z and a forward through the
/// layers, C, then for l = L … 1: ∂C/∂a, slope, δ, ∂C/∂b, ∂C/∂w, path; at last ∂C/∂a[0].
std::vector<Block> derived_blocks(const Network& network);
/// The data set's means: C, then for l = L … 1 ∂C/∂b and ∂C/∂w.
std::vector<Block> mean_blocks(const Network& network);

/// Where `name` stands in `blocks` (its scope is ignored); nothing where it is not among them.
std::optional<std::size_t> place(const std::vector<Block>& blocks, const Name& name);

/// The same of many names: which block is found without looking through them.
class BlockIndex {
 public:
  explicit BlockIndex(std::vector<Block> blocks);

  const std::vector<Block>& blocks() const { return blocks_; }
  /// Which of blocks() has numbers of its quantity and layer.
  std::optional<std::size_t> block_of(const Name& name) const;
  std::optional<std::size_t> place(const Name& name) const;

 private:
  static std::size_t key(Quantity quantity, std::size_t layer) { return (layer == Name::none ? 0 : layer) * quantities.size() + static_cast<std::size_t>(quantity); }

  std::vector<Block> blocks_;
  std::vector<std::optional<std::size_t>> by_key_;
};

/// How many numbers the blocks hold.
std::size_t size_of(const std::vector<Block>& blocks);

/// Why there is no such number in a lesson of `examples` examples, or "" where there is: "layer 3: the
/// network has 2 layers". Fills in the scope of a lesson with one example where it was left out.
std::string why_absent(const Network& network, std::size_t examples, Name& name);

/// Which numbers are wanted: --only, --layer, --neuron, --example in any combination.
struct Selection {
  std::vector<Quantity> only;          ///< all where empty
  std::optional<std::size_t> layer;
  std::optional<std::size_t> neuron;   ///< j
  std::optional<Scope> example;        ///< an example, or the mean

  bool everything() const { return only.empty() && !layer && !neuron && !example; }
  bool wants(const Block& block) const;  ///< whether any number of the block may be wanted
  bool wants(const Name& name) const;
  bool wants_scope(Scope scope) const { return !example || scope.kind == Scope::Kind::none || *example == scope; }
};

}  // namespace gradtrace
