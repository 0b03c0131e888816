// The right ways to work out a number, and the habits of those who do.
#include "homework/habit.hpp"
#include "homework/rule_form.hpp"
#include "support/networks.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <vector>

using namespace gradtrace;

BOOST_AUTO_TEST_SUITE(rule_form)

BOOST_AUTO_TEST_CASE(every_form_gives_the_number_of_the_rule) {
  std::size_t forms = 0, in_parts = 0;
  for (std::uint64_t n = 0; n < 200; ++n) {
    const Lesson lesson = random_lesson(n, {3, 4, 1, 1});
    const CellRules rules(lesson.network, 1);
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const Reader read = [&](const Name& name) { return trace.value(name); };
    for (const Block& block : derived_blocks(lesson.network)) {
      for (std::size_t i = 0; i < block.size(); ++i) {
        const Name cell = block.name(i, Scope::of_example(0));
        const double value = trace.value(cell);
        for (const RuleForm& form : right_forms(lesson.network, rules, cell)) {
          ++forms;
          BOOST_TEST(std::abs(form.rule(read) - value) <= 1e-9 * std::max(1.0, std::abs(value)), "network " << n << ": " << to_string(cell, false));
          if (!form.in_parts) continue;
          ++in_parts;
          BOOST_TEST(std::abs(form.in_parts(read, {}) - value) <= 1e-9 * std::max(1.0, std::abs(value)), "network " << n << ", in parts: " << to_string(cell, false));
        }
      }
    }
  }
  BOOST_TEST(forms > 10000u);
  BOOST_TEST(in_parts > 1000u);
}

BOOST_AUTO_TEST_CASE(what_is_not_divided_loses_nothing_in_parts) {
  const auto parts = [](Cost cost) {
    const Network network = mazur(cost).network;
    return right_forms(network, CellRules(network, 1), parse_name("0:dC/da[2][0]")).front().parts;
  };
  BOOST_TEST(parts(Cost::half_squared_error) == 0);  // a − y
  BOOST_TEST(parts(Cost::squared_error) > 0);        // 2(a − y): what is held of a − y counts twice
  BOOST_TEST(parts(Cost::binary_cross_entropy) > parts(Cost::squared_error));
}

BOOST_AUTO_TEST_CASE(no_habit_comes_twice) {
  for (const Cost cost : {Cost::squared_error, Cost::binary_cross_entropy}) {
    for (const Activation activation : {Activation::sigmoid, Activation::gelu}) {
      Network network = mazur(cost).network;
      network.layers.front().activation = activation;
      std::set<std::tuple<Kept, Shown, Within, bool, bool, bool, bool, bool>> seen;
      const std::vector<Habit> habits = habits_of(network);
      for (const Habit& habit : habits) {
        seen.emplace(habit.kept, habit.shown, habit.within, habit.sums_at_once, habit.slopes_from_activations, habit.short_delta, habit.given_too, habit.cuts);
      }
      BOOST_TEST(seen.size() == habits.size());
      const auto has = [&](bool Habit::*does) { return std::ranges::any_of(habits, does); };
      BOOST_TEST(has(&Habit::short_delta) == (cost == Cost::binary_cross_entropy));
      BOOST_TEST(std::ranges::any_of(habits, [](const Habit& habit) { return habit.within == Within::shares; }) == (activation == Activation::gelu));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
