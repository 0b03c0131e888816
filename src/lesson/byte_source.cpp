// Reading plain files as they are, and gzip's through zlib's inflate: its gzread would pass over whatever stands behind the
// last member.
#include "lesson/byte_source.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <string>
#include <vector>

namespace gradtrace {

namespace {

constexpr std::size_t buffer_size = 1u << 17;       // zlib's own advice for larger files
constexpr std::uintmax_t largest_expansion = 1032;  // of deflate; zlib, technical details

}  // namespace

class ByteSource::Stream {
 public:
  /// Takes the descriptor over.
  explicit Stream(int descriptor) : descriptor_{descriptor}, input_(buffer_size) {
    while (inflater_.avail_in < 2 && fill()) {
    }
    gzip_ = inflater_.avail_in >= 2 && inflater_.next_in[0] == 0x1F && inflater_.next_in[1] == 0x8B;
    constexpr int window_of_gzip = 15 + 16;  // the largest, in a gzip wrapper
    if (gzip_ && inflateInit2(&inflater_, window_of_gzip) != Z_OK) throw std::bad_alloc();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (gzip_) inflateEnd(&inflater_);
  }

  bool gzip() const { return gzip_; }

  /// Some of the bytes wanted; 0 at the end alone.
  std::size_t read_some(unsigned char* to, std::size_t bytes) {
    if (gzip_) return inflate_some(to, bytes);
    if (inflater_.avail_in == 0 && !fill()) return 0;
    const std::size_t count = std::min<std::size_t>(bytes, inflater_.avail_in);
    std::copy_n(inflater_.next_in, count, to);
    take(count);
    return count;
  }

  /// Of a plain file, without reading them.
  bool seek_past(std::uintmax_t bytes) {
    const auto buffered = std::min<std::uintmax_t>(bytes, inflater_.avail_in);
    if (bytes > buffered && ::lseek(descriptor_.number, static_cast<off_t>(bytes - buffered), SEEK_CUR) < 0) return false;
    take(static_cast<std::size_t>(buffered));
    return true;
  }

 private:
  void take(std::size_t count) {
    inflater_.next_in += count;
    inflater_.avail_in -= static_cast<uInt>(count);
  }

  /// More of the file behind what is left in the buffer; false at its end.
  bool fill() {
    std::copy_n(inflater_.next_in, inflater_.avail_in, input_.data());
    inflater_.next_in = input_.data();
    ssize_t count = 0;
    do {
      count = ::read(descriptor_.number, input_.data() + inflater_.avail_in, input_.size() - inflater_.avail_in);
    } while (count < 0 && errno == EINTR);
    if (count < 0) throw ArrayFileError(system_message(errno));
    inflater_.avail_in += static_cast<uInt>(count);
    return count > 0;
  }

  /// Behind a member: whether another follows. Zeros may fill the last block of a tape.
  bool begins_another() {
    constexpr std::size_t most_zeros = 1u << 20;  // blocks of tapes are smaller
    std::size_t zeros = 0;
    for (; inflater_.avail_in > 0 || fill(); ++zeros) {
      if (*inflater_.next_in != 0 || zeros > most_zeros) break;
      take(1);
    }
    if (inflater_.avail_in == 0) return false;
    if (zeros > 0 || *inflater_.next_in != 0x1F) throw ArrayFileError("something else follows behind the gzip data");
    inflateReset(&inflater_);
    return true;
  }

  std::size_t inflate_some(unsigned char* to, std::size_t bytes) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;  // zlib counts in unsigned
    const auto wanted = static_cast<uInt>(std::min(bytes, most_at_once));
    inflater_.next_out = to;
    inflater_.avail_out = wanted;
    while (inflater_.avail_out == wanted) {
      if (between_ && !begins_another()) return 0;
      between_ = false;
      if (inflater_.avail_in == 0 && !fill()) throw ArrayFileError("the gzip data break off: the file is incomplete");
      const int status = inflate(&inflater_, Z_NO_FLUSH);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        throw ArrayFileError(std::string("the gzip data are damaged (") + (inflater_.msg ? inflater_.msg : "no reason is known") + ")");
      }
      between_ = status == Z_STREAM_END;
    }
    return wanted - inflater_.avail_out;
  }

  struct Open {
    int number;
    ~Open() { ::close(number); }
  };
  const Open descriptor_;
  std::vector<unsigned char> input_;
  z_stream inflater_{};  // of a plain file next_in and avail_in alone
  bool gzip_ = false, between_ = false;
};

ByteSource::ByteSource(const std::filesystem::path& file) {
  int descriptor = -1;
  try {
    descriptor = open_to_read(file);
  } catch (const InputError& error) {
    throw ArrayFileError(error.problems().front().message);
  }
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    ::close(descriptor);
    throw ArrayFileError("cannot be opened");
  }
  stream_ = std::make_unique<Stream>(descriptor);
  compressed_ = stream_->gzip();
  most_bytes_ = static_cast<std::uintmax_t>(status.st_size) * (compressed_ ? largest_expansion : 1);
}

ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(void* to, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    const std::size_t count = stream_->read_some(static_cast<unsigned char*>(to) + done, bytes - done);
    if (count == 0) break;
    done += count;
  }
  return done;
}

std::uintmax_t ByteSource::skip(std::uintmax_t bytes) {
  if (!compressed_ && bytes < most_bytes_) {
    // Seeking within a plain file costs nothing, however large it is.
    if (stream_->seek_past(bytes)) return bytes;
  }
  std::vector<char> ignored(buffer_size);
  std::uintmax_t done = 0;
  while (done < bytes) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uintmax_t>(ignored.size(), bytes - done));
    const std::size_t count = read(ignored.data(), wanted);
    if (count == 0) break;
    done += count;
  }
  return done;
}

}  // namespace gradtrace
