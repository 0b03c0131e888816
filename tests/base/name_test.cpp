// Names of numbers: what is written reads back, and what is wrong says what was expected.
#include "base/error.hpp"
#include "base/name.hpp"
#include "trace/order.hpp"

#include "support/networks.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace gradtrace;

namespace {

std::string refusal(const char* text) {
  try {
    parse_name(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_DATA_TEST_CASE(read_back_as_written,
                     boost::unit_test::data::make({"z[1][0]", "dC/dw[2][0,1]", "path[2][3,1]", "C", "3:delta[2][0]", "mean:dC/dw[2][0,1]",
                                                   "mean:C", "0:C", "w[2][0,1]", "b[2][0]", "a[0][7]", "dC/da[0][7]", "slope[1][2,0]",
                                                   "y[2][1]"}),
                     text) {
  BOOST_TEST(to_string(parse_name(text), true) == text);
}

BOOST_AUTO_TEST_CASE(of_a_path_are_written_from_and_through) {
  const Name name = parse_name("path[2][3,1]");
  BOOST_TEST(name.k == 3u);  // from neuron 3 of layer 1
  BOOST_TEST(name.j == 1u);  // through neuron 1 of layer 2
}

BOOST_DATA_TEST_CASE(that_are_wrong_are_refused,
                     boost::unit_test::data::make({"", "q[1][0]", "z", "z[1]", "z[1][0,1]", "z[1][0", "z[1][-1]", "z[a][0]", "C[1][0]",
                                                   "dC/dw[1][0]", "x:z[1][0]", "z[1][0]x", "delt[1][0]", "z[99999999999999999999][0]", "1.5:C"}),
                     text) {
  BOOST_TEST(!refusal(text).empty());
}

BOOST_AUTO_TEST_CASE(nearly_right_get_a_suggestion) {
  BOOST_TEST(refusal("detla[1][0]").find("\"delta\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stand_where_the_derivation_has_them) {
  const Network network = random_lesson(9, {4, 5, 1, 1}).network;
  for (const auto& blocks : {given_blocks(network), derived_blocks(network), mean_blocks(network)}) {
    std::size_t at = 0;
    for (const Block& block : blocks) {
      BOOST_TEST(block.offset == at);
      for (std::size_t i = 0; i < block.size(); ++i, ++at) BOOST_TEST(place(blocks, block.name(i, Scope{})).value() == at);
    }
    BOOST_TEST(size_of(blocks) == at);
  }
}

BOOST_AUTO_TEST_CASE(outside_the_network_are_explained) {
  const Lesson lesson = mazur();
  const auto why = [&](const char* text, std::size_t examples = 1) {
    Name name = parse_name(text);
    return why_absent(lesson.network, examples, name);
  };
  BOOST_TEST(why("delta[2][1]").empty());
  BOOST_TEST(why("dC/da[0][1]").empty());
  BOOST_TEST(!why("delta[0][0]").empty());
  BOOST_TEST(!why("delta[3][0]").empty());
  BOOST_TEST(!why("dC/dw[2][0,2]").empty());
  BOOST_TEST(!why("path[2][2,0]").empty());
  BOOST_TEST(!why("y[1][0]").empty());
  BOOST_TEST(!why("1:delta[1][0]").empty());
  BOOST_TEST(!why("mean:C").empty());
  BOOST_TEST(!why("slope[2][0,1]").empty());
  BOOST_TEST(why("mean:C", 2).empty());
  BOOST_TEST(!why("mean:delta[1][0]", 2).empty());
  BOOST_TEST(!why("delta[1][0]", 2).empty());  // which example?
  BOOST_TEST(why("w[1][0,0]", 2).empty());
}

BOOST_AUTO_TEST_SUITE_END()
