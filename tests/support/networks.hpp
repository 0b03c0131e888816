// Networks for tests: published ones, and random ones over all activations and costs.
#pragma once

#include "lesson/lesson.hpp"
#include "network/forward.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace gradtrace {

inline Vector make_vector(std::initializer_list<double> values) {
  Vector vector = zeros(values.size());
  std::copy(values.begin(), values.end(), vector.begin());
  return vector;
}

inline Layer make_layer(Activation activation, const std::vector<std::vector<double>>& weights, const std::vector<double>& biases) {
  Layer layer;
  layer.activation = activation;
  layer.weights = zeros(weights.size(), weights.front().size());
  layer.biases = zeros(biases.size());
  for (std::size_t j = 0; j < weights.size(); ++j) {
    for (std::size_t k = 0; k < weights[j].size(); ++k) layer.weights(j, k) = weights[j][k];
    layer.biases(j) = biases[j];
  }
  return layer;
}

inline Network make_network(Cost cost, std::vector<Layer> layers) {
  Network network;
  network.inputs = layers.front().weights.shape(1);
  network.cost = cost;
  network.layers = std::move(layers);
  return network;
}

inline Lesson make_lesson(Network network, std::vector<Example> examples) {
  Lesson lesson;
  lesson.file = "lessons/made.toml";
  lesson.name = "made";
  lesson.title = "Made";
  lesson.network = std::move(network);
  lesson.examples = std::move(examples);
  return lesson;
}

/// Matt Mazur's network (2015), with the cost wanted.
inline Lesson mazur(Cost cost = Cost::squared_error) {
  Lesson lesson = make_lesson(
      make_network(cost, {make_layer(Activation::sigmoid, {{0.15, 0.20}, {0.25, 0.30}}, {0.35, 0.35}),
                          make_layer(Activation::sigmoid, {{0.40, 0.45}, {0.50, 0.55}}, {0.60, 0.60})}),
      {{make_vector({0.05, 0.10}), make_vector({0.01, 0.99})}});
  lesson.learning_rate = 0.5;
  return lesson;
}

/// Random numbers of the tests: the same on every platform.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : source_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(source_() % n); }
  /// in [−1, 1)
  double signed_unit() { return static_cast<double>(source_() >> 11) * 0x1p-52 - 1; }

 private:
  std::mt19937_64 source_;
};

struct RandomSizes {
  std::size_t most_layers = 8, widest = 32, most_examples = 8;
  double scale = 1;  ///< of weights, relative to what keeps signals of size 1
};

/// A network, and examples, in which every combination of output activation and cost that is allowed turns up
/// as `number` runs from 0.
inline Lesson random_lesson(std::uint64_t number, const RandomSizes& sizes = {}) {
  std::vector<std::pair<Activation, Cost>> ends;
  for (const ActivationInfo& activation : activations) {
    for (const CostInfo& cost : costs) {
      if (why_undefined(cost.cost, activation.activation, 2).empty()) ends.emplace_back(activation.activation, cost.cost);
    }
  }
  Dice dice(1000003 * number + 17);
  const auto [last, cost] = ends[number % ends.size()];
  Network network;
  network.cost = cost;
  const std::size_t depth = 1 + dice.below(sizes.most_layers);
  network.inputs = 1 + dice.below(sizes.widest);
  for (std::size_t l = 1; l <= depth; ++l) {
    Layer layer;
    layer.activation = l == depth ? last : activations[dice.below(activations.size())].activation;
    if (layer.activation == Activation::leaky_relu) layer.alpha = 0.2;
    const std::size_t m = l == 1 ? network.inputs : network.width(l - 1), least = layer.activation == Activation::softmax ? 2 : 1;
    const std::size_t n = std::max(least, 1 + dice.below(sizes.widest));
    layer.weights = zeros(n, m);
    layer.biases = zeros(n);
    for (double& w : layer.weights) w = sizes.scale * 1.7 * dice.signed_unit() / std::sqrt(static_cast<double>(m));
    for (double& b : layer.biases) b = sizes.scale * 0.5 * dice.signed_unit();
    network.layers.push_back(std::move(layer));
  }
  std::vector<Example> examples(1 + dice.below(sizes.most_examples));
  for (Example& example : examples) {
    example.input = zeros(network.inputs);
    example.target = zeros(network.outputs());
    for (double& x : example.input) x = dice.signed_unit();
    const bool distribution = cost == Cost::cross_entropy && last == Activation::softmax && dice.below(2) == 0;
    const bool classes = takes_logarithms(cost) && !distribution && dice.below(2) == 0;
    double sum = 0;
    for (double& y : example.target) {
      y = takes_logarithms(cost) ? 0.5 + 0.5 * dice.signed_unit() : dice.signed_unit();
      if (classes) y = 0;
      sum += y;
    }
    if (classes) example.target(dice.below(network.outputs())) = 1;
    if (distribution && sum > 0) {
      for (double& y : example.target) y /= sum;
    }
  }
  return make_lesson(std::move(network), std::move(examples));
}

}  // namespace gradtrace
