// What stands where `homework` is to write: it replaces its own, and nothing that somebody has written into.
#pragma once

#include "base/error.hpp"
#include "lesson/file_access.hpp"
#include "lesson/lesson.hpp"
#include "render/sheet.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace gradtrace {

/// Of all outputs of one run, asked before the first is written. A file may go where it is what the run would write anyway
/// or, of tables, a blank sheet as it is dealt; for a key a key, too. Any other holds what cannot be made anew.
class InPlace {
 public:
  static constexpr std::size_t most_named = 10;

  /// `instead`: what to do where one must stay. The lesson must outlive this.
  InPlace(const Lesson& lesson, SheetFormat format, FileAccess access, std::string instead);

  /// `text` gives what is to be written there; asked only where it matters.
  void ask(const std::filesystem::path& file, bool key, const std::function<std::string()>& text);
  /// @throws InputError naming the files that must stay
  void verify() const;

 private:
  const Lesson& lesson_;
  SheetFormat format_;
  FileAccess access_;
  std::string instead_;
  std::vector<Problem> problems_;
  std::size_t more_ = 0;
};

}  // namespace gradtrace
