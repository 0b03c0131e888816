// The one place that computes with 50 digits.
#include "check/reference.hpp"

#include "check/nudge.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>

#include <map>
#include <utility>

namespace gradtrace {

using Real = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;

struct Reference::Pass {
  explicit Pass(const ExampleTrace& trace)
      : network(*trace.network), target(trace.target), input(zeros<Real>(trace.state.a[0].size())) {
    for (std::size_t k = 0; k < input.size(); ++k) input(k) = trace.state.a[0](k);
    state = forward(network, input);
    outputs = outputs_from_z(network.layers.back(), network.cost, state.z.back());
    nudged.emplace(network, target, state, outputs);
  }

  const Network& network;
  const Vector& target;
  VectorOf<Real> input;
  StateOf<Real> state;
  OutputsOf<Real> outputs;
  std::optional<NudgedPass<Real, Real>> nudged;
  struct Found {
    Real value;
    bool kink = false;
  };
  std::map<std::pair<std::size_t, std::size_t>, Found> of_z, of_a;  // each asked for by many numbers

  static Real step() { return Real("1e-15"); }

  template <class Cost>
  static Found differentiate(Cost cost) {
    const auto [right, right_crossed] = cost(step());
    const auto [left, left_crossed] = cost(Real(-step()));
    return {(right - left) / (2 * step()), right_crossed || left_crossed};
  }

  /// ∂C/∂z⁽ˡ⁾ⱼ
  const Found& z_derivative(std::size_t l, std::size_t j) {
    const auto known = of_z.find({l, j});
    if (known != of_z.end()) return known->second;
    return of_z.emplace(std::pair{l, j}, differentiate([&](const Real& t) {
                          const Real cost = nudged->cost_after_z(l, j, t);
                          return std::pair{cost, nudged->crossing().has_value()};
                        })).first->second;
  }

  /// ∂C/∂a⁽ˡ⁾ₖ; of an output at its asymptote with a step of its distance's size
  const Found& a_derivative(std::size_t l, std::size_t k) {
    const auto known = of_a.find({l, k});
    if (known != of_a.end()) return known->second;
    Found found;
    if (l == network.depth() && takes_logarithms(network.cost)) {
      found.value = derivative_of_logarithms(k);
    } else {
      found = differentiate([&](const Real& t) {
        const Real cost = nudged->cost_after_a(l, k, t);
        return std::pair{cost, nudged->crossing().has_value()};
      });
    }
    return of_a.emplace(std::pair{l, k}, found).first->second;
  }

  /// Logarithms end at 0 and 1, which a saturated output is nearer to than any step: −y/a + (1 − y)/(1 − a).
  Real derivative_of_logarithms(std::size_t k) const {
    Real derivative = 0;
    const Real y = target(k);
    if (y != 0) derivative -= y * exp(Real(-outputs.log_a[k]));
    if (y != 1 && !outputs.log_complement.empty()) derivative += (1 - y) * exp(Real(-outputs.log_complement[k]));
    return derivative;
  }

  /// ∂aᵢ/∂zⱼ of layer l
  Found slope(std::size_t l, std::size_t i, std::size_t j) const {
    const Layer& layer = network.layer(l);
    VectorOf<Real> z = state.z[l], a = state.a[l];
    return differentiate([&](const Real& t) {
      z(j) = state.z[l](j) + t;
      activate(layer, z, a);
      const bool kinked = layer.activation == Activation::relu || layer.activation == Activation::leaky_relu;
      return std::pair{Real(a(i)), kinked && (state.z[l](j) > 0) != (z(j) > 0)};
    });
  }

  Found find(const Name& name) {
    const std::size_t l = name.layer, j = name.j, k = name.k;
    const auto times = [](const Found& found, const Real& factor) { return Found{found.value * factor, found.kink && factor != 0}; };
    switch (name.quantity) {
      case Quantity::dC_da: return a_derivative(l, j);
      case Quantity::slope: return slope(l, j, k == Name::none ? j : k);
      case Quantity::dC_dw: return times(z_derivative(l, j), state.a[l - 1](k));
      case Quantity::path: return times(z_derivative(l, j), network.layer(l).weights(j, k));
      default: return z_derivative(l, j);  // δ and ∂C/∂b
    }
  }
};

Reference::Reference(const ExampleTrace& trace) : pass_(std::make_unique<Pass>(trace)) {}
Reference::~Reference() = default;
Reference::Reference(Reference&&) noexcept = default;

double Reference::value(const Name& name) { return static_cast<double>(pass_->find(name).value); }
bool Reference::at_kink(const Name& name) { return pass_->find(name).kink; }

}  // namespace gradtrace
