// The check for gradients of one's own: right ones pass at every size, wrong ones are named, corners are corners.
#include "check/check_gradient.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <sstream>
#include <valarray>
#include <vector>

using namespace gradtrace;

namespace {

double rosenbrock(std::span<const double> x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
  return sum;
}

std::vector<double> rosenbrock_gradient(std::span<const double> x) {
  std::vector<double> g(x.size(), 0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    g[i] += -400 * x[i] * (x[i + 1] - x[i] * x[i]) - 2 * (1 - x[i]);
    g[i + 1] += 200 * (x[i + 1] - x[i] * x[i]);
  }
  return g;
}

const std::vector<double> point{0.3, -1.2, 2.5, 0.7};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_any_gradient)

BOOST_DATA_TEST_CASE(a_right_gradient_agrees, boost::unit_test::data::xrange(4), number) {
  GradientOptions options;
  options.method = methods[static_cast<std::size_t>(number)].method;
  BOOST_TEST_CONTEXT(info(options.method).name) {
    BOOST_TEST(check_gradient(rosenbrock, rosenbrock_gradient, point, options));
    BOOST_TEST(check_gradient(rosenbrock, rosenbrock_gradient(point), point, options));  // as numbers
    for (const double size : {1e-6, 1e-3, 1.0, 1e3, 1e6}) {
      std::vector<double> far = point;
      for (double& x : far) x *= size;
      const GradientReport report = check_gradient(rosenbrock, rosenbrock_gradient, far, options);
      BOOST_TEST(report.agrees(), "at " << size << ": " << report);
      BOOST_TEST(report.count(Verdict::inconclusive) == 0u, "at " << size << ": " << report);  // the step grows with x
    }
  }
}

BOOST_AUTO_TEST_CASE(a_minimum_is_no_false_alarm) {
  const std::vector<double> minimum(5, 1.0);  // cost 0, gradient 0
  BOOST_TEST(check_gradient(rosenbrock, rosenbrock_gradient, minimum));
  const std::vector<double> near{1 + 1e-9, 1 - 1e-9, 1.0};
  BOOST_TEST(check_gradient(rosenbrock, rosenbrock_gradient, near));
}

BOOST_AUTO_TEST_CASE(large_values_with_small_slopes_are_not_called_wrong) {
  // 1e9 + sin x: nine digits of the sine are rounded away
  const auto cost = [](const std::vector<double>& x) { return 1e9 + std::sin(x[0]); };
  const auto gradient = [](const std::vector<double>& x) { return std::vector<double>{std::cos(x[0])}; };
  BOOST_TEST(check_gradient(cost, gradient, std::vector<double>{0.7}));
}

BOOST_AUTO_TEST_CASE(a_wrong_entry_is_named_with_both_numbers) {
  auto wrong = rosenbrock_gradient(point);
  wrong[2] *= 1.001;
  GradientOptions options;
  options.names = {"alpha", "beta", "gamma", "delta"};
  const GradientReport report = check_gradient(rosenbrock, wrong, point, options);
  BOOST_TEST(!report);
  BOOST_TEST(report.count(Verdict::disagree) == 1u);
  std::ostringstream text;
  text << report;
  BOOST_TEST(text.str().starts_with("1 of 4 entries of the gradient disagree with nudging (central)\n"));
  BOOST_TEST(text.str().find("gamma") != std::string::npos);
  BOOST_TEST(text.str().find("alpha") == std::string::npos);
}

/// The whole report, as a student sees it: columns in line, worst first, the rest counted.
BOOST_AUTO_TEST_CASE(the_report_is_a_table) {
  const auto cost = [](const std::vector<double>& x) { return x[0] + 2 * x[1] + 4 * x[2] + std::abs(x[3]); };
  GradientOptions options;
  options.names = {"w", "the second weight", "b", "v"};
  options.most_rows = 2;
  options.function_error = 0;
  options.step = 0.125;  // no rounding at all
  const std::vector<double> right{1, 2, 4, 0}, origin(4, 0.0);
  BOOST_TEST(check_gradient(cost, right, origin, options).text() == "gradient agrees with nudging (central): 4 entries, 1 at a kink\n");
  const GradientReport report = check_gradient(cost, std::vector<double>{1.5, 3.5, 4.25, 0}, origin, options);
  BOOST_TEST(report.text() ==
             "3 of 4 entries of the gradient disagree with nudging (central), 1 at a kink\n"
             "  worst first                yours         nudged   error bound   relative error\n"
             "  the second weight            3.5              2       0.0e+00          4.3e-01\n"
             "  w                            1.5              1       0.0e+00          3.3e-01\n"
             "  ... and 1 more\n");
  options.names = {"w", "v"};  // of the first two alone
  options.most_rows = 10;
  BOOST_TEST(check_gradient(cost, std::vector<double>{1, 2, -4, 0}, origin, options).text() ==
             "1 of 4 entries of the gradient disagree with nudging (central), 1 at a kink\n"
             "  worst first          yours         nudged   error bound   relative error\n"
             "  x[2]                    -4              4       0.0e+00          2.0e+00\n");
}

BOOST_AUTO_TEST_CASE(a_common_factor_is_pointed_out) {
  auto doubled = rosenbrock_gradient(point);
  for (double& g : doubled) g *= 2;
  const GradientReport report = check_gradient(rosenbrock, doubled, point);
  BOOST_TEST(report.cause() == "all 4 wrong entries are 2 times the nudged ones");
}

BOOST_AUTO_TEST_CASE(nan_is_wrong) {
  const std::vector<double> g{std::nan(""), 0, 0, 0};
  BOOST_TEST(!check_gradient(rosenbrock, g, point));
}

BOOST_AUTO_TEST_CASE(corners_are_kinks_and_any_value_between_is_right) {
  const auto hinge = [](const std::vector<double>& x) { return std::max(0.0, x[0]) + std::abs(x[1]); };
  for (const double slope : {0.0, 0.5, 1.0}) {
    const GradientReport report = check_gradient(hinge, std::vector<double>{slope, 0}, std::vector<double>{0, 0});
    BOOST_TEST(report.agrees(), report);
    BOOST_TEST(report.count(Verdict::kink) == 2u);
  }
  BOOST_TEST(!check_gradient(hinge, std::vector<double>{1.5, 0}, std::vector<double>{0, 0}));
  // A bend that turns the slope by half as much within a step does not hide it, one that turns it by twice as much does.
  const auto bent = [](double bend) { return [bend](const std::vector<double>& x) { return 1.2 * std::abs(x[0]) + bend * x[0] * x[0]; }; };
  BOOST_TEST(check_gradient(bent(1e5), std::vector<double>{0.5}, std::vector<double>{0}).count(Verdict::kink) == 1u);
  BOOST_TEST(check_gradient(bent(1e6), std::vector<double>{0.5}, std::vector<double>{0}).count(Verdict::kink) == 0u);
  BOOST_TEST(!check_gradient(hinge, std::vector<double>{0.5, 1}, std::vector<double>{1, 1}));
}

BOOST_AUTO_TEST_CASE(takes_the_callers_own_containers) {
  const auto cost = [](const std::array<double, 2>& x) { return x[0] * x[0] * x[1]; };
  const auto gradient = [](const std::array<double, 2>& x) { return std::array<double, 2>{2 * x[0] * x[1], x[0] * x[0]}; };
  BOOST_TEST(check_gradient(cost, gradient, std::array<double, 2>{3, 4}));
  const auto valued = [](const std::valarray<double>& x) { return (x * x).sum(); };
  BOOST_TEST(check_gradient(valued, std::vector<double>{2, 4}, std::valarray<double>{1, 2}));
}

BOOST_AUTO_TEST_CASE(lengths_that_differ_are_a_mistake_of_the_caller) {
  BOOST_CHECK_THROW(check_gradient(rosenbrock, std::vector<double>{1, 2}, point), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_point_is_put_back_exactly) {
  std::vector<std::vector<double>> seen;
  const auto cost = [&](const std::vector<double>& x) {
    seen.push_back(x);
    return x[0] + x[1];
  };
  check_gradient(cost, std::vector<double>{1, 1}, std::vector<double>{0.1, 0.3});
  for (const auto& x : seen) BOOST_TEST((x[0] == 0.1 || x[1] == 0.3 || std::abs(x[0] - 0.1) < 1e-7));
}

BOOST_AUTO_TEST_SUITE_END()
