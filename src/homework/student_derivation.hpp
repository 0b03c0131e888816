// What a student would write who derives a sheet's numbers from those written before, rightly or with a mistake.
#pragma once

#include "homework/grade.hpp"
#include "homework/in_parts.hpp"

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gradtrace {

using Hypothesis = std::vector<Variation>;  // none, one or two mistakes

/// Whether a student's number is one that is not asked, but was read off the cell that holds the same: δ off ∂C/∂b.
inline bool is_read_off(const Grader& grader, const std::vector<std::optional<double>>& own, std::size_t index) {
  return own[index] && grader.layout().cell(index) != Cell::asked && *own[index] != grader.right(index);
}

/// Whether `name`, which the rule of `cell` reads, was itself read off it: then ∂C/∂b does not follow from δ.
inline bool is_circular(const Grader& grader, const std::vector<std::optional<double>>& own, const Name& cell, const Name& name) {
  if (cell.quantity != Quantity::dC_db) return false;
  const auto index = grader.layout().numbers().index(name);
  return index && is_read_off(grader, own, *index);
}

/// One student's sheet under one hypothesis.
class StudentDerivation {
 public:
  StudentDerivation(const Grader& grader, const std::vector<std::optional<double>>& own, Hypothesis hypothesis)
      : grader_(grader), own_(own), hypothesis_(std::move(hypothesis)) {}

  /// The student's number; where there is none, what the hypothesis makes of the others.
  double read(const Name& name) {
    const auto index = grader_.layout().numbers().index(name);
    if (!index) return grader_.given_number(name);
    return own_[*index] ? *own_[*index] : derived(name, *index);
  }

  Reader reader() {
    return [this](const Name& name) { return read(name); };
  }

  /// The rule of `cell` under the hypothesis; of ∂C/∂b never from a number that was read off it.
  double rule(const Name& cell) {
    return rule(cell, [&](const Name& name) {
      return is_circular(grader_, own_, cell, name) ? derived(name, *grader_.layout().numbers().index(name)) : read(name);
    });
  }

  double rule(const Name& cell, const Reader& read) const {
    std::vector<const Variation*> touching;
    for (const Variation& variation : hypothesis_) {
      if (replaces(grader_.rules(), variation, cell)) touching.push_back(&variation);
    }
    if (touching.empty()) return grader_.rules().evaluate(cell, read);
    if (touching.size() == 1) return mistaken(*touching[0], cell, read);
    return both(*touching[0], *touching[1], cell, read);
  }

 private:
  double derived(const Name& name, std::size_t index) {
    const auto known = derived_.find(index);
    return known != derived_.end() ? known->second : derived_.emplace(index, rule(name)).first->second;
  }

  double mistaken(const Variation& variation, const Name& cell, const Reader& read) const {
    return evaluate_mistaken(grader_.rules(), variation, cell, read, grader_.lesson().learning_rate);
  }

  /// Two mistakes in one rule.
  double both(const Variation& first, const Variation& second, const Name& cell, const Reader& read) const {
    for (const auto& [outer, inner] : {std::pair{&first, &second}, std::pair{&second, &first}}) {
      if (outer->mistake != Mistake::swapped_indices) continue;
      Name turned = cell;  // the other mistake, at the transposed place
      std::swap(turned.j, turned.k);
      return mistaken(*inner, turned, read);
    }
    // Each changes the right number by a factor of its own.
    const double right = grader_.rules().evaluate(cell, read);
    return right == 0 ? 0 : mistaken(first, cell, read) * (mistaken(second, cell, read) / right);
  }

  const Grader& grader_;
  const std::vector<std::optional<double>>& own_;
  Hypothesis hypothesis_;
  std::unordered_map<std::size_t, double> derived_;
};

}  // namespace gradtrace
