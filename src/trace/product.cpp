// A tile of out is held in registers while p runs; the columns of right that a tile needs stay in the nearest cache while
// all rows of left pass by. K. Goto, R. van de Geijn, Anatomy of high-performance matrix multiplication (2008); copying
// panels together, as they do, was measured to be slower at these sizes (layers of 16 to 1,000 neurons).
// Compiled with multiplication and addition fused (CMakeLists.txt).
#include "trace/product.hpp"

#include <algorithm>
#include <cstring>

namespace gradtrace {
namespace {

/// Where a tile goes, and how much of it is wanted.
struct Place {
  double* out;
  std::size_t stride, rows, columns;
};

/// `height` rows by `vectors` vectors of `lanes` numbers.
template <std::size_t lanes, std::size_t height, std::size_t vectors>
struct Tile {
  typedef double Lanes __attribute__((vector_size(lanes * sizeof(double))));
  static constexpr std::size_t width = lanes * vectors;
  static constexpr std::size_t deepest = 2048 / width;  // width columns of right, 16 KB, leave half of a small nearest cache to left

  /// left: height rows; right: inner rows of width numbers, from `first` on
  [[gnu::always_inline]] static inline void add(const double* const* left, std::size_t stride, const double* const* right_rows,
                                                std::size_t first, std::size_t inner, const Place& place) {
    Lanes sums[height][vectors] = {};
    const double* row[height];
    for (std::size_t i = 0; i < height; ++i) row[i] = left[i];
    for (std::size_t p = 0; p < inner; ++p) {
      Lanes right[vectors];
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) std::memcpy(&right[v], right_rows[p] + first + v * lanes, sizeof right[v]);
      const std::size_t at = p * stride;
#pragma GCC unroll 16
      for (std::size_t i = 0; i < height; ++i) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v) sums[i][v] += row[i][at] * right[v];
      }
    }
#pragma GCC unroll 16
    for (std::size_t i = 0; i < height; ++i) {
      if (i == place.rows) return;
      double* to = place.out + i * place.stride;
#pragma GCC unroll 4
      for (std::size_t v = 0; v < vectors; ++v) {
        const std::size_t wanted = place.columns > v * lanes ? std::min(lanes, place.columns - v * lanes) : 0;
        Lanes whole{};
        if (wanted == lanes) {
          std::memcpy(&whole, to + v * lanes, sizeof whole);
          whole += sums[i][v];
          std::memcpy(to + v * lanes, &whole, sizeof whole);
        } else {
          double part[lanes];
          std::memcpy(part, &sums[i][v], sizeof part);
          for (std::size_t c = 0; c < wanted; ++c) to[v * lanes + c] += part[c];
        }
      }
    }
  }

  [[gnu::always_inline]] static inline void product(const Rows& left, Starts right, std::size_t columns, double* out) {
    const std::size_t rows = left.begin.size(), inner = right.size();
    // At a ragged edge, columns of right made up with zeros to a tile's width.
    double panel[deepest * width] = {};
    const double* panel_rows[deepest];
    for (std::size_t p = 0; p < deepest; ++p) panel_rows[p] = panel + p * width;
    for (std::size_t p0 = 0; p0 < inner; p0 += deepest) {
      const std::size_t deep = std::min(deepest, inner - p0);
      for (std::size_t c = 0; c < columns; c += width) {
        const std::size_t wide = std::min(width, columns - c);
        const bool copied = wide < width;
        if (copied) {
          for (std::size_t p = 0; p < deep; ++p) std::copy_n(right[p0 + p] + c, wide, panel + p * width);
        }
        const double* const* right_rows = copied ? panel_rows : right.data() + p0;
        for (std::size_t r = 0; r < rows; r += height) {
          const double* some[height];
          for (std::size_t i = 0; i < height; ++i) some[i] = left.begin[std::min(r + i, rows - 1)] + p0 * left.stride;
          add(some, left.stride, right_rows, copied ? 0 : c, deep, {out + r * columns + c, columns, rows - r, wide});
        }
      }
    }
  }
};

using Product = void (*)(const Rows&, Starts, std::size_t, double*);

// As many sums as fit into the registers: 32 of 8 numbers, 16 of 4, 16 of 2.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) void in_eights(const Rows& left, Starts right, std::size_t columns, double* out) {
  Tile<8, 8, 2>::product(left, right, columns, out);
}
__attribute__((target("avx2,fma"))) void in_fours(const Rows& left, Starts right, std::size_t columns, double* out) {
  Tile<4, 4, 2>::product(left, right, columns, out);
}
#endif
void in_twos(const Rows& left, Starts right, std::size_t columns, double* out) {
  Tile<2, 4, 2>::product(left, right, columns, out);
}

Product best() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return in_eights;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return in_fours;
#endif
  return in_twos;
}

}  // namespace

void add_product(const Rows& left, Starts right, std::size_t columns, double* out) {
  if (left.begin.empty() || right.empty()) return;
  static const Product product = best();
  product(left, right, columns, out);
}

}  // namespace gradtrace
