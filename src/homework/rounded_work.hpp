// What the right rules can give somebody who rounds or cuts off on the way. Where numbers nearly cancel, a digit that was
// dropped decides the first digit that is left: which answers are right there is not a matter of one tolerance.
#pragma once

#include "homework/grade.hpp"
#include "homework/in_parts.hpp"
#include "homework/student_derivation.hpp"

#include <cstddef>
#include <functional>
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

/// `value` with all but so many significant digits cut off.
double cut_off(double value, int digits);

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
  enum class Shape { products, terms, other };  ///< a sum of products of two numbers each, a sum of numbers

  /// One right form of a rule.
  struct Form {
    std::vector<Name> ingredients;  ///< products: one after another's two factors, and what is added after them
    std::function<double(const Reader&)> rule;
    Shape shape = Shape::other;
    double weight = 1;      ///< of each term
    bool in_steps = false;  ///< worked out in more than one step, each of which may be rounded
    /// The rule where what it adds, divides and squares is held first; nothing where that is as with products, or is nothing.
    std::function<double(const Reader&, const OnTheWay&)> in_parts = {};
    bool reads_more = false;  ///< the rule reads more than its ingredients so as to lose no digit, which nobody does on paper
    double parts = 0;         ///< how far that can carry the number: in units of the last digit asked, of a number with all digits 9
  };

  /// What somebody does with a number that stands on the sheet: takes it in full, or to as many digits as others, or works
  /// it out nevertheless, where it is shown.
  enum class Shown { in_full, held, worked_out };
  /// How somebody goes on with numbers worked out: as written down; or with more digits than are written down; or with all
  /// digits, only the given numbers being held, and within a rule what `Within` says.
  enum class Kept { as_written, more, all };

  /// What somebody holds within one rule.
  enum class Within { nothing, terms, shares, everything };  ///< terms: of a sum; shares: what a gate lets through

  struct Habit {
    Kept kept = Kept::as_written;
    Shown shown = Shown::held;
    Within within = Within::nothing;
    bool sums_at_once = false;             ///< the terms of ∂C/∂a are added without being rounded
    bool slopes_from_activations = false;  ///< by a(1 − a) and the like
    bool short_delta = false;              ///< δ = a − y at the output, where that is so
    bool given_too = false;                ///< the lesson's numbers are held like those worked out
    bool cuts = false;
    int digits = 0;
    std::size_t number = 0;  ///< another one for each habit with its digits
    double held(double value) const;
    OnTheWay on_the_way() const;  ///< the habit must outlive it
  };

  int digits() const { return grader_.layout().digits(); }
  std::vector<Form> right_forms(const Name& cell) const;
  std::shared_ptr<const std::vector<Form>> forms(const Name& cell);
  double number(const Name& name, Basis basis);
  Reader reader(Basis basis);
  bool is_answer(std::size_t index) const;
  bool is_right(std::size_t index) const;
  Held rounded_or_cut(const Held& number) const;
  Held spread(const Name& name, Basis basis);
  double effect(const Form& form, std::size_t ingredient, double to, Basis basis);
  std::vector<double> ends_and_turns(const Form& form, std::size_t ingredient, const Held& held, Basis basis);
  enum class Parts { held, in_full };  ///< of a rule
  double rounding_inside(const Form& form, double value, Basis basis, Parts parts);
  Held span(const Form& form, Basis basis, Parts parts = Parts::held);
  std::vector<Form> forms_of_answer(const Name& cell);
  bool may_give(const Form& form, Basis basis, double x);
  std::vector<Habit> habits() const;
  double worked_out(const Form& form, const Reader& read, const Habit& habit) const;
  double held_number(const Name& name, const Habit& habit);
  Held written(double x, bool cuts) const;
  double unknown_behind(const Name& name, Basis basis);
  double unknown_behind(const Form& form, Basis basis);
  bool habit_gives(const Form& form, const std::vector<Name>& open, Basis basis, const Habit& habit, double slack, double x);

  const Grader& grader_;
  const std::vector<std::optional<double>>& own_;
  bool cuts_;
  double last_digit_;  ///< its unit, of a number that begins with 1
  std::set<std::pair<Quantity, std::size_t>> missed_;  ///< quantity and layer where an answer is not the right number
  StudentDerivation exact_;
  std::vector<Habit> habits_;
  std::map<std::size_t, double> anew_, unknown_;  // by index
  std::map<std::size_t, std::shared_ptr<const std::vector<Form>>> forms_;
  std::size_t forms_read_ = 0;  ///< the ingredients of those kept
  std::map<std::pair<std::size_t, Basis>, Held> spread_;
  std::map<std::pair<std::size_t, std::size_t>, double> held_;  // by the habit's number and index
};

}  // namespace gradtrace
