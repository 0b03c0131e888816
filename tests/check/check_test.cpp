// The gradient check: never wrong about a right derivation, never silent about a wrong one.
#include "base/error.hpp"
#include "check/check.hpp"
#include "check/dual.hpp"
#include "check/method_comparison.hpp"
#include "check/reference.hpp"
#include "check/running_error.hpp"
#include "check/schemes.hpp"
#include "support/networks.hpp"
#include "support/reference.hpp"
#include "trace/trace.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

using namespace gradtrace;

namespace {

struct Checked {
  CheckSummary summary;
  std::vector<CheckTable> tables;  ///< of every example, then the means'
};

/// Checks a lesson whose traces `harm` may have changed.
template <class Harm>
Checked check_harmed(const Lesson& lesson, const CheckOptions& options, Harm harm) {
  Checked checked;
  Checker checker(lesson.network, options, lesson.several_examples());
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    harm(trace);
    means.add(trace);
    checked.tables.push_back(checker.check(trace));
  }
  checked.tables.push_back(checker.check_means(means));
  checked.summary = checker.summary();
  return checked;
}

Checked check(const Lesson& lesson, const CheckOptions& options = {}) {
  return check_harmed(lesson, options, [](ExampleTrace&) {});
}

const CheckRow& row(const Checked& checked, const char* name) {
  const CheckRow* found = checked.tables.front().find(parse_name(name));
  BOOST_REQUIRE_MESSAGE(found, name << " is not checked");
  return *found;
}

/// A ReLU whose weighted input is z, under squared error.
Lesson relu_at(double z) {
  return make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}}, {0})}), {{make_vector({z}), make_vector({1})}});
}

/// relu(x) − relu(−x) + ½ at x = 0, where both units stand `distance` off their kinks: for no distance C is smooth, with
/// ∂C/∂x = 1, and backprop's convention, both units shut, says 0.
Lesson cancelling_kinks(double distance) {
  return make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{1}, {-1}}, {distance, distance}),
                                                        make_layer(Activation::identity, {{1, -1}}, {0.5})}),
                     {{make_vector({0}), make_vector({0})}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_check)

BOOST_AUTO_TEST_CASE(nudges_every_number_there_is) {
  const Checked checked = check(mazur());
  // slope 4, path 8, dC/da 6, delta 4, dC/db 4, dC/dw 8
  BOOST_TEST(checked.summary.total() == 34u);
  BOOST_TEST(checked.summary.count(Verdict::agree) == 34u);
  BOOST_TEST(checked.summary.notes.empty());
  for (const char* name : {"slope[1][0]", "path[2][0,1]", "path[1][1,0]", "dC/da[0][1]", "dC/da[1][0]", "delta[1][1]", "dC/dw[2][0,1]"}) {
    const CheckRow& found = row(checked, name);
    BOOST_TEST(std::abs(found.analytic - found.numeric) <= found.bound, name);
    BOOST_TEST(found.relative_error < 1e-8, name);
  }
  BOOST_TEST(checked.tables.front().find(parse_name("z[1][0]")) == nullptr);
}

BOOST_AUTO_TEST_CASE(never_disagrees_with_a_right_derivation) {
  std::size_t rows = 0;
  for (const Method method : {Method::central, Method::forward, Method::five_point, Method::ridders, Method::complex_step, Method::dual}) {
    CheckOptions options;
    options.method = method;
    for (const double scale : {0.1, 1.0, 4.0, 40.0, 1000.0}) {
      for (std::uint64_t n = 0; n < 45; ++n) {
        const Checked checked = check(random_lesson(n, {5, 6, 2, scale}), options);
        rows += checked.summary.total();
        BOOST_TEST(checked.summary.agrees(), "network " << n << " at scale " << scale << ", " << info(method).name << ": "
                                                        << (checked.summary.agrees() ? "" : to_string(checked.summary.failures[0].name, true)));
      }
    }
  }
  BOOST_TEST_MESSAGE(rows << " rows");
  BOOST_TEST(rows > 50000u);
}

/// What its own error and its derivative's do to a function's derivative, at the ends of both: the bound holds, and is no more
/// than three times as wide.
BOOST_AUTO_TEST_CASE(bounds_of_dual_numbers_hold_and_are_tight) {
  constexpr double error = 1e-6;
  const auto moved = [](const Dual& x, int value, int derivative) { return Dual{x.value + value * x.error, x.derivative + derivative * x.derivative_error, 0, 0}; };
  const auto hold = [&](const char* name, auto function, const Dual& x, const Dual& y) {
    const Dual here = function(x, y);
    double worst = 0, worst_derivative = 0;
    for (int corner = 0; corner < 16; ++corner) {
      const auto side = [corner](int bit) { return (corner >> bit & 1) ? 1 : -1; };
      const Dual there = function(moved(x, side(0), side(1)), moved(y, side(2), side(3)));
      worst = std::max(worst, std::abs(there.value - here.value));
      worst_derivative = std::max(worst_derivative, std::abs(there.derivative - here.derivative));
    }
    constexpr double bent = 1e-4;  // what the second order may add, and the rounding of the differences here
    BOOST_TEST(here.error >= (1 - bent) * worst, name << " of " << x.value);
    BOOST_TEST(here.error <= 3 * worst, name << " of " << x.value);
    BOOST_TEST(here.derivative_error >= (1 - bent) * worst_derivative, name << " of " << x.value);
    BOOST_TEST(here.derivative_error <= 3 * worst_derivative, name << " of " << x.value);
  };
  for (const double derivative_error : {0.0, 1e-6}) {
    for (const double value : {0.7, 1.3, 2.5}) {
      const Dual x{value, 0.3, error, derivative_error}, y{1.7, -0.9, error, derivative_error};
      hold("product", [](const Dual& a, const Dual& b) { return a * b; }, x, y);
      hold("quotient", [](const Dual& a, const Dual& b) { return a / b; }, x, y);
      hold("exp", [](const Dual& a, const Dual&) { return exp(a); }, x, y);
      hold("log", [](const Dual& a, const Dual&) { return log(a); }, x, y);
      hold("log1p", [](const Dual& a, const Dual&) { return log1p(a); }, x, y);
      hold("sqrt", [](const Dual& a, const Dual&) { return sqrt(a); }, x, y);
      hold("tanh", [](const Dual& a, const Dual&) { return tanh(a); }, x, y);
      hold("erfc", [](const Dual& a, const Dual&) { return erfc(a); }, x, y);
    }
  }
}

/// A number is undecided where it is wide beside the number and all its neighbours, or
/// exceeded by less than twice; a 0 has no digits to be wide beside.
BOOST_AUTO_TEST_CASE(a_verdict_needs_a_bound_that_tells) {
  const auto verdict = [](double analytic, double numeric, double bound, double scale) { return name_of(judge(analytic, numeric, bound, 1e-9, scale)); };
  BOOST_TEST(verdict(1, 1 + 1e-10, 0, 0) == "agree");
  BOOST_TEST(verdict(1, 1.0001, 1e-3, 0) == "agree");
  BOOST_TEST(verdict(1, 1.0001, 1.01e-3, 0) == "inconclusive");
  BOOST_TEST(verdict(1, 1.0001, 1.01e-3, 2) == "agree");
  BOOST_TEST(verdict(10, 10.001, 5e-3, 0) == "agree");
  BOOST_TEST(verdict(0, 1e-6, 1e-3, 0) == "agree");
  BOOST_TEST(verdict(1e-5, 1e-6, 1e-3, 0) == "inconclusive");
  BOOST_TEST(verdict(1, 1.0019, 1e-3, 0) == "inconclusive");
  BOOST_TEST(verdict(1, 1.0021, 1e-3, 0) == "disagree");
  BOOST_TEST(verdict(INFINITY, 1, 1e-3, 0) == "inconclusive");
  BOOST_TEST(verdict(NAN, 1, 1e-3, 0) == "disagree");
}

/// Large weights leave some numbers undecided, beside a ReLU at z = 0 some are at a kink, and a wrong slope is neither.
BOOST_AUTO_TEST_CASE(every_row_is_counted_by_its_verdict) {
  std::array<std::size_t, 4> all{};
  const auto count = [&](const Checked& checked) {
    std::array<std::size_t, 4> counts{};
    std::size_t rows = 0;
    for (const CheckTable& table : checked.tables) {
      for (const CheckRow& found : table.rows) ++counts[static_cast<std::size_t>(found.verdict)];
      rows += table.rows.size();
    }
    BOOST_TEST((checked.summary.counts == counts));
    BOOST_TEST(checked.summary.total() == rows);
    for (std::size_t i = 0; i < counts.size(); ++i) all[i] += counts[i];
  };
  CheckOptions options;
  options.method = Method::forward;
  for (std::uint64_t n = 0; n < 20; ++n) count(check(random_lesson(n, {4, 5, 2, 1000}), options));
  count(check_harmed(relu_at(0), {}, [](ExampleTrace& trace) { trace.gradients[0].dC_da(0) = 7; }));
  for (const std::size_t of_verdict : all) BOOST_TEST(of_verdict > 0u);
}

/// The bound is honest where the numeric value is no farther than that from the true derivative.
BOOST_DATA_TEST_CASE(bounds_hold_against_50_digits, boost::unit_test::data::make(method_names()), name) {
  std::size_t rows = 0, broken = 0, undecided = 0;
  double worst = 0;
  std::vector<double> errors;
  CheckOptions options;
  options.method = parse_method(name).value();
  for (std::uint64_t n = 0; n < 64; ++n) {
    const Lesson lesson = random_lesson(n, {3, 3, 1, 1});
    const Checked checked = check(lesson, options);
    FiftyDigits reference(lesson.network, lesson.examples[0].input, lesson.examples[0].target);
    undecided += checked.summary.count(Verdict::inconclusive);
    for (const CheckRow& found : checked.tables.front().rows) {
      ++rows;
      const Real truth = reference.value(found.name);
      const double error = static_cast<double>(abs(Real(found.numeric) - truth));
      broken += error > found.bound;
      if (truth == 0) continue;
      errors.push_back(error / static_cast<double>(abs(truth)));
      worst = std::max(worst, errors.back());
    }
  }
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2), errors.end());
  BOOST_TEST_MESSAGE(name << ": median relative error " << errors[errors.size() / 2] << ", worst " << worst << "; " << broken << " of "
                          << rows << " bounds broken, " << undecided << " inconclusive");
  BOOST_TEST(rows > 1000u);
  BOOST_TEST(static_cast<double>(broken) <= 0.001 * static_cast<double>(rows));
  BOOST_TEST(static_cast<double>(undecided) <= 0.01 * static_cast<double>(rows));
}

/// Of x³ and x⁵ at 1 by steps of 0.1, each value being off by 1e-6 at most: by hand.
BOOST_AUTO_TEST_CASE(a_scheme_says_what_it_cuts_off_and_what_rounding_makes_of_it) {
  constexpr double h = 0.1, error = 1e-6;
  const auto found = [&](Method method, int power) {
    const auto f = [power](double t) { return Evaluation{std::pow(1 + t, power), error, {}}; };
    return differentiate(method, f(0), h, f, [](double t) { return t; });
  };
  const auto within = boost::test_tools::tolerance(1e-6);
  const Derivative forward = found(Method::forward, 3), central = found(Method::central, 3), five_point = found(Method::five_point, 5), ridders = found(Method::ridders, 2);
  BOOST_TEST(forward.value == 3.31, within);
  BOOST_TEST(forward.truncation == 2 * (3.64 - 3.31), within);
  BOOST_TEST(forward.rounding == 2 * error / h + 2 * error / (2 * h), within);
  BOOST_TEST(central.value == 3.01, within);
  BOOST_TEST(central.truncation == 0.03, within);
  BOOST_TEST(central.rounding == error / h, within);
  BOOST_TEST(five_point.value == 5 - 4 * std::pow(h, 4), within);
  BOOST_TEST(five_point.truncation == 20 * std::pow(h, 4), within);
  BOOST_TEST(five_point.rounding == (4 * error / h + error / (2 * h)) / 3, within);
  BOOST_TEST(ridders.value == 2, within);  // from h and h/1.4: more would only be rounded more
  BOOST_TEST(ridders.rounding == (1.96 * 1.4 + 1) / 0.96 * error / h, within);
}

/// The rounding of backprop itself: within its own bound, which is no wider than it must be.
BOOST_AUTO_TEST_CASE(rounding_of_backprop_stays_within_its_bound) {
  std::size_t numbers = 0, broken = 0;
  std::vector<double> widths;
  double widest = 0;  // of networks with ordinary weights
  for (std::uint64_t n = 0; n < 120; ++n) {
    const Lesson lesson = random_lesson(n, {4, 4, 1, n % 2 == 0 ? 1.0 : 4.0});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const GradientErrors errors = backward_errors(trace);
    FiftyDigits reference(lesson.network, lesson.examples[0].input, lesson.examples[0].target);
    for (const Block& block : derived_blocks(lesson.network)) {
      if (block.quantity != Quantity::dC_da && block.quantity != Quantity::delta) continue;
      double largest = 0, bound_of_largest = 0;
      for (std::size_t j = 0; j < block.rows; ++j) {
        const Name name = block.name(j, Scope::of_example(0));
        const double bound = (block.quantity == Quantity::delta ? errors.delta : errors.dC_da)[block.layer](j);
        ++numbers;
        if (!(static_cast<double>(abs(Real(trace.value(name)) - reference.value(name))) <= bound)) ++broken;
        if (std::abs(trace.value(name)) > largest) largest = std::abs(trace.value(name)), bound_of_largest = bound;
      }
      if (largest > 0) widths.push_back(bound_of_largest / largest);
      if (largest > 1e-6 && n % 2 == 0) widest = std::max(widest, widths.back());
    }
  }
  const auto middle = widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2);
  std::nth_element(widths.begin(), middle, widths.end());
  BOOST_TEST_MESSAGE(broken << " of " << numbers << " bounds of backprop broken; they are " << *middle << " of the number in the middle, at most " << widest);
  BOOST_TEST(numbers > 1000u);
  BOOST_TEST(static_cast<double>(broken) <= 0.005 * static_cast<double>(numbers));  // √m is for errors that do not conspire
  BOOST_TEST(*middle < 1e-13);
  BOOST_TEST(widest < 1e-8);
}

/// Where a network fits its target the cost is near 0, and a few ε|C| is no bound.
BOOST_DATA_TEST_CASE(bounds_hold_where_the_target_is_met, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = parse_method(name).value();
  for (const double miss : {1e-3, 1e-6, 1e-9, 0.0}) {
    Lesson lesson = mazur();
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    lesson.examples[0].target = make_vector({trace.state.a[2](0) + miss, trace.state.a[2](1) - miss});
    const Checked checked = check(lesson, options);
    BOOST_TEST(checked.summary.agrees(), "missed by " << miss);
    FiftyDigits reference(lesson.network, lesson.examples[0].input, lesson.examples[0].target);
    for (const CheckRow& found : checked.tables.front().rows) {
      const double error = static_cast<double>(abs(Real(found.numeric) - reference.value(found.name)));
      BOOST_TEST(error <= found.bound, to_string(found.name, false) << " missed by " << miss << ": " << error << " > " << found.bound);
    }
  }
}

struct Harm {
  const char* what;
  void (*apply)(ExampleTrace&);
  const char* first;  ///< the first number that is wrong
};
std::ostream& operator<<(std::ostream& out, const Harm& harm) { return out << harm.what; }

const Harm harms[] = {
    {"dC/da without its 2", [](ExampleTrace& t) { t.gradients[2].dC_da *= 0.5; }, "dC/da[2][0]"},
    {"a slope taken for another", [](ExampleTrace& t) { t.gradients[2].slope(1) = t.gradients[2].slope(0); }, "slope[2][1]"},
    {"delta without its slope", [](ExampleTrace& t) { t.gradients[1].delta = t.gradients[1].dC_da; }, "delta[1][0]"},
    {"a hidden dC/da of one path", [](ExampleTrace& t) { t.gradients[1].dC_da(1) = t.path(2, 1, 0); }, "dC/da[1][1]"},
    {"dC/dx with its sign flipped", [](ExampleTrace& t) { t.gradients[0].dC_da(0) *= -1; }, "dC/da[0][0]"},
    {"a delta off by one part in a million", [](ExampleTrace& t) { t.gradients[2].delta(0) *= 1 + 1e-6; }, "delta[2][0]"},
    {"NaN in place of a delta", [](ExampleTrace& t) { t.gradients[1].delta(0) = std::nan(""); }, ""},
};

BOOST_DATA_TEST_CASE(finds_what_is_wrong_and_names_the_first, boost::unit_test::data::make(harms), harm) {
  const Checked checked = check_harmed(mazur(), {}, harm.apply);
  if (*harm.first == 0) {
    BOOST_TEST(checked.summary.count(Verdict::agree) < 34u);  // NaN is never equal to anything
    return;
  }
  BOOST_REQUIRE(!checked.summary.agrees());
  BOOST_REQUIRE(checked.summary.first_failure.has_value());
  BOOST_TEST(to_string(checked.summary.first_failure->name, false) == harm.first);
  BOOST_TEST(std::is_sorted(checked.summary.failures.begin(), checked.summary.failures.end(),
                            [](const CheckRow& x, const CheckRow& y) { return x.relative_error > y.relative_error; }));
}

/// One part in ten thousand is wrong by any method: none hides it behind a wide bound.
BOOST_DATA_TEST_CASE(every_method_finds_what_is_wrong, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = *parse_method(name);
  const auto wrong = [](auto& vector) {
    for (double& x : vector) x *= 1.0001;
  };
  const Checked checked = check_harmed(mazur(), options, [&](ExampleTrace& trace) {
    for (std::size_t l = 0; l <= 2; ++l) wrong(trace.gradients[l].dC_da);
    for (std::size_t l = 1; l <= 2; ++l) wrong(trace.gradients[l].delta), wrong(trace.gradients[l].slope);
  });
  BOOST_TEST(checked.summary.count(Verdict::disagree) == 34u);
  for (const CheckRow& found : checked.tables.front().rows) BOOST_TEST(found.bound < 5e-5 * std::abs(found.analytic), to_string(found.name, false) << ": " << found.bound);
}

BOOST_AUTO_TEST_CASE(a_kink_shows_both_sides) {
  for (const double z : {0.0, 1e-12, -1e-12}) {
    const Checked checked = check(relu_at(z));
    BOOST_TEST(checked.summary.agrees(), "z = " << z);
    if (z != 0) continue;
    const CheckRow& slope = row(checked, "slope[1][0]");
    BOOST_TEST((slope.verdict == Verdict::kink));
    BOOST_REQUIRE(slope.at_kink.has_value());
    BOOST_TEST(slope.at_kink->left == 0);
    BOOST_TEST(slope.at_kink->right == 1, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(slope.numeric == 0.5, boost::test_tools::tolerance(1e-9));
  }
  // Nearer than the step of 50-digit arithmetic, its slope rows see both sides too.
  CheckOptions by_reference;
  by_reference.method = Method::reference;
  for (const double z : {1e-16, -1e-16}) {
    const CheckSummary nearer = check(relu_at(z), by_reference).summary;
    BOOST_TEST(nearer.agrees(), "z = " << z);
    BOOST_TEST(nearer.count(Verdict::kink) == 0u, "z = " << z);
  }
  // On the side that backprop has it on there is one slope; where rounding has put backprop on the kink it is a kink.
  struct Rounded {
    double w, x, b;
    bool is_kink;
  };
  for (const auto& [w, x, b, is_kink] : {Rounded{0.33, 0.16, -0.0528, false}, {0.58, 0.61, -0.3538, false}, {0.18, 0.73, -0.1314, true}, {0.98, 0.09, -0.0882, true}}) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{w}}, {b}), make_layer(Activation::identity, {{0.5}}, {0.25})}), {{make_vector({x}), make_vector({1})}});
    const CheckSummary summary = check(lesson, by_reference).summary;
    BOOST_TEST(summary.agrees(), w);
    BOOST_TEST((summary.count(Verdict::kink) > 0) == is_kink, w);
  }
  // Far enough from it the step is made smaller until it stays on one side.
  for (const double z : {1e-5, -1e-5, 1e-8}) BOOST_TEST(check(relu_at(z)).summary.count(Verdict::kink) == 0u, "z = " << z);
}

/// Networks in which one neuron of a hidden ReLU layer stands a given distance from its kink.
BOOST_DATA_TEST_CASE(near_a_kink_nothing_is_called_wrong_and_the_kink_is_named, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = *parse_method(name);
  std::size_t at_kinks = 0;
  for (std::uint64_t n = 0; n < 30; ++n) {
    Lesson lesson = random_lesson(n, {3, 5, 1, 1});
    Dice dice(n);
    Layer hidden = make_layer(n % 2 == 0 ? Activation::relu : Activation::leaky_relu, {{0.5}, {-0.75}, {1}}, {0.25, 0.5, -0.125});
    lesson.network.layers.insert(lesson.network.layers.begin(), hidden);
    Layer& next = lesson.network.layers[1];
    const std::size_t neurons = next.neurons();
    next.weights = zeros(neurons, 3);
    for (double& w : next.weights) w = dice.signed_unit();
    lesson.network.inputs = 1;
    lesson.examples[0].input = make_vector({0.5});
    const std::size_t at = dice.below(3);
    for (const double distance : {0.0, 1e-12, -1e-12, 1e-8, -1e-8, 1e-5, -1e-5}) {
      Layer& layer = lesson.network.layers[0];
      layer.biases(at) = -layer.weights(at, 0) * 0.5 + distance;
      const Checked checked = check(lesson, options);
      BOOST_TEST(checked.summary.agrees(), name << ", network " << n << ", distance " << distance);
      BOOST_TEST((distance != 0 || checked.summary.count(Verdict::kink) > 0));
      if (std::abs(distance) >= 1e-5) BOOST_TEST(checked.summary.count(Verdict::kink) == 0u, name << ", network " << n << ", distance " << distance);
      for (const CheckRow& row : checked.tables.front().rows) {
        if (row.verdict != Verdict::kink) continue;
        ++at_kinks;
        BOOST_REQUIRE(row.kink.has_value());
        BOOST_TEST(to_string(*row.kink, false) == "z[1][" + std::to_string(at) + "]");
        BOOST_REQUIRE(row.at_kink.has_value());
      }
    }
  }
  BOOST_TEST(at_kinks > 0u);
}

/// −ln(1 − a) at a = 0.4 ends at a = 1: a step of 0.5, which reaches farther, is not taken.
BOOST_AUTO_TEST_CASE(a_step_that_is_given_stays_clear_of_where_a_logarithm_ends) {
  const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{1}}, {0})}), {{make_vector({-0.4}), make_vector({0})}});
  CheckOptions options;
  options.step = 0.5;
  options.method = Method::central;
  const Checked checked = check(lesson, options);
  const CheckRow& found = row(checked, "0:dC/da[1][0]");
  BOOST_TEST(found.numeric == found.analytic, boost::test_tools::tolerance(0.05));
}

/// Between 0 and 2 anything is right, and a thousandth of 2 beyond either.
BOOST_AUTO_TEST_CASE(at_a_kink_anything_between_the_sides_is_right_and_a_little_beyond) {
  for (const double slope : {-0.0019, 0.0, 1.0, 2.0, 2.0019}) {
    BOOST_TEST((judge_kink(slope, 0, 2, 0) == Verdict::kink), slope);
    BOOST_TEST((judge_kink(slope, 2, 0, 0) == Verdict::kink), slope);
    BOOST_TEST((judge_kink(-slope, 0, -2, 0) == Verdict::kink), slope);
  }
  for (const double slope : {-0.0021, 2.0021}) BOOST_TEST((judge_kink(slope, 0, 2, 0) == Verdict::disagree), slope);
}

/// C = (σ(wx + b) − 1)² of a leaky ReLU at z = 0: ∂C/∂w = −2 σ′ x, σ′ being 0.01 on the left of z and 1 on its right.
BOOST_AUTO_TEST_CASE(both_sides_of_a_kink_are_those_of_the_variable) {
  for (const double x : {2.0, -2.0}) {
    for (const Method method : {Method::central, Method::forward, Method::five_point, Method::ridders}) {
      CheckOptions options;
      options.method = method;
      const Checked checked = check(make_lesson(make_network(Cost::squared_error, {make_layer(Activation::leaky_relu, {{1}}, {-x})}), {{make_vector({x}), make_vector({1})}}), options);
      const CheckRow& found = row(checked, "dC/dw[1][0,0]");
      BOOST_TEST((found.verdict == Verdict::kink));
      BOOST_REQUIRE(found.at_kink.has_value());
      const double shut = -2 * 0.01 * x, open = -2 * x;  // where w rises z rises with it, if x > 0
      BOOST_TEST(found.at_kink->left == (x > 0 ? shut : open), boost::test_tools::tolerance(1e-3));
      BOOST_TEST(found.at_kink->right == (x > 0 ? open : shut), boost::test_tools::tolerance(1e-3));
    }
  }
}

/// Of small slopes beside a cost of 1 the smallest steps show nothing but rounding; the sides shown are older ones.
BOOST_AUTO_TEST_CASE(both_sides_of_a_kink_are_told_before_rounding_blurs_them) {
  const Checked checked = check(make_lesson(make_network(Cost::squared_error, {make_layer(Activation::leaky_relu, {{1}}, {0}), make_layer(Activation::identity, {{1e-3}, {0}}, {0, 0})}),
                                            {{make_vector({0}), make_vector({0.5, 1})}}));
  const CheckRow& found = row(checked, "delta[1][0]");
  BOOST_TEST((found.verdict == Verdict::kink));
  BOOST_REQUIRE(found.at_kink.has_value());
  BOOST_TEST(std::abs(found.at_kink->left + 1e-5) < 1e-7);
  BOOST_TEST(std::abs(found.at_kink->right + 1e-3) < 1e-7);
}

/// C = (relu(x + b) − 1)²: at x = 0 it answers to b with 0 or −2, at x = 2 with 2.
BOOST_AUTO_TEST_CASE(a_mean_of_which_one_example_is_at_a_kink_has_both_sides) {
  Lesson lesson = relu_at(0);
  lesson.examples.push_back({make_vector({2}), make_vector({1})});
  const Checked right = check(lesson);
  const CheckRow* mean = right.tables.back().find(parse_name("mean:dC/db[1][0]"));
  BOOST_REQUIRE((mean && mean->verdict == Verdict::kink && mean->at_kink));
  BOOST_TEST(mean->at_kink->left == 1, boost::test_tools::tolerance(1e-6));
  BOOST_TEST(std::abs(mean->at_kink->right) < 1e-6);
  for (const auto& [delta, verdict] : {std::pair{-2.0, Verdict::kink}, std::pair{-1.0, Verdict::kink}, std::pair{1.0, Verdict::disagree}, std::pair{-4.0, Verdict::disagree}}) {
    const Checked harmed = check_harmed(lesson, {}, [&, delta = delta](ExampleTrace& trace) {
      if (trace.example == 0) trace.gradients[1].delta(0) = delta;
    });
    BOOST_TEST((harmed.tables.back().find(parse_name("mean:dC/db[1][0]"))->verdict == verdict), "delta = " << delta);
  }
}

BOOST_DATA_TEST_CASE(kinks_that_cancel_are_kinks, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = *parse_method(name);
  for (const double distance : {0.0, 1e-17, -1e-17, 1e-14, -1e-14}) {
    Lesson lesson = cancelling_kinks(distance);
    const Checked checked = check(lesson, options);
    BOOST_TEST(checked.summary.agrees(), name << " at a distance of " << distance);
    const CheckRow& input = row(checked, "dC/da[0][0]");
    if (distance == 0) {
      BOOST_TEST((input.verdict == Verdict::kink));
      BOOST_TEST(input.analytic == 0);
      BOOST_TEST(input.at_kink->left == 1, boost::test_tools::tolerance(1e-4));
      BOOST_TEST(input.at_kink->right == 1, boost::test_tools::tolerance(1e-4));
      BOOST_TEST(input.at_kink->low == 0, boost::test_tools::tolerance(1e-4));
      BOOST_TEST(input.at_kink->high == 2, boost::test_tools::tolerance(1e-4));
    }
    // Of several examples, one of which is at no kink, the means too.
    lesson.examples.push_back({make_vector({3}), make_vector({1})});
    BOOST_TEST(check(lesson, options).summary.agrees(), name << " at a distance of " << distance);
  }
}

/// Whichever slopes the two units take at their kinks, ∂C/∂x is from 0 to 2.
BOOST_AUTO_TEST_CASE(what_no_choice_of_slopes_gives_is_wrong_where_kinks_cancel) {
  for (const double wrong : {-0.1, 2.1, 7.0}) {
    const Checked checked = check_harmed(cancelling_kinks(0), {}, [&](ExampleTrace& trace) { trace.gradients[0].dC_da(0) = wrong; });
    BOOST_TEST((row(checked, "dC/da[0][0]").verdict == Verdict::disagree), wrong);
  }
  for (const double possible : {0.0, 0.5, 1.0, 2.0}) {
    const Checked checked = check_harmed(cancelling_kinks(0), {}, [&](ExampleTrace& trace) { trace.gradients[0].dC_da(0) = possible; });
    BOOST_TEST((row(checked, "dC/da[0][0]").verdict == Verdict::kink), possible);
  }
}

/// A step of 1e-15 is not lost beside a bias of 1e60, nor in a weight of 1e-60.
BOOST_AUTO_TEST_CASE(the_reference_sees_its_step_beside_any_number) {
  CheckOptions options;
  options.method = Method::reference;
  const auto lesson = [](double bias, double weight) {
    return make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {bias}), make_layer(Activation::softplus, {{weight}}, {0.25})}),
                       {{make_vector({0.5}), make_vector({0.125})}});
  };
  for (const auto& [bias, weight] : {std::pair{1e60, 1.0}, {-1e40, 1e-40}, {1e150, 1e-150}, {0.5, 1e-60}, {1e200, 1e-100}}) {
    const Checked checked = check(lesson(bias, weight), options);
    BOOST_TEST(checked.summary.agrees(), bias << ", " << weight);
    const CheckRow& delta = row(checked, "delta[1][0]");
    BOOST_TEST(std::abs(delta.numeric - delta.analytic) <= 1e-12 * std::abs(delta.analytic), bias << ", " << weight << ": " << delta.numeric << " for " << delta.analytic);
  }
}

/// Where a derivative is all but nothing beside how the curve bends, a step's own error is larger.
BOOST_DATA_TEST_CASE(a_derivative_smaller_than_any_steps_error_is_not_called_wrong, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = *parse_method(name);
  const Lesson bent = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::gelu, {{-1e-104}}, {0})}), {{make_vector({0.5}), make_vector({0})}});
  const Lesson steep = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{9e17}}, {0.25}), make_layer(Activation::tanh, {{0.5}}, {0.25})}),
                                   {{make_vector({0}), make_vector({0})}});
  for (const Lesson& lesson : {bent, steep}) BOOST_TEST(check(lesson, options).summary.agrees());
}

/// Im C(x + ih)/h holds while h is small where units bend, not where an input of 1e53 or a weight of 1e30 has magnified it.
BOOST_AUTO_TEST_CASE(a_complex_step_stays_small_when_magnified) {
  CheckOptions options;
  options.method = Method::complex_step;
  const Lesson input = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e-55}}, {0}), make_layer(Activation::tanh, {{0.5}}, {0.25})}),
                                   {{make_vector({1e53}), make_vector({0})}});
  const Lesson weight = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{1e-30}}, {0}), make_layer(Activation::tanh, {{1e30}}, {0.25})}),
                                    {{make_vector({0.5}), make_vector({0})}});
  for (const Lesson& lesson : {input, weight}) {
    const Checked checked = check(lesson, options);
    BOOST_TEST(checked.summary.count(Verdict::agree) == checked.summary.total());
    BOOST_TEST(row(checked, "dC/dw[1][0,0]").relative_error < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_number_at_a_kink_is_no_excuse) {
  const Checked checked = check_harmed(relu_at(0), {}, [](ExampleTrace& trace) { trace.gradients[1].slope(0) = 7; });
  BOOST_TEST((row(checked, "slope[1][0]").verdict == Verdict::disagree));
}

BOOST_AUTO_TEST_CASE(all_zero_evidence_is_pointed_out) {
  const Lesson dead = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::relu, {{-1}, {-2}}, {0, 0}),
                                                                     make_layer(Activation::sigmoid, {{1, 1}}, {0})}),
                                  {{make_vector({1}), make_vector({0})}});
  const Checked checked = check(dead);
  BOOST_TEST(checked.summary.agrees());
  BOOST_REQUIRE(checked.summary.notes.size() == 3u);
  BOOST_TEST(checked.summary.notes[0].starts_with("layer 2: every number of dC/dw is 0"));  // its inputs are silent
  BOOST_TEST(checked.summary.notes[1] == "layer 1: every number of slope, delta, dC/db, dC/dw, path is 0 by backprop and by nudging alike; zeros that match prove nothing");
  BOOST_TEST(checked.summary.notes[2].starts_with("layer 0: every number of dC/da is 0"));
}

BOOST_AUTO_TEST_CASE(the_means_are_checked_too) {
  const Lesson lesson = random_lesson(3, {3, 4, 8, 1});
  BOOST_REQUIRE(lesson.several_examples());
  const Checked right = check(lesson);
  BOOST_TEST(right.tables.back().rows.size() == parameter_count(lesson.network));
  BOOST_TEST(right.summary.agrees());
  Checker checker(lesson.network, {}, true);
  MeanTrace sums(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
    if (e == 0) sums.add(trace);  // the first example's in place of the mean
    checker.check(trace);
  }
  checker.check_means(sums);
  BOOST_TEST(!checker.summary().agrees());
  BOOST_TEST((checker.summary().first_failure->name.scope.kind == Scope::Kind::mean));
}

BOOST_AUTO_TEST_CASE(parameters_alone_are_those_training_uses) {
  CheckOptions options;
  options.parameters_only = true;
  BOOST_TEST(check(mazur(), options).summary.total() == 12u);
  const Lesson several = random_lesson(3, {3, 4, 8, 1});
  const Checked checked = check(several, options);
  BOOST_TEST(checked.summary.total() == parameter_count(several.network));
  BOOST_TEST(checked.tables.front().rows.empty());
}

BOOST_AUTO_TEST_CASE(a_step_that_is_given_is_taken) {
  CheckOptions options;
  options.step = 1e-3;
  const Checked coarse = check(mazur(), options);
  BOOST_TEST(coarse.summary.largest_step == 1e-3);
  BOOST_TEST(coarse.summary.smallest_step == 1e-3);
  BOOST_TEST(coarse.summary.agrees());
  const double error = row(coarse, "delta[2][0]").relative_error;
  options.step = 1e-2;  // ten times the step, a hundred times the error of a central difference
  BOOST_TEST(row(check(mazur(), options), "delta[2][0]").relative_error / error == 100, boost::test_tools::tolerance(0.02));
  options.method = Method::forward;
  const double forward = row(check(mazur(), options), "delta[2][0]").relative_error;
  options.step = 1e-3;
  BOOST_TEST(forward / row(check(mazur(), options), "delta[2][0]").relative_error == 10, boost::test_tools::tolerance(0.05));
}

/// A difference over a wide step is far off, and its bound says how far: two slopes that happen to be alike do not hide it.
BOOST_AUTO_TEST_CASE(the_bound_of_a_step_that_is_given_holds_however_wide_it_is) {
  for (std::uint64_t n = 0; n < 120; ++n) {
    const Lesson lesson = random_lesson(n, {3, 3, 1, 2});
    CheckOptions options;
    options.method = Method::reference;
    const Checked right = check(lesson, options);
    for (const Method method : {Method::forward, Method::central, Method::five_point, Method::ridders}) {
      for (const double step : {0.4, 0.2, 0.05, 1e-3}) {
        options.method = method;
        options.step = step;
        const Checked wide = check(lesson, options);
        BOOST_TEST(wide.summary.count(Verdict::disagree) == 0u, "network " << n << ", step " << step);
        for (std::size_t i = 0; i < wide.tables.front().rows.size(); ++i) {
          const CheckRow &found = wide.tables.front().rows[i], &exact = right.tables.front().rows[i];
          if (found.kink || exact.kink) continue;
          const double apart = std::min(std::abs(found.numeric - found.analytic), std::abs(found.numeric - exact.numeric));
          BOOST_TEST(apart <= found.bound + exact.bound, to_string(found.name, false) << " of network " << n << " by " << info(method).name << ", step " << step << ": " << apart << " > " << found.bound);
        }
      }
    }
  }
}

/// A saturated output keeps the digits of its distance from 1, and bounds are as small beside it.
BOOST_AUTO_TEST_CASE(bounds_stay_small_where_an_output_is_saturated) {
  for (const Activation activation : {Activation::sigmoid, Activation::tanh}) {
    for (const double z : {8.0, 15.0, 30.0, -8.0, -15.0, -30.0}) {
      const double y = z > 0 ? 1 : activation == Activation::tanh ? -1 : 0;
      for (const Cost cost : {Cost::squared_error, Cost::half_squared_error, Cost::binary_cross_entropy}) {
        // Of cross-entropy δ = a − y is held to a few ε itself.
        if (cost == Cost::binary_cross_entropy && (activation != Activation::sigmoid || std::abs(z) > 15)) continue;
        const Checked checked = check(make_lesson(make_network(cost, {make_layer(activation, {{z}}, {0})}), {{make_vector({1}), make_vector({y})}}));
        for (const CheckRow& found : checked.tables.front().rows) {
          BOOST_TEST((found.verdict == Verdict::agree), to_string(found.name, false) << " at " << z);
          if (found.name.quantity == Quantity::dC_da && found.name.layer == 1) continue;  // a itself moves by steps of its own size at least
          BOOST_TEST(found.bound < 1e-6 * std::abs(found.analytic), to_string(found.name, false) << " at " << z << ": " << found.bound / std::abs(found.analytic));
        }
      }
    }
  }
}

/// A weight whose input is 0 moves nothing: its 0 is no matter of rounding.
BOOST_DATA_TEST_CASE(what_moves_nothing_is_known_exactly, boost::unit_test::data::make(method_names()), name) {
  CheckOptions options;
  options.method = *parse_method(name);
  Lesson lesson = mazur();
  lesson.examples[0].input = make_vector({0, 0.1});
  lesson.network.layer(2).weights(1, 0) = 0;
  const Checked checked = check(lesson, options);
  for (const char* number : {"dC/dw[1][0,0]", "dC/dw[1][1,0]", "path[2][0,1]"}) {
    const CheckRow& found = row(checked, number);
    BOOST_TEST((found.verdict == Verdict::agree));
    BOOST_TEST(found.numeric == 0);
    BOOST_TEST(found.bound < 1e-300);
  }
}

/// A second output, far off whatever the first weight does, makes C large: at the usual step its rounding hides the change.
BOOST_AUTO_TEST_CASE(a_wider_step_is_taken_where_rounding_hides_the_answer) {
  for (const double target : {1e3, 1e4, 3e4}) {
    const Checked checked = check(make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.5}}, {0.1}), make_layer(Activation::identity, {{0.7}, {0}}, {0.2, 0})}),
                                              {{make_vector({0.8}), make_vector({0.3, target})}}));
    const CheckRow& found = row(checked, "delta[1][0]");
    BOOST_TEST((found.verdict == Verdict::agree));
    BOOST_TEST(!found.witness.has_value());  // nothing else was asked
    BOOST_TEST(found.bound < 1e-3 * found.analytic);
    BOOST_TEST(std::abs(found.numeric - found.analytic) <= found.bound);
  }
}

/// Numbers below 1e-3 of the largest of their quantity and layer are left out: with x₁ = 10⁴ and weights of 10⁻⁵ these are
/// dC/dw[1][·,0], path[1][1,·] and dC/da[0][1].
BOOST_AUTO_TEST_CASE(methods_are_compared_by_the_numbers_that_matter) {
  Lesson lesson = mazur();
  lesson.examples[0].input = make_vector({1, 1e4});
  for (std::size_t j = 0; j < 2; ++j) lesson.network.layer(1).weights(j, 1) = 1e-5 * static_cast<double>(j + 2);
  const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
  MethodComparison comparison(lesson.network, {}, false);
  const auto tables = comparison.add(trace);
  const std::vector<MethodScore> scores = comparison.scores();
  BOOST_REQUIRE(scores.size() == methods.size());
  const std::set<std::string> negligible{"dC/dw[1][0,0]", "dC/dw[1][1,0]", "path[1][1,0]", "path[1][1,1]", "dC/da[0][1]"};
  for (std::size_t m = 0; m < methods.size(); ++m) {
    BOOST_TEST_CONTEXT(methods[m].name) {
      BOOST_TEST((scores[m].method == methods[m].method));
      BOOST_TEST(scores[m].measured == 34u - negligible.size());
      BOOST_TEST(scores[m].inside_bound == scores[m].measured);
      double worst = 0;
      for (const CheckRow& found : tables[m].rows) {
        const double truth = tables[static_cast<std::size_t>(Method::reference)].find(found.name)->numeric;
        if (negligible.count(to_string(found.name, false)) == 0) worst = std::max(worst, std::abs(found.numeric - truth) / std::abs(truth));
      }
      BOOST_TEST(scores[m].worst_error == worst);
      BOOST_TEST(scores[m].median_error <= worst);
      if (methods[m].method == Method::central) BOOST_TEST((scores[m].median_error > 0 && scores[m].median_error < worst));
    }
  }
}

/// Where all are found without an error.
BOOST_AUTO_TEST_CASE(of_numbers_found_equally_well_the_first_is_named) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{2}}, {1})}), {{make_vector({3}), make_vector({5})}});
  MethodComparison comparison(lesson.network, {}, false);
  const auto tables = comparison.add(trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0));
  const MethodScore score = comparison.scores()[static_cast<std::size_t>(Method::dual)];
  BOOST_TEST(score.measured > 1u);
  BOOST_TEST(score.worst_error == 0);
  BOOST_REQUIRE(score.worst.has_value());
  BOOST_TEST(to_string(*score.worst, false) == to_string(tables[static_cast<std::size_t>(Method::dual)].rows.front().name, false));
}

/// Beside ±1 doubles lie twice as far apart on the side away from 0, so that a step may be lost on that side alone.
BOOST_AUTO_TEST_CASE(a_step_lost_on_either_side_says_nothing) {
  constexpr double step = 0x1.8p-54;
  for (const double x : {-1.0, 1.0}) {
    const auto taken = [&](double t) {
      const volatile double moved = x + t;
      return moved - x;
    };
    BOOST_REQUIRE(((taken(step) == 0) != (taken(-step) == 0)));
    for (const MethodInfo& method : methods) {
      if (!is_difference(method.method)) continue;
      const Derivative derivative = differentiate(method.method, {x * x, 0, {}}, step, [&](double t) -> Evaluation { return {(x + t) * (x + t), 0, {}}; }, taken);
      BOOST_TEST(!std::isfinite(derivative.bound()), method.name << " at " << x);
    }
  }
}

/// With a step that is given its error, O(h²), is part of the bound; without one the step follows the largest weight.
BOOST_AUTO_TEST_CASE(a_complex_step_knows_its_error) {
  for (std::uint64_t n = 0; n < 60; ++n) {
    const Lesson lesson = random_lesson(n, {3, 4, 1, n % 2 == 0 ? 1.0 : 4.0});
    for (const double step : {1e100, 1e31, 0.1, 1e-2, 1e-4, 1e-8, 1e-100, 1e-250}) {
      CheckOptions options;
      options.method = Method::complex_step;
      options.step = step;
      const Checked checked = check(lesson, options);
      BOOST_TEST(checked.summary.count(Verdict::disagree) == 0u, "network " << n << ", step " << step);
      if (step == 1e-8 || step == 1e-100) BOOST_TEST(checked.summary.count(Verdict::inconclusive) == 0u, "network " << n << ", step " << step);
    }
  }
  // A small path beside one so large that a step of 1e-20, and one of 1e-50, carries it far off.
  const Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::sigmoid, {{-0.9}, {8.6e135}}, {0.5, -168}), make_layer(Activation::identity, {{1, 1}}, {0})}),
                                    {{make_vector({0}), make_vector({-1})}});
  CheckOptions options;
  options.method = Method::complex_step;
  const Checked checked = check(lesson, options);
  BOOST_TEST(checked.summary.agrees());
  BOOST_TEST(checked.summary.count(Verdict::inconclusive) == 0u);
  BOOST_TEST(std::abs(row(checked, "dC/da[0][0]").numeric) > 1e60);
  // An input so large that even 2⁻¹⁰⁰ of the step that was asked for bends the unit.
  const Lesson huge = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::sigmoid, {{0}}, {0.75})}), {{make_vector({1e75}), make_vector({1})}});
  options.step = 1e-20;
  BOOST_TEST(check(huge, options).summary.count(Verdict::disagree) == 0u);
}

/// What its digits leave undecided is in a reference's bound: a saturated unit's slope of 1e-34, seen through a weight of 100.
BOOST_AUTO_TEST_CASE(a_reference_states_what_its_digits_leave_undecided) {
  CheckOptions options;
  options.method = Method::reference;
  const Lesson saturated = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::sigmoid, {{100}}, {-23}), make_layer(Activation::identity, {{30}}, {0})}),
                                       {{make_vector({1}), make_vector({0})}});
  const Checked checked = check(saturated, options);
  BOOST_TEST(checked.summary.agrees());
  for (const char* name : {"slope[1][0]", "delta[1][0]", "path[1][0,0]"}) {
    BOOST_TEST(std::abs(row(checked, name).numeric - row(checked, name).analytic) < row(checked, name).bound, name);
  }
  BOOST_TEST(row(checked, "path[1][0,0]").bound > 50 * row(checked, "delta[1][0]").bound);
  // a = 0.5 + 1e-15 beside y = 0.5: what −y/a + (1 − y)/(1 − a) has left is backprop's own rounding.
  const Lesson cancelling = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::softplus, {{30, -70}}, {0}), make_layer(Activation::sigmoid, {{1000}}, {0})}),
                                        {{make_vector({1, 1}), make_vector({0.5})}});
  BOOST_TEST(check(cancelling, options).summary.agrees());
  // The cost is exactly 0, and so are its derivatives.
  const Lesson fits = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {0})}), {{make_vector({2}), make_vector({2})}});
  const Checked zero = check(fits, options);
  for (const char* name : {"dC/da[1][0]", "delta[1][0]", "dC/dw[1][0,0]", "dC/da[0][0]"}) BOOST_TEST(row(zero, name).numeric == 0.0, name);
}

/// A z of 1e17 is rounded by 16, but its unit is saturated all the same: its δ is known, and a wrong path behind it is seen.
BOOST_AUTO_TEST_CASE(rounding_beyond_a_units_ends_moves_nothing) {
  CheckOptions options;
  options.method = Method::dual;
  for (const double far : {1e17, -1e17}) {
    for (const double y : {0.0, 1.0}) {
      const auto one = [&](Cost cost) { return make_lesson(make_network(cost, {make_layer(Activation::sigmoid, {{far, 0.5}}, {0})}), {{make_vector({1.1, 3}), make_vector({y})}}); };
      const Lesson powers = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{far, 0.5}, {0, 0.25}, {0, 0.5}}, {0, 0, 0})}),
                                        {{make_vector({1.1, 3}), make_vector({y, 0.5, 1 - y})}});
      for (const Lesson& lesson : {one(Cost::binary_cross_entropy), one(Cost::cross_entropy), powers}) {
        const Checked checked = check(lesson, options);
        BOOST_TEST(checked.summary.agrees());
        const bool shared = far < 0 && lesson.network.outputs() > 1;  // z of the other two are of size 1, but all are held to be off alike
        for (const CheckRow& found : checked.tables.front().rows) {
          const bool is_large = found.name.k == 0 || found.name.quantity == Quantity::dC_da;
          if (!is_large && !shared) BOOST_TEST(found.bound < 1e-13, to_string(found.name, false) << " " << found.bound << ", far " << far << ", y " << y);
        }
      }
    }
  }
}

/// A z of 1e17 that cancels is known to 16 or worse: what a double's activation and slope are there says nothing, and is not wrong.
BOOST_AUTO_TEST_CASE(a_z_lost_to_rounding_leaves_all_open) {
  for (const Method method : {Method::reference, Method::central, Method::dual}) {
    CheckOptions options;
    options.method = method;
    for (const Activation activation : {Activation::sigmoid, Activation::tanh, Activation::softplus, Activation::silu, Activation::gelu, Activation::softmax}) {
      const std::vector<std::vector<double>> weights(2, {1e18, 1e18});
      const auto lost = [&](bool hidden, Cost cost) {
        std::vector<Layer> layers{make_layer(activation, {weights[0], weights[1]}, {-3.000000000000001e17, -3.0000000000000005e17})};
        if (hidden) layers.push_back(make_layer(Activation::sigmoid, {{0.5, -0.7}, {0.1, 0.2}}, {0, 0.1}));
        return make_lesson(make_network(cost, layers), {{make_vector({0.1, 0.2}), make_vector({1, 0})}});
      };
      BOOST_TEST(check(lost(true, Cost::squared_error), options).summary.agrees(), info(activation).name);
      BOOST_TEST(check(lost(false, Cost::squared_error), options).summary.agrees(), info(activation).name);
      if (activation != Activation::sigmoid && activation != Activation::softmax) continue;
      for (const Cost cost : {Cost::binary_cross_entropy, Cost::cross_entropy}) BOOST_TEST(check(lost(false, cost), options).summary.agrees(), info(activation).name);
    }
  }
}

/// The slope of a saturated unit has digits in a reference too, as many as it needs.
BOOST_AUTO_TEST_CASE(a_reference_knows_a_saturated_unit) {
  CheckOptions options;
  options.method = Method::reference;
  for (const double w : {40.0, 70.0, 100.0, -300.0, 700.0}) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{w}}, {0})}), {{make_vector({1}), make_vector({0})}});
    const Checked checked = check(lesson, options);
    for (const char* name : {"slope[1][0]", "delta[1][0]", "path[1][0,0]"}) {
      const CheckRow& found = row(checked, name);
      BOOST_TEST((found.verdict == Verdict::agree), name << " " << w);
      BOOST_TEST(std::abs(found.numeric - found.analytic) <= 1e-14 * std::abs(found.analytic), name << " " << w << ": " << found.numeric << " " << found.analytic);
    }
  }
}

/// Where z cancels, what backprop has of a is rounding alone: a reference that comes by its own a does not call it wrong.
BOOST_AUTO_TEST_CASE(a_reference_counts_the_rounding_of_activations_it_does_not_share) {
  CheckOptions options;
  options.method = Method::reference;
  for (const Activation activation : {Activation::relu, Activation::identity, Activation::tanh}) {
    for (const double bias : {-0.18, -0.2 * 0.9}) {  // z is 2.8e-17, and 0; in truth 8e-18 more
      const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{0.2}}, {bias}), make_layer(Activation::identity, {{0.7}}, {0.1})}),
                                        {{make_vector({0.9}), make_vector({0.3})}});
      const Checked checked = check(lesson, options);
      BOOST_TEST(checked.summary.count(Verdict::disagree) == 0u, bias);
      const CheckRow& found = row(checked, "dC/dw[2][0,0]");
      BOOST_TEST((found.numeric != found.analytic || activation == Activation::relu), bias);
      BOOST_TEST(found.bound < 1e-15, bias);
    }
  }
}

/// A mean of examples that cancel to less than their rounding says nothing, even of a 0.
BOOST_AUTO_TEST_CASE(a_zero_agrees_with_no_number_that_might_be_anything) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {0})}), {});
  for (const double x : {1e17, 1.0, -1e17}) lesson.examples.push_back({make_vector({x}), make_vector({0})});
  const Checked checked = check(lesson);
  BOOST_TEST(checked.summary.count(Verdict::inconclusive) == 1u);
  BOOST_TEST(checked.summary.count(Verdict::agree) == checked.summary.total() - 1);
  BOOST_REQUIRE(checked.summary.worst.has_value());
  BOOST_TEST(checked.summary.worst->relative_error < 1e-9);
}

/// A complex step moves z by its square too: h² = 1e-40 carries a ReLU at −5e-51 across its kink, and 1e-16 one at −1e-17.
BOOST_AUTO_TEST_CASE(a_complex_step_that_crosses_a_kink_is_none) {
  for (const double x : {1e-50, 2e-17}) {
    CheckOptions options;
    options.method = Method::complex_step;
    if (x == 2e-17) options.step = 1e-8;
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::silu, {{1}}, {0}), make_layer(Activation::relu, {{-1}}, {0})}),
                                      {{make_vector({x}), make_vector({1})}});
    const Checked checked = check(lesson, options);
    BOOST_TEST(checked.summary.agrees(), x);
    const CheckRow& found = row(checked, "delta[1][0]");
    BOOST_TEST((std::abs(found.numeric) < 1e-12 || found.verdict != Verdict::agree), x);
    if (!options.step) BOOST_TEST(found.numeric == 0, x);
  }
}

/// A dead GELU has e^−z²/2 left, which 250 digits hold only where none are lost on the way.
BOOST_AUTO_TEST_CASE(a_reference_knows_a_dead_gelu) {
  CheckOptions options;
  options.method = Method::reference;
  for (const double weight : {1e5, 1e-200}) {  // 250 and 1000 digits
    for (const double bias : {-5.0, -16.0, -17.5, -24.0, -33.0, -35.0, -37.0, -40.0, -60.0}) {
      const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::gelu, {{1}}, {bias}), make_layer(Activation::identity, {{weight}}, {1})}),
                                        {{make_vector({0.013}), make_vector({0.5})}});
      const Checked checked = check(lesson, options);
      BOOST_TEST(checked.summary.count(Verdict::disagree) == 0u, bias << ", " << weight);
      for (const char* name : {"dC/dw[2][0,0]", "slope[1][0]"}) {
        const CheckRow& found = row(checked, name);
        BOOST_TEST(std::abs(found.numeric - found.analytic) <= 1e-12 * std::abs(found.analytic) + 1e-300, name << " at " << bias << ", " << weight << ": " << found.numeric << " for " << found.analytic);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reference_that_would_take_too_long_says_with_how_many_digits) {
  const std::size_t n = 150;
  Layer layer = make_layer(Activation::tanh, std::vector<std::vector<double>>(n, std::vector<double>(n, 0.5 / n)), std::vector<double>(n, 0));
  std::vector<Layer> layers(4, layer);
  layers.front().weights(0, 0) = 1e-20;
  const Network network = make_network(Cost::squared_error, layers);
  Vector ones = zeros(n);
  ones.fill(1);
  const ExampleTrace trace = trace_example(network, ones, ones, 0);
  BOOST_CHECK_EXCEPTION(Reference(trace, 1), NumericError, [](const NumericError& error) {
    return std::string(error.what()).find("works with 250 digits where weights and numbers are of so different size") != std::string::npos;
  });
}

/// The cost is at its smallest: its curve rises by nothing there and only bends.
BOOST_AUTO_TEST_CASE(a_reference_finds_nothing_where_the_target_is_met) {
  for (const Activation activation : {Activation::sigmoid, Activation::tanh, Activation::softplus, Activation::silu, Activation::gelu}) {
    const Network network = make_network(Cost::squared_error, {make_layer(activation, {{0.7}}, {0.2})});
    const double a = forward(network, make_vector({1})).a[1](0);
    const ExampleTrace trace = trace_example(network, make_vector({1}), make_vector({a}), 0);
    Reference reference(trace);
    for (const char* name : {"dC/da[1][0]", "delta[1][0]", "dC/dw[1][0,0]"}) {
      const ReferenceValue found = reference.find(parse_name(name));
      BOOST_TEST(std::abs(found.value) < 1e-15, info(activation).name << ' ' << name);
      BOOST_TEST(found.truncation < 1e-13, info(activation).name << ' ' << name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_sample_asks_for_a_share_of_what_its_numbers_have_in_common) {
  const Network network = mazur().network;  // 2 inputs and 4 neurons
  BOOST_TEST(share_of(network, 3) == 0.5);
  BOOST_TEST(share_of(network, 6) == 1);
  BOOST_TEST(share_of(network, 100) == 1);
}

/// Numbers far apart need more digits, as many as there is time for, and a step that stays small.
BOOST_AUTO_TEST_CASE(a_reference_has_as_many_digits_as_it_needs) {
  CheckOptions options;
  options.method = Method::reference;
  const auto chain = [](double weight, std::size_t layers, std::size_t n) {
    std::vector<Layer> all;
    for (std::size_t l = 0; l < layers; ++l) all.push_back(make_layer(Activation::gelu, std::vector<std::vector<double>>(n, std::vector<double>(n, weight)), std::vector<double>(n, 0.3)));
    Vector input = zeros(n), target = zeros(n);
    input.fill(0.7);
    return make_lesson(make_network(Cost::squared_error, std::move(all)), {{input, target}});
  };
  for (const double weight : {0.3, 1e-60, 1e-200}) {  // 50, 250 and 1000 digits
    const Checked checked = check(chain(weight, 2, 2), options);
    BOOST_TEST(checked.summary.count(Verdict::agree) == checked.summary.total(), weight);
    BOOST_TEST(row(checked, "dC/dw[2][0,0]").relative_error < 1e-13, weight);
    BOOST_TEST(row(checked, "path[2][1,0]").relative_error < 1e-13, weight);
  }
  BOOST_CHECK_THROW(check(chain(1e-200, 60, 4), options), NumericError);
  BOOST_CHECK_THROW(check(chain(1e-60, 60, 10), options), NumericError);
  BOOST_TEST(check(chain(0.3, 60, 2), options).summary.agrees());
  // A weight that carries any step to where both sides are alike.
  const Lesson steep = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{1}}, {0}), make_layer(Activation::tanh, {{-1.5e300}}, {0})}), {{make_vector({1e-323}), make_vector({0})}});
  for (const MethodInfo& method : methods) {
    options.method = method.method;
    BOOST_TEST(check(steep, options).summary.agrees(), method.name);
  }
}

/// A step that is small beside z = 5e7 carries one of a softmax's units past the others, where the cost is straight again
/// and a difference seems sure of itself.
BOOST_AUTO_TEST_CASE(a_step_over_which_a_unit_bends_is_no_derivative) {
  const std::vector<std::vector<double>> alike(4, {234.375, 234.375});
  const double y = 0.5607843137254902;
  const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::softmax, alike, std::vector<double>(4, 0.5))}),
                                    {{make_vector({110000, 110000}), make_vector({y, y, y, y})}});
  for (const MethodInfo& method : methods) {
    for (const std::optional<double> step : {std::optional<double>(), std::optional<double>(100), std::optional<double>(1e-3)}) {
      if (step && !is_difference(method.method)) continue;
      CheckOptions options;
      options.method = method.method;
      options.step = step;
      const Checked checked = check(lesson, options);
      BOOST_TEST(checked.summary.agrees(), method.name << ", step " << step.value_or(0));
      BOOST_TEST((row(checked, "slope[1][0,0]").verdict == Verdict::agree), method.name << ", step " << step.value_or(0));
    }
  }
}

/// Each of a softmax's slopes by itself would take its whole layer, a thousand times a thousand.
BOOST_AUTO_TEST_CASE(slopes_of_a_wide_softmax_are_found_together) {
  constexpr std::size_t n = 300;
  std::vector<std::vector<double>> weights;
  for (std::size_t j = 0; j < n; ++j) weights.push_back({0.01 * static_cast<double>(j % 17) - 0.05});
  Vector target = zeros(n);
  target(3) = 1;
  const Lesson lesson = make_lesson(make_network(Cost::cross_entropy, {make_layer(Activation::softmax, weights, std::vector<double>(n, 0.1))}), {{make_vector({1}), target}});
  for (const Method method : {Method::central, Method::ridders, Method::dual, Method::complex_step}) {
    CheckOptions options;
    options.method = method;
    const Checked checked = check(lesson, options);
    BOOST_TEST(checked.summary.count(Verdict::agree) == checked.summary.total(), info(method).name);
  }
}

/// Two gradients of 1.62e308 have a mean, but no sum in doubles; and no number is not one that agrees.
BOOST_AUTO_TEST_CASE(a_mean_is_a_number_where_its_sum_is_none) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}}, {0})}), std::vector<Example>(3, {make_vector({9e153}), make_vector({-1})}));
  for (const Method method : {Method::central, Method::five_point, Method::ridders, Method::reference, Method::dual}) {
    CheckOptions options;
    options.method = method;
    const Checked checked = check(lesson, options);
    const CheckRow* mean = checked.tables.back().find(parse_name("mean:dC/dw[1][0,0]"));
    BOOST_REQUIRE(mean);
    BOOST_TEST((mean->verdict == Verdict::agree));
    BOOST_TEST(mean->numeric == 1.62e308, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(mean->bound < 1e-6 * mean->numeric);
  }
  for (const double none : {HUGE_VAL, -HUGE_VAL}) BOOST_TEST((judge(1.62e308, none, std::numeric_limits<double>::max(), 1e-6, 1) == Verdict::inconclusive));
}

/// The smallest step is weighed with 1e205: what is found is of the curve's ends, not of its slope.
BOOST_AUTO_TEST_CASE(a_reference_whose_step_is_not_small_decides_nothing) {
  CheckOptions options;
  options.method = Method::reference;
  for (const double weight : {1e190, 1e199, 1e201, 1e205, 1e220}) {
    const Checked checked = check(make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{weight}}, {0})}), {{make_vector({0}), make_vector({0})}}), options);
    BOOST_TEST(checked.summary.count(Verdict::disagree) == 0u, weight);
    BOOST_TEST((row(checked, "dC/da[0][0]").verdict == (weight < 1e195 ? Verdict::agree : Verdict::inconclusive)), weight);
  }
}

/// C is beyond a double, but its derivative is not: dual numbers stand in for the differences, in the means too.
BOOST_AUTO_TEST_CASE(where_the_cost_overflows_a_second_opinion_gives_the_number) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e200}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}, {make_vector({0}), make_vector({2})}});
  const Checked checked = check(lesson);
  BOOST_TEST(checked.summary.agrees());
  const auto found_for = [&](std::size_t table, const char* name) -> const CheckRow& {
    const CheckRow* found = checked.tables[table].find(parse_name(name));
    BOOST_REQUIRE_MESSAGE(found, name << " is not checked");
    return *found;
  };
  const auto holds = [&](const CheckRow& found, double value) {
    BOOST_TEST(!says_nothing(found), to_string(found.name, true));
    BOOST_TEST((found.verdict == Verdict::agree), to_string(found.name, true));
    BOOST_TEST(found.numeric == value, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(found.relative_error < 1e-12);
  };
  holds(found_for(0, "0:dC/dw[1][0,0]"), 2e200);
  holds(found_for(2, "mean:dC/dw[1][0,0]"), 1e200);
  holds(found_for(2, "mean:dC/db[1][0]"), 1e200);
  const CheckRow& beyond = found_for(0, "0:path[1][0,0]");
  BOOST_TEST(says_nothing(beyond));
  BOOST_TEST((beyond.verdict == Verdict::inconclusive));

  MeanTwin sum;
  sum.add(beyond);
  sum.add(found_for(1, "1:path[1][0,0]"));
  CheckRow mean;
  sum.settle(mean, 2, 1e-6, 1);
  BOOST_TEST(says_nothing(mean));
}

BOOST_AUTO_TEST_CASE(saturated_outputs_overflow_without_failing) {
  const Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::sigmoid, {{800}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}});
  const Checked checked = check(lesson);
  BOOST_TEST(checked.summary.agrees());
  BOOST_TEST((row(checked, "dC/da[1][0]").verdict == Verdict::inconclusive));
  BOOST_TEST((row(checked, "delta[1][0]").verdict == Verdict::agree));
  for (const CheckRow& found : checked.tables.front().rows) {
    BOOST_TEST(std::isfinite(found.numeric));
    BOOST_TEST(std::isfinite(found.bound));
  }
}

BOOST_AUTO_TEST_SUITE_END()
