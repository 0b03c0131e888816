// The problems of one text file, gathered so that all are reported at once, in the file's order.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// A stretch of one line. Line and column count from 1, columns in code points.
struct Place {
  static constexpr std::size_t to_line_end = std::numeric_limits<std::size_t>::max();
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t length = 1;  ///< code points
};

class Diagnostics {
 public:
  /// `text` is the file's contents and must outlive this.
  Diagnostics(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  void report(Place place, std::string message);
  bool full() const;  ///< further problems are counted, not listed
  std::size_t count() const { return problems_.size() + unlisted_; }

  /// @throws InputError with every problem reported, where there are any.
  void throw_if_any();

 private:
  void attach_source_lines();

  std::string file_;
  std::string_view text_;
  std::vector<Problem> problems_;
  std::size_t unlisted_ = 0;
};

}  // namespace gradtrace
