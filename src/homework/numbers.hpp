// All derived numbers of a lesson under one index: example after example in the order of the derivation, then the means;
// and what each of them is.
#pragma once

#include "base/name.hpp"
#include "lesson/lesson.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace gradtrace {

class Numbers {
 public:
  Numbers(const Network& network, std::size_t examples);

  std::size_t size() const { return examples_ * per_example_ + means_; }
  /// Nothing for what is given, or not of this lesson.
  std::optional<std::size_t> index(const Name& name) const;
  Name name(std::size_t index) const;

 private:
  BlockIndex derived_, mean_;
  std::size_t examples_, per_example_, means_;  // means_: 0 where there is one example
};

/// The right numbers of a lesson, given ones too. The lesson must outlive them.
class RightNumbers {
 public:
  /// @throws NumericError as trace_example() does
  explicit RightNumbers(const Lesson& lesson);

  const std::vector<ExampleTrace>& traces() const { return traces_; }
  const MeanTrace& means() const { return means_; }
  /// Of the first example where the name has none.
  double value(const Name& name) const;

 private:
  std::vector<ExampleTrace> traces_;
  MeanTrace means_;
};

}  // namespace gradtrace
