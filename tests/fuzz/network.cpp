// Any bytes as a valid network and an example, with numbers from the whole range of a double: backprop is held against dual
// numbers and against differences, and nothing that is NaN may pass for a number.
#include "base/error.hpp"
#include "check/check.hpp"
#include "check/plain_rounding.hpp"
#include "fuzz/targets.hpp"
#include "trace/trace.hpp"

#include <array>
#include <cmath>
#include <cstdlib>

namespace gradtrace {
namespace {

/// Takes choices off the front of the bytes; zeros when they are used up.
class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::size_t below(std::size_t n) { return next() % n; }
  double number() {
    // Mostly of ordinary size, now and then at the edges.
    static constexpr std::array<double, 16> scales{1, 1, 1, 1, 1, 1, 0.1, 10, 100, 1e-8, 1e8, 1e-300, 1e300, 5e-324, 0, 1000};
    const double scale = scales[below(scales.size())];
    return scale * (static_cast<double>(next()) - 128) / 64;
  }
  double unit() { return static_cast<double>(next()) / 255; }

 private:
  std::uint8_t next() {
    if (size_ == 0) return 0;
    --size_;
    return *data_++;
  }
  const std::uint8_t* data_;
  std::size_t size_;
};

bool allowed(Activation output, Cost cost) {
  switch (cost) {
    case Cost::binary_cross_entropy: return output == Activation::sigmoid || output == Activation::softmax;
    case Cost::cross_entropy: return output == Activation::sigmoid || output == Activation::softmax || output == Activation::softplus;
    default: return true;
  }
}

void refuse_nan(const ExampleTrace& trace) {
  for (const Block& block : derived_blocks(*trace.network)) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (std::isnan(trace.value(block.name(i, Scope::of_example(0))))) std::abort();
    }
  }
}

/// What others may have is a range around what is right: with an own number, and nowhere NaN.
void refuse_senseless_leeway(const ExampleTrace& trace) {
  PlainRounding rounding(trace);
  for (const Block& block : derived_blocks(*trace.network)) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, Scope::of_example(0));
      if (std::isfinite(trace.value(name)) && !(rounding.bound(name, 0) >= 0)) std::abort();
      const Range range = rounding.at_kinks(name);
      if (!(range.low <= range.high)) std::abort();
    }
  }
}

}  // namespace

void fuzz_network(const std::uint8_t* data, std::size_t size) {
  Choices choices(data, size);
  Network network;
  network.cost = static_cast<Cost>(choices.below(5));
  network.inputs = 1 + choices.below(4);
  std::size_t before = network.inputs;
  for (std::size_t left = 1 + choices.below(4); left > 0; --left) {
    Layer layer;
    layer.activation = static_cast<Activation>(choices.below(9));
    layer.alpha = 0.01;
    const std::size_t n = 1 + choices.below(5);
    layer.weights = zeros(n, before);
    layer.biases = zeros(n);
    for (double& w : layer.weights) w = choices.number();
    for (double& b : layer.biases) b = choices.number();
    before = n;
    network.layers.push_back(std::move(layer));
  }
  if (!allowed(network.layers.back().activation, network.cost)) return;
  Vector input = zeros(network.inputs), target = zeros(before);
  for (double& x : input) x = choices.number();
  for (double& y : target) y = choices.unit();
  try {
    const ExampleTrace trace = trace_example(network, input, target, 0);
    refuse_nan(trace);
    refuse_senseless_leeway(trace);
    for (const Method method : {Method::dual, Method::central}) {
      CheckOptions options;
      options.method = method;
      Checker checker(network, options, false);
      for (const CheckRow& row : checker.check(trace).rows) {
        if (!std::isfinite(row.numeric) || !std::isfinite(row.bound)) std::abort();
      }
      if (!checker.summary().agrees()) std::abort();
    }
  } catch (const NumericError&) {  // beyond what a double can hold, and said so
  }
}

}  // namespace gradtrace
