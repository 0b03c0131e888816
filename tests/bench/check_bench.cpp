// What the gradient check costs: in a call, without reading a lesson or printing.
#include "bench/workload.hpp"
#include "check/check.hpp"
#include "check/lanes/lanes.hpp"

#include <benchmark/benchmark.h>

using namespace gradtrace;

namespace {

const std::vector<std::size_t> w3{784, 16, 16, 10}, w4{784, 128, 64, 10}, wide{1568, 256, 128, 20};

/// One example's check, by so many threads, as a command does it once its lesson is read.
void check_one(benchmark::State& state, const std::vector<std::size_t>& widths, bool parameters_only, std::size_t jobs) {
  const Lesson lesson = workload(widths, 1);
  CheckOptions options;
  options.parameters_only = parameters_only;
  std::size_t numbers = 0;
  for (auto _ : state) {
    const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
    Checker checker(lesson.network, options, false);
    benchmark::DoNotOptimize(checker.take(checker.nudge(trace, jobs)));
    const CheckSummary summary = checker.summary();
    if (summary.count(Verdict::agree) != summary.total()) state.SkipWithError("not every number agrees");
    numbers += summary.total();
  }
  state.counters["numbers/s"] = benchmark::Counter(static_cast<double>(numbers), benchmark::Counter::kIsRate);
}

/// The means' gradient of many examples.
void check_many(benchmark::State& state, const std::vector<std::size_t>& widths, std::size_t examples) {
  const Lesson lesson = workload(widths, examples);
  CheckOptions options;
  options.parameters_only = true;
  for (auto _ : state) {
    Checker checker(lesson.network, options, true);
    MeanTrace means(lesson.network);
    for (std::size_t e = 0; e < examples; ++e) {
      const ExampleTrace trace = trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e);
      means.add(trace);
      checker.check(trace);
    }
    benchmark::DoNotOptimize(checker.check_means(means));
    if (!checker.summary().agrees()) state.SkipWithError("a number disagrees");
  }
  state.counters["examples/s"] = benchmark::Counter(static_cast<double>(examples), benchmark::Counter::kIsIterationInvariantRate);
}

/// The roof the check stands under: one function evaluated in all lanes.
void functions(benchmark::State& state, InstructionSet set, LaneFunction function) {
  if (!is_available(set)) return state.SkipWithError("not on this processor");
  std::vector<double> x(1024), y(1024);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.01 + 0.003 * static_cast<double>(i);
  for (auto _ : state) {
    evaluate(set, function, x.data(), y.data(), x.size());
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  state.counters["per second"] = benchmark::Counter(1024, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK_CAPTURE(check_one, parameters_784_16_16_10, w3, true, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_one, every_number_784_16_16_10, w3, false, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_one, parameters_784_128_64_10, w4, true, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_one, every_number_784_128_64_10, w4, false, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_one, parameters_1568_256_128_20, wide, true, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(check_one, parameters_784_128_64_10_by_2_threads, w4, true, 2)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK_CAPTURE(check_many, parameters_784_16_16_10_of_100, w3, 100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(functions, sigmoid_avx512, InstructionSet::avx512, LaneFunction::sigmoid);
BENCHMARK_CAPTURE(functions, sigmoid_avx2, InstructionSet::avx2, LaneFunction::sigmoid);
BENCHMARK_CAPTURE(functions, sigmoid_baseline, InstructionSet::baseline, LaneFunction::sigmoid);
BENCHMARK_CAPTURE(functions, tanh_avx512, InstructionSet::avx512, LaneFunction::tanh);
BENCHMARK_CAPTURE(functions, softplus_avx512, InstructionSet::avx512, LaneFunction::softplus);
BENCHMARK_CAPTURE(functions, normal_avx512, InstructionSet::avx512, LaneFunction::normal);

}  // namespace
