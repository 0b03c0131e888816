// The names of quantities and of single numbers: the one list of what a trace is made of.
// `3:dC/dw[2][0,1]` and the columns example,quantity,layer,j,k of a table are the same thing.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// Every quantity there is. What is given comes first, then the order of the derivation.
enum class Quantity { w, b, y, z, a, C, dC_da, slope, delta, dC_db, dC_dw, path };

struct QuantityInfo {
  Quantity quantity;
  std::string_view name;     ///< in files and on the command line: "dC/da"
  std::string_view symbol;   ///< in text: "∂C/∂a"
  std::string_view ascii;    ///< in plain ASCII text: "dC/da"
  std::string_view latex;    ///< without indices: "\partial C/\partial a"
  std::string_view meaning;  ///< one phrase: "how the cost answers to an activation"
};

inline constexpr std::array<QuantityInfo, 12> quantities{{
    {Quantity::w, "w", "w", "w", "w", "weight into neuron j from neuron k"},
    {Quantity::b, "b", "b", "b", "b", "bias"},
    {Quantity::y, "y", "y", "y", "y", "target"},
    {Quantity::z, "z", "z", "z", "z", "weighted input"},
    {Quantity::a, "a", "a", "a", "a", "activation"},
    {Quantity::C, "C", "C", "C", "C", "cost of one example"},
    {Quantity::dC_da, "dC/da", "∂C/∂a", "dC/da", "\\partial C/\\partial a", "how the cost answers to an activation"},
    {Quantity::slope, "slope", "σ′(z)", "s'(z)", "\\sigma'(z)", "how responsive the neuron is where it stands"},
    {Quantity::delta, "delta", "δ", "delta", "\\delta", "the error signal, dC/dz"},
    {Quantity::dC_db, "dC/db", "∂C/∂b", "dC/db", "\\partial C/\\partial b", "how the cost answers to a bias"},
    {Quantity::dC_dw, "dC/dw", "∂C/∂w", "dC/dw", "\\partial C/\\partial w", "how the cost answers to a weight"},
    {Quantity::path, "path", "w·δ", "w*delta", "w\\,\\delta", "the part of dC/da that travels along one path"},
}};

const QuantityInfo& info(Quantity quantity);
std::optional<Quantity> parse_quantity(std::string_view name);
/// The names of all quantities, for messages and suggestions.
std::vector<std::string> quantity_names();

/// Which example a number belongs to.
struct Scope {
  enum class Kind { none, example, mean };  ///< none: given for all (w and b), or the only example
  Kind kind = Kind::none;
  std::size_t example = 0;

  static Scope of_example(std::size_t index) { return {Kind::example, index}; }
  static Scope of_mean() { return {Kind::mean, 0}; }
  auto operator<=>(const Scope&) const = default;
};

/// One number. j and k are those of the table's columns: for `path`, j is the neuron of `layer` the
/// path goes through and k the neuron of the layer before; for a softmax layer's slope, j holds i and
/// k holds j of ∂aᵢ/∂zⱼ. An index that does not apply is none.
struct Name {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  Scope scope;
  Quantity quantity = Quantity::C;
  std::size_t layer = none;
  std::size_t j = none;
  std::size_t k = none;

  auto operator<=>(const Name&) const = default;
};

/// `dC/dw[2][0,1]`, `path[2][k,j]`, `C`; with `3:` or `mean:` in front where the scope says so and
/// `with_scope` holds (only lessons with two or more examples show it).
std::string to_string(const Name& name, bool with_scope);

/// Whether the number is given rather than derived: w, b, y and a[0].
bool is_given(const Name& name);

/// Reads what to_string writes. Which layers and neurons there are is not its business.
/// @throws UsageError saying what was expected.
Name parse_name(std::string_view text);

}  // namespace gradtrace
