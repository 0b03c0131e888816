// The one place that computes with 50 digits, and where those do not reach with 250 or 1000.
#include "check/reference.hpp"

#include "base/error.hpp"
#include "check/nudge.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <optional>
#include <utility>

namespace boost::multiprecision {

using More = number<cpp_bin_float<250>, et_off>;
/// Enough for a nudge of 1e-200 weighed with the smallest double to be seen beside the largest.
using Most = number<cpp_bin_float<1000>, et_off>;

template <class Real>
Real own_erfc(const Real& x) {
  static const Real root_of_pi = sqrt(Real(4 * atan(Real(1))));
  if (x < 0) return 2 - own_erfc(Real(-x));
  const Real square = x * x, bell = exp(Real(-square)) / root_of_pi;
  Real term = 1, sum = 1;
  // The series below loses the digits of e^−x²: a quarter of them at most.
  static const double in_nepers = std::numeric_limits<Real>::digits10 * std::numbers::ln10;
  if (square > in_nepers / 4) {
    // e^−x²/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))), from as far as e^(−2x√(2n)) is below all digits, and a margin
    const double size = static_cast<double>(x), terms = 10 + 1.2 * in_nepers * in_nepers / (8 * size * size);
    Real rest = x;
    for (int n = static_cast<int>(terms); n > 0; --n) rest = x + Real(n) / (2 * rest);
    return bell / rest;
  }
  // 1 − 2x e^−x²/√π · (1 + 2x²/3 + (2x²)²/(3·5) + …)
  for (int n = 1; term > std::numeric_limits<Real>::epsilon() * sum; ++n) sum += term *= 2 * square / (2 * n + 1);
  return 1 - 2 * x * bell * sum;
}

// Found in place of the library's own, which would prepare its constants whenever the program starts, and take a second.
static More erfc(const More& x) { return own_erfc(x); }
static Most erfc(const Most& x) { return own_erfc(x); }

}  // namespace boost::multiprecision

namespace gradtrace {
namespace {

using Fifty = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<50>, boost::multiprecision::et_off>;
using boost::multiprecision::More;
using boost::multiprecision::Most;

/// Makes the constants that the library's functions make when they first need them, without a lock: a second thread would
/// find some half made, and a logarithm would not end. The limits are those of the type with expression templates, which the
/// functions ask, and which the library makes when the program starts only for the type without.
template <class Real>
void make_constants() {
  using Limits = std::numeric_limits<boost::multiprecision::number<typename Real::backend_type, boost::multiprecision::et_on>>;
  static const bool made = (Limits::epsilon(), Limits::round_error(), (Limits::min)(), (Limits::max)(), Limits::infinity(), Limits::quiet_NaN(), true);
  static_cast<void>(made);
}

template <class Real>
Real step() {
  return Real(std::numeric_limits<Real>::digits10 < 100 ? "1e-15" : std::numeric_limits<Real>::digits10 < 500 ? "1e-60" : "1e-200");
}

/// How far a network's numbers are apart: what decides how many digits are needed. A nudge must be seen beside the largest
/// number when weighed with the smallest weight, and must still be small when weighed with the largest.
struct Spread {
  double apart = 1, largest_weight = 1;
  double smallest_share = 1;  ///< of a derivative that is not 0 in the cost, of a slope in its activation
  /// Whether digits less those of the step leave more than a double has.
  bool in_fifty() const { return apart < 1e12 && largest_weight < 1e5; }
  bool in_more() const { return apart < 1e150 && largest_weight < 1e45; }
};

Spread spread_of(const ExampleTrace& trace) {
  double largest = 1, smallest_weight = 1, largest_weight = 1;
  for (std::size_t l = 1; l <= trace.network->depth(); ++l) {
    const Layer& layer = trace.network->layer(l);
    for (const double z : trace.state.z[l]) largest = std::max(largest, std::abs(z));
    for (const double b : layer.biases) largest = std::max(largest, std::abs(b));
    for (const double w : layer.weights) {
      largest_weight = std::max(largest_weight, std::abs(w));
      if (w != 0) smallest_weight = std::min(smallest_weight, std::abs(w));
    }
  }
  double smallest_share = 1;
  const auto share = [&](double derivative, double of) {
    if (derivative != 0) smallest_share = std::min(smallest_share, std::abs(derivative) / std::max(std::abs(of), std::abs(derivative)));
  };
  for (std::size_t l = 1; l <= trace.network->depth(); ++l) {
    const LayerGradients& here = trace.gradients[l];
    for (std::size_t j = 0; j < here.delta.size(); ++j) share(here.delta(j), trace.cost);
    for (std::size_t i = 0; i < here.slope.size(); ++i) share(here.slope(i), trace.state.a[l](i % trace.network->width(l)));
  }
  return {largest / smallest_weight, largest_weight, smallest_share};
}

/// How many times a unit is evaluated until all of the example's derivatives are known, about; `gelu`: what one of those counts.
double evaluations(const Network& network, double gelu) {
  double units = 0, all = 0;  // units of this layer and after
  for (std::size_t l = network.depth(); l >= 1; --l) {
    const Activation activation = network.layer(l).activation;
    const auto n = static_cast<double>(network.width(l)), of_slopes = activation == Activation::softmax ? n * n : 1;
    const double each = activation == Activation::gelu ? gelu : 1;
    units += n * each;
    all += 4 * n * units + 2 * n * of_slopes * each;
  }
  return all + 2 * static_cast<double>(network.inputs) * units;
}

/// How far rounding may carry C₀ in a pass from layer l on, in units of the arithmetic's ε: Σ |∂C/∂z|·(what z is summed of) +
/// |∂C/∂a|·|a| over its units, and C₀ itself. [l]; one more for the cost alone.
template <class Real>
std::vector<Real> roundings_of_cost(const ExampleTrace& trace) {
  const Network& network = *trace.network;
  const std::size_t last = network.depth();
  std::vector<Real> roundings(last + 2);
  roundings[last + 1] = abs(Real(trace.cost));
  for (std::size_t j = 0; j < network.outputs() && !takes_logarithms(network.cost); ++j) {
    roundings[last + 1] += abs(Real(trace.gradients[last].dC_da(j)) * trace.state.a[last](j));
  }
  for (std::size_t l = last; l >= 1; --l) {
    const Layer& layer = network.layer(l);
    const Vector& before = trace.state.a[l - 1];
    Real sum = roundings[l + 1];
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      double size = std::abs(layer.biases(j));
      for (std::size_t k = 0; k < before.size(); ++k) size += std::abs(layer.weights(j, k) * before(k));
      sum += abs(Real(trace.gradients[l].delta(j)) * size);
      if (l < last) sum += abs(Real(trace.gradients[l].dC_da(j)) * trace.state.a[l](j));
    }
    roundings[l] = sum;
  }
  return roundings;
}

template <class Real>
struct PassIn {
  explicit PassIn(const ExampleTrace& example)
      : trace(example), network(*example.network), target(example.target), input(zeros<Real>(example.state.a[0].size())), roundings(roundings_of_cost<Real>(example)) {
    for (std::size_t k = 0; k < input.size(); ++k) input(k) = trace.state.a[0](k);
    state = forward(network, input);
    outputs = outputs_from_z(network.layers.back(), network.cost, state.z.back());
    here = cost_of(network.cost, outputs, target);
    nudged.emplace(network, target, state, outputs);
  }

  const ExampleTrace& trace;
  const Network& network;
  const Vector& target;
  VectorOf<Real> input;
  StateOf<Real> state;
  OutputsOf<Real> outputs;
  Real here;  ///< C₀
  std::vector<Real> roundings;  ///< of C₀
  std::optional<NudgedPass<Real, Real>> nudged;
  struct Found {
    Real value, truncation = 0, rounding = 0;
    bool kink = false;
  };
  std::map<std::pair<std::size_t, std::size_t>, Found> of_z, of_a;  // each asked for by many numbers

  /// Where squares add up to 0 the cost is least, and its derivatives are 0; a difference would be what rounding makes of h².
  bool least() const { return here == 0 && !takes_logarithms(network.cost); }

  /// Whether a nudge carried a unit across its kink: one that stands beside it, or on it.
  enum class Side { same, crossed, left_kink };

  /// `f(t)` gives a value and on which side that is; `here` is the value at 0; `size`: what rounds to ε in them.
  template <class Function>
  static Found differentiate(const Real& here, const Real& size, Function f) {
    constexpr int roundings_each = 16;
    const Real h = step<Real>();
    const auto [right, right_side] = f(h);
    const auto [left, left_side] = f(Real(-h));
    Found found{(right - left) / (2 * h), 0, roundings_each * std::numeric_limits<Real>::epsilon() * size / h, right_side != Side::same || left_side != Side::same};
    // Nearer to a kink than the step, and not on it: from the side that has none, where that is so for two steps.
    const bool only_right = right_side == Side::crossed && left_side == Side::same, only_left = left_side == Side::crossed && right_side == Side::same;
    if (only_right || only_left) {
      const Real away = only_right ? Real(-h) : h;
      const auto [far, far_side] = f(Real(2 * away));
      if (far_side == Side::same) {
        const Real straight_on = ((only_right ? left : right) - here) / away, wider = (far - here) / (2 * away);
        return {2 * straight_on - wider, abs(wider - straight_on), 4 * found.rounding, false};
      }
    }
    // Where the curve bends as much as it rises within a step, a second one shows what the first is worth.
    constexpr double straight = 1e-9;
    if (abs(right - 2 * here + left) > straight * abs(right - left)) {
      const Real far_right = f(Real(2 * h)).first, far_left = f(Real(-2 * h)).first, wider = (far_right - far_left) / (4 * h);
      const Real bend = abs(right - 2 * here + left), far_bend = abs(far_right - 2 * here + far_left);
      found.truncation = std::max(Real(abs(wider - found.value)), Real(bend / (2 * h)));
      // A curve that bends evenly does so four times as much. Where it does not the step is none of it: a weight of 1e205 makes much of 1e-200.
      const bool is_seen = bend > 4 * h * found.rounding;
      const double more = is_seen ? static_cast<double>(Real(far_bend / bend)) : 4;
      if (!found.kink && (more < 3 || more > 5)) found.truncation = std::numeric_limits<double>::max();
    }
    return found;
  }

  /// Whether backprop and this arithmetic have the unit on the same side of its kink; where they do not it is as good as on it.
  Side side_of_crossing(std::size_t l, std::size_t j) const {
    const Real& exact = state.z[l](j);
    const double rounded = trace.state.z[l](j);
    return (exact > 0 && rounded > 0) || (exact < 0 && rounded < 0) ? Side::crossed : Side::left_kink;
  }

  /// Of the last pass: that of the first unit it met.
  Side side() const {
    const auto& crossing = nudged->crossing();
    return crossing ? side_of_crossing(crossing->layer, crossing->neuron) : Side::same;
  }

  /// ∂C/∂z⁽ˡ⁾ⱼ
  const Found& z_derivative(std::size_t l, std::size_t j) {
    const auto known = of_z.find({l, j});
    if (known != of_z.end()) return known->second;
    if (least()) return of_z.emplace(std::pair{l, j}, Found{}).first->second;
    return of_z.emplace(std::pair{l, j}, differentiate(here, roundings[l], [&](const Real& t) {
                          const Real cost = nudged->cost_after_z(l, j, t);
                          return std::pair{cost, side()};
                        })).first->second;
  }

  /// ∂C/∂a⁽ˡ⁾ₖ; of an output at its asymptote with a step of its distance's size
  const Found& a_derivative(std::size_t l, std::size_t k) {
    const auto known = of_a.find({l, k});
    if (known != of_a.end()) return known->second;
    Found found;
    if (l == network.depth() && takes_logarithms(network.cost)) {
      found.value = derivative_of_logarithms(k);
    } else if (!least()) {
      found = differentiate(here, roundings[l + 1], [&](const Real& t) {
        const Real cost = nudged->cost_after_a(l, k, t);
        return std::pair{cost, side()};
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
    Real size = abs(state.a[l](i));
    if (layer.activation == Activation::softmax) size *= 1 + largest_z(l);
    return differentiate(state.a[l](i), size, [&](const Real& t) {
      z(j) = state.z[l](j) + t;
      activate(layer, z, a);
      const bool crossed = has_kink(layer.activation) && (state.z[l](j) > 0) != (z(j) > 0);
      return std::pair{Real(a(i)), crossed ? side_of_crossing(l, j) : Side::same};
    });
  }

  double largest_z(std::size_t l) const {
    double largest = 0;
    for (const Real& z : state.z[l]) largest = std::max(largest, std::abs(static_cast<double>(z)));
    return largest;
  }

  ReferenceValue answer(const Name& name) {
    const Found found = find(name);
    return {static_cast<double>(found.value), static_cast<double>(found.truncation), static_cast<double>(found.rounding), found.kink};
  }

 private:
  Found find(const Name& name) {
    const std::size_t l = name.layer, j = name.j, k = name.k;
    const auto times = [](const Found& found, const Real& factor) { return Found{found.value * factor, found.truncation * abs(factor), found.rounding * abs(factor), found.kink && factor != 0}; };
    switch (name.quantity) {
      case Quantity::dC_da: return a_derivative(l, j);
      case Quantity::slope: return slope(l, j, k == Name::none ? j : k);
      case Quantity::dC_dw: return times(z_derivative(l, j), state.a[l - 1](k));
      case Quantity::path: return times(z_derivative(l, j), network.layer(l).weights(j, k));
      default: return z_derivative(l, j);  // δ and ∂C/∂b
    }
  }
};

}  // namespace

double share_of(const Network& network, std::size_t numbers) {
  std::size_t neurons = network.inputs;  // of each two derivatives and a slope, which many numbers share
  for (const Layer& layer : network.layers) neurons += layer.neurons();
  return std::min(1.0, static_cast<double>(numbers) / static_cast<double>(neurons));
}

struct Reference::Pass {
  Pass(const ExampleTrace& trace, double share) {
    make_constants<Fifty>();
    make_constants<More>();
    make_constants<Most>();
    const Spread spread = spread_of(trace);
    struct Arithmetic {
      int digits;
      double gelu;  // how many times longer than another unit it takes
      double most;  // a minute or two's worth
    };
    constexpr std::array all{Arithmetic{50, 10, 4'000'000}, Arithmetic{250, 2, 300'000}, Arithmetic{1000, 2, 3'000}};
    const auto is_quick = [&](const Arithmetic& candidate) { return share * evaluations(*trace.network, candidate.gelu) <= candidate.most; };
    std::size_t chosen = spread.in_fifty() ? 0 : spread.in_more() ? 1 : 2;
    // Of a saturated unit's slope 50 digits less those of the step may leave few, or none; more where there is the time.
    constexpr std::array fewest{1e-16, 1e-170};
    while (chosen < fewest.size() && spread.smallest_share < fewest[chosen] && is_quick(all[chosen + 1])) ++chosen;
    const Arithmetic& arithmetic = all[chosen];
    if (!is_quick(arithmetic)) {
      throw NumericError(fmt::format("method reference works with {} digits{}, which takes too long for a lesson of this size; use another "
                                     "method, such as central or dual; check --sample N takes some of every kind",
                                     arithmetic.digits, arithmetic.digits == 50 ? "" : " where weights and numbers are of so different size"));
    }
    if (arithmetic.digits == 50) {
      fifty.emplace(trace);
    } else if (arithmetic.digits == 250) {
      more.emplace(trace);
    } else {
      most.emplace(trace);
    }
  }
  ReferenceValue answer(const Name& name) { return fifty ? fifty->answer(name) : more ? more->answer(name) : most->answer(name); }

  std::optional<PassIn<Fifty>> fifty;
  std::optional<PassIn<More>> more;
  std::optional<PassIn<Most>> most;
};

Reference::Reference(const ExampleTrace& trace, double share) : pass_(std::make_unique<Pass>(trace, share)) {}
Reference::~Reference() = default;
Reference::Reference(Reference&&) noexcept = default;

ReferenceValue Reference::find(const Name& name) { return pass_->answer(name); }

}  // namespace gradtrace
