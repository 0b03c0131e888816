// Files in and out, by POSIX calls: only these tell apart what may be read, replaced or only written to.
#include "base/file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <system_error>

namespace gradtrace {

namespace {

constexpr std::size_t block_size = std::size_t{64}
                                   << 10;  // large enough that system calls cost nothing
constexpr int most_links = 40;             // as the kernel allows

/// A descriptor that is closed when its scope ends.
struct Descriptor {
  int number;
  explicit Descriptor(int opened) : number(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(number); }
};

std::string limit_in_words(std::uintmax_t bytes) {
  constexpr std::uintmax_t megabyte = std::uintmax_t{1} << 20;
  return bytes >= megabyte ? std::to_string(bytes / megabyte) + " MB"
                           : std::to_string(bytes) + " bytes";
}

/// Where writing to `file` really writes: also where the last link points to nothing yet.
std::filesystem::path without_links(std::filesystem::path file) {
  std::error_code ignored;
  for (int links = 0; links < most_links && std::filesystem::is_symlink(file, ignored); ++links) {
    const std::filesystem::path next = std::filesystem::read_symlink(file, ignored);
    if (next.empty()) break;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return file;
}

/// A name nobody else uses, short enough for every file system, beside `target`: renaming works only
/// within one file system.
std::filesystem::path temporary_beside(const std::filesystem::path& target) {
  static std::atomic<unsigned> count{0};
  return target.parent_path() /
         (".gradtrace-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".tmp");
}

}  // namespace

std::string system_message(int error_number) {
  std::string text = std::generic_category().message(error_number);
  if (!text.empty())
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

int open_to_read(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw InputError(file.string(), system_message(errno));
  if (S_ISDIR(status.st_mode)) throw InputError(file.string(), "is a directory, not a file");
  if (!S_ISREG(status.st_mode)) throw InputError(file.string(), "is not a regular file");
  // Should a pipe have taken its place since, O_NONBLOCK keeps us from waiting for its writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw InputError(file.string(), system_message(errno));
  return descriptor;
}

std::string read_file(const std::filesystem::path& file, std::uintmax_t limit) {
  const Descriptor descriptor(open_to_read(file));
  struct stat status {};
  const bool sized = ::fstat(descriptor.number, &status) == 0 && status.st_size > 0;
  const auto too_long = [&] {
    return InputError(file.string(),
                      "is longer than " + limit_in_words(limit) + ", the most that is read");
  };
  if (sized && static_cast<std::uintmax_t>(status.st_size) > limit) throw too_long();

  // Read to the end, whatever the size says: files of /proc claim to be empty, others may grow.
  std::string text;
  std::size_t length = 0;
  for (;;) {
    const std::size_t expected = sized ? static_cast<std::size_t>(status.st_size) + 1 : 0;
    if (text.size() < length + block_size) text.resize(std::max(expected, length + block_size));
    const ssize_t count = ::read(descriptor.number, text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw InputError(file.string(), system_message(errno));
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
    if (length > limit) throw too_long();
  }
  text.resize(length);
  return text;
}

Output::Output(const std::filesystem::path& file) {
  // Named through /dev, standard output must not be replaced where the shell sends it to a file.
  if (file.empty() || file == "-" || file == "/dev/stdout") {
    descriptor_ = STDOUT_FILENO;
    return;
  }
  file_ = file;
  target_ = without_links(file);
  struct stat status {};
  const bool exists = ::stat(file.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    descriptor_ = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  // A rename would replace what may not be written to.
  if (exists && ::access(file.c_str(), W_OK) != 0) fail(errno);
  open_beside(target_);
  if (exists && ::fchmod(descriptor_, status.st_mode & 07777) != 0) fail(errno);
}

Output::~Output() { close_and_remove(); }

void Output::open_beside(const std::filesystem::path& target) {
  // Another process of the same number may have died here and left its file.
  constexpr int attempts = 100;
  constexpr mode_t before_umask = 0666;
  for (int attempt = 0; attempt < attempts && descriptor_ < 0; ++attempt) {
    const std::filesystem::path candidate = temporary_beside(target);
    descriptor_ = ::open(candidate.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, before_umask);
    if (descriptor_ >= 0) temporary_ = candidate;
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) fail(errno);
}

void Output::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= block_size) flush();
}

void Output::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // standard output that another program has made non-blocking
      struct pollfd ready {
        descriptor_, POLLOUT, 0
      };
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
  buffer_.clear();
}

void Output::finish() {
  if (descriptor_ < 0) return;
  flush();
  if (file_.empty()) return;
  const int descriptor = descriptor_;
  descriptor_ = -1;
  if (::close(descriptor) != 0) fail(errno);  // some file systems report a full disk only now
  if (!temporary_.empty() && ::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

bool Output::is_terminal() const { return descriptor_ >= 0 && ::isatty(descriptor_) == 1; }

void Output::close_and_remove() noexcept {
  if (descriptor_ >= 0 && !file_.empty()) ::close(descriptor_);
  descriptor_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

void Output::fail(int error_number) {
  buffer_.clear();
  close_and_remove();
  if (file_.empty() && error_number == EPIPE) throw ClosedPipe();
  throw InputError(file_.empty() ? "standard output" : file_.string(),
                   system_message(error_number));
}

}  // namespace gradtrace
