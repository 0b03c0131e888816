// Which files a lesson may refer to: a stranger's lesson is data, and must not reach what lies elsewhere.
#pragma once

#include <filesystem>
#include <string>

namespace gradtrace {

enum class FileAccess { inside_folder, anywhere };

/// Where a lesson's files are sought, and how far they may lie.
struct FileFolder {
  std::filesystem::path folder;  ///< the lesson's own
  FileAccess access = FileAccess::inside_folder;

  /// @throws ArrayFileError where the file lies, or a link leads, outside and that is not allowed.
  std::filesystem::path locate(const std::string& name) const;
};

}  // namespace gradtrace
