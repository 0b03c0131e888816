// Vectors and matrices of the whole program: xtensor's, by name and of fixed rank.
// Never `auto` for an expression of these: a lazy expression keeps references to dead locals.
#pragma once

#include <xtensor/xtensor.hpp>

#include <cstddef>

namespace gradtrace {

template <class T>
using VectorOf = xt::xtensor<T, 1>;
template <class T>
using MatrixOf = xt::xtensor<T, 2>;  // row-major: row j, column k

using Vector = VectorOf<double>;
using Matrix = MatrixOf<double>;

/// A vector of n zeros. (`Vector v({n})` would have ONE element.)
template <class T = double>
VectorOf<T> zeros(std::size_t n) {
  return VectorOf<T>(typename VectorOf<T>::shape_type{n}, T(0));
}

/// Gives a vector n elements, of any value; those it has it keeps, so that memory is used again.
template <class T>
void make_room(VectorOf<T>& vector, std::size_t n) {
  if (vector.size() != n) vector = zeros<T>(n);
}

/// A matrix of rows × columns zeros.
template <class T = double>
MatrixOf<T> zeros(std::size_t rows, std::size_t columns) {
  return MatrixOf<T>(typename MatrixOf<T>::shape_type{rows, columns}, T(0));
}

}  // namespace gradtrace
