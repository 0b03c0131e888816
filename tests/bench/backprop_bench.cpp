// Backpropagation itself: one example in plain loops, a data set's mean gradient through matrix products.
#include "bench/workload.hpp"
#include "trace/trace.hpp"

#include <benchmark/benchmark.h>

namespace gradtrace::bench {
namespace {

/// Forward, cost and backward of one example, as every trace does it. ∂C/∂w = δ·aᵀ is made when read, so the reading of
/// it belongs to the time.
void one_example(benchmark::State& state, const Workload& workload) {
  const Network net = network(workload);
  const Vector x = input(workload, 0), y = target(workload, 0);
  MeanTrace sums(net);
  for (auto _ : state) {
    sums.add(trace_example(net, x, y, 0));
    benchmark::ClobberMemory();
  }
}

const bool registered = [] {
  for (const Workload& workload : {w1, w2, w3, w4}) {
    benchmark::RegisterBenchmark(("backprop/" + workload.name + "/1").c_str(), [workload](auto& state) { one_example(state, workload); });
  }
  return true;
}();

}  // namespace
}  // namespace gradtrace::bench
