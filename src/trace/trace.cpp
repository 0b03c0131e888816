// Running one example and reading its numbers by name.
#include "trace/trace.hpp"

#include "base/error.hpp"
#include "network/plain_loops.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>

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

long double ExampleTrace::wide_value(const Name& name) const {
  if (!wide) return value(name);
  switch (name.quantity) {
    case Quantity::C: return wide->cost;
    case Quantity::dC_db: return wide->delta[name.layer](name.j);
    case Quantity::dC_dw: return times(wide->delta[name.layer](name.j), wide->a[name.layer - 1](name.k));
    default: return value(name);
  }
}

void trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example,
                   ExampleTrace& trace) {
  trace.network = &network;
  trace.example = example;
  trace.target = target;
  trace.wide.reset();
  forward(network, input, trace.state);
  const std::size_t last = network.depth();
  outputs_from_z(network.layer(last), network.cost, trace.state.z[last], trace.outputs);
  trace.cost = cost_of(network.cost, trace.outputs, target);
  backward(network, trace.state, trace.outputs, target, trace.gradients);
  if (leaves_the_range(trace)) run_wide(input, trace);
}

ExampleTrace trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example) {
  ExampleTrace trace;
  trace_example(network, input, target, example, trace);
  return trace;
}

MeanTrace::MeanTrace(const Network& network)
    : network_(&network), blocks_(mean_blocks(network)) {}

namespace {

/// No number of the example is larger that a mean is taken of.
double largest_of(const ExampleTrace& trace) {
  const auto largest = [](const Vector& values) {
    double most = 0;
    for (const double x : values) most = std::max(most, std::abs(x));
    return most;
  };
  double most = std::abs(trace.cost);
  for (std::size_t l = 1; l <= trace.network->depth(); ++l) {
    most = std::max(most, largest(trace.gradients[l].delta) * std::max(1.0, largest(trace.state.a[l - 1])));
  }
  return most;
}

}  // namespace

void MeanTrace::add(const ExampleTrace& trace) {
  ++examples_;
  sums_.resize(size_of(blocks_));
  largest_ += largest_of(trace);
  if (!wide_sums_.empty() || trace.wide || !(largest_ < std::numeric_limits<double>::max())) {
    add_wide(trace);
    return;
  }
  for (const Block& block : blocks_) {
    double* sums = sums_.data() + block.offset;
    if (block.quantity == Quantity::C) {
      *sums += trace.cost;
      continue;
    }
    const Vector& delta = trace.gradients[block.layer].delta;
    if (block.quantity == Quantity::dC_db) {
      std::transform(sums, sums + block.rows, delta.begin(), sums, std::plus{});
    } else {
      add_outer_product(delta.data(), block.rows, trace.state.a[block.layer - 1].data(), block.columns, sums);
    }
  }
}

void MeanTrace::add_wide(const ExampleTrace& trace) {
  if (wide_sums_.empty()) wide_sums_.assign(sums_.begin(), sums_.end());
  for (const Block& block : blocks_) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      wide_sums_[block.offset + i] += trace.wide_value(block.name(i, Scope::of_example(trace.example)));
    }
  }
}

double MeanTrace::value_at(std::size_t at) const {
  const double examples = static_cast<double>(examples_);
  return wide_sums_.empty() ? sums_[at] / examples : static_cast<double>(wide_sums_[at] / examples);
}

double MeanTrace::value(const Name& name) const {
  const auto at = place(blocks_, name);
  assert(at && "means are of C, dC/db and dC/dw");
  return value_at(*at);
}

}  // namespace gradtrace
