// What a sheet asks, what it shows, and what it keeps to itself.
#pragma once

#include "base/number.hpp"
#include "homework/numbers.hpp"
#include "lesson/lesson.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gradtrace {

/// Of each derived number: asked; shown with its value, as it does not depend on anything asked; or left out, as it
/// would give an answer away (∂C/∂b beside an asked δ).
enum class Cell : unsigned char { shown, asked, left_out };

class SheetLayout {
 public:
  /// By the lesson's blanks; everything derived where it has none.
  explicit SheetLayout(const Lesson& lesson);

  const Numbers& numbers() const { return numbers_; }
  Cell cell(std::size_t index) const { return cells_[index]; }
  /// Indices of what is asked, in the order of the derivation.
  const std::vector<std::size_t>& asked() const { return asked_; }
  double points_each() const { return points_; }
  int digits() const { return digits_; }
  double max_score() const { return rounded(points_ * static_cast<double>(asked_.size()), 12); }

 private:
  Numbers numbers_;
  std::vector<Cell> cells_;
  std::vector<std::size_t> asked_;
  double points_ = 1;
  int digits_ = 3;
};

}  // namespace gradtrace
