// `check --against FILE` and `check --mutate`.
#include "base/error.hpp"
#include "base/number.hpp"
#include "check/mutation.hpp"
#include "check/verdict.hpp"
#include "cli/check_modes.hpp"
#include "cli/command.hpp"
#include "golden/cause.hpp"
#include "golden/foreign.hpp"
#include "homework/numbers.hpp"
#include "render/against_text.hpp"
#include "render/csv.hpp"
#include "render/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <set>

namespace gradtrace {
namespace {

/// Beside the largest of its quantity and layer a number may be off by this part of the tolerance: what
/// others compute in another order cancels otherwise.
constexpr double negligible = 1e-3;

/// The compared numbers as the rows of a check: theirs in the place of the nudged ones.
class AgainstRows {
 public:
  AgainstRows(const StoredTable& table, const ComparisonResult& result, double tolerance) : tolerance_(tolerance), uncertain_(result.uncertain), at_kink_(result.at_kink) {
    for (const TableRow& row : table.rows) theirs_[row.name] = row.value;
    for (const Departure& departure : result.departures) {
      if (departure.kind != Departure::Kind::differs) continue;
      wrong_.insert(departure.name);
      theirs_[departure.name] = departure.golden;
    }
  }

  CheckTable rows(const std::vector<Block>& blocks, Scope scope, const std::function<double(const Name&)>& value) {
    CheckTable table;
    for (const Block& block : blocks) {
      double largest = 0;
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (const double size = std::abs(value(block.name(i, scope))); std::isfinite(size)) largest = std::max(largest, size);
      }
      for (std::size_t i = 0; i < block.size(); ++i) {
        const Name name = block.name(i, scope);
        const auto found = theirs_.find(name);
        if (found == theirs_.end()) continue;
        table.rows.push_back(row_of(name, value(name), found->second, largest));
      }
    }
    return table;
  }

 private:
  /// `largest` of its quantity and layer.
  CheckRow row_of(const Name& name, double analytic, double theirs, double largest) const {
    CheckRow row;
    row.name = name;
    row.analytic = analytic;
    row.numeric = std::isfinite(theirs) ? theirs : 0;  // notes_of() says what it is
    row.bound = tolerance_ * std::abs(analytic);
    row.relative_error = relative_error(analytic, row.numeric);
    row.verdict = wrong_.contains(name) ? Verdict::disagree : Verdict::agree;
    if (row.verdict == Verdict::agree) row.bound = std::max(row.bound, negligible * tolerance_ * largest);
    if (!std::isfinite(analytic)) {  // as theirs, or wrong: nothing lies between
      row.bound = 0;
      row.relative_error = row.verdict == Verdict::agree ? 0 : 1;
    }
    if (const auto uncertain = uncertain_.find(name); uncertain != uncertain_.end()) {
      row.bound = uncertain->second;
      row.verdict = Verdict::inconclusive;
    }
    if (const auto kink = at_kink_.find(name); kink != at_kink_.end()) {  // backprop takes the left side's slope
      const auto& [low, high] = kink->second;
      constexpr std::size_t digits = 10;  // behind which there is rounding too
      const double other = rounded(high - analytic > analytic - low ? high : low, digits);
      row.at_kink = {analytic, other};
      row.bound = std::abs(other - analytic);
      row.verdict = Verdict::kink;
    }
    return row;
  }

  double tolerance_;
  const std::map<Name, double>& uncertain_;  // with their bounds
  const std::map<Name, Range>& at_kink_;
  std::map<Name, double> theirs_;
  std::set<Name> wrong_;
};

/// What rows cannot say: numbers of another lesson, and numbers that are none.
std::vector<std::string> notes_of(const Lesson& lesson, const ComparisonResult& result) {
  std::vector<std::string> notes;
  const auto name = [&](const Departure& departure) { return to_string(departure.name, lesson.several_examples()); };
  const auto note = [&](std::size_t count, const std::string& first) {
    if (count > 0) notes.push_back(count > 1 ? fmt::format("{}, and {} more like it", first, count - 1) : first);
  };
  if (!result.given.empty()) {
    const Departure& first = result.given.front();
    note(result.given.size(), fmt::format("made for another lesson: {} is {} there, {} here", name(first), shortest(first.golden), shortest(first.here)));
  }
  for (const Departure& departure : result.departures) {
    if (departure.kind != Departure::Kind::unknown) continue;
    note(result.unknown, name(departure) + " is none of this lesson's numbers");
    break;
  }
  std::size_t strange = 0;
  std::string first;
  for (const Departure& departure : result.departures) {
    if (departure.kind != Departure::Kind::differs || std::isfinite(departure.golden)) continue;
    if (strange++ == 0) first = fmt::format("{} is {} there", name(departure), shortest(departure.golden));
  }
  note(strange, first);
  return notes;
}

/// Which units stand on their kink, if any: others may have taken another slope there, and be as right.
std::string units_at_kinks(const Lesson& lesson, const std::vector<ExampleTrace>& traces) {
  std::size_t count = 0;
  std::string first;
  for (const ExampleTrace& trace : traces) {
    for (std::size_t l = 1; l <= lesson.network.depth(); ++l) {
      if (!has_kink(lesson.network.layer(l).activation)) continue;
      for (std::size_t j = 0; j < lesson.network.width(l); ++j) {
        if (trace.state.z[l](j) != 0) continue;
        if (count++ == 0) first = to_string(Name{Scope::of_example(trace.example), Quantity::z, l, j, Name::none}, lesson.several_examples());
      }
    }
  }
  if (count == 0) return "";
  return fmt::format("{} is 0{}, at the kink: there backprop takes the slope of z < 0, and what another slope between the two gives is right as well", first,
                     count == 1 ? "" : fmt::format(", and so are {} more", count - 1));
}

/// Where all that differs differs in late digits, what to do if it was computed in single precision; else "".
std::string if_single_precision(const ComparisonResult& result, double tolerance) {
  constexpr double most = 1e-4;  // after some layers; a number by itself has 6e-8
  double worst = 0;
  for (const Departure& departure : result.departures) {
    if (departure.kind != Departure::Kind::differs) continue;
    if (!std::isfinite(departure.golden)) return "";
    worst = std::max(worst, relative_error(departure.here, departure.golden));
  }
  double enough = tolerance;
  for (const double wider : {1e-5, most}) {
    if (enough <= worst) enough = std::max(enough, wider);
  }
  if (worst == 0 || !(worst < enough)) return "";
  return fmt::format("no number is off by more than {:.1e} of itself: if these were computed in single precision (float32), compare with --tolerance {}", worst, shortest(enough));
}

}  // namespace

int check_against_file(const CheckRequest& request) {
  const Lesson& lesson = request.lesson;
  const std::string file = *request.arguments.text("against");
  const StoredTable table = load_foreign(file, lesson);
  const double tolerance = request.options.relative_tolerance;
  const ComparisonRules rules{tolerance, negligible * tolerance, true, table.rows.size()};  // every row gets its verdict
  Comparison comparison(lesson, table, rules);
  const RightNumbers right(lesson);
  for (const ExampleTrace& trace : right.traces()) comparison.add(trace);
  comparison.add_means(right.means());
  const ComparisonResult result = comparison.finish();
  if (result.compared == 0) {
    throw InputError(file, "holds none of this lesson's derived numbers" +
                               std::string(result.unknown > 0 ? ": its names belong to another network" : ""));
  }
  const int status = result.agrees() ? status_agree : status_disagree;
  if (request.quiet) return status;
  const std::string kinks = result.differing > 0 || !result.at_kink.empty() ? units_at_kinks(lesson, right.traces()) : "";
  const std::string single = if_single_precision(result, tolerance);
  if (request.format == CheckFormat::text) {
    Cause cause = result.agrees() ? Cause{} : likely_cause(lesson, result, request.render.digits);
    for (const std::string& line : {kinks, single}) {
      if (!line.empty()) cause.lines.push_back(line);
    }
    request.out.write(render_against(lesson, result, printable(file), tolerance, cause.lines, request.render));
    return status;
  }
  AgainstRows against(table, result, tolerance);
  CheckJson json(request.out, request.options, lesson.several_examples(), "against");
  const bool as_json = request.format == CheckFormat::json;
  if (as_json) {
    json.begin();
  } else {
    write_check_csv_header(request.out);
  }
  CheckSummary summary;
  summary.notes = notes_of(lesson, result);
  for (const std::string& line : {kinks, single}) {
    if (!line.empty()) summary.notes.push_back(line);
  }
  const auto take = [&](const CheckTable& part) {
    for (const CheckRow& row : part.rows) ++summary.counts[static_cast<std::size_t>(row.verdict)];
    if (as_json) {
      json.rows(part);
    } else {
      write_check_csv(request.out, part);
    }
  };
  for (const ExampleTrace& trace : right.traces()) {
    take(against.rows(derived_blocks(lesson.network), Scope::of_example(trace.example), [&](const Name& name) { return trace.value(name); }));
  }
  if (lesson.several_examples()) {
    take(against.rows(mean_blocks(lesson.network), Scope::of_mean(), [&](const Name& name) { return right.means().value(name); }));
  }
  if (as_json) {
    json.end(summary);
  } else {
    for (const std::string& note : summary.notes) std::cerr << note << "\n";
  }
  return status;
}

int check_the_check(const CheckRequest& request) {
  if (request.format != CheckFormat::text) throw UsageError("--mutate is written as text");
  const std::vector<MutationResult> results = mutate(request.lesson, request.options);
  if (!request.quiet) request.out.write(render_mutations(request.lesson, results, request.render));
  const bool good = std::all_of(results.begin(), results.end(), [](const MutationResult& result) { return !result.possible || result.good(); });
  return good ? status_agree : status_disagree;
}

}  // namespace gradtrace
