// From bytes to rows of doubles, whatever their type and order.
#include "lesson/binary_array.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

namespace gradtrace {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 16;
// Column-major data are scattered over the file, so they are held whole.
constexpr std::size_t largest_held = std::size_t{400} << 20;

std::uint64_t bits_of(const unsigned char* bytes, const BinaryLayout& layout) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < layout.element_bytes; ++i) {
    bits = bits << 8 | bytes[layout.big_endian ? i : layout.element_bytes - 1 - i];
  }
  return bits;
}

double to_double(const unsigned char* bytes, const BinaryLayout& layout) {
  const std::uint64_t bits = bits_of(bytes, layout);
  switch (layout.kind) {
    case BinaryLayout::Kind::floating:
      if (layout.element_bytes == sizeof(float))
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
      return std::bit_cast<double>(bits);
    case BinaryLayout::Kind::signed_integer: {
      const auto unused = static_cast<int>(64 - 8 * layout.element_bytes);
      return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
    }
    case BinaryLayout::Kind::boolean:
      return bits == 0 ? 0 : 1;
    case BinaryLayout::Kind::unsigned_integer:
      break;
  }
  return static_cast<double>(bits);
}

std::size_t columns_of(const BinaryLayout& layout) {
  std::size_t columns = 1;
  for (std::size_t axis = 1; axis < layout.shape.size(); ++axis) columns *= layout.shape[axis];
  return columns;
}

void verify_admitted(double number, Admits admits, std::size_t row, std::size_t column) {
  if (admits == Admits::all || std::isfinite(number)) return;
  throw ArrayFileError("row " + std::to_string(row) + ", column " + std::to_string(column) +
                       " is " + shortest(number) + "; only finite numbers are allowed");
}

void read_exactly(ByteSource& source, void* to, std::size_t bytes) {
  if (source.read(to, bytes) != bytes)
    throw ArrayFileError("the data break off: the file is incomplete");
}

void refuse_what_follows(ByteSource& source) {
  unsigned char byte = 0;
  if (source.read(&byte, 1) != 0) throw ArrayFileError("more data follow than the header promises");
}

void read_row_major(ByteSource& source, const BinaryLayout& layout, std::size_t first,
                    std::size_t last, Admits admits, const RowSink& sink) {
  const std::size_t columns = columns_of(layout);
  const std::size_t row_bytes = columns * layout.element_bytes;
  const std::size_t rows_a_block = std::max<std::size_t>(1, block_bytes / row_bytes);
  std::vector<unsigned char> bytes(std::min(rows_a_block, last - first) * row_bytes);
  std::vector<double> numbers(columns);

  source.skip(std::uintmax_t{first} * row_bytes);
  for (std::size_t begin = first; begin < last; begin += rows_a_block) {
    const std::size_t end = std::min(last, begin + rows_a_block);
    read_exactly(source, bytes.data(), (end - begin) * row_bytes);
    for (std::size_t row = begin; row < end; ++row) {
      const unsigned char* from = bytes.data() + (row - begin) * row_bytes;
      for (std::size_t k = 0; k < columns; ++k) {
        numbers[k] = to_double(from + k * layout.element_bytes, layout);
        verify_admitted(numbers[k], admits, row, k);
      }
      if (!sink(row, numbers)) return;
    }
  }
  // To the end even where fewer rows are taken, so that a damaged file is noticed; not for long.
  constexpr std::uintmax_t most_looked_at = 1u << 28;
  if (source.compressed() && layout.shape.front() - last > most_looked_at / std::max<std::size_t>(1, row_bytes)) return;
  source.skip(std::uintmax_t{layout.shape.front() - last} * row_bytes);
  refuse_what_follows(source);
}

/// Where element (row, column) of a column-major array stands; its column is that of the rows flattened
/// in C's order.
std::size_t column_major_place(const std::vector<std::size_t>& shape, std::size_t row,
                               std::size_t column) {
  std::size_t stride = 1;
  for (const std::size_t extent : shape) stride *= extent;
  std::size_t place = row;
  for (std::size_t axis = shape.size(); axis-- > 1;) {
    stride /= shape[axis];
    place += column % shape[axis] * stride;
    column /= shape[axis];
  }
  return place;
}

void read_column_major(ByteSource& source, const BinaryLayout& layout, std::size_t first,
                       std::size_t last, Admits admits, const RowSink& sink) {
  const std::size_t columns = columns_of(layout);
  const std::size_t size = layout.shape.front() * columns * layout.element_bytes;
  if (size > largest_held) {
    throw ArrayFileError("an array this large must be stored in C order (numpy.ascontiguousarray)");
  }
  std::vector<unsigned char> bytes(size);
  read_exactly(source, bytes.data(), size);
  refuse_what_follows(source);
  std::vector<double> numbers(columns);
  for (std::size_t row = first; row < last; ++row) {
    for (std::size_t k = 0; k < columns; ++k) {
      const std::size_t place = column_major_place(layout.shape, row, k);
      numbers[k] = to_double(bytes.data() + place * layout.element_bytes, layout);
      verify_admitted(numbers[k], admits, row, k);
    }
    if (!sink(row, numbers)) return;
  }
}

}  // namespace

void read_binary_rows(ByteSource& source, const BinaryLayout& layout, RowRange range, Admits admits,
                      const RowSink& sink) {
  const std::size_t rows = layout.shape.front();
  const std::size_t first = std::min(range.skip, rows);
  const std::size_t last = first + std::min(range.take, rows - first);
  const auto read = layout.column_major ? read_column_major : read_row_major;
  read(source, layout, first, last, admits, sink);
}

}  // namespace gradtrace
