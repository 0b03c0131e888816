// The loops over all weights that one example takes, several neurons at a time. Every sum is taken in the plain order,
// so that the bits are those of the plain loops.
#pragma once

#include "base/tensor.hpp"

#include <cstddef>

namespace gradtrace {

/// z = W a + b   [n] = [n × m] [m] + [n]
void weighted_inputs(const Matrix& weights, const Vector& biases, const Vector& a, Vector& z);

/// sums = Wᵀ δ   [m] = [n × m]ᵀ [n]
void transposed_product(const Matrix& weights, const Vector& delta, Vector& sums);

/// The same in numbers of a wider range.
void transposed_product(const Matrix& weights, const VectorOf<long double>& delta, VectorOf<long double>& sums);

/// sums += δ aᵀ   [n × m], row by row
void add_outer_product(const double* delta, std::size_t n, const double* a, std::size_t m, double* sums);

}  // namespace gradtrace
