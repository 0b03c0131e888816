// What a lesson's numbers can teach and test: which typical mistakes show in what it asks, which can be told apart, and
// what is degenerate (saturated units, near-kinks, answers near zero).
#pragma once

#include "homework/layout.hpp"
#include "lesson/lesson.hpp"
#include "trace/mistakes.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

struct Audit {
  /// Of each mistake of the catalogue, in its order.
  struct Shown {
    Mistake mistake = Mistake::missing_two;
    bool possible = false;          ///< whether this network leaves room for it
    std::size_t answers = 0;        ///< how many asked numbers it changes, to the digits asked
    std::optional<int> digits;      ///< significant digits from which on it shows at all; nothing where it never does
  };
  std::vector<Shown> mistakes;
  /// digits[i][j]: from how many significant digits on mistakes i and j give different sheets; nothing where they never do.
  std::vector<std::vector<std::optional<int>>> digits;
  std::vector<std::string> degenerate;  ///< for people: what, where, why it matters

  /// Pairs that show both, but not the difference, at `digits` digits.
  std::vector<std::pair<Mistake, Mistake>> confusable(int digits_asked) const;
};

Audit audit(const Lesson& lesson);

/// What is degenerate in the numbers alone: quick, for drawing variants.
std::vector<std::string> degenerate_numbers(const Lesson& lesson, const SheetLayout& layout);

}  // namespace gradtrace
