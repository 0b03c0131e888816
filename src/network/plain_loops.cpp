// One example's loops over all weights.
#include "network/plain_loops.hpp"

#include "base/processor.hpp"

#include <algorithm>
#include <cstring>

namespace gradtrace {
namespace {

// So many sums side by side: one alone waits for every addition before the next can begin.
constexpr std::size_t together = 16;

using Pair = double __attribute__((vector_size(16)));
using Four = double __attribute__((vector_size(32)));

[[gnu::always_inline]] inline Pair pair_at(const double* from) {
  Pair pair;
  std::memcpy(&pair, from, sizeof pair);
  return pair;
}

/// wⱼₖ and wⱼₖ₊₁ of some neurons, whose rows are m apart, as two vectors of neurons: `first` holds k, `second` k + 1.
[[gnu::always_inline]] inline void turn(const double* w, std::size_t m, Pair& first, Pair& second) {
  const Pair upper = pair_at(w), lower = pair_at(w + m);
  first = __builtin_shufflevector(upper, lower, 0, 2);
  second = __builtin_shufflevector(upper, lower, 1, 3);
}
[[gnu::always_inline]] inline void turn(const double* w, std::size_t m, Four& first, Four& second) {
  const Four even = __builtin_shufflevector(pair_at(w), pair_at(w + 2 * m), 0, 1, 2, 3);
  const Four odd = __builtin_shufflevector(pair_at(w + m), pair_at(w + 3 * m), 0, 1, 2, 3);
  first = __builtin_shufflevector(even, odd, 0, 4, 2, 6);
  second = __builtin_shufflevector(even, odd, 1, 5, 3, 7);
}

/// Adds Σₖ wⱼₖ aₖ to z of `together` neurons, whose rows of weights begin at w and are m apart.
template <class Lanes>
[[gnu::always_inline]] inline void add_rows(const double* w, std::size_t m, const double* a, double* z) {
  constexpr std::size_t lanes = sizeof(Lanes) / sizeof(double), vectors = together / lanes;
  Lanes sums[vectors];
#pragma GCC unroll 8
  for (std::size_t v = 0; v < vectors; ++v) std::memcpy(&sums[v], z + v * lanes, sizeof sums[v]);
  std::size_t k = 0;
  for (; k + 2 <= m; k += 2) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < vectors; ++v) {
      Lanes first, second;
      turn(w + v * lanes * m + k, m, first, second);
      sums[v] += first * a[k];
      sums[v] += second * a[k + 1];
    }
  }
#pragma GCC unroll 8
  for (std::size_t v = 0; v < vectors; ++v) std::memcpy(z + v * lanes, &sums[v], sizeof sums[v]);
  if (k == m) return;
  for (std::size_t j = 0; j < together; ++j) z[j] += w[j * m + k] * a[k];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) void add_rows_in_fours(const double* w, std::size_t m, const double* a, double* z) {
  add_rows<Four>(w, m, a, z);
}
#endif

void add_rows(const double* w, std::size_t m, const double* a, double* z) {
#if defined(__x86_64__)
  static const bool in_fours = __builtin_cpu_supports("avx2");
  if (in_fours) return add_rows_in_fours(w, m, a, z);
#endif
  add_rows<Pair>(w, m, a, z);
}

/// sums += Σⱼ wⱼ δⱼ over four rows, m apart, one after the other
GRADTRACE_FOR_EACH_PROCESSOR void add_four(const double* w, std::size_t m, const double* delta, double* sums) {
  const double *w0 = w, *w1 = w + m, *w2 = w + 2 * m, *w3 = w + 3 * m;
  const double d0 = delta[0], d1 = delta[1], d2 = delta[2], d3 = delta[3];
  for (std::size_t k = 0; k < m; ++k) sums[k] = (((sums[k] + w0[k] * d0) + w1[k] * d1) + w2[k] * d2) + w3[k] * d3;
}

}  // namespace

void weighted_inputs(const Matrix& weights, const Vector& biases, const Vector& a, Vector& z) {
  const std::size_t n = weights.shape(0), m = weights.shape(1);
  std::copy(biases.begin(), biases.end(), z.begin());
  std::size_t j = 0;
  for (; j + together <= n; j += together) add_rows(weights.data() + j * m, m, a.data(), z.data() + j);
  for (; j < n; ++j) {
    double sum = z.data()[j];
    const double* row = weights.data() + j * m;
    for (std::size_t k = 0; k < m; ++k) sum += row[k] * a.data()[k];
    z.data()[j] = sum;
  }
}

void transposed_product(const Matrix& weights, const Vector& delta, Vector& sums) {
  const std::size_t n = weights.shape(0), m = weights.shape(1);
  std::fill(sums.begin(), sums.end(), 0.0);
  std::size_t j = 0;
  for (; j + 4 <= n; j += 4) add_four(weights.data() + j * m, m, delta.data() + j, sums.data());
  for (; j < n; ++j) {
    for (std::size_t k = 0; k < m; ++k) sums.data()[k] += weights.data()[j * m + k] * delta.data()[j];
  }
}

void transposed_product(const Matrix& weights, const VectorOf<long double>& delta, VectorOf<long double>& sums) {
  std::fill(sums.begin(), sums.end(), 0.0L);
  for (std::size_t j = 0; j < weights.shape(0); ++j) {
    for (std::size_t k = 0; k < weights.shape(1); ++k) sums(k) += weights(j, k) * delta(j);
  }
}

GRADTRACE_FOR_EACH_PROCESSOR void add_outer_product(const double* delta, std::size_t n, const double* a, std::size_t m, double* sums) {
  for (std::size_t j = 0; j < n; ++j) {
    const double d = delta[j];
    for (std::size_t k = 0; k < m; ++k) sums[j * m + k] += d * a[k];
  }
}

}  // namespace gradtrace
