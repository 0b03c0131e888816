// A rule as people write it, of which there may be more than one way.
#pragma once

#include "homework/in_parts.hpp"
#include "trace/cell_rules.hpp"

#include <functional>
#include <vector>

namespace gradtrace {

/// One right form of a rule.
struct RuleForm {
  enum class Shape { products, terms, other };  ///< a sum of products of two numbers each, a sum of numbers

  std::vector<Name> ingredients;  ///< products: one after another's two factors, and what is added after them
  std::function<double(const Reader&)> rule;
  Shape shape = Shape::other;
  double weight = 1;      ///< of each term
  bool in_steps = false;  ///< worked out in more than one step, each of which may be rounded
  /// The rule where what it adds, divides and squares is held first; nothing where that is as with products, or is nothing.
  std::function<double(const Reader&, const OnTheWay&)> in_parts = {};
  bool reads_more = false;  ///< the rule reads more than its ingredients so as to lose no digit, which nobody does on paper
  double parts = 0;         ///< how far that can carry the number: in units of the last digit asked, of a number with all digits 9
};

/// All ways to work out a number, the rule itself first. They read `network` and `rules`, which must outlive them.
std::vector<RuleForm> right_forms(const Network& network, const CellRules& rules, const Name& cell);

}  // namespace gradtrace
