// Arrays of numbers in files beside a lesson: .npy, .csv and idx, gzipped or not.
#pragma once

#include "lesson/binary_array.hpp"
#include "lesson/csv_array.hpp"

#include <cstddef>
#include <filesystem>
#include <variant>
#include <vector>

namespace gradtrace {

class ArrayFile {
 public:
  /// Finds out what the file holds without converting a number.
  /// @throws ArrayFileError where it is missing, of another kind, or damaged.
  explicit ArrayFile(std::filesystem::path file);
  /// The same of several files: at most `text_left` bytes of text, from which those read are taken off.
  ArrayFile(std::filesystem::path file, std::uintmax_t& text_left);
  /// The same of a single number without a shape too, as an array of one.
  static ArrayFile or_number(std::filesystem::path file);

  const std::vector<std::size_t>& shape() const { return shape_; }
  std::size_t rows() const { return shape_.front(); }
  std::size_t columns() const { return columns_; }  ///< all further axes flattened

  /// Hands over the rows wanted. @throws ArrayFileError, saying where, for what is no finite number; of binary files
  /// infinities and NaN may be admitted.
  void read(RowRange range, const RowSink& sink, Admits admits = Admits::finite_only) const;

 private:
  enum class Shapeless { refused, taken };
  ArrayFile(std::filesystem::path file, std::uintmax_t& text_left, Shapeless shapeless);

  std::filesystem::path file_;
  std::variant<BinaryLayout, CsvLayout> layout_;
  std::vector<std::size_t> shape_;
  std::size_t columns_ = 1;
};

}  // namespace gradtrace
