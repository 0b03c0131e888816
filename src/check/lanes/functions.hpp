// e^x and its kin for several numbers at a time, without branches. For the files of this folder that are compiled
// once for each instruction set: everything here is theirs alone (an unnamed namespace, nothing of the standard
// library's), so that no code for a newer processor can be taken for what the rest of the program uses.
#pragma once

namespace {

// `lanes` is set by the file that includes this one: how many doubles a register holds.
using Lanes = double __attribute__((vector_size(8 * lanes)));
using Bits = unsigned long long __attribute__((vector_size(8 * lanes)));

#define GRADTRACE_INLINE [[gnu::always_inline]] inline

GRADTRACE_INLINE Lanes all(double x) { return x - Lanes{}; }
GRADTRACE_INLINE Lanes absolute(Lanes x) { return (Lanes)((Bits)x & 0x7fffffffffffffff); }
/// x > y ? x : y and x < y ? x : y. GCC does not find the processor's own behind these.
#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
GRADTRACE_INLINE Lanes larger(Lanes x, Lanes y) { return __builtin_ia32_maxpd512_mask(x, y, x, 0xff, 4); }
GRADTRACE_INLINE Lanes smaller(Lanes x, Lanes y) { return __builtin_ia32_minpd512_mask(x, y, x, 0xff, 4); }
#elif defined(__GNUC__) && !defined(__clang__) && defined(__AVX2__)
GRADTRACE_INLINE Lanes larger(Lanes x, Lanes y) { return __builtin_ia32_maxpd256(x, y); }
GRADTRACE_INLINE Lanes smaller(Lanes x, Lanes y) { return __builtin_ia32_minpd256(x, y); }
#elif defined(__GNUC__) && !defined(__clang__) && defined(__SSE2__)
GRADTRACE_INLINE Lanes larger(Lanes x, Lanes y) { return __builtin_ia32_maxpd(x, y); }
GRADTRACE_INLINE Lanes smaller(Lanes x, Lanes y) { return __builtin_ia32_minpd(x, y); }
#else
GRADTRACE_INLINE Lanes larger(Lanes x, Lanes y) { return x > y ? x : y; }
GRADTRACE_INLINE Lanes smaller(Lanes x, Lanes y) { return x < y ? x : y; }
#endif
/// x, or the nearest number from low to high; NaN stays NaN
GRADTRACE_INLINE Lanes between(double low, double high, Lanes x) { return smaller(all(high), larger(all(low), x)); }

/// c₀ + c₁x + c₂x² + … in pairs of pairs (G. Estrin, 1960), which wait for each other less than Horner's rule.
template <int n>
GRADTRACE_INLINE Lanes polynomial(const double (&c)[n], Lanes x) {
  Lanes pairs[(n + 1) / 2];
#pragma GCC unroll 16
  for (int i = 0; i < (n + 1) / 2; ++i) pairs[i] = 2 * i + 1 < n ? c[2 * i] + c[2 * i + 1] * x : all(c[2 * i]);
  Lanes power = x * x;
#pragma GCC unroll 16
  for (int left = (n + 1) / 2; left > 1; left = (left + 1) / 2) {
#pragma GCC unroll 16
    for (int i = 0; i < (left + 1) / 2; ++i) pairs[i] = 2 * i + 1 < left ? pairs[2 * i] + pairs[2 * i + 1] * power : pairs[2 * i];
    power = power * power;
  }
  return pairs[0];
}

/// The same by Horner's rule, which rounds less where terms cancel.
template <int n>
GRADTRACE_INLINE Lanes polynomial_by_horner(const double (&c)[n], Lanes x) {
  Lanes sum = all(c[n - 1]);
#pragma GCC unroll 32
  for (int i = n - 2; i >= 0; --i) sum = sum * x + c[i];
  return sum;
}

constexpr double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;  // their sum is ln 2 to 85 bits

/// 2ᵏ for whole k from −1022 to 1023 given as k + bias, whose last bits are those of k + 1023.
constexpr double bias = 0x1.8p52 + 1023;
GRADTRACE_INLINE Lanes power_of_two(Lanes biased) { return (Lanes)((Bits)biased << 52); }

/// x + low = s − k ln 2 with |s| ≤ ½ ln 2, and e⁻ˢ = 1 − s + rest.
struct Reduced {
  Lanes biased, k, s, rest;
};

// (e⁻ˢ − 1 + s)/s² on [−½ ln 2, ½ ln 2], interpolated at Chebyshev's nodes: to 2⁻⁵⁶ of e⁻ˢ, and for e⁻ˢ − 1 to 2⁻⁶⁰.
constexpr double for_exp[] = {0.5000000000000001, -0.16666666666666669, 0.04166666666662413, -0.008333333333330062,
                              0.0013888888917213717, -0.00019841269863053618, 2.4801521295954376e-05, -2.7557268459997064e-06,
                              2.7620088445409746e-07, -2.510038549551032e-08};
constexpr double for_expm1[] = {0.5, -0.1666666666666667, 0.04166666666666667, -0.008333333333326136, 0.0013888888888883748,
                                -0.00019841269874820627, 2.4801587325547743e-05, -2.7557255400206422e-06, 2.75572736431103e-07,
                                -2.5105217004720745e-08, 2.0914686968086876e-09};

/// low is small beside 1. The sign is that of what is needed most, e⁻ˣ.
template <int n>
GRADTRACE_INLINE Reduced reduce(const double (&q)[n], Lanes x, Lanes low) {
  const Lanes biased = bias - x * 0x1.71547652b82fep+0, k = biased - bias;  // a sum of this size has no fraction
  const Lanes s = (x + k * ln2_high) + (k * ln2_low + low);
  return {biased, k, s, s * s * polynomial(q, s)};
}

/// e^−(x + low), low small beside 1
GRADTRACE_INLINE Lanes exp_of_minus(Lanes x, Lanes low) {
  const Reduced reduced = reduce(for_exp, between(-710, 746, x), low);  // beyond these it is infinite or 0
  // Where it is below the smallest normal number, 2ᵏ is a product of two.
  const Lanes most = between(-1021, 1023, reduced.k);
  return (1 - (reduced.s - reduced.rest)) * power_of_two(most + bias) * power_of_two(reduced.k - most + bias);
}
GRADTRACE_INLINE Lanes exp_of_minus(Lanes x) { return exp_of_minus(x, Lanes{}); }

/// ln(u + c) for normal u > 0 and c small beside it. u = 2ᵏ(1 + f), s = f/(2 + f), ln(1 + f) = 2s + s³R(s²)
/// (the form of e_log.c, Sun Microsystems, 1993).
GRADTRACE_INLINE Lanes log_of_sum(Lanes u, Lanes c) {
  constexpr double r[] = {0.6666666666666666, 0.40000000000000885, 0.28571428570799784, 0.22222222392581045,
                          0.18181795547521137, 0.15386244737621665, 0.13268638369266825, 0.13088034850927555};
  constexpr unsigned long long one = 0x3ff0000000000000, sqrt_of_half = 0x3fe6a09e667f3bcd;
  const Bits exponent = ((Bits)u + (one - sqrt_of_half)) >> 52;  // k + 1023, so that 1 + f lies from √½ to √2
  const Lanes f = (Lanes)((Bits)u - (exponent << 52) + one) - 1;
  const Lanes k = (Lanes)(exponent | 0x4330000000000000) - (0x1p52 + 1023);
  const Lanes s = f / (2 + f), half_square = 0.5 * f * f;
  const Lanes rest = s * (half_square + s * s * polynomial(r, s * s));
  return k * ln2_high - ((half_square - (rest + (k * ln2_low + c / u))) - f);
}

/// ln x for normal x > 0; of what is beyond them infinity and NaN stay what they are
GRADTRACE_INLINE Lanes log(Lanes x) {
  const Lanes finite = log_of_sum(x, Lanes{});
  return x <= __DBL_MAX__ ? finite : x;
}

/// ln(1 + x) for x > −1, 1 + x rounded and what that loses put back
GRADTRACE_INLINE Lanes log1p(Lanes x) {
  const Lanes u = 1 + x;
  return log_of_sum(u, x > 1 ? 1 - (u - x) : x - (u - 1));
}

/// 1/(1 + e⁻ˣ), for |x| up to 708: beyond, e⁻ˣ stays as large or as small as there, 3e307 or 3e−308.
GRADTRACE_INLINE Lanes sigmoid(Lanes x) {
  const Reduced reduced = reduce(for_exp, between(-708, 708, x), Lanes{});
  return 1 / (1 + (1 - (reduced.s - reduced.rest)) * power_of_two(reduced.biased));
}

/// With e = e^(−2|x|): tanh |x| = 1 − 2e/(1 + e), and where that cancels −m/(2 + m) with
/// m = e − 1 = (2ᵏ − 1) + 2ᵏ(e⁻ˢ − 1).
GRADTRACE_INLINE Lanes tanh(Lanes x) {
  const Reduced reduced = reduce(for_expm1, between(0, 100, 2 * absolute(x)), Lanes{});
  const Lanes power = power_of_two(reduced.biased), step = power * reduced.s;
  const Lanes rise = power - 1, m_high = rise - step;
  const Lanes m_low = (rise - m_high) - step + power * reduced.rest;
  const Lanes m = m_high + m_low, m_lost = m_low - (m - m_high);
  const Lanes e = power * (1 - (reduced.s - reduced.rest));
  const auto cancels = absolute(x) < 0.55;
  const Lanes above = cancels ? -m : 2 * e, above_lost = cancels ? -m_lost : Lanes{};
  const Lanes below = cancels ? 2 + m : 1 + e, below_lost = cancels ? m - (below - 2) : e - (below - 1);
  // What rounding left out of both is so small that 1/(1 + e), from ½ to 1, is known well enough to 4 %.
  const Lanes rough = above / below;
  const Lanes q = rough + (above_lost - rough * below_lost) * (1.457 - 0.5 * below);
  return (Lanes)((Bits)(cancels ? q : 1 - q) | ((Bits)x & 0x8000000000000000));
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|)
GRADTRACE_INLINE Lanes softplus(Lanes x) { return larger(x, Lanes{}) + log1p(exp_of_minus(absolute(x))); }

/// ln ln(1 + eˣ); for x → −∞ it is x − eˣ/2 + 5e²ˣ/24 …
GRADTRACE_INLINE Lanes log_softplus(Lanes x) {
  return x < -35 ? x - 0.5 * exp_of_minus(-x) : log(softplus(x));
}

/// Φ(x), the normal distribution function. With u = |x|, Φ(−u) = e^(−u²/2) F(u)/(1 + u), F a polynomial in
/// (u − 6)/(u + 6) (the transformation of M. M. Shepherd and J. G. Laframboise, Chebyshev approximation of
/// (1 + 2x)exp(x²)erfc x in 0 ≤ x < ∞, 1981).
GRADTRACE_INLINE Lanes normal(Lanes x) {
  constexpr double c[] = {0.45345520027112796, -0.08502536230577072, 0.03981142456242982, -0.004373386779593226,
                          -0.016141517332197368, 0.022592467062783016, -0.01976647921997029, 0.013246864154012135,
                          -0.007059819421068707, 0.0029356555179146167, -0.0008689946656167478, 0.00011948965571717959,
                          3.779490167737176e-05, -2.6353393572409072e-05, 4.412404543912898e-06, 1.7838116022958124e-06,
                          -9.995898526491916e-07, -4.2913658269661417e-10, 1.3236790158938167e-07, -2.0027893278270845e-08,
                          -1.5639864942746644e-08, 2.9426390752797887e-09, 1.5695921634584025e-09};
  const Lanes u = between(0, 40, absolute(x));  // Φ(−40) is below the smallest double
  // u² = high² + low (u + high), high of 26 bits so that its square is exact
  const Lanes high = (Lanes)((Bits)u & 0xfffffffff8000000), low = u - high;
  const Lanes tail = exp_of_minus(0.5 * high * high, 0.5 * low * (u + high)) * (polynomial_by_horner(c, (u - 6) / (u + 6)) / (1 + u));
  return x > 0 ? 1 - tail : tail;
}

}  // namespace
