// Dual numbers: a value and its derivative along one direction, carried through the forward pass side by
// side, each with a bound on its rounding (first-order running error analysis, N. J. Higham, Accuracy and
// Stability of Numerical Algorithms, 2002, §3.3; of products of what is all error the second order as well). No step, hence no
// truncation.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

namespace gradtrace {

struct Dual {
  double value = 0;
  double derivative = 0;
  double error = 0;             ///< of the value
  double derivative_error = 0;  ///< of the derivative

  Dual() = default;
  Dual(double constant) : value(constant) {}  // NOLINT: numbers mix freely
  Dual(double v, double d, double e, double de) : value(v), derivative(d), error(e), derivative_error(de) {}

  /// 0 + direction·t: what is added to a variable that moves. Where t may be anything up to `reach` off 0, the
  /// derivative's error covers what it is there.
  static Dual nudge(double direction = 1, double reach = 0) { return {0, direction, reach * std::abs(direction), 0}; }

  Dual operator-() const { return {-value, -derivative, error, derivative_error}; }
  Dual& operator+=(const Dual& y);
  Dual& operator-=(const Dual& y);
  Dual& operator*=(const Dual& y);
  Dual& operator/=(const Dual& y);
};

namespace dual_detail {

inline constexpr double epsilon = std::numeric_limits<double>::epsilon();
/// What a product loses where it falls below the smallest normal number; a large factor behind it brings that to light.
inline constexpr double underflow = std::numeric_limits<double>::denorm_min();

/// f(x) from f, f′ and |f″| there; f and f′ as computed are good to `rounding` ε.
inline Dual chain(const Dual& x, double f, double slope, double curvature, double rounding = 3) {
  const double derivative = slope * x.derivative;
  // The slope too may have underflowed.
  return {f, derivative, std::abs(slope) * x.error + rounding * epsilon * std::abs(f) + underflow,
          (std::abs(slope) + curvature * x.error) * x.derivative_error + std::abs(x.derivative) * (curvature * x.error + underflow) +
              (rounding + 1) * epsilon * std::abs(derivative) + underflow};
}

}  // namespace dual_detail

inline Dual operator+(const Dual& x, const Dual& y) {
  using dual_detail::epsilon;
  const double value = x.value + y.value, derivative = x.derivative + y.derivative;
  return {value, derivative, x.error + y.error + epsilon * std::abs(value),
          x.derivative_error + y.derivative_error + epsilon * std::abs(derivative)};
}

inline Dual operator-(const Dual& x, const Dual& y) { return x + -y; }

inline Dual operator*(const Dual& x, const Dual& y) {
  using dual_detail::epsilon, dual_detail::underflow;
  const double value = x.value * y.value;
  const double left = x.value * y.derivative, right = y.value * x.derivative;
  return {value, left + right,
          std::abs(x.value) * y.error + (std::abs(y.value) + y.error) * x.error + epsilon * std::abs(value) + underflow,
          (std::abs(x.value) + x.error) * y.derivative_error + std::abs(y.derivative) * x.error +
              (std::abs(y.value) + y.error) * x.derivative_error + std::abs(x.derivative) * y.error + 2 * epsilon * (std::abs(left) + std::abs(right)) + 2 * underflow};
}

inline Dual operator/(const Dual& x, const Dual& y) {
  using dual_detail::epsilon, dual_detail::underflow;
  const double quotient = x.value / y.value, divisor = std::abs(y.value);
  const double error = (x.error + std::abs(quotient) * y.error) / divisor + epsilon * std::abs(quotient) + underflow;
  const double derivative = (x.derivative - quotient * y.derivative) / y.value;
  const double terms = std::abs(x.derivative) + std::abs(quotient * y.derivative);
  return {quotient, derivative, error,
          (x.derivative_error + std::abs(quotient) * y.derivative_error + std::abs(y.derivative) * error +
           std::abs(derivative) * y.error + 3 * epsilon * terms + underflow) / divisor + underflow};
}

inline Dual& Dual::operator+=(const Dual& y) { return *this = *this + y; }
inline Dual& Dual::operator-=(const Dual& y) { return *this = *this - y; }
inline Dual& Dual::operator*=(const Dual& y) { return *this = *this * y; }
inline Dual& Dual::operator/=(const Dual& y) { return *this = *this / y; }

inline double branch_value(const Dual& x) { return x.value; }

/// A ReLU. Where x may stand on the kink, at 0, every slope from alpha to 1 is right: their mean, the rest is error.
inline Dual rectify(const Dual& x, double alpha) {
  if (std::abs(x.value) > x.error) return x.value > 0 ? x : Dual(alpha) * x;
  const double mean = (1 + alpha) / 2, apart = std::abs(1 - alpha) / 2, steepest = mean + apart;
  return {x.value > 0 ? x.value : alpha * x.value, mean * x.derivative, steepest * x.error,
          apart * std::abs(x.derivative) + steepest * x.derivative_error};
}

inline Dual exp(const Dual& x) {
  const double e = std::exp(x.value);
  return dual_detail::chain(x, e, e, e);
}
inline Dual log(const Dual& x) {
  const double slope = 1 / x.value;
  return dual_detail::chain(x, std::log(x.value), slope, slope * slope);
}
inline Dual log1p(const Dual& x) {
  const double slope = 1 / (1 + x.value);
  return dual_detail::chain(x, std::log1p(x.value), slope, slope * slope);
}
inline Dual sqrt(const Dual& x) {
  const double root = std::sqrt(x.value);
  return dual_detail::chain(x, root, 0.5 / root, 0.25 / (root * x.value));
}
inline Dual tanh(const Dual& x) {
  // 1 − tanh² x = 4 e^−2|x| / (1 + e^−2|x|)², without cancellation
  const double e = std::exp(-2 * std::abs(x.value));
  const double slope = 4 * e / ((1 + e) * (1 + e));
  return dual_detail::chain(x, std::tanh(x.value), slope, 2 * slope, 6);
}
inline Dual erfc(const Dual& x) {
  const double slope = -2 * std::numbers::inv_sqrtpi * std::exp(-x.value * x.value);
  // the exponent's own rounding is x²ε
  return dual_detail::chain(x, std::erfc(x.value), slope, std::abs(2 * x.value * slope), 4 + x.value * x.value);
}

}  // namespace gradtrace
