// Answers as students and spreadsheet programs write them.
#include "homework/answer.hpp"
#include "homework/handed_in.hpp"
#include "homework/in_parts.hpp"
#include "support/networks.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>

using namespace gradtrace;

namespace {

struct Readable {
  const char* text;
  double value;
  bool decimal_comma = false;
};
std::ostream& operator<<(std::ostream& out, const Readable& readable) { return out << readable.text; }

const Readable readable[] = {
    {"0.277", 0.277}, {" 0.277 ", 0.277}, {"-2.5e-3", -0.0025}, {"−0.5", -0.5}, {"–0.5", -0.5}, {"+3", 3}, {".5", 0.5}, {"5.", 5}, {"1/3", 1.0 / 3},
    {"-1/3", -1.0 / 3}, {"2*(0.75 - 0.01)", 1.48}, {"2^10", 1024}, {"-2^2", -4}, {"2·10^-3", 0.002}, {"2.77×10⁻¹", 0.277}, {"2.77 · 10⁻¹", 0.277}, {"2.77x10^-1", 0.277}, {"2.77 x 10^-1", 0.277}, {"0.5²", 0.25}, {"0.5²×10⁻¹", 0.025}, {"2^3×10^2", 800}, {"1/3×10^-1", 1.0 / 30}, {"3 ×10⁻²", 0.03}, {"3×10^(-2)", 0.03}, {"3⋅10⁻²", 0.03}, {"3e-2×10^2", 3}, {"3X10^-2", 0.03}, {"1,5×10^-3", 0.0015}, {"0,277", 0.277}, {"2,5e-3", 0.0025},
    {"2,5e-3", 0.0025, true}, {"=1/3", 1.0 / 3}, {"'0.5", 0.5}, {"50%", 0.5}, {"1E5", 1e5}, {"0.5\xC2\xA0", 0.5}, {"0", 0}, {"1/3/2", 1.0 / 6}, {"2-1-3", -2},
    {"2*10^-12", 2e-12}, {"2 * 10^(-12)", 2e-12}, {"(1+(2))", 3}, {"1,483", 1.483, true}, {"0,483", 0.483}, {"1,4830", 1.483}, {"1,48", 1.48}, {"1234,567", 1234.567}, {"0.5\n", 0.5},
};

const char* const unreadable[] = {"03.Jan", "3-Jan", "Jan-03", "01. Mrz", "01.Mär", "1/3/2026", "2026-01-03", "3.1.26", "03.01.2026", "#DIV/0!", "####", "abc", "1..2", "1/0",
                                  "1e999", "nan", "inf", "1.234,5", "(1", "1)", "1 2", "1 2*10^2", "--", "0x10", "1,2,3", "1,500*2,000", ".", "-.", "+.", ",", ".%", ".e5", "(.)", "=.", "'.", "1+.", "%", "=", "e5", "1,483", "-12,345", "1,500e2", "2*1,500", "((((((((((((((((((((((1))))))))))))))))))))))"};

}  // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_DATA_TEST_CASE(reads_numbers_as_they_come, boost::unit_test::data::make(readable), given) {
  const ReadAnswer answer = read_answer(given.text, given.decimal_comma);
  BOOST_REQUIRE_MESSAGE(answer.value, answer.problem);
  BOOST_TEST(*answer.value == given.value, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(!answer.blank);
}

BOOST_DATA_TEST_CASE(says_what_it_could_not_read, boost::unit_test::data::make(unreadable), given) {
  const ReadAnswer answer = read_answer(given, false);
  BOOST_TEST(!answer.value.has_value(), "read as " << answer.value.value_or(0));
  BOOST_TEST(!answer.problem.empty());
}

BOOST_AUTO_TEST_CASE(knows_a_date_for_what_it_was) {
  for (const char* date : {"03.Jan", "1/3/2026", "10/12/2026", "2026-01-03", "2026/1/3", "01. Mrz", "03.01.2026", "3.1.26", "03.01.26"}) BOOST_TEST(read_answer(date, true).problem.find("date") != std::string::npos, date);
  for (const char* quotient : {"1/3/20", "100/10/2026", "1/100/2026", "20260/1/3"}) BOOST_TEST(read_answer(quotient, true).value.has_value(), quotient);
}

/// Where commas part columns a number in quotes may be a thousand and more.
BOOST_AUTO_TEST_CASE(a_comma_that_may_part_thousands_is_asked_about) {
  for (const char* dot : {"0·8", " 1·25 ", "-1·5"}) BOOST_TEST(!read_answer(dot, true).value.has_value(), dot);
  for (const char* product : {"2·0.5", "(2)·3", "2·3·1", "0.6·3"}) BOOST_TEST(read_answer(product, true).value.has_value(), product);
  for (const char* none : {"1, 23", "1, 234", "1,2345", "12345,678"}) BOOST_TEST(read_answer(none, false).problem.find("may be") == std::string::npos, none);
  BOOST_TEST(read_answer("-1,483", false).problem == "\"-1,483\" may be -1.483 or -1483, since commas part this sheet's columns: write one of these");
}

BOOST_AUTO_TEST_CASE(a_number_too_large_or_too_small_is_called_that) {
  for (const char* beyond : {"1e999", "-2.5E+400", "1e-400"}) BOOST_TEST(read_answer(beyond, false).problem.find("beyond what a double holds") != std::string::npos, beyond);
  for (const char* none : {"1e", "e5", "1e5e5", "1e9x"}) BOOST_TEST(read_answer(none, false).problem.find("is no number") != std::string::npos, none);
}

BOOST_AUTO_TEST_CASE(an_empty_cell_is_blank) {
  for (const char* text : {"", " ", "'", "\xC2\xA0"}) BOOST_TEST(read_answer(text, false).blank);
}

BOOST_AUTO_TEST_CASE(no_text_takes_long) {
  for (const char c : {'(', '-', '1', '^'}) BOOST_TEST(!read_answer("9" + std::string(100000, c), false).value.has_value());
}

/// Four of the six columns make a table one that is handed in, and so does a row that names a quantity.
BOOST_AUTO_TEST_CASE(tables_handed_in_are_known) {
  for (const char* text : {"quantity,layer,j,value\n", "Value,J,K,Layer,remark\n", "0,delta,1,0,,0.5\n", "example,quantity,layer,j,k,value,lesson\n"}) BOOST_TEST(is_table_handed_in(text), text);
  for (const char* text : {"layer,j,value\n", "name,mark,remark,a,b,c\n", "0,delta,1,0,0.5\n", "student,ada,1,0,,0.5\n", ""}) BOOST_TEST(!is_table_handed_in(text), text);
}

/// A table with blanks, or that names a lesson or a student, is a sheet; one of numbers alone is a golden file.
BOOST_AUTO_TEST_CASE(sheets_are_told_from_tables_of_numbers) {
  const std::string columns = "example,quantity,layer,j,k,value";
  for (const std::string& text : {columns + ",lesson\n0,C,,,,1,x\n", columns + ",Student\n0,C,,,,1,ada\n", columns + "\n0,C,,,,\n", columns + "\n0,C,,,,1\n0,C,,,\n"}) BOOST_TEST(is_homework_sheet(text), text);
  for (const std::string& text : {columns + "\n0,C,,,,1\n", columns + "\n", std::string(), std::string("\"quantity,value\n")}) BOOST_TEST(!is_homework_sheet(text), text);
}

/// However a slope's formula is written, with all digits it is the same.
BOOST_AUTO_TEST_CASE(slopes_have_one_value_in_all_their_forms) {
  for (const Activation activation : {Activation::sigmoid, Activation::softplus, Activation::silu, Activation::gelu}) {
    const Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{0.8}}, {0.1})}), {{make_vector({0.75}), make_vector({0})}});
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    const Name slope{Scope::of_example(0), Quantity::slope, 1, 0, Name::none};
    std::size_t ways = 0;
    const Reader read = [&](const Name& name) { return trace.value(name); };
    for (; const auto value = slope_in_parts(lesson.network, slope, read, {}, ways); ++ways) BOOST_TEST(*value == trace.value(slope), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(ways == (activation == Activation::silu ? 4u : 1u), info(activation).name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
