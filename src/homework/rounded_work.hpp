// What the right rules can give somebody who rounds or cuts off on the way. Where numbers nearly cancel, a digit that was
// dropped decides the first digit that is left: which answers are right there is not a matter of one tolerance.
#pragma once

#include "homework/grade.hpp"
#include "homework/habit.hpp"
#include "homework/rule_form.hpp"
#include "homework/student_derivation.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace gradtrace {

/// A number as somebody may hold it: any that is not farther than `within` from `value`.
struct Held {
  double value = 0, within = 0;
};

/// One student's numbers, and what follows from them with the rounding of MATH on the way: each number held to the digits
/// that the sheet asks, or to more.
class RoundedWork {
 public:
  /// `own`: by index, what the student wrote and what the sheet shows. `cuts`: the student cuts off where others round.
  RoundedWork(const Grader& grader, const std::vector<std::optional<double>>& own, bool cuts);

  /// Whether a right rule may give `x` for the cell: from the student's numbers, from those just before it derived anew
  /// from those before them, or from the right ones.
  bool gives(const Name& cell, double x);

  /// Whether `x` may be such a number, rounded to the digits asked or cut off after them.
  bool comes_from(double x, const Held& number) const;

  /// How far rounding on the way can carry what the rule gives from the student's numbers.
  double room(const Name& cell);

  /// The same of what the mistaken rule gives; of a rule of very many numbers 0.
  double room(const Name& cell, const Hypothesis& mistake);

 private:
  enum class Basis { own, anew, right };

  int digits() const { return grader_.layout().digits(); }
  std::shared_ptr<const std::vector<RuleForm>> forms(const Name& cell);
  double number(const Name& name, Basis basis);
  Reader reader(Basis basis);
  bool is_answer(std::size_t index) const;
  bool is_right(std::size_t index) const;
  Held rounded_or_cut(const Held& number) const;
  Held spread(const Name& name, Basis basis);
  double effect(const RuleForm& form, std::size_t ingredient, double to, Basis basis);
  std::vector<double> ends_and_turns(const RuleForm& form, std::size_t ingredient, const Held& held, Basis basis);
  enum class Parts { held, in_full };  ///< of a rule
  double rounding_inside(const RuleForm& form, double value, Basis basis, Parts parts);
  Held span(const RuleForm& form, Basis basis, Parts parts = Parts::held);
  std::vector<RuleForm> forms_of_answer(const Name& cell);
  bool may_give(const RuleForm& form, Basis basis, double x);
  double worked_out(const RuleForm& form, const Reader& read, const Habit& habit) const;
  double held_number(const Name& name, const Habit& habit);
  Held written(double x, bool cuts) const;
  double unknown_behind(const Name& name, Basis basis);
  double unknown_behind(const RuleForm& form, Basis basis);
  bool habit_gives(const RuleForm& form, const std::vector<Name>& open, Basis basis, const Habit& habit, double slack, double x);

  const Grader& grader_;
  const std::vector<std::optional<double>>& own_;
  bool cuts_;
  double last_digit_;  ///< its unit, of a number that begins with 1
  std::set<std::pair<Quantity, std::size_t>> missed_;  ///< quantity and layer where an answer is not the right number
  StudentDerivation exact_;
  std::vector<Habit> habits_;
  std::map<std::size_t, double> anew_, unknown_;  // by index
  std::map<std::size_t, std::shared_ptr<const std::vector<RuleForm>>> forms_;
  std::size_t forms_read_ = 0;  ///< the ingredients of those kept
  std::map<std::pair<std::size_t, Basis>, Held> spread_;
  std::map<std::pair<std::size_t, std::size_t>, double> held_;  // by the habit's number and index
};

}  // namespace gradtrace
