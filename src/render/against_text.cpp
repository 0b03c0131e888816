// Other people's gradients, and mutated ones, as tables.
#include "render/against_text.hpp"

#include "base/number.hpp"
#include "check/verdict.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace gradtrace {

std::string render_against(const Lesson& lesson, const ComparisonResult& result, const std::string& file, double tolerance,
                           const std::vector<std::string>& cause, const RenderOptions& options) {
  const auto width = static_cast<std::size_t>(options.width);
  const auto number = [&](double value) { return in(options.ascii, significant(value, options.digits, options.ascii)); };
  const auto name = [&](const Departure& departure) { return to_string(departure.name, lesson.several_examples()); };
  const std::size_t agreeing = result.compared - result.differing - result.uncertain.size() - result.at_kink.size();
  std::string words = result.agrees() ? fmt::format("{} numbers of {} agree with backprop (relative {})",
                                                    agreeing == result.compared ? fmt::format("all {}", agreeing) : fmt::format("{} of {}", agreeing, result.compared), file, shortest(tolerance))
                                      : fmt::format("{} of {} numbers of {} disagree with backprop (relative {})", result.differing, result.compared, file,
                                                    shortest(tolerance));
  if (!result.uncertain.empty()) words += fmt::format("; {} cannot be told from rounding", result.uncertain.size());
  if (!result.at_kink.empty()) words += fmt::format("; {} at another slope of a kink, right as well", result.at_kink.size());
  if (result.unknown > 0) words += fmt::format("; {} are none of this lesson's", result.unknown);
  std::string text = verdict_line(result.agrees() ? Mark::good : Mark::bad, "against", words, options);
  if (!result.given.empty()) {
    const Departure& first = result.given.front();
    text += wrap(in(options.ascii, fmt::format("they were made for another lesson: {} is {} there, {} here", name(first), shortest(first.golden), shortest(first.here))),
                 width, verdict_margin);
  }
  std::vector<Departure> worst;
  for (const Departure& departure : result.departures) {
    if (departure.kind == Departure::Kind::differs) worst.push_back(departure);
  }
  if (!worst.empty()) {
    const Departure& first = worst.front();
    text += wrap(in(options.ascii, fmt::format("The derivation first departs at {}: theirs {}, backprop {}", name(first), significant(first.golden, options.digits),
                                               significant(first.here, options.digits))), width, 2);
    const auto size = [](const Departure& departure) {  // what is no number comes first
      return std::isnan(departure.golden) ? std::numeric_limits<double>::infinity() : relative_error(departure.here, departure.golden);
    };
    std::ranges::stable_sort(worst, std::ranges::greater(), size);
    constexpr std::size_t most_rows = 8;
    const std::size_t shown = options.all ? worst.size() : std::min(most_rows, worst.size());
    TextTable table{{{"worst first", Align::left}, {"theirs", Align::decimal}, {"backprop", Align::decimal}, {"theirs/backprop", Align::right},
                     {"relative error", Align::right}}, {}};
    for (std::size_t i = 0; i < shown; ++i) {
      const Departure& departure = worst[i];
      const double ratio = departure.golden / departure.here;
      table.rows.push_back({name(departure), number(departure.golden), number(departure.here),
                            departure.here != 0 && !std::isnan(ratio) ? in(options.ascii, significant(rounded(ratio, 6), 6, options.ascii, true)) : "",
                            std::isnan(departure.golden) ? "" : fmt::format("{:.1e}", size(departure))});
    }
    text += "\n" + render_table(table, 2);
    if (result.differing > shown) text += in(options.ascii, fmt::format("  … and {} more{}\n", result.differing - shown, options.all ? "" : "; --all lists them"));
    text += "\n";
  }
  if (result.unknown > 0) {
    for (const Departure& departure : result.departures) {
      if (departure.kind != Departure::Kind::unknown) continue;
      text += wrap(fmt::format("not in this lesson: {}", to_string(departure.name, true)), width, 2);
      break;
    }
  }
  for (const std::string& line : cause) text += wrap(in(options.ascii, line), width, 2, 2);
  return text;
}

std::string render_mutations(const Lesson& lesson, const std::vector<MutationResult>& results, const RenderOptions& options) {
  TextTable table{{{"mistake", Align::left}, {"changes", Align::right}, {"caught", Align::right}, {"first at", Align::left}, {"", Align::left}}, {}};
  std::size_t caught = 0, silent = 0, missed = 0, impossible = 0;
  for (const MutationResult& result : results) {
    const std::string id(info(result.variation.mistake).id);
    if (!result.possible) {
      ++impossible;
      table.rows.push_back({id, "·", "·", "", "impossible here"});
      continue;
    }
    std::string verdict;
    if (result.changed == 0) {
      ++silent;
      verdict = "cannot show here";
    } else if (result.caught > 0) {
      ++caught;
      verdict = in(options.ascii, "✓");
    } else if (result.good()) {
      ++silent;
      verdict = "kink or rounding";
    } else {
      ++missed;
      verdict = in(options.ascii, "✗ NOT NOTICED");
    }
    table.rows.push_back({id, std::to_string(result.changed), std::to_string(result.caught),
                          result.first ? to_string(*result.first, lesson.several_examples()) : "", verdict});
  }
  std::string words = fmt::format("{} of {} mistakes that change a number are caught", caught, caught + missed);
  if (silent > 0) words += fmt::format("; {} cannot show in this lesson", silent);
  if (impossible > 0) words += fmt::format("; {} cannot be made in it", impossible);
  return in(options.ascii, render_table(table, 2)) + "\n" + verdict_line(missed == 0 ? Mark::good : Mark::bad, "mutations", words, options);
}

}  // namespace gradtrace
