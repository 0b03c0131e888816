#include "base/file.hpp"

#include "support/error_of.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace gradtrace;

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(reads_every_byte) {
  const TemporaryFolder folder;
  const std::string bytes = std::string(200'000, 'x') + std::string("\0\r\n\xff", 4);
  BOOST_TEST(read_file(folder.write("x", bytes)) == bytes);
  BOOST_TEST(read_file(folder.write("empty", "")) == "");
}

BOOST_AUTO_TEST_CASE(reads_files_whose_size_the_system_does_not_tell) {
  BOOST_TEST(read_file("/proc/self/status").starts_with("Name:"));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_longer_than_allowed) {
  const TemporaryFolder folder;
  const auto path = folder.write("x", "12345");
  BOOST_TEST(read_file(path, 5) == "12345");
  BOOST_TEST(error_of([&] { read_file(path, 4); }) ==
             path.string() + ": error: is longer than 4 bytes, the most that is read");
}

BOOST_AUTO_TEST_CASE(says_why_a_file_cannot_be_read_and_never_waits_for_a_pipe) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  BOOST_TEST(error_of([&] { read_file(folder.path() / "none"); }) ==
             (folder.path() / "none").string() + ": error: no such file or directory");
  BOOST_TEST(error_of([&] { read_file(folder.path()); }) ==
             folder.path().string() + ": error: is a directory, not a file");
  BOOST_TEST(error_of([&] { read_file(pipe); }) ==
             pipe.string() + ": error: is not a regular file");
  BOOST_TEST(error_of([&] { read_file("/dev/zero"); }) ==
             "/dev/zero: error: is not a regular file");
}

BOOST_AUTO_TEST_SUITE_END()
