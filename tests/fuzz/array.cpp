// Any bytes as an array's file. The first byte says what the file's name ends with.
#include "base/error.hpp"
#include "fuzz/input_file.hpp"
#include "fuzz/targets.hpp"
#include "lesson/array_file.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <span>

namespace gradtrace {

void fuzz_array(const std::uint8_t* data, std::size_t size) {
  static constexpr std::array<const char*, 6> names{"a.npy", "a.csv", "a.idx3-ubyte", "a.idx1-ubyte.gz", "a.npy.gz", "a.csv.gz"};
  if (size == 0) return;
  const InputFile file(names[data[0] % names.size()], data + 1, size - 1);
  try {
    const ArrayFile array(file.path());
    constexpr std::size_t most_numbers = 1'000'000;
    if (array.columns() > most_numbers || array.rows() > most_numbers / (array.columns() + 1)) return;
    std::size_t rows = 0;
    array.read({}, [&](std::size_t, std::span<const double> row) {
      ++rows;
      for (const double value : row) {
        if (!std::isfinite(value)) std::abort();  // never handed over
      }
      return true;
    });
    if (rows != array.rows()) std::abort();
  } catch (const ArrayFileError&) {
  } catch (const InputError&) {
  }
}

}  // namespace gradtrace
