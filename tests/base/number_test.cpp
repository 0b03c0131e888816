// Numbers as text and back.
#include "base/number.hpp"

#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

using namespace gradtrace;

BOOST_AUTO_TEST_SUITE(number)

BOOST_AUTO_TEST_CASE(shortest_reads_back_to_the_same_double) {
  Dice dice(1);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>((static_cast<std::uint64_t>(dice.below(1ull << 32)) << 32) | dice.below(1ull << 32));
    if (!std::isfinite(value)) continue;
    BOOST_TEST(parse_double(shortest(value)).value() == value);
  }
}

BOOST_AUTO_TEST_CASE(shortest_has_the_fewest_digits) {
  BOOST_TEST(shortest(0.1) == "0.1");
  BOOST_TEST(shortest(1e-9) == "1e-9");
  BOOST_TEST(shortest(-1.5e-12) == "-1.5e-12");
  BOOST_TEST(shortest(1e100) == "1e+100");
  BOOST_TEST(shortest(0.0) == "0");
  BOOST_TEST(shortest(-0.0) == "0");
  BOOST_TEST(shortest(HUGE_VAL) == "inf");
  BOOST_TEST(shortest(-HUGE_VAL) == "-inf");
  BOOST_TEST(shortest(std::numeric_limits<double>::denorm_min()) == "5e-324");
}

BOOST_AUTO_TEST_CASE(significant_keeps_as_many_digits) {
  BOOST_TEST(significant(0.277, 4) == "0.2770");
  BOOST_TEST(significant(1.4827, 4) == "1.483");
  BOOST_TEST(significant(-0.0762, 4) == "−0.07620");
  BOOST_TEST(significant(-0.0762, 4, true) == "-0.07620");
  BOOST_TEST(significant(9.99996, 4) == "10.00");
  BOOST_TEST(significant(0.5, 4, false, true) == "0.5");
  BOOST_TEST(significant(0, 4) == "0");
  BOOST_TEST(significant(6.1e-6, 2) == "6.1e-06");
  BOOST_TEST(significant(HUGE_VAL, 4) == "∞");
}

BOOST_AUTO_TEST_CASE(parsing_takes_a_whole_number_and_nothing_else) {
  BOOST_TEST(parse_double("2.5e-3").value() == 2.5e-3);
  BOOST_TEST(parse_double("+1").value() == 1);
  for (const char* wrong : {"", " 1", "1 ", "1,5", "0x10", "1e", "--1", "+-1", "one", "1e999"}) BOOST_TEST(!parse_double(wrong).has_value(), wrong);
  BOOST_TEST(parse_size("18446744073709551615").value() == std::numeric_limits<std::size_t>::max());
  for (const char* wrong : {"", "-1", "1.0", "18446744073709551616", " 1"}) BOOST_TEST(!parse_size(wrong).has_value(), wrong);
}

/// However it is found, it is what the text of so many digits reads back to.
BOOST_AUTO_TEST_CASE(rounding_is_what_the_text_says) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> exponent(-40, 40), one_to_ten(1, 10);
  const auto test = [](double value, std::size_t digits) {
    BOOST_TEST(rounded(value, digits) == std::strtod(fmt::format("{:.{}e}", value, digits - 1).c_str(), nullptr), value << " to " << digits);
  };
  for (int n = 0; n < 20000; ++n) {
    const std::size_t digits = 1 + random() % 17;
    const double value = one_to_ten(random) * std::pow(10, std::floor(exponent(random)));
    test(value, digits);
    const double tie = (std::floor(one_to_ten(random) * 1000) + 0.5) / 1000;
    for (const double near : {tie, std::nextafter(tie, 0), std::nextafter(tie, 20), -tie}) test(near, 4);
  }
  for (const double value : {9.9999999, 0.99999999, 99999.5, 1e22, 1e23, 5e-324, 1.2e308, 0.1, 999.5, -0.0}) {
    for (std::size_t digits = 1; digits < 18; ++digits) test(value, digits);
  }
  BOOST_TEST(rounded(std::numeric_limits<double>::max(), 2) == std::numeric_limits<double>::max());
}

BOOST_AUTO_TEST_CASE(rounding_to_digits) {
  BOOST_TEST(rounded(0.75136507, 3) == 0.751);
  BOOST_TEST(rounded(-1234.5, 2) == -1200);
  BOOST_TEST(rounded(0, 3) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
