// Which of the compiled kernels runs.
#include "check/lanes/lanes.hpp"

#include <cassert>
#include <initializer_list>

namespace gradtrace {

#define GRADTRACE_DECLARE(name)                                                       \
  namespace name {                                                                    \
  void run(const LaneNetwork& network, const LaneNudges& nudges, double* scratch);    \
  void evaluate(LaneFunction function, const double* x, double* y, std::size_t count); \
  }
GRADTRACE_DECLARE(baseline)
GRADTRACE_DECLARE(avx2)
GRADTRACE_DECLARE(avx512)

bool is_available(InstructionSet set) {
#ifdef GRADTRACE_X86_LANES
  // Asks for the operating system's support of the registers too.
  if (set == InstructionSet::avx512) return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
  if (set == InstructionSet::avx2) return __builtin_cpu_supports("avx2");
#endif
  return set == InstructionSet::baseline;
}

InstructionSet best_instruction_set() {
  for (const InstructionSet set : {InstructionSet::avx512, InstructionSet::avx2}) {
    if (is_available(set)) return set;
  }
  return InstructionSet::baseline;
}

void run_nudges(InstructionSet set, const LaneNetwork& network, const LaneNudges& nudges, double* scratch) {
  assert(is_available(set) && nudges.count % LaneNudges::multiple == 0);
#ifdef GRADTRACE_X86_LANES
  if (set == InstructionSet::avx512) return avx512::run(network, nudges, scratch);
  if (set == InstructionSet::avx2) return avx2::run(network, nudges, scratch);
#endif
  (void)set;
  baseline::run(network, nudges, scratch);
}

void evaluate(InstructionSet set, LaneFunction function, const double* x, double* y, std::size_t count) {
  assert(is_available(set) && count % LaneNudges::multiple == 0);
#ifdef GRADTRACE_X86_LANES
  if (set == InstructionSet::avx512) return avx512::evaluate(function, x, y, count);
  if (set == InstructionSet::avx2) return avx2::evaluate(function, x, y, count);
#endif
  (void)set;
  baseline::evaluate(function, x, y, count);
}

}  // namespace gradtrace
