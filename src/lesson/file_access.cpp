// Comparing where two paths really lead.
#include "lesson/file_access.hpp"

#include "base/file.hpp"
#include "lesson/byte_source.hpp"

#include <system_error>

namespace fs = std::filesystem;

namespace gradtrace {

fs::path FileFolder::locate(const std::string& name) const {
  const fs::path file = folder / name;
  if (access == FileAccess::anywhere) return file;
  std::error_code error;
  const fs::path home = fs::canonical(folder.empty() ? "." : folder, error);
  const fs::path real = error ? home : fs::weakly_canonical(home / name, error);
  if (error) throw ArrayFileError(system_message(error.value()));
  const fs::path way = real.lexically_relative(home);
  if (way.empty() || *way.begin() == "..") {
    throw ArrayFileError("lies outside the lesson's folder; move it there, or allow it with --allow-outside");
  }
  return file;
}

}  // namespace gradtrace
