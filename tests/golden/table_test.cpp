// Tables as spreadsheet programs and other languages write them.
#include "base/error.hpp"
#include "golden/table.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

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
    {"with CRLF", "example,quantity,layer,j,k,value\r\n,w,2,0,1,0.5\r\n0,dC/dw,2,0,1,-0.25\r\nmean,C,,,,1e-3\r\n"},
    {"with semicolons and decimal commas", "example;quantity;layer;j;k;value\n;w;2;0;1;0,5\n0;dC/dw;2;0;1;-0,25\nmean;C;;;;1e-3\n"},
    {"with tabs", "example\tquantity\tlayer\tj\tk\tvalue\n\tw\t2\t0\t1\t0.5\n0\tdC/dw\t2\t0\t1\t-0,25\nmean\tC\t\t\t\t0,001\n"},
    {"as UTF-16, little-endian", utf16(plain, false)},
    {"as UTF-16, big-endian", utf16(plain, true)},
    {"quoted", "\"example\",\"quantity\",\"layer\",\"j\",\"k\",\"value\"\n\"\",\"w\",\"2\",\"0\",\"1\",\"0.5\"\n0,\"dC/dw\",2,0,1,\"-0.25\"\nmean,C,,,,0.001\n"},
    {"with other columns in another order", "value,note,k,j,layer,quantity,example\n0.5,\"a, b\",1,0,2,w,\n-0.25,,1,0,2,dC/dw,0\n1e-3,,,,,C,mean\n"},
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

BOOST_AUTO_TEST_CASE(a_file_without_its_columns_or_numbers_is_refused) {
  BOOST_TEST(problems_of("").size() > 0u);
  BOOST_TEST(problems_of("example,quantity,layer,j,k\n0,C,,,\n").find("value") != std::string::npos);
  BOOST_TEST(problems_of("example,quantity,layer,j,k,value\n0,delta,2,0,,\n").size() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
