// The backward pass in ranges, from the kink that is nearest to the outputs.
#include "check/kink_range.hpp"

#include <algorithm>

namespace gradtrace {
namespace {

Range product(double factor, const Range& range) {
  const double x = ExampleTrace::times(factor, range.low), y = ExampleTrace::times(factor, range.high);
  return {std::min(x, y), std::max(x, y)};
}

Range product(const Range& x, const Range& y) {
  const Range low = product(x.low, y), high = product(x.high, y);
  return {std::min(low.low, high.low), std::max(low.high, high.high)};
}

void add(Range& sum, const Range& term) {
  sum.low += term.low;
  sum.high += term.high;
}

Range exactly(double value) { return {value, value}; }

}  // namespace

KinkRange::KinkRange(const ExampleTrace& trace, const ExampleTrace& exact) : trace_(trace), exact_(exact) {
  const Network& network = *trace.network;
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    const bool here = has_kink(network.layer(l).activation) && std::ranges::any_of(exact.state.z[l], [](double z) { return z == 0; });
    if (here) last_ = l;
  }
  if (last_ == 0) return;
  dC_da_.resize(last_ + 1);
  delta_.resize(last_ + 1);
  for (const double dC_da : trace.gradients[last_].dC_da) dC_da_[last_].push_back(exactly(dC_da));
  for (std::size_t l = last_; l >= 1; --l) carry_back(l);
}

/// Not of softmax.
Range KinkRange::slope(std::size_t l, std::size_t j) const {
  const Layer& layer = trace_.network->layer(l);
  if (!has_kink(layer.activation) || exact_.state.z[l](j) != 0) return exactly(trace_.gradients[l].slope(j));
  const double left = layer.activation == Activation::leaky_relu ? layer.alpha : 0;
  return {std::min(left, 1.0), std::max(left, 1.0)};
}

/// δ of layer l from its ∂C/∂a, and ∂C/∂a of the layer before.
void KinkRange::carry_back(std::size_t l) {
  const Layer& layer = trace_.network->layer(l);
  const std::size_t n = layer.neurons(), m = layer.weights.shape(1);
  delta_[l].resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    if (layer.activation == Activation::softmax) {
      for (std::size_t i = 0; i < n; ++i) add(delta_[l][j], product(trace_.slope(l, i, j), dC_da_[l][i]));
    } else {
      delta_[l][j] = product(slope(l, j), dC_da_[l][j]);
    }
  }
  dC_da_[l - 1].resize(m);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < m; ++k) add(dC_da_[l - 1][k], product(layer.weights(j, k), delta_[l][j]));
  }
}

Range KinkRange::of(const Name& name) const {
  const std::size_t l = name.layer, j = name.j, k = name.k;
  const bool behind = name.quantity == Quantity::slope || name.quantity == Quantity::dC_da || name.quantity == Quantity::delta || name.quantity == Quantity::dC_db ||
                      name.quantity == Quantity::dC_dw || name.quantity == Quantity::path;
  if (!behind || last_ == 0 || l > last_) return exactly(trace_.value(name));
  switch (name.quantity) {
    case Quantity::slope: return trace_.network->layer(l).activation == Activation::softmax ? exactly(trace_.value(name)) : slope(l, j);
    case Quantity::dC_da: return dC_da_[l][j];
    case Quantity::dC_dw: return product(trace_.state.a[l - 1](k), delta_[l][j]);
    case Quantity::path: return product(trace_.w(l, j, k), delta_[l][j]);
    default: return delta_[l][j];
  }
}

}  // namespace gradtrace
