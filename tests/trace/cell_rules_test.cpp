// The rules one number at a time: the same numbers as the backward pass of whole layers.
#include "support/networks.hpp"
#include "trace/cell_rules.hpp"
#include "trace/mistakes.hpp"
#include "trace/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace gradtrace;

namespace {

void check_rules(const Lesson& lesson, std::uint64_t n) {
  const CellRules rules(lesson.network, lesson.examples.size());
  const Example& example = lesson.examples[0];
  const ExampleTrace trace = trace_example(lesson.network, example.input, example.target, 0);
  const std::vector<double> by_rules = example_by_rules(rules, trace);
  for (const Block& block : derived_blocks(lesson.network)) {
    double largest = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const double value = trace.value(block.name(i, Scope::of_example(0)));
      if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Name name = block.name(i, Scope::of_example(0));
      const double ours = trace.value(name), rule = by_rules[block.offset + i];
      BOOST_TEST((ours == rule || std::abs(ours - rule) <= 1e-12 * largest),
                 "network " << n << ": " << to_string(name, false) << " is " << ours << ", by its rule " << rule);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cell_rules)

BOOST_AUTO_TEST_CASE(give_the_numbers_of_the_backward_pass_on_random_networks) {
  for (std::uint64_t n = 0; n < 200; ++n) check_rules(random_lesson(n, {8, 12, 2, 1}), n);
}

BOOST_AUTO_TEST_CASE(give_them_on_saturated_networks_too) {
  for (std::uint64_t n = 0; n < 200; ++n) check_rules(random_lesson(n, {1, 4, 1, 400}), n);
  for (std::uint64_t n = 0; n < 200; ++n) check_rules(random_lesson(n, {1, 4, 1, 3000}), n);
}

BOOST_AUTO_TEST_CASE(follow_what_is_read_rather_than_what_is_right) {
  const Lesson lesson = mazur();
  const CellRules rules(lesson.network, 1);
  const Reader student = [](const Name& name) {
    switch (name.quantity) {
      case Quantity::a: return 0.75;
      case Quantity::y: return 0.25;
      case Quantity::z: return 1.1;  // not what gives 0.75: the activation as written counts
      case Quantity::dC_da: return 1.5;
      case Quantity::slope: return 0.2;
      case Quantity::delta: return 0.3;
      case Quantity::w: return 0.4;
      default: return 0.0;
    }
  };
  const auto rule = [&](const char* name) {
    Name cell = parse_name(name);
    cell.scope = Scope::of_example(0);
    return rules.evaluate(cell, student);
  };
  BOOST_TEST(rule("dC/da[2][0]") == 2 * (0.75 - 0.25));
  BOOST_TEST(rule("delta[2][0]") == 1.5 * 0.2);
  BOOST_TEST(rule("dC/db[2][0]") == 0.3);
  BOOST_TEST(rule("dC/dw[2][0,1]") == 0.3 * 0.75);
  BOOST_TEST(rule("path[2][1,0]") == 0.4 * 0.3);
  BOOST_TEST(rule("C") == 2 * 0.5 * 0.5);
}

/// No sigmoid gives 1.5; whoever read that for it divides by it, and by 1 − a, as the rule is written.
BOOST_AUTO_TEST_CASE(divide_by_an_activation_that_no_unit_gives) {
  const Lesson lesson = mazur(Cost::binary_cross_entropy);
  const CellRules rules(lesson.network, 1);
  const auto rule = [&](double y) {
    return rules.evaluate(parse_name("0:dC/da[2][0]"), [&](const Name& name) { return name.quantity == Quantity::a ? 1.5 : name.quantity == Quantity::y ? y : 0.3; });
  };
  BOOST_TEST(rule(0) == 1 / (1 - 1.5));
  BOOST_TEST(rule(1) == -1 / 1.5);
  BOOST_TEST(rule(0.25) == 0.75 / (1 - 1.5) - 0.25 / 1.5);

  const Network softmax = make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1}, {2}}, {0, 0})});
  BOOST_TEST(CellRules(softmax, 1).evaluate(parse_name("0:dC/da[1][0]"), [](const Name& name) { return name.quantity == Quantity::a ? -0.5 : name.quantity == Quantity::y ? 0.25 : 0.3; }) == 0.5);
}

/// The closed form a − y is for slopes that have lost digits: any other is multiplied as it was written.
BOOST_AUTO_TEST_CASE(multiply_by_the_smallest_slope_that_has_all_its_digits) {
  const Lesson lesson = mazur(Cost::binary_cross_entropy);
  const CellRules rules(lesson.network, 1);
  Name delta = parse_name("delta[2][0]");
  delta.scope = Scope::of_example(0);
  const auto of_slope = [&](double slope) {
    return rules.evaluate(delta, [&](const Name& name) {
      switch (name.quantity) {
        case Quantity::a: return 0.75;
        case Quantity::z: return std::log(3.0);
        case Quantity::y: return 0.25;
        case Quantity::dC_da: return 2.0;
        case Quantity::slope: return slope;
        default: return 0.0;
      }
    });
  };
  constexpr double smallest = std::numeric_limits<double>::min();
  BOOST_TEST(of_slope(smallest) == 2 * smallest);
  BOOST_TEST(of_slope(-smallest) == -2 * smallest);
  BOOST_TEST(of_slope(smallest / 2) == 0.5, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(name_the_numbers_they_put_in) {
  const Lesson lesson = mazur();
  const CellRules rules(lesson.network, 1);
  const auto ingredients = [&](const char* name) {
    Name cell = parse_name(name);
    cell.scope = Scope::of_example(0);
    std::string text;
    for (const Name& ingredient : rules.ingredients(cell)) text += to_string(ingredient, false) + " ";
    return text;
  };
  BOOST_TEST(ingredients("z[1][1]") == "w[1][1,0] a[0][0] w[1][1,1] a[0][1] b[1][1] ");
  BOOST_TEST(ingredients("delta[1][0]") == "dC/da[1][0] slope[1][0] ");
  BOOST_TEST(ingredients("dC/da[1][0]") == "path[2][0,0] path[2][0,1] ");
  BOOST_TEST(ingredients("path[2][0,1]") == "w[2][1,0] delta[2][1] ");
  BOOST_TEST(ingredients("dC/dw[2][1,0]") == "delta[2][1] a[1][0] ");
  BOOST_TEST(ingredients("w[2][1,0]") == "");
}

/// Every rule reads what it says it puts in and nothing else but the outputs' z (whose digits it may need).
BOOST_AUTO_TEST_CASE(read_what_they_name) {
  const Lesson lesson = random_lesson(7, {3, 4, 1, 1});
  const CellRules rules(lesson.network, 1);
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  for (const Block& block : derived_blocks(lesson.network)) {
    const Name cell = block.name(0, Scope::of_example(0));
    const std::vector<Name> named = rules.ingredients(cell);
    for (const Name& ingredient : named) {
      bool read = false;
      rules.evaluate(cell, [&](const Name& name) {
        read = read || name == ingredient;
        return trace.value(name);
      });
      BOOST_TEST(read, to_string(cell, false) << " does not use " << to_string(ingredient, false));
    }
  }
}

/// (a − y)/(a(1 − a)) keeps the digits of a − y, which (1 − y)/(1 − a) − y/a would lose; far out only the latter can be had.
BOOST_AUTO_TEST_CASE(binary_cross_entropy_keeps_its_digits_wherever_a_is) {
  const Name cell = parse_name("0:dC/da[1][0]");
  for (const double z : {0.3, 2.0, 30.0, -30.0, 705.0, -705.0, 709.0, -709.0}) {
    Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{z}}, {0})}), {{make_vector({1}), make_vector({0.5})}});
    const double a = forward(lesson.network, lesson.examples[0].input).a[1](0);
    for (const double target : {0.25, std::abs(z) < 5 ? a - 1e-9 : 0.75}) {
      lesson.examples[0].target = make_vector({target});
      const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
      const double rule = CellRules(lesson.network, 1).evaluate(cell, [&](const Name& name) { return trace.value(name); });
      BOOST_TEST(std::isfinite(rule));
      BOOST_TEST(std::abs(rule - trace.value(cell)) <= 1e-13 * std::abs(trace.value(cell)), "z = " << z << ", y = " << target << ": " << rule << ", not " << trace.value(cell));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
