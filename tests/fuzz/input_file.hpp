// The bytes under test as a file, for readers that take one. In memory where the system has such a folder.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace gradtrace {

class InputFile {
 public:
  /// `name` decides what kind of file it is taken for.
  InputFile(const std::string& name, const std::uint8_t* data, std::size_t size) {
    static const std::filesystem::path folder = make_folder();
    path_ = folder / name;
    std::ofstream(path_, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  static std::filesystem::path make_folder() {
    std::error_code none;
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path base = std::filesystem::is_directory(memory, none) ? memory : std::filesystem::temp_directory_path();
    const std::filesystem::path folder = base / ("gradtrace-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    static const struct Remover {
      std::filesystem::path folder;
      ~Remover() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
      }
    } remover{folder};
    return folder;
  }

  std::filesystem::path path_;
};

}  // namespace gradtrace
