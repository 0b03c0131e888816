// Grading: each answer against the right number, against what follows from the student's own earlier numbers, and
// against what every typical mistake would give.
#pragma once

#include "homework/layout.hpp"
#include "lesson/lesson.hpp"
#include "trace/cell_rules.hpp"
#include "trace/mistakes.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

enum class AnswerVerdict { correct, follows, wrong, blank, unreadable };

std::string_view name_of(AnswerVerdict verdict);

/// What a sheet holds for one asked number.
struct Given {
  bool present = false;          ///< whether there was anything in the cell
  std::optional<double> value;   ///< nothing where blank or unreadable
  std::string problem;           ///< why it is unreadable
};

/// What explains a wrong answer: one mistake, or two together.
struct Diagnosis {
  std::vector<Mistake> mistakes;
  bool operator==(const Diagnosis&) const = default;
};

/// Slips that are no idea missed, seen where no mistake of the catalogue fits.
enum class Slip { none, sign, decimal_place, neighbour, trivial_zero, few_digits };

struct Answer {
  Name name;
  Given given;
  double expected = 0;           ///< the right number
  AnswerVerdict verdict = AnswerVerdict::blank;
  double points = 0;
  std::vector<Diagnosis> diagnoses;  ///< the likeliest first; others that fit as well after it
  Slip slip = Slip::none;
};

struct Grade {
  std::vector<Answer> answers;  ///< in the order of the derivation
  double score = 0, max_score = 0;

  std::size_t count(AnswerVerdict verdict) const;
};

/// Half a unit in the last of so many significant digits of `value`; 0 for 0.
double half_unit(double value, int digits);
/// Whether `answer` is `number` to so many significant digits, or within `negligible` of it.
bool has_digits(double answer, double number, int digits, double negligible);

/// Grades sheets of one lesson, or of one variant of it. Thread-safe once made. The lesson must outlive it.
class Grader {
 public:
  explicit Grader(const Lesson& lesson);

  const Lesson& lesson() const { return lesson_; }
  const SheetLayout& layout() const { return layout_; }
  /// `given[i]` belongs to layout().asked()[i].
  Grade grade(const std::vector<Given>& given) const;
  /// How many of the answers are the right numbers: whose variant is it?
  std::size_t matches(const std::vector<Given>& given) const;

  double right(std::size_t index) const { return right_[index]; }
  double given_number(const Name& name) const { return numbers_.value(name); }
  const CellRules& rules() const { return rules_; }
  /// Every way to make every mistake in this network that is looked for.
  const std::vector<Variation>& variations() const { return variations_; }
  /// Half a unit in the last digit asked.
  double half_unit(double value) const;
  /// Whether `answer` has the digits asked of `number`.
  bool fits(double answer, double number, std::size_t index) const;
  /// What is as good as 0: beside the others of its kind, beside what it is the sum of, and for what rounds as doubles do.
  double negligible(std::size_t index) const { return negligible_[index]; }

 private:
  void find_negligible();

  const Lesson& lesson_;
  SheetLayout layout_;
  CellRules rules_;
  RightNumbers numbers_;
  std::vector<double> right_;  // by index
  std::vector<double> negligible_;  // by index
  std::vector<Variation> variations_;
};

}  // namespace gradtrace
