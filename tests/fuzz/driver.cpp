// One target under libFuzzer: compiled once a target, with GRADTRACE_TARGET its function.
#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gradtrace::GRADTRACE_TARGET(data, size);
  return 0;
}
