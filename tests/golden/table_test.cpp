// Tables as spreadsheet programs and other languages write them.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "golden/cell_table.hpp"
#include "golden/table.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace gradtrace;

namespace {

struct Written {
  const char* how;
  std::string text;
};
std::ostream& operator<<(std::ostream& out, const Written& written) { return out << written.how; }

std::string utf16(const std::string& ascii, bool big_endian) {
  std::string bytes = big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char c : ascii) bytes += big_endian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

const std::string plain = "example,quantity,layer,j,k,value\n,w,2,0,1,0.5\n0,dC/dw,2,0,1,-0.25\nmean,C,,,,1e-3\n";

const Written written[] = {
    {"as we write it", plain},
    {"with a BOM", "\xef\xbb\xbf" + plain},
    {"with three", "\xef\xbb\xbf\xef\xbb\xbf\xef\xbb\xbf" + plain},
    {"with CRLF", "example,quantity,layer,j,k,value\r\n,w,2,0,1,0.5\r\n0,dC/dw,2,0,1,-0.25\r\nmean,C,,,,1e-3\r\n"},
    {"with semicolons and decimal commas", "example;quantity;layer;j;k;value\n;w;2;0;1;0,5\n0;dC/dw;2;0;1;-0,25\nmean;C;;;;1e-3\n"},
    {"with tabs", "example\tquantity\tlayer\tj\tk\tvalue\n\tw\t2\t0\t1\t0.5\n0\tdC/dw\t2\t0\t1\t-0,25\nmean\tC\t\t\t\t0,001\n"},
    {"as UTF-16, little-endian", utf16(plain, false)},
    {"as UTF-16, big-endian", utf16(plain, true)},
    {"quoted", "\"example\",\"quantity\",\"layer\",\"j\",\"k\",\"value\"\n\"\",\"w\",\"2\",\"0\",\"1\",\"0.5\"\n0,\"dC/dw\",2,0,1,\"-0.25\"\nmean,C,,,,0.001\n"},
    {"with other columns in another order", "value,note,k,j,layer,quantity,example\n0.5,\"a, b\",1,0,2,w,\n-0.25,,1,0,2,dC/dw,0\n1e-3,,,,,C,mean\n"},
    {"with the line ends of old Macs", "example,quantity,layer,j,k,value\r,w,2,0,1,0.5\r0,dC/dw,2,0,1,-0.25\rmean,C,,,,1e-3\r"},
    {"with a first line for Excel", "sep=;\nexample;quantity;layer;j;k;value\n;w;2;0;1;0,5\n0;dC/dw;2;0;1;-0,25\nmean;C;;;;1e-3\n"},
    {"with a first line for Excel, tabs and CRLF", "\xef\xbb\xbfSEP=\t\r\nexample\tquantity\tlayer\tj\tk\tvalue\r\n\tw\t2\t0\t1\t0.5\r\n0\tdC/dw\t2\t0\t1\t-0,25\r\nmean\tC\t\t\t\t0,001\r\n"},
    {"with what Excel is told to be the separator", "\"sep=|\"\nexample|quantity|layer|j|k|value\n|w|2|0|1|0,5\n0|dC/dw|2|0|1|-0,25\n|||||\nmean|C||||1e-3\n"},
    {"with columns in capitals", "EXAMPLE,Quantity,Layer,J,K,VALUE\n,w,2,0,1,0.5\n0,dC/dw,2,0,1,-0.25\nmean,C,,,,1e-3\n"},
    {"with indices as decimals", "example,quantity,layer,j,k,value\n,w,2.0,0.0,1.00,0.5\n0.0,dC/dw,2,0,1.0,-0.25\nmean,C,,,,1e-3\n"},
    {"with indices as decimals with commas", "example;quantity;layer;j;k;value\n;w;2,0;0,0;1,00;0,5\n0,0;dC/dw;2.0;0;1,0;-0,25\nmean;C;;;;1e-3\n"},
    {"with line breaks in cells", "example,quantity,layer,j,k,value,\"my\nnote\"\n,w,2,0,1,\"0.5\n\",\"see\r\n\r\nabove, \"\"there\"\"\"\n0,dC/dw,2,0,1,\"\n-0.25\",\nmean,C,,,,1e-3,\"a\nb\",\"c\nd\"\n"},
    {"with line breaks in cells of old Macs", "note,example,quantity,layer,j,k,value\r\"a\rb\",,w,2,0,1,0.5\r\"a\nb\",0,dC/dw,2,0,1,-0.25\r,mean,C,,,,1e-3\r"},
    {"with other line ends in every line", "example,quantity,layer,j,k,value\r,w,2,0,1,0.5\r\r\n0,dC/dw,2,0,1,-0.25\nmean,C,,,,1e-3\r\n"},
    {"with one lone CR", "example,quantity,layer,j,k,value\n,w,2,0,1,0.5\r0,dC/dw,2,0,1,-0.25\nmean,C,,,,1e-3\n"},
    {"with remarks beyond its columns", "example,quantity,layer,j,k,value\n,w,2,0,1,0.5,,a\n0,dC/dw,2,0,1,-0.25,see 2\nmean,C,,,,1e-3\n"},
    {"with a minus of typesetters and blank lines", "example,quantity,layer,j,k,value\n\n,w,2,0,1,0.5\n0,dC/dw,2,0,1,\xe2\x88\x92" "0.25\n\nmean,C,,,,1e-3\n\n\n"},
};

std::string problems_of(const std::string& text) {
  try {
    parse_table("t.csv", text);
  } catch (const InputError& error) {
    std::string lines;
    for (const Problem& problem : error.problems()) {
      lines += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + problem.message + "\n";
    }
    return lines;
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table)

BOOST_DATA_TEST_CASE(is_read_as_it_comes, boost::unit_test::data::make(written), given) {
  const StoredTable read = parse_table("t.csv", given.text);
  BOOST_REQUIRE(read.rows.size() == 3u);
  BOOST_TEST(to_string(read.rows[0].name, true) == "w[2][0,1]");
  BOOST_TEST(read.rows[0].value == 0.5);
  BOOST_TEST(to_string(read.rows[1].name, true) == "0:dC/dw[2][0,1]");
  BOOST_TEST(read.rows[1].value == -0.25);
  BOOST_TEST(to_string(read.rows[2].name, true) == "mean:C");
  BOOST_TEST(read.rows[2].value == 1e-3);
}

BOOST_AUTO_TEST_CASE(every_problem_is_reported_with_its_place) {
  const std::string problems = problems_of(
      "example,quantity,layer,j,k,value\n"
      "0,dC/dv,2,0,1,0.5\n"
      "0,delta,2,0,,half\n"
      "x,delta,2,1,,1\n"
      "0,delta,-1,0,,1\n");
  BOOST_TEST(problems.find("2:3: ") != std::string::npos, problems);
  BOOST_TEST(problems.find("did you mean") != std::string::npos, problems);  // the suggestion
  BOOST_TEST(problems.find("3:14: ") != std::string::npos, problems);
  BOOST_TEST(problems.find("4:1: ") != std::string::npos, problems);
  BOOST_TEST(problems.find("5:9: ") != std::string::npos, problems);
}

BOOST_AUTO_TEST_CASE(lines_are_counted_as_the_file_has_them) {
  const std::string problems = problems_of("example,quantity,layer,j,k,note,value\n0,C,,,,\"a\nb\",half\n0,dC/dv,1,0,,,1\n");
  BOOST_TEST(problems.find("3:4: \"half\" is no number") != std::string::npos, problems);
  BOOST_TEST(problems.find("4:3: unknown quantity \"dC/dv\"") != std::string::npos, problems);
}

/// Two rows in one line would be one, and what the second says be lost.
BOOST_AUTO_TEST_CASE(a_lost_line_break_is_told) {
  const std::string head = "example,quantity,layer,j,k,value\n", why = std::string(goes_beyond_columns) + "\n";
  BOOST_TEST(problems_of(head + "0,delta,1,0,,0.50,delta,1,1,,0.25\n") == "2:19: " + why);
  BOOST_TEST(problems_of(head + "0,delta,1,0,,0.5\n0,delta,1,1,,0.5,,0,C,,,,1\n") == "3:19: " + why);
  BOOST_TEST(problems_of("example;quantity;layer;j;k;value\n0;delta;1;0;;0,5;0;C;;;;0,59\n") == "2:18: " + why);
  BOOST_TEST(problems_of("example,quantity,layer,j,k,value,0,delta,1,0,,0.5\n0,delta,1,1,,0.25\n").starts_with("1:34: the first line goes on as a row does"));
  BOOST_TEST(problems_of("example,quantity,layer,j,k,value,a,week 2\n0,delta,1,1,,0.25\n") == "");
  BOOST_TEST(problems_of(head + "0,delta,1,0,,0.5\r0,delta,1,1,,half\r\n0,delta,1,2,,none\n") == "3:14: \"half\" is no number\n4:14: \"none\" is no number\n");
}

/// Neither to the end of the file, nor to the next slip of its kind.
BOOST_AUTO_TEST_CASE(a_quote_too_many_takes_one_line_with_it) {
  const auto rows = [](const std::string& slip, std::size_t at) {
    std::string text = "example,quantity,layer,j,k,value\n";
    for (std::size_t i = 0; i < 200; ++i) text += "0,delta,1," + std::to_string(i) + ",," + (i == 3 || i == at ? slip : "0.5") + "\n";
    const CellTable table = parse_cells("t.csv", text);
    std::string found = std::to_string(table.rows.size()) + " rows;";
    for (const Problem& problem : table.problems) found += " " + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": " + problem.message + ";";
    return found;
  };
  const std::string both = "198 rows; 5:1: the quotes of this line are not balanced; 12:1: the quotes of this line are not balanced;";
  for (const char* slip : {"\"0.5", "0.5\"", "0.\"5", "\"0.5\"\""}) {
    BOOST_TEST(rows(slip, 3) == "199 rows; 5:1: the quotes of this line are not balanced;", slip);
    BOOST_TEST(rows(slip, 10) == both, slip);
  }
  // A note without end, its lines no rows.
  std::string text = "example,quantity,layer,j,k,value,note\n0,delta,1,0,,1,\"so\n";
  for (int i = 0; i < 60; ++i) text += ",so on\n";
  const CellTable table = parse_cells("t.csv", text + "0,delta,1,1,,2,\"\"\n");
  BOOST_REQUIRE(table.rows.size() == 1u);
  BOOST_TEST(table.rows[0].text == "2");
  BOOST_REQUIRE(table.problems.size() >= 1u);
  BOOST_TEST(table.problems[0].line == 2u);
  BOOST_TEST(table.problems[1].line == 3u);
}

BOOST_AUTO_TEST_CASE(of_a_number_given_twice_the_one_filled_in_counts) {
  for (const std::string rows : {"0,C,,,,\n0,C,,,,0.5\n", "0,C,,,,0.5\n0,C,,,,\n", "0,C,,,,0.5\n0,C,,,,0.7\n"}) {
    const CellTable table = parse_cells("t.csv", "example,quantity,layer,j,k,value\n" + rows);
    BOOST_REQUIRE(table.rows.size() == 1u);
    BOOST_TEST(table.rows[0].text == "0.5");
    BOOST_REQUIRE(table.problems.size() == 1u);
    BOOST_TEST(table.problems[0].line == 3u);
    BOOST_TEST(table.problems[0].message == "this number stands in the table twice, first in line 2");
  }
}

/// A decimal comma where commas part the columns: the row is known, its value is not taken, and can be put right.
BOOST_AUTO_TEST_CASE(a_value_that_became_two_cells_is_found_as_one) {
  for (const std::string header : {"example,quantity,layer,j,k,value,student\n", "value,student,example,quantity,layer,j,k\n"}) {
    const bool at_end = header.starts_with("example");
    const std::string row = at_end ? "0,delta,1,0,,{},ada\n" : "{},ada,0,delta,1,0,\n", other = at_end ? "0,C,,,,0.5,ada\n" : "0.5,ada,0,C,,,\n";
    const CellTable table = parse_cells("t.csv", header + fmt::format(fmt::runtime(row), "-0,25") + other);
    BOOST_REQUIRE(table.rows.size() == 2u);
    BOOST_TEST(to_string(table.rows[0].name, true) == "0:delta[1][0]");
    BOOST_REQUIRE(table.problems.size() == 1u);
    BOOST_TEST(table.unreadable.at(table.rows[0].name) == table.problems[0].message);
    BOOST_TEST(table.problems[0].message.starts_with("\"-0,25\" is two cells"));
    BOOST_TEST(table.labels.at("student").text == "ada");
    BOOST_TEST(table.labels.at("student").column == (at_end ? 20u : 7u));
    BOOST_TEST(with_values(table, {{table.rows[0].name, -0.25}}, {}) == header + fmt::format(fmt::runtime(row), "-0.25") + other);
    BOOST_CHECK_THROW(parse_table("t.csv", table.source), InputError);
  }
}

BOOST_AUTO_TEST_CASE(a_value_is_written_into_its_cell_and_nothing_else_changes) {
  const auto written = [](const std::string& text) {
    return with_values(parse_cells("t.csv", text), {{parse_name("0:delta[1][0]"), 0.25}, {parse_name("0:C"), -1.5}}, {"student"});
  };
  const std::string header = "example,quantity,layer,j,k,value,note,student\n";
  BOOST_TEST(written(header + "0,C,,,,\"03.Jan\",\"a\nb, \"\"c\"\"\",ada\n0,delta,1,0,, ,,\n") == header + "0,C,,,,-1.5,\"a\nb, \"\"c\"\"\",ada\n0,delta,1,0,,0.25,,\n");
  // A row that was deleted, and one that ends too early.
  BOOST_TEST(written(header + "0,a,1,0,,1,note,'=ada\n0,C") == header + "0,a,1,0,,1,note,'=ada\n0,C,,,,-1.5\n0,delta,1,0,,0.25,,'=ada\n");
  BOOST_TEST(written("sep=;\r\nvalue;K;J;layer;quantity;example\r\n0,5;;0;1;a;0\r\n;;0;1;delta;0\r\n") ==
             "sep=;\r\nvalue;K;J;layer;quantity;example\r\n0,5;;0;1;a;0\r\n0,25;;0;1;delta;0\r\n-1,5;;;;C;0\r\n");
  BOOST_TEST(written("\xef\xbb\xbf" + header + "0,C,,,,,\xc3\xa4,\n0,delta,1,0,,1,,\n") == "\xef\xbb\xbf" + header + "0,C,,,,-1.5,\xc3\xa4,\n0,delta,1,0,,0.25,,\n");
}

BOOST_AUTO_TEST_CASE(a_file_without_its_columns_or_numbers_is_refused) {
  BOOST_TEST(problems_of("").size() > 0u);
  BOOST_TEST(problems_of("example,quantity,layer,j,k\n0,C,,,\n").find("value") != std::string::npos);
  BOOST_TEST(problems_of("example,quantity,layer,j,k,value\n0,delta,2,0,,\n").size() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
