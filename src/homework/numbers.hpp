// All derived numbers of a lesson under one index: example after example in the order of the derivation, then the means.
#pragma once

#include "base/name.hpp"
#include "trace/order.hpp"

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

  std::vector<Block> derived_, mean_;
  std::size_t examples_, per_example_, means_;  // means_: 0 where there is one example
};

}  // namespace gradtrace
