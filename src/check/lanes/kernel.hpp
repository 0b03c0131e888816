// The nudged forward passes, a tile of nudges at a time. Compiled once for each instruction set by a file that
// sets `lanes` and GRADTRACE_LANES, the name of what it defines.
#pragma once

#include "check/lanes/lanes.hpp"

#include "check/lanes/functions.hpp"

namespace {

using gradtrace::Activation;
using gradtrace::Cost;
using gradtrace::LaneFunction;
using gradtrace::LaneLayer;
using gradtrace::LaneNetwork;
using gradtrace::LaneNudges;

using Unaligned = double __attribute__((vector_size(8 * lanes), aligned(8)));
using UnalignedBits = unsigned long long __attribute__((vector_size(8 * lanes), aligned(8)));

/// One number of as many nudges as are under way: four registers, so that sums need not wait for each other.
constexpr int registers = 4, tile_size = registers * lanes;
struct Tile {
  Lanes v[registers];
};
struct TileBits {
  Bits v[registers];
};
static_assert(LaneNudges::multiple % tile_size == 0);

#define GRADTRACE_EACH _Pragma("GCC unroll 4") for (int v = 0; v < registers; ++v)

GRADTRACE_INLINE Tile load(const double* from) {
  Tile tile;
  GRADTRACE_EACH tile.v[v] = *reinterpret_cast<const Unaligned*>(from + v * lanes);
  return tile;
}

GRADTRACE_INLINE void store(const Tile& tile, double* to) {
  GRADTRACE_EACH *reinterpret_cast<Unaligned*>(to + v * lanes) = tile.v[v];
}

/// table[neuron[i] · stride] of every lane's neuron
GRADTRACE_INLINE Tile gather(const double* table, std::size_t stride, const std::uint32_t* neuron, bool same) {
  Tile tile;
  if (same) {
    GRADTRACE_EACH tile.v[v] = all(table[neuron[0] * stride]);
    return tile;
  }
  GRADTRACE_EACH {
    for (int i = 0; i < lanes; ++i) tile.v[v][i] = table[neuron[v * lanes + i] * stride];
  }
  return tile;
}

/// As has_kink(), whose code may be that of another instruction set.
bool kinked(Activation activation) { return activation == Activation::relu || activation == Activation::leaky_relu; }

/// Notes which lanes z has changed side in, or left 0.
GRADTRACE_INLINE void note_crossing(Lanes before, Lanes after, Bits& crossed) {
  crossed |= (Bits)((before > 0) != (after > 0)) | ((Bits)(before == 0) & (Bits)(after != 0));
}

void note_crossings(const LaneLayer& layer, const Tile* z, TileBits& crossed) {
  if (!kinked(layer.activation)) return;
  for (std::size_t i = 0; i < layer.neurons; ++i) {
    GRADTRACE_EACH note_crossing(all(layer.z[i]), z[i].v[v], crossed.v[v]);
  }
}

template <class Function>
GRADTRACE_INLINE void for_each(Tile* z, std::size_t n, Function function) {
  for (std::size_t i = 0; i < n; ++i) {
    GRADTRACE_EACH z[i].v[v] = function(z[i].v[v]);
  }
}

/// The pieces of a softmax in one register's lanes.
struct Softmax {
  Lanes most;    ///< m, the largest zⱼ
  Bits largest;  ///< its index
  Lanes others;  ///< Σ e^(zⱼ − m) without the largest's
};

/// `exponential` gets e^(zⱼ − m); it may be z itself.
Softmax softmax_parts(const Tile* z, Tile* exponential, std::size_t n, int v) {
  Softmax parts{z[0].v[v], Bits{}, Lanes{}};
  for (std::size_t j = 1; j < n; ++j) {
    const auto is_larger = parts.most < z[j].v[v];
    parts.most = is_larger ? z[j].v[v] : parts.most;
    parts.largest = is_larger ? Bits{} + j : parts.largest;
  }
  for (std::size_t j = 0; j < n; ++j) {
    exponential[j].v[v] = exp_of_minus(parts.most - z[j].v[v]);
    parts.others += parts.largest == j ? Lanes{} : exponential[j].v[v];
  }
  return parts;
}

/// a = σ(z), in place.
void activate(const LaneLayer& layer, Tile* z, std::size_t n) {
  switch (layer.activation) {
    case Activation::identity: break;
    case Activation::sigmoid: for_each(z, n, [](Lanes x) { return sigmoid(x); }); break;
    case Activation::tanh: for_each(z, n, [](Lanes x) { return tanh(x); }); break;
    case Activation::relu: for_each(z, n, [](Lanes x) { return larger(Lanes{}, x); }); break;  // in this order NaN stays NaN
    case Activation::leaky_relu: for_each(z, n, [&](Lanes x) { return x > 0 ? x : layer.alpha * x; }); break;
    case Activation::softplus: for_each(z, n, [](Lanes x) { return softplus(x); }); break;
    case Activation::silu: for_each(z, n, [](Lanes x) { return x * sigmoid(x); }); break;
    case Activation::gelu: for_each(z, n, [](Lanes x) { return x * normal(x); }); break;
    case Activation::softmax:
      GRADTRACE_EACH {
        const Softmax parts = softmax_parts(z, z, n, v);
        for (std::size_t j = 0; j < n; ++j) z[j].v[v] /= 1 + parts.others;
      }
  }
}

/// z = W a + b   [n] = [n × m] [m] + [n]
void weighted_inputs(const LaneLayer& layer, const Tile* a, Tile* z) {
  for (std::size_t i = 0; i < layer.neurons; ++i) {
    const double* row = layer.weights + i * layer.inputs;
    Tile sum;
    GRADTRACE_EACH sum.v[v] = all(layer.biases[i]);
    for (std::size_t k = 0; k < layer.inputs; ++k) {
      GRADTRACE_EACH sum.v[v] += row[k] * a[k].v[v];
    }
    z[i] = sum;
  }
}

/// a − y of one unit, without cancellation where both are near an asymptote (as Anchored::minus).
GRADTRACE_INLINE Lanes from_asymptote(double asymptote, double sign, Lanes distance, double y) {
  const double gap = asymptote - y;
  return (gap < 0.5 && gap > -0.5) ? gap - sign * distance : (asymptote - sign * distance) - y;
}

template <class Difference>
GRADTRACE_INLINE void add_squares(const LaneNetwork& network, const LaneNudges& nudges, std::size_t n, Difference difference, Tile& sum, Tile& error) {
  for (std::size_t j = 0; j < n; ++j) {
    GRADTRACE_EACH {
      const Lanes d = difference(j, v);
      sum.v[v] += d * d;
      error.v[v] += absolute(d) * (nudges.errors[j] + nudges.drift * absolute(d - network.difference[j]));
    }
  }
}

/// Σ (a − y)²; z is overwritten.
void sum_of_squares(const LaneNetwork& network, const LaneNudges& nudges, Tile* z, Tile& sum, Tile& error) {
  const LaneLayer& layer = network.layers[network.depth - 1];
  const std::size_t n = layer.neurons;
  const double* y = network.target;
  switch (layer.activation) {
    case Activation::sigmoid:
      add_squares(network, nudges, n, [&](std::size_t j, int v) {
        const Lanes x = z[j].v[v], tail = sigmoid(-absolute(x));
        return x > 0 ? from_asymptote(1, 1, tail, y[j]) : tail - y[j];
      }, sum, error);
      break;
    case Activation::tanh:
      add_squares(network, nudges, n, [&](std::size_t j, int v) {
        const Lanes x = z[j].v[v], tail = 2 * sigmoid(-2 * absolute(x));
        const Lanes far = x > 0 ? from_asymptote(1, 1, tail, y[j]) : from_asymptote(-1, -1, tail, y[j]);
        return absolute(x) > 0.5 ? far : tanh(x) - y[j];
      }, sum, error);
      break;
    case Activation::softmax: {
      Softmax parts[registers];
      GRADTRACE_EACH parts[v] = softmax_parts(z, z, n, v);
      add_squares(network, nudges, n, [&](std::size_t j, int v) {
        const Lanes whole = 1 + parts[v].others;
        const Lanes at_largest = from_asymptote(1, 1, parts[v].others / whole, y[j]);
        return parts[v].largest == j ? at_largest : z[j].v[v] / whole - y[j];
      }, sum, error);
      break;
    }
    default:
      activate(layer, z, n);
      add_squares(network, nudges, n, [&](std::size_t j, int v) { return z[j].v[v] - y[j]; }, sum, error);
  }
}

/// −Σ y ln a, and for binary cross-entropy −Σ (1 − y) ln(1 − a), of units that do not depend on each other.
void sum_of_logarithms(const LaneNetwork& network, const Tile* z, Tile& sum) {
  const LaneLayer& layer = network.layers[network.depth - 1];
  const bool sigmoids = layer.activation == Activation::sigmoid, binary = network.cost == Cost::binary_cross_entropy;
  for (std::size_t j = 0; j < layer.neurons; ++j) {
    const double y = network.target[j];
    GRADTRACE_EACH {
      const Lanes x = z[j].v[v];
      if (y != 0) sum.v[v] -= y * (sigmoids ? -softplus(-x) : log_softplus(x));
      if (binary && y != 1) sum.v[v] -= (1 - y) * -softplus(x);
    }
  }
}

/// The same of a softmax. `exponential` is as large as z.
void sum_of_softmax_logarithms(const LaneNetwork& network, const Tile* z, Tile* exponential, Tile& sum, TileBits& crossed) {
  const std::size_t n = network.layers[network.depth - 1].neurons;
  const bool binary = network.cost == Cost::binary_cross_entropy;
  GRADTRACE_EACH {
    const Softmax parts = softmax_parts(z, exponential, n, v);
    const Lanes log_sum = log1p(parts.others), log_others = log(parts.others);
    // Where all but the largest are this small their logarithm needs more care than is taken here.
    if (binary) crossed.v[v] |= (Bits)(parts.others < 1e-290);
    for (std::size_t j = 0; j < n; ++j) {
      const double y = network.target[j];
      // ln aⱼ = zⱼ − m − ln(1 + others)
      if (y != 0) sum.v[v] -= y * (z[j].v[v] - parts.most - log_sum);
      if (!binary || y == 1) continue;
      const Lanes of_smaller = log1p(-(exponential[j].v[v] / (1 + parts.others)));
      sum.v[v] -= (1 - y) * (parts.largest == j ? log_others - log_sum : of_smaller);
    }
  }
}

/// From z of the last layer to the cost. `other` is as large as z.
void finish(const LaneNetwork& network, const LaneNudges& nudges, std::size_t at, Tile* z, Tile* other, TileBits& crossed) {
  Tile sum{}, error{};
  if (network.cost != Cost::binary_cross_entropy && network.cost != Cost::cross_entropy) {
    sum_of_squares(network, nudges, z, sum, error);
  } else if (network.layers[network.depth - 1].activation == Activation::softmax) {
    sum_of_softmax_logarithms(network, z, other, sum, crossed);
  } else {
    sum_of_logarithms(network, z, sum);
  }
  if (network.cost == Cost::half_squared_error) for_each(&sum, 1, [](Lanes x) { return x * 0.5; });
  if (network.cost == Cost::mean_squared_error) {
    const double n = static_cast<double>(network.layers[network.depth - 1].neurons);
    for_each(&sum, 1, [&](Lanes x) { return x / n; });
  }
  store(sum, nudges.cost + at);
  store(error, nudges.error + at);
  GRADTRACE_EACH *reinterpret_cast<UnalignedBits*>(nudges.crossed + at + v * lanes) = crossed.v[v];
}

/// The nudges from `at` on, as many as a tile holds. `here` and `there` hold the widest layer.
void run_tile(const LaneNetwork& network, const LaneNudges& nudges, std::size_t at, Tile* here, Tile* there) {
  const std::uint32_t* neuron = nudges.neuron + at;
  bool same = true;
  for (int i = 1; i < tile_size; ++i) same = same && neuron[i] == neuron[0];
  Tile change = load(nudges.step + at);
  TileBits crossed{};
  std::size_t l = nudges.layer;

  if (!nudges.of_activations && (l == network.depth || network.layers[l - 1].activation == Activation::softmax)) {
    const LaneLayer& layer = network.layers[l - 1];
    for (std::size_t i = 0; i < layer.neurons; ++i) {
      GRADTRACE_EACH here[i].v[v] = all(layer.z[i]);
    }
    GRADTRACE_EACH {
      for (int i = 0; i < lanes; ++i) here[neuron[v * lanes + i]].v[v][i] += change.v[v][i];
    }
    note_crossings(layer, here, crossed);
  } else {
    if (!nudges.of_activations) {
      // a = σ(z + step), less what it was
      const LaneLayer& layer = network.layers[l - 1];
      const Tile z = gather(layer.z, 1, neuron, same), a = gather(layer.a, 1, neuron, same);
      Tile moved;
      GRADTRACE_EACH {
        moved.v[v] = z.v[v] + change.v[v];
        if (kinked(layer.activation)) note_crossing(z.v[v], moved.v[v], crossed.v[v]);
      }
      activate(layer, &moved, 1);
      GRADTRACE_EACH change.v[v] = moved.v[v] - a.v[v];
    }
    // Only one activation of layer l has moved: a column of the next instead of the whole product.
    const LaneLayer& next = network.layers[l++];
    for (std::size_t i = 0; i < next.neurons; ++i) {
      const Tile column = gather(next.weights + i * next.inputs, 1, neuron, same);
      GRADTRACE_EACH here[i].v[v] = next.z[i] + column.v[v] * change.v[v];
    }
    note_crossings(next, here, crossed);
  }
  for (; l < network.depth; ++l) {
    activate(network.layers[l - 1], here, network.layers[l - 1].neurons);
    weighted_inputs(network.layers[l], here, there);
    note_crossings(network.layers[l], there, crossed);
    Tile* const before = here;
    here = there;
    there = before;
  }
  finish(network, nudges, at, here, there, crossed);
}

}  // namespace

namespace gradtrace::GRADTRACE_LANES {

void run(const LaneNetwork& network, const LaneNudges& nudges, double* scratch) {
  std::size_t widest = 0;
  for (std::size_t l = 0; l < network.depth; ++l) widest = network.layers[l].neurons > widest ? network.layers[l].neurons : widest;
  Tile* const here = reinterpret_cast<Tile*>(scratch);
  for (std::size_t at = 0; at < nudges.count; at += tile_size) run_tile(network, nudges, at, here, here + widest);
}

void evaluate(LaneFunction function, const double* x, double* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += tile_size) {
    Tile tile = load(x + i);
    switch (function) {
      case LaneFunction::exp: for_each(&tile, 1, [](Lanes t) { return exp_of_minus(-t); }); break;
      case LaneFunction::sigmoid: for_each(&tile, 1, [](Lanes t) { return sigmoid(t); }); break;
      case LaneFunction::tanh: for_each(&tile, 1, [](Lanes t) { return tanh(t); }); break;
      case LaneFunction::log: for_each(&tile, 1, [](Lanes t) { return log(t); }); break;
      case LaneFunction::log1p: for_each(&tile, 1, [](Lanes t) { return log1p(t); }); break;
      case LaneFunction::softplus: for_each(&tile, 1, [](Lanes t) { return softplus(t); }); break;
      case LaneFunction::log_softplus: for_each(&tile, 1, [](Lanes t) { return log_softplus(t); }); break;
      case LaneFunction::normal: for_each(&tile, 1, [](Lanes t) { return normal(t); }); break;
    }
    store(tile, y + i);
  }
}

}  // namespace gradtrace::GRADTRACE_LANES
