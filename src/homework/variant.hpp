// Personal variants: the same lesson with other numbers for each student, drawn from a secret, the same at every call.
#pragma once

#include "lesson/lesson.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gradtrace {

/// The secret of a course: from it, the lesson and a student's name everything is drawn by HMAC-SHA-256, so that no
/// number of sheets tells it.
class Secret {
 public:
  static constexpr std::size_t least_bytes = 16;

  /// @throws InputError where the file cannot be read or holds fewer than 16 bytes (blanks around it do not count).
  static Secret load(const std::string& file);
  /// @throws InputError where this run has read the file before: a class list is no secret
  static void refuse_used(const std::string& file);
  /// A new one of 32 random bytes, in hexadecimal digits.
  static std::string make();
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}

  /// 32 bytes that nobody without the secret can tell from random ones.
  std::string derive(std::string_view text) const;

 private:
  std::string bytes_;
};

struct Variant {
  Lesson lesson;
  std::string id;  ///< 12 hexadecimal digits: tells variants apart, and nothing else
};

/// Deals out variants of one lesson. Draws anew where the numbers are degenerate (audit.hpp), or two mistakes that other
/// draws tell apart give the same sheet.
class Dealer {
 public:
  static constexpr std::size_t most_draws = 500;

  /// The lesson needs [homework] vary.
  /// @throws InputError where it has none, or no draw in the ranges is fit: says why most were not.
  Dealer(const Lesson& lesson, const Secret& secret);

  Variant deal(const std::string& student) const;

 private:
  Lesson draw(const std::string& student, std::size_t attempt) const;

  const Lesson& lesson_;
  const Secret& secret_;
  std::set<std::string> usual_;  ///< what is degenerate in every draw: the network's nature, no accident
  std::set<std::pair<int, int>> never_apart_;
};

}  // namespace gradtrace
