#include "base/error.hpp"

#include <boost/test/unit_test.hpp>

using gradtrace::InputError;
using gradtrace::Problem;
using gradtrace::to_string;

BOOST_AUTO_TEST_SUITE(error)

BOOST_AUTO_TEST_CASE(underlines_the_offending_value) {
  const Problem problem{
      "my.toml", 9, 14, 8, "unknown activation \"sigmod\"", "activation = \"sigmod\"", 1};
  BOOST_TEST(to_string(problem) ==
             "my.toml:9:14: error: unknown activation \"sigmod\"\n"
             "     9 | activation = \"sigmod\"\n"
             "       |              ^~~~~~~~\n");
}

BOOST_AUTO_TEST_CASE(leaves_out_the_position_of_a_whole_file) {
  BOOST_TEST(to_string(Problem{"x.toml", 0, 0, 1, "no such file or directory", "", 1}) ==
             "x.toml: error: no such file or directory\n");
}

BOOST_AUTO_TEST_CASE(counts_columns_in_code_points_and_shows_a_tab_as_one_space) {
  const Problem problem{"x", 1, 8, 1, "m", "\tä = \"é\" x", 1};
  BOOST_TEST(to_string(problem) == "x:1:8: error: m\n     1 |  ä = \"é\" x\n       |        ^\n");
}

BOOST_AUTO_TEST_CASE(puts_the_caret_below_what_is_wide) {
  const Problem problem{"x", 1, 4, 2, "m", "名 =値x", 1};
  BOOST_TEST(to_string(problem) == "x:1:4: error: m\n     1 | 名 =値x\n       |     ^~~\n");
}

BOOST_AUTO_TEST_CASE(points_past_the_end_where_something_is_missing) {
  const Problem problem{"x", 1, 4, 1, "m", "a =", 1};
  BOOST_TEST(to_string(problem) == "x:1:4: error: m\n     1 | a =\n       |    ^\n");
}

BOOST_AUTO_TEST_CASE(underlines_no_further_than_the_line_reaches) {
  const Problem problem{"x", 1, 3, 1000, "m", "a [1,", 1};
  BOOST_TEST(to_string(problem) == "x:1:3: error: m\n     1 | a [1,\n       |   ^~~\n");
}

BOOST_AUTO_TEST_CASE(cuts_a_long_line_around_the_column) {
  const Problem problem{"x", 7, 301, 3, "m", std::string(300, 'a') + "bcd" + std::string(300, 'e'),
                        1};
  BOOST_TEST(to_string(problem) == "x:7:301: error: m\n     7 | …" + std::string(80, 'a') + "bcd" +
                                       std::string(37, 'e') + "…\n       | " +
                                       std::string(81, ' ') + "^~~\n");
}

BOOST_AUTO_TEST_CASE(knows_where_a_part_of_a_line_begins) {
  const Problem problem{"x", 1, 1000, 2, "m", "abcdef", 998};
  BOOST_TEST(to_string(problem) == "x:1:1000: error: m\n     1 | …abcdef\n       |    ^~\n");
}

BOOST_AUTO_TEST_CASE(sends_no_escape_sequence_of_a_hostile_file_to_the_terminal) {
  const Problem problem{
      "\x1b[2J.toml", 1, 1, 1, "un\x1b[31mknown \x9b\n", "\x1b]0;x\x07 \xff \u202e", 1};
  const std::string text = to_string(problem);
  BOOST_TEST(text == "?[2J.toml:1:1: error: un?[31mknown ??\n     1 |  ]0;x     \n       | ^\n");
}

BOOST_AUTO_TEST_CASE(carries_every_problem_and_says_them_all) {
  const InputError error({{"x", 1, 2, 1, "one", "", 1}, {"x", 3, 4, 1, "two", "", 1}});
  BOOST_TEST(error.problems().size() == 2u);
  BOOST_TEST(std::string(error.what()) == "x:1:2: error: one\nx:3:4: error: two");
}

BOOST_AUTO_TEST_SUITE_END()
