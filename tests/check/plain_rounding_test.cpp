// Runs with random rounding: right numbers but for their last digits, and what is concluded from them. Ranges at kinks.
#include "check/formulas.hpp"
#include "check/kink_range.hpp"
#include "check/plain_rounding.hpp"
#include "support/networks.hpp"
#include "trace/order.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

using namespace gradtrace;

namespace {

ExampleTrace trace_of(const Lesson& lesson, std::size_t example = 0) {
  return trace_example(lesson.network, lesson.examples[example].input, lesson.examples[example].target, example);
}

/// Calls `visit` with every derived number's name and with the largest of its quantity and layer.
template <class Visit>
void each_number(const ExampleTrace& trace, Visit visit) {
  for (const Block& block : derived_blocks(*trace.network)) {
    double largest = 0;
    for (std::size_t i = 0; i < block.size(); ++i) largest = std::max(largest, std::abs(trace.value(block.name(i, Scope::of_example(trace.example)))));
    for (std::size_t i = 0; i < block.size(); ++i) visit(block.name(i, Scope::of_example(trace.example)), largest);
  }
}

Lesson one_unit(Activation activation, double z, double target = 1, Cost cost = Cost::squared_error) {
  return make_lesson(make_network(cost, {make_layer(activation, {{z}}, {0})}), {{make_vector({1}), make_vector({target})}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plain_rounding)

BOOST_AUTO_TEST_CASE(a_run_is_right_but_for_rounding) {
  std::map<Quantity, std::size_t> numbers, moved;
  for (std::uint64_t n = 0; n < 150; ++n) {
    const Lesson lesson = random_lesson(n, {3, 5, 1, 1});
    const ExampleTrace trace = trace_of(lesson), run = run_with_rounding(trace, static_cast<unsigned>(n));
    each_number(trace, [&](const Name& name, double largest) {
      const double apart = std::abs(run.value(name) - trace.value(name));
      BOOST_TEST(apart <= 1e-12 * std::max(largest, 1e-3), "network " << n << ", " << to_string(name, false) << ": " << run.value(name) << " for " << trace.value(name));
      ++numbers[name.quantity];
      if (apart > 0) ++moved[name.quantity];
    });
  }
  for (const auto& [quantity, count] : numbers) BOOST_TEST(2 * moved[quantity] > count, info(quantity).name);
}

BOOST_AUTO_TEST_CASE(another_seed_is_another_run) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = trace_of(lesson);
  const auto delta = [&](unsigned seed) { return run_with_rounding(trace, seed).gradients[1].delta(0); };
  BOOST_TEST(delta(3) == delta(3));
  BOOST_TEST(delta(3) != delta(4));
}

BOOST_AUTO_TEST_CASE(any_two_formulas_meet_in_every_combination) {
  using Choice = bool Formulas::*;
  const std::vector<Choice> choices = {&Formulas::log1p, &Formulas::sigmoid_slope_from_z, &Formulas::written_out, &Formulas::erfc,
                                       &Formulas::sigmoid_by_tanh, &Formulas::tanh_by_powers, &Formulas::tanh_by_quotient,
                                       &Formulas::tanh_slope_from_z, &Formulas::softmax_by_logarithm, &Formulas::softmax_slope_at_once,
                                       &Formulas::softplus_slope_from_a};
  const auto meet = [](Choice one, std::size_t layer, Choice other, std::size_t other_layer) {
    std::array<unsigned, 4> runs{};
    for (unsigned seed = 0; seed < Formulas::runs; ++seed) ++runs[2 * Formulas(seed, layer).*one + Formulas(seed, other_layer).*other];
    return runs;
  };
  for (std::size_t one = 0; one < choices.size(); ++one) {
    for (std::size_t other = 0; other < one; ++other) {
      for (const std::size_t layer : {1, 2, 7}) {
        for (const unsigned runs : meet(choices[one], layer, choices[other], layer)) BOOST_TEST(runs == 4u, one << " and " << other << " in layer " << layer);
      }
    }
    // The same in two layers is not the same throughout.
    for (const unsigned runs : meet(choices[one], 1, choices[one], 2)) BOOST_TEST(runs > 0u, one);
    for (const unsigned runs : meet(choices[one], 2, choices[one], 3)) BOOST_TEST(runs > 0u, one);
  }
}

BOOST_AUTO_TEST_CASE(what_is_at_its_end_is_exact) {
  for (const double z : {40.0, 800.0}) {
    for (const Activation activation : {Activation::sigmoid, Activation::tanh}) {
      const Lesson lesson = one_unit(activation, z);
      BOOST_TEST(run_with_rounding(trace_of(lesson), 1).state.a[1](0) == 1);
      BOOST_TEST(run_with_rounding(trace_of(lesson), 1).gradients[1].slope(0) == 0);
    }
  }
  const Lesson certain = one_unit(Activation::sigmoid, 800, 1, Cost::binary_cross_entropy);
  BOOST_TEST(run_with_rounding(trace_of(certain), 1).cost == 0);  // and not 0 · ln 0
  const Lesson far = one_unit(Activation::silu, -800);
  const ExampleTrace run = run_with_rounding(trace_of(far), 1);
  BOOST_TEST(std::abs(run.state.a[1](0)) == 0);
  BOOST_TEST(std::isfinite(run.gradients[1].delta(0)));
}

BOOST_AUTO_TEST_CASE(rounding_carries_a_unit_over_its_kink_but_not_off_it) {
  const Lesson near = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{0.1, 0.2, -0.3}}, {0})}), {{make_vector({1, 1, 1}), make_vector({1})}});
  const ExampleTrace trace = trace_of(near);
  BOOST_TEST_REQUIRE(trace.state.z[1](0) != 0);
  std::size_t above = 0;
  for (unsigned seed = 0; seed < 40; ++seed) above += run_with_rounding(trace, seed).gradients[1].slope(0) > 0;
  BOOST_TEST((above > 8 && above < 32), above);
  const Lesson tie = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{0.25, 0.25}}, {-0.5})}), {{make_vector({1, 1}), make_vector({1})}});
  std::size_t positive = 0;
  for (unsigned seed = 0; seed < 40; ++seed) positive += run_with_rounding(trace_of(tie), seed).state.a[1](0) > 0;
  BOOST_TEST((positive > 8 && positive < 32), positive);
  const Lesson on = one_unit(Activation::relu, 0);
  for (unsigned seed = 0; seed < 8; ++seed) BOOST_TEST(run_with_rounding(trace_of(on), seed).state.z[1](0) == 0);
  const Lesson apart = one_unit(Activation::leaky_relu, 1e-3);
  for (unsigned seed = 0; seed < 8; ++seed) BOOST_TEST(run_with_rounding(trace_of(apart), seed).state.z[1](0) > 0);
}

/// On its kink a unit may have either slope.
BOOST_AUTO_TEST_CASE(a_number_behind_a_kink_has_a_range) {
  const Name delta = parse_name("0:delta[1][0]");
  const auto range = [&](const Lesson& lesson) {
    const ExampleTrace trace = trace_of(lesson);
    return PlainRounding(trace).at_kinks(delta);
  };
  const Lesson tie = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{0.25, 0.25}}, {-0.5})}), {{make_vector({1, 1}), make_vector({1})}});
  for (const Lesson& lesson : {one_unit(Activation::relu, 0), tie}) {
    const Range here = range(lesson);  // ∂C/∂a = −2, times 0 or 1
    BOOST_TEST(here.low == -2, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(std::abs(here.high) < 1e-9);
  }
  const Range apart = range(one_unit(Activation::relu, 1e-3));
  BOOST_TEST(!(apart.low < apart.high));
}

/// Where the slope of 1 leads beyond a double in some runs, that of 0 is still as near to 0 as others may be off.
BOOST_AUTO_TEST_CASE(a_range_that_no_double_holds_at_one_end_has_another) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {-1}), make_layer(Activation::identity, {{8.98846567431158e307}}, {0.99999999999999989})}),
                                    {{make_vector({1}), make_vector({0})}});
  const ExampleTrace trace = trace_of(lesson);
  const Range range = PlainRounding(trace).at_kinks(parse_name("0:delta[1][0]"));
  BOOST_TEST(range.low > -1e300);
  BOOST_TEST(range.high > 1e308);
}

/// Of 96 turns by an angle: no larger than what random rounding can do, where the other bound is larger than the number.
BOOST_AUTO_TEST_CASE(a_bound_stays_useful_behind_many_layers) {
  std::vector<Layer> layers(96, make_layer(Activation::identity, {{0.6, -0.8}, {0.8, 0.6}}, {0.1, -0.2}));
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, layers), {{make_vector({0.5, -0.3}), make_vector({0.2, 0.7})}});
  const ExampleTrace trace = trace_of(lesson);
  PlainRounding rounding(trace);
  const GradientErrors conspiring = backward_errors(trace, Arithmetic::plain);
  const Name first = parse_name("0:dC/dw[1][0,0]"), last = parse_name("0:z[1][0]");
  BOOST_TEST(plain_error(trace, conspiring, first) > std::abs(trace.value(first)));
  BOOST_TEST(rounding.bound(first, trace.value(first)) < 1e-9 * std::abs(trace.value(first)));
  BOOST_TEST(rounding.bound(first, trace.value(first)) > 1e-15 * std::abs(trace.value(first)));
  BOOST_TEST(rounding.bound(last, trace.value(last)) == plain_error(trace, conspiring, last));
  std::vector<ExampleTrace> runs;
  for (unsigned seed = 0; seed < Formulas::runs; ++seed) runs.push_back(run_with_rounding(trace, seed));
  each_number(trace, [&](const Name& name, double) {
    const double value = trace.value(name), bound = rounding.bound(name, value);
    if (plain_error(trace, conspiring, name) <= 1e-9 * std::abs(value)) return;
    double farthest = 0;
    for (const ExampleTrace& run : runs) farthest = std::max(farthest, std::abs(run.value(name) - value));
    BOOST_TEST(bound >= 32 * farthest, to_string(name, false) << ": a run is " << farthest << " apart, and the bound " << bound);
    BOOST_TEST(bound <= 33 * farthest + 1e-15 * std::abs(value), to_string(name, false));
  });
  for (unsigned seed = 100; seed < 200; ++seed) {
    const ExampleTrace run = run_with_rounding(trace, seed);
    each_number(trace, [&](const Name& name, double) {
      const double apart = std::abs(run.value(name) - trace.value(name)), bound = rounding.bound(name, run.value(name));
      BOOST_TEST(apart <= bound, to_string(name, false) << " is " << apart << " apart, more than " << bound);
    });
  }
}

/// Of units on their kink each other side is tried by a bias of next to nothing.
BOOST_AUTO_TEST_CASE(a_range_holds_all_that_either_side_gives) {
  constexpr double aside = 1e-13;
  std::size_t wide = 0;
  for (std::uint64_t n = 0; n < 60; ++n) {
    Dice dice(n);
    const Activation kinked = n % 2 == 0 ? Activation::relu : Activation::leaky_relu, between = n % 3 == 0 ? Activation::softmax : Activation::tanh;
    const auto layer = [&](Activation activation, std::size_t m) {
      std::vector<std::vector<double>> weights(3, std::vector<double>(m));
      for (auto& row : weights) std::ranges::generate(row, [&] { return dice.signed_unit(); });
      Layer made = make_layer(activation, weights, {dice.signed_unit(), dice.signed_unit(), dice.signed_unit()});
      made.alpha = activation == Activation::leaky_relu ? n % 5 == 0 ? 1.5 : 0.1 : 0;
      return made;
    };
    Network network = make_network(Cost::squared_error, {layer(kinked, 2), layer(between, 3), layer(kinked, 3), layer(Activation::identity, 3)});
    std::vector<std::size_t> on{1};
    if (n % 4 < 2) on.push_back(3);
    for (const std::size_t l : on) {
      for (std::size_t k = 0; k < network.width(l - 1); ++k) network.layer(l).weights(1, k) = 0;
      network.layer(l).biases(1) = 0;
    }
    const Lesson lesson = make_lesson(network, {{make_vector({0.4, -0.8}), make_vector({0.1, 0.5, -0.2})}});
    const ExampleTrace trace = trace_of(lesson);
    const KinkRange kinks(trace);
    BOOST_TEST(kinks.has_kinks());
    std::map<Name, Range> sides;
    for (std::size_t side = 0; side < std::size_t{1} << on.size(); ++side) {
      Lesson other = lesson;
      for (std::size_t i = 0; i < on.size(); ++i) other.network.layer(on[i]).biases(1) = (side >> i & 1) != 0 ? aside : -aside;
      const ExampleTrace beside = trace_of(other);
      each_number(trace, [&](const Name& name, double) {
        const double value = beside.value(name);
        const auto [known, first] = sides.emplace(name, Range{value, value});
        if (!first) known->second = {std::min(known->second.low, value), std::max(known->second.high, value)};
      });
    }
    each_number(trace, [&](const Name& name, double) {
      const Range range = kinks.of(name), seen = sides.at(name);
      BOOST_TEST((range.low <= seen.low + 1e-11 && seen.high <= range.high + 1e-11), n << " " << to_string(name, false) << " " << range.low << " to " << range.high << ": " << seen.low << ", " << seen.high);
      BOOST_TEST((range.low <= trace.value(name) + 1e-14 && trace.value(name) <= range.high + 1e-14), to_string(name, false));
      if (on.size() == 1) BOOST_TEST(std::abs(range.high - range.low - (seen.high - seen.low)) <= 1e-11, n << " " << to_string(name, false));
      if (range.low < range.high) ++wide;
    });
  }
  BOOST_TEST(wide > 400u);
}

BOOST_AUTO_TEST_SUITE_END()
