// Matrix products for layers too wide for plain loops, in the widest vectors the processor has. A room of its own: what
// it computes is the three loops in the comment below, to rounding.
#pragma once

#include <cstddef>
#include <span>

namespace gradtrace {

/// Where the rows of a matrix begin, which may lie anywhere.
using Starts = std::span<const double* const>;

/// The same, with the numbers of a row `stride` apart.
struct Rows {
  Starts begin;
  std::size_t stride = 1;
};

/// out(r, c) += Σₚ left(r, p) · right(p, c)   [rows × columns] += [rows × inner] [inner × columns]
/// Rows of the right side lie in one piece each, those of out `columns` apart. Every number is summed in the same order on
/// every call, but the order, and whether a product is rounded before it is added, depend on the processor.
void add_product(const Rows& left, Starts right, std::size_t columns, double* out);

}  // namespace gradtrace
