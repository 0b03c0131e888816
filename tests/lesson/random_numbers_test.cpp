#include "lesson/random.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using gradtrace::normal_quantile;
using gradtrace::portable_log;
using gradtrace::RandomNumbers;

namespace {

template <class Draw>
std::vector<double> draws(std::uint64_t seed, std::size_t count, Draw draw) {
  RandomNumbers random(seed);
  std::vector<double> numbers;
  while (numbers.size() < count) numbers.push_back(draw(random));
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_numbers)

// Lessons and golden files in the world hold these: they must never change.
BOOST_AUTO_TEST_CASE(normal_numbers_are_the_same_bits_for_ever) {
  const auto normal = [](RandomNumbers& random) { return random.normal(); };
  const std::vector<double> seed_0{-0.99530750913183774, 2.4155936816476671, -1.7557093371145414,
                                   0.24686762224422487};
  const std::vector<double> seed_7{0.6883547818447584, 1.6381155382785946, -1.1880123044394364,
                                   1.2367668656066144};
  BOOST_TEST(draws(0, 4, normal) == seed_0, boost::test_tools::per_element());
  BOOST_TEST(draws(7, 4, normal) == seed_7, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(uniform_numbers_are_the_same_bits_for_ever) {
  const auto uniform = [](RandomNumbers& random) { return random.uniform(); };
  const std::vector<double> seed_0{-0.68041327325907841, 0.98429041925965755, -0.92086194831026869,
                                   0.19498932538934333};
  const std::vector<double> seed_7{0.50877060830571597, 0.89860240578528838, -0.76517143793096398,
                                   0.78382635342495255};
  BOOST_TEST(draws(0, 4, uniform) == seed_0, boost::test_tools::per_element());
  BOOST_TEST(draws(7, 4, uniform) == seed_7, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_quantile_undoes_the_distribution_function) {
  // Φ(z) = erfc(−z/√2)/2. Near z the relative error of Φ is |z| times that of z.
  for (double p = 1e-15; p < 1; p = p < 0.01 ? p * 1.7 : p + 0.003) {
    const double z = normal_quantile(p);
    const double back = std::erfc(-z / std::sqrt(2.0)) / 2;
    BOOST_TEST(std::abs(back - p) <= 1e-14 * p * (1 + z * z));
  }
}

BOOST_AUTO_TEST_CASE(the_quantile_has_the_values_of_every_textbook) {
  BOOST_TEST(normal_quantile(0.5) == 0);
  BOOST_TEST(normal_quantile(0.975) == 1.959963984540054, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(normal_quantile(0.8413447460685429) == 1.0, boost::test_tools::tolerance(1e-15));
  // Wichura's own check values
  BOOST_TEST(normal_quantile(0.25) == -0.6744897501960817, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(normal_quantile(0.001) == -3.090232306167814, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(normal_quantile(1e-20) == -9.262340089798408, boost::test_tools::tolerance(1e-15));
}

BOOST_AUTO_TEST_CASE(the_logarithm_agrees_with_the_library_to_a_few_units_in_the_last_place) {
  for (double x = 1e-300; x < 1e300; x *= 1.37) {
    BOOST_TEST(portable_log(x) == std::log(x), boost::test_tools::tolerance(1e-15));
  }
}

BOOST_AUTO_TEST_CASE(normal_numbers_have_mean_0_and_variance_1_and_uniform_ones_stay_in_range) {
  constexpr int count = 200'000;
  RandomNumbers random(1);
  double sum = 0, squares = 0, lowest = 0, highest = 0;
  for (int i = 0; i < count; ++i) {
    const double z = random.normal();
    sum += z;
    squares += z * z;
    const double u = random.uniform();
    lowest = std::min(lowest, u);
    highest = std::max(highest, u);
  }
  BOOST_TEST(std::abs(sum / count) < 0.01);
  BOOST_TEST(std::abs(squares / count - 1) < 0.02);
  BOOST_TEST((lowest >= -1 && lowest < -0.999 && highest < 1 && highest > 0.999));
}

BOOST_AUTO_TEST_SUITE_END()
