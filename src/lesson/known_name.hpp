// Which names of single numbers exist in a lesson: layers, neurons and examples have their bounds.
#pragma once

#include "base/name.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace gradtrace {

/// What the numbers of a lesson are counted by.
struct LessonSizes {
  std::vector<std::size_t> widths;  ///< layers 0 … L
  std::vector<bool> softmax;        ///< layers 0 … L
  std::size_t examples = 0;
};

/// Why there is no such number, or "". Where the lesson has one example, a name that leaves it out is
/// given its scope.
std::string why_no_number(const LessonSizes& sizes, Name& name);

}  // namespace gradtrace
