// The kernels compiled for what every processor of the architecture has.
namespace {
constexpr int lanes = 2;
}
#define GRADTRACE_LANES baseline
#include "check/lanes/kernel.hpp"
