// Runs every kept input through its target: what fuzzing once found stays mended. usage: fuzz_replay CORPUS, a folder with
// one folder for each target. With --random N as well: so many random changes of each input, the same on every run.
#include "fuzz/targets.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace gradtrace;
namespace fs = std::filesystem;

constexpr std::array<std::pair<const char*, FuzzTarget>, 6> targets{
    {{"lesson", fuzz_lesson}, {"table", fuzz_table}, {"array", fuzz_array}, {"foreign", fuzz_foreign}, {"text", fuzz_text}, {"network", fuzz_network}}};

std::vector<std::uint8_t> bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A few bytes overwritten, left out or doubled.
std::vector<std::uint8_t> changed(std::vector<std::uint8_t> bytes, std::mt19937& dice) {
  for (std::size_t changes = 1 + dice() % 4; changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = dice() % bytes.size(), length = std::min<std::size_t>(1 + dice() % 16, bytes.size() - at);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at), end = begin + static_cast<std::ptrdiff_t>(length);
    switch (dice() % 4) {
      case 0: bytes.erase(begin, end); break;
      case 1: {
        const std::vector<std::uint8_t> part(begin, end);
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(dice() % bytes.size()), part.begin(), part.end());
        break;
      }
      default: bytes[at] = static_cast<std::uint8_t>(dice()); break;
    }
  }
  return bytes;
}

}  // namespace

int main(int count, char** words) {
  const fs::path corpus = count > 1 ? words[1] : "";
  const int random = count > 3 && std::string(words[2]) == "--random" ? std::atoi(words[3]) : 0;
  std::mt19937 dice(1);
  std::size_t runs = 0;
  for (const auto& [name, target] : targets) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(corpus / name)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) {
      const std::vector<std::uint8_t> bytes = bytes_of(file);
      target(bytes.data(), bytes.size());
      ++runs;
      for (int i = 0; i < random; ++i) {
        const std::vector<std::uint8_t> other = changed(bytes, dice);
        target(other.data(), other.size());
        ++runs;
      }
    }
    if (files.empty()) {
      std::cerr << "no inputs for " << name << " in " << corpus << "\n";
      return 1;
    }
  }
  std::cout << runs << " inputs ran\n";
}
