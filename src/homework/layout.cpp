// Blanks, and what follows from them.
#include "homework/layout.hpp"

#include "trace/cell_rules.hpp"

#include <set>
#include <string>
#include <unordered_set>

namespace gradtrace {
namespace {

/// What the words ask for, each a whole quantity or a single number. A sheet may ask for very many.
class Blanks {
 public:
  Blanks(const std::vector<std::string>& words, bool several) : all_(words.empty()), several_(several) {
    for (const std::string& word : words) {
      if (const auto quantity = parse_quantity(word)) quantities_.insert(*quantity);
      else names_.insert(word);
    }
  }

  bool ask(const Name& name) const { return all_ || quantities_.contains(name.quantity) || (!names_.empty() && names_.contains(to_string(name, several_))); }

 private:
  bool all_, several_;
  std::set<Quantity> quantities_;
  std::unordered_set<std::string> names_;
};

}  // namespace

SheetLayout::SheetLayout(const Lesson& lesson)
    : numbers_(lesson.network, lesson.examples.size()), cells_(numbers_.size(), Cell::shown) {
  const CellRules rules(lesson.network, lesson.examples.size());
  const Blanks blanks(lesson.homework ? lesson.homework->blanks : std::vector<std::string>{}, lesson.several_examples());
  if (lesson.homework) {
    points_ = lesson.homework->points;
    digits_ = lesson.homework->digits;
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Name name = numbers_.name(i);
    if (blanks.ask(name)) {
      cells_[i] = Cell::asked;
      asked_.push_back(i);
      continue;
    }
    for (const Name& ingredient : rules.ingredients(name)) {
      const auto before = numbers_.index(ingredient);
      if (before && cells_[*before] != Cell::shown) {
        cells_[i] = Cell::left_out;
        break;
      }
    }
  }
}

}  // namespace gradtrace
