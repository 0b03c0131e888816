// What stands where `homework` is to write: it replaces its own, and nothing that somebody has written into.
#pragma once

#include "base/error.hpp"
#include "lesson/file_access.hpp"
#include "lesson/lesson.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

/// Of all outputs of one run, asked before the first is written. A file may go where it is what the run would write anyway
/// or a blank sheet as it is dealt; for a key a key, too. Any other sheet holds what cannot be made anew. What is no sheet goes
/// where it was named itself, as with any program, but not where a folder was.
class InPlace {
 public:
  static constexpr std::size_t most_named = 10;
  enum class Named { itself, folder };

  /// The lesson must outlive this.
  InPlace(const Lesson& lesson, FileAccess access, Named named) : lesson_(lesson), access_(access), named_(named) {}

  /// `text` gives what is to be written there; asked only where it matters.
  void ask(const std::filesystem::path& file, bool key, const std::function<std::string()>& text);
  /// @throws InputError naming the files that must stay
  void verify() const;

 private:
  std::optional<std::string> why_kept(const std::filesystem::path& file, bool key) const;

  const Lesson& lesson_;
  FileAccess access_;
  Named named_;
  std::vector<Problem> problems_;
  std::size_t more_ = 0;
};

}  // namespace gradtrace
