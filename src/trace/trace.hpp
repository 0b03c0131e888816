// One example run through a network, forward and back, with every intermediate readable by name; and
// the means over a data set.
#pragma once

#include "base/name.hpp"
#include "lesson/lesson.hpp"
#include "network/forward.hpp"
#include "trace/backward.hpp"
#include "trace/order.hpp"
#include "trace/wide_example.hpp"

#include <memory>
#include <span>
#include <vector>

namespace gradtrace {

/// Everything about one example. Refers to the network, which must outlive it.
struct ExampleTrace {
  const Network* network = nullptr;
  std::size_t example = 0;
  Vector target;
  State state;
  Outputs outputs;
  double cost = 0;                        ///< C₀; infinite where a double cannot hold it
  std::vector<LayerGradients> gradients;  ///< [l], 0 is the input
  std::shared_ptr<const WideExample> wide;  ///< only where numbers left the range of a double on the way

  double w(std::size_t l, std::size_t j, std::size_t k) const { return network->layer(l).weights(j, k); }
  double slope(std::size_t l, std::size_t i, std::size_t j) const;  ///< ∂aᵢ/∂zⱼ; i = j but for softmax

  /// ∂C/∂wⱼₖ = δⱼ · aₖ
  double dC_dw(std::size_t l, std::size_t j, std::size_t k) const {
    if (wide) return static_cast<double>(times(wide->delta[l](j), wide->a[l - 1](k)));
    return times(gradients[l].delta(j), state.a[l - 1](k));
  }
  /// The part of ∂C/∂a⁽ˡ⁻¹⁾ₖ that travels through neuron j of layer l: wⱼₖ · δⱼ
  double path(std::size_t l, std::size_t k, std::size_t j) const {
    if (wide) return static_cast<double>(times<long double>(w(l, j, k), wide->delta[l](j)));
    return times(w(l, j, k), gradients[l].delta(j));
  }

  /// The number of that name; the scope is ignored. The name must be one of the network's (order.hpp).
  double value(const Name& name) const;
  /// The same of C, ∂C/∂b and ∂C/∂w where a double does not hold it.
  long double wide_value(const Name& name) const;

  /// A derivative beyond a double times an exact zero is the zero: its limit is finite.
  template <class T>
  static T times(T x, T y) {
    return x == 0 || y == 0 ? 0 : x * y;
  }
};

/// Forward and backward for one example. `trace` is filled anew; passing that of an example before, of the same network, saves
/// its allocations.
/// @throws NumericError where a weighted input is beyond what a double can hold, or a derivative so far beyond that it is
/// not defined, naming the layer.
void trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example,
                   ExampleTrace& trace);
ExampleTrace trace_example(const Network& network, const Vector& input, const Vector& target, std::size_t example);

/// The means over a data set of C, ∂C/∂b and ∂C/∂w, in the order of mean_blocks().
class MeanTrace {
 public:
  explicit MeanTrace(const Network& network);
  void add(const ExampleTrace& trace);
  /// All of them at once: through matrix products where layers are wide (batch.cpp), so that sums are the same to
  /// rounding; else the very same.
  /// @throws NumericError as trace_example() does; examples are numbered from 0.
  void add(std::span<const Example> examples);
  std::size_t examples() const { return examples_; }
  double value(const Name& name) const;       ///< the mean
  double value_at(std::size_t place) const;   ///< by place in mean_blocks()

 private:
  const Network* network_;
  std::vector<Block> blocks_;
  void add_wide(const ExampleTrace& trace);
  void add_products(std::span<const Example> examples);
  void add_one_by_one(std::span<const Example> examples, std::size_t first);

  std::vector<double> sums_;  // empty before the first example: of one alone nobody may ask
  std::vector<long double> wide_sums_;  // in their place, once they might leave the range of a double
  double largest_ = 0;                  // no sum is larger
  std::size_t examples_ = 0;
};

}  // namespace gradtrace
