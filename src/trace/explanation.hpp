// Why one number is what it is: the numbers behind it, down to the inputs, and, for a gradient, which of
// its three factors makes it large or small.
#pragma once

#include "lesson/lesson.hpp"
#include "trace/cell_rules.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace gradtrace {

/// One of the three factors of ∂C/∂w = ∂C/∂a · σ′(z) · a, beside what it could have been.
struct GradientFactor {
  enum class Kind { wrong, responsive, active, signal };  ///< signal: δ, where the first two are not apart
  enum class Reference { none, possible, layer };         ///< what `largest` is the largest of

  Kind kind = Kind::wrong;
  Name name;
  double value = 0;
  Reference reference = Reference::none;
  double largest = 0;  ///< the largest magnitude the activation allows, or of its layer in all examples

  /// |value| as a share of `largest`; nothing where there is nothing to compare it with.
  std::optional<double> share() const;
};

/// The factors of ∂C/∂w (three), of ∂C/∂b and δ (two); of anything else none. In a softmax layer, and
/// where ∂C/∂a is beyond a double, δ stands for the first two. `all` are traces to compare with.
std::vector<GradientFactor> gradient_factors(const ExampleTrace& trace, const Name& name,
                                             const std::vector<ExampleTrace>& all);

/// The derived numbers behind `name`, itself first, from the number asked for towards the inputs. Of a sum
/// the `most_terms` largest terms are followed.
std::vector<Name> numbers_behind(const CellRules& rules, const ExampleTrace& trace, const Name& name,
                                 std::size_t most_terms);

/// The place of |value| among all numbers of its quantity and layer in this example, 1 the largest, and
/// how many these are.
struct Rank {
  std::size_t place = 1, of = 1;
};
Rank rank_of(const ExampleTrace& trace, const Name& name);

}  // namespace gradtrace
