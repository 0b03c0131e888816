// Running error bounds of the forward and the backward pass.
#include "check/running_error.hpp"

#include "check/unit_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

/// What a product loses where it falls below the smallest normal number.
constexpr double underflow = std::numeric_limits<double>::denorm_min();

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// |σ″| at z, or a bound on it.
double curvature(const Layer& layer, const ExampleTrace& trace, std::size_t l, std::size_t j) {
  switch (layer.activation) {
    case Activation::sigmoid: return trace.gradients[l].slope(j);
    case Activation::tanh: return 2 * trace.gradients[l].slope(j);
    case Activation::softplus: return std::min(1.0, trace.gradients[l].slope(j));
    case Activation::silu: return 0.5;  // its maximum, at 0
    case Activation::gelu: return 0.8;  // 2φ(0) = 0.798
    default: return 0;
  }
}

/// |σ′|, or the larger of the two where rounding may have carried z over its kink.
double slope_nearby(const ExampleTrace& trace, std::size_t l, std::size_t j, double z_error) {
  const Layer& layer = trace.network->layer(l);
  const double slope = std::abs(trace.gradients[l].slope(j));
  return has_kink(layer.activation) && std::abs(trace.state.z[l](j)) <= z_error ? std::max({slope, 1.0, std::abs(layer.alpha)}) : slope;
}

double largest_of(const Vector& values) {
  return values.size() == 0 ? 0 : *std::max_element(values.begin(), values.end());
}

/// What plain formulas lose of an activation near 0 beside their 1, as z(1 + erf(z/√2))/2, ln(1 + e^z), (1 + tanh(z/2))/2 and
/// 1 − 2/(1 + e^2z) do, or by overflow.
double plain_activation_error(Arithmetic arithmetic, Activation activation, double z) {
  if (arithmetic == Arithmetic::own) return 0;
  constexpr double largest_exponent = 709;  // 1/(1 + e^−z) is 0 where e^−z is infinite
  const double gone = z < -largest_exponent ? std::exp(z) : 0;
  switch (activation) {
    case Activation::gelu: return 2 * epsilon * std::abs(z);
    case Activation::softplus: return 2 * epsilon;
    case Activation::sigmoid: return 2 * epsilon + gone;
    case Activation::tanh: return 2 * epsilon;
    case Activation::silu: return 2 * epsilon * std::abs(z) - z * gone;
    default: return 0;
  }
}

/// By how much e^(z − ln Σ e^z) has all z of a softmax off, whose logarithm is as large as they are.
double plain_logarithm_error(Arithmetic arithmetic, const Layer& layer, const Vector& z) {
  if (arithmetic == Arithmetic::own || layer.activation != Activation::softmax) return 0;
  double largest = std::log(static_cast<double>(z.size()));
  for (const double x : z) largest = std::max(largest, std::abs(x));
  return 2 * epsilon * largest;
}

/// Others round a z to the other side of a kink. On it the slope is a convention, which a comparison explains.
double plain_kink_error(Arithmetic arithmetic, const Layer& layer, double z, double z_error) {
  return arithmetic == Arithmetic::plain && has_kink(layer.activation) && z != 0 && std::abs(z) <= z_error ? 1 : 0;
}

/// E_a = |σ′| E_z + rounding of σ
void activation_errors(const ExampleTrace& trace, std::size_t l, const Vector& z_errors, Vector& a_errors, Arithmetic arithmetic = Arithmetic::own) {
  const Layer& layer = trace.network->layer(l);
  const Vector& a = trace.state.a[l];
  if (layer.activation == Activation::softmax) {
    // |∂aᵢ/∂zⱼ| ≤ aᵢ(1[i=j] + aⱼ), so Σⱼ |∂aᵢ/∂zⱼ| E_zⱼ ≤ aᵢ (E_zᵢ + Σⱼ aⱼ E_zⱼ); e^(zⱼ − m) rounds by ε|zⱼ − m|.
    const Vector& z = trace.state.z[l];
    const double largest = *std::max_element(z.begin(), z.end()), of_logarithm = plain_logarithm_error(arithmetic, layer, z);
    double mean = 0;
    for (std::size_t j = 0; j < a.size(); ++j) mean += a(j) * (z_errors(j) + epsilon * (largest - z(j)));
    for (std::size_t j = 0; j < a.size(); ++j) {
      const double change = a(j) * (z_errors(j) + epsilon * (largest - z(j)) + of_logarithm + mean + function_error);
      a_errors(j) = std::min(1.0, change + lost_change(layer, z, j, largest_of(z_errors))) + underflow;
    }
    return;
  }
  for (std::size_t j = 0; j < a.size(); ++j) {
    const double z = trace.state.z[l](j);
    const double change = slope_nearby(trace, l, j, z_errors(j)) * z_errors(j) + lost_change(layer, trace.state.z[l], j, z_errors(j));
    a_errors(j) = std::min(range_of(layer), change) + activation_rounding(layer, z) * std::abs(a(j)) +
                  plain_activation_error(arithmetic, layer.activation, z) + underflow;
  }
}

/// E_z of layer l from E_a of layer l − 1: rounding of the products and sums + |W| E_a
void weighted_input_errors(const ExampleTrace& trace, std::size_t l, const Vector& a_errors, Vector& z_errors) {
  const Layer& layer = trace.network->layer(l);
  const Vector& a = trace.state.a[l - 1];
  const double rounding = product_error(a.size()), lost = underflow * static_cast<double>(a.size());
  for (std::size_t j = 0; j < layer.neurons(); ++j) {
    double size = std::abs(layer.biases(j)), carried = 0;
    const double* row = layer.weights.data() + j * a.size();
    for (std::size_t k = 0; k < a.size(); ++k) {
      size += std::abs(row[k] * a.data()[k]);
      carried += std::abs(row[k]) * a_errors.data()[k];
    }
    z_errors(j) = rounding * size + carried + lost;
  }
}

/// From E_z of layer l to E_z of the last layer.
Vector carry_to_outputs(const ExampleTrace& trace, std::size_t l, Vector z_errors) {
  for (; l < trace.network->depth(); ++l) {
    Vector a_errors = zeros(z_errors.size());
    activation_errors(trace, l, z_errors, a_errors);
    z_errors = zeros(trace.network->width(l + 1));
    weighted_input_errors(trace, l + 1, a_errors, z_errors);
  }
  return z_errors;
}

/// What the computed a − y of output j may be off by, where a's weighted input is off by E_z.
double difference_error(const ExampleTrace& trace, std::size_t j, const Anchored<double>& a, double slope, double z_error) {
  const double y = trace.target(j), rounding = activation_rounding(trace.network->layers.back(), trace.state.z.back()(j));
  const double rounding_of_a = a.anchor == 0 ? std::abs(a.offset) : std::abs(a.offset) + epsilon;
  const bool near = a.anchor != 0 && std::abs(a.anchor - y) < 0.5;
  return slope * z_error + rounding * (near ? std::abs(a.offset) : rounding_of_a) +
         epsilon * std::abs(a.minus(y)) + (near || a.anchor == 0 ? 0 : epsilon);
}

/// |∂aⱼ/∂zⱼ| of output j at `a`, for sigmoid, tanh, softplus and softmax from a itself; a bound for the rest.
double output_slope(const ExampleTrace& trace, const Anchored<double>& a, std::size_t j) {
  switch (trace.network->layers.back().activation) {
    case Activation::sigmoid:
    case Activation::softmax: return std::abs(a.value() * (a.anchor == 1 ? a.offset : 1 - a.value()));
    case Activation::tanh: return a.anchor == 0 ? 1 : std::min(1.0, 2 * std::abs(a.offset));
    case Activation::softplus: return -std::expm1(-a.value());
    default: return std::max(1.2, std::abs(trace.gradients.back().slope(j)));  // gelu's largest is 1.13
  }
}

bool squared(Cost cost) { return !takes_logarithms(cost); }

double squared_factor(const ExampleTrace& trace) {
  switch (trace.network->cost) {
    case Cost::half_squared_error: return 0.5;
    case Cost::mean_squared_error: return 1 / static_cast<double>(trace.network->outputs());
    default: return 1;
  }
}

/// What 1 − a, a − y and the slope by a(1 − a) and the like lose for each 1 that a is rounded beside, or that it misses.
double rounded_beside_one(Arithmetic arithmetic, const Layer& layer, const Vector& z) {
  return arithmetic == Arithmetic::plain ? 4 * epsilon + plain_logarithm_error(arithmetic, layer, z) : 0;
}

/// |∂C/∂a|'s part (1 − y)/(1 − a) of binary cross-entropy, the only one that 1 − a enters.
double complement_part(Cost cost, double y, double to_one) { return cost != Cost::binary_cross_entropy || y == 1 ? 0 : (1 - y) / to_one; }

double distance_to_one(const Anchored<double>& a) { return a.anchor == 1 ? std::abs(a.offset) : 1 - a.value(); }

/// E_a of an output where all z are off by E_z: |σ′| ≤ e^−|z|, and from 0 to 1 it is no farther.
double output_change(const Layer& layer, double saturation, double z_error) {
  const double change = z_error * std::exp(std::min(0.0, 2 * z_error - saturation));
  return layer.activation == Activation::softplus ? change : std::min(1.0, change);
}

/// E of ∂C/∂a and of δ at the output layer.
void output_errors(const ExampleTrace& trace, Arithmetic arithmetic, const Vector& z_errors, Vector& dC_da_errors, Vector& delta_errors) {
  const Network& network = *trace.network;
  const std::size_t last = network.depth();
  const LayerGradients& gradients = trace.gradients[last];
  const bool softmax = network.layer(last).activation == Activation::softmax;
  const double largest = largest_of(z_errors) + plain_logarithm_error(arithmetic, network.layer(last), trace.state.z[last]);
  const double beside_one = rounded_beside_one(arithmetic, network.layer(last), trace.state.z[last]);
  double sum_of_deltas = 0, sum_of_targets = 0;
  const Vector far = saturations(network.layer(last), trace.state.z[last]);
  Vector of_complements = zeros(network.outputs());  // of 1 − a rounded beside 1, in ∂C/∂a
  for (const double delta : gradients.delta) sum_of_deltas += std::abs(delta);
  for (const double y : trace.target) sum_of_targets += std::abs(y);
  for (std::size_t j = 0; j < network.outputs(); ++j) {
    const double z_error = softmax ? largest : z_errors(j);
    const double dC_da = std::abs(gradients.dC_da(j));
    const Anchored<double>& a = trace.outputs.a[j];
    const double slope = output_slope(trace, a, j);
    const double of_activation = plain_activation_error(arithmetic, network.layer(last).activation, trace.state.z[last](j)) + (softmax ? beside_one * a.value() : 0);
    const double of_plain_difference = beside_one * (std::abs(a.value()) + std::abs(trace.target(j))) + of_activation;
    const double lost = lost_change(network.layer(last), trace.state.z[last], j, z_error);
    const double difference = difference_error(trace, j, a, 2 * slope, z_error) + lost + of_plain_difference;
    if (squared(network.cost)) {
      dC_da_errors(j) = 2 * squared_factor(trace) * difference + epsilon * dC_da;
    } else {
      // Of −y/a + (1 − y)/(1 − a) each part changes by at most its own size for each unit of z, and by no more than what it
      // divides by where that is near 1.
      const double y = trace.target(j), to_one = distance_to_one(a), of_complement = complement_part(network.cost, y, to_one);
      const double of_a = y == 0 ? 0 : y / a.value(), change = output_change(network.layer(last), far(j), z_error);
      of_complements(j) = beside_one == 0 ? 0 : of_complement * beside_one / std::max(to_one, beside_one);
      constexpr double largest_exponent = 700;
      const double grown = std::expm1(std::min(z_error, largest_exponent));
      const bool anywhere = lost > 0.5;  // from 0 to 1
      const double moved = of_a * (anywhere || a.value() < 0.5 ? grown : change) + of_complement * (anywhere || to_one < 0.5 ? grown : change);
      const double of_quotient = of_activation == 0 ? 0 : of_a * of_activation / std::max(a.value(), of_activation);
      dC_da_errors(j) = std::isfinite(dC_da) ? 2 * moved + 2 * function_error * (of_a + of_complement) + of_complements(j) + of_quotient : 0;
      // δ = a − y and its kin have slopes of at most 1 in each z
      double sensitivity = std::max(1.0, std::abs(y)), in_z = change;
      if (softmax && network.cost == Cost::cross_entropy) {
        sensitivity = 2 * sum_of_targets;
        in_z = z_error < 1 ? std::min(a.value() * std::expm1(2 * z_error), change) : change;
      } else if (softmax) {  // what the others share is not saturated with them
        sensitivity = 2 + sum_of_targets;
        in_z = std::min(1.0, z_error);
      }
      const double of_function = 2 * function_error * (softmax && network.cost == Cost::cross_entropy ? a.value() : 1);
      delta_errors(j) = sensitivity * (in_z + of_function) + function_error * std::abs(gradients.delta(j)) +
                        (softmax ? epsilon * sum_of_deltas : 0) + of_plain_difference * std::max(1.0, sum_of_targets) + of_quotient * slope;
    }
  }
  if (network.cost != Cost::binary_cross_entropy) return;
  constexpr double most = 0.01;  // of the term itself: a δ that rounding has left no digits is wrong, whatever the reason
  for (std::size_t i = 0; i < network.outputs(); ++i) {  // δⱼ = Σᵢ ∂C/∂aᵢ · aᵢ(1[i=j] − aⱼ), of sigmoid that of j alone
    const Anchored<double>& a = trace.outputs.a[i];
    if (of_complements(i) == 0) continue;
    const double rounding = std::min(of_complements(i), most * complement_part(network.cost, trace.target(i), distance_to_one(a)));
    if (!softmax) {
      delta_errors(i) += rounding * a.value() * distance_to_one(a);
      continue;
    }
    for (std::size_t j = 0; j < network.outputs(); ++j) {
      delta_errors(j) += rounding * a.value() * (i == j ? distance_to_one(a) : trace.outputs.a[j].value());
    }
  }
}

/// What the cost loses by 1 − a, a − y and activations that were rounded beside 1.
double plain_cost_error(const ExampleTrace& trace) {
  const Layer& last = trace.network->layers.back();
  const Vector& z = trace.state.z.back();
  const double beside_one = rounded_beside_one(Arithmetic::plain, last, z);
  double sum = 0;
  for (std::size_t i = 0; i < trace.target.size(); ++i) {
    const double y = trace.target(i);
    const double of_activation = plain_activation_error(Arithmetic::plain, last.activation, z(i));
    if (squared(trace.network->cost)) {
      sum += std::abs(trace.gradients.back().dC_da(i)) * ((1 + std::abs(y)) * beside_one + of_activation) + of_activation * of_activation;
      continue;
    }
    if (y != 0) sum += y * (beside_one + std::log1p(of_activation / trace.outputs.a[i].value()));
    if (trace.outputs.log_complement.empty() || y == 1) continue;
    // ln(1 − a): 1 − a is off by an ε, and no smaller than half of one. A comparison allows four times as much.
    const double far = -trace.outputs.log_complement[i];
    constexpr double largest_exponent = 700, allowed = 0.25;
    sum += (1 - y) * allowed * (far < largest_exponent ? std::log1p(epsilon * std::exp(far)) : far + std::log(epsilon));
  }
  return sum;
}

/// E_δ from E of ∂C/∂a, where δ is their product with the slope.
void delta_errors_of(const ExampleTrace& trace, Arithmetic arithmetic, std::size_t l, const Vector& z_errors, const Vector& dC_da_errors,
                     Vector& delta_errors) {
  const Layer& layer = trace.network->layer(l);
  const double beside_one = rounded_beside_one(arithmetic, layer, trace.state.z[l]);
  const LayerGradients& here = trace.gradients[l];
  if (layer.activation == Activation::softmax) {
    const Vector& a = trace.state.a[l];
    const double largest = largest_of(z_errors) + plain_logarithm_error(arithmetic, layer, trace.state.z[l]), relative = 4 * function_error + 4 * largest;
    double plain = 0;
    Vector at_most = a;
    for (std::size_t j = 0; j < a.size(); ++j) at_most(j) += lost_change(layer, trace.state.z[l], j, largest);
    for (std::size_t i = 0; i < a.size(); ++i) plain += beside_one * a(i) * std::abs(here.dC_da(i));
    for (std::size_t j = 0; j < a.size(); ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < a.size(); ++i) {
        sum += at_most(i) * (std::abs(here.dC_da(j) - here.dC_da(i)) * (relative + product_error(a.size())) +
                             dC_da_errors(j) + dC_da_errors(i));
      }
      delta_errors(j) = at_most(j) * sum + underflow * (1 + sum) + plain + beside_one * std::abs(here.dC_da(j));
    }
    return;
  }
  for (std::size_t j = 0; j < layer.neurons(); ++j) {
    const double slope = std::abs(here.slope(j));
    const double slope_error = curvature(layer, trace, l, j) * z_errors(j) + 2 * activation_rounding(layer, trace.state.z[l](j)) * slope + beside_one + underflow;
    const double lost = lost_slope(layer, trace.state.z[l], j, z_errors(j)) + plain_kink_error(arithmetic, layer, trace.state.z[l](j), z_errors(j));
    // E_δ = |σ′| E_∂C/∂a + |∂C/∂a| E_σ′ + ε|δ|
    delta_errors(j) = (slope + lost) * dC_da_errors(j) + std::abs(here.dC_da(j)) * (slope_error + lost) + epsilon * std::abs(here.delta(j)) + underflow;
  }
}

/// Σ aⱼ E of a softmax's outputs: of the logarithm of its sum, and Σ aⱼ E_zⱼ.
double softmax_sum_error(const Outputs& outputs, const Vector& z_errors) {
  double sum = 0;
  for (std::size_t j = 0; j < outputs.a.size(); ++j) {
    const double from_largest = outputs.log_a.empty() ? 40 : -outputs.log_a[j];
    const double a = outputs.a[j].anchor == 1 ? std::abs(outputs.a[j].offset) : outputs.a[j].offset;
    sum += a * (2 * z_errors(j) + epsilon * (3 + from_largest));
  }
  return sum;
}

}  // namespace

double product_error(std::size_t m) { return (2 + std::sqrt(static_cast<double>(m))) * epsilon; }

GradientErrors backward_errors(const ExampleTrace& trace, Arithmetic arithmetic) {
  const Network& network = *trace.network;
  const std::size_t last = network.depth();
  GradientErrors errors;
  std::vector<Vector>& z_errors = errors.z;
  z_errors.resize(last + 1);
  errors.a.resize(last + 1);
  errors.a[0] = zeros(network.inputs);  // inputs are what they are
  for (std::size_t l = 1; l <= last; ++l) {
    z_errors[l] = zeros(network.width(l));
    weighted_input_errors(trace, l, errors.a[l - 1], z_errors[l]);
    errors.a[l] = zeros(network.width(l));
    activation_errors(trace, l, z_errors[l], errors.a[l], arithmetic);
  }

  errors.dC_da.resize(last + 1);
  errors.delta.resize(last + 1);
  for (std::size_t l = 0; l <= last; ++l) {
    errors.dC_da[l] = zeros(network.width(l));
    if (l > 0) errors.delta[l] = zeros(network.width(l));
  }
  output_errors(trace, arithmetic, z_errors[last], errors.dC_da[last], errors.delta[last]);
  for (std::size_t l = last; l >= 1; --l) {
    if (l < last || squared(network.cost)) {
      delta_errors_of(trace, arithmetic, l, z_errors[l], errors.dC_da[l], errors.delta[l]);
    }
    // E_∂C/∂a of the layer before = |W|ᵀ E_δ + rounding of Wᵀ δ
    const Layer& layer = network.layer(l);
    const std::size_t m = layer.weights.shape(1);
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      const double from_here = errors.delta[l](j) + product_error(layer.neurons()) * std::abs(trace.gradients[l].delta(j));
      const double* row = layer.weights.data() + j * m;
      for (std::size_t k = 0; k < m; ++k) errors.dC_da[l - 1].data()[k] += std::abs(row[k]) * from_here + underflow;
    }
  }
  return errors;
}

double plain_error(const ExampleTrace& trace, const GradientErrors& errors, const Name& name) {
  const std::size_t l = name.layer, j = name.j, k = name.k;
  constexpr double overflow = 1e3 * std::numeric_limits<double>::min();  // 1/(1 + e^−z) is 0 where e^−z is infinite, and so is z times that
  const double rounding = 2 * epsilon * std::abs(trace.value(name)) + overflow;
  switch (name.quantity) {
    case Quantity::z: return errors.z[l](j) + rounding;
    case Quantity::a: return errors.a[l](j) + rounding;
    case Quantity::C: return cost_error(trace, trace.outputs, errors.z.back()) + plain_cost_error(trace) + rounding;
    case Quantity::dC_da: return errors.dC_da[l](j) + rounding;
    case Quantity::slope: {
      const Layer& layer = trace.network->layer(l);
      const Vector& z = trace.state.z[l];
      const double z_error = layer.activation == Activation::softmax ? largest_of(errors.z[l]) + plain_logarithm_error(Arithmetic::plain, layer, z) : errors.z[l](j);
      return slope_change(layer, z, name, trace.value(name), z_error) + activation_rounding(layer, z(j)) * std::abs(trace.value(name)) +
             plain_kink_error(Arithmetic::plain, layer, z(j), z_error) + rounded_beside_one(Arithmetic::plain, layer, z) + rounding;
    }
    case Quantity::delta:
    case Quantity::dC_db: return errors.delta[l](j) + rounding;
    case Quantity::dC_dw:
      return errors.delta[l](j) * (std::abs(trace.state.a[l - 1](k)) + errors.a[l - 1](k)) + std::abs(trace.gradients[l].delta(j)) * errors.a[l - 1](k) + rounding;
    case Quantity::path: return errors.delta[l](j) * std::abs(trace.network->layer(l).weights(j, k)) + rounding;
    default: return 0;
  }
}

Vector errors_after_activation(const ExampleTrace& trace, std::size_t l, std::size_t k) {
  // z + w·change: rounded once for the sum, once for the product; a hidden a itself carries its function's error.
  const Layer& next = trace.network->layer(l + 1);
  const double moved = l == 0 ? 0 : activation_rounding(trace.network->layer(l), trace.state.z[l](k)) * std::abs(trace.state.a[l](k));
  Vector z_errors = zeros(next.neurons());
  for (std::size_t i = 0; i < next.neurons(); ++i) {
    z_errors(i) = epsilon * std::abs(trace.state.z[l + 1](i)) + 2 * std::abs(next.weights(i, k)) * moved + underflow;
  }
  return carry_to_outputs(trace, l + 1, std::move(z_errors));
}

Vector errors_after_weighted_input(const ExampleTrace& trace, std::size_t l, std::size_t j) {
  const Network& network = *trace.network;
  if (l < network.depth() && network.layer(l).activation != Activation::softmax) {
    return errors_after_activation(trace, l, j);
  }
  return carry_to_outputs(trace, l, zeros(network.width(l)));  // the step really taken is exact
}

Vector errors_after_activations(const ExampleTrace& trace, std::size_t l) {
  const Layer& next = trace.network->layer(l + 1);
  const std::size_t m = next.weights.shape(1);
  Vector z_errors = zeros(next.neurons()), roundings = zeros(m);
  for (std::size_t k = 0; l > 0 && k < m; ++k) roundings(k) = activation_rounding(trace.network->layer(l), trace.state.z[l](k)) * std::abs(trace.state.a[l](k));
  for (std::size_t i = 0; i < next.neurons(); ++i) {
    const double* row = next.weights.data() + i * m;
    double moved = 0;
    for (std::size_t k = 0; l > 0 && k < m; ++k) moved = std::max(moved, std::abs(row[k]) * roundings(k));
    z_errors(i) = epsilon * std::abs(trace.state.z[l + 1](i)) + 2 * moved + underflow;
  }
  return carry_to_outputs(trace, l + 1, std::move(z_errors));
}

Vector errors_after_weighted_inputs(const ExampleTrace& trace, std::size_t l) {
  const Network& network = *trace.network;
  if (l < network.depth() && network.layer(l).activation != Activation::softmax) return errors_after_activations(trace, l);
  return carry_to_outputs(trace, l, zeros(network.width(l)));
}

CostErrors nearby_cost_errors(const ExampleTrace& trace, const Vector& z_errors) {
  // A nudge of 6e-6 changes slopes, activations and logarithms by about as little, weights of 1,000 magnify it.
  constexpr double nearby = 1.25;
  const Network& network = *trace.network;
  CostErrors errors;
  errors.of_difference = zeros(network.outputs());
  if (!squared(network.cost)) {
    errors.fixed = nearby * cost_error(trace, trace.outputs, z_errors);
    return errors;
  }
  const bool softmax = network.layers.back().activation == Activation::softmax;
  const double softmax_error = softmax ? softmax_sum_error(trace.outputs, z_errors) : 0;
  errors.factor = 2 * squared_factor(trace);
  errors.drift = function_error + epsilon;
  errors.of_sum = product_error(network.outputs());
  for (std::size_t j = 0; j < network.outputs(); ++j) {
    const Anchored<double>& a = trace.outputs.a[j];
    const double error = difference_error(trace, j, a, output_slope(trace, a, j), z_errors(j)) + (softmax ? a.value() * softmax_error : 0) +
                         lost_change(network.layers.back(), trace.state.z.back(), j, softmax ? largest_of(z_errors) : z_errors(j));
    errors.of_difference(j) = nearby * error;
    errors.fixed += squared_factor(trace) * errors.of_difference(j) * errors.of_difference(j);
  }
  return errors;
}

double cost_error(const ExampleTrace& trace, const Outputs& outputs, const Vector& z_errors) {
  const Network& network = *trace.network;
  const bool softmax = network.layers.back().activation == Activation::softmax;
  const double softmax_error = softmax ? softmax_sum_error(outputs, z_errors) : 0;
  double sum = 0, size = 0;
  for (std::size_t j = 0; j < outputs.a.size(); ++j) {
    const double y = trace.target(j);
    const Anchored<double>& a = outputs.a[j];
    const double slope = output_slope(trace, a, j);
    const double lost = lost_change(network.layers.back(), trace.state.z.back(), j, softmax ? largest_of(z_errors) : z_errors(j));
    if (squared(network.cost)) {
      const double difference = std::abs(a.minus(y));
      const double error = difference_error(trace, j, a, slope, z_errors(j)) + lost + (softmax ? a.value() * softmax_error : 0);
      sum += 2 * difference * error + error * error;
      size += difference * difference;
      continue;
    }
    // A logarithm of a softmax or sigmoid unit moves with z by at most its distance from the asymptote.
    const double to_one = distance_to_one(a);
    if (y != 0) {
      const double sensitivity = network.layers.back().activation == Activation::softplus ? 1 : std::min(1.0, to_one + lost);
      sum += y * (sensitivity * z_errors(j) + function_error * std::abs(outputs.log_a[j]) + softmax_error);
      size += y * std::abs(outputs.log_a[j]);
    }
    if (y != 1 && !outputs.log_complement.empty()) {
      sum += (1 - y) * (std::min(1.0, a.value() + lost) * z_errors(j) + function_error * std::abs(outputs.log_complement[j]) + 2 * softmax_error);
      size += (1 - y) * std::abs(outputs.log_complement[j]);
    }
  }
  const double factor = squared(network.cost) ? squared_factor(trace) : 1;
  return factor * (sum + product_error(outputs.a.size()) * size);
}

}  // namespace gradtrace
