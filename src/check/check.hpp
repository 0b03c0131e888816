// The gradient check: every number of the trace beside its numerical twin, an error bound and a verdict.
// How a twin is computed is in nudge.hpp.
#pragma once

#include "base/name.hpp"
#include "check/block_rows.hpp"
#include "check/check_row.hpp"
#include "check/mean_twin.hpp"
#include "check/method.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

std::optional<Method> parse_method(std::string_view name);
std::vector<std::string> method_names();

struct CheckOptions {
  Method method = Method::central;
  std::optional<double> step;         ///< h, the same for every variable; each method's own rule where unset
  double relative_tolerance = 1e-7;   ///< CS231n's "happy": a difference this small is agreement whatever the bound
  bool parameters_only = false;       ///< ∂C/∂w and ∂C/∂b alone, of several examples their means alone
  std::optional<std::size_t> sample;  ///< about so many numbers of each example, at least one of each quantity and layer
  std::size_t examples = 1;           ///< of the run: how much time there is for each
  std::function<void(std::size_t)> progress;  ///< told now and then how many more numbers have been checked
};

/// The rows of one example, or of the means, in the order of the derivation. Of a sample, a block lists what was
/// sampled of its quantity and layer: its numbers are as many, but known by their rows' names alone.
struct CheckTable {
  std::vector<Block> blocks;
  std::vector<CheckRow> rows;

  const CheckRow* find(const Name& name) const;  ///< the scope is ignored; null where not checked
};

/// A table of rows without numbers for what is picked, a block for each.
CheckTable blank_table(const std::vector<Picked>& picked);

struct CheckSummary {
  std::array<std::size_t, 4> counts{};  ///< by Verdict
  /// Of the rows that agree, the one with the largest relative error, entries negligible beside their
  /// neighbours (under 1e-3 of the largest of their quantity and layer) left aside.
  std::optional<CheckRow> worst;
  std::optional<CheckRow> first_failure;  ///< first in the order of the derivation: where the error came in
  std::vector<CheckRow> failures;       ///< worst first, at most largest_failures of them
  std::vector<CheckRow> kinks;          ///< the first few
  std::vector<CheckRow> undecided;      ///< the first few inconclusive ones
  std::size_t by_witness = 0;           ///< of those that agree: by dual numbers, where the difference alone told nothing
  std::vector<std::string> notes;       ///< all-zero evidence, by quantity and layer
  double smallest_step = 0, largest_step = 0;
  std::size_t left_out = 0;  ///< numbers that are not in the sample

  std::size_t count(Verdict verdict) const { return counts[static_cast<std::size_t>(verdict)]; }
  std::size_t total() const { return counts[0] + counts[1] + counts[2] + counts[3]; }
  bool agrees() const { return count(Verdict::disagree) == 0; }
};

/// How many numbers of one example are checked, without a sample.
std::size_t numbers_to_check(const Network& network, bool parameters_only);

/// Checks example after example and keeps what the means and the summary need; memory does not grow
/// with the number of examples.
class Checker {
 public:
  static constexpr std::size_t largest_failures = 1000;

  Checker(const Network& network, const CheckOptions& options, bool several_examples);

  /// One example's rows, not counted yet.
  struct Checked {
    CheckTable table;
    double smallest_step = 0, largest_step = 0;
  };

  /// The rows of one example. With `parameters_only` and several examples they are computed for the
  /// means and not counted, and the table is empty.
  CheckTable check(const ExampleTrace& trace) { return take(nudge(trace)); }
  /// The same in two parts: the work, which several threads may do at a time for different examples, …
  Checked nudge(const ExampleTrace& trace) const;
  /// The same by up to `jobs` threads; the rows do not depend on how many. Progress is told from any of them.
  Checked nudge(const ExampleTrace& trace, std::size_t jobs) const;
  /// … and the counting, one example after another in order.
  CheckTable take(Checked checked);
  /// The means' rows, after the last example; empty for lessons of one example.
  CheckTable check_means(const MeanTrace& means);
  /// What was found so far; failures sorted.
  CheckSummary summary() const;

 private:
  void count(const CheckTable& table);
  std::size_t left_out(const std::vector<Picked>& picked) const;
  std::vector<Picked> pick(bool parameters_only) const;

  const Network* network_;
  CheckOptions options_;
  bool several_;
  std::vector<Picked> picked_, mean_picked_;  // of each example, and of the means
  void add_to_means(const Block& block, const CheckRow* rows);

  std::vector<MeanTwin> mean_twins_;  // of every number picked for the means
  std::vector<bool> evidence_;  // by block: whether any number of it was not zero
  CheckSummary summary_;
};

}  // namespace gradtrace
