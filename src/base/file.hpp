// Files in and out: whole files read with a size limit, and results that appear whole or not at all.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>

namespace gradtrace {

/// Whoever reads standard output has stopped reading (`| head`): nothing is wrong, but the work is done.
class ClosedPipe : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output was closed"; }
};

/// What the system calls that error, worded as the rest of a message: "no such file or directory".
std::string system_message(int error_number);

/// Opens a regular file for reading without ever waiting for it, as opening a pipe would.
/// @returns a descriptor, the caller's to close.
/// @throws InputError where it is missing, no regular file, or unreadable.
int open_to_read(const std::filesystem::path& file);

/// The bytes of a regular file.
/// @throws InputError where it is missing, no regular file, unreadable, or longer than `limit` bytes.
std::string read_file(const std::filesystem::path& file,
                      std::uintmax_t limit = std::uintmax_t{1} << 30);

/// Where results go: standard output, or a file that appears under its name only when finish() is
/// called (written beside it and renamed, so that it is always old or complete). An existing output
/// that is no regular file (a device, a pipe) is written directly.
class Output {
 public:
  /// "" or "-" is standard output.
  explicit Output(const std::filesystem::path& file = {});
  ~Output();  ///< without finish(), a file begun is removed
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// @throws InputError on a full disk and the like, ClosedPipe where nobody reads standard output any
  ///         more (where SIGPIPE is ignored)
  void write(std::string_view text);
  void finish();  ///< flushes, renames; throws as write() does
  void flush_now() { flush(); }  ///< what somebody waits for

  bool is_terminal() const;

 private:
  void open_beside(const std::filesystem::path& target);
  void flush();
  void close_and_remove() noexcept;
  [[noreturn]] void fail(int error_number);

  std::filesystem::path file_;       // as the user named it; empty for standard output
  std::filesystem::path target_;     // file_ with symbolic links followed
  std::filesystem::path temporary_;  // empty where written directly
  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace gradtrace
