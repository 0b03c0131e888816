// What the gradient check costs: in a call, without reading a lesson or printing.
#include "bench/workload.hpp"
#include "check/check.hpp"
#include "check/lanes/lanes.hpp"
#include "cli/in_order.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>

using namespace gradtrace;
using bench::w3, bench::w4;

namespace {

const bench::Workload w3x2{"W3x2", {1568, 32, 32, 20}};  // widths doubled

/// One example's check, by so many threads, as a command does it once its lesson is read.
void check_one(benchmark::State& state, const bench::Workload& workload, bool parameters_only, std::size_t jobs) {
  const Network net = network(workload);
  const Vector x = input(workload, 0), y = target(workload, 0);
  CheckOptions options;
  options.parameters_only = parameters_only;
  std::size_t numbers = 0;
  for (auto _ : state) {
    const ExampleTrace trace = trace_example(net, x, y, 0);
    Checker checker(net, options, false);
    benchmark::DoNotOptimize(checker.take(checker.nudge(trace, jobs)));
    const CheckSummary summary = checker.summary();
    if (summary.count(Verdict::agree) != summary.total()) state.SkipWithError("not every number agrees");
    numbers += summary.total();
  }
  state.counters["numbers/s"] = benchmark::Counter(static_cast<double>(numbers), benchmark::Counter::kIsRate);
}

/// The means' gradient of many examples, so many at a time.
void check_many(benchmark::State& state, const bench::Workload& workload, std::size_t examples, std::size_t jobs) {
  const Network net = network(workload);
  CheckOptions options;
  options.parameters_only = true;
  struct Nudged {
    ExampleTrace trace;
    Checker::Checked checked;
  };
  for (auto _ : state) {
    Checker checker(net, options, true);
    MeanTrace means(net);
    std::size_t next = 0;
    in_order<std::size_t, Nudged>(
        jobs, [&](std::size_t& e) { return e = next, next++ < examples; },
        [&](std::size_t e) {
          Nudged nudged{trace_example(net, input(workload, e), target(workload, e), e), {}};
          nudged.checked = checker.nudge(nudged.trace);
          return nudged;
        },
        [&](Nudged& nudged) {
          means.add(nudged.trace);
          checker.take(std::move(nudged.checked));
        });
    benchmark::DoNotOptimize(checker.check_means(means));
    if (!checker.summary().agrees()) state.SkipWithError("a number disagrees");
  }
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

const bool registered = [] {
  const auto add = [](const std::string& name, auto&& run) { benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMicrosecond)->UseRealTime(); };
  for (const bench::Workload& workload : {w3, w4, w3x2}) {
    const std::string name = "check/" + workload.name;
    for (const bool parameters_only : {true, false}) {
      const std::string what = name + (parameters_only ? "/parameters/1" : "/all/1");
      add(what, [=](auto& state) { check_one(state, workload, parameters_only, 1); });
      for (const std::size_t jobs : {1, 2}) add(what + "/jobs:" + std::to_string(jobs), [=](auto& state) { check_one(state, workload, parameters_only, jobs); });
    }
  }
  add("check/W3/parameters/1000", [](auto& state) { check_many(state, w3, 1000, 1); });
  for (const std::size_t jobs : {1, 2}) add("check/W3/parameters/1000/jobs:" + std::to_string(jobs), [=](auto& state) { check_many(state, w3, 1000, jobs); });
  for (const auto& [set, name] : {std::pair{InstructionSet::baseline, "baseline"}, std::pair{InstructionSet::avx2, "avx2"}, std::pair{InstructionSet::avx512, "avx512"}}) {
    for (const auto& [function, what] : {std::pair{LaneFunction::sigmoid, "sigmoid"}, std::pair{LaneFunction::tanh, "tanh"}, std::pair{LaneFunction::softplus, "softplus"}, std::pair{LaneFunction::normal, "normal"}}) {
      add(std::string("function/") + what + "/" + name, [=](auto& state) { functions(state, set, function); });
    }
  }
  return true;
}();

}  // namespace
