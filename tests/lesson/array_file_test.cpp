#include "lesson/array_file.hpp"

#include "lesson/array_bytes.hpp"
#include "temporary_folder.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>

using namespace gradtrace;

namespace {

/// One file: its name, its bytes, and what is to come of it.
struct Sample {
  std::string file, bytes;
  std::string expected;  // rows, `;` between them, or the error
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) {
  return out << sample.file << " → " << sample.expected;
}

std::string content(const std::filesystem::path& path, RowRange range = {}) {
  std::string text;
  try {
    const ArrayFile file(path);
    file.read(range, [&](std::size_t, std::span<const double> row) {
      if (!text.empty()) text += "; ";
      for (std::size_t k = 0; k < row.size(); ++k) {
        char number[40];
        std::snprintf(number, sizeof number, "%s%.17g", k > 0 ? " " : "", row[k]);
        text += number;
      }
      return true;
    });
  } catch (const ArrayFileError& error) {
    return error.what();
  }
  return text;
}

const std::string six = bytes_of<double>({1, 2, 3, 4, 5, 6});
const std::string two_by_three = npy_of("<f8", "(2, 3)", six);

const std::vector<Sample> npy_samples{
    {"a.npy", two_by_three, "1 2 3; 4 5 6"},
    {"vector.npy", npy_of("<f8", "(6,)", six), "1; 2; 3; 4; 5; 6"},
    {"cube.npy", npy_of("<f8", "(1, 2, 3)", six), "1 2 3 4 5 6"},
    {"fortran.npy", npy_of("<f8", "(2, 3)", six, true), "1 3 5; 2 4 6"},
    {"fortran-cube.npy", npy_of("<f8", "(1, 2, 3)", six, true), "1 3 5 2 4 6"},
    {"version-2.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", six, 2),
     "1 2 3; 4 5 6"},
    {"version-3.npy", npy("{\"shape\":(3L,2L),\"fortran_order\":False,\"descr\":\"<f8\"}", six, 3),
     "1 2; 3 4; 5 6"},
    {"f4.npy", npy_of("<f4", "(2, 1)", bytes_of<float>({0.1, -2})), "0.10000000149011612; -2"},
    {"big-f8.npy", npy_of(">f8", "(2,)", bytes_of<double>({0.1, -2}, true)),
     "0.10000000000000001; -2"},
    {"big-f4.npy", npy_of(">f4", "(1,)", bytes_of<float>({0.5}, true)), "0.5"},
    {"i1.npy", npy_of("|i1", "(2,)", bytes_of<std::int8_t>({-128, 127})), "-128; 127"},
    {"u1.npy", npy_of("|u1", "(2,)", "\x01\xff"), "1; 255"},
    {"i2.npy", npy_of("<i2", "(2,)", bytes_of<std::int16_t>({-300, 300})), "-300; 300"},
    {"u2.npy", npy_of(">u2", "(1,)", bytes_of<std::uint16_t>({65535}, true)), "65535"},
    {"i4.npy", npy_of(">i4", "(1,)", bytes_of<std::int32_t>({-70000}, true)), "-70000"},
    {"u4.npy", npy_of("<u4", "(1,)", bytes_of<std::uint32_t>({4e9})), "4000000000"},
    {"i8.npy", npy_of("<i8", "(2,)", bytes_of<std::int64_t>({-1, 1e15})), "-1; 1000000000000000"},
    {"u8.npy", npy_of("<u8", "(1,)", bytes_of<std::uint64_t>({1e19})), "1e+19"},
    {"bool.npy", npy_of("|b1", "(3,)", std::string("\x01\0\x01", 3)), "1; 0; 1"},
    {"a.npy.gz", gzipped(two_by_three), "1 2 3; 4 5 6"},
    {"members.npy.gz", gzipped(two_by_three.substr(0, 50)) + gzipped("") + gzipped(two_by_three.substr(50)),
     "1 2 3; 4 5 6"},
    {"tape.npy.gz", gzipped(two_by_three) + std::string(300'000, '\0'), "1 2 3; 4 5 6"},
    {"a.npy", gzipped(two_by_three), "1 2 3; 4 5 6"},  // the bytes say what it is
};

const std::vector<Sample> bad_npy_samples{
    {"empty.npy", "", "this is no .npy file: it does not begin as NumPy's files do"},
    {"text.npy", "0.1, 0.2\n0.3, 0.4",
     "this is no .npy file: it does not begin as NumPy's files do"},
    {"version-9.npy", npy("{}", "", 9),
     "version 9 of the .npy format is unknown; expected 1, 2 or 3"},
    {"cut-length.npy", std::string("\x93NUMPY\x01\0\x76", 9), "the .npy header breaks off"},
    {"cut-header.npy", two_by_three.substr(0, 100), "the .npy header breaks off"},
    {"long-header.npy", std::string("\x93NUMPY\x02\0\xff\xff\xff\xff", 12) + six,
     "the .npy header is damaged: it claims 4294967295 bytes"},
    {"not-a-dictionary.npy", npy("[1, 2]", six), "the .npy header is damaged"},
    {"open-dictionary.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)", six),
     "the .npy header is damaged"},
    {"more-text.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)} x", six),
     "the .npy header is damaged"},
    {"no-shape.npy", npy("{'descr': '<f8', 'fortran_order': False}", six),
     "the .npy header is damaged"},
    {"negative.npy", npy_of("<f8", "(-2, 3)", six), "the .npy header is damaged"},
    {"huge-extent.npy", npy_of("<f8", "(99999999999999999999,)", six),
     "the .npy header is damaged"},
    {"scalar.npy", npy_of("<f8", "()", bytes_of<double>({1})),
     "the file holds a single number without a shape; expected an array"},
    {"nothing.npy", npy_of("<f8", "(0, 3)", ""), "the array is empty: it is 0 × 3"},
    {"objects.npy", npy_of("|O", "(2,)", six),
     "the array's type is \"|O\"; expected float64, float32, an integer type or bool"},
    {"complex.npy", npy_of("<c16", "(3,)", six),
     "the array's type is \"<c16\"; expected float64, float32, an integer type or bool"},
    {"records.npy", npy("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (6,)}", six),
     "the array holds records; expected plain numbers"},
    {"truncated.npy", two_by_three.substr(0, two_by_three.size() - 1),
     "the header promises 2 × 3 numbers of 8 bytes, but the file holds 47 bytes of data"},
    {"trailing.npy", two_by_three + "x",
     "the header promises 48 bytes of data, but the file holds 49"},
    {"overflowing.npy", npy_of("<f8", "(4294967296, 4294967296)", six),
     "the header promises 4294967296 × 4294967296 numbers of 8 bytes, but the file holds 48 bytes "
     "of data"},
    {"wrapping.npy", npy_of("<f8", "(2305843009213693953, 8)", six),  // × 8 × 8 is 64 modulo 2⁶⁴
     "the header promises 2305843009213693953 × 8 numbers of 8 bytes, but the file holds 48 bytes "
     "of data"},
    {"nan.npy", npy_of("<f8", "(2, 2)", bytes_of<double>({1, 2, 3, NAN})),
     "row 1, column 1 is nan; only finite numbers are allowed"},
    {"inf.npy", npy_of("<f4", "(1, 2)", bytes_of<float>({1, -INFINITY})),
     "row 0, column 1 is -inf; only finite numbers are allowed"},
    {"cut.npy.gz", gzipped(two_by_three).substr(0, 60),
     "the gzip data break off: the file is incomplete"},
    {"bomb.npy.gz", gzipped(npy_of("<f8", "(1000000, 1000000)", "")),
     "the header promises 1000000 × 1000000 numbers of 8 bytes, but the file cannot hold so many"},
    {"more.npy.gz", gzipped(two_by_three) + "more", "something else follows behind the gzip data"},
    {"padded.npy.gz", gzipped(two_by_three) + std::string(700, '\0') + gzipped("x"),
     "something else follows behind the gzip data"},
    {"another.npy.gz", gzipped(two_by_three) + gzipped("x"),
     "more data follow than the header promises"},
    {"short.npy.gz", gzipped(npy_of("<f8", "(2, 4)", six)),
     "the data break off: the file is incomplete"},
    {"long.npy.gz", gzipped(npy_of("<f8", "(1, 3)", six)),
     "more data follow than the header promises"},
};

const std::vector<Sample> idx_samples{
    {"labels.idx1-ubyte", idx(0x08, {3}, "\x07\x02\x09"), "7; 2; 9"},
    {"train-images-idx3-ubyte", idx(0x08, {2, 2, 2}, std::string("\0\1\2\3\4\5\6\xff", 8)),
     "0 1 2 3; 4 5 6 255"},
    {"images.idx3-ubyte.gz", gzipped(idx(0x08, {1, 2, 2}, "abcd")), "97 98 99 100"},
    {"i1.idx", idx(0x09, {1}, "\xff"), "-1"},
    {"i2.idx", idx(0x0B, {2}, bytes_of<std::int16_t>({-2, 300}, true)), "-2; 300"},
    {"i4.idx", idx(0x0C, {1}, bytes_of<std::int32_t>({-70000}, true)), "-70000"},
    {"f4.idx", idx(0x0D, {1, 1}, bytes_of<float>({0.5}, true)), "0.5"},
    {"f8.idx", idx(0x0E, {1, 2}, bytes_of<double>({0.1, 0.2}, true)),
     "0.10000000000000001 0.20000000000000001"},
    {"magic.idx", "hello",
     "this is no idx file: expected 00 00, a type from 08 to 0E, and the number of axes"},
    {"type.idx", idx(0x0A, {1}, "x"),
     "this is no idx file: expected 00 00, a type from 08 to 0E, and the number of axes"},
    {"axes.idx", idx(0x08, {}, "x"),
     "this is no idx file: expected 00 00, a type from 08 to 0E, and the number of axes"},
    {"header.idx", idx(0x08, {1, 1}, "x").substr(0, 9), "the idx header breaks off"},
    {"truncated.idx", idx(0x08, {2, 3}, "abcde"),
     "the header promises 2 × 3 numbers of 1 bytes, but the file holds 5 bytes of data"},
    {"trailing.idx", idx(0x08, {2}, "abc"),
     "the header promises 2 bytes of data, but the file holds 3"},
    {"huge.idx", idx(0x0E, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "abc"),
     "the header promises 4294967295 × 4294967295 × 4294967295 numbers of 8 bytes, but the file "
     "holds 3 bytes of data"},
    {"damaged.idx.gz",
     [] {
       std::string bytes = gzipped(idx(0x08, {4}, "abcd"));
       bytes[bytes.size() - 6] ^= 0x55;  // the checksum
       return bytes;
     }(),
     "the gzip data are damaged (incorrect data check)"},
};

const std::vector<Sample> csv_samples{
    {"a.csv", "1,2,3\n4,5,6\n", "1 2 3; 4 5 6"},
    {"no-newline.csv", "1,2\n3,4", "1 2; 3 4"},
    {"crlf.csv", "1,2\r\n3,4\r\n", "1 2; 3 4"},
    {"old-mac.csv", "1,2\r3,4\r", "1 2; 3 4"},
    {"empty-lines.csv", "\n1,2\n\n\n3,4\n\n", "1 2; 3 4"},
    {"bom.csv",
     "\xEF\xBB\xBF"
     "1,2\n",
     "1 2"},
    {"boms.csv", "\xEF\xBB\xBF\xEF\xBB\xBF" "1,2\n", "1 2"},
    {"header.csv", "height,weight\n1,2\n", "1 2"},
    {"spaces.csv", " 1 , 2 \n", "1 2"},
    {"quotes.csv", "\"1\",\"-2.5e-3\"\n", "1 -0.0025000000000000001"},
    {"semicolon.csv", "0,5;1,5\n2;3.5\n", "0.5 1.5; 2 3.5"},
    {"tab.tsv", "0,5\t1\n", "0.5 1"},
    {"column.txt", "1\n2\n", "1; 2"},
    {"a.csv.gz", gzipped("1,2\n3,4\n"), "1 2; 3 4"},
    {"more.csv.gz", gzipped("1,2\n3,4\n") + "5,6\n", "something else follows behind the gzip data"},
    {"empty.csv", "", "the file is empty"},
    {"header-only.csv", "a,b\n", "the file holds no numbers"},
    {"ragged.csv", "1,2\n\n3,4\r\n5\n", "line 4 has 1 cell, but the first has 2"},
    {"wide.csv", "1,2\n3,4,5\n", "line 2 has 3 cells, but the first has 2"},
    {"word.csv", "1,2\n3,x\n", "line 2, cell 2: \"x\" is no finite number"},
    {"half-a-header.csv", "a,2\n3,4\n", "line 1, cell 1: \"a\" is no finite number"},
    {"nan.csv", "nan,nan\n1,2\n", "line 1, cell 1: \"nan\" is no finite number; line 1, cell 2: \"nan\" is no finite number"},
    {"inf.csv", "1,inf\n", "line 1, cell 2: \"inf\" is no finite number"},
    {"overflow.csv", "1,1e999\n", "line 1, cell 2: \"1e999\" is no finite number"},
    {"gap.csv", "1,2\n3,\n", "line 2, cell 2 is empty; expected a number"},
    {"open-quote.csv", "1,2\n\"3,4\n", "line 2: a quote is not closed"},
    {"stray-quote.csv", "1,2\n3,4\"5\n", "line 2: a quote stands within a cell"},
    {"utf-16.csv",
     std::string("\xFF\xFE"
                 "1\0",
                 4),
     "the file is UTF-16; save it as UTF-8"},
    {"long-cell.csv", std::string(300'000, '1'), "line 1: the cell is too long for a number"},
    {"cut.csv.gz", gzipped("1,2\n3,4\n").substr(0, 15),
     "the gzip data break off: the file is incomplete"},
};

void check(const Sample& sample) {
  const TemporaryFolder folder;
  BOOST_TEST(content(folder.write(sample.file, sample.bytes)) == sample.expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(array_file)

BOOST_DATA_TEST_CASE(reads_npy, boost::unit_test::data::make(npy_samples)) { check(sample); }
BOOST_DATA_TEST_CASE(refuses_bad_npy, boost::unit_test::data::make(bad_npy_samples)) {
  check(sample);
}
BOOST_DATA_TEST_CASE(reads_idx_or_says_why_not, boost::unit_test::data::make(idx_samples)) {
  check(sample);
}
BOOST_DATA_TEST_CASE(reads_csv_or_says_why_not, boost::unit_test::data::make(csv_samples)) {
  check(sample);
}

BOOST_AUTO_TEST_CASE(flattens_column_major_arrays_as_it_does_others) {
  // The same 2 × 2 × 3 array in both orders, as numpy.arange(12).reshape(2, 2, 3) has it.
  const TemporaryFolder folder;
  const auto c = folder.write(
      "c.npy",
      npy_of("<f8", "(2, 2, 3)", bytes_of<double>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})));
  const auto fortran = folder.write(
      "f.npy",
      npy_of("<f8", "(2, 2, 3)", bytes_of<double>({0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11}), true));
  BOOST_TEST(content(c) == "0 1 2 3 4 5; 6 7 8 9 10 11");
  BOOST_TEST(content(fortran) == content(c));
}

BOOST_AUTO_TEST_CASE(takes_only_the_rows_wanted_of_every_kind) {
  const TemporaryFolder folder;
  for (const auto& path : {folder.write("a.npy", npy_of("<f8", "(6,)", six)),
                           folder.write("a.npy.gz", gzipped(npy_of("<f8", "(6,)", six))),
                           folder.write("f.npy", npy_of("<f8", "(6, 1)", six, true)),
                           folder.write("a.idx", idx(0x08, {6}, "\1\2\3\4\5\6")),
                           folder.write("a.csv", "x\n1\n2\n3\n4\n5\n6\n")}) {
    BOOST_TEST(content(path, {2, 3}) == "3; 4; 5");
    BOOST_TEST(content(path, {4, 100}) == "5; 6");
    BOOST_TEST(content(path, {6, 1}) == "");
    BOOST_TEST(content(path, {100, 1}) == "");
  }
}

BOOST_AUTO_TEST_CASE(converts_no_row_that_is_not_wanted) {
  const TemporaryFolder folder;
  BOOST_TEST(content(folder.write("a.csv", "x\ny\n1\n2\nz\n"), {1, 2}) == "1; 2");
  BOOST_TEST(content(folder.write("a.npy", npy_of("<f8", "(3,)", bytes_of<double>({NAN, 1, NAN}))),
                     {1, 1}) == "1");
}

BOOST_AUTO_TEST_CASE(notices_a_damaged_end_behind_the_rows_wanted) {
  const TemporaryFolder folder;
  const std::string whole = gzipped(idx(0x08, {8}, "abcdefgh"));
  BOOST_TEST(content(folder.write("a.idx.gz", whole.substr(0, whole.size() - 8)), {0, 1}) ==
             "the gzip data break off: the file is incomplete");
}

BOOST_AUTO_TEST_CASE(reads_across_its_own_blocks) {
  const TemporaryFolder folder;
  std::string text, bytes, expected;
  for (int i = 0; i < 30'000; ++i) {
    text += std::to_string(i) + ";" + std::to_string(i % 7) + "\n";
    expected += (i > 0 ? "; " : "") + std::to_string(i) + " " + std::to_string(i % 7);
    bytes += bytes_of<double>({double(i), double(i % 7)});
  }
  BOOST_TEST((content(folder.write("a.csv", text)) == expected));
  BOOST_TEST((content(folder.write("a.npy", npy_of("<f8", "(30000, 2)", bytes))) == expected));
}

BOOST_AUTO_TEST_CASE(tells_from_the_name_what_a_file_is) {
  const TemporaryFolder folder;
  BOOST_TEST(content(folder.write("a.xlsx", "")) ==
             "what this file holds cannot be told from its name; expected .npy, .csv or .idx, .gz "
             "behind it or not");
  BOOST_TEST(content(folder.path() / "none.csv") == "no such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
