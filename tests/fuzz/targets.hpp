// What is fuzzed: one function a reader. Each takes any bytes at all; what it must not do is crash, hang, leak, or throw
// anything but the errors its reader promises. `replay.cpp` runs them over the kept corpus, `driver.cpp` under libFuzzer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gradtrace {

using FuzzTarget = void (*)(const std::uint8_t* data, std::size_t size);

void fuzz_lesson(const std::uint8_t* data, std::size_t size);   ///< a lesson's TOML, with arrays beside it
void fuzz_table(const std::uint8_t* data, std::size_t size);    ///< CSV: tables, sheets with expressions, rosters
void fuzz_array(const std::uint8_t* data, std::size_t size);    ///< .npy, idx, .csv, gzipped or not: the first byte says which
void fuzz_foreign(const std::uint8_t* data, std::size_t size);  ///< a trace as JSON, by whoever wrote it
void fuzz_text(const std::uint8_t* data, std::size_t size);     ///< names, answers, numbers, Markdown
void fuzz_network(const std::uint8_t* data, std::size_t size);  ///< a valid network: backprop against dual numbers

}  // namespace gradtrace
