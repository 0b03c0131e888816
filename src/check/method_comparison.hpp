// All schemes side by side on the same numbers, and the error each made against 50-digit arithmetic.
#pragma once

#include "check/check.hpp"

#include <array>
#include <optional>
#include <vector>

namespace gradtrace {

struct MethodScore {
  Method method = Method::central;
  CheckSummary summary;
  /// Errors against the reference, relative; of numbers that are at least 1e-3 of the largest of their
  /// quantity and layer, and at no kink.
  double median_error = 0;
  double worst_error = 0;
  std::optional<Name> worst;
  std::size_t inside_bound = 0, measured = 0;  ///< how often the error was within the bound stated
};

class MethodComparison {
 public:
  /// `options.method` is ignored.
  MethodComparison(const Network& network, const CheckOptions& options, bool several_examples);

  /// One example; returns the tables of all methods, in the order of `methods`.
  std::array<CheckTable, methods.size()> add(const ExampleTrace& trace);
  std::array<CheckTable, methods.size()> add_means(const MeanTrace& means);
  std::vector<MethodScore> scores();  ///< in the order of `methods`

 private:
  void measure(const std::array<CheckTable, methods.size()>& tables);

  std::vector<Checker> checkers_;
  std::vector<MethodScore> scores_;
  std::vector<std::vector<double>> errors_;
};

}  // namespace gradtrace
