// The headers of .npy (numpy.lib.format, versions 1 to 3) and idx files (LeCun, the MNIST database).
#include "base/number.hpp"
#include "lesson/binary_array.hpp"

#include <array>
#include <string>
#include <string_view>

namespace gradtrace {

namespace {

// NumPy's headers take 64 to some hundred bytes; more is no header.
constexpr std::size_t longest_npy_header = std::size_t{1} << 16;
constexpr std::size_t most_axes = 32;  // NumPy's own limit

std::string in_words(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t extent : shape)
    text += (text.empty() ? "" : " × ") + std::to_string(extent);
  return text;
}

/// @throws ArrayFileError where the shape is empty or the file cannot hold that many elements.
void check_size(const ByteSource& source, const BinaryLayout& layout) {
  for (const std::size_t extent : layout.shape) {
    if (extent == 0) throw ArrayFileError("the array is empty: it is " + in_words(layout.shape));
  }
  const std::uintmax_t held =
      source.most_bytes() > layout.header_bytes ? source.most_bytes() - layout.header_bytes : 0;
  // Divided rather than multiplied: a hostile shape overflows every product.
  std::uintmax_t room = held / layout.element_bytes;
  for (const std::size_t extent : layout.shape) room /= extent;
  if (room == 0) {
    throw ArrayFileError("the header promises " + in_words(layout.shape) + " numbers of " +
                         std::to_string(layout.element_bytes) + " bytes, but the file " +
                         (source.compressed()
                              ? "cannot hold so many"
                              : "holds " + std::to_string(held) + " bytes of data"));
  }
  std::uintmax_t promised = layout.element_bytes;
  for (const std::size_t extent : layout.shape) promised *= extent;
  if (!source.compressed() && promised != held) {
    throw ArrayFileError("the header promises " + std::to_string(promised) +
                         " bytes of data, but the file holds " + std::to_string(held));
  }
}

/// The dictionary of a .npy header: a Python literal, read as far as NumPy writes it.
class NpyHeader {
 public:
  explicit NpyHeader(std::string_view text) : rest_(text) {}

  BinaryLayout parse() {
    BinaryLayout layout;
    bool typed = false, ordered = false, shaped = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr") {
        read_type(layout);
        typed = true;
      } else if (key == "fortran_order") {
        layout.column_major = boolean();
        ordered = true;
      } else if (key == "shape") {
        layout.shape = shape();
        shaped = true;
      } else {
        refuse();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!typed || !ordered || !shaped) refuse();
    skip_blanks();
    if (!rest_.empty()) refuse();
    return layout;
  }

 private:
  [[noreturn]] static void refuse() { throw ArrayFileError("the .npy header is damaged"); }

  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  bool accept(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse();
  }
  std::string_view quoted() {
    skip_blanks();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) refuse();
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) refuse();
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool boolean() {
    skip_blanks();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      return value;
    }
    refuse();
  }
  std::vector<std::size_t> shape() {
    std::vector<std::size_t> extents;
    expect('(');
    while (!accept(')')) {
      skip_blanks();
      const std::string_view digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
      const auto extent = parse_size(digits);
      if (!extent || extents.size() == most_axes) refuse();
      extents.push_back(*extent);
      rest_.remove_prefix(digits.size());
      accept('L');  // Python 2 wrote long integers so
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return extents;
  }

  void read_type(BinaryLayout& layout) {
    skip_blanks();
    if (rest_.starts_with('['))
      throw ArrayFileError("the array holds records; expected plain numbers");
    const std::string_view type = quoted();
    const auto bytes = parse_size(type.size() > 2 ? type.substr(2) : "");
    const std::string_view order = type.substr(0, 1);
    using Kind = BinaryLayout::Kind;
    const char letter = type.size() > 1 ? type[1] : ' ';
    const bool known_order = order == "<" || order == ">" || order == "|" || order == "=";
    const bool integer = (letter == 'i' || letter == 'u') &&
                         (bytes == 1u || bytes == 2u || bytes == 4u || bytes == 8u);
    const bool floating = letter == 'f' && (bytes == 4u || bytes == 8u);
    const bool boolean = letter == 'b' && bytes == 1u;
    if (!known_order || !(integer || floating || boolean)) {
      throw ArrayFileError("the array's type is \"" + std::string(type) +
                           "\"; expected float64, float32, an integer type or bool");
    }
    layout.kind = floating        ? Kind::floating
                  : boolean       ? Kind::boolean
                  : letter == 'i' ? Kind::signed_integer
                                  : Kind::unsigned_integer;
    layout.element_bytes = *bytes;
    layout.big_endian = order == ">";
  }

  std::string_view rest_;
};

}  // namespace

BinaryLayout read_npy_header(ByteSource& source) {
  std::array<unsigned char, 8> start{};
  constexpr std::string_view magic = "\x93NUMPY";
  const std::size_t read = source.read(start.data(), start.size());
  if (read < start.size() ||
      std::string_view(reinterpret_cast<const char*>(start.data()), magic.size()) != magic) {
    throw ArrayFileError("this is no .npy file: it does not begin as NumPy's files do");
  }
  const unsigned version = start[6];
  if (version < 1 || version > 3) {
    throw ArrayFileError("version " + std::to_string(version) +
                         " of the .npy format is unknown; expected 1, 2 or 3");
  }
  std::array<unsigned char, 4> length_bytes{};
  const std::size_t length_size = version == 1 ? 2 : 4;
  if (source.read(length_bytes.data(), length_size) < length_size)
    throw ArrayFileError("the .npy header breaks off");
  std::size_t length = 0;
  for (std::size_t i = length_size; i-- > 0;) length = length << 8 | length_bytes[i];
  if (length > longest_npy_header)
    throw ArrayFileError("the .npy header is damaged: it claims " + std::to_string(length) +
                         " bytes");

  std::string text(length, '\0');
  if (source.read(text.data(), length) < length) throw ArrayFileError("the .npy header breaks off");
  BinaryLayout layout = NpyHeader(text).parse();
  layout.single_number = layout.shape.empty();
  if (layout.single_number) layout.shape = {1};
  layout.header_bytes = start.size() + length_size + length;
  check_size(source, layout);
  return layout;
}

BinaryLayout read_idx_header(ByteSource& source) {
  struct Type {
    unsigned char code;
    BinaryLayout::Kind kind;
    std::size_t bytes;
  };
  using Kind = BinaryLayout::Kind;
  constexpr std::array<Type, 6> types{{{0x08, Kind::unsigned_integer, 1},
                                       {0x09, Kind::signed_integer, 1},
                                       {0x0B, Kind::signed_integer, 2},
                                       {0x0C, Kind::signed_integer, 4},
                                       {0x0D, Kind::floating, 4},
                                       {0x0E, Kind::floating, 8}}};
  std::array<unsigned char, 4> magic{};
  const std::size_t read = source.read(magic.data(), magic.size());
  const Type* type = nullptr;
  for (const Type& candidate : types) {
    if (candidate.code == magic[2]) type = &candidate;
  }
  const bool good = read == magic.size() && magic[0] == 0 && magic[1] == 0 && type != nullptr;
  const std::size_t axes = magic[3];
  if (!good || axes == 0 || axes > most_axes) {
    throw ArrayFileError(
        "this is no idx file: expected 00 00, a type from 08 to 0E, and the number of axes");
  }
  BinaryLayout layout{type->kind, type->bytes, true, false, {}, magic.size() + 4 * axes};
  for (std::size_t axis = 0; axis < axes; ++axis) {
    std::array<unsigned char, 4> bytes{};
    if (source.read(bytes.data(), bytes.size()) < bytes.size())
      throw ArrayFileError("the idx header breaks off");
    std::size_t extent = 0;
    for (const unsigned char byte : bytes) extent = extent << 8 | byte;
    layout.shape.push_back(extent);
  }
  check_size(source, layout);
  return layout;
}

}  // namespace gradtrace
