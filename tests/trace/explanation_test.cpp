// What stands behind a number: which terms of a long sum are followed, and how large a factor could have been.
#include "trace/explanation.hpp"
#include "support/networks.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace gradtrace;

namespace {

std::vector<std::string> texts(const std::vector<Name>& names) {
  std::vector<std::string> all;
  for (const Name& name : names) all.push_back(to_string(name, false));
  return all;
}

ExampleTrace trace_of(const Lesson& lesson) { return trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0); }

}  // namespace

BOOST_AUTO_TEST_SUITE(explanation)

/// The largest product is neither that of the largest weight nor that of the largest activation.
BOOST_AUTO_TEST_CASE(the_largest_terms_of_a_sum_are_followed) {
  const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{0.1}, {10}, {2}}, {0, 0, 0}),
                                                                       make_layer(Activation::identity, {{10, 0.2, 2}}, {0})}),
                                    {{make_vector({1}), make_vector({0})}});
  const ExampleTrace trace = trace_of(lesson);
  const CellRules rules(lesson.network, 1);
  const auto behind = [&](const char* name, std::size_t most) { return texts(numbers_behind(rules, trace, parse_name(name), most)); };
  BOOST_TEST(behind("z[2][0]", 1) == (std::vector<std::string>{"z[2][0]", "a[1][2]", "z[1][2]"}), boost::test_tools::per_element());
  BOOST_TEST(behind("z[2][0]", 2) == (std::vector<std::string>{"z[2][0]", "a[1][1]", "a[1][2]", "z[1][1]", "z[1][2]"}), boost::test_tools::per_element());
  BOOST_TEST(behind("z[2][0]", 3).size() == 7u);
}

/// The steepest slope stands where σ″ = 0; worked out with 30 digits elsewhere.
BOOST_AUTO_TEST_CASE(a_factor_is_measured_by_the_most_it_could_be) {
  const std::vector<std::pair<Activation, double>> steepest{{Activation::sigmoid, 0}, {Activation::tanh, 0}, {Activation::silu, 2.3993572805154},
                                                            {Activation::gelu, std::sqrt(2.0)}};
  for (const auto& [activation, z] : steepest) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{1}}, {0})}), {{make_vector({z}), make_vector({3})}});
    const ExampleTrace trace = trace_of(lesson);
    const std::vector<GradientFactor> factors = gradient_factors(trace, parse_name("0:dC/dw[1][0,0]"), {trace});
    BOOST_REQUIRE(factors.size() == 3u);
    BOOST_TEST(factors[1].share().value() == 1, boost::test_tools::tolerance(1e-7));
  }
}

BOOST_AUTO_TEST_CASE(the_rank_counts_what_is_larger) {
  const Lesson lesson = mazur();
  const ExampleTrace trace = trace_of(lesson);
  const Rank largest = rank_of(trace, parse_name("0:dC/dw[2][0,1]")), second = rank_of(trace, parse_name("0:dC/dw[2][0,0]"));
  BOOST_TEST(largest.place == 1u);
  BOOST_TEST(second.place == 2u);
  BOOST_TEST(second.of == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
