// Nudged forward passes: one weighted input or one activation of a traced example is moved and the pass
// run on from there. Everything before the nudge is what the trace holds and is not computed again.
#pragma once

#include "network/forward.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <vector>

namespace gradtrace {

/// T is the scalar the nudge is carried in: double for differences, and whatever a scheme needs that
/// carries a derivative along. Buffers are kept, so one object serves many nudges of one example.
template <class T>
class NudgedPass {
 public:
  explicit NudgedPass(const ExampleTrace& trace) : trace_(trace), network_(*trace.network) {
    const std::size_t last = network_.depth();
    z_.resize(last + 1);
    a_.resize(last + 1);
    for (std::size_t l = 0; l <= last; ++l) {
      z_[l] = zeros<T>(l == 0 ? 0 : network_.width(l));
      a_[l] = zeros<T>(network_.width(l));
    }
  }

  /// C₀ where t is added to z⁽ˡ⁾ⱼ. Nudging a weight or bias into neuron j, or an activation as seen by
  /// neuron j alone, moves nothing else.
  T cost_after_z(std::size_t l, std::size_t j, const T& t) {
    crossed_ = false;
    const Layer& layer = network_.layer(l);
    const T z = trace_.state.z[l](j) + t;
    note_crossing(layer, trace_.state.z[l](j), z);
    if (l == network_.depth() || layer.activation == Activation::softmax) {
      copy(trace_.state.z[l], z_[l]);
      z_[l](j) = z;
      return run_on(l);
    }
    const T a = activate_unit(layer.activation, layer.alpha, z);
    return after_change(l, j, a - trace_.state.a[l](j));
  }

  /// C₀ where h is added to a⁽ˡ⁾ₖ, seen by every neuron of layer l + 1, or by the cost for l = L.
  T cost_after_a(std::size_t l, std::size_t k, const T& h) {
    crossed_ = false;
    if (l < network_.depth()) return after_change(l, k, h);
    copy_outputs();
    outputs_.a[k].offset += h;
    renew_logarithms(outputs_, k);
    return cost_of(network_.cost, outputs_, trace_.target);
  }

  /// Whether the last pass carried a ReLU across z = 0.
  bool crossed() const { return crossed_; }
  /// The outputs of the last pass.
  const OutputsOf<T>& outputs() const { return outputs_; }

 private:
  static void copy(const Vector& from, VectorOf<T>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to.data()[i] = T(from.data()[i]);
  }

  void copy_outputs() {
    const Outputs& from = trace_.outputs;
    outputs_.a.resize(from.a.size());
    for (std::size_t i = 0; i < from.a.size(); ++i) outputs_.a[i] = {from.a[i].anchor, T(from.a[i].offset)};
    outputs_.log_a.assign(from.log_a.begin(), from.log_a.end());
    outputs_.log_complement.assign(from.log_complement.begin(), from.log_complement.end());
  }

  void note_crossing(const Layer& layer, double before, const T& after) {
    const bool kinked = layer.activation == Activation::relu || layer.activation == Activation::leaky_relu;
    if (kinked && (before > 0) != (branch_value(after) > 0)) crossed_ = true;
  }

  /// Only a⁽ˡ⁾ₖ has moved: z⁽ˡ⁺¹⁾ = z + w_{·k}·change, a column instead of the whole product.
  T after_change(std::size_t l, std::size_t k, const T& change) {
    const Layer& next = network_.layer(l + 1);
    const std::size_t m = next.weights.shape(1);
    const double* column = next.weights.data() + k;
    const double* z = trace_.state.z[l + 1].data();
    T* moved = z_[l + 1].data();
    for (std::size_t i = 0; i < next.neurons(); ++i) {
      moved[i] = z[i] + column[i * m] * change;
      note_crossing(next, z[i], moved[i]);
    }
    return run_on(l + 1);
  }

  /// From z⁽ˡ⁾ to the cost.
  T run_on(std::size_t l) {
    const std::size_t last = network_.depth();
    for (; l < last; ++l) {
      activate(network_.layer(l), z_[l], a_[l]);
      const Layer& next = network_.layer(l + 1);
      for (std::size_t i = 0; i < next.neurons(); ++i) {
        z_[l + 1](i) = weighted_input(next, a_[l], i);
        note_crossing(next, trace_.state.z[l + 1](i), z_[l + 1](i));
      }
    }
    outputs_from_z(network_.layer(last), network_.cost, z_[last], outputs_);
    return cost_of(network_.cost, outputs_, trace_.target);
  }

  const ExampleTrace& trace_;
  const Network& network_;
  std::vector<VectorOf<T>> z_, a_;
  OutputsOf<T> outputs_;
  bool crossed_ = false;
};

}  // namespace gradtrace
