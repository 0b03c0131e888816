// The kernels compiled for AVX2.
namespace {
constexpr int lanes = 4;
}
#define GRADTRACE_LANES avx2
#include "check/lanes/kernel.hpp"
