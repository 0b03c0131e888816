// The kernels compiled for AVX-512 (F and DQ).
namespace {
constexpr int lanes = 8;
}
#define GRADTRACE_LANES avx512
#include "check/lanes/kernel.hpp"
