// Formulas as somebody works them out on paper.
#include "homework/in_parts.hpp"

#include "network/forward.hpp"

#include <cmath>
#include <numbers>

namespace gradtrace {
namespace {

/// The share of e^z, or Φ(z), that a unit lets through.
double gate(Activation activation, double z, const OnTheWay& hold) {
  return hold.share(activation == Activation::gelu ? std::erfc(-z / std::numbers::sqrt2) / 2 : 1 / hold.other(1 + hold.other(std::exp(-z))));
}

}  // namespace

double cost_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold) {
  double sum = 0;
  const std::size_t last = network.depth(), outputs = network.outputs();
  for (std::size_t j = 0; j < outputs; ++j) {
    const double a = read(beside(cell, Quantity::a, last, j)), y = read(beside(cell, Quantity::y, last, j));
    if (takes_logarithms(network.cost)) {
      if (y != 0) sum -= hold.term(y * hold.other(std::log(a)));
      if (y != 1 && network.cost == Cost::binary_cross_entropy) sum -= hold.term((1 - y) * hold.other(std::log(hold.other(1 - a))));
    } else {
      const double difference = hold.other(a - y);
      sum += hold.term(difference * difference);
    }
  }
  switch (network.cost) {
    case Cost::half_squared_error: return sum / 2;
    case Cost::mean_squared_error: return sum / static_cast<double>(outputs);
    default: return sum;
  }
}

double cost_derivative_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold) {
  const double a = read(beside(cell, Quantity::a, cell.layer, cell.j)), y = read(beside(cell, Quantity::y, cell.layer, cell.j));
  switch (network.cost) {
    case Cost::squared_error: return 2 * hold.other(a - y);
    case Cost::half_squared_error: return a - y;
    case Cost::mean_squared_error: return 2 * hold.other(a - y) / static_cast<double>(network.outputs());
    case Cost::binary_cross_entropy: return hold.other(a - y) / hold.other(a * hold.other(1 - a));
    case Cost::cross_entropy: return -y / a;
  }
  return 0;
}

std::optional<double> activation_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold) {
  const auto z = [&](std::size_t i) { return read(beside(cell, Quantity::z, cell.layer, i)); };
  const Activation activation = network.layer(cell.layer).activation;
  switch (activation) {
    case Activation::sigmoid: return gate(activation, z(cell.j), hold);
    case Activation::silu:
    case Activation::gelu: return z(cell.j) * gate(activation, z(cell.j), hold);
    case Activation::softplus: return std::log(hold.other(1 + hold.other(std::exp(z(cell.j)))));
    case Activation::softmax: {
      double own = 0, sum = 0;
      for (std::size_t i = 0; i < network.width(cell.layer); ++i) {
        const double power = hold.term(std::exp(z(i)));
        if (i == cell.j) own = power;
        sum += power;
      }
      return own / hold.other(sum);
    }
    default: return std::nullopt;
  }
}

std::optional<double> slope_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold, std::size_t way) {
  const double z = read(beside(cell, Quantity::z, cell.layer, cell.j));
  const Activation activation = network.layer(cell.layer).activation;
  if (way > 0 && activation != Activation::silu) return std::nullopt;
  const double share = gate(activation, z, hold);
  switch (activation) {
    case Activation::sigmoid: return share * hold.other(1 - share);
    case Activation::softplus: return share;
    case Activation::silu: {
      const double shut = hold.other(1 - share), a = hold.other(z * share);
      switch (way) {
        case 0: return share + hold.other(z * hold.other(share * shut));
        case 1: return share * hold.other(1 + hold.other(z * shut));
        case 2: return share + hold.other(a * shut);
        case 3: return a + hold.other(share * hold.other(1 - a));
        default: return std::nullopt;
      }
    }
    case Activation::gelu: return share + hold.other(z * hold.other(std::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2));
    default: return std::nullopt;
  }
}

std::optional<double> slope_from_activations_in_parts(const Network& network, const Name& cell, const Reader& read, const OnTheWay& hold) {
  const auto a = [&](std::size_t j) { return read(beside(cell, Quantity::a, cell.layer, j)); };
  const Layer& layer = network.layer(cell.layer);
  const double own = a(cell.j);
  switch (layer.activation) {
    case Activation::sigmoid: return own * hold.other(1 - own);
    case Activation::tanh: return 1 - hold.other(own * own);
    case Activation::relu: return own > 0 ? 1 : 0;
    case Activation::leaky_relu: return own > 0 ? 1 : layer.alpha;
    case Activation::softplus: return 1 - hold.other(std::exp(-own));
    case Activation::softmax: return own * hold.other((cell.j == cell.k ? 1 : 0) - a(cell.k));
    default: return std::nullopt;
  }
}

std::optional<double> slope_from_activations(const Network& network, const Name& cell, const Reader& read) {
  if (network.layer(cell.layer).activation == Activation::softplus) return -std::expm1(-read(beside(cell, Quantity::a, cell.layer, cell.j)));
  return slope_from_activations_in_parts(network, cell, read, {});
}

}  // namespace gradtrace
