// The backward pass, whole layers at once.
#include "trace/backward.hpp"

#include "base/error.hpp"
#include "network/plain_loops.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace gradtrace {

double slope_of_unit(Activation activation, double alpha, double z) {
  switch (activation) {
    case Activation::identity: return 1;
    case Activation::sigmoid: {
      // σ(1 − σ) = e^−|z| / (1 + e^−|z|)²
      const double e = std::exp(-std::abs(z));
      return e / ((1 + e) * (1 + e));
    }
    case Activation::tanh: {
      // 1 − tanh² z = 4 e^−2|z| / (1 + e^−2|z|)²
      const double e = std::exp(-2 * std::abs(z));
      return 4 * e / ((1 + e) * (1 + e));
    }
    case Activation::relu: return z > 0 ? 1 : 0;
    case Activation::leaky_relu: return z > 0 ? 1 : alpha;
    case Activation::softplus: return sigmoid(z);
    // s + z·s(1 − s), with 1 − s = s(−z)
    case Activation::silu: return sigmoid(z) * (1 + z * sigmoid(-z));
    case Activation::gelu: {
      // Φ(z) + z·φ(z)
      const double phi = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
      return 0.5 * std::erfc(-z / std::numbers::sqrt2) + (phi == 0 ? 0 : z * phi);
    }
    case Activation::softmax: break;
  }
  assert(false && "a softmax unit has no slope of its own");
  return 0;
}

double softmax_slope(const Vector& a, const Vector& complement, std::size_t i, std::size_t j) {
  return i == j ? a(i) * complement(i) : -a(i) * a(j);
}

Vector softmax_delta(const Vector& dC_da, const Vector& a) {
  Vector delta = zeros(a.size());
  for (std::size_t j = 0; j < a.size(); ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a(i) * (dC_da(j) - dC_da(i));
    delta(j) = a(j) * sum;
  }
  return delta;
}

namespace {

double sum_of(const Vector& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Σy − 1, or 0 where it is but rounding: 0.1 + 0.2 + 0.7 is meant to be 1.
double excess_of_targets(const Vector& target) {
  const double excess = sum_of(target) - 1;
  const double rounding = static_cast<double>(target.size()) * std::numeric_limits<double>::epsilon();
  return std::abs(excess) <= rounding ? 0 : excess;
}

/// 1/x from x where it has its digits, from ln x where x has underflowed.
double reciprocal(double x, double log_x) {
  return x >= std::numeric_limits<double>::min() ? 1 / x : std::exp(-log_x);
}

/// 1 − a without cancellation
double complement_of(const Anchored<double>& a) { return a.anchor == 1 ? -a.offset : 1 - a.value(); }

/// ∂C/∂a of output j, from the logarithms where a has saturated.
double cost_derivative(Cost cost, const Outputs& out, const Vector& target, std::size_t j) {
  const double y = target(j);
  const Anchored<double>& a = out.a[j];
  switch (cost) {
    case Cost::squared_error: return 2 * a.minus(y);
    case Cost::half_squared_error: return a.minus(y);
    case Cost::mean_squared_error: return 2 * a.minus(y) / static_cast<double>(out.a.size());
    case Cost::binary_cross_entropy: {
      // (a − y)/(a(1 − a)), which is −1/a for y = 1 and 1/(1 − a) for y = 0
      const double of_a = reciprocal(a.value(), out.log_a[j]);
      const double of_complement = reciprocal(complement_of(a), out.log_complement[j]);
      if (y == 1) return -of_a;
      if (y == 0) return of_complement;
      return a.minus(y) * of_a * of_complement;
    }
    case Cost::cross_entropy: return y == 0 ? 0 : -y * reciprocal(a.value(), out.log_a[j]);
  }
  return 0;
}

/// Softmax with binary cross-entropy: δⱼ = (aⱼ − yⱼ) − Σᵢ≠ⱼ (aᵢ − yᵢ) · aⱼ/(1 − aᵢ), where the last
/// factor is the softmax without unit i, between 0 and 1 however saturated.
Vector softmax_binary_delta(const Outputs& out, const Vector& target) {
  const std::size_t n = out.a.size();
  Vector delta = zeros(n);
  for (std::size_t j = 0; j < n; ++j) {
    delta(j) = out.a[j].minus(target(j));
    for (std::size_t i = 0; i < n; ++i) {
      if (i != j) delta(j) -= out.a[i].minus(target(i)) * std::exp(out.log_a[j] - out.log_complement[i]);
    }
  }
  return delta;
}

/// Sets δ of the output layer. Where ∂C/∂a may overflow while the slope vanishes, their product in closed
/// form; elsewhere the product itself.
void set_output_delta(const Network& network, const Vector& z, const Vector& a, const Outputs& out, const Vector& target,
                      LayerGradients& gradients) {
  const Layer& layer = network.layer(network.depth());
  const std::size_t n = out.a.size();
  const bool softmax = layer.activation == Activation::softmax;
  if (softmax && network.cost == Cost::binary_cross_entropy) {
    gradients.delta = softmax_binary_delta(out, target);
    return;
  }
  if (softmax && network.cost != Cost::cross_entropy) {
    gradients.delta = softmax_delta(gradients.dC_da, a);
    return;
  }
  const double excess = softmax ? excess_of_targets(target) : 0;
  Vector& delta = gradients.delta;
  make_room(delta, n);
  for (std::size_t j = 0; j < n; ++j) {
    const double y = target(j);
    if (softmax) {
      // aⱼ Σy − yⱼ, which is aⱼ − yⱼ for targets that add up to 1
      delta(j) = out.a[j].minus(y) + out.a[j].value() * excess;
    } else if (network.cost == Cost::binary_cross_entropy) {
      delta(j) = out.a[j].minus(y);  // (a − y)/(a(1 − a)) · a(1 − a)
    } else if (network.cost == Cost::cross_entropy && layer.activation == Activation::sigmoid) {
      delta(j) = y == 0 ? 0 : -y * complement_of(out.a[j]);  // −y/a · a(1 − a)
    } else if (network.cost == Cost::cross_entropy) {
      // softplus: −y σ(z)/ln(1 + eᶻ); the quotient is 1 − eᶻ/2 where both underflow
      const double quotient = z(j) < -40 ? 1 : sigmoid(z(j)) / softplus(z(j));
      delta(j) = y == 0 ? 0 : -y * quotient;
    } else {
      delta(j) = gradients.dC_da(j) * gradients.slope(j);
    }
  }
}

void set_slopes(const Layer& layer, const Vector& z, const Vector& a, LayerGradients& gradients) {
  const std::size_t n = z.size();
  if (layer.activation != Activation::softmax) {
    make_room(gradients.slope, n);
    for (std::size_t j = 0; j < n; ++j) gradients.slope(j) = slope_of_unit(layer.activation, layer.alpha, z(j));
    return;
  }
  const SoftmaxParts<double> parts = softmax_parts(z);
  make_room(gradients.complement, n);
  for (std::size_t j = 0; j < n; ++j) {
    gradients.complement(j) = j == parts.largest ? parts.others / (1 + parts.others) : 1 - a(j);
  }
}

void refuse_nan(const Vector& values, const char* what, std::size_t l) {
  if (std::count_if(values.begin(), values.end(), [](double x) { return std::isnan(x); }) == 0) return;  // in vectors, as it has no way out
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (!std::isnan(values(j))) continue;
    throw NumericError("layer " + std::to_string(l) + ": " + what + " of neuron " + std::to_string(j) +
                       " is not defined: terms beyond what a double can hold (1.8e308) meet with opposite signs;"
                       " use smaller weights");
  }
}

}  // namespace

bool slope_cancels(const Network& network, const Vector& target) {
  const Activation last = network.layers.back().activation;
  if (network.cost == Cost::binary_cross_entropy) return last == Activation::sigmoid;
  return network.cost == Cost::cross_entropy && last == Activation::softmax && excess_of_targets(target) == 0;
}

double softmax_output_term(const Network& network, const State& state, const Outputs& outputs, const Vector& target,
                           std::size_t i, std::size_t j) {
  const double y = target(i);
  const double complement = complement_of(outputs.a[i]);
  const double a_j = state.a.back()(j);
  switch (network.cost) {
    // −yᵢ/aᵢ · aᵢ(1[i=j] − aⱼ)
    case Cost::cross_entropy: return y == 0 ? 0 : i == j ? -y * complement : y * a_j;
    // (aᵢ − yᵢ)/(aᵢ(1 − aᵢ)) · aᵢ(1[i=j] − aⱼ)
    case Cost::binary_cross_entropy: {
      const double difference = outputs.a[i].minus(y);
      return i == j ? difference : -difference * std::exp(outputs.log_a[j] - outputs.log_complement[i]);
    }
    default: break;
  }
  const double slope = i == j ? state.a.back()(i) * complement : -state.a.back()(i) * a_j;
  return cost_derivative(network.cost, outputs, target, i) * slope;
}

void output_gradients(const Network& network, const Vector& z, const Vector& a, const Outputs& outputs, const Vector& target,
                      LayerGradients& gradients) {
  const std::size_t n = z.size();
  set_slopes(network.layer(network.depth()), z, a, gradients);
  make_room(gradients.dC_da, n);
  for (std::size_t j = 0; j < n; ++j) gradients.dC_da(j) = cost_derivative(network.cost, outputs, target, j);
  set_output_delta(network, z, a, outputs, target, gradients);
}

void backward(const Network& network, const State& state, const Outputs& outputs, const Vector& target,
              std::vector<LayerGradients>& gradients) {
  const std::size_t last = network.depth();
  gradients.resize(last + 1);
  for (std::size_t l = last; l >= 1; --l) {
    const Layer& layer = network.layer(l);
    const std::size_t n = layer.neurons();
    LayerGradients& here = gradients[l];
    if (l == last) {
      output_gradients(network, state.z[l], state.a[l], outputs, target, here);
    } else {
      set_slopes(layer, state.z[l], state.a[l], here);
      if (layer.activation == Activation::softmax) {
        here.delta = softmax_delta(here.dC_da, state.a[l]);
      } else {
        make_room(here.delta, n);
        // δ = ∂C/∂a ⊙ σ′(z)
        for (std::size_t j = 0; j < n; ++j) here.delta(j) = here.dC_da(j) * here.slope(j);
      }
    }
    refuse_nan(here.dC_da, "∂C/∂a", l);
    refuse_nan(here.delta, "δ", l);

    // ∂C/∂a⁽ˡ⁻¹⁾ = Wᵀ δ   [m] = [n × m]ᵀ [n]
    Vector& before = gradients[l - 1].dC_da;
    make_room(before, layer.weights.shape(1));
    transposed_product(layer.weights, here.delta, before);
  }
  refuse_nan(gradients[0].dC_da, "∂C/∂a", 0);
}

}  // namespace gradtrace
