#include "base/file.hpp"

#include "base/error.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

using namespace gradtrace;

namespace {

std::string message_of(const InputError& error) { return error.what(); }

template <class Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return message_of(error);
  }
  return "no error";
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat status {};
  ::stat(file.c_str(), &status);
  return status.st_mode & 07777;
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(an_output_appears_under_its_name_only_when_finished) {
  const TemporaryFolder folder;
  const auto path = folder.write("x.csv", "old");
  Output output(path);
  output.write("new");
  BOOST_TEST(folder.read("x.csv") == "old");
  output.finish();
  BOOST_TEST(folder.read("x.csv") == "new");
  BOOST_TEST(folder.files() == 1u);
}

BOOST_AUTO_TEST_CASE(an_output_given_up_leaves_nothing_behind) {
  const TemporaryFolder folder;
  { Output(folder.path() / "x.csv").write(std::string(300'000, 'x')); }
  BOOST_TEST(folder.files() == 0u);
}

BOOST_AUTO_TEST_CASE(an_output_keeps_the_permissions_there_were_and_otherwise_follows_the_umask) {
  const TemporaryFolder folder;
  const auto old = folder.write("old", "");
  ::chmod(old.c_str(), 0640);
  Output(old).finish();
  BOOST_TEST(mode_of(old) == 0640u);

  const mode_t umask = ::umask(022);
  Output(folder.path() / "new").finish();
  ::umask(umask);
  BOOST_TEST(mode_of(folder.path() / "new") == 0644u);
}

BOOST_AUTO_TEST_CASE(an_output_goes_through_a_symbolic_link_to_what_it_names) {
  const TemporaryFolder folder;
  folder.write("real", "old");
  std::filesystem::create_symlink("real", folder.path() / "link");
  std::filesystem::create_symlink("not-yet", folder.path() / "dangling");
  for (const char* name : {"link", "dangling"}) {
    Output output(folder.path() / name);
    output.write("new");
    output.finish();
  }
  BOOST_TEST(folder.read("real") == "new");
  BOOST_TEST(folder.read("not-yet") == "new");
  BOOST_TEST(std::filesystem::is_symlink(folder.path() / "link"));
  BOOST_TEST(std::filesystem::is_symlink(folder.path() / "dangling"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_with_the_device_named) {
  Output output("/dev/full");
  output.write("x");
  BOOST_TEST(error_of([&] { output.finish(); }) == "/dev/full: error: no space left on device");
}

BOOST_AUTO_TEST_CASE(a_device_is_written_directly_and_stays_one) {
  Output output("/dev/null");
  output.write("x");
  output.finish();
  BOOST_TEST(std::filesystem::is_character_file("/dev/null"));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_written_directly) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  Output output(pipe);
  output.write("hello");
  output.finish();
  char text[8] = {};
  BOOST_TEST(::read(reader, text, sizeof text) == 5);
  BOOST_TEST(std::string(text) == "hello");
  ::close(reader);
  BOOST_TEST(std::filesystem::is_fifo(pipe));
}

BOOST_AUTO_TEST_CASE(an_output_that_cannot_be_made_is_an_error_at_once) {
  const TemporaryFolder folder;
  const auto nowhere = folder.path() / "none" / "x.csv";
  BOOST_TEST(error_of([&] { Output{nowhere}; }) ==
             nowhere.string() + ": error: no such file or directory");
  BOOST_TEST(error_of([&] { Output{folder.path()}; }) ==
             folder.path().string() + ": error: is a directory");
}

BOOST_AUTO_TEST_CASE(a_reader_of_standard_output_who_leaves_is_no_error) {
  int ends[2];
  BOOST_REQUIRE(::pipe(ends) == 0);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const int standard_output = ::dup(STDOUT_FILENO);
  ::dup2(ends[1], STDOUT_FILENO);
  ::close(ends[0]);
  Output output;
  output.write("x");
  bool closed = false;
  try {
    output.finish();
  } catch (const ClosedPipe&) {
    closed = true;
  }
  ::dup2(standard_output, STDOUT_FILENO);
  ::close(standard_output);
  ::close(ends[1]);
  std::signal(SIGPIPE, before);
  BOOST_TEST(closed);
}

BOOST_AUTO_TEST_SUITE_END()
