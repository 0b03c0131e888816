// The backward pass, whole layers at once.
#include "trace/backward.hpp"

#include "network/plain_loops.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace gradtrace {
namespace {

template <class T>
T slope_of(Activation activation, double alpha, const T& z) {
  switch (activation) {
    case Activation::identity: return 1;
    case Activation::sigmoid: {
      // σ(1 − σ) = e^−|z| / (1 + e^−|z|)²
      const T e = std::exp(-std::abs(z));
      return e / ((1 + e) * (1 + e));
    }
    case Activation::tanh: {
      // 1 − tanh² z = 4 e^−2|z| / (1 + e^−2|z|)²
      const T e = std::exp(-2 * std::abs(z));
      return 4 * e / ((1 + e) * (1 + e));
    }
    case Activation::relu: return z > 0 ? 1 : 0;
    case Activation::leaky_relu: return z > 0 ? 1 : T(alpha);
    case Activation::softplus: return sigmoid(z);
    // s + z·s(1 − s), with 1 − s = s(−z)
    case Activation::silu: return sigmoid(z) * (1 + z * sigmoid(-z));
    case Activation::gelu: {
      // Φ(z) + z·φ(z)
      const T phi = std::exp(-z * z / 2) * std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>;
      return T(0.5) * std::erfc(-z / std::numbers::sqrt2_v<T>) + (phi == 0 ? 0 : z * phi);
    }
    case Activation::softmax: break;
  }
  assert(false && "a softmax unit has no slope of its own");
  return 0;
}

template <class T>
VectorOf<T> delta_of_softmax(const VectorOf<T>& dC_da, const VectorOf<T>& a) {
  VectorOf<T> delta = zeros<T>(a.size());
  for (std::size_t j = 0; j < a.size(); ++j) {
    T sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a(i) * (dC_da(j) - dC_da(i));
    delta(j) = a(j) * sum;
  }
  return delta;
}

double sum_of(const Vector& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Whether the targets add up to 1, to the last bit that rounding has left out.
bool are_one(const Vector& target) {
  double sum = 0, left_out = 0;
  for (const double y : target) {
    const double more = sum + y, of_y = more - sum;
    left_out += (sum - (more - of_y)) + (y - of_y);
    sum = more;
  }
  return sum == 1 && left_out == 0;
}

/// The same but for rounding: 0.1 + 0.2 + 0.7 is meant to be 1.
bool add_up_to_one(const Vector& target) {
  const double rounding = static_cast<double>(target.size()) * std::numeric_limits<double>::epsilon();
  return std::abs(sum_of(target) - 1) <= rounding;
}

/// y/x from x where it has its digits, from ln x where x has underflowed. y > 0
template <class T>
T quotient(double y, const T& x, const T& log_x) {
  return x >= std::numeric_limits<T>::min() ? y / x : std::exp(std::log(T(y)) - log_x);
}

/// 1 − a without cancellation
template <class T>
T complement_of(const Anchored<T>& a) {
  return a.anchor == 1 ? -a.offset : 1 - a.value();
}

/// ∂C/∂a of output j, from the logarithms where a has saturated.
template <class T>
T cost_derivative(Cost cost, const OutputsOf<T>& out, const Vector& target, std::size_t j) {
  const double y = target(j);
  const Anchored<T>& a = out.a[j];
  switch (cost) {
    case Cost::squared_error: return 2 * a.minus(y);
    case Cost::half_squared_error: return a.minus(y);
    case Cost::mean_squared_error: return 2 * a.minus(y) / static_cast<double>(out.a.size());
    case Cost::binary_cross_entropy: {
      // (a − y)/(a(1 − a)) = −y/a + (1 − y)/(1 − a), of which one may overflow and the other be gone
      const T of_a = y == 0 ? T(0) : quotient(y, a.value(), out.log_a[j]);
      const T of_complement = y == 1 ? T(0) : quotient(1 - y, complement_of(a), out.log_complement[j]);
      const bool saturated = a.value() < std::numeric_limits<T>::min() || complement_of(a) < std::numeric_limits<T>::min();
      if (y == 0 || y == 1 || saturated) return of_complement - of_a;
      return a.minus(y) * (1 / a.value()) * (1 / complement_of(a));
    }
    case Cost::cross_entropy: return y == 0 ? T(0) : -quotient(y, a.value(), out.log_a[j]);
  }
  return 0;
}

/// e^(zⱼ − m) over their sum without unit i, m the largest of the others: aⱼ/(1 − aᵢ) of a softmax.
template <class T>
VectorOf<T> softmax_without(const VectorOf<T>& z, std::size_t i) {
  std::size_t largest = i == 0 ? 1 : 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (j != i && z(largest) < z(j)) largest = j;
  }
  VectorOf<T> share = zeros<T>(z.size());
  T sum = 0;
  for (std::size_t j = 0; j < z.size(); ++j) {
    if (j != i) sum += share(j) = std::exp(z(j) - z(largest));
  }
  for (T& each : share) each /= sum;
  return share;
}

/// Softmax with binary cross-entropy: δⱼ = (aⱼ − yⱼ) − Σᵢ≠ⱼ (aᵢ − yᵢ) · aⱼ/(1 − aᵢ), where the last
/// factor is the softmax without unit i.
template <class T>
VectorOf<T> softmax_binary_delta(const VectorOf<T>& z, const OutputsOf<T>& out, const Vector& target) {
  const std::size_t n = out.a.size();
  VectorOf<T> delta = zeros<T>(n);
  for (std::size_t j = 0; j < n; ++j) delta(j) = out.a[j].minus(target(j));
  for (std::size_t i = 0; i < n; ++i) {
    const T difference = out.a[i].minus(target(i));
    const VectorOf<T> share = softmax_without(z, i);
    for (std::size_t j = 0; j < n; ++j) {
      if (j != i) delta(j) -= difference * share(j);
    }
  }
  return delta;
}

/// Σᵢ≠ⱼ yᵢ for every j: what is in front of it and what is behind it, nothing taken off a sum.
Vector sums_of_others(const Vector& y) {
  Vector others = zeros(y.size());
  double front = 0, behind = 0;
  for (std::size_t j = 0; j < y.size(); front += y(j++)) others(j) = front;
  for (std::size_t j = y.size(); j-- > 0; behind += y(j)) others(j) += behind;
  return others;
}

/// Softmax with cross-entropy: δⱼ = aⱼ − yⱼ for targets that are 1 together, else aⱼ Σᵢ≠ⱼ yᵢ − yⱼ(1 − aⱼ).
template <class T>
VectorOf<T> softmax_cross_entropy_delta(const OutputsOf<T>& out, const Vector& target) {
  const std::size_t n = out.a.size();
  VectorOf<T> delta = zeros<T>(n);
  const bool of_one = are_one(target);
  const Vector others = sums_of_others(target);
  for (std::size_t j = 0; j < n; ++j) {
    delta(j) = of_one ? out.a[j].minus(target(j)) : out.a[j].value() * others(j) - target(j) * complement_of(out.a[j]);
  }
  return delta;
}

/// Sets δ of the output layer. Where ∂C/∂a may overflow while the slope vanishes, their product in closed
/// form; elsewhere the product itself.
template <class T>
void set_output_delta(const Network& network, const VectorOf<T>& z, const VectorOf<T>& a, const OutputsOf<T>& out, const Vector& target,
                      LayerGradientsOf<T>& gradients) {
  const Layer& layer = network.layer(network.depth());
  const std::size_t n = out.a.size();
  const bool softmax = layer.activation == Activation::softmax;
  if (softmax) {
    gradients.delta = network.cost == Cost::binary_cross_entropy ? softmax_binary_delta(z, out, target)
                      : network.cost == Cost::cross_entropy      ? softmax_cross_entropy_delta(out, target)
                                                                 : delta_of_softmax(gradients.dC_da, a);
    return;
  }
  VectorOf<T>& delta = gradients.delta;
  make_room(delta, n);
  for (std::size_t j = 0; j < n; ++j) {
    const double y = target(j);
    if (network.cost == Cost::binary_cross_entropy) {
      delta(j) = out.a[j].minus(y);  // (a − y)/(a(1 − a)) · a(1 − a)
    } else if (network.cost == Cost::cross_entropy && layer.activation == Activation::sigmoid) {
      delta(j) = y == 0 ? T(0) : -y * complement_of(out.a[j]);  // −y/a · a(1 − a)
    } else if (network.cost == Cost::cross_entropy) {
      // softplus: −y σ(z)/ln(1 + eᶻ); the quotient is 1 − eᶻ/2 where both underflow
      const T ratio = z(j) < -50 ? T(1) : sigmoid(z(j)) / softplus(z(j));
      delta(j) = y == 0 ? T(0) : -y * ratio;
    } else {
      delta(j) = gradients.dC_da(j) * gradients.slope(j);
    }
  }
}

template <class T>
void set_slopes(const Layer& layer, const VectorOf<T>& z, const VectorOf<T>& a, LayerGradientsOf<T>& gradients) {
  const std::size_t n = z.size();
  if (layer.activation != Activation::softmax) {
    make_room(gradients.slope, n);
    for (std::size_t j = 0; j < n; ++j) gradients.slope(j) = slope_of(layer.activation, layer.alpha, z(j));
    return;
  }
  const SoftmaxParts<T> parts = softmax_parts(z);
  make_room(gradients.complement, n);
  for (std::size_t j = 0; j < n; ++j) {
    gradients.complement(j) = j == parts.largest ? parts.others / (1 + parts.others) : 1 - a(j);
  }
}

template <class T>
void set_output_gradients(const Network& network, const VectorOf<T>& z, const VectorOf<T>& a, const OutputsOf<T>& outputs, const Vector& target,
                          LayerGradientsOf<T>& gradients) {
  const std::size_t n = z.size();
  set_slopes(network.layer(network.depth()), z, a, gradients);
  make_room(gradients.dC_da, n);
  for (std::size_t j = 0; j < n; ++j) gradients.dC_da(j) = cost_derivative(network.cost, outputs, target, j);
  set_output_delta(network, z, a, outputs, target, gradients);
}

template <class T>
void backward_in(const Network& network, const StateOf<T>& state, const OutputsOf<T>& outputs, const Vector& target,
                 std::vector<LayerGradientsOf<T>>& gradients) {
  const std::size_t last = network.depth();
  gradients.resize(last + 1);
  for (std::size_t l = last; l >= 1; --l) {
    const Layer& layer = network.layer(l);
    const std::size_t n = layer.neurons();
    LayerGradientsOf<T>& here = gradients[l];
    if (l == last) {
      set_output_gradients(network, state.z[l], state.a[l], outputs, target, here);
    } else {
      set_slopes(layer, state.z[l], state.a[l], here);
      if (layer.activation == Activation::softmax) {
        here.delta = delta_of_softmax(here.dC_da, state.a[l]);
      } else {
        make_room(here.delta, n);
        // δ = ∂C/∂a ⊙ σ′(z)
        for (std::size_t j = 0; j < n; ++j) here.delta(j) = here.dC_da(j) * here.slope(j);
      }
    }

    // ∂C/∂a⁽ˡ⁻¹⁾ = Wᵀ δ   [m] = [n × m]ᵀ [n]
    VectorOf<T>& before = gradients[l - 1].dC_da;
    make_room(before, layer.weights.shape(1));
    transposed_product(layer.weights, here.delta, before);
  }
}

}  // namespace

double slope_of_unit(Activation activation, double alpha, double z) { return slope_of(activation, alpha, z); }

double softmax_slope(const Vector& a, const Vector& complement, std::size_t i, std::size_t j) {
  return i == j ? a(i) * complement(i) : -a(i) * a(j);
}

Vector softmax_delta(const Vector& dC_da, const Vector& a) { return delta_of_softmax(dC_da, a); }

double softmax_share(const Vector& z, std::size_t i, std::size_t j) { return softmax_without(z, i)(j); }

bool slope_cancels(const Network& network, const Vector& target) {
  const Activation last = network.layers.back().activation;
  return slope_cancels(network.cost, last) && (last != Activation::softmax || add_up_to_one(target));
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
      return i == j ? difference : -difference * softmax_share(state.z.back(), i, j);
    }
    default: break;
  }
  const double slope = i == j ? state.a.back()(i) * complement : -state.a.back()(i) * a_j;
  return cost_derivative(network.cost, outputs, target, i) * slope;
}

void output_gradients(const Network& network, const Vector& z, const Vector& a, const Outputs& outputs, const Vector& target,
                      LayerGradients& gradients) {
  set_output_gradients(network, z, a, outputs, target, gradients);
}

void backward(const Network& network, const State& state, const Outputs& outputs, const Vector& target,
              std::vector<LayerGradients>& gradients) {
  backward_in(network, state, outputs, target, gradients);
}

void backward(const Network& network, const StateOf<long double>& state, const OutputsOf<long double>& outputs, const Vector& target,
              std::vector<LayerGradientsOf<long double>>& gradients) {
  backward_in(network, state, outputs, target, gradients);
}

}  // namespace gradtrace
