// Weights, biases and data as a lesson gives them: written out, in a file, or to be drawn.
#pragma once

#include "lesson/array_file.hpp"
#include "lesson/file_access.hpp"
#include "lesson/toml_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gradtrace {

/// How many more numbers a lesson may hold: asked before anything is allocated.
class Budget {
 public:
  explicit Budget(std::size_t numbers) : all_(numbers), left_(numbers) {}

  /// "" where rows × columns more numbers are fine; they are then counted. Else why they are not.
  std::string why_not(std::size_t rows, std::size_t columns);
  /// They are refused for another reason, and take no room.
  void give_back(std::size_t rows, std::size_t columns) { left_ += rows * columns; }

 private:
  std::size_t all_, left_;
};

/// What reading an array needs to know of the lesson around it.
struct ArrayContext {
  FileFolder files;
  std::uintmax_t text_left;  ///< bytes of its CSV files that may still be read
  Budget budget;
};

struct RandomDraw {
  bool normal = true;
  double scale = 1;  ///< standard deviation, or half the width of the uniform range
  std::uint64_t seed = 0;
};

/// An array whose numbers are known, or how to draw them once its size is.
struct ArrayValue {
  TomlValue value;  ///< where it stands: the numbers, the file's name, or the table of the draw
  std::size_t rows = 0;
  std::size_t columns = 0;      ///< 1 for a vector
  std::vector<double> numbers;  ///< row by row
  bool written = false;
  std::optional<RandomDraw> random;

  /// Where number i stands, as near as the lesson's text knows.
  Place place_of(std::size_t i) const;
};

enum class ArrayRank { vector = 1, matrix = 2 };
enum class Drawing { allowed, refused };

/// Reports what is wrong, and then gives nothing.
std::optional<ArrayValue> read_array(const TomlValue& value, const std::string& what,
                                     ArrayRank rank, Drawing drawing, ArrayContext& context);

/// The value of `file` in `{file = "…"}`; reports whatever else stands there.
std::optional<TomlValue> read_file_key(const TomlValue& value, const std::string& what);

/// Fills `numbers` with those drawn, row by row.
void draw(const RandomDraw& from, std::span<double> numbers);

}  // namespace gradtrace
