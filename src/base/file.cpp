// Reading by POSIX calls: only these tell a file from what must not be waited for.
#include "base/file.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <mutex>
#include <set>
#include <system_error>
#include <tuple>

namespace gradtrace {

namespace {

constexpr std::size_t block_size = std::size_t{64} << 10;  // large enough that system calls cost nothing

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

/// A file whatever it is called: device, number, and time of change, since numbers of removed files are given out again.
using FileIdentity = std::tuple<dev_t, ino_t, time_t, long>;

FileIdentity identity_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// The files of this run.
struct UsedFiles {
  std::mutex mutex;
  std::set<FileIdentity> files;
};

UsedFiles& used_files() {
  static UsedFiles used;
  return used;
}

}  // namespace

void note_used(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return;
  UsedFiles& used = used_files();
  const std::lock_guard lock(used.mutex);
  used.files.insert(identity_of(status));
}

bool was_used(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return false;
  UsedFiles& used = used_files();
  const std::lock_guard lock(used.mutex);
  return used.files.count(identity_of(status)) != 0;
}

std::string system_message(int error_number) {
  std::string text = std::generic_category().message(error_number);
  if (!text.empty())
    text.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(text.front())));
  return text;
}

/// @throws SystemError or InputError: whether the file is to blame
[[noreturn]] void refuse(const std::filesystem::path& file, int error_number) {
  const bool nothing_left = error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM;
  if (nothing_left) throw SystemError(file.string(), system_message(error_number));
  throw InputError(file.string(), system_message(error_number));
}

int open_to_read(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) refuse(file, errno);
  if (S_ISDIR(status.st_mode)) throw InputError(file.string(), "is a directory, not a file");
  if (!S_ISREG(status.st_mode)) throw InputError(file.string(), "is not a regular file");
  // Should a pipe have taken its place since, O_NONBLOCK keeps us from waiting for its writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) refuse(file, errno);
  note_used(descriptor);
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
    if (count < 0) refuse(file, errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
    if (length > limit) throw too_long();
  }
  text.resize(length);
  return text;
}

std::string beginning_of(const std::filesystem::path& file, std::uintmax_t most) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return {};
  std::string text(std::min(most, size), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace gradtrace
