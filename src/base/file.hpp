// Files in and out: whole files read with a size limit, and results that appear whole or not at all.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace gradtrace {

/// The bytes of a regular file.
/// @throws InputError where it is missing, no regular file, unreadable, or longer than `limit` bytes.
std::string read_file(const std::filesystem::path& file, std::uintmax_t limit = std::uintmax_t{1} << 30);

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

  void write(std::string_view text);  ///< @throws InputError on a full disk and the like
  void finish();                      ///< flushes, renames. @throws InputError where that fails

  bool is_terminal() const;

 private:
  void flush();
  [[noreturn]] void fail(int error_number);

  std::filesystem::path file_;       // as the user named it; empty for standard output
  std::filesystem::path temporary_;  // empty where written directly
  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace gradtrace
