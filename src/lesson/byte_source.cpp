// Reading through zlib, which passes plain files on as they are.
#include "lesson/byte_source.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

namespace {

constexpr unsigned buffer_size = 1u << 17;          // zlib's own advice for larger files
constexpr std::uintmax_t largest_expansion = 1032;  // of deflate; zlib, technical details

}  // namespace

struct ByteSource::Stream {
  gzFile file;
  explicit Stream(gzFile opened) : file(opened) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { gzclose(file); }
};

ByteSource::ByteSource(const std::filesystem::path& file) {
  int descriptor = -1;
  try {
    descriptor = open_to_read(file);
  } catch (const InputError& error) {
    throw ArrayFileError(error.problems().front().message);
  }
  struct stat status {};
  const bool sized = ::fstat(descriptor, &status) == 0;
  const gzFile opened = gzdopen(descriptor, "rb");
  if (opened == nullptr || !sized) {
    ::close(descriptor);
    throw ArrayFileError("cannot be opened");
  }
  stream_ = std::make_unique<Stream>(opened);
  gzbuffer(opened, buffer_size);
  compressed_ = gzdirect(opened) == 0;
  most_bytes_ = static_cast<std::uintmax_t>(status.st_size) * (compressed_ ? largest_expansion : 1);
}

ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(void* to, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    constexpr std::size_t most_at_once = std::size_t{1} << 30;  // gzread counts in int
    const auto wanted = static_cast<unsigned>(std::min(bytes - done, most_at_once));
    const int count = gzread(stream_->file, static_cast<char*>(to) + done, wanted);
    int status = Z_OK;
    const char* message = gzerror(stream_->file, &status);
    if (status == Z_BUF_ERROR)
      throw ArrayFileError("the gzip data break off: the file is incomplete");
    if (status == Z_ERRNO) throw ArrayFileError(system_message(errno));
    if (status != Z_OK && status != Z_STREAM_END) {
      // zlib puts the descriptor in front: "<fd:3>: incorrect data check".
      const std::string_view text(message);
      const std::size_t begin = text.starts_with('<') ? text.find(": ") + 2 : 0;
      throw ArrayFileError("the gzip data are damaged (" + std::string(text.substr(begin)) + ")");
    }
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

std::uintmax_t ByteSource::skip(std::uintmax_t bytes) {
  if (!compressed_ && bytes < most_bytes_) {
    // Seeking within a plain file costs nothing, however large it is.
    if (gzseek(stream_->file, static_cast<z_off_t>(bytes), SEEK_CUR) >= 0) return bytes;
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
