// The fast way through the check: its functions against 50 digits, every instruction set against every other, and the
// whole against the plain way and the exact derivative.
#include "check/example_nudger.hpp"
#include "check/lanes/lane_nudger.hpp"
#include "check/lanes/lanes.hpp"
#include "check/running_error.hpp"
#include "check/settle.hpp"
#include "support/networks.hpp"
#include "support/reference.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <random>

using namespace gradtrace;

namespace {

std::vector<InstructionSet> available() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
    if (is_available(set)) sets.push_back(set);
  }
  return sets;
}

/// A unit in the last place of x; below the smallest normal number the smallest double.
double last_place(double x) {
  const double size = std::max(std::abs(x), std::numeric_limits<double>::min());
  return std::ldexp(1, std::ilogb(size) - 52);
}

struct Claim {
  const char* name;
  LaneFunction function;
  Real (*exact)(const Real&);
  double from, to;
  double most;           ///< ulp
  double nothing = 0;    ///< what a result may be wrong by besides
};
std::ostream& operator<<(std::ostream& out, const Claim& claim) { return out << claim.name; }

Real logistic(const Real& x) { return 1 / (1 + exp(Real(-x))); }

const Claim claims[] = {
    {"exp", LaneFunction::exp, [](const Real& x) -> Real { return exp(x); }, -746, 709.78, 2},
    // Beyond 708 it stays where e^−708 has brought it, near the smallest normal number.
    {"sigmoid", LaneFunction::sigmoid, logistic, -1000, 1000, 2.5, 3.4e-308},
    {"tanh", LaneFunction::tanh, [](const Real& x) -> Real { return tanh(x); }, -400, 400, 2},
    {"tanh near 0", LaneFunction::tanh, [](const Real& x) -> Real { return tanh(x); }, -2, 2, 2},
    {"log", LaneFunction::log, [](const Real& x) -> Real { return log(x); }, 1e-300, 1e300, 2},
    {"log near 1", LaneFunction::log, [](const Real& x) -> Real { return log(x); }, 0.25, 4, 2},
    {"log1p", LaneFunction::log1p, [](const Real& x) -> Real { return log1p(x); }, -0.999, 1000, 2},
    {"softplus", LaneFunction::softplus, [](const Real& x) -> Real { return log1p(exp(x)); }, -746, 746, 2},
    {"softplus near 0", LaneFunction::softplus, [](const Real& x) -> Real { return log1p(exp(x)); }, -8, 8, 2},
    // Where softplus is 1 the logarithm is 0, and the rounding of softplus is all of it.
    {"log softplus", LaneFunction::log_softplus, [](const Real& x) -> Real { return log(log1p(exp(x))); }, -746, 746, 2, 4.5e-16},
    {"normal", LaneFunction::normal, [](const Real& x) -> Real { return erfc(Real(-x / sqrt(Real(2)))) / 2; }, -39, 9, 5},
    {"normal near 0", LaneFunction::normal, [](const Real& x) -> Real { return erfc(Real(-x / sqrt(Real(2)))) / 2; }, -2, 2, 5},
};

/// Numbers over a whole range: evenly spread, as close to 0 as doubles go, at both ends, and special ones.
std::vector<double> arguments(double from, double to) {
  std::vector<double> x{from, to, 0, 0x1p-1074, 1e-310, 0x1p-1022, 0x1p-53, 0x1p-26, 0.5, 1};
  std::mt19937_64 source(1);
  const auto unit = [&] { return static_cast<double>(source() >> 11) * 0x1p-53; };
  while (x.size() < 8000) x.push_back(from + (to - from) * unit());
  while (x.size() < 16000) x.push_back((source() % 2 == 0 ? from : to) * std::exp2(-60 * unit()));
  std::erase_if(x, [&](double value) { return value < from || value > to; });
  while (x.size() % LaneNudges::multiple != 0) x.push_back(x.front());
  return x;
}

std::vector<double> values(InstructionSet set, LaneFunction function, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  evaluate(set, function, x.data(), y.data(), x.size());
  return y;
}

/// All numbers of every example of a lesson, nudged by one engine.
struct Nudged {
  std::vector<CheckRow> rows;
  std::size_t left = 0;  ///< that the lanes did not settle
};

/// Fast rows alone: those that were not settled keep their verdict `inconclusive`.
Nudged by_lanes(const ExampleTrace& trace, InstructionSet set) {
  const CheckOptions options;
  const GradientErrors backward = backward_errors(trace);
  LaneNudger nudger(trace, options, backward, set);
  Nudged nudged;
  for (const Block& block : derived_blocks(*trace.network)) {
    if (block.quantity < Quantity::dC_da) continue;
    std::vector<CheckRow> rows(block.size());
    std::vector<std::uint8_t> wanted(block.size(), 1);
    double scale = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].name = block.name(i, Scope::of_example(trace.example));
      rows[i].analytic = trace.value(rows[i].name);
      if (std::isfinite(rows[i].analytic)) scale = std::max(scale, std::abs(rows[i].analytic));
    }
    nudger.fill(block, 0, trace.network->width(block.layer), scale, rows.data(), wanted.data());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (wanted[i]) rows[i].verdict = Verdict::inconclusive;
      nudged.left += wanted[i];
    }
    nudged.rows.insert(nudged.rows.end(), rows.begin(), rows.end());
  }
  return nudged;
}

/// The numbers of an example, with lanes or the plain way alone.
std::vector<CheckRow> nudged(const ExampleTrace& trace, bool plain) {
  const CheckOptions options;
  ExampleNudger nudger(trace, options, plain);
  std::vector<CheckRow> all;
  for (const Block& block : derived_blocks(*trace.network)) {
    if (block.quantity < Quantity::dC_da) continue;
    std::vector<CheckRow> rows(block.size());
    nudger.fill(block, rows.data());
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

ExampleTrace trace_of(const Lesson& lesson, std::size_t e = 0) {
  return trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lanes)

BOOST_AUTO_TEST_CASE(logarithms_of_what_is_no_number_are_none) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const InstructionSet set : available()) {
    std::vector<double> x(LaneNudges::multiple, infinity);
    x[1] = std::nan("");
    x[2] = std::numeric_limits<double>::max();
    for (const LaneFunction function : {LaneFunction::log, LaneFunction::log_softplus}) {
      const std::vector<double> y = values(set, function, x);
      BOOST_TEST(y[0] == infinity);
      BOOST_TEST(std::isnan(y[1]));
      BOOST_TEST(y[2] == std::log(x[2]), boost::test_tools::tolerance(1e-15));
    }
  }
}

/// A nudge that leaves what a double can hold is not to be taken for one that shuts a ReLU.
BOOST_AUTO_TEST_CASE(a_relu_lets_nan_through) {
  const double weights[] = {1}, biases[] = {0}, z[] = {-1}, a[] = {0}, none[] = {0};
  const LaneLayer layers[] = {{Activation::relu, 0, 1, 1, weights, biases, z, a}, {Activation::identity, 0, 1, 1, weights, biases, a, a}};
  const LaneNetwork network{layers, 2, Cost::squared_error, none, none};
  constexpr std::size_t count = LaneNudges::multiple;
  const std::vector<std::uint32_t> neuron(count, 0);
  const std::vector<double> step(count, std::nan(""));
  std::vector<double> cost(count), error(count);
  std::vector<std::uint64_t> crossed(count);
  alignas(64) double scratch[2 * count];
  for (const InstructionSet set : available()) {
    run_nudges(set, network, {false, 1, count, neuron.data(), step.data(), none, 0, cost.data(), error.data(), crossed.data()}, scratch);
    for (const double each : cost) BOOST_TEST(std::isnan(each));
  }
}

BOOST_DATA_TEST_CASE(functions_are_as_good_as_they_say, boost::unit_test::data::make(claims), claim) {
  const std::vector<double> x = arguments(claim.from, claim.to);
  double worst = 0, at = 0;
  const std::vector<double> y = values(best_instruction_set(), claim.function, x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (claim.function == LaneFunction::log && x[i] < std::numeric_limits<double>::min()) continue;
    const Real exact = claim.exact(Real(x[i]));
    const double error = std::max(0.0, static_cast<double>(abs(Real(y[i]) - exact)) - claim.nothing) / last_place(static_cast<double>(exact));
    if (error <= worst) continue;
    worst = error;
    at = x[i];
  }
  BOOST_TEST_MESSAGE(claim.name << ": " << worst << " ulp at " << at << ", from " << claim.from << " to " << claim.to);
  BOOST_TEST(worst <= claim.most);
}

BOOST_AUTO_TEST_CASE(every_instruction_set_gives_the_same_bits) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const Claim& claim : claims) {
    std::vector<double> x = arguments(claim.from, claim.to);
    x[1] = infinity;
    x[2] = -infinity;
    x[3] = std::numeric_limits<double>::quiet_NaN();
    x[4] = -0.0;
    const std::vector<double> y = values(InstructionSet::baseline, claim.function, x);
    for (const InstructionSet set : available()) {
      const std::vector<double> other = values(set, claim.function, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(y[i]) && std::isnan(other[i])) continue;  // their signs mean nothing
        BOOST_REQUIRE(std::bit_cast<std::uint64_t>(y[i]) == std::bit_cast<std::uint64_t>(other[i]));
      }
    }
  }
  for (std::uint64_t n = 0; n < 120; ++n) {
    const Lesson lesson = random_lesson(n, {4, 40, 1, n % 4 == 0 ? 5.0 : 1.0});
    const ExampleTrace trace = trace_of(lesson);
    const Nudged expected = by_lanes(trace, InstructionSet::baseline);
    for (const InstructionSet set : available()) {
      const Nudged found = by_lanes(trace, set);
      BOOST_TEST(found.left == expected.left);
      for (std::size_t i = 0; i < found.rows.size(); ++i) {
        BOOST_REQUIRE(found.rows[i].numeric == expected.rows[i].numeric);
        BOOST_REQUIRE(found.rows[i].bound == expected.rows[i].bound);
      }
    }
  }
}

/// Over all activations and costs, hidden softmax and ReLUs included: the same verdicts, the same numbers to their bounds.
BOOST_AUTO_TEST_CASE(the_fast_way_finds_what_the_plain_one_finds) {
  std::size_t rows = 0, other_verdicts = 0;
  for (const double scale : {1.0, 0.2, 6.0}) {
    for (std::uint64_t n = 0; n < 220; ++n) {
      const Lesson lesson = random_lesson(n, {4, 12, 1, scale});
      const ExampleTrace trace = trace_of(lesson);
      const std::vector<CheckRow> fast = nudged(trace, false), plain = nudged(trace, true);
      BOOST_REQUIRE(fast.size() == plain.size());
      for (std::size_t i = 0; i < fast.size(); ++i) {
        const CheckRow &x = fast[i], &y = plain[i];
        ++rows;
        BOOST_TEST(std::abs(x.numeric - y.numeric) <= x.bound + y.bound, "network " << n << ", " << to_string(x.name, false));
        other_verdicts += x.verdict != y.verdict;
        BOOST_TEST((x.verdict == Verdict::agree || x.verdict == y.verdict), "network " << n << ", " << to_string(x.name, false));
      }
    }
  }
  BOOST_TEST_MESSAGE(rows << " rows, " << other_verdicts << " with another verdict");
  // A bound that is found otherwise may settle one row in ten thousand that the other way leaves open.
  BOOST_TEST(static_cast<double>(other_verdicts) <= 1e-4 * static_cast<double>(rows));
}

/// What the fast way settles is no farther from the true derivative than its bound.
BOOST_AUTO_TEST_CASE(bounds_of_the_fast_way_hold_against_50_digits) {
  std::size_t rows = 0, broken = 0, plainly_broken = 0, left = 0, all = 0;
  for (const double scale : {1.0, 4.0}) {
    for (std::uint64_t n = 0; n < 96; ++n) {
      const Lesson lesson = random_lesson(n, {4, 4, 1, scale});
      const ExampleTrace trace = trace_of(lesson);
      FiftyDigits reference(lesson.network, lesson.examples[0].input, lesson.examples[0].target);
      const Nudged fast = by_lanes(trace, best_instruction_set());
      const std::vector<CheckRow> plain = nudged(trace, true);
      left += fast.left;
      for (std::size_t i = 0; i < plain.size(); ++i) {
        const CheckRow& row = fast.rows[i];
        ++all;
        if (row.verdict != Verdict::agree) continue;
        ++rows;
        const Real exact = reference.value(row.name);
        broken += static_cast<double>(abs(Real(row.numeric) - exact)) > row.bound;
        plainly_broken += static_cast<double>(abs(Real(plain[i].numeric) - exact)) > plain[i].bound;
      }
    }
  }
  BOOST_TEST_MESSAGE(broken << " of " << rows << " bounds broken, of the plain way " << plainly_broken << "; " << left << " of " << all << " left to the plain way");
  BOOST_TEST(rows > 4000u);
  BOOST_TEST(static_cast<double>(broken) <= 0.001 * static_cast<double>(rows));
}

BOOST_AUTO_TEST_CASE(rows_do_not_depend_on_the_number_of_threads) {
  std::size_t large = 0;
  for (std::uint64_t n = 0; n < 12; ++n) {
    const Lesson lesson = random_lesson(n, {3, 120, 1, 1});
    const ExampleTrace trace = trace_of(lesson);
    std::size_t told = 0;
    CheckOptions options;
    options.progress = [&](std::size_t numbers) { told += numbers; };
    Checker checker(lesson.network, options, false);
    const Checker::Checked one = checker.nudge(trace);
    large += one.table.rows.size() > 4000;
    for (const std::size_t jobs : {2, 3, 7}) {
      told = 0;
      const Checker::Checked several = checker.nudge(trace, jobs);
      BOOST_TEST(told == one.table.rows.size());
      BOOST_TEST(several.smallest_step == one.smallest_step);
      BOOST_TEST(several.largest_step == one.largest_step);
      BOOST_REQUIRE(several.table.rows.size() == one.table.rows.size());
      for (std::size_t i = 0; i < one.table.rows.size(); ++i) {
        const CheckRow &x = one.table.rows[i], &y = several.table.rows[i];
        BOOST_REQUIRE((x.name == y.name && x.analytic == y.analytic && x.numeric == y.numeric && x.bound == y.bound && x.verdict == y.verdict));
      }
    }
  }
  BOOST_TEST(large > 3u);
}

BOOST_AUTO_TEST_CASE(most_is_settled_the_fast_way) {
  const Lesson lesson = mazur();
  const Nudged nudged = by_lanes(trace_of(lesson), best_instruction_set());
  BOOST_TEST(nudged.rows.size() == 34u);
  BOOST_TEST(nudged.left == 6u);  // the slopes, and the outputs' dC/da
}

BOOST_AUTO_TEST_CASE(a_nudge_across_a_kink_is_left_to_the_plain_way) {
  for (const double z : {0.0, 1e-12, -1e-12, 1e-6}) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {0}), make_layer(Activation::sigmoid, {{1}}, {0})}),
                                      {{make_vector({z}), make_vector({1})}});
    const Nudged nudged = by_lanes(trace_of(lesson), best_instruction_set());
    for (const CheckRow& row : nudged.rows) {
      // What enters through z⁽¹⁾; a weight whose input is 0 moves nothing.
      const bool enters = row.name.layer == (row.name.quantity == Quantity::dC_da ? 0 : 1) && (row.name.quantity != Quantity::dC_dw || z != 0);
      if (enters) BOOST_TEST((row.verdict == Verdict::inconclusive), to_string(row.name, false) << " at " << z);
    }
  }
}

/// With ties the first of the neurons counts, so that h does not depend on how many follow.
BOOST_AUTO_TEST_CASE(the_step_is_chosen_by_the_first_of_neurons_weighed_alike) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{0.5}}, {0}), make_layer(Activation::tanh, {{1}, {-1}, {0.5}}, {0, 100, 1000})}),
                                    {{make_vector({1}), make_vector({0, 0, 0})}});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  BOOST_TEST(choose_activation_step(1e-5, trace, 1, 0) == 1e-5);  // a step that the second, at z = 99.5, would have a hundred times as wide
}

/// The second neuron, at z = 10⁶, would have a step of 10; the first would see nothing of the function's own bend.
BOOST_AUTO_TEST_CASE(no_neuron_is_moved_far_by_a_step_for_another) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{0.5}}, {0}), make_layer(Activation::identity, {{0.5}, {1}}, {0, 1e6})}),
                                    {{make_vector({1}), make_vector({0, 0})}});
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  BOOST_TEST(choose_activation_step(1e-5, trace, 1, 0) == 1000 * 1e-5 / 0.5);
}

BOOST_AUTO_TEST_CASE(the_error_of_any_nudge_of_a_layer_is_the_largest_of_its_nudges) {
  for (std::uint64_t n = 0; n < 200; ++n) {
    const Lesson lesson = random_lesson(n, {4, 6, 1, 1});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const std::size_t depth = lesson.network.depth();
    for (std::size_t l = 0; l < depth; ++l) {
      const Vector any = errors_after_activations(trace, l);
      Vector largest = zeros(any.size());
      for (std::size_t k = 0; k < lesson.network.width(l); ++k) {
        const Vector one = errors_after_activation(trace, l, k);
        for (std::size_t i = 0; i < one.size(); ++i) largest(i) = std::max(largest(i), one(i));
      }
      for (std::size_t i = 0; i < any.size(); ++i) {
        BOOST_TEST(any(i) >= (1 - 1e-12) * largest(i), "network " << n << ", layer " << l);
        // What leaves the next layer has gone through all neurons at once, each at its worst.
        if (l + 1 == depth) BOOST_TEST(any(i) <= (1 + 1e-12) * largest(i), "network " << n << ", layer " << l);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_error_of_nearby_costs_is_that_of_the_cost_and_a_little_more) {
  for (std::uint64_t n = 0; n < 400; ++n) {
    const Lesson lesson = random_lesson(n, {3, 6, 1, 1});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const Vector z_errors = errors_after_activations(trace, lesson.network.depth() - 1);
    const CostErrors nearby = nearby_cost_errors(trace, z_errors);
    double weighted = 0;
    for (std::size_t j = 0; j < lesson.network.outputs(); ++j) weighted += std::abs(trace.outputs.a[j].minus(trace.target(j))) * nearby.of_difference(j);
    const double here = cost_error(trace, trace.outputs, z_errors);
    BOOST_TEST(nearby.of_cost(trace.cost, weighted) >= (1 - 1e-12) * here, "network " << n);
    BOOST_TEST(nearby.of_cost(trace.cost, weighted) <= 1.6 * here, "network " << n);
  }
}

/// Near its end a unit's a − y has the digits of what is left to 1, on either side.
BOOST_AUTO_TEST_CASE(the_fast_way_settles_units_near_their_ends) {
  for (const Activation activation : {Activation::sigmoid, Activation::tanh}) {
    for (const double z : {-8.0, -5.0, -0.4, 0.4, 5.0, 8.0}) {
      const double end = z > 0 ? 1 : activation == Activation::tanh ? -1 : 0;
      const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{z}}, {0})}), {{make_vector({1}), make_vector({end})}});
      const Nudged fast = by_lanes(trace_of(lesson), best_instruction_set());
      for (const CheckRow& row : fast.rows) {
        if (row.name.quantity != Quantity::delta && row.name.quantity != Quantity::dC_dw) continue;
        BOOST_TEST((row.verdict == Verdict::agree), info(activation).name << " at " << z << ": " << to_string(row.name, false) << " is " << row.numeric << ", not " << row.analytic);
      }
    }
  }
}

/// A fast way that went wrong for some unit or cost would leave its numbers to the plain one: right, and many times as slow.
BOOST_AUTO_TEST_CASE(the_fast_way_settles_numbers_of_every_unit_and_cost) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> left_of_all;
  for (std::uint64_t n = 0; n < 400; ++n) {
    const Lesson lesson = random_lesson(n, {3, 4, 1, 1});
    const Nudged fast = by_lanes(trace_of(lesson), best_instruction_set());
    const auto count = [&](const std::string& kind) {
      left_of_all[kind].first += fast.left;
      left_of_all[kind].second += fast.rows.size();
    };
    const std::size_t depth = lesson.network.depth();
    for (std::size_t l = 1; l < depth; ++l) count("hidden " + std::string(info(lesson.network.layer(l).activation).name));
    count(std::string(info(lesson.network.layer(depth).activation).name) + " under " + std::string(info(lesson.network.cost).name));
  }
  for (const auto& [kind, counts] : left_of_all) BOOST_TEST(3 * counts.first <= counts.second, kind << ": " << counts.first << " of " << counts.second << " left");
}

/// e⁸⁰⁰ is none: whichever z is the largest is taken from the exponents.
BOOST_AUTO_TEST_CASE(a_softmax_of_large_z_is_settled_the_fast_way) {
  for (const std::size_t largest : {0, 1, 2}) {
    std::vector<double> biases{0, 0, 0};
    biases[largest] = 800;
    const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{0.5}, {-0.5}, {0.25}}, biases)}),
                                      {{make_vector({1}), make_vector({1, 0, 0})}});
    for (const InstructionSet set : available()) {
      for (const CheckRow& row : by_lanes(trace_of(lesson), set).rows) {
        if (row.name.quantity == Quantity::delta) BOOST_TEST((row.verdict == Verdict::agree), to_string(row.name, false) << ", largest " << largest);
      }
    }
  }
}

/// In 50 digits, on both sides of where ln ln(1 + eˣ) takes another form.
BOOST_AUTO_TEST_CASE(the_logarithm_of_softplus_has_all_fifty_digits) {
  using Wider = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<120>, boost::multiprecision::et_off>;
  for (const double x : {-79.5, -80.5, -90.0, -100.0}) {
    const Wider exact = log(log1p(exp(Wider(x))));
    BOOST_TEST((abs(Wider(log_softplus(Real(x))) / exact - 1) < 1e-48), "at " << x);
  }
}

BOOST_AUTO_TEST_SUITE_END()
