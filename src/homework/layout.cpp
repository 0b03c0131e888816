// Blanks, and what follows from them.
#include "homework/layout.hpp"

#include "trace/cell_rules.hpp"

#include <algorithm>

namespace gradtrace {
namespace {

/// Whether the word, a whole quantity or a single number, asks for `name`.
bool asks(const std::string& blank, const Name& name, bool several) {
  if (const auto quantity = parse_quantity(blank)) return name.quantity == *quantity;
  return to_string(name, several) == blank;
}

}  // namespace

SheetLayout::SheetLayout(const Lesson& lesson)
    : numbers_(lesson.network, lesson.examples.size()), cells_(numbers_.size(), Cell::shown) {
  const CellRules rules(lesson.network, lesson.examples.size());
  const bool several = lesson.several_examples();
  std::vector<std::string> blanks;
  if (lesson.homework) {
    blanks = lesson.homework->blanks;
    points_ = lesson.homework->points;
    digits_ = lesson.homework->digits;
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Name name = numbers_.name(i);
    const bool asked = blanks.empty() || std::ranges::any_of(blanks, [&](const std::string& blank) { return asks(blank, name, several); });
    if (asked) {
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
