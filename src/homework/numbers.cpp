// One index for a lesson's derived numbers, and their values.
#include "homework/numbers.hpp"

#include <algorithm>

namespace gradtrace {

Numbers::Numbers(const Network& network, std::size_t examples)
    : derived_(derived_blocks(network)),
      mean_(mean_blocks(network)),
      examples_(examples),
      per_example_(size_of(derived_.blocks())),
      means_(examples >= 2 ? size_of(mean_.blocks()) : 0) {}

std::optional<std::size_t> Numbers::index(const Name& name) const {
  if (is_given(name)) return std::nullopt;
  if (name.scope.kind == Scope::Kind::mean) {
    const auto at = means_ > 0 ? mean_.place(name) : std::nullopt;
    return at ? std::optional(examples_ * per_example_ + *at) : std::nullopt;
  }
  const std::size_t example = name.scope.kind == Scope::Kind::example ? name.scope.example : 0;
  if (example >= examples_) return std::nullopt;
  const auto at = derived_.place(name);
  return at ? std::optional(example * per_example_ + *at) : std::nullopt;
}

Name Numbers::name(std::size_t index) const {
  const bool mean = index >= examples_ * per_example_;
  const std::size_t at = mean ? index - examples_ * per_example_ : index % per_example_;
  const std::vector<Block>& blocks = (mean ? mean_ : derived_).blocks();
  const auto block = std::ranges::upper_bound(blocks, at, {}, &Block::offset) - 1;
  return block->name(at - block->offset, mean ? Scope::of_mean() : Scope::of_example(index / per_example_));
}

RightNumbers::RightNumbers(const Lesson& lesson) : means_(lesson.network) {
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    traces_.push_back(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
    means_.add(traces_.back());
  }
}

double RightNumbers::value(const Name& name) const {
  if (name.scope.kind == Scope::Kind::mean) return means_.value(name);
  return traces_[name.scope.kind == Scope::Kind::example ? name.scope.example : 0].value(name);
}

}  // namespace gradtrace
