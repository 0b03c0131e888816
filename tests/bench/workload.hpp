// The networks that are measured here and with other software: the same weights and data, bit for bit, wherever they
// are made (sigmoid layers, C = Σ (a − y)²).
#pragma once

#include "lesson/lesson.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

namespace gradtrace {

/// A number in [0, 1) that depends on seed and place alone (SplitMix64: G. L. Steele, D. Lea, C. H. Flood, Fast
/// Splittable Pseudorandom Number Generators, 2014).
inline double unit(std::uint64_t seed, std::uint64_t i) {
  std::uint64_t z = seed + (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return static_cast<double>(z >> 11) * 0x1p-53;
}

/// widths: inputs, then the neurons of each layer.
inline Lesson workload(const std::vector<std::size_t>& widths, std::size_t examples) {
  Lesson lesson;
  lesson.network.inputs = widths.front();
  for (std::size_t l = 1; l < widths.size(); ++l) {
    Layer layer;
    layer.activation = Activation::sigmoid;
    layer.weights = zeros(widths[l], widths[l - 1]);
    layer.biases = zeros(widths[l]);
    const double scale = std::sqrt(3.0 / static_cast<double>(widths[l - 1]));
    for (std::size_t i = 0; i < layer.weights.size(); ++i) layer.weights.data()[i] = (2 * unit(1000 + l - 1, i) - 1) * scale;
    for (std::size_t i = 0; i < layer.biases.size(); ++i) layer.biases(i) = 2 * unit(2000 + l - 1, i) - 1;
    lesson.network.layers.push_back(std::move(layer));
  }
  for (std::size_t e = 0; e < examples; ++e) {
    Example example{zeros(widths.front()), zeros(widths.back())};
    for (std::size_t i = 0; i < widths.front(); ++i) example.input(i) = unit(3000, e * widths.front() + i);
    for (std::size_t i = 0; i < widths.back(); ++i) example.target(i) = unit(4000, e * widths.back() + i);
    lesson.examples.push_back(std::move(example));
  }
  return lesson;
}

}  // namespace gradtrace
