// The rows that matter most.
#include "render/visible_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gradtrace {

VisibleRows choose_rows(const std::vector<Name>& names, const std::function<double(const Name&)>& value, bool all) {
  // So many rows are read at a glance; of more, a few less and a line that says so.
  constexpr std::size_t most = 10, kept = 7;
  VisibleRows rows;
  rows.shown.resize(names.size());
  std::iota(rows.shown.begin(), rows.shown.end(), std::size_t{0});
  if (all || names.size() <= most) return rows;
  std::vector<double> sizes;
  sizes.reserve(names.size());
  for (const Name& name : names) sizes.push_back(std::abs(value(name)));
  const auto larger = [&](std::size_t x, std::size_t y) { return sizes[x] != sizes[y] ? sizes[x] > sizes[y] : x < y; };
  std::partial_sort(rows.shown.begin(), rows.shown.begin() + kept + 1, rows.shown.end(), larger);
  rows.left_out = names.size() - kept;
  rows.largest_left_out = value(names[rows.shown[kept]]);
  rows.shown.resize(kept);
  std::sort(rows.shown.begin(), rows.shown.end());
  return rows;
}

}  // namespace gradtrace
