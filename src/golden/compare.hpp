// A lesson's numbers against a stored table, one by one and with a tolerance, never as text.
#pragma once

#include "golden/table.hpp"
#include "lesson/lesson.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gradtrace {

/// Processors and libraries differ in the last digits; a mistake differs in the first ones.
inline constexpr double golden_relative_tolerance = 1e-9;
/// … of the largest number of the same quantity and layer: below that, rounding is all there is.
inline constexpr double golden_absolute_tolerance = 1e-12;

/// What counts as the same number.
struct ComparisonRules {
  double relative_tolerance = golden_relative_tolerance;
  /// … of the largest of the same quantity and layer, and no more than the number's own rounding
  double absolute_tolerance = golden_absolute_tolerance;
  /// Somebody's own gradients: a number that is not in the table is no departure, nor is it counted, and one that is no
  /// farther off than the rounding of plain arithmetic can carry it is no departure, but uncertain; where a unit stands on
  /// its kink, what any slope between the two gives is none either.
  bool partial = false;
  std::size_t most_listed = 1000;  ///< of departures; all are counted
};

struct Departure {
  enum class Kind { differs, missing, unknown };  ///< missing: not in the file; unknown: not in the lesson
  Kind kind = Kind::differs;
  Name name;
  double golden = 0;  ///< in the file
  double here = 0;    ///< now
};

struct ComparisonResult {
  std::size_t compared = 0;   ///< derived numbers of the lesson that the file should hold
  std::size_t differing = 0;  ///< of these: other values, or missing ones
  std::size_t missing = 0;
  std::size_t unknown = 0;    ///< rows of the file that the lesson does not have
  std::map<Name, double> uncertain;   ///< not the same, but rounding alone can do that, with how far it can
  std::map<Name, Range> at_kink;      ///< not the same, but what another slope on a kink gives: from where to where
  std::vector<Departure> given;       ///< given numbers that have changed: the lesson itself is another
  std::vector<Departure> departures;  ///< of derived numbers, in the order of the derivation, as many as the rules list

  bool agrees() const { return differing == 0 && unknown == 0 && given.empty(); }
};

/// Whether a lesson's golden file stores this number ([golden] keep); given numbers are left out of a partial one.
bool golden_keeps(const Lesson& lesson, const Name& name);

class Comparison {
 public:
  /// The lesson must outlive the comparison.
  Comparison(const Lesson& lesson, const StoredTable& table, const ComparisonRules& rules = {});

  void add(const ExampleTrace& trace);      ///< every example, in order
  void add_means(const MeanTrace& means);   ///< after the last
  ComparisonResult finish();                ///< once

 private:
  /// The stored numbers of one scope, by place.
  struct Stored {
    std::vector<double> values;
    std::vector<bool> present;
    std::multimap<std::size_t, double> again;  ///< of a number that is there more than once
  };
  /// What may carry a number of others away from ours.
  struct Leeway {
    std::function<double(const Name&, double theirs)> rounding;  ///< how far (check/plain_rounding.hpp)
    std::function<Range(const Name&)> kinks;                     ///< from where to where
  };
  struct Number {
    Name name;
    double value = 0;
    double scale = 0;  ///< the largest of the same quantity and layer
  };

  void compare_block(const Block& block, Scope scope, const Stored& stored, const std::vector<double>& here, const Leeway& leeway);
  void compare_given();
  template <class Visit>
  void each_part_of_means(Visit visit) const;
  std::vector<double> mean_errors() const;
  std::vector<Range> mean_ranges() const;

  enum class Likeness { same, uncertain, at_kink, other };
  Likeness likeness(double golden, const Number& here, const Leeway& leeway) const;
  /// Of a number stored once or more the first value that is least like it, and how like.
  std::pair<double, Likeness> least_like(const Stored& stored, std::size_t place, const Number& here, const Leeway& leeway) const;

  const Lesson& lesson_;
  ComparisonRules rules_;
  bool signless_infinities_;
  std::vector<Block> given_, given_example_, derived_, mean_;
  Stored stored_given_, stored_means_;
  std::vector<Stored> stored_given_examples_, stored_examples_;
  std::vector<Departure> unknown_;
  ComparisonResult result_;
};

}  // namespace gradtrace
