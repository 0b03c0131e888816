// Nudged forward passes: one weighted input or one activation of a traced example is moved and the pass
// run on from there. Everything before the nudge is what the trace holds and is not computed again.
#pragma once

#include "check/dual.hpp"
#include "check/schemes.hpp"
#include "network/forward.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <optional>
#include <type_traits>
#include <vector>

namespace gradtrace {

/// Whether the nudge moves x at all: of numbers that carry a derivative, whether that is not zero.
template <class T>
bool carries_motion(const T&) {
  return false;  // a difference: it shows in the value
}
inline bool carries_motion(const std::complex<double>& x) { return x.imag() != 0; }
inline bool carries_motion(const Dual& x) { return x.derivative != 0; }

/// So far apart in z, and so far out, a unit bends, and is straight.
inline constexpr double bending = 0.5, straight_beyond = 40;

/// Whether a unit bends between two values of z, so that no difference over them is a derivative. (A ReLU does at its kink
/// alone, which is another matter.)
inline bool bends_between(Activation activation, double before, double after) {
  if (activation == Activation::identity || has_kink(activation)) return false;
  if (std::abs(after - before) <= bending) return false;
  return std::min(before, after) < straight_beyond && std::max(before, after) > -straight_beyond;
}

/// The same of a softmax, which answers to its z apart from one another, and to those near the largest alone; leaving out
/// the one of index `without`.
inline bool softmax_bends_between(const Vector& before, const Vector& after, std::size_t without = Name::none) {
  double most_before = -std::numeric_limits<double>::infinity(), most_after = most_before;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i == without) continue;
    most_before = std::max(most_before, before(i));
    most_after = std::max(most_after, after(i));
  }
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (i == without) continue;
    if (before(i) < most_before - straight_beyond && after(i) < most_after - straight_beyond) continue;
    least = std::min(least, after(i) - before(i));
    most = std::max(most, after(i) - before(i));
  }
  return most - least > bending;
}

/// T is the scalar the nudge is carried in: double for differences, and whatever a scheme needs that
/// carries a derivative along; B that of the pass nudged, W that of the parameters. Buffers are kept, so one
/// object serves many nudges of one example.
template <class T, class B = double, class W = double>
class NudgedPass {
 public:
  explicit NudgedPass(const ExampleTrace& trace) : NudgedPass(*trace.network, trace.target, trace.state, trace.outputs) {}

  /// All must outlive the object.
  NudgedPass(const NetworkOf<W>& network, const Vector& target, const StateOf<B>& state, const OutputsOf<B>& outputs)
      : network_(network), target_(target), state_(state), base_outputs_(outputs) {
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
    crossing_.reset();
    far_ = false;
    const LayerOf<W>& layer = network_.layer(l);
    const T z = state_.z[l](j) + t;
    note_crossing(l, j, z);
    if (l == network_.depth() || layer.activation == Activation::softmax) {
      copy(state_.z[l], z_[l]);
      z_[l](j) = z;
      first_moved_ = l;
      note_bends(l);
      return run_on(l);
    }
    if constexpr (std::is_same_v<T, double>) far_ = bends_between(layer.activation, state_.z[l](j), z);
    const T a = activate_unit(layer.activation, layer.alpha, z);
    return after_change(l, j, a - state_.a[l](j));
  }

  /// C₀ where h is added to a⁽ˡ⁾ₖ, seen by every neuron of layer l + 1, or by the cost for l = L.
  T cost_after_a(std::size_t l, std::size_t k, const T& h) {
    crossing_.reset();
    far_ = false;
    if (l < network_.depth()) return after_change(l, k, h);
    first_moved_ = l + 1;
    copy_outputs();
    outputs_.a[k].offset += h;
    renew_logarithms(outputs_, k);
    return cost_of(network_.cost, outputs_, target_);
  }

  /// The first ReLU (or leaky ReLU) that the last pass carried across z = 0, or that stands on it and moves.
  const std::optional<Crossing>& crossing() const { return crossing_; }
  /// Of a difference: whether the last pass carried a unit so far that it bends on the way.
  bool far() const { return far_; }
  /// Of the last pass, with a nudge that is imaginary: the largest imaginary part of a z after the one nudged.
  double largest_motion() const {
    double largest = 0;
    for (std::size_t l = first_moved_; l <= network_.depth(); ++l) {
      for (const T& z : z_[l]) largest = std::isnan(z.imag()) ? std::numeric_limits<double>::infinity() : std::max(largest, std::abs(z.imag()));
    }
    return largest;
  }
  /// The outputs of the last pass.
  const OutputsOf<T>& outputs() const { return outputs_; }

 private:
  static void copy(const VectorOf<B>& from, VectorOf<T>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to.data()[i] = T(from.data()[i]);
  }

  void copy_outputs() {
    const OutputsOf<B>& from = base_outputs_;
    outputs_.a.resize(from.a.size());
    for (std::size_t i = 0; i < from.a.size(); ++i) outputs_.a[i] = {from.a[i].anchor, T(from.a[i].offset)};
    outputs_.log_a.assign(from.log_a.begin(), from.log_a.end());
    outputs_.log_complement.assign(from.log_complement.begin(), from.log_complement.end());
  }

  void note_crossing(std::size_t l, std::size_t j, const T& after) {
    if (crossing_ || !has_kink(network_.layer(l).activation)) return;
    const double before = branch_value(state_.z[l](j));
    const double now = branch_value(after);
    const bool changes_side = (before > 0) != (now > 0);
    const bool leaves_the_kink = before == 0 && (now != 0 || carries_motion(after));
    if (changes_side || leaves_the_kink) crossing_ = {l, j};
  }

  void note_bends(std::size_t l) {
    if constexpr (std::is_same_v<T, double>) {
      if (far_) return;
      const Activation activation = network_.layer(l).activation;
      if (activation == Activation::softmax) {
        const Vector& z = state_.z[l];
        far_ = softmax_bends_between(z, z_[l]);
        // ln(1 − a) of the largest is that of the others, which answer apart from one another however small they are.
        const bool others_count = l == network_.depth() && network_.cost == Cost::binary_cross_entropy;
        if (others_count && !far_) far_ = softmax_bends_between(z, z_[l], static_cast<std::size_t>(std::max_element(z.begin(), z.end()) - z.begin()));
        return;
      }
      for (std::size_t i = 0; i < z_[l].size() && !far_; ++i) far_ = bends_between(activation, state_.z[l](i), z_[l](i));
    }
  }

  /// Only a⁽ˡ⁾ₖ has moved: z⁽ˡ⁺¹⁾ = z + w_{·k}·change, a column instead of the whole product.
  T after_change(std::size_t l, std::size_t k, const T& change) {
    first_moved_ = l + 1;
    const LayerOf<W>& next = network_.layer(l + 1);
    const std::size_t m = next.weights.shape(1);
    const W* column = next.weights.data() + k;
    const B* z = state_.z[l + 1].data();
    T* moved = z_[l + 1].data();
    for (std::size_t i = 0; i < next.neurons(); ++i) {
      moved[i] = z[i] + column[i * m] * change;
      note_crossing(l + 1, i, moved[i]);
    }
    note_bends(l + 1);
    return run_on(l + 1);
  }

  /// From z⁽ˡ⁾ to the cost.
  T run_on(std::size_t l) {
    const std::size_t last = network_.depth();
    for (; l < last; ++l) {
      activate(network_.layer(l), z_[l], a_[l]);
      const LayerOf<W>& next = network_.layer(l + 1);
      for (std::size_t i = 0; i < next.neurons(); ++i) {
        z_[l + 1](i) = weighted_input(next, a_[l], i);
        note_crossing(l + 1, i, z_[l + 1](i));
      }
      note_bends(l + 1);
    }
    outputs_from_z(network_.layer(last), network_.cost, z_[last], outputs_);
    return cost_of(network_.cost, outputs_, target_);
  }

  const NetworkOf<W>& network_;
  const Vector& target_;
  const StateOf<B>& state_;
  const OutputsOf<B>& base_outputs_;
  std::vector<VectorOf<T>> z_, a_;  // of the layers from first_moved_ on
  std::size_t first_moved_ = 0;
  OutputsOf<T> outputs_;
  std::optional<Crossing> crossing_;
  bool far_ = false;
};

}  // namespace gradtrace
