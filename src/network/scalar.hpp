// The few functions of one number that every scalar of the forward pass needs, in forms that neither
// overflow nor cancel where units saturate. T may be double, float, a dual number, a 50-digit number
// or std::complex<double> (complex step); elementary functions are found by argument-dependent look-up.
#pragma once

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

namespace gradtrace {

// Found beside the overloads for other scalars, here and, by argument-dependent look-up, where those live.
using std::abs;
using std::erfc;
using std::exp;
using std::log;
using std::log1p;
using std::sqrt;
using std::tanh;

/// What decides a branch: the value itself, of a complex number the real part. Other scalar types
/// that carry derivatives overload it.
inline double branch_value(double x) { return x; }
inline double branch_value(float x) { return static_cast<double>(x); }
inline long double branch_value(long double x) { return x; }  // of 1e-400 the sign counts
inline double branch_value(const std::complex<double>& x) { return x.real(); }
template <class T>
double branch_value(const T& x) {
  return static_cast<double>(x);
}

// The standard has no expm1, log1p, erfc of complex arguments. In a complex step the imaginary part
// is a derivative times 1e-20, so the first-order term is exact to double precision.
inline std::complex<double> log1p(const std::complex<double>& x) {
  return {std::log1p(x.real()), x.imag() / (1 + x.real())};
}
inline std::complex<double> erfc(const std::complex<double>& x) {
  const double slope = -2 * std::numbers::inv_sqrtpi * std::exp(-x.real() * x.real());
  return {std::erfc(x.real()), slope * x.imag()};
}

/// √2 in full precision of T.
template <class T>
T sqrt_of_two() {
  return sqrt(T(2));
}

/// 1/(1 + e⁻ˣ), to a few units in the last place for every x.
template <class T>
T sigmoid(const T& x) {
  if (branch_value(x) >= 0) return T(1) / (T(1) + exp(-x));
  const T e = exp(x);
  return e / (T(1) + e);
}

/// x, left of 0 alpha·x. Scalars that know how far their value may be off overload it.
template <class T>
T rectify(const T& x, double alpha) {
  if (branch_value(x) > 0) return x;
  return alpha == 0 ? T(0) : T(alpha) * x;
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|)
template <class T>
T softplus(const T& x) {
  if (branch_value(x) > 0) return x + T(log1p(exp(-x)));
  return T(log1p(exp(x)));
}

/// ln ln(1 + eˣ); for x → −∞ it is x − eˣ/2, which is what the middle form can no longer resolve.
template <class T>
T log_softplus(const T& x) {
  // Below this eˣ is so small that the next term, e²ˣ/24, is under 1e-60 of a 50-digit number too.
  if (branch_value(x) < -80) return x - T(exp(x)) / T(2);
  return T(log(softplus(x)));
}

}  // namespace gradtrace
