// Files of numbers made byte by byte, as other programs write them.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

namespace gradtrace {

/// The bytes of `numbers` as Ts. The machine is little-endian, as all that Debian runs on but one are.
template <class T>
std::string bytes_of(std::initializer_list<double> numbers, bool big_endian = false) {
  std::string bytes;
  for (const double number : numbers) {
    const T value = static_cast<T>(number);
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    if (big_endian) std::reverse(raw, raw + sizeof(T));
    bytes.append(raw, sizeof(T));
  }
  return bytes;
}

/// A .npy file with that header dictionary. Its length is padded as NumPy does it, to 64.
inline std::string npy(const std::string& dictionary, const std::string& data, int version = 1) {
  const std::size_t length_size = version == 1 ? 2 : 4;
  std::string header = dictionary;
  while ((8 + length_size + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  for (std::size_t i = 0; i < length_size; ++i)
    file += static_cast<char>(header.size() >> 8 * i & 0xFF);
  return file + header + data;
}

inline std::string npy_of(const std::string& type, const std::string& shape,
                          const std::string& data, bool fortran = false) {
  const std::string order = fortran ? "True" : "False";
  return npy("{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }",
             data);
}

inline std::string idx(std::uint8_t type, std::initializer_list<std::uint32_t> shape,
                       const std::string& data) {
  std::string file{'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape) {
    for (const int shift : {24, 16, 8, 0}) file += static_cast<char>(extent >> shift & 0xFF);
  }
  return file + data;
}

inline std::string gzipped(const std::string& data) {
  z_stream stream{};
  constexpr int gzip_format = 15 + 16;
  if (deflateInit2(&stream, 9, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib");
  std::string result(deflateBound(&stream, static_cast<uLong>(data.size())) + 32, '\0');
  std::string input = data;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

}  // namespace gradtrace
