// Which rows of a long table are shown: those that matter most, in their order.
#pragma once

#include "base/name.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace gradtrace {

struct VisibleRows {
  std::vector<std::size_t> shown;  ///< places in `names`, ascending
  std::size_t left_out = 0;
  double largest_left_out = 0;     ///< by size; its sign kept
};

/// All of at most 10 names, or of more, and unless `all`, the 7 whose |value| is largest.
VisibleRows choose_rows(const std::vector<Name>& names, const std::function<double(const Name&)>& value, bool all);

}  // namespace gradtrace
