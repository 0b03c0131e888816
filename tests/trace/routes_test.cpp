// Routes of influence: their number, their sum and the strongest of them, held against listing all.
#include "trace/routes.hpp"

#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace gradtrace;

namespace {

Layer make_layer(Activation activation, std::size_t neurons, std::size_t before, std::mt19937_64& source) {
  Layer layer;
  layer.activation = activation;
  layer.weights = zeros(neurons, before);
  layer.biases = zeros(neurons);
  const auto draw = [&] { return static_cast<double>(source() >> 11) * 0x1p-52 - 1; };
  for (double& weight : layer.weights) weight = draw();
  for (double& bias : layer.biases) bias = draw();
  return layer;
}

Network make_network(const std::vector<std::size_t>& widths, const std::vector<Activation>& units, Cost cost) {
  std::mt19937_64 source(7);
  Network network;
  network.inputs = widths[0];
  network.cost = cost;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    network.layers.push_back(make_layer(units[l - 1], widths[l], widths[l - 1], source));
  }
  return network;
}

Vector make_vector(const std::vector<double>& values) {
  Vector vector = zeros(values.size());
  std::copy(values.begin(), values.end(), vector.begin());
  return vector;
}

/// Matt Mazur's network with the notes' cost.
Network mazur() {
  Network network = make_network({2, 2, 2}, {Activation::sigmoid, Activation::sigmoid}, Cost::squared_error);
  network.layer(1).weights = {{0.15, 0.20}, {0.25, 0.30}};
  network.layer(2).weights = {{0.40, 0.45}, {0.50, 0.55}};
  network.layer(1).biases = {0.35, 0.35};
  network.layer(2).biases = {0.60, 0.60};
  return network;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(a_hidden_weight_reaches_both_outputs_and_one_route_opposes) {
  const Network network = mazur();
  const ExampleTrace trace = trace_example(network, make_vector({0.05, 0.10}), make_vector({0.01, 0.99}), 0);
  const Routes found(trace, parse_name("w[1][0,1]"));
  BOOST_TEST(found.count() == 2);
  const std::vector<Route> routes = found.strongest(10);
  BOOST_REQUIRE(routes.size() == 2u);
  // worked by hand: 0.1 · 0.2413 · 0.4 · 0.1868 · 1.4827 and 0.1 · 0.2413 · 0.5 · 0.1755 · −0.4341
  BOOST_TEST(routes[0].product == 0.0026735840845774927, boost::test_tools::tolerance(1e-13));
  BOOST_TEST(routes[1].product == -0.0009193131466801054, boost::test_tools::tolerance(1e-13));
  BOOST_TEST(found.sum() == trace.value(found.derivative()), boost::test_tools::tolerance(1e-14));
  BOOST_TEST(to_string(found.derivative(), false) == "dC/dw[1][0,1]");
  BOOST_TEST(routes[0].factors.size() == 5u);
}

BOOST_AUTO_TEST_CASE(the_product_is_that_of_the_factors_shown) {
  const Network network = make_network({2, 3, 2, 3}, {Activation::tanh, Activation::softmax, Activation::sigmoid},
                                       Cost::squared_error);
  const ExampleTrace trace = trace_example(network, make_vector({0.3, -0.8}), make_vector({0, 1, 0.5}), 0);
  for (const char* from : {"w[1][2,0]", "b[2][1]", "z[1][0]", "a[0][1]", "a[2][0]", "a[3][2]", "z[3][1]"}) {
    const Routes found(trace, parse_name(from));
    double sum = 0;
    for (const Route& route : found.strongest(1000)) {
      double product = 1;
      for (const RouteFactor& factor : route.factors) product *= factor.value;
      BOOST_TEST(route.product == product, boost::test_tools::tolerance(1e-12));
      sum += route.product;
    }
    BOOST_TEST_CONTEXT(from) {
      BOOST_TEST(sum == trace.value(found.derivative()), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(found.sum() == trace.value(found.derivative()), boost::test_tools::tolerance(1e-12));
      BOOST_TEST(found.strongest(1000).size() == static_cast<std::size_t>(found.count()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_softmax_layer_multiplies_the_routes_by_its_width) {
  const Network network = make_network({1, 4, 3}, {Activation::softmax, Activation::softmax}, Cost::cross_entropy);
  const ExampleTrace trace = trace_example(network, make_vector({0.4}), make_vector({0, 1, 0}), 0);
  // n₂ = 3 neurons of the next layer, times 4 and 3 for the two softmax layers passed
  BOOST_TEST(Routes(trace, parse_name("w[1][0,0]")).count() == 3 * 4 * 3);
}

BOOST_AUTO_TEST_CASE(the_strongest_are_those_a_full_listing_would_put_first) {
  const Network network = make_network({3, 5, 4, 5, 2}, {Activation::tanh, Activation::relu, Activation::gelu, Activation::softmax},
                                       Cost::squared_error);
  const ExampleTrace trace = trace_example(network, make_vector({0.9, -0.2, 0.4}), make_vector({1, 0}), 0);
  const Routes found(trace, parse_name("a[0][0]"));
  const std::vector<Route> all = found.strongest(100000);
  BOOST_TEST(all.size() == static_cast<std::size_t>(found.count()));
  for (std::size_t i = 1; i < all.size(); ++i) {
    BOOST_TEST(std::abs(all[i - 1].product) >= std::abs(all[i].product));
  }
  const std::vector<Route> few = found.strongest(7);
  BOOST_REQUIRE(few.size() == 7u);
  for (std::size_t i = 0; i < few.size(); ++i) {
    BOOST_TEST(few[i].product == all[i].product, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(of_a_million_million_equal_routes_a_few_are_found_at_once) {
  Network network = make_network(std::vector<std::size_t>(14, 10), std::vector<Activation>(13, Activation::tanh),
                                 Cost::squared_error);
  for (Layer& layer : network.layers) {
    for (double& weight : layer.weights) weight = 0.1;  // every route ties with every other
  }
  const ExampleTrace trace = trace_example(network, make_vector(std::vector<double>(10, 0.5)),
                                           make_vector(std::vector<double>(10, 0)), 0);
  const Routes found(trace, parse_name("w[1][0,0]"));
  BOOST_TEST(found.count() == 1e12);
  BOOST_TEST(found.strongest(25).size() == 25u);
  BOOST_TEST(found.sum() == trace.value(found.derivative()), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(saturated_outputs_have_finite_products) {
  Network network = make_network({1, 2}, {Activation::softmax}, Cost::cross_entropy);
  network.layer(1).weights = {{800.0}, {0.0}};
  network.layer(1).biases = {0.0, 0.0};
  const ExampleTrace trace = trace_example(network, make_vector({1}), make_vector({0, 1}), 0);
  const Routes found(trace, parse_name("w[1][0,0]"));
  BOOST_TEST(found.sum() == 1.0);
  for (const Route& route : found.strongest(5)) BOOST_TEST(std::isfinite(route.product));
}

BOOST_AUTO_TEST_CASE(a_route_starts_from_a_variable_only) {
  const Network network = mazur();
  const ExampleTrace trace = trace_example(network, make_vector({0.05, 0.10}), make_vector({0.01, 0.99}), 0);
  BOOST_CHECK_THROW(Routes(trace, parse_name("delta[2][0]")), UsageError);
}

/// Three routes of weights that differ in the tenth digit, and in the fourteenth.
BOOST_AUTO_TEST_CASE(the_strongest_is_found_among_routes_that_are_nearly_alike) {
  for (const double apart : {1e-10, 1e-13}) {
    Network network = make_network({1, 3, 1}, {Activation::identity, Activation::identity}, Cost::squared_error);
    network.layer(1).weights = {{1}, {1}, {1}};
    network.layer(2).weights = {{1, 1 + apart, 1 + apart / 2}};
    const ExampleTrace trace = trace_example(network, make_vector({1}), make_vector({0}), 0);
    const Routes routes(trace, parse_name("a[0][0]"));
    const std::vector<Route> two = routes.strongest(2);
    BOOST_REQUIRE(two.size() == 2u);
    BOOST_TEST(routes.strongest(1).front().factors.at(1).name.j == 1u, apart);
    BOOST_TEST(two[0].product > two[1].product);
    BOOST_TEST(two[1].product > routes.strongest(3)[2].product);
  }
}

BOOST_AUTO_TEST_SUITE_END()
