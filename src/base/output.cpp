// Files written without a name, or beside their place, and put there whole.
#include "base/output.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "base/signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace gradtrace {

namespace {

constexpr std::size_t block_size = std::size_t{64} << 10;  // large enough that system calls cost nothing
constexpr const char* two_outputs = "is to hold two outputs of this run; name another file for one of them";
constexpr int most_links = 40;                             // as the kernel allows

/// Where writing to `file` really writes: also where the last link points to nothing yet.
fs::path without_links(fs::path file) {
  std::error_code ignored;
  for (int links = 0; links < most_links && fs::is_symlink(file, ignored); ++links) {
    const fs::path next = fs::read_symlink(file, ignored);
    if (next.empty()) break;
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return file;
}

fs::path folder_of(const fs::path& file) { return file.parent_path().empty() ? fs::path(".") : file.parent_path(); }

/// The descriptor of this process that a name such as /dev/fd/2 or /dev/stderr stands for: what the shell has opened there
/// must be written to, not replaced.
std::optional<int> descriptor_named(fs::path file) {
  std::error_code error;
  for (int links = 0; !error && links < most_links && fs::is_symlink(file, error); ++links) {
    const fs::path folder = fs::canonical(folder_of(file), error);
    for (const char* descriptors : {"/proc/self/fd", "/proc/thread-self/fd"}) {
      std::error_code absent;
      const auto number = folder == fs::canonical(descriptors, absent) && !absent ? parse_size(file.filename().string()) : std::nullopt;
      if (number && !error) return static_cast<int>(*number);
    }
    const fs::path next = fs::read_symlink(file, error);
    file = next.is_absolute() ? next : file.parent_path() / next;
  }
  return std::nullopt;
}

/// Whether in a folder such as /tmp it is somebody else's, who alone may put another in its place.
bool must_stay(const struct stat& file, const fs::path& folder) {
  struct stat status {};
  if (::geteuid() == 0 || ::stat(folder.c_str(), &status) != 0 || (status.st_mode & S_ISVTX) == 0) return false;
  return file.st_uid != ::geteuid() && status.st_uid != ::geteuid();
}

/// What the system tells of a file beyond its mode: STATX_ATTR_APPEND and the like; nothing where it tells nothing.
std::uint64_t attributes(const fs::path& file) {
#ifdef STATX_ATTR_MOUNT_ROOT
  struct statx status {};
  if (::statx(AT_FDCWD, file.c_str(), 0, STATX_TYPE, &status) == 0) return status.stx_attributes & status.stx_attributes_mask;
#endif
  return 0;
}

/// Why a name that may be written to is not one that may be given to another file, or taken away again: as a set of files
/// must know before any of it is there. "" where nothing speaks against it.
std::string why_fixed(const fs::path& file) {
#ifdef STATX_ATTR_MOUNT_ROOT
  const std::uint64_t own = attributes(file);
  if ((own & STATX_ATTR_MOUNT_ROOT) != 0) return "is mounted there by itself, so that no other file can take its place";
  if ((own & STATX_ATTR_APPEND) != 0) return "may only be appended to (chattr +a), not replaced";
  if ((attributes(folder_of(file)) & STATX_ATTR_APPEND) != 0) return "is in a folder from which nothing can be removed (chattr +a)";
#else
  static_cast<void>(file);
#endif
  return "";
}

bool is_beneath(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path inner = fs::canonical(folder_of(file), error), outer = fs::canonical(folder, error);
  if (error) return false;
  const fs::path way = inner.lexically_relative(outer);
  return !way.empty() && *way.begin() != "..";
}

/// A name nobody else uses, short enough for every file system, beside `target`: renaming works only within one file
/// system.
fs::path temporary_beside(const fs::path& target) {
  static std::atomic<unsigned> count{0};
  return target.parent_path() / (".gradtrace-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".tmp");
}

/// The way to an open file that has no name.
std::string proc_name(int descriptor) { return "/proc/self/fd/" + std::to_string(descriptor); }

/// @returns 0 or an error number, EEXIST where the name is taken
int link_as(const std::string& source, const fs::path& name) {
  return ::linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

/// tried: whether there is room for the name that it needs on the way. A file without a name would lose that chance by it.
enum class Replacing { done, tried };

int replace(const std::string& source, const fs::path& name, const fs::path& target, Replacing replacing) {
  if (replacing == Replacing::tried) {
    const int other = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (other < 0) return errno;
    ::close(other);
    return ::unlink(name.c_str()) == 0 ? 0 : errno;
  }
  const int error = link_as(source, name);
  if (error != 0 || ::rename(name.c_str(), target.c_str()) == 0) return error;
  const int why = errno;
  ::unlink(name.c_str());
  return why;
}

/// Puts a file without a name in the place of `target`. No system call does so in one step; a process of its own does both,
/// so that whatever kills this one does not come between them. It shares the memory, which it only reads (but for errno),
/// and this process waits for it.
/// @returns 0 or an error number
int replace_apart(const std::string& source, const fs::path& target, Replacing replacing) {
  int error = EEXIST;
  while (error == EEXIST) {  // a name that somebody of the same number has left
    const fs::path name = temporary_beside(target);
    const pid_t child = ::vfork();
    if (child < 0) return replace(source, name, target, replacing);
    if (child == 0) {
      ::setsid();
      ::_exit(replace(source, name, target, replacing));
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    error = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
  }
  return error;
}

}  // namespace

Output* Output::first_named_ = nullptr;
OutputFolder* OutputFolder::first_ = nullptr;

/// For a signal handler: calls nothing but unlink() and rmdir().
void remove_named_temporaries() noexcept {
  for (const Output* output = Output::first_named_; output != nullptr; output = output->next_named_) {
    ::unlink(output->temporary_.c_str());
  }
}

void remove_new_folders() noexcept {
  for (const OutputFolder* folder = OutputFolder::first_; folder != nullptr; folder = folder->next_) {
    for (const fs::path& part : folder->made_) ::rmdir(part.c_str());  // the system refuses where something is in it
  }
}

void Output::remove_on_signals() {
  std::signal(SIGCHLD, SIG_DFL);  // replace_apart() waits for its child
  struct sigaction action {};
  action.sa_flags = SA_RESETHAND;
  action.sa_handler = [](int number) {
    remove_named_temporaries();
    remove_new_folders();
    ::raise(number);  // comes when this returns, and does what it does by default
  };
  sigfillset(&action.sa_mask);
  std::vector<int> numbers{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGABRT, SIGTRAP, SIGSYS, SIGPROF, SIGVTALRM, SIGIO};
#ifdef SIGPWR
  numbers.insert(numbers.end(), {SIGPWR, SIGSTKFLT});
#endif
#ifdef SIGRTMIN
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) numbers.push_back(number);
#endif
  for (const int number : numbers) {
    struct sigaction before {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);  // nohup stays in force
  }
}

Output::Output(const fs::path& file) : Output(file, Kind::ordinary) {}

Output::Output(const fs::path& file, Kind kind) : kind_(kind) {
  const int number = kind == Kind::ordinary ? descriptor_named(file).value_or(-1) : -1;
  if (kind == Kind::ordinary && (file.empty() || file == "-" || file == "/dev/stdout" || number == STDOUT_FILENO)) {
    if (standard_output_taken_) refuse(two_outputs);
    standard_output_taken_ = is_standard_output_ = true;
    descriptor_ = STDOUT_FILENO;
    return;
  }
  file_ = file;
  target_ = without_links(file);
  if (number >= 0) {
    descriptor_ = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  if (kind == Kind::inside && !is_beneath(target_, folder_of(file))) {
    refuse("is a link that leads out of the folder, to " + target_.string() + "; remove it, or choose another folder");
  }
  if (std::error_code error; fs::is_symlink(target_, error)) fail(ELOOP);
  struct stat status {};
  const bool exists = ::stat(file.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) fail(EISDIR);
    if (kind == Kind::inside) refuse("is not a regular file, and is not written to; remove it, or choose another folder");
    descriptor_ = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  refuse_used();
  refuse_twice();
  // A rename would replace what may not be written to.
  if (exists && ::access(file.c_str(), W_OK) != 0) fail(errno);
  if (exists && must_stay(status, folder_of(target_))) fail(EPERM);
  if (const std::string why = why_fixed(target_); !why.empty()) refuse(why + "; name another");
  const unsigned mode = kind == Kind::secret ? 0600 : 0666;  // before the umask
  open_nameless(mode);
  if (descriptor_ < 0) open_beside(mode);
  if (exists && ::fchmod(descriptor_, status.st_mode & 07777) != 0) fail(errno);
}

Output::~Output() { close_and_remove(); }

/// Leaves descriptor_ at −1 where the file system has no files without names.
void Output::open_nameless(unsigned mode) {
#ifdef O_TMPFILE
  if (!nameless_files_) return;
  descriptor_ = ::open(folder_of(target_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, static_cast<mode_t>(mode));
  nameless_ = descriptor_ >= 0 && ::access(proc_name(descriptor_).c_str(), F_OK) == 0;
  if (descriptor_ >= 0 && !nameless_) {  // without /proc it could not get a name later
    ::close(descriptor_);
    descriptor_ = -1;
  }
#endif
}

void Output::open_beside(unsigned mode) {
  const SignalsHeld held;
  // Another process of the same number may have died here and left its file.
  constexpr int attempts = 100;
  for (int attempt = 0; attempt < attempts && descriptor_ < 0; ++attempt) {
    const fs::path candidate = temporary_beside(target_);
    descriptor_ = ::open(candidate.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
    if (descriptor_ >= 0) take_name(candidate);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) fail(errno);
}

void Output::take_name(const fs::path& name) {
  temporary_ = name;
  next_named_ = first_named_;
  first_named_ = this;
}

void Output::drop_name() noexcept {
  if (temporary_.empty()) return;
  Output** place = &first_named_;
  while (*place != this) place = &(*place)->next_named_;
  *place = next_named_;
  temporary_.clear();
}

void Output::write(std::string_view text) {
  if (!has_reader_) return;
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
    } else if (errno == EPIPE && file_.empty() && !needs_reader_) {
      has_reader_ = false;
      break;
    } else if (errno != EINTR) {
      fail(errno);
    }
  }
  buffer_.clear();
  if (buffer_.capacity() > 2 * block_size) buffer_.shrink_to_fit();  // of a large text at once; many outputs may be open
}

void Output::finish() {
  if (descriptor_ < 0) return;
  flush();
  if (file_.empty()) return;
  // Some file systems report a full disk only when a descriptor is closed.
  const int twin = ::dup(descriptor_);
  if (twin < 0 || ::close(twin) != 0) fail(errno);
  if (is_to_be_named()) publish();
  note_used(descriptor_);
  close_and_remove();
}

std::vector<fs::path> Output::finish_together(const std::vector<Output*>& set) {
  for (Output* output : set) output->flush();  // may have to wait for a reader, with whom signals are not held back
  for (Output* output : set) output->refuse_used();
  const SignalsHeld held;
  // A folder may have no room for another name. New names are given first, and taken back where one is refused; those
  // replaced need room for one of their own on the way.
  std::vector<fs::path> made;
  try {
    std::vector<Output*> replacing;
    for (Output* output : set) {
      if (output->replaces()) {
        replacing.push_back(output);
      } else {
        const bool named = output->is_to_be_named();
        output->finish();
        if (named) made.push_back(output->target_);
      }
    }
    for (Output* output : replacing) output->verify_room_for_a_name();
    for (Output* output : replacing) output->finish();
  } catch (...) {
    for (const fs::path& file : made) ::unlink(file.c_str());
    throw;
  }
  return made;
}

/// Whether finish() gives it its name; what is no regular file is written directly.
bool Output::is_to_be_named() const { return nameless_ || !temporary_.empty(); }
bool Output::replaces() const { return is_to_be_named() && ::access(target_.c_str(), F_OK) == 0; }

void Output::verify_room_for_a_name() {
  if (!nameless_) return;
  if (const int error = replace_apart(proc_name(descriptor_), target_, Replacing::tried); error != 0) fail(error);
}

void Output::refuse_used() {
  if (kind_ != Kind::renewed && was_used(target_)) refuse("has been read or written by this run, and is not overwritten; name another file");
}

void Output::refuse_twice() {
  if (kind_ == Kind::secret) return;  // takes no other's place anyway
  std::error_code error;
  const fs::path absolute = fs::absolute(target_, error), place = error ? fs::path() : fs::weakly_canonical(absolute, error);
  if (error) return;  // where it may not be looked, opening it says so
  if (!places_.insert(place).second) refuse(two_outputs);
  place_ = place;
}

void Output::publish() {
  refuse_used();
  const SignalsHeld held;
  const std::string source = nameless_ ? proc_name(descriptor_) : temporary_.string();
  int error = 0;
  if (nameless_ || kind_ == Kind::secret) {
    error = link_as(source, target_);  // at once where nothing is there
    if (error == EEXIST && kind_ != Kind::secret) error = replace_apart(source, target_, Replacing::done);
  } else if (::rename(source.c_str(), target_.c_str()) == 0) {
    drop_name();
  } else {
    error = errno;
  }
  if (error != 0) fail(error);
}

bool Output::would_replace(const fs::path& file) {
  std::error_code error;
  if (file.empty() || file == "-" || descriptor_named(file) || !fs::is_regular_file(file, error)) return false;
  return fs::file_size(file, error) > 0;
}

bool Output::is_terminal() const { return descriptor_ >= 0 && ::isatty(descriptor_) == 1; }

void Output::close_and_remove() noexcept {
  if (descriptor_ >= 0 && !file_.empty()) ::close(descriptor_);
  descriptor_ = -1;
  if (std::exchange(is_standard_output_, false)) standard_output_taken_ = false;
  if (!place_.empty()) places_.erase(place_);
  place_.clear();
  if (temporary_.empty()) return;
  const SignalsHeld held;
  ::unlink(temporary_.c_str());
  drop_name();
}

void Output::fail(int error_number) {
  if (file_.empty() && error_number == EPIPE) {
    buffer_.clear();
    throw ClosedPipe();
  }
  refuse(system_message(error_number));
}

void Output::refuse(const std::string& why) {
  buffer_.clear();
  close_and_remove();
  throw InputError(file_.empty() ? "standard output" : file_.string(), why);
}

OutputFolder::OutputFolder(fs::path folder) : folder_(std::move(folder)) {
  const SignalsHeld held;
  std::error_code error;
  fs::path part = folder_.has_filename() ? folder_ : folder_.parent_path();  // "sheets/" is sheets
  for (; !part.empty() && !fs::exists(part, error); part = part.parent_path()) made_.push_back(part);
  fs::create_directories(folder_, error);
  if (!error && !fs::is_directory(folder_, error) && !error) error = std::make_error_code(std::errc::not_a_directory);
  if (!error) {
    next_ = first_;
    first_ = this;
    return;
  }
  remove_what_is_new();
  throw InputError(folder_.string(), "cannot be made a folder: " + system_message(error.value()));
}

OutputFolder::~OutputFolder() {
  const SignalsHeld held;
  OutputFolder** place = &first_;
  while (*place != this) place = &(*place)->next_;
  *place = next_;
  remove_what_is_new();
}

void OutputFolder::remove_what_is_new() noexcept {
  begun_.clear();
  for (const fs::path& file : new_files_) ::unlink(file.c_str());
  for (const fs::path& part : made_) ::rmdir(part.c_str());  // the system refuses where something is in it
}

void OutputFolder::write(const std::string& name, std::string_view text) {
  if (begun_.size() == most_begun) finish_begun();
  begun_.emplace_back(new Output(file(name)));
  begun_.back()->write(text);
  begun_.back()->flush_now();
}

void OutputFolder::finish_begun() {
  std::vector<Output*> set;
  for (const auto& each : begun_) set.push_back(each.get());
  const std::vector<fs::path> made = Output::finish_together(set);
  new_files_.insert(new_files_.end(), made.begin(), made.end());
  begun_.clear();
}

void OutputFolder::keep_together(const std::vector<OutputFolder*>& folders, std::vector<Output*> set) {
  for (const OutputFolder* folder : folders) {
    for (const auto& each : folder->begun_) set.push_back(each.get());
  }
  Output::finish_together(set);
  for (OutputFolder* folder : folders) {
    folder->begun_.clear();
    folder->new_files_.clear();
  }
}

}  // namespace gradtrace
