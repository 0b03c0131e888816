// The typical mistakes as changed rules: the derivation with one rule replaced. The same cell rules
// compute what somebody who makes the mistake writes down. Source: MATH, Typical mistakes.
#pragma once

#include "trace/cell_rules.hpp"
#include "trace/trace.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

enum class Mistake {
  missing_two,
  flipped_sign,
  missing_slope,
  slope_at_activation,
  activation_as_slope,
  extra_slope,
  own_activation,
  pre_activation_as_input,
  swapped_indices,
  bias_times_input,
  single_path,
  averaged_paths,
  missing_weight,
  transposed_weights,
  slope_of_wrong_layer,
  sum_instead_of_mean,
  updated_weights,
  missing_bias,
  missing_activation,
  early_rounding,
};

struct MistakeInfo {
  Mistake mistake;
  std::string_view id;    ///< in JSON and reports: "missing-slope"
  std::string_view done;  ///< what was done: "the slope σ′(z) was left out of δ = ∂C/∂a · σ′(z)"
};

inline constexpr std::array<MistakeInfo, 20> mistakes{{
    {Mistake::missing_two, "missing-two", "the 2 of the squared error was left out of ∂C/∂a = 2(a − y)"},
    {Mistake::flipped_sign, "flipped-sign", "the sign of ∂C/∂a was flipped, y − a for a − y"},
    {Mistake::missing_slope, "missing-slope", "the slope σ′(z) was left out of δ = ∂C/∂a · σ′(z)"},
    {Mistake::slope_at_activation, "slope-at-activation", "the slope σ′ was taken at a, not at z"},
    {Mistake::activation_as_slope, "activation-as-slope", "the activation σ(z) was used for its slope σ′(z)"},
    {Mistake::extra_slope, "extra-slope", "a − y was multiplied by σ′(z), which has cancelled already"},
    {Mistake::own_activation, "own-activation", "∂C/∂w was made with the activation of its own neuron, not of the one before"},
    {Mistake::pre_activation_as_input, "pre-activation-as-input", "∂C/∂w was made with z of the neuron before, not with its a"},
    {Mistake::swapped_indices, "swapped-indices", "∂C/∂w was transposed: δₖ·aⱼ written where δⱼ·aₖ belongs"},
    {Mistake::bias_times_input, "bias-times-input", "∂C/∂b was multiplied by an input's activation; it is δ alone"},
    {Mistake::single_path, "single-path", "∂C/∂a of the layer before took one path and left out the rest"},
    {Mistake::averaged_paths, "averaged-paths", "the paths were averaged, not added"},
    {Mistake::missing_weight, "missing-weight", "the paths back were taken as δⱼ, without the weight wⱼₖ"},
    {Mistake::transposed_weights, "transposed-weights", "the way back went through W, not through its transpose"},
    {Mistake::slope_of_wrong_layer, "slope-of-wrong-layer", "δ was made with the slope of the layer after, not of its own"},
    {Mistake::sum_instead_of_mean, "sum-instead-of-mean", "the examples were added up, not averaged"},
    {Mistake::updated_weights, "updated-weights", "the paths back used weights that a gradient step had already moved"},
    {Mistake::missing_bias, "missing-bias", "the bias was left out of z"},
    {Mistake::missing_activation, "missing-activation", "the activation was left out: a = z"},
    {Mistake::early_rounding, "early-rounding", "intermediate results were rounded"},
}};

const MistakeInfo& info(Mistake mistake);
std::optional<Mistake> parse_mistake(std::string_view id);

/// One way to make a mistake.
/// Layers `first` to `last`.
struct LayerRange {
  std::size_t first = 0, last = 0;
  bool contains(std::size_t l) const { return first <= l && l <= last; }
};

struct Variation {
  Mistake mistake = Mistake::missing_slope;
  /// Which input (bias-times-input), which path (single-path), how many significant digits
  /// (early-rounding), which of gradients and cost (sum-instead-of-mean: 0 both, 1 the gradients, 2 the
  /// cost), how the matrix was misread (transposed-weights: 0 indices swapped where both fit, 1 its
  /// numbers in a row read in the other shape). 0 for all others.
  std::size_t choice = 0;
  std::optional<LayerRange> layers = {};  ///< made in these layers alone; none: wherever it can be made
};

/// The choices `mistake` has in this network, from the one people make most; none where it cannot be made.
std::vector<std::size_t> choices(const Network& network, std::size_t examples, Mistake mistake);

/// Whether the variation puts another rule in place of this cell's.
bool replaces(const CellRules& rules, const Variation& variation, const Name& cell);

/// What somebody who makes the mistake writes for `cell`, from the numbers `read` gives; the right rule
/// where the mistake does not touch it. `learning_rate` is η of updated-weights.
double evaluate_mistaken(const CellRules& rules, const Variation& variation, const Name& cell, const Reader& read,
                         double learning_rate);

/// All numbers of one example by the right rules, in the order of derived_blocks(); of `given` only the
/// given numbers are used, so that this does not depend on the backward pass.
std::vector<double> example_by_rules(const CellRules& rules, const ExampleTrace& given);

/// The same under the mistake, carried on from the first wrong number.
std::vector<double> mistaken_example(const CellRules& rules, const Variation& variation, const ExampleTrace& given,
                                     double learning_rate);

/// The means in the order of mean_blocks(), from every example's mistaken numbers added up.
std::vector<double> mistaken_means(const CellRules& rules, const Variation& variation, const std::vector<double>& sums);

/// Adds those of an example's numbers that are averaged, in the order of mean_blocks().
void add_to_sums(const Network& network, const std::vector<double>& example, std::vector<double>& sums);

}  // namespace gradtrace
