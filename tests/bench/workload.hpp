// The networks and data that every program of tests/bench/run is measured on, ours and the peers': the same bits.
// Sigmoid units, C = Σⱼ (aⱼ − yⱼ)², everything from a counter put through splitmix64.
#pragma once

#include "base/tensor.hpp"
#include "network/network.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace gradtrace::bench {

struct Workload {
  std::string name;
  std::vector<std::size_t> widths;  ///< of layers 0 … L
};

inline const Workload w1{"W1", {1, 1, 1, 1}};
inline const Workload w2{"W2", {3, 4, 2}};
inline const Workload w3{"W3", {784, 16, 16, 10}};    ///< 13,002 parameters: the network of the notes' series
inline const Workload w4{"W4", {784, 128, 64, 10}};   ///< 109,386 parameters

/// The i-th number of the stream `seed`, in [0, 1).
/// Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014).
inline double uniform(std::uint64_t seed, std::uint64_t i) {
  std::uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1p-53;
}

/// Weights uniform in ±√(3/m), so that weighted inputs neither vanish nor saturate; biases in ±1.
inline Network network(const Workload& workload) {
  Network network;
  network.inputs = workload.widths.front();
  network.cost = Cost::squared_error;
  for (std::size_t l = 1; l < workload.widths.size(); ++l) {
    const std::size_t n = workload.widths[l], m = workload.widths[l - 1];
    Layer layer;
    layer.activation = Activation::sigmoid;
    layer.weights = zeros(n, m);
    layer.biases = zeros(n);
    const double scale = std::sqrt(3.0 / static_cast<double>(m));
    for (std::size_t i = 0; i < n * m; ++i) layer.weights.data()[i] = (2 * uniform(1000 + l - 1, i) - 1) * scale;
    for (std::size_t j = 0; j < n; ++j) layer.biases(j) = 2 * uniform(2000 + l - 1, j) - 1;
    network.layers.push_back(std::move(layer));
  }
  return network;
}

/// Example e of the data set; examples do not depend on how many there are.
inline Vector numbers(std::uint64_t seed, std::size_t e, std::size_t n) {
  Vector values = zeros(n);
  for (std::size_t i = 0; i < n; ++i) values(i) = uniform(seed, e * n + i);
  return values;
}
inline Vector input(const Workload& workload, std::size_t e) { return numbers(3000, e, workload.widths.front()); }
inline Vector target(const Workload& workload, std::size_t e) { return numbers(4000, e, workload.widths.back()); }

}  // namespace gradtrace::bench
