// Runs by the formulas of a textbook, with random rounding.
#include "check/plain_rounding.hpp"

#include "check/formulas.hpp"
#include "check/unit_rounding.hpp"
#include "lesson/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace gradtrace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

class Run {
 public:
  Run(const ExampleTrace& exact, unsigned seed) : exact_(exact), network_(*exact.network), random_(seed), seed_(seed) {
    run_.network = exact.network;
    run_.example = exact.example;
    run_.target = exact.target;
    run_.state = exact.state;
    run_.gradients = exact.gradients;
  }

  ExampleTrace make() && {
    for (std::size_t l = 1; l <= network_.depth(); ++l) {
      formulas_.emplace_back(seed_, l);
      forward(l);
    }
    cost();
    for (std::size_t l = network_.depth(); l >= 1; --l) {
      deltas(l);
      carry_back(l);
      formulas_.pop_back();
    }
    return std::move(run_);
  }

 private:
  const Formulas& formulas() const { return formulas_.back(); }

  /// A rounding of that size at most, or of so many ε of a number.
  double off(double most) { return most == 0 || !std::isfinite(most) ? 0 : most * random_.uniform(); }
  double rounded(double x, double relative = epsilon) { return x + off(relative * std::abs(x)); }
  /// Of a function that ends at ±1: once there it is exact.
  double rounded_within_one(double x, double relative = epsilon) { return std::abs(x) == 1 ? x : rounded(x, relative); }

  double sigmoid(double z) { return formulas().sigmoid_by_tanh ? 0.5 * (1 + rounded_within_one(std::tanh(z / 2), function_error)) : logistic(z); }
  double logistic(double z) { return rounded_within_one(1 / (1 + rounded(std::exp(-z), function_error))); }

  double tanh(double z) {
    if (formulas().tanh_by_powers) return rounded_within_one(1 - rounded(2 / (1 + rounded(std::exp(2 * z), function_error))));
    return formulas().tanh_by_quotient ? rounded(std::tanh(z), function_error) : rounded_within_one(std::tanh(z), function_error);
  }

  void softmax(const Vector& z, Vector& a) {
    const double largest = *std::max_element(z.begin(), z.end());
    double sum = 0;
    for (std::size_t j = 0; j < z.size(); ++j) sum += a(j) = rounded(std::exp(z(j) - largest), function_error + epsilon * (largest - z(j)));
    if (formulas().softmax_by_logarithm) {
      const double logarithm = rounded(largest + std::log(sum));
      for (std::size_t j = 0; j < z.size(); ++j) a(j) = rounded(std::exp(rounded(z(j) - logarithm)), function_error);
    } else {
      for (double& each : a) each = rounded_within_one(each / sum, function_error);
    }
  }

  void forward(std::size_t l) {
    const Layer& layer = network_.layer(l);
    const Vector& before = run_.state.a[l - 1];
    Vector &z = run_.state.z[l], &a = run_.state.a[l], &slope = run_.gradients[l].slope;
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      const double* row = layer.weights.data() + j * before.size();
      double sum = layer.biases(j), size = std::abs(sum);
      for (std::size_t k = 0; k < before.size(); ++k) {
        sum += row[k] * before.data()[k];
        size += std::abs(row[k] * before.data()[k]);
      }
      z(j) = weighted_input(layer, exact_.state.z[l](j), sum, product_error(before.size()) * size);
    }
    if (layer.activation == Activation::softmax) {
      softmax(z, a);
      Vector& complement = run_.gradients[l].complement;
      for (std::size_t j = 0; j < complement.size(); ++j) complement(j) = 1 - a(j);
      return;
    }
    for (std::size_t j = 0; j < z.size(); ++j) {
      a(j) = activation(layer, z(j));
      slope(j) = rounded(slope_of(layer, z(j), a(j)), function_error);
    }
  }

  /// One that rounding may carry over its kink may be on either side.
  double weighted_input(const Layer& layer, double exact, double computed, double rounding) {
    const double z = computed + off(rounding);
    if (!has_kink(layer.activation)) return z;
    if (rounding == 0 && exact == 0) return z;  // nothing was added up
    constexpr double wide = 4;  // the runs before this one may all have come out on one side
    const bool either = std::abs(exact) <= std::max(rounding, wide * std::abs(z - exact));
    return either ? std::copysign(std::max(std::abs(z), std::numeric_limits<double>::min()), random_.uniform()) : z;
  }

  double activation(const Layer& layer, double z) {
    constexpr double straight = 40;  // ln(1 + e^z) is z
    switch (layer.activation) {
      case Activation::identity: return z;
      case Activation::sigmoid: return sigmoid(z);
      case Activation::tanh: return tanh(z);
      case Activation::relu: return std::max(z, 0.0);
      case Activation::leaky_relu: return z > 0 ? z : rounded(layer.alpha * z);
      case Activation::softplus: {
        if (z > straight) return z;
        const double e = rounded(std::exp(z), function_error);
        return rounded(formulas().log1p ? std::log1p(e) : std::log(1 + e), function_error);
      }
      case Activation::silu: return rounded(z * sigmoid(z));
      case Activation::gelu: return rounded(z * normal_share(z));
      case Activation::softmax: break;
    }
    return 0;
  }

  /// Φ(z)
  double normal_share(double z) {
    if (formulas().erfc) return 0.5 * rounded(std::erfc(-z / std::numbers::sqrt2), function_error);
    return 0.5 * (1 + rounded_within_one(std::erf(z / std::numbers::sqrt2), function_error));
  }

  double slope_of(const Layer& layer, double z, double a) {
    switch (layer.activation) {
      case Activation::sigmoid: {
        const double e = rounded(std::exp(-z), function_error);
        return formulas().sigmoid_slope_from_z ? e / ((1 + e) * (1 + e)) : a * (1 - a);
      }
      case Activation::tanh: return formulas().tanh_slope_from_z ? 1 / std::pow(std::cosh(z), 2) : 1 - rounded_within_one(a * a);
      case Activation::relu: return z > 0 ? 1 : 0;
      case Activation::leaky_relu: return z > 0 ? 1 : layer.alpha;
      case Activation::softplus: return softplus_slope(z, a);
      case Activation::silu: {
        const double s = sigmoid(z);
        return s + rounded(z * s * (1 - s));
      }
      case Activation::gelu: return normal_share(z) + rounded(z * std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi), function_error);
      default: return 1;
    }
  }

  /// Some formulas lose it beside a 1. Where they leave nothing of it that is wrong, as ln(1 + e^z) may still have all digits.
  double softplus_slope(double z, double a) {
    constexpr double nothing_left = -30;  // 1 + tanh(z/2) and e^−a are off by some parts in a thousand
    if (z < nothing_left) return logistic(z);
    return formulas().softplus_slope_from_a ? 1 - rounded_within_one(std::exp(-a)) : sigmoid(z);
  }

  /// C and ∂C/∂a of the outputs.
  void cost() {
    const Vector& a = run_.state.a.back();
    Vector& dC_da = run_.gradients.back().dC_da;
    double sum = 0, size = 0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      const double y = run_.target(j), difference = rounded(a(j) - y);
      double part = 0;
      switch (network_.cost) {
        case Cost::squared_error: part = difference * difference; dC_da(j) = 2 * difference; break;
        case Cost::half_squared_error: part = 0.5 * difference * difference; dC_da(j) = difference; break;
        case Cost::mean_squared_error: part = difference * difference / static_cast<double>(a.size()); dC_da(j) = rounded(2 * difference / static_cast<double>(a.size())); break;
        case Cost::binary_cross_entropy:
          part = -(y == 0 ? 0 : y * std::log(a(j))) - (y == 1 ? 0 : (1 - y) * std::log(1 - a(j)));
          dC_da(j) = rounded(difference / (a(j) * (1 - a(j))), function_error);
          break;
        case Cost::cross_entropy:
          part = y == 0 ? 0 : -y * std::log(a(j));
          dC_da(j) = y == 0 ? 0 : rounded(-y / a(j));
          break;
      }
      sum += rounded(part, function_error);
      size += std::abs(part);
    }
    run_.cost = sum + off(product_error(a.size()) * size);
  }

  void deltas(std::size_t l) {
    const Layer& layer = network_.layer(l);
    const Vector &a = run_.state.a[l], &dC_da = run_.gradients[l].dC_da;
    Vector& delta = run_.gradients[l].delta;
    const bool last = l == network_.depth(), softmax = layer.activation == Activation::softmax;
    // What most do, since the product may be 0/0.
    const bool short_form = last && !formulas().written_out && slope_cancels(network_.cost, layer.activation);
    double targets = 1;
    if (short_form && softmax) {
      targets = 0;
      for (const double y : run_.target) targets += y;
    }
    double mean = 0;  // Σ aᵢ ∂C/∂aᵢ, of the form aⱼ(∂C/∂aⱼ − Σ)
    for (std::size_t i = 0; softmax && i < a.size(); ++i) mean = rounded(mean + rounded(a(i) * dC_da(i)));
    for (std::size_t j = 0; j < delta.size(); ++j) {
      if (short_form) {
        delta(j) = rounded(a(j) * targets - run_.target(j));
      } else if (softmax && formulas().softmax_slope_at_once) {
        delta(j) = rounded(a(j) * rounded(dC_da(j) - mean));
      } else if (softmax) {
        double sum = 0, size = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
          const double part = dC_da(i) * (i == j ? a(j) * (1 - a(j)) : -a(i) * a(j));
          sum += part;
          size += std::abs(part);
        }
        delta(j) = sum + off((function_error + product_error(a.size())) * size);
      } else {
        delta(j) = rounded(dC_da(j) * run_.gradients[l].slope(j));
      }
    }
  }

  /// ∂C/∂a of the layer before.
  void carry_back(std::size_t l) {
    const Layer& layer = network_.layer(l);
    const Vector& delta = run_.gradients[l].delta;
    Vector& dC_da = run_.gradients[l - 1].dC_da;
    Vector sizes = zeros(dC_da.size());
    std::fill(dC_da.begin(), dC_da.end(), 0.0);
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      const double* row = layer.weights.data() + j * dC_da.size();
      for (std::size_t k = 0; k < dC_da.size(); ++k) {
        dC_da.data()[k] += row[k] * delta(j);
        sizes.data()[k] += std::abs(row[k] * delta(j));
      }
    }
    for (std::size_t k = 0; k < dC_da.size(); ++k) dC_da(k) += off(product_error(layer.neurons()) * sizes(k));
  }

  const ExampleTrace& exact_;
  const Network& network_;
  RandomNumbers random_;
  unsigned seed_;
  std::vector<Formulas> formulas_;  ///< of the layers up to the one at hand
  ExampleTrace run_;
};

}  // namespace

ExampleTrace run_with_rounding(const ExampleTrace& trace, unsigned seed) { return Run(trace, seed).make(); }

/// All runs may by chance be closer than others are.
constexpr double margin = 32;

const std::vector<ExampleTrace>& PlainRounding::runs() {
  if (runs_) return *runs_;
  runs_.emplace();
  for (unsigned seed = 0; seed < Formulas::runs; ++seed) runs_->push_back(run_with_rounding(trace_, seed));
  return *runs_;
}

double PlainRounding::bound(const Name& name, double theirs) {
  constexpr double narrow = 1e-9;  // of the number: nobody asks for less
  constexpr double overflow = 1e3 * std::numeric_limits<double>::min();
  const double known = plain_error(trace_, errors_, name), value = trace_.value(name);
  const double at_most = std::isnan(known) ? std::numeric_limits<double>::infinity() : known;  // 0 · ∞ says nothing
  if (at_most <= narrow * std::abs(value) + overflow) return at_most;
  double farthest = 0;
  bool any = false, vanishes = false;
  for (const ExampleTrace& run : runs()) {  // whoever has come so far as to compare has finite numbers
    const double run_value = run.value(name), apart = std::abs(run_value - value);
    if (!std::isfinite(apart)) continue;
    any = true;
    if (run_value == 0) {
      vanishes = true;
    } else {
      farthest = std::max(farthest, apart);
    }
  }
  if (!any) return at_most;
  const double rounding = margin * farthest + 2 * epsilon * std::abs(value) + overflow;
  return std::min(at_most, vanishes && theirs == 0 ? std::max(rounding, std::abs(value)) : rounding);
}

Range PlainRounding::at_kinks(const Name& name) {
  if (ranges_.empty()) {
    ranges_.emplace_back(trace_);
    const bool kinks = ranges_.front().has_kinks();
    for (std::size_t r = 0; kinks && r < runs().size(); ++r) ranges_.emplace_back((*runs_)[r], trace_);
  }
  const Range exact = ranges_.front().of(name);
  bool any = exact.low < exact.high;
  double farthest = 0;  // on either side
  for (const KinkRange& run : ranges_) {
    const Range range = run.of(name);
    any = any || range.low < range.high;
    if (!std::isfinite(range.low) || !std::isfinite(range.high)) continue;
    farthest = std::max({farthest, std::abs(exact.low - range.low), std::abs(range.high - exact.high)});
  }
  return any ? Range{exact.low - margin * farthest, exact.high + margin * farthest} : Range{};
}

}  // namespace gradtrace
