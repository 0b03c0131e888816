#include "base/output.hpp"

#include "base/file.hpp"
#include "support/error_of.hpp"
#include "temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sys/wait.h>

#include <csignal>
#include <functional>
#include <optional>

namespace gradtrace {
struct FileSystemWithoutNamelessFiles {
  FileSystemWithoutNamelessFiles() { Output::nameless_files_ = false; }
  ~FileSystemWithoutNamelessFiles() { Output::nameless_files_ = true; }
};
}  // namespace gradtrace

using namespace gradtrace;

namespace {

mode_t mode_of(const std::filesystem::path& file) {
  struct stat status {};
  ::stat(file.c_str(), &status);
  return status.st_mode & 07777;
}

/// How a process of its own ends in which `action` runs: the signal that ended it, or 0.
int ending_of(const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    Output::remove_on_signals();
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(output)

/// By whatever name; refused before either is written, so that neither is lost.
BOOST_AUTO_TEST_CASE(two_outputs_to_one_file_are_refused) {
  const TemporaryFolder folder;
  const auto path = folder.write("x.csv", "old");
  std::filesystem::create_symlink("x.csv", folder.path() / "link.csv");
  {
    Output first(path);
    for (const char* name : {"x.csv", "./x.csv", "link.csv"}) {
      BOOST_TEST(error_of([&] { Output second(folder.path() / name); }).find("is to hold two outputs of this run") != std::string::npos);
    }
    Output other(folder.path() / "y.csv");
    BOOST_TEST(error_of([&] { Output second(folder.path() / "y.csv"); }) != "");
  }
  BOOST_TEST(folder.read("x.csv") == "old");
  Output again(path);  // the first is gone
  again.write("new");
  again.finish();
  BOOST_TEST(folder.read("x.csv") == "new");
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

BOOST_AUTO_TEST_CASE(a_process_ended_by_a_signal_leaves_the_old_file_and_nothing_else) {
  const TemporaryFolder folder;
  const auto path = folder.write("x.csv", "old");
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGKILL}) {
    BOOST_TEST(ending_of([&] {
                 Output output(path);
                 output.write(std::string(300'000, 'x'));
                 ::raise(number);
               }) == number);
    BOOST_TEST(folder.read("x.csv") == "old");
    BOOST_TEST(folder.files() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(so_it_does_where_files_need_a_name_from_the_start) {
  const FileSystemWithoutNamelessFiles here;
  const TemporaryFolder folder;
  const auto path = folder.write("x.csv", "old");
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    BOOST_TEST(ending_of([&] {
                 Output first(path), second(folder.path() / "new"), third(folder.path() / "newer");
                 for (Output* output : {&first, &second, &third}) output->write(std::string(300'000, 'x'));
                 second.finish();
                 ::raise(number);
               }) == number);
    BOOST_TEST(folder.read("x.csv") == "old");
    BOOST_TEST(folder.read("new") == std::string(300'000, 'x'));
    BOOST_TEST(folder.files() == 2u);
    std::filesystem::remove(folder.path() / "new");
  }
  Output output(path);
  output.write("new");
  output.finish();
  BOOST_TEST(folder.read("x.csv") == "new");
  BOOST_TEST(folder.files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_signal_that_is_ignored_stays_so) {
  const TemporaryFolder folder;
  std::signal(SIGHUP, SIG_IGN);  // as nohup does
  BOOST_TEST(ending_of([&] { ::raise(SIGHUP); }) == 0);
  std::signal(SIGHUP, SIG_DFL);
}

BOOST_AUTO_TEST_CASE(a_secret_is_for_its_owner_alone_and_takes_no_others_place) {
  for (const bool named : {false, true}) {
    std::optional<FileSystemWithoutNamelessFiles> here;
    if (named) here.emplace();
    const TemporaryFolder folder;
    const auto path = folder.path() / "secret";
    Output first = Output::secret(path), second = Output::secret(path);
    first.write("one");
    second.write("two");
    first.finish();
    BOOST_TEST(error_of([&] { second.finish(); }).find("is not overwritten") != std::string::npos);
    BOOST_TEST(folder.read("secret") == "one");
    BOOST_TEST(mode_of(path) == 0600u);
    BOOST_TEST(folder.files() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(no_link_leads_a_folders_file_out_of_it) {
  const TemporaryFolder folder, elsewhere;
  const auto other = elsewhere.write("other", "old");
  std::filesystem::create_symlink(other, folder.path() / "out");
  std::filesystem::create_symlink(elsewhere.path() / "not-yet", folder.path() / "dangling");
  std::filesystem::create_symlink("within", folder.path() / "in");
  ::mkfifo((folder.path() / "pipe").c_str(), 0600);
  OutputFolder out(folder.path());
  for (const char* name : {"out", "dangling"}) {
    BOOST_TEST(error_of([&] { out.write(name, "new"); }).find("is a link that leads out of the folder") != std::string::npos);
  }
  BOOST_TEST(error_of([&] { out.write("pipe", "new"); }).find("is not a regular file") != std::string::npos);
  out.write("in", "new");
  out.keep();
  BOOST_TEST(folder.read("within") == "new");
  BOOST_TEST(elsewhere.read("other") == "old");
  BOOST_TEST(elsewhere.files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_folder_made_for_nothing_goes_again) {
  const TemporaryFolder folder;
  { const OutputFolder out(folder.path() / "a" / "b" / ""); }
  BOOST_TEST(folder.files() == 0u);
  OutputFolder(folder.path() / "a" / "b").write("x", "y");
  BOOST_TEST(folder.files() == 0u);
  {
    OutputFolder out(folder.path() / "a" / "b");
    out.write("x", "y");
    out.keep();
  }
  { OutputFolder(folder.path() / "a" / "b").write("new", "y"); }
  BOOST_TEST(folder.read("a/b/x") == "y");
  BOOST_TEST(!std::filesystem::exists(folder.path() / "a" / "b" / "new"));
  { const OutputFolder out(folder.path() / "a" / "b"); }
  BOOST_TEST(folder.read("a/b/x") == "y");
  const auto file = folder.write("file", "");
  BOOST_TEST(error_of([&] { OutputFolder(file / "x"); }).find("cannot be made a folder: not a directory") != std::string::npos);
  BOOST_TEST(error_of([&] { OutputFolder{file}; }).find("cannot be made a folder") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_was_read_or_written_is_not_overwritten_whatever_it_is_called) {
  const TemporaryFolder folder;
  const auto given = folder.write("given", "mine");
  std::filesystem::create_symlink("given", folder.path() / "link");
  std::filesystem::create_hard_link(given, folder.path() / "other");
  Output early(folder.path() / "other");  // before it is known that the file is read
  early.write("new");
  read_file(given);
  BOOST_TEST(error_of([&] { early.finish(); }).find("is not overwritten") != std::string::npos);
  for (const char* name : {"given", "link", "other"}) BOOST_TEST(error_of([&] { Output{folder.path() / name}; }).find("is not overwritten") != std::string::npos);
  BOOST_TEST(folder.read("given") == "mine");
  Output first(folder.path() / "x");
  first.write("first");
  first.finish();
  BOOST_TEST(error_of([&] { Output{folder.path() / "." / "x"}; }).find("is not overwritten") != std::string::npos);
  BOOST_TEST(folder.read("x") == "first");
  Output again = Output::renewed(folder.path() / "x");
  again.write("again");
  again.finish();
  BOOST_TEST(folder.read("x") == "again");
  BOOST_TEST(folder.files() == 4u);
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
