// The curve of error against step: every scheme finds the derivative, its error falls by its order and rises with rounding.
#include "check/sweep.hpp"
#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numeric>
#include <vector>

using namespace gradtrace;

namespace {

/// Layers that do not resemble each other, the last but one a softmax.
ExampleTrace example(const Lesson& lesson) { return trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0); }

Lesson lesson_with_softmax() {
  return make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{0.3, -0.8}, {0.9, 0.4}}, {0.1, -0.2}),
                                                        make_layer(Activation::softmax, {{0.7, -0.5}, {-0.3, 0.6}, {0.2, 1.1}}, {0.3, 0.1, -0.4}),
                                                        make_layer(Activation::sigmoid, {{0.8, -0.6, 0.5}, {-0.9, 0.4, 0.3}}, {0.2, -0.1})}),
                     {{make_vector({0.6, -0.7}), make_vector({0.1, 0.9})}});
}

/// The least error a scheme can reach, with room for a function that is not of size 1.
double reach(const SweepSeries& series) {
  const double of_double[] = {1e-7, 1e-9, 1e-11, 1e-11, 1e-14, 1e-14};  // forward, central, five-point, ridders, complex step, dual
  const double of_float[] = {2e-2, 2e-3, 5e-4};
  const auto at = static_cast<std::size_t>(series.method);
  return series.single_precision ? of_float[at] : of_double[at];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep)

BOOST_AUTO_TEST_CASE(every_scheme_finds_every_kind_of_number) {
  const Lesson lesson = lesson_with_softmax();
  const ExampleTrace trace = example(lesson);
  for (const char* name : {"dC/da[3][1]", "dC/da[2][0]", "dC/da[0][1]", "slope[3][0]", "slope[2][0,2]", "slope[2][1,1]", "slope[1][1]", "delta[3][0]", "delta[2][1]",
                           "dC/db[1][0]", "dC/dw[3][1,2]", "dC/dw[1][0,1]", "path[3][2,0]", "path[1][0,1]"}) {
    Name number = parse_name(name);
    number.scope = Scope::of_example(0);
    const Sweep sweep = sweep_step(trace, number, true);
    BOOST_TEST(sweep.analytic == trace.value(number));
    BOOST_TEST(sweep.reference == sweep.analytic, boost::test_tools::tolerance(1e-13));
    BOOST_REQUIRE(sweep.series.size() == 9u);
    for (std::size_t s = 0; s < 9; ++s) {
      const SweepSeries& series = sweep.series[s];
      BOOST_TEST((series.method == static_cast<Method>(s % 6)));
      BOOST_TEST(series.single_precision == (s >= 6));
      BOOST_REQUIRE(series.points.size() == 61u);  // four a decade from 1e-1 to 1e-16
      for (std::size_t i = 0; i < 61; ++i) BOOST_TEST(series.points[i].step == std::pow(10.0, -1 - static_cast<double>(i) / 4), boost::test_tools::tolerance(1e-12));
      BOOST_REQUIRE(series.best());
      for (const SweepPoint& point : series.points) BOOST_TEST(!(point.error < series.best()->error));
      BOOST_TEST(series.best()->error < reach(series), name << " by " << info(series.method).name << (series.single_precision ? " in single precision: " : ": ") << series.best()->error);
      BOOST_TEST(series.best()->error == std::abs(series.best()->value - sweep.reference) / std::abs(sweep.reference), boost::test_tools::tolerance(1e-9));
    }
  }
}

BOOST_AUTO_TEST_CASE(truncation_falls_by_the_order_and_rounding_sets_the_step) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = example(lesson);
  for (const char* name : {"dC/dw[1][0,0]", "dC/dw[2][1,0]", "delta[2][0]", "dC/da[1][0]"}) {
    Name number = parse_name(name);
    number.scope = Scope::of_example(0);
    for (const SweepSeries& series : sweep_step(trace, number, true).series) {
      const int order = info(series.method).order;
      BOOST_TEST_CONTEXT(name << " by " << info(series.method).name << ", single precision " << series.single_precision) {
        if (order == 0) {
          BOOST_TEST(!series.predicted_step.has_value());
          continue;
        }
        // Of the others too few steps lie between the best and 0.1.
        if (!series.single_precision && (series.method == Method::forward || series.method == Method::central)) {
          BOOST_REQUIRE(series.observed_slope.has_value());
          BOOST_TEST(std::abs(*series.observed_slope - order) < 0.1);
          BOOST_TEST(series.predicted_step.has_value());
        }
        if (!series.predicted_step || series.single_precision) continue;
        // The best of many steps is partly luck; it lies within a decade and a half of where the two errors balance.
        BOOST_TEST(std::abs(std::log10(*series.predicted_step / series.best()->step)) < 1.5);
        BOOST_TEST(series.points[static_cast<std::size_t>(std::lround(-4 * (std::log10(*series.predicted_step) + 1)))].error < 30 * reach(series));
      }
    }
  }
}

/// C is 0: so is its rounding, and no step balances that with what is cut off.
BOOST_AUTO_TEST_CASE(no_step_is_predicted_where_nothing_is_rounded) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::tanh, {{0.5}}, {0})}), {{make_vector({1}), make_vector({0})}});
  lesson.examples[0].target = make_vector({forward(lesson.network, lesson.examples[0].input).a[1](0)});
  const Name number = parse_name("0:dC/dw[1][0,0]");
  for (const SweepSeries& series : sweep_step(example(lesson), number, true).series) BOOST_TEST(!series.predicted_step.has_value(), info(series.method).name);
}

/// From a step of 0.1 to one of 0.01, both wide enough for rounding to be nothing beside truncation.
BOOST_AUTO_TEST_CASE(the_error_falls_by_the_order_a_method_claims) {
  for (const char* name : {"0:dC/dw[1][0,0]", "0:delta[1][0]", "0:dC/da[1][0]"}) {
    for (const SweepSeries& series : sweep_step(example(lesson_with_softmax()), parse_name(name), false).series) {
      const int order = info(series.method).order;
      if (order == 0) continue;
      const double falls_by = std::log10(series.points[0].error / series.points[4].error);
      BOOST_TEST(std::abs(falls_by - order) < 0.3, name << " by " << info(series.method).name << ": " << falls_by);
    }
  }
}

/// The farther off the target, the larger C beside its change and the fewer steps show anything but its rounding.
BOOST_AUTO_TEST_CASE(the_slope_is_that_of_the_steps_well_above_the_best) {
  std::size_t of_two = 0, of_three = 0;
  for (int eighths = 0; eighths <= 72; ++eighths) {
    const double target = std::pow(10.0, eighths / 8.0);
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{0.7}}, {0.2})}), {{make_vector({1}), make_vector({target})}});
    for (const SweepSeries& series : sweep_step(example(lesson), parse_name("0:dC/da[1][0]"), true).series) {
      const SweepPoint* best = series.best();
      BOOST_REQUIRE(best);
      std::vector<double> steps, errors;  // their logarithms
      for (const SweepPoint& point : series.points) {
        if (!(point.error > 10 * best->error && point.error <= 0.3 && point.step > 2 * best->step)) continue;
        steps.push_back(std::log10(point.step));
        errors.push_back(std::log10(point.error));
      }
      const std::size_t n = steps.size();
      of_two += n == 2;
      of_three += n == 3;
      BOOST_TEST(series.observed_slope.has_value() == (n >= 3), info(series.method).name << " of " << n << " steps, target " << target);
      if (n < 3 || !series.observed_slope) continue;
      const double mean_step = std::accumulate(steps.begin(), steps.end(), 0.0) / static_cast<double>(n), mean_error = std::accumulate(errors.begin(), errors.end(), 0.0) / static_cast<double>(n);
      double together = 0, square = 0;
      for (std::size_t i = 0; i < n; ++i) {
        together += (steps[i] - mean_step) * (errors[i] - mean_error);
        square += (steps[i] - mean_step) * (steps[i] - mean_step);
      }
      BOOST_TEST(std::abs(*series.observed_slope - together / square) < 1e-9, info(series.method).name << " of " << n << " steps, target " << target);
    }
  }
  BOOST_TEST(of_two > 0u);
  BOOST_TEST(of_three > 0u);
}

/// Beside a weight of 1000, steps of 1e-14 and less are lost, and in single precision of 1e-5.
BOOST_AUTO_TEST_CASE(a_step_that_is_lost_gives_no_number) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1000}}, {0})}), {{make_vector({0.001}), make_vector({0.5})}});
  const Sweep sweep = sweep_step(example(lesson), parse_name("0:dC/dw[1][0,0]"), true);
  for (const SweepSeries& series : sweep.series) {
    if (!is_difference(series.method)) continue;
    for (const SweepPoint& point : series.points) {
      if (point.step < (series.single_precision ? 2e-5 : 5e-14)) BOOST_TEST(std::isnan(point.value), point.step);
      if (point.step > (series.single_precision ? 1e-4 : 2e-13)) BOOST_TEST(!std::isnan(point.value), point.step);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
