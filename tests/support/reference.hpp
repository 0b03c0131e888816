// A second forward pass, written apart from the product's and in 50-digit arithmetic, with every formula in
// its plain form; and derivatives of it by central differences with a step of 1e-15, good to some 25 digits.
#pragma once

#include "base/name.hpp"
#include "network/network.hpp"

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <vector>

namespace gradtrace {

using Real = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

/// What is moved, and by how much: the number whose derivative is sought is dC/d(where).
struct Nudge {
  enum class Where { nothing, weight, bias, z, a, a_seen_by_one };
  Where where = Where::nothing;
  std::size_t layer = 0, j = 0, k = 0;  ///< a_seen_by_one: a[layer − 1][k] as neuron j of `layer` sees it
  Real h = 0;
};

class FiftyDigits {
 public:
  FiftyDigits(const Network& network, const Vector& input, const Vector& target)
      : network_(network), input_(input), target_(target) {}

  Real cost(const Nudge& nudge = {}) {
    run(nudge);
    return cost_of_outputs(nudge);
  }

  /// The number of that name (of one example, no given one), by nudging.
  Real value(const Name& name) {
    const std::size_t l = name.layer, j = name.j, k = name.k;
    using Where = Nudge::Where;
    switch (name.quantity) {
      case Quantity::z: run({}); return z_[l][j];
      case Quantity::a: run({}); return a_[l][j];
      case Quantity::C: return cost();
      case Quantity::dC_da: return derivative({Where::a, l, j, 0, 0});
      case Quantity::delta: return derivative({Where::z, l, j, 0, 0});
      case Quantity::dC_db: return derivative({Where::bias, l, j, 0, 0});
      case Quantity::dC_dw: return derivative({Where::weight, l, j, k, 0});
      case Quantity::path: return derivative({Where::a_seen_by_one, l, j, k, 0});
      case Quantity::slope: {
        const std::size_t i = j, moved = k == Name::none ? j : k;
        run({Where::z, l, moved, 0, step()});
        const Real right = a_[l][i];
        run({Where::z, l, moved, 0, -step()});
        return (right - a_[l][i]) / (2 * step());
      }
      default: return 0;
    }
  }

 private:
  static Real step() { return Real("1e-15"); }

  Real derivative(Nudge nudge) {
    nudge.h = step();
    const Real right = cost(nudge);
    nudge.h = -step();
    return (right - cost(nudge)) / (2 * step());
  }

  static Real sigma(const Layer& layer, const Real& z) {
    switch (layer.activation) {
      case Activation::identity: return z;
      case Activation::sigmoid: return 1 / (1 + exp(-z));
      case Activation::tanh: return tanh(z);
      case Activation::relu: return z > 0 ? z : Real(0);
      case Activation::leaky_relu: return z > 0 ? z : layer.alpha * z;
      case Activation::softplus: return log(1 + exp(z));
      case Activation::silu: return z / (1 + exp(-z));
      case Activation::gelu: return z * erfc(-z / sqrt(Real(2))) / 2;
      case Activation::softmax: break;
    }
    return 0;
  }

  void run(const Nudge& nudge) {
    using Where = Nudge::Where;
    const auto is = [&](Where where, std::size_t l, std::size_t j) { return nudge.where == where && nudge.layer == l && nudge.j == j; };
    const std::size_t last = network_.depth();
    z_.assign(last + 1, {});
    a_.assign(last + 1, {});
    for (const double x : input_) a_[0].push_back(x);
    if (nudge.where == Where::a && nudge.layer == 0) a_[0][nudge.j] += nudge.h;
    for (std::size_t l = 1; l <= last; ++l) {
      const Layer& layer = network_.layer(l);
      for (std::size_t j = 0; j < layer.neurons(); ++j) {
        Real z = layer.biases(j);
        for (std::size_t k = 0; k < a_[l - 1].size(); ++k) {
          Real w = layer.weights(j, k), a = a_[l - 1][k];
          if (is(Where::weight, l, j) && nudge.k == k) w += nudge.h;
          if (is(Where::a_seen_by_one, l, j) && nudge.k == k) a += nudge.h;
          z += w * a;
        }
        if (is(Where::bias, l, j) || is(Where::z, l, j)) z += nudge.h;
        z_[l].push_back(z);
      }
      if (layer.activation == Activation::softmax) {
        Real sum = 0;
        for (const Real& z : z_[l]) sum += exp(z);
        for (const Real& z : z_[l]) a_[l].push_back(exp(z) / sum);
      } else {
        for (const Real& z : z_[l]) a_[l].push_back(sigma(layer, z));
      }
      if (nudge.where == Where::a && nudge.layer == l) a_[l][nudge.j] += nudge.h;
    }
  }

  /// Logarithms from z, where a may round to 0 or 1 in 50 digits too; from a where a itself is moved.
  Real log_of_output(std::size_t j, bool complement, bool moved) const {
    const std::size_t last = network_.depth();
    const Real& z = z_[last][j];
    const Real& a = a_[last][j];
    if (moved) return log(complement ? 1 - a : a);
    switch (network_.layers.back().activation) {
      case Activation::sigmoid: return -log(1 + exp(complement ? z : -z));
      case Activation::softmax: {
        Real sum = 0, part = 0;
        for (std::size_t i = 0; i < z_[last].size(); ++i) {
          sum += exp(z_[last][i]);
          if ((i == j) != complement) part += exp(z_[last][i]);
        }
        return log(part) - log(sum);
      }
      default: return log(complement ? 1 - a : a);
    }
  }

  Real cost_of_outputs(const Nudge& nudge) const {
    const std::size_t last = network_.depth();
    const bool moved = nudge.where == Nudge::Where::a && nudge.layer == last;
    Real sum = 0;
    for (std::size_t j = 0; j < network_.outputs(); ++j) {
      const Real y = target_(j), difference = a_[last][j] - y;
      switch (network_.cost) {
        case Cost::squared_error: sum += difference * difference; break;
        case Cost::half_squared_error: sum += difference * difference / 2; break;
        case Cost::mean_squared_error: sum += difference * difference / static_cast<double>(network_.outputs()); break;
        case Cost::binary_cross_entropy:
          if (y != 0) sum -= y * log_of_output(j, false, moved);
          if (y != 1) sum -= (1 - y) * log_of_output(j, true, moved);
          break;
        case Cost::cross_entropy:
          if (y != 0) sum -= y * log_of_output(j, false, moved);
          break;
      }
    }
    return sum;
  }

  const Network& network_;
  const Vector& input_;
  const Vector& target_;
  std::vector<std::vector<Real>> z_, a_;
};

}  // namespace gradtrace
