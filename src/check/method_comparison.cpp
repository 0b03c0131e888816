// Schemes side by side.
#include "check/method_comparison.hpp"

#include <algorithm>
#include <cmath>

namespace gradtrace {

MethodComparison::MethodComparison(const Network& network, const CheckOptions& options, bool several_examples)
    : scores_(methods.size()), errors_(methods.size()) {
  for (const MethodInfo& method : methods) {
    CheckOptions own = options;
    own.method = method.method;
    checkers_.emplace_back(network, own, several_examples);
    scores_[static_cast<std::size_t>(method.method)].method = method.method;
  }
}

std::array<CheckTable, methods.size()> MethodComparison::add(const ExampleTrace& trace) {
  std::array<CheckTable, methods.size()> tables;
  for (std::size_t m = 0; m < methods.size(); ++m) tables[m] = checkers_[m].check(trace);
  measure(tables);
  return tables;
}

std::array<CheckTable, methods.size()> MethodComparison::add_means(const MeanTrace& means) {
  std::array<CheckTable, methods.size()> tables;
  for (std::size_t m = 0; m < methods.size(); ++m) tables[m] = checkers_[m].check_means(means);
  measure(tables);
  return tables;
}

void MethodComparison::measure(const std::array<CheckTable, methods.size()>& tables) {
  constexpr double negligible = 1e-3, known = 1e-9;  // of the largest; of the number itself
  const CheckTable& truth = tables[static_cast<std::size_t>(Method::reference)];
  for (const Block& block : truth.blocks) {
    double scale = 0;
    for (std::size_t i = 0; i < block.size(); ++i) scale = std::max(scale, std::abs(truth.rows[block.offset + i].numeric));
    for (std::size_t i = 0; i < block.size(); ++i) {
      const CheckRow& right = truth.rows[block.offset + i];
      // What 50 digits leave open is no measure of anything.
      const bool is_known = right.bound <= known * std::abs(right.numeric);
      const bool counts = is_known && !right.at_kink && std::abs(right.numeric) >= negligible * scale && scale > 0;
      for (std::size_t m = 0; m < methods.size() && counts; ++m) {
        const CheckRow& row = tables[m].rows[block.offset + i];
        if (row.at_kink) continue;
        MethodScore& score = scores_[m];
        const double error = std::abs(row.numeric - right.numeric), relative = error / std::abs(right.numeric);
        ++score.measured;
        score.inside_bound += error <= row.bound + right.bound;
        errors_[m].push_back(relative);
        if (!score.worst || relative > score.worst_error) {
          score.worst_error = relative;
          score.worst = row.name;
        }
      }
    }
  }
}

std::vector<MethodScore> MethodComparison::scores() {
  for (std::size_t m = 0; m < methods.size(); ++m) {
    scores_[m].summary = checkers_[m].summary();
    std::vector<double>& errors = errors_[m];
    if (errors.empty()) continue;
    const auto middle = errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2);
    std::nth_element(errors.begin(), middle, errors.end());
    scores_[m].median_error = *middle;
  }
  return scores_;
}

}  // namespace gradtrace
