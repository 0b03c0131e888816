// Bounds of rounding, of backprop's own numbers and of others', of nudged activations, costs, dual numbers and probes: as they
// were recorded.
//
// That errors keep within them is shown elsewhere, with 50 digits (check_test.cpp); but a bound twice as wide keeps that
// promise too, and a wrong number passes. So no bound changes unseen. Where one is changed on purpose, run this with
// RECORD_BOUNDS=tests/check/bounds.csv and see in the difference that those that changed were meant to.
#include "check/dual.hpp"
#include "check/probe.hpp"
#include "check/running_error.hpp"
#include "check/watched_unit.hpp"
#include "support/networks.hpp"
#include "trace/order.hpp"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace gradtrace;

namespace {

constexpr const char* recorded = "tests/check/bounds.csv";

/// The sums of the bounds of each quantity, by the names under which they are recorded.
using Sums = std::map<std::string, double>;

void add_derived(Sums& sums, const ExampleTrace& trace) {
  const GradientErrors own = backward_errors(trace), plain = backward_errors(trace, Arithmetic::plain);
  for (const Block& block : derived_blocks(*trace.network)) {
    const std::string quantity(info(block.quantity).name);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, Scope::of_example(trace.example));
      sums["plain " + quantity] += plain_error(trace, plain, name);
      const std::size_t l = name.layer, j = name.j;
      switch (name.quantity) {
        case Quantity::z: sums["own z"] += own.z[l](j); break;
        case Quantity::a: sums["own a"] += own.a[l](j); break;
        case Quantity::dC_da: sums["own dC/da"] += own.dC_da[l](j); break;
        case Quantity::delta: sums["own delta"] += own.delta[l](j); break;
        default: break;
      }
    }
  }
}

void add_nudged(Sums& sums, const ExampleTrace& trace) {
  const Network& network = *trace.network;
  for (std::size_t l = 0; l <= network.depth(); ++l) {
    for (std::size_t j = 0; j < network.width(l); ++j) {
      if (l < network.depth()) {
        for (const double error : errors_after_activation(trace, l, j)) sums["nudged a"] += error;
      }
      if (l == 0) continue;
      const Vector z_errors = errors_after_weighted_input(trace, l, j);
      for (const double error : z_errors) sums["nudged z"] += error;
      sums["nudged C"] += cost_error(trace, trace.outputs, z_errors);
    }
    if (l == network.depth()) continue;
    const CostErrors nearby = nearby_cost_errors(trace, errors_after_activations(trace, l));
    sums["nearby"] += nearby.fixed;
    sums["nearby factor"] += nearby.factor + nearby.drift + nearby.of_sum;
    for (const double error : nearby.of_difference) sums["nearby a - y"] += error;
  }
}

/// All inputs move alike.
void add_dual(Sums& sums, const Network& network, const Example& example) {
  VectorOf<Dual> input = zeros<Dual>(example.input.size());
  for (std::size_t k = 0; k < input.size(); ++k) {
    input(k) = example.input(k);
    input(k).derivative = 1;
  }
  const Dual cost = cost_of_example(cast<Dual>(network), input, example.target);
  sums["dual C"] += cost.error;
  sums["dual dC"] += cost.derivative_error;
}

Sums sums_of(const Lesson& lesson) {
  Sums sums;
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    add_derived(sums, trace);
    add_nudged(sums, trace);
    add_dual(sums, lesson.network, lesson.examples[e]);
  }
  MeanTrace means(lesson.network);
  means.add(lesson.examples);
  for (const ProbedTensor& tensor : probe(lesson, [&](const Name& name) { return means.value(name); }).tensors) sums["probe"] += tensor.bound;
  return sums;
}

/// Every activation and cost at z of about 1, of 10, of 300, and so large that their rounding is more than 1; and units on either side of a kink by a rounding.
std::map<std::string, Sums> bounds_now() {
  std::map<std::string, Sums> bounds;
  for (std::uint64_t n = 0; n < 45; ++n) {
    for (const double scale : {1.0, 20.0, 500.0, 5e15}) bounds[fmt::format("{} of weights {}", n, scale)] = sums_of(random_lesson(n, {3, 3, 1, scale}));
  }
  // Outputs alike, and outputs at their ends.
  const Layer alike = make_layer(Activation::softmax, {{0.1}, {0.2}, {0.3}, {0.1}, {0.2}}, {0, 0, 0, 0, 0});
  for (const Cost cost : {Cost::cross_entropy, Cost::binary_cross_entropy}) {
    bounds[fmt::format("softmax of outputs alike with {}", info(cost).name)] = sums_of(make_lesson(make_network(cost, {alike}), {{make_vector({1}), make_vector({0, 1, 0, 0, 0})}}));
  }
  for (const Activation activation : {Activation::sigmoid, Activation::tanh, Activation::softmax}) {
    const Layer ends = make_layer(activation, {{40}, {-40}}, {0.1, 0.3});
    bounds[fmt::format("{} at its ends", info(activation).name)] = sums_of(make_lesson(make_network(Cost::squared_error, {ends}), {{make_vector({1}), make_vector({1, 0})}}));
  }
  for (const Activation activation : {Activation::relu, Activation::leaky_relu}) {
    for (const double bias : {1e-17, -1e-17, 0.0}) {
      Layer last = make_layer(Activation::identity, {{0.7}}, {0.1});
      Layer hidden = make_layer(activation, {{0.1, 0.2, -0.3}}, {bias});
      hidden.alpha = 0.2;
      bounds[fmt::format("{} at {}", info(activation).name, bias)] =
          sums_of(make_lesson(make_network(Cost::squared_error, {hidden, last}), {{make_vector({1, 1, 1}), make_vector({1})}}));
    }
  }
  return bounds;
}

std::string table_of(const std::map<std::string, Sums>& bounds) {
  std::string text = "network";
  for (const auto& [name, sum] : bounds.begin()->second) text += ',' + name;
  text += '\n';
  for (const auto& [network, sums] : bounds) {
    text += network;
    for (const auto& [name, sum] : sums) text += fmt::format(",{:.6g}", sum);
    text += '\n';
  }
  return text;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> cells;
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(running_error)

BOOST_AUTO_TEST_CASE(bounds_are_those_recorded) {
  const std::map<std::string, Sums> now = bounds_now();
  if (const char* file = std::getenv("RECORD_BOUNDS")) std::ofstream(file) << table_of(now);

  std::ifstream stream(recorded);
  BOOST_REQUIRE(stream);
  std::string line;
  std::getline(stream, line);
  const std::vector<std::string> names = cells_of(line);
  std::size_t networks = 0;
  for (; std::getline(stream, line); ++networks) {
    const std::vector<std::string> cells = cells_of(line);
    BOOST_REQUIRE(now.contains(cells.front()));
    const Sums& sums = now.at(cells.front());
    BOOST_REQUIRE(cells.size() == names.size());
    BOOST_REQUIRE(cells.size() == sums.size() + 1);
    for (std::size_t i = 1; i < cells.size(); ++i) {
      const double was = std::strtod(cells[i].c_str(), nullptr), is = sums.at(names[i]);
      const bool same = is == was || std::abs(is - was) <= 1e-5 * was || (std::isnan(is) && std::isnan(was));
      BOOST_TEST(same, "network " << cells.front() << ": " << names[i] << " was " << was << " and is " << is);
    }
  }
  BOOST_TEST(networks == now.size());
}

/// Of softmax aᵢ is off by 3ε for each unit that its z is below the largest, and 4 more.
BOOST_AUTO_TEST_CASE(a_watched_softmax_unit_knows_its_rounding_and_who_is_seen) {
  const Layer layer = make_layer(Activation::softmax, {{1}, {1}, {1}}, {0, 0, 0});
  const Vector z = make_vector({1, 3, 0.5});
  const Evaluation own = WatchedUnits(layer, z, 0).at(0, 0.25), other = WatchedUnits(layer, z, 0).at(2, 0.25);
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  BOOST_TEST(own.error == 3 * epsilon * (1.75 + 4) * std::abs(own.value), boost::test_tools::tolerance(1e-9));
  BOOST_TEST(other.error == 3 * epsilon * (2.5 + 4) * std::abs(other.value), boost::test_tools::tolerance(1e-9));

  // A unit of e⁻⁵⁰ that a nudge makes one of e⁻¹ is seen, and so is its way back; one of e⁻¹⁰⁰ is not.
  const auto is_far = [&](double from, double t) {
    const Vector both = make_vector({from, 0});
    return WatchedUnits(layer, both, 0).at(1, t).far;
  };
  BOOST_TEST(is_far(-50, 49));
  BOOST_TEST(is_far(-1, -49));
  BOOST_TEST(!is_far(-100, 1));
  BOOST_TEST(!is_far(-1, 0.25));
}

BOOST_AUTO_TEST_SUITE_END()
