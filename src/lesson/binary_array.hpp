// Arrays of numbers in binary files: NumPy's .npy and the idx format of MNIST. Headers are believed
// only as far as the file's size bears them out.
#pragma once

#include "lesson/byte_source.hpp"

#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace gradtrace {

/// Which rows of an array are wanted.
struct RowRange {
  std::size_t skip = 0;
  std::size_t take = std::numeric_limits<std::size_t>::max();  ///< at most
};

/// Takes one row after the other, with its number in the whole file; false stops the reading.
using RowSink = std::function<bool(std::size_t row, std::span<const double> numbers)>;

/// Whether NaN and infinities are handed over, or are errors.
enum class Admits { finite_only, all };

struct BinaryLayout {
  enum class Kind { signed_integer, unsigned_integer, floating, boolean };
  Kind kind = Kind::floating;
  std::size_t element_bytes = 8;
  bool big_endian = false;
  bool column_major = false;       ///< Fortran's order
  std::vector<std::size_t> shape;  ///< at least one extent, none of them 0; of a single number {1}
  std::size_t header_bytes = 0;
  bool single_number = false;      ///< stored without a shape
};

/// @throws ArrayFileError where the header is none or promises more or less than the file holds.
BinaryLayout read_npy_header(ByteSource& source);
BinaryLayout read_idx_header(ByteSource& source);

/// Reads on from behind the header; all further axes are flattened into the row.
/// @throws ArrayFileError for data that break off, go on too long, or hold what is not admitted.
void read_binary_rows(ByteSource& source, const BinaryLayout& layout, RowRange range, Admits admits,
                      const RowSink& sink);

}  // namespace gradtrace
