// Uniform and normal numbers from the bits of the engine, by arithmetic alone.
#include "lesson/random.hpp"

#include <array>
#include <cmath>

namespace gradtrace {

namespace {

using Coefficients = std::array<double, 8>;

/// c[0] + c[1]·r + … + c[7]·r⁷
double polynomial(const Coefficients& c, double r) {
  double sum = 0;
  for (std::size_t i = c.size(); i-- > 0;) sum = sum * r + c[i];
  return sum;
}

/// A quotient of polynomials, one for each range of p.
struct Rational {
  Coefficients above, below;
  double operator()(double r) const { return polynomial(above, r) / polynomial(below, r); }
};

constexpr Rational centre{
    {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3},
    {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3}};

constexpr Rational shoulder{
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9}};

constexpr Rational tail{
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15}};

}  // namespace

double portable_log(double x) {
  // x = m·2ᵉ with m in [√½, √2); ln m = 2 artanh s, s = (m − 1)/(m + 1), |s| < 0.172
  constexpr double square_root_of_half = 0.70710678118654752440;
  constexpr double ln_2 = 0.69314718055994530942;
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < square_root_of_half) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  // 1 + s²/3 + s⁴/5 + …: the term left out is below 10⁻¹⁹.
  constexpr int terms = 12;
  double series = 0;
  for (int i = terms; i >= 0; --i) series = series * square + 1.0 / (2 * i + 1);
  return exponent * ln_2 + 2 * s * series;
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * centre(0.180625 - q * q);
  const double smaller = q < 0 ? p : 1 - p;
  const double r = std::sqrt(-portable_log(smaller));
  const double magnitude = r <= 5 ? shoulder(r - 1.6) : tail(r - 5);
  return q < 0 ? -magnitude : magnitude;
}

double RandomNumbers::uniform() {
  const auto bits = static_cast<double>(engine_() >> 11);  // 53 of them
  return bits * 0x1p-52 - 1;
}

double RandomNumbers::normal() {
  // In the middle of 2⁵² equal steps: never 0 or 1, and 1 − p is exact.
  const auto bits = static_cast<double>(engine_() >> 12);
  return normal_quantile((bits + 0.5) * 0x1p-52);
}

}  // namespace gradtrace
