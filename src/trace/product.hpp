// Matrix products for layers too wide for plain loops, in the widest vectors the processor has. A room of its own: what
// it computes is the three loops in the comment below, to rounding.
#pragma once

#include <cstddef>
#include <span>

namespace gradtrace {

/// A matrix whose rows may lie anywhere; the numbers of a row are `stride` apart.
struct Rows {
  std::span<const double* const> begin;
  std::size_t stride = 1;
};

/// out(r, c) += Σₚ left(r, p) · right(p, c)   [rows × columns] += [rows × inner] [inner × columns]
/// right's stride must be 1; out's rows are `columns` apart. Every number is summed in the same order on every call, but
/// the order, and whether a product is rounded before it is added, depend on the processor.
void add_product(const Rows& left, const Rows& right, std::size_t columns, double* out);

}  // namespace gradtrace
