// The derivation of one example as numbered steps, each a few tables: a rule, and for each number the rule
// gives the numbers put in. One definition; text, Markdown and pages are views of it.
#pragma once

#include "lesson/lesson.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gradtrace {

/// The right-hand side of a rule with numbers put in: terms that are added, the larger of which are kept
/// where there is no room for all, and what stands at the end in any case (a bias). Unicode notation.
struct Expression {
  struct Term {
    std::string text;
    double size = 0;  ///< |value|, to choose by
  };
  std::vector<Term> terms;
  std::string tail;
  std::string front, back;  ///< around the sum: "½·(" and ")"
};

/// The expression in at most `width` columns: all terms where they fit, else as many of the largest as fit,
/// in order, and how many are left out. At least one term stays, whatever the width.
std::string fit(const Expression& expression, std::size_t width);

/// One rule applied to every number of a block.
struct RuleTable {
  std::string rule;                ///< "∂C/∂wⱼₖ = δⱼ · aₖ"
  std::vector<std::string> index_names;  ///< of the columns in front: "j", "k"
  Block block;                     ///< the numbers it gives
  Scope scope;                     ///< whose they are: an example's, or the means
  std::function<std::vector<std::size_t>(const Name&)> indices;  ///< what stands in the columns in front
  std::function<Expression(const Name&)> expression;
  std::vector<std::string> notes;  ///< said below the table
  std::string if_infinite = "∞: beyond what a double can hold (1.8e308)";  ///< said there too where a number of it is

  std::vector<Name> names(const Selection& selection = {}) const;  ///< of those that are wanted, in order
  std::vector<std::string> notes_where(bool infinite) const;
  bool gives(const Name& name) const { return block.quantity == name.quantity && block.layer == name.layer; }
};

struct Step {
  std::string title;
  std::vector<RuleTable> tables;
};

/// How numbers look in expressions.
struct NumberStyle {
  int digits = 4;
  bool ascii = false;  ///< a plain minus sign; the notation itself stays Unicode
};

/// The steps in the order of the derivation. Refers to the lesson and the trace, which must outlive them.
std::vector<Step> derivation_steps(const Lesson& lesson, const ExampleTrace& trace, NumberStyle style);

/// The step of the data set's means.
Step mean_step(const Lesson& lesson, const MeanTrace& means, NumberStyle style);

}  // namespace gradtrace
