// The means over many examples of a wide network: whole blocks of examples as matrices, one row an example, so that both
// passes are matrix products. What is not a product is computed as for one example, the output layer by the same lines.
#include "base/processor.hpp"
#include "network/forward.hpp"
#include "trace/backward.hpp"
#include "trace/product.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace gradtrace {
namespace {

/// So many examples at a time: a product's set-up is spread over them, and what they need fits a nearby cache. Fixed, so
/// that sums do not depend on anything else.
constexpr std::size_t block_examples = 128;

/// From this width on, in any layer, products pay.
constexpr std::size_t wide = 16;

bool is_wide(const Network& network) {
  return std::ranges::any_of(network.layers, [](const Layer& layer) { return std::max(layer.weights.shape(0), layer.weights.shape(1)) >= wide; });
}

/// Numbers of a block of examples in one layer: [examples × n], row by row.
class Table {
 public:
  void resize(std::size_t rows, std::size_t columns) {
    columns_ = columns;
    numbers_.resize(rows * columns);
  }
  void set_to_zero() { std::ranges::fill(numbers_, 0.0); }
  double* row(std::size_t r) { return numbers_.data() + r * columns_; }
  double* data() { return numbers_.data(); }
  std::size_t size() const { return numbers_.size(); }

  /// Where its rows begin, or its columns: the transposed table.
  std::vector<const double*> rows() const { return starts(columns_ == 0 ? 0 : numbers_.size() / columns_, columns_); }
  std::vector<const double*> columns() const { return starts(columns_, 1); }

 private:
  std::vector<const double*> starts(std::size_t count, std::size_t apart) const {
    std::vector<const double*> begin(count);
    for (std::size_t i = 0; i < count; ++i) begin[i] = numbers_.data() + i * apart;
    return begin;
  }

  std::size_t columns_ = 0;
  std::vector<double> numbers_;
};

bool all_finite(Table& table) {
  return std::all_of(table.data(), table.data() + table.size(), [](double x) { return std::isfinite(x); });
}

Vector copied(const double* begin, std::size_t n) {
  Vector values = zeros(n);
  std::copy_n(begin, n, values.begin());
  return values;
}

// The commonest unit, in vectors: beyond this e^−|z| nears the smallest normal number.
constexpr double sigmoids_reach = 700;

/// z becomes a = σ(z), slope σ′(z); both to a few units in the last place. Without branches, so that the compiler makes
/// vectors of it.
GRADTRACE_FOR_EACH_PROCESSOR void sigmoids(double* z, double* slope, std::size_t n) {
  constexpr double log2_e = 0x1.71547652b82fep+0, ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33;
  // Added to k, it leaves k + 1023 in the last bits, where 2ᵏ has its exponent.
  constexpr double bias = 0x1.8p52 + 1023;
  // (eʳ − 1 − r)/r² on [−½ ln 2, ½ ln 2], interpolated at Chebyshev's nodes: to 2⁻⁵⁶ of eʳ
  constexpr double c[] = {0.5000000000000001,    0.16666666666666669,    0.04166666666662413,    0.008333333333330062,
                          0.0013888888917213717, 0.00019841269863053618, 2.4801521295954376e-05, 2.7557268459997064e-06,
                          2.7620088445409746e-07, 2.510038549551032e-08};
  for (std::size_t i = 0; i < n; ++i) {
    const double x = -std::abs(z[i]);
    // x = k ln 2 + r, e^x = 2ᵏ eʳ
    const double biased = x * log2_e + bias, k = biased - bias;
    const double r = (x - k * ln2_high) - k * ln2_low;
    double rest = c[9];
    for (int t = 8; t >= 0; --t) rest = rest * r + c[t];
    const double e = (1 + (r + r * r * rest)) * std::bit_cast<double>(std::bit_cast<std::uint64_t>(biased) << 52);
    // σ = 1/(1 + e^−z) or e^z/(1 + e^z), σ′ = e/(1 + e)²: one e = e^−|z| for both
    const double inverse = 1 / (1 + e);
    slope[i] = e * inverse * inverse;
    z[i] = (z[i] >= 0 ? 1 : e) * inverse;
  }
}

/// Whether some z of a layer with kinks is so near to 0 that the order of a sum decides its side.
bool stands_at_a_kink(Activation activation, Table& z) {
  if (!has_kink(activation)) return false;
  constexpr double near = 1e-9;  // of the largest: millions of times a sum's rounding
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < z.size(); ++i) {
    largest = std::max(largest, std::abs(z.data()[i]));
    smallest = std::min(smallest, std::abs(z.data()[i]));
  }
  return smallest <= near * std::max(1.0, largest);
}

class Batch {
 public:
  explicit Batch(const Network& network) : network_(network), a_(network.depth() + 1), slope_(a_.size()), delta_(a_.size()), transposed_(a_.size()) {
    for (std::size_t l = 1; l <= network.depth(); ++l) {
      const Matrix& w = network.layer(l).weights;
      transposed_[l].resize(w.shape(1), w.shape(0));
      for (std::size_t j = 0; j < w.shape(0); ++j) {
        for (std::size_t k = 0; k < w.shape(1); ++k) transposed_[l].row(k)[j] = w(j, k);
      }
    }
  }

  /// Adds the block's sums to `sums`, which stand in the order of `blocks`. False, and nothing added, where a number left
  /// what a double can hold: then the examples are better looked at one by one.
  bool add(std::span<const Example> examples, const std::vector<Block>& blocks, std::vector<double>& sums) {
    inputs_.clear();
    for (const Example& example : examples) inputs_.push_back(example.input.data());
    for (std::size_t l = 1; l <= network_.depth(); ++l) {
      if (!forward(l)) return false;
    }
    if (!outputs(examples)) return false;
    for (std::size_t l = network_.depth() - 1; l >= 1; --l) backward(l);
    for (std::size_t l = 1; l <= network_.depth(); ++l) {
      if (!all_finite(delta_[l])) return false;
    }
    for (const Block& block : blocks) add(block, sums.data() + block.offset);
    return true;
  }

 private:
  std::vector<const double*> activations(std::size_t l) const { return l == 0 ? inputs_ : a_[l].rows(); }

  /// a and slopes; z alone of the output layer. False where z is beyond a double.
  bool forward(std::size_t l) {
    const Layer& layer = network_.layer(l);
    const std::size_t n = layer.neurons(), examples = inputs_.size();
    Table& a = a_[l];
    a.resize(examples, n);
    for (std::size_t e = 0; e < examples; ++e) std::ranges::copy(layer.biases, a.row(e));
    // Z = A Wᵀ + b   [examples × n] = [examples × m] [m × n]
    add_product({activations(l - 1), 1}, transposed_[l].rows(), n, a.data());
    if (!all_finite(a)) return false;  // z, so far
    if (stands_at_a_kink(layer.activation, a)) return false;
    if (l == network_.depth()) return true;
    slope_[l].resize(examples, n);
    if (layer.activation == Activation::softmax) {
      Vector activated = zeros(n);
      for (std::size_t e = 0; e < examples; ++e) {
        activate(layer, copied(a.row(e), n), activated);
        std::ranges::copy(activated, a.row(e));
      }
    } else {
      activate_units(layer, a, slope_[l]);
    }
    return true;
  }

  static void activate_units(const Layer& layer, Table& a, Table& slope) {
    double* z = a.data();
    if (layer.activation == Activation::sigmoid && std::all_of(z, z + a.size(), [](double x) { return std::abs(x) < sigmoids_reach; })) {
      sigmoids(z, slope.data(), a.size());
      return;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      slope.data()[i] = slope_of_unit(layer.activation, layer.alpha, z[i]);
      z[i] = activate_unit(layer.activation, layer.alpha, z[i]);
    }
  }

  /// Cost and δ of the output layer, example by example.
  bool outputs(std::span<const Example> examples) {
    const std::size_t last = network_.depth(), n = network_.outputs();
    const Layer& layer = network_.layer(last);
    delta_[last].resize(examples.size(), n);
    cost_ = 0;
    Vector z = zeros(n), a = zeros(n);
    for (std::size_t e = 0; e < examples.size(); ++e) {
      std::copy_n(a_[last].row(e), n, z.begin());
      if (layer.activation == Activation::softmax) activate(layer, z, a);  // nobody else asks for it
      outputs_from_z(layer, network_.cost, z, outputs_);
      cost_ += cost_of(network_.cost, outputs_, examples[e].target);
      output_gradients(network_, z, a, outputs_, examples[e].target, gradients_);
      std::ranges::copy(gradients_.delta, delta_[last].row(e));
    }
    return std::isfinite(cost_);
  }

  void backward(std::size_t l) {
    const Layer& layer = network_.layer(l);
    const std::size_t n = layer.neurons(), examples = inputs_.size();
    const Matrix& after = network_.layer(l + 1).weights;
    std::vector<const double*> rows(after.shape(0));
    for (std::size_t j = 0; j < rows.size(); ++j) rows[j] = after.data() + j * n;
    Table& delta = delta_[l];
    delta.resize(examples, n);
    delta.set_to_zero();
    // ∂C/∂A = Δ⁽ˡ⁺¹⁾ W⁽ˡ⁺¹⁾   [examples × n] = [examples × n_{l+1}] [n_{l+1} × n]
    add_product({delta_[l + 1].rows(), 1}, rows, n, delta.data());
    if (layer.activation == Activation::softmax) {
      for (std::size_t e = 0; e < examples; ++e) {
        std::ranges::copy(softmax_delta(copied(delta.row(e), n), copied(a_[l].row(e), n)), delta.row(e));
      }
      return;
    }
    // Δ = ∂C/∂A ⊙ σ′(Z)
    for (std::size_t i = 0; i < delta.size(); ++i) delta.data()[i] *= slope_[l].data()[i];
  }

  void add(const Block& block, double* sums) {
    if (block.quantity == Quantity::C) {
      *sums += cost_;
    } else if (block.quantity == Quantity::dC_db) {
      for (std::size_t e = 0; e < inputs_.size(); ++e) {
        std::transform(sums, sums + block.rows, delta_[block.layer].row(e), sums, std::plus{});
      }
    } else {
      // Σ ∂C/∂w = Δᵀ A   [n × m] = [n × examples] [examples × m]
      add_product({delta_[block.layer].columns(), block.rows}, activations(block.layer - 1), block.columns, sums);
    }
  }

  const Network& network_;
  std::vector<const double*> inputs_;  // [examples]
  std::vector<Table> a_, slope_, delta_, transposed_;
  Outputs outputs_;
  LayerGradients gradients_;
  double cost_ = 0;
};

}  // namespace

void MeanTrace::add(std::span<const Example> examples) {
  const std::vector<double> before = sums_;
  const std::size_t examples_before = examples_;
  const bool products = wide_sums_.empty() && examples.size() > 1 && is_wide(*network_);
  if (products) add_products(examples);
  if (products && std::ranges::all_of(sums_, [](double x) { return std::isfinite(x); })) return;
  sums_ = before;
  examples_ = examples_before;
  add_one_by_one(examples, 0);
}

void MeanTrace::add_products(std::span<const Example> examples) {
  Batch batch(*network_);
  sums_.resize(size_of(blocks_));
  for (std::size_t first = 0; first < examples.size(); first += block_examples) {
    const auto block = examples.subspan(first, std::min(block_examples, examples.size() - first));
    if (wide_sums_.empty() && batch.add(block, blocks_, sums_)) {
      examples_ += block.size();
    } else {
      add_one_by_one(block, first);
    }
  }
}

/// The first of them is example number `first`.
void MeanTrace::add_one_by_one(std::span<const Example> examples, std::size_t first) {
  ExampleTrace trace;
  for (const Example& example : examples) {
    trace_example(*network_, example.input, example.target, first++, trace);
    add(trace);
  }
}

}  // namespace gradtrace
