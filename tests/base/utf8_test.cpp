#include "base/utf8.hpp"

#include <boost/test/unit_test.hpp>

using namespace gradtrace;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(decodes_one_to_four_bytes) {
  for (const auto& [text, value, bytes] :
       {std::tuple{"A", U'A', 1u}, {"é", U'é', 2u}, {"∂", U'∂', 3u}, {"😀", U'😀', 4u}}) {
    const CodePoint first = first_code_point(text);
    BOOST_TEST(first.valid);
    BOOST_TEST(static_cast<unsigned>(first.value) == static_cast<unsigned>(value));
    BOOST_TEST(first.bytes == bytes);
  }
}

BOOST_AUTO_TEST_CASE(takes_overlong_surrogate_cut_and_stray_bytes_for_what_they_are) {
  for (const char* text : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xf5", "\xe2\x88", "\xff"}) {
    BOOST_TEST(!first_code_point(text).valid);
    BOOST_TEST(first_code_point(text).bytes == 1u);
  }
}

BOOST_AUTO_TEST_CASE(counts_what_a_reader_counts) {
  BOOST_TEST(count_code_points("a∂\xff😀") == 4u);
}

BOOST_AUTO_TEST_CASE(counts_the_columns_a_terminal_gives) {
  BOOST_TEST(count_columns("a∂\xff") == 3u);
  BOOST_TEST(count_columns("王小明") == 6u);
  BOOST_TEST(count_columns("e\u0301") == 1u);  // an accent of its own, as file names on some systems have it
  BOOST_TEST(count_columns("😀한") == 4u);
  BOOST_TEST(count_columns("\u02FF\u0300\u036F\u0370") == 2u);  // where a span begins and ends
}

BOOST_AUTO_TEST_CASE(replaces_what_steers_a_terminal_and_keeps_the_rest) {
  BOOST_TEST(neutralised("a\x1b[0m\x7f\u0085\u202eb∂\t", "?") == "a?[0m???b∂?");
}

BOOST_AUTO_TEST_SUITE_END()
