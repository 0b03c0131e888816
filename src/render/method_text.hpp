// The schemes side by side: a table for people, rows for programs.
#pragma once

#include "base/output.hpp"
#include "check/method_comparison.hpp"
#include "lesson/lesson.hpp"
#include "render/options.hpp"

#include <array>
#include <string>
#include <vector>

namespace gradtrace {

std::string method_text(const Lesson& lesson, const std::vector<MethodScore>& scores, const RenderOptions& options);

/// The rows of `check --method all`, streamed: as CSV those of a check with a column `method` in front; as JSON
/// those of a central check with "methods" (the scores) beside them and in each row "by", what each method found.
class MethodRows {
 public:
  MethodRows(Output& out, bool csv, bool several_examples) : out_(out), csv_(csv), several_(several_examples) {}
  void begin();
  void add(const std::array<CheckTable, methods.size()>& tables);
  void end(const std::vector<MethodScore>& scores, bool agree);

 private:
  Output& out_;
  bool csv_, several_;
  bool first_row_ = true;
};

}  // namespace gradtrace
