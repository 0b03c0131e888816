// Numbers at the edge: finite where the mathematics is finite, a clear word where it is not, never NaN. What is right is
// worked out apart, in 50 digits whose exponents have no end in sight.
#include "base/error.hpp"
#include "support/networks.hpp"
#include "support/reference.hpp"
#include "trace/routes.hpp"
#include "trace/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>

using namespace gradtrace;
using boost::test_tools::tolerance;

namespace {

constexpr double largest_double = std::numeric_limits<double>::max();

ExampleTrace traced(const Network& network, const Vector& input, const Vector& target) { return trace_example(network, input, target, 0); }

double number(const ExampleTrace& trace, const char* name) { return trace.value(parse_name(name)); }

/// Forward and backward of a network of linear units and ReLUs under squared error, number by number.
class Exact {
 public:
  Exact(const Network& network, const Vector& input, const Vector& target) : network_(network), a_(network.depth() + 1), z_(a_.size()) {
    for (const double x : input) a_[0].emplace_back(x);
    for (std::size_t l = 1; l <= network.depth(); ++l) forward(l);
    std::vector<Real> dC_da;
    for (std::size_t j = 0; j < target.size(); ++j) {
      const Real difference = a_.back()[j] - Real(target(j));
      numbers_[{Scope{}, Quantity::C, Name::none, Name::none, Name::none}] += difference * difference;
      dC_da.push_back(2 * difference);
    }
    for (std::size_t l = network.depth(); l >= 1; --l) dC_da = backward(l, dC_da);
    for (std::size_t k = 0; k < dC_da.size(); ++k) set(Quantity::dC_da, 0, k, Name::none, dC_da[k]);
  }

  Real value(Name name) const {
    name.scope = Scope{};
    return numbers_.at(name);
  }

 private:
  void set(Quantity quantity, std::size_t l, std::size_t j, std::size_t k, const Real& value) { numbers_[{Scope{}, quantity, l, j, k}] = value; }

  void forward(std::size_t l) {
    const Layer& layer = network_.layer(l);
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      Real z = layer.biases(j);
      for (std::size_t k = 0; k < a_[l - 1].size(); ++k) z += Real(layer.weights(j, k)) * a_[l - 1][k];
      z_[l].push_back(z);
      a_[l].push_back(layer.activation == Activation::relu && z <= 0 ? Real(0) : z);
      set(Quantity::z, l, j, Name::none, z);
      set(Quantity::a, l, j, Name::none, a_[l].back());
    }
  }

  std::vector<Real> backward(std::size_t l, const std::vector<Real>& dC_da) {
    const Layer& layer = network_.layer(l);
    std::vector<Real> before(a_[l - 1].size());
    for (std::size_t j = 0; j < layer.neurons(); ++j) {
      const Real slope = layer.activation == Activation::relu && z_[l][j] <= 0 ? 0 : 1, delta = dC_da[j] * slope;
      set(Quantity::dC_da, l, j, Name::none, dC_da[j]);
      set(Quantity::slope, l, j, Name::none, slope);
      set(Quantity::delta, l, j, Name::none, delta);
      set(Quantity::dC_db, l, j, Name::none, delta);
      for (std::size_t k = 0; k < before.size(); ++k) {
        const Real path = delta * Real(layer.weights(j, k));
        set(Quantity::dC_dw, l, j, k, delta * a_[l - 1][k]);
        set(Quantity::path, l, j, k, path);
        before[k] += path;
      }
    }
    return before;
  }

  const Network& network_;
  std::vector<std::vector<Real>> a_, z_;
  std::map<Name, Real> numbers_;
};

/// A positive number of any size a double has.
double any_size(Dice& dice) { return std::exp2(1023.0 * (2 * std::abs(dice.signed_unit()) - 1.04)); }

/// Positive weights, biases and inputs throughout and targets of 0: sums in which nothing cancels.
Lesson positive_lesson(Dice& dice) {
  std::vector<Layer> layers;
  std::size_t before = 1 + dice.below(3);
  Vector input = zeros(before);
  for (double& x : input) x = any_size(dice);
  for (std::size_t left = 1 + dice.below(5); left > 0; --left) {
    const std::size_t n = 1 + dice.below(3);
    Layer layer;
    layer.activation = dice.below(2) == 0 ? Activation::relu : Activation::identity;
    layer.weights = zeros(n, before);
    layer.biases = zeros(n);
    for (double& w : layer.weights) w = any_size(dice);
    for (double& b : layer.biases) b = dice.below(2) == 0 ? any_size(dice) : 0;
    layers.push_back(layer);
    before = n;
  }
  return make_lesson(make_network(Cost::squared_error, std::move(layers)), {{input, zeros(before)}});
}

/// Ours against the exact number: to rounding, infinite where that is beyond a double.
void compare(double ours, const Real& exact, const std::string& where) {
  if (abs(exact) > Real(largest_double)) {
    BOOST_TEST(std::isinf(ours), where << ": " << ours << ", but exactly " << exact);
    return;
  }
  const Real allowed = abs(exact) * 1e-14 + Real(std::numeric_limits<double>::denorm_min());
  BOOST_TEST(static_cast<bool>(abs(Real(ours) - exact) <= allowed), where << ": " << ours << ", but exactly " << exact);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(edge)

BOOST_AUTO_TEST_CASE(whatever_a_double_can_hold_at_the_end_is_right_whatever_it_could_not_on_the_way) {
  Dice dice(1);
  std::size_t compared = 0, refused = 0;
  for (std::size_t n = 0; n < 3000; ++n) {
    const Lesson lesson = positive_lesson(dice);
    const Example& example = lesson.examples[0];
    const Exact exact(lesson.network, example.input, example.target);
    try {
      const ExampleTrace trace = traced(lesson.network, example.input, example.target);
      for (const Block& block : derived_blocks(lesson.network)) {
        for (std::size_t i = 0; i < block.size(); ++i) {
          const Name name = block.name(i, Scope::of_example(0));
          compare(trace.value(name), exact.value(name), "network " + std::to_string(n) + ", " + to_string(name, false));
          ++compared;
        }
      }
    } catch (const NumericError&) {
      ++refused;
      bool beyond = false;
      for (std::size_t l = 1; l <= lesson.network.depth(); ++l) {
        for (std::size_t j = 0; j < lesson.network.width(l); ++j) {
          beyond = beyond || exact.value({Scope{}, Quantity::z, l, j, Name::none}) > Real(largest_double);
        }
      }
      BOOST_TEST(beyond, "network " << n << " was refused");
    }
  }
  BOOST_TEST(compared > 20000u);
  BOOST_TEST(refused > 100u);
}

BOOST_AUTO_TEST_CASE(sums_that_leave_a_double_on_the_way_come_back) {
  // z = 1.5e308 + 1.5e308 − 1.5e308
  const Network network = make_network(Cost::squared_error, {make_layer(Activation::identity, {{1.5, 1.5, -1.5}}, {0}), make_layer(Activation::tanh, {{1e-308}}, {0})});
  const ExampleTrace trace = traced(network, make_vector({1e308, 1e308, 1e308}), make_vector({0}));
  BOOST_TEST(number(trace, "z[1][0]") == 1.5e308);
  BOOST_TEST(number(trace, "a[2][0]") == std::tanh(1.5), tolerance(1e-15));
  BOOST_CHECK_EXCEPTION(traced(network, make_vector({1e308, 1e308, -1e308}), make_vector({0})), NumericError,
                        [](const NumericError& error) { return std::string(error.what()).starts_with("layer 1: the weighted input of neuron 0 is beyond"); });
}

BOOST_AUTO_TEST_CASE(half_of_a_square_beyond_a_double_is_none) {
  const Network network = make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{1}}, {0})});
  BOOST_TEST(traced(network, make_vector({1.5e154}), make_vector({0})).cost == 1.125e308, tolerance(1e-15));
  BOOST_TEST(std::isinf(traced(network, make_vector({2e154}), make_vector({0})).cost));
}

/// A dead unit is shut whatever comes back to it.
BOOST_AUTO_TEST_CASE(a_shut_unit_lets_nothing_through) {
  const Network network = make_network(Cost::squared_error, {make_layer(Activation::relu, {{-1}, {1}}, {0, 0}),
                                                             make_layer(Activation::identity, {{1e300, 1e100}}, {0})});
  const ExampleTrace trace = traced(network, make_vector({1}), make_vector({0}));
  BOOST_TEST(std::isinf(number(trace, "dC/da[1][0]")));
  BOOST_TEST(number(trace, "delta[1][0]") == 0);
  BOOST_TEST(number(trace, "dC/dw[1][0,0]") == 0);
  BOOST_TEST(number(trace, "delta[1][1]") == 2e200, tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(saturated_units_under_huge_weights_keep_their_slope) {
  const Network network = make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{-1}}, {0}), make_layer(Activation::identity, {{1e300}}, {1})});
  // σ(−800) = e^−800 = 3.672e−348, times 1e300
  const ExampleTrace trace = traced(network, make_vector({800}), make_vector({0}));
  BOOST_TEST(number(trace, "a[1][0]") == 0);
  BOOST_TEST(number(trace, "delta[1][0]") == 2 * static_cast<double>(exp(Real(-800)) * Real(1e300)), tolerance(1e-13));
  BOOST_TEST(number(trace, "dC/dw[1][0,0]") == 800 * number(trace, "delta[1][0]"), tolerance(1e-14));
}

/// Of a = e⁻⁷⁴⁰ a double holds six bits, and a weight of 1e300 would bring to light that the others are gone.
BOOST_AUTO_TEST_CASE(a_tiny_activation_under_a_huge_weight_keeps_its_digits) {
  const double z = std::exp(-740 + 300 * std::log(10.0));
  for (const Activation activation : {Activation::sigmoid, Activation::softplus}) {
    const Network network = make_network(Cost::squared_error, {make_layer(activation, {{-740}}, {0}), make_layer(Activation::identity, {{1e300}}, {0})});
    BOOST_TEST(number(traced(network, make_vector({1}), make_vector({0})), "z[2][0]") == z, tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(a_soft_target_under_a_saturated_unit_is_no_overflow) {
  const Network network = make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{1}}, {0})});
  for (const double z : {-710.0, 710.0}) {
    // −y/a + (1 − y)/(1 − a): ½ e^710 = 1.117e308
    const double exact = static_cast<double>(exp(Real(710)) / 2);
    BOOST_TEST(number(traced(network, make_vector({z}), make_vector({0.5})), "dC/da[1][0]") == (z < 0 ? -exact : exact), tolerance(1e-13));
  }
  const Network small = make_network(Cost::cross_entropy, {make_layer(Activation::sigmoid, {{1}}, {0})});
  BOOST_TEST(number(traced(small, make_vector({-800}), make_vector({1e-200})), "dC/da[1][0]") == -static_cast<double>(Real(1e-200) * exp(Real(800))), tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(softmax_under_cross_entropy_takes_targets_of_any_size) {
  const Network network = make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1}, {-1}, {0}}, {0, 0, 0})});
  for (const double y : {1e-255, 1e-9, 1.0, 1e200}) {
    const ExampleTrace trace = traced(network, make_vector({1.5}), make_vector({0, y, 0}));
    // δⱼ = aⱼ Σy − yⱼ
    const Real e0 = exp(Real(1.5)), e1 = exp(Real(-1.5)), sum = e0 + e1 + 1;
    BOOST_TEST(number(trace, "delta[1][0]") == static_cast<double>(e0 / sum * Real(y)), tolerance(1e-14));
    BOOST_TEST(number(trace, "delta[1][1]") == static_cast<double>(-(e0 + 1) / sum * Real(y)), tolerance(1e-14));
    BOOST_TEST(number(trace, "delta[1][2]") == static_cast<double>(Real(y) / sum), tolerance(1e-14));
  }
}

/// Targets that are nearly 1 together are no 1: of a single class δ is 0 whatever its target.
BOOST_AUTO_TEST_CASE(softmax_under_cross_entropy_without_a_target_has_nothing_to_learn) {
  const Network network = make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1.0}, {0.5}}, {0.0, 0.2})});
  const ExampleTrace trace = traced(network, make_vector({-0.4}), make_vector({0, 0}));
  BOOST_TEST(trace.cost == 0);
  BOOST_TEST(number(trace, "delta[1][0]") == 0);
  BOOST_TEST(number(trace, "delta[1][1]") == 0);
}

BOOST_AUTO_TEST_CASE(softmax_under_cross_entropy_takes_targets_to_the_last_bit) {
  const Network one = make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{-1e300}}, {0})});
  for (const double y : {std::nextafter(1.0, 0.0), std::nextafter(1.0, 2.0), 1.0, 0.3}) {
    const ExampleTrace trace = traced(one, make_vector({-745}), make_vector({y}));
    BOOST_TEST(number(trace, "delta[1][0]") == 0.0, y);
    BOOST_TEST(number(trace, "dC/da[0][0]") == 0.0, y);
  }
  const Network two = make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1}, {-1}}, {0, 0})});
  const ExampleTrace trace = traced(two, make_vector({25}), make_vector({std::nextafter(1.0, 0.0), 0}));
  BOOST_TEST(number(trace, "delta[1][0]") == -std::nextafter(1.0, 0.0) * std::exp(-50), tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(softmax_under_binary_cross_entropy_knows_the_others_however_far_off) {
  const Network network = make_network(Cost::binary_cross_entropy, {make_layer(Activation::softmax, {{1}, {0}, {0}}, {0, 0.5, -0.25})});
  for (const double z : {10.0, 1e6, 1e19, 1e215, -1e215}) {
    const ExampleTrace trace = traced(network, make_vector({z}), make_vector({0.5, 0.25, 0}));
    // δⱼ = (aⱼ − yⱼ) − Σᵢ≠ⱼ (aᵢ − yᵢ) · aⱼ/(1 − aᵢ)
    std::array<Real, 3> a{exp(Real(std::min(z, 400.0))), exp(Real(0.5)), exp(Real(-0.25))}, y{0.5, 0.25, 0};
    if (z < 0) a[0] = 0;
    const Real sum = a[0] + a[1] + a[2];
    for (std::size_t j = 0; j < 3; ++j) {
      Real delta = a[j] / sum - y[j];
      for (std::size_t i = 0; i < 3; ++i) {
        if (i != j) delta -= (a[i] / sum - y[i]) * a[j] / (a[(i + 1) % 3] + a[(i + 2) % 3]);
      }
      BOOST_TEST(trace.gradients[1].delta(j) == static_cast<double>(delta), tolerance(1e-13));
    }
  }
}

/// ln(e⁰ + e⁻¹) − 1000 whatever the order they come in.
BOOST_AUTO_TEST_CASE(the_others_of_a_softmax_are_summed_from_their_largest) {
  const double expected = std::log1p(std::exp(-1)) - 1000;
  std::array<double, 3> z{-1, 0, 1000};
  do {
    const auto largest = static_cast<std::size_t>(std::ranges::max_element(z) - z.begin());
    BOOST_TEST(log_of_others(make_vector({z[0], z[1], z[2]}), largest) == expected, tolerance(1e-15));
  } while (std::ranges::next_permutation(z).found);
}

BOOST_AUTO_TEST_CASE(means_of_numbers_beyond_a_double_are_none) {
  // ∂C/∂w = 2(a − y)x = ±2e310, whose mean is 0; both costs are 1e310.
  const Network network = make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {0})});
  MeanTrace means(network);
  for (const double y : {0.0, 2e155}) means.add(trace_example(network, make_vector({1e155}), make_vector({y}), 0));
  BOOST_TEST(means.value(parse_name("mean:dC/dw[1][0,0]")) == 0);
  BOOST_TEST(std::isinf(means.value(parse_name("mean:C"))));
  // and sums beyond a double whose mean is within
  MeanTrace sums(network);
  for (std::size_t e = 0; e < 3; ++e) sums.add(trace_example(network, make_vector({1.2e154}), make_vector({0}), e));
  BOOST_TEST(sums.value(parse_name("mean:C")) == 1.44e308, tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(many_layers_pass_through_any_size) {
  std::vector<Layer> layers;
  for (std::size_t l = 0; l < 64; ++l) layers.push_back(make_layer(Activation::identity, {{l % 2 == 0 ? 0x1p-1000 : 0x1p1000}}, {0}));
  const Network network = make_network(Cost::squared_error, std::move(layers));
  const ExampleTrace trace = traced(network, make_vector({1}), make_vector({0}));
  BOOST_TEST(trace.cost == 1);
  BOOST_TEST(number(trace, "dC/da[0][0]") == 2);
  BOOST_TEST(number(trace, "delta[1][0]") == 0x1p1001);
}

BOOST_AUTO_TEST_CASE(cost_exactly_zero_gives_zeros) {
  for (const Activation activation : {Activation::identity, Activation::tanh, Activation::relu, Activation::gelu}) {
    const Network network = make_network(Cost::squared_error, {make_layer(activation, {{1, -1}}, {0})});
    const ExampleTrace trace = traced(network, make_vector({1e300, 1e300}), make_vector({0}));
    BOOST_TEST(trace.cost == 0);
    for (const char* name : {"dC/da[1][0]", "delta[1][0]", "dC/dw[1][0,1]", "dC/da[0][0]"}) BOOST_TEST(number(trace, name) == 0, name);
  }
}

BOOST_AUTO_TEST_CASE(routes_over_factors_beyond_a_double_add_up) {
  // A sigmoid shut by −799, whose slope e^−799 no double holds, and behind it ∂C/∂a of 1e320, which none holds either
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::sigmoid, {{1}, {0}}, {-800, 0}),
                                                                            make_layer(Activation::identity, {{1e300, 1e-300}, {1e200, 1e-200}}, {1, 0}),
                                                                            make_layer(Activation::identity, {{1e10, -1e10}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  for (const char* from : {"w[1][0,0]", "b[1][1]", "a[0][0]"}) {
    const Routes found(trace, parse_name(from));
    BOOST_TEST(found.sum() == trace.value(found.derivative()), boost::test_tools::tolerance(1e-12));
    for (const Route& route : found.strongest(10)) BOOST_TEST(!std::isnan(route.product));
  }
}

BOOST_AUTO_TEST_SUITE_END()
