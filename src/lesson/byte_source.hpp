// The bytes of a data file, plain or gzipped, front to back. Never holds more than it is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace gradtrace {

/// A data file cannot be used. The message does not name the file; who asked for it knows it.
class ArrayFileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ByteSource {
 public:
  /// @throws ArrayFileError where it is missing, no regular file, or unreadable.
  explicit ByteSource(const std::filesystem::path& file);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Up to `bytes`, fewer only at the end. @throws ArrayFileError where the gzip data are damaged, or something else than another
  /// member or zeros stands behind them.
  std::size_t read(void* to, std::size_t bytes);
  /// As many of `bytes` as there are.
  std::uintmax_t skip(std::uintmax_t bytes);

  /// The most bytes this can give: a plain file's size, or what its deflated bytes can grow to.
  std::uintmax_t most_bytes() const { return most_bytes_; }
  bool compressed() const { return compressed_; }

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
  std::uintmax_t most_bytes_ = 0;
  bool compressed_ = false;
};

}  // namespace gradtrace
