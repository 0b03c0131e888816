// Backpropagation itself: one example in plain loops, a data set's mean gradient through matrix products.
#include "bench/workload.hpp"
#include "trace/trace.hpp"

#include <benchmark/benchmark.h>

namespace gradtrace::bench {
namespace {

/// Forward, cost and backward of one example, ∂C/∂x too, as every trace does it. ∂C/∂w = δ·aᵀ is made when read; `stored`
/// makes it belong to the time: all of it is added to what stands in memory.
void one_example(benchmark::State& state, const Workload& workload, bool stored) {
  const Network net = network(workload);
  const Vector x = input(workload, 0), y = target(workload, 0);
  MeanTrace sums(net);
  ExampleTrace trace;
  for (auto _ : state) {
    trace_example(net, x, y, 0, trace);
    if (stored) sums.add(trace);
    benchmark::ClobberMemory();
  }
}

/// The means of C, ∂C/∂b and ∂C/∂w over a data set.
void data_set(benchmark::State& state, const Workload& workload, std::size_t examples) {
  const Network net = network(workload);
  std::vector<Example> data(examples);
  for (std::size_t e = 0; e < examples; ++e) data[e] = {input(workload, e), target(workload, e)};
  for (auto _ : state) {
    MeanTrace means(net);
    means.add(data);
    benchmark::DoNotOptimize(means.value_at(0));
  }
}

const bool registered = [] {
  for (const Workload& workload : {w1, w2, w3, w4}) {
    benchmark::RegisterBenchmark(("trace/" + workload.name + "/1").c_str(), [workload](auto& state) { one_example(state, workload, false); });
    benchmark::RegisterBenchmark(("backprop/" + workload.name + "/1").c_str(), [workload](auto& state) { one_example(state, workload, true); });
    benchmark::RegisterBenchmark(("backprop/" + workload.name + "/1000").c_str(), [workload](auto& state) { data_set(state, workload, 1000); });
  }
  return true;
}();

}  // namespace
}  // namespace gradtrace::bench
