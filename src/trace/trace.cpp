// Running one example and reading its numbers by name.
#include "trace/trace.hpp"

#include "base/error.hpp"
#include "network/plain_loops.hpp"

#include <cassert>
#include <cmath>

namespace gradtrace {

double ExampleTrace::slope(std::size_t l, std::size_t i, std::size_t j) const {
  if (network->layer(l).activation == Activation::softmax) {
    return softmax_slope(state.a[l], gradients[l].complement, i, j);
  }
  assert(i == j && "units of this layer do not depend on each other");
  return gradients[l].slope(j);
}

double ExampleTrace::value(const Name& name) const {
  const std::size_t l = name.layer, j = name.j, k = name.k;
  switch (name.quantity) {
    case Quantity::w: return w(l, j, k);
    case Quantity::b: return network->layer(l).biases(j);
    case Quantity::y: return target(j);
    case Quantity::z: return state.z[l](j);
    case Quantity::a: return state.a[l](j);
    case Quantity::C: return cost;
    case Quantity::dC_da: return gradients[l].dC_da(j);
    case Quantity::slope: return slope(l, j, k == Name::none ? j : k);
    case Quantity::delta:
    case Quantity::dC_db: return gradients[l].delta(j);  // ∂z/∂b = 1
    case Quantity::dC_dw: return dC_dw(l, j, k);
    case Quantity::path: return path(l, k, j);
  }
  return 0;
}

void trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example,
                   ExampleTrace& trace) {
  trace.network = &network;
  trace.example = example;
  trace.target = target;
  forward(network, input, trace.state);
  for (std::size_t l = 1; l <= network.depth(); ++l) {
    for (std::size_t j = 0; j < network.width(l); ++j) {
      if (std::isfinite(trace.state.z[l](j))) continue;
      throw NumericError("layer " + std::to_string(l) + ": the weighted input of neuron " + std::to_string(j) +
                         " is beyond what a double can hold (1.8e308) for example " + std::to_string(example) +
                         "; use smaller weights or inputs");
    }
  }
  const std::size_t last = network.depth();
  outputs_from_z(network.layer(last), network.cost, trace.state.z[last], trace.outputs);
  trace.cost = cost_of(network.cost, trace.outputs, target);
  backward(network, trace.state, trace.outputs, target, trace.gradients);
}

ExampleTrace trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example) {
  ExampleTrace trace;
  trace_example(network, input, target, example, trace);
  return trace;
}

MeanTrace::MeanTrace(const Network& network)
    : network_(&network), blocks_(mean_blocks(network)) {}

void MeanTrace::add(const ExampleTrace& trace) {
  ++examples_;
  sums_.resize(size_of(blocks_));
  for (const Block& block : blocks_) {
    double* sums = sums_.data() + block.offset;
    const std::size_t l = block.layer;
    switch (block.quantity) {
      case Quantity::C: sums[0] += trace.cost; break;
      case Quantity::dC_db:
        for (std::size_t j = 0; j < block.rows; ++j) sums[j] += trace.gradients[l].delta(j);
        break;
      default:
        for (std::size_t j = 0; j < block.rows; ++j, sums += block.columns) {
          if (std::isfinite(trace.gradients[l].delta(j))) {
            add_outer_product(&trace.gradients[l].delta(j), 1, trace.state.a[l - 1].data(), block.columns, sums);
          } else {
            for (std::size_t k = 0; k < block.columns; ++k) sums[k] += trace.dC_dw(l, j, k);
          }
        }
    }
  }
}

double MeanTrace::value_at(std::size_t at) const { return sums_[at] / static_cast<double>(examples_); }

double MeanTrace::value(const Name& name) const {
  const auto at = place(blocks_, name);
  assert(at && "means are of C, dC/db and dC/dw");
  return value_at(*at);
}

}  // namespace gradtrace
