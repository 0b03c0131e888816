#include "base/suggest.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using gradtrace::did_you_mean;
using gradtrace::nearest;
using gradtrace::one_of;

namespace {

const std::vector<std::string> words{"sigmoid", "softmax",    "softplus", "tanh",
                                     "relu",    "leaky-relu", "w",        "C"};

struct Case {
  std::string word, expected;
};
std::ostream& operator<<(std::ostream& out, const Case& c) { return out << '"' << c.word << '"'; }

const std::vector<Case> cases{{"sigmod", "sigmoid"},
                              {"simgoid", "sigmoid"},
                              {"SIGMOID", "sigmoid"},
                              {"softmaxx", "softmax"},
                              {"leakyrelu", "leaky-relu"},
                              {"rleu", "relu"},
                              {"tan", "tanh"},
                              {"c", "C"},
                              {"x", ""},
                              {"perceptron", ""},
                              {"", ""},
                              {std::string(100000, 's'), ""}};

}  // namespace

BOOST_AUTO_TEST_SUITE(suggest)

BOOST_DATA_TEST_CASE(finds_what_was_meant, boost::unit_test::data::make(cases)) {
  BOOST_TEST(nearest(sample.word, words) == sample.expected);
}

BOOST_AUTO_TEST_CASE(prefers_the_nearest_and_of_equals_the_first) {
  BOOST_TEST(nearest("input", {"inputs", "input", "output"}) == "input");
  BOOST_TEST(nearest("bat", {"cat", "hat"}) == "cat");
}

BOOST_AUTO_TEST_CASE(words_its_suggestion_as_a_question_or_not_at_all) {
  BOOST_TEST(did_you_mean("sigmod", words) == "; did you mean \"sigmoid\"?");
  BOOST_TEST(did_you_mean("perceptron", words) == "");
}

BOOST_AUTO_TEST_CASE(lists_what_there_is) {
  BOOST_TEST(one_of({}) == "");
  BOOST_TEST(one_of({"a"}) == "\"a\"");
  BOOST_TEST(one_of({"a", "b", "c"}) == "\"a\", \"b\" or \"c\"");
}

BOOST_AUTO_TEST_SUITE_END()
