// The gradient check as text: the verdict line of a run, and the report of `check`.
#pragma once

#include "check/check.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

#include <string>
#include <vector>

namespace gradtrace {

/// The nudged number of a row, or a dash where nudging says nothing.
std::string nudged_text(const CheckRow& row, const RenderOptions& options);

/// The verdict line; below it, where something disagrees, where the derivation first departs and a table
/// of the failures, worst first, both numbers labelled; kinks, undecided numbers and notes.
std::string render_check_summary(const Lesson& lesson, const CheckSummary& summary, const CheckOptions& check,
                                 const RenderOptions& options);

/// What `check` prints: a row for each quantity and layer, then the summary.
class CheckReport {
 public:
  CheckReport(const Lesson& lesson, const CheckOptions& check, const RenderOptions& options)
      : lesson_(lesson), check_(check), options_(options) {}

  void add(const CheckTable& table);
  std::string render(const CheckSummary& summary) const;

 private:
  /// All rows of one quantity and layer, over all examples; the means apart.
  struct Group {
    bool mean = false;
    Quantity quantity;
    std::size_t layer;
    std::array<std::size_t, 4> counts{};
    CheckRow worst;  ///< of those that can be told from 0
    bool has_worst = false;
  };
  Group& group_of(const Name& name);

  const Lesson& lesson_;
  const CheckOptions& check_;
  const RenderOptions& options_;
  std::vector<Group> groups_;
};

}  // namespace gradtrace
