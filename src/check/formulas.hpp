// Which formulas a run with random rounding takes, where textbooks and libraries have several.
#pragma once

#include "lesson/random.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <numeric>
#include <utility>

namespace gradtrace {

/// Which formulas a run takes in a layer where several are usual, each in half of the sixteen runs, and so each pair in a
/// quarter: an orthogonal array (C. R. Rao, Suppl. J. Roy. Statist. Soc. 9 (1947) 128–139). In every layer
/// but the first the sixteen come in another order, so that those of two layers meet too.
struct Formulas {
  Formulas(unsigned seed, std::size_t layer) {
    const unsigned run = in_layer(seed % runs, layer);
    const auto takes = [&](unsigned column) { return std::popcount(run & column) % 2 != 0; };
    log1p = takes(1);
    sigmoid_slope_from_z = takes(2);
    written_out = takes(4);
    erfc = takes(8);
    sigmoid_by_tanh = takes(3);
    tanh_by_powers = takes(5);
    tanh_by_quotient = takes(12);
    tanh_slope_from_z = takes(6);
    softmax_by_logarithm = takes(9);
    softmax_slope_at_once = takes(10);
    softplus_slope_from_a = takes(7);
  }

  static constexpr unsigned runs = 16;

  bool log1p;                  ///< of e^z rather than ln(1 + e^z)
  bool sigmoid_slope_from_z;   ///< e^−z/(1 + e^−z)² rather than a(1 − a)
  bool written_out;            ///< δ by the chain rule where a − y is as good
  bool erfc;                   ///< rather than 1 + erf
  bool sigmoid_by_tanh;        ///< (1 + tanh(z/2))/2
  bool tanh_by_powers;         ///< 1 − 2/(1 + e^2z)
  bool tanh_by_quotient;       ///< sinh z/cosh z, which may be more than 1
  bool tanh_slope_from_z;      ///< 1/cosh² z rather than 1 − a²
  bool softmax_by_logarithm;   ///< e^(z − ln Σ e^z)
  bool softmax_slope_at_once;  ///< δⱼ = aⱼ(∂C/∂aⱼ − Σ aᵢ ∂C/∂aᵢ)
  bool softplus_slope_from_a;  ///< 1 − e^−a

 private:
  static unsigned in_layer(unsigned run, std::size_t layer) {
    std::array<unsigned, runs> order{};
    std::iota(order.begin(), order.end(), 0u);
    RandomNumbers random(layer);
    for (unsigned i = runs; layer > 1 && i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>((random.uniform() + 1) / 2 * i)]);
    return order[run];
  }
};

}  // namespace gradtrace
