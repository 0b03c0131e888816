// Stored tables: reading them as they come, comparing by value, naming what departs first and why.
#include "base/error.hpp"
#include "base/number.hpp"
#include "check/plain_rounding.hpp"
#include "golden/cause.hpp"
#include "golden/compare.hpp"
#include "lesson/random.hpp"
#include "support/networks.hpp"
#include "support/tables.hpp"
#include "trace/mistakes.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

using namespace gradtrace;

namespace {

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Layers of one width with random weights, about as large as they come out of training.
Lesson deep_lesson(Activation activation, std::size_t width, std::size_t depth, Cost cost = Cost::half_squared_error) {
  RandomNumbers random(width + depth);
  const auto number = [&] { return random.normal() / std::sqrt(static_cast<double>(width)); };
  std::vector<Layer> layers;
  for (std::size_t l = 0; l < depth; ++l) {
    std::vector<std::vector<double>> weights(width, std::vector<double>(width));
    std::vector<double> biases(width);
    for (auto& row : weights) std::ranges::generate(row, number);
    std::ranges::generate(biases, number);
    layers.push_back(make_layer(l + 1 == depth && cost == Cost::binary_cross_entropy ? Activation::sigmoid : activation, weights, biases));
  }
  Vector input = zeros(width), target = zeros(width);
  std::ranges::generate(input, number);
  target(0) = 1;
  return make_lesson(make_network(cost, layers), {{input, target}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(a_lesson_matches_its_own_table) {
  for (std::uint64_t n = 0; n < 30; ++n) {
    const Lesson lesson = random_lesson(n, {3, 4, 3, 1});
    BOOST_TEST(compare(lesson, table_of(lesson)).agrees());
  }
}

BOOST_AUTO_TEST_CASE(the_last_digits_do_not_count_and_the_first_ones_do) {
  const Lesson lesson = mazur();
  StoredTable table = table_of(lesson);
  for (TableRow& row : table.rows) row.value *= 1 + 5e-10;
  BOOST_TEST(compare(lesson, table).agrees());
  number(table, "dC/dw[1][0,1]") *= 1 + 1e-6;
  const ComparisonResult result = compare(lesson, table);
  BOOST_TEST(result.differing == 1u);
  BOOST_TEST(to_string(result.departures[0].name, false) == "dC/dw[1][0,1]");
  BOOST_TEST(result.compared == 43u);
}

/// A weight of 1e18 beside one of 2: a millionth of a millionth of the one is no rounding of the other.
BOOST_AUTO_TEST_CASE(beside_a_large_number_a_small_one_counts) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e18}, {2}}, {0, 0})}), {{make_vector({1}), make_vector({0, 0})}});
  for (const bool partial : {false, true}) {
    StoredTable table = table_of(lesson);
    ComparisonRules rules{1e-7, 1e-10, partial};
    number(table, "a[1][1]") = -3;
    const ComparisonResult result = compare(lesson, table, rules);
    BOOST_TEST(result.differing == 1u);
    BOOST_TEST(result.uncertain.empty());
  }
}

/// Where a network fits its target what is left of a − y is rounding: others have another one, and nobody can tell.
BOOST_AUTO_TEST_CASE(what_rounding_alone_can_do_is_uncertain) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{0.1, 0.2}}, {0})}), {{make_vector({1, 1}), make_vector({0.3})}});
  const ComparisonRules theirs{1e-7, 1e-10, true};
  StoredTable table = table_of(lesson);  // 0.1 + 0.2 − 0.3 = 4·10⁻¹⁷
  for (const char* name : {"dC/da[1][0]", "delta[1][0]"}) {
    BOOST_TEST_REQUIRE(number(table, name) != 0);
    number(table, name) = 0;
  }
  const ComparisonResult result = compare(lesson, table, theirs);
  BOOST_TEST(result.agrees());
  BOOST_TEST(result.uncertain.size() == 2u);
  number(table, "delta[1][0]") = 1e-12;
  BOOST_TEST(compare(lesson, table, theirs).differing == 1u);
}

/// −y/a is no difference: where a is 1 it has all its digits, and its opposite is wrong.
BOOST_AUTO_TEST_CASE(a_quotient_that_rounds_to_all_its_digits_is_no_rounding) {
  const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{90}, {1}}, {0, 0})}), {{make_vector({1}), make_vector({1, 0})}});
  const ComparisonRules theirs{1e-7, 1e-10, true};
  BOOST_TEST(compare(lesson, table_of(lesson), theirs).agrees());
  for (const double wrong : {1.0, 0.0, -2.0, -1.001}) {
    StoredTable table = table_of(lesson);
    number(table, "dC/da[1][0]") = wrong;
    BOOST_TEST(compare(lesson, table, theirs).differing == 1u, wrong);
  }
  StoredTable table = table_of(lesson);
  number(table, "C") = 0;  // −ln 1, as others have it
  number(table, "a[1][1]") *= 1 + 1e-5;
  const ComparisonResult result = compare(lesson, table, theirs);
  BOOST_TEST(result.differing == 1u);
  BOOST_TEST((result.departures[0].name.quantity == Quantity::a));
}

/// Of 1/(1 − a) rounding beside 1 may leave nothing, and of a δ that is made of it then too; that excuses no sign.
BOOST_AUTO_TEST_CASE(what_rounding_leaves_no_digits_is_wrong_in_a_delta) {
  for (const double z : {-20.0, -30.0, -34.0, -40.0}) {
    const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::softmax, {{z}, {0.5}}, {0, 0})}), {{make_vector({1}), make_vector({1, 0})}});
    const ComparisonRules theirs{1e-7, 1e-10, true};
    BOOST_TEST(compare(lesson, table_of(lesson), theirs).agrees());
    for (const double factor : {-1.0, 0.0, 1.1}) {
      StoredTable table = table_of(lesson);
      for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) *= factor;
      BOOST_TEST(compare(lesson, table, theirs).differing == 3u, z << " times " << factor);
    }
  }
}

/// A unit that is nearly 1: others take 1 − a, a − y and the slope from a as it was rounded.
BOOST_AUTO_TEST_CASE(plain_arithmetic_is_no_mistake) {
  for (const double z : {5.0, 20.0, 30.0}) {
    for (const Activation activation : {Activation::sigmoid, Activation::tanh}) {
      const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{z}}, {0})}), {{make_vector({1}), make_vector({1})}});
      StoredTable table = table_of(lesson);
      const double a = number(table, "a[1][0]"), slope = activation == Activation::sigmoid ? a * (1 - a) : 1 - a * a;
      number(table, "slope[1][0]") = slope;
      number(table, "dC/da[1][0]") = 2 * (a - 1);
      for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) = 2 * (a - 1) * slope;
      number(table, "dC/da[0][0]") = number(table, "path[1][0,0]") = z * 2 * (a - 1) * slope;
      BOOST_TEST(compare(lesson, table, {1e-7, 1e-10, true}).agrees(), z);
    }
  }
}

/// What z(1 + erf(z/√2))/2 and ln(1 + e^z) lose beside their 1, in a hidden layer and behind a logarithm.
BOOST_AUTO_TEST_CASE(plain_activations_are_no_mistake) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  const auto gelu = [](double z) { return z * 0.5 * (1 + std::erf(z / std::sqrt(2.0))); };
  const auto softplus = [](double z) { return std::log(1 + std::exp(z)); };
  for (const double z : {-7.0, -7.7, -20.0, -28.0, -30.0}) {
    const bool is_gelu = z > -10;
    const double plain = is_gelu ? gelu(z) : softplus(z);
    const Lesson hidden = make_lesson(make_network(Cost::squared_error, {make_layer(is_gelu ? Activation::gelu : Activation::softplus, {{z}}, {0}), make_layer(Activation::sigmoid, {{0.5}}, {0.1})}), {{make_vector({1}), make_vector({1})}});
    for (const double factor : {1.0, 1.5}) {
      StoredTable table = table_of(hidden);
      number(table, "a[1][0]") = factor * plain;
      number(table, "dC/dw[2][0,0]") = number(table, "delta[2][0]") * factor * plain;
      BOOST_TEST(compare(hidden, table, theirs).differing == (factor == 1 ? 0u : 2u), z << " times " << factor);
    }
    if (is_gelu) continue;
    const Lesson last = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softplus, {{z}}, {0})}), {{make_vector({1}), make_vector({1})}});
    StoredTable table = table_of(last);
    const double slope = number(table, "slope[1][0]");
    number(table, "a[1][0]") = plain;
    number(table, "C") = -std::log(plain);
    number(table, "dC/da[1][0]") = -1 / plain;
    for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) = -slope / plain;
    number(table, "dC/da[0][0]") = number(table, "path[1][0,0]") = -z * slope / plain;
    BOOST_TEST(compare(last, table, theirs).agrees(), z);
    number(table, "C") += 1;
    BOOST_TEST(compare(last, table, theirs).differing == 1u, z);
  }
}

/// Small activations by formulas that end at a 1, in a hidden layer: right as far as that goes, and no farther.
BOOST_AUTO_TEST_CASE(an_activation_may_be_made_from_another) {
  struct Case {
    Activation activation;
    double z;
    std::function<double(double)> plain;
  };
  const auto by_tanh = [](double z) { return (1 + std::tanh(z / 2)) / 2; };
  const std::vector<Case> cases{{Activation::sigmoid, -20.3, by_tanh},
                                {Activation::sigmoid, -24.1, by_tanh},
                                {Activation::silu, -24.1, [&](double z) { return z * by_tanh(z); }},
                                {Activation::tanh, 1.3e-10, [](double z) { return 1 - 2 / (1 + std::exp(2 * z)); }},
                                {Activation::tanh, -1.3e-11, [](double z) { return (std::exp(z) - std::exp(-z)) / (std::exp(z) + std::exp(-z)); }}};
  for (const Case& each : cases) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(each.activation, {{each.z}}, {0}), make_layer(Activation::sigmoid, {{0.5}}, {0.1})}), {{make_vector({1}), make_vector({1})}});
    for (const double factor : {1.0, 1.5}) {
      StoredTable table = table_of(lesson);
      const double a = factor * each.plain(each.z);
      BOOST_TEST_REQUIRE(std::abs(a / number(table, "a[1][0]") - factor) > 1e-9);
      number(table, "a[1][0]") = a;
      number(table, "dC/dw[2][0,0]") = number(table, "delta[2][0]") * a;
      BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).differing == (factor == 1 ? 0u : 2u), info(each.activation).name << " of " << each.z << " times " << factor);
    }
  }
}

/// What plain formulas lose beside a 1 is a 0 of theirs, and not just any number.
BOOST_AUTO_TEST_CASE(what_vanishes_is_0) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{45}}, {0}), make_layer(Activation::sigmoid, {{0.5}}, {-45})}), {{make_vector({1}), make_vector({1})}});
  for (const char* name : {"slope[1][0]", "a[2][0]", "slope[2][0]", "delta[2][0]", "delta[1][0]", "dC/dw[1][0,0]"}) {
    StoredTable table = table_of(lesson);
    const double right = number(table, name);
    BOOST_TEST_REQUIRE(right != 0);
    for (const double factor : {0.0, -1.0, 0.5, 2.0}) {
      number(table, name) = factor * right;
      BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).differing == (factor == 0 ? 0u : 1u), name << " times " << factor);
    }
  }
}

/// A number that one usual formula loses and another keeps is off by what is lost before it.
BOOST_AUTO_TEST_CASE(formulas_of_two_layers_may_be_any) {
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::tanh, {{16.3}}, {0}), make_layer(Activation::sigmoid, {{0.5}}, {39.2})}), {{make_vector({1}), make_vector({0.5})}});
  StoredTable table = table_of(lesson);
  const double a = std::tanh(16.3), slope = 1 - a * a, right = number(table, "slope[1][0]");
  BOOST_TEST_REQUIRE(std::abs(slope / right - 1) > 1e-4);
  for (const double factor : {1.0, 10.0}) {
    table = table_of(lesson);
    for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) *= factor * slope / right;
    BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).differing == (factor == 1 ? 0u : 3u), factor);
  }
}

/// A quotient of two that are nearly the same may be more than 1, and its slope less than 0.
BOOST_AUTO_TEST_CASE(a_tanh_may_be_a_quotient) {
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::tanh, {{22.5}}, {0})}), {{make_vector({1}), make_vector({0})}});
  StoredTable table = table_of(lesson);
  const double a = 1 + std::numeric_limits<double>::epsilon(), slope = 1 - a * a;
  for (const char* name : {"slope[1][0]", "delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) = slope;
  BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).agrees());
  number(table, "slope[1][0]") = -1e-13;
  BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).differing == 1u);
}

/// e^(z − ln Σ e^z), whose outputs add up to no more than a 1 that is as exact as z.
BOOST_AUTO_TEST_CASE(a_softmax_may_be_made_by_its_logarithm) {
  const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1e8}, {1e8 - 20}}, {0, 0})}), {{make_vector({1}), make_vector({1, 0})}});
  StoredTable table = table_of(lesson);
  for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) {
    BOOST_TEST_REQUIRE(std::abs(number(table, name)) > 1e-9);
    number(table, name) = 0;
  }
  number(table, "a[1][0]") = 1;
  number(table, "C") = 0;
  number(table, "dC/da[1][0]") = -1;
  BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).agrees());
  number(table, "a[1][0]") = 1 - 1e-5;
  number(table, "dC/da[1][0]") = -1 + 1e-5;
  BOOST_TEST(compare(lesson, table, {1e-9, 1e-12, true}).differing == 2u);
}

/// 1/(1 + e^−z) where e^−z is infinite, and a ReLU that another order of summing leaves on the other side of its kink.
BOOST_AUTO_TEST_CASE(what_overflows_or_crosses_a_kink_in_plain_arithmetic_is_no_mistake) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  const Lesson far = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{-715}}, {0})}), {{make_vector({1}), make_vector({1})}});
  StoredTable table = table_of(far);
  BOOST_TEST(number(table, "a[1][0]") > 0);
  for (const char* name : {"a[1][0]", "slope[1][0]", "delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]", "path[1][0,0]", "dC/da[0][0]"}) number(table, name) = 0;
  BOOST_TEST(compare(far, table, theirs).agrees());

  // z/(1 + e^−z) too: what is made of it with a large δ is far above what underflow alone may do.
  const Lesson gated = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::silu, {{-711}}, {0}), make_layer(Activation::identity, {{1}}, {1e6})}), {{make_vector({1}), make_vector({0})}});
  table = table_of(gated);
  BOOST_TEST_REQUIRE(std::abs(number(table, "dC/dw[2][0,0]")) > 1e-302);
  number(table, "a[1][0]") = number(table, "dC/dw[2][0,0]") = 0;
  BOOST_TEST(compare(gated, table, theirs).agrees());

  const Lesson relu = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{0.1, 0.2, -0.3}}, {0}), make_layer(Activation::identity, {{0.5}}, {0})}), {{make_vector({1, 1, 1}), make_vector({1})}});
  table = table_of(relu);
  BOOST_TEST_REQUIRE(std::abs(number(table, "z[1][0]")) > 0);
  const double slope = 1 - number(table, "slope[1][0]");
  number(table, "slope[1][0]") = slope;
  number(table, "delta[1][0]") = number(table, "dC/db[1][0]") = slope * number(table, "dC/da[1][0]");
  const ComparisonResult result = compare(relu, table, theirs);
  BOOST_TEST(result.agrees());
  number(table, "slope[1][0]") = 7;
  BOOST_TEST(compare(relu, table, theirs).differing == 1u);
}

/// A bound on rounding that takes all of it to conspire is larger than these gradients; twice of them is wrong nevertheless, and
/// what other rounding makes of them is not.
BOOST_DATA_TEST_CASE(behind_many_layers_a_gradient_is_judged_as_well, boost::unit_test::data::make({"sigmoid", "tanh", "relu", "leaky-relu", "softplus", "silu", "gelu", "softmax"}), id) {
  const ComparisonRules theirs{1e-7, 1e-10, true, 1'000'000};
  const Activation activation = parse_activation(id).value();
  for (const Cost cost : {Cost::half_squared_error, Cost::binary_cross_entropy}) {
    const Lesson lesson = deep_lesson(activation, 8, 32, cost);
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    StoredTable table = table_of(lesson);
    for (const unsigned seed : {100u, 101u, 102u}) {
      const ExampleTrace run = run_with_rounding(trace, seed);
      for (TableRow& row : table.rows) {
        if (!is_given(row.name)) row.value = run.value(row.name);
      }
      BOOST_TEST(compare(lesson, table, theirs).agrees(), info(cost).name << " " << seed);
    }
    std::size_t changed = 0;
    table = table_of(lesson);
    for (TableRow& row : table.rows) {
      if (row.name.quantity != Quantity::dC_dw || std::abs(row.value) < 1e-280) continue;
      ++changed;
      row.value *= 2;
    }
    BOOST_TEST_REQUIRE(changed > 0u);
    const ComparisonResult result = compare(lesson, table, theirs);
    BOOST_TEST(static_cast<double>(result.differing) >= 0.99 * static_cast<double>(changed), info(cost).name << ": " << result.differing << " of " << changed);
  }
}

/// On a kink any slope between the two sides is right, and what it gives.
BOOST_AUTO_TEST_CASE(another_slope_at_a_kink_is_right) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::relu, {{1}, {0.5}}, {-0.5, 0}), make_layer(Activation::leaky_relu, {{3, 1}}, {-0.25}), make_layer(Activation::identity, {{2}}, {0})}),
                              {{make_vector({0.5}), make_vector({4})}});
  lesson.network.layer(2).alpha = 0.25;
  const ComparisonRules theirs{1e-7, 1e-10, true};
  StoredTable table = table_of(lesson);
  BOOST_TEST_REQUIRE(number(table, "z[1][0]") == 0);
  BOOST_TEST_REQUIRE(number(table, "z[2][0]") == 0);
  BOOST_TEST_REQUIRE(number(table, "delta[2][0]") == -2);  // -4 · 2 · 0.25
  const auto differing = [&](const char* name, double value, std::size_t at_kink) {
    StoredTable other = table;
    number(other, name) = value;
    const ComparisonResult result = compare(lesson, other, theirs);
    BOOST_TEST(result.at_kink.size() == at_kink, name << " " << value);
    return result.differing;
  };
  for (const double slope : {0.25 + 1e-9, 0.5, 1.0}) {
    BOOST_TEST(differing("slope[2][0]", slope, slope == 0.25 + 1e-9 ? 0 : 1) == 0u);
    BOOST_TEST(differing("delta[2][0]", -8 * slope, slope == 0.25 + 1e-9 ? 0 : 1) == 0u);
    BOOST_TEST(differing("dC/da[1][0]", 3 * -8 * slope, slope == 0.25 + 1e-9 ? 0 : 1) == 0u);
    BOOST_TEST(differing("path[1][0,1]", 0.5 * -8 * slope, slope == 0.25 + 1e-9 ? 0 : 1) == 0u);
  }
  for (const double slope : {0.0, 0.2, 1.1, -0.5}) {
    BOOST_TEST(differing("slope[2][0]", slope, 0) == 1u);
    BOOST_TEST(differing("delta[2][0]", -8 * slope, 0) == 1u);
    BOOST_TEST(differing("dC/da[1][0]", 3 * -8 * slope, 0) == 1u);
  }
  // Of δ[1][0] both kinks count: from −24 · 1 to 0.
  for (const double delta : {-24.0, -6.0, -0.1}) BOOST_TEST(differing("delta[1][0]", delta, 1) == 0u);
  for (const double delta : {-24.1, 0.1}) BOOST_TEST(differing("delta[1][0]", delta, 0) == 1u);
  BOOST_TEST(differing("delta[3][0]", -3.9, 0) == 1u);
  BOOST_TEST(differing("z[1][0]", 0.1, 0) == 1u);
  const Lesson smooth = mazur();
  table = table_of(smooth);
  number(table, "dC/da[0][0]") += 1;
  BOOST_TEST(compare(smooth, table, theirs).differing == 1u);

  // Of the mean of two examples one has a kink.
  lesson.examples.push_back({make_vector({1}), make_vector({4})});
  table = table_of(lesson);
  const double mean = number(table, "mean:dC/db[2][0]");
  const auto of_mean = [&](double value) {
    StoredTable other = table;
    number(other, "mean:dC/db[2][0]") = value;
    return compare(lesson, other, theirs);
  };
  BOOST_TEST(of_mean(mean - 2.9).at_kink.size() == 1u);  // (−8 + 2)/2
  BOOST_TEST(of_mean(mean - 2.9).agrees());
  for (const double wrong : {mean - 3.1, mean + 0.1}) BOOST_TEST(of_mean(wrong).differing == 1u);
}

/// A kink behind an a − y that is rounding alone: either slope of it is right.
BOOST_AUTO_TEST_CASE(rounding_and_a_kink_may_meet) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}, {0.5}}, {-1, 0}), make_layer(Activation::identity, {{3, 0.2}}, {0.2})}), {{make_vector({1}), make_vector({0.3})}});
  StoredTable table = table_of(lesson);
  BOOST_TEST_REQUIRE(number(table, "z[1][0]") == 0);
  BOOST_TEST_REQUIRE(std::abs(number(table, "delta[2][0]")) < 1e-15);
  const ComparisonRules theirs{1e-7, 1e-10, true};
  number(table, "delta[1][0]") = number(table, "dC/db[1][0]") = 3e-16;
  BOOST_TEST(compare(lesson, table, theirs).agrees());
  number(table, "delta[1][0]") = 1e-12;
  BOOST_TEST(compare(lesson, table, theirs).differing == 1u);
}

/// 0.1 + 0.3 − 0.4 is 0 in one order and 5.6e-17 in another.
BOOST_AUTO_TEST_CASE(a_kink_is_where_rounding_puts_it) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::relu, {{-0.1, 0.4}, {1, 0}}, {-0.3, 0}), make_layer(Activation::identity, {{2, 1}}, {0})}), {{make_vector({1, 1}), make_vector({3})}});
  StoredTable table = table_of(lesson);
  BOOST_TEST_REQUIRE(number(table, "z[1][0]") == 0);
  const double tiny = 5.551115123125783e-17, delta = number(table, "delta[2][0]");
  number(table, "z[1][0]") = number(table, "a[1][0]") = tiny;
  number(table, "dC/dw[2][0,0]") = delta * tiny;
  number(table, "slope[1][0]") = 1;
  number(table, "delta[1][0]") = number(table, "dC/db[1][0]") = number(table, "dC/dw[1][0,0]") = number(table, "dC/dw[1][0,1]") = 2 * delta;
  BOOST_TEST(compare(lesson, table, theirs).agrees());
  number(table, "a[1][0]") = 1e-12;
  BOOST_TEST(compare(lesson, table, theirs).differing == 1u);
}

/// A tanh may have its slope from a or from z: with a − y that is rounding alone either gives something of next to nothing.
BOOST_AUTO_TEST_CASE(a_saturated_slope_may_come_from_z) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::tanh, {{31.4}}, {0}), make_layer(Activation::identity, {{-0.1}}, {0.4})}), {{make_vector({1}), make_vector({-0.1 + 0.4})}});
  StoredTable table = table_of(lesson);
  const double rounding = 5.551115123125783e-17, slope = number(table, "slope[1][0]");
  BOOST_TEST_REQUIRE(slope > 0);
  BOOST_TEST_REQUIRE(std::abs(number(table, "delta[2][0]")) < 1e-15);
  number(table, "delta[1][0]") = -0.1 * rounding * slope;
  BOOST_TEST(compare(lesson, table, theirs).agrees());
  number(table, "delta[1][0]") = 1e-20;
  BOOST_TEST(compare(lesson, table, theirs).differing == 1u);
}

/// Of two examples one stands on its kink, one fits its target: each is right, and so is their mean.
BOOST_AUTO_TEST_CASE(the_mean_of_a_kink_and_of_rounding_is_right) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::relu, {{1}}, {-1}), make_layer(Activation::identity, {{1}}, {0.1})}),
                                    {{make_vector({1}), make_vector({0.1 + 1e-9})}, {make_vector({1.2}), make_vector({0.3})}});
  StoredTable table = table_of(lesson);
  BOOST_TEST_REQUIRE(number(table, "0:z[1][0]") == 0);
  const double first = number(table, "0:delta[2][0]"), second = number(table, "1:delta[1][0]");
  BOOST_TEST_REQUIRE(std::abs(second) < 1e-15);
  number(table, "mean:dC/db[1][0]") = (first + second + 2e-16) / 2;
  BOOST_TEST(compare(lesson, table, theirs).agrees());
  number(table, "mean:dC/db[1][0]") = (first - 1e-12) / 2;
  BOOST_TEST(compare(lesson, table, theirs).differing == 1u);
}

/// The chain rule written out loses 1 − a: what is left of δ = 1 is δ still, as far as that goes.
BOOST_AUTO_TEST_CASE(a_product_of_a_quotient_and_a_slope_may_stand_for_their_short_form) {
  const ComparisonRules theirs{1e-7, 1e-10, true};
  for (const double z : {15.0, 22.0, 26.0}) {
    const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{z}}, {0})}), {{make_vector({1}), make_vector({0})}});
    StoredTable table = table_of(lesson);
    const double a = 1 / (1 + std::exp(-z)), e = std::exp(-z), delta = a / (a * (1 - a)) * (e / ((1 + e) * (1 + e)));
    for (const double factor : {1.0, 1.01}) {
      for (const char* name : {"delta[1][0]", "dC/db[1][0]", "dC/dw[1][0,0]"}) number(table, name) = factor * delta;
      BOOST_TEST(compare(lesson, table, theirs).differing == (factor == 1 ? 0u : 3u), z << " times " << factor);
    }
  }
}

/// Where ln(1 + e^z) is kept by log1p the numbers behind it are as good as any.
BOOST_AUTO_TEST_CASE(an_activation_that_plain_formulas_lose_excuses_nothing) {
  const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::tanh, {{0.5}}, {0.1}), make_layer(Activation::softplus, {{2}, {-3}}, {1, -45})}), {{make_vector({1}), make_vector({0.4, 0.6})}});
  const ComparisonRules theirs{1e-7, 1e-10, true};
  StoredTable table = table_of(lesson);
  BOOST_TEST(compare(lesson, table, theirs).agrees());
  for (const char* name : {"delta[2][1]", "dC/dw[1][0,0]", "dC/da[0][0]"}) {
    StoredTable other = table;
    number(other, name) *= 1.001;
    BOOST_TEST(compare(lesson, other, theirs).differing == 1u, name);
  }
}

/// ln(1 − a) where 1 − a is less than a double's last digit beside 1: it may be what one such digit gives, and nothing else.
BOOST_AUTO_TEST_CASE(a_saturated_logarithm_is_off_by_its_digits_alone) {
  for (const double z : {38.0, 40.0, 60.0, 100.0, 800.0}) {
    const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{z}}, {0})}), {{make_vector({1}), make_vector({0})}});
    StoredTable table = table_of(lesson);
    for (const double wrong : {0.0, -z, std::min(z / 4, 25.0), 30.0, 3 * z, 1e20}) {
      number(table, "C") = wrong;
      BOOST_TEST(compare(lesson, table, {1e-7, 1e-10, true}).differing == 1u, wrong << " for " << z);
    }
    number(table, "C") = -std::log(std::numeric_limits<double>::epsilon() / 2);
    BOOST_TEST(compare(lesson, table, {1e-7, 1e-10, true}).agrees(), z);
  }
}

BOOST_AUTO_TEST_CASE(nan_and_infinity_are_never_close) {
  const Lesson lesson = mazur();
  for (const double wrong : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    StoredTable table = table_of(lesson);
    number(table, "delta[1][0]") = wrong;
    BOOST_TEST(compare(lesson, table).differing == 1u);
  }
}

BOOST_AUTO_TEST_CASE(the_first_departure_is_first_in_the_derivation_not_in_the_file) {
  const Lesson lesson = mazur();
  StoredTable table = table_of(lesson);
  std::reverse(table.rows.begin(), table.rows.end());
  number(table, "dC/db[1][0]") = 1;
  number(table, "slope[2][1]") = 1;
  number(table, "path[2][0,0]") = 1;
  const ComparisonResult result = compare(lesson, table);
  BOOST_TEST(result.differing == 3u);
  BOOST_TEST(to_string(result.departures[0].name, false) == "slope[2][1]");
  BOOST_TEST(to_string(result.departures[1].name, false) == "path[2][0,0]");
}

BOOST_AUTO_TEST_CASE(missing_and_unknown_numbers_are_told_apart) {
  const Lesson lesson = mazur();
  StoredTable table = table_of(lesson);
  std::erase_if(table.rows, [](const TableRow& row) { return row.name.quantity == Quantity::C; });
  Name nowhere = parse_name("z[7][0]");
  nowhere.scope = Scope::of_example(0);
  table.rows.push_back({nowhere, 1, 99});
  const ComparisonResult result = compare(lesson, table);
  BOOST_TEST(result.missing == 1u);
  BOOST_TEST(result.unknown == 1u);
  BOOST_TEST(!result.agrees());
}

BOOST_AUTO_TEST_CASE(a_changed_lesson_is_said_to_have_changed) {
  Lesson lesson = mazur();
  const StoredTable table = table_of(lesson);
  lesson.network.layer(2).weights(0, 1) = 0.46;
  const ComparisonResult result = compare(lesson, table);
  BOOST_REQUIRE(result.given.size() == 1u);
  BOOST_TEST(to_string(result.given[0].name, false) == "w[2][0,1]");
  BOOST_TEST(result.given[0].golden == 0.45);
  BOOST_TEST(result.given[0].here == 0.46);
}

struct Told {
  Mistake mistake;
  std::size_t choice;
  const char* words;
};
std::ostream& operator<<(std::ostream& out, const Told& told) { return out << info(told.mistake).id << "/" << told.choice; }

const Told told[] = {
    {Mistake::missing_two, 0, "the 2 of the squared error"},
    {Mistake::flipped_sign, 0, "the sign of ∂C/∂a was flipped"},
    {Mistake::missing_slope, 0, "the slope σ′(z) was left out"},
    {Mistake::slope_at_activation, 0, "σ′ was taken at a"},
    {Mistake::activation_as_slope, 0, "σ(z) was used for its slope"},
    {Mistake::own_activation, 0, "the activation of its own neuron"},
    {Mistake::pre_activation_as_input, 0, "with z of the neuron before"},
    {Mistake::swapped_indices, 0, "was transposed"},
    {Mistake::bias_times_input, 1, "(k = 1)"},
    {Mistake::single_path, 1, "(j = 1 alone)"},
    {Mistake::averaged_paths, 0, "averaged, not added"},
    {Mistake::missing_weight, 0, "without the weight"},
    {Mistake::transposed_weights, 0, "not through its transpose"},
    {Mistake::slope_of_wrong_layer, 0, "the slope of the layer after"},
    {Mistake::sum_instead_of_mean, 0, "added up, not averaged"},
    {Mistake::updated_weights, 0, "a gradient step had already moved"},
    {Mistake::missing_bias, 0, "the bias was left out"},
    {Mistake::missing_activation, 0, "the activation was left out"},
    {Mistake::early_rounding, 4, "rounded to 4 digits"},
};

BOOST_DATA_TEST_CASE(names_the_mistake_that_explains_everything, boost::unit_test::data::make(told), mistake) {
  Lesson lesson = mazur();
  lesson.examples.push_back({make_vector({0.7, -0.4}), make_vector({0.3, 0.6})});
  const StoredTable table = mistaken_table(lesson, {mistake.mistake, mistake.choice, {}});
  const ComparisonResult result = compare(lesson, table);
  const std::string cause = text_of(likely_cause(lesson, result, 4).lines);
  BOOST_TEST(cause.find(mistake.words) != std::string::npos, cause);
  BOOST_TEST(cause.find("explains all " + std::to_string(result.differing)) != std::string::npos, cause);
  BOOST_TEST(cause.find("this program") == std::string::npos, cause);
}

/// Of parameters alone: what lies between the mistake and the first gradient is not in the table.
BOOST_DATA_TEST_CASE(names_the_mistake_behind_gradients_alone, boost::unit_test::data::make(told), mistake) {
  Lesson lesson = mazur();
  for (const bool several : {false, true}) {
    if (several) lesson.examples.push_back({make_vector({0.7, -0.4}), make_vector({0.3, 0.6})});
    if (!several && mistake.mistake == Mistake::sum_instead_of_mean) continue;
    StoredTable table = mistaken_table(lesson, {mistake.mistake, mistake.choice, {}});
    std::erase_if(table.rows, [&](const TableRow& row) {
      const bool gradient = row.name.quantity == Quantity::dC_dw || row.name.quantity == Quantity::dC_db;
      return !gradient || (row.name.scope.kind == Scope::Kind::mean) != several;
    });
    const ComparisonResult result = compare(lesson, table, {1e-7, 1e-10, true});
    const std::string cause = text_of(likely_cause(lesson, result, 4).lines);
    BOOST_TEST(cause.find(mistake.words) != std::string::npos, several << cause);
  }
}

BOOST_AUTO_TEST_CASE(names_the_layer_where_a_mistake_was_made_once) {
  const Lesson lesson = mazur();
  const ComparisonResult result = compare(lesson, mistaken_table(lesson, {Mistake::missing_slope, 0, LayerRange{1, 1}}));
  const std::string cause = text_of(likely_cause(lesson, result, 4).lines);
  BOOST_TEST(cause.find("(in layer 1 alone)") != std::string::npos, cause);
  BOOST_TEST(cause.find("the ratio 0.2413 is σ′(z) (slope[1][0])") != std::string::npos, cause);
}

/// A forward mistake moves the first gradient of all, wherever it was made.
BOOST_AUTO_TEST_CASE(names_the_layer_of_a_forward_mistake_behind_gradients_alone) {
  for (const std::size_t layer : {1u, 2u, 3u}) {
    const Lesson lesson = deep_lesson(Activation::tanh, 3, 3);
    for (const Mistake mistake : {Mistake::missing_bias, Mistake::missing_activation}) {
      StoredTable table = mistaken_table(lesson, {mistake, 0, LayerRange{layer, layer}});
      std::erase_if(table.rows, [](const TableRow& row) { return row.name.quantity != Quantity::dC_dw && row.name.quantity != Quantity::dC_db; });
      const ComparisonResult result = compare(lesson, table, {1e-7, 1e-10, true});
      const Cause cause = likely_cause(lesson, result, 4);
      BOOST_TEST((cause.mistakes == std::vector{mistake}), text_of(cause.lines));
      BOOST_TEST(cause.explained == result.differing);
      BOOST_TEST(text_of(cause.lines).find("(in layer " + std::to_string(layer) + " alone)") != std::string::npos, text_of(cause.lines));
    }
  }
}

/// Many have a − y by heart and make their mistake behind it; parameters are what they can show.
BOOST_AUTO_TEST_CASE(names_the_hidden_layers_where_a_mistake_was_made) {
  for (const std::size_t depth : {2u, 4u}) {
    const Lesson lesson = deep_lesson(Activation::sigmoid, 3, depth, Cost::binary_cross_entropy);
    for (const Mistake mistake : {Mistake::missing_slope, Mistake::activation_as_slope, Mistake::slope_at_activation}) {
      StoredTable table = mistaken_table(lesson, {mistake, 0, LayerRange{1, depth - 1}});
      std::erase_if(table.rows, [](const TableRow& row) { return row.name.quantity != Quantity::dC_dw && row.name.quantity != Quantity::dC_db; });
      const ComparisonResult result = compare(lesson, table, {1e-7, 1e-10, true});
      const Cause cause = likely_cause(lesson, result, 4);
      const std::string text = text_of(cause.lines);
      BOOST_TEST(cause.explained == result.differing, text);
      BOOST_TEST((cause.mistakes == std::vector{mistake}), text);
      BOOST_TEST(text.find(depth == 2 ? "(in layer 1 alone)" : "(in the hidden layers alone)") != std::string::npos, text);
    }
  }
}

/// Means of very many numbers are not worked out anew for each mistake: what this program has stands for the right ones.
BOOST_AUTO_TEST_CASE(a_large_lesson_is_searched_for_a_factor_alone) {
  Lesson lesson = deep_lesson(Activation::tanh, 60, 3);
  const Example first = lesson.examples.front();
  while (lesson.examples.size() < 400) {
    lesson.examples.push_back(first);
    lesson.examples.back().input(0) += static_cast<double>(lesson.examples.size()) / 400;
  }
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) means.add(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
  StoredTable table;
  for (const Block& block : mean_blocks(lesson.network)) {
    for (std::size_t i = 0; i < block.size(); ++i) table.rows.push_back({block.name(i, Scope::of_mean()), means.value_at(block.offset + i), 1});
  }
  const auto cause_of = [&](auto change) {
    StoredTable changed = table;
    for (TableRow& row : changed.rows) row.value = change(row);
    Comparison comparison(lesson, changed, {1e-7, 1e-10, true});
    comparison.add_means(means);
    return likely_cause(lesson, comparison.finish(), 4);
  };
  const Cause added = cause_of([](const TableRow& row) { return 400 * row.value; });
  BOOST_TEST((added.mistakes == std::vector{Mistake::sum_instead_of_mean}), text_of(added.lines));
  const Cause unknown = cause_of([](const TableRow& row) { return row.value * (2 + std::sin(static_cast<double>(row.name.j))); });
  BOOST_TEST(unknown.mistakes.empty());
  BOOST_TEST(text_of(unknown.lines).find("not every mistake was tried") != std::string::npos, text_of(unknown.lines));
}

BOOST_AUTO_TEST_CASE(names_a_constant_factor) {
  const Lesson lesson = mazur();
  StoredTable table = table_of(lesson);
  for (TableRow& row : table.rows) {
    if (row.name.quantity == Quantity::dC_dw) row.value *= 3;
  }
  const std::string cause = text_of(likely_cause(lesson, compare(lesson, table), 4).lines);
  BOOST_TEST(cause.find("looks like: ∂C/∂w multiplied by 3\nthis explains all 8") != std::string::npos, cause);
}

/// Where this program's own backward pass is what is wrong, it says so.
BOOST_AUTO_TEST_CASE(tells_a_wrong_file_from_a_wrong_program) {
  const Lesson lesson = mazur();
  const StoredTable table = table_of(lesson);
  Comparison comparison(lesson, table);
  ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  trace.gradients[2].delta = trace.gradients[2].dC_da;  // σ′ forgotten
  comparison.add(trace);
  comparison.add_means(MeanTrace(lesson.network));
  const ComparisonResult result = comparison.finish();
  BOOST_TEST(to_string(result.departures[0].name, false) == "delta[2][0]");
  const std::string cause = text_of(likely_cause(lesson, result, 4).lines);
  BOOST_TEST(cause.find("the slope σ′(z) was left out") != std::string::npos, cause);
  BOOST_TEST(cause.find("the mistake is in this program") != std::string::npos, cause);
}

BOOST_AUTO_TEST_CASE(says_nothing_where_nothing_explains_it) {
  const Lesson lesson = mazur();
  StoredTable table = table_of(lesson);
  number(table, "delta[1][1]") = 0.1234;
  BOOST_TEST(likely_cause(lesson, compare(lesson, table), 4).lines.empty());
}

BOOST_AUTO_TEST_SUITE_END()
