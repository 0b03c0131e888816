// A comparison with a golden file as text.
#include "render/golden_text.hpp"

#include "base/number.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

class ComparisonText {
 public:
  ComparisonText(const Lesson& lesson, const ComparisonResult& result, const std::string& file, const RenderOptions& options)
      : several_(lesson.several_examples()), result_(result), file_(file), options_(options) {}

  std::string render(const std::vector<std::string>& cause) {
    verdict();
    if (result_.agrees()) return text_;
    if (!result_.given.empty()) {
      const Departure& first = result_.given.front();
      say(fmt::format("the lesson itself has changed since: {} was {}, is {}{}", name(first), shortest(first.golden), shortest(first.here),
                      result_.given.size() > 1 ? fmt::format(" (and {} more given numbers)", result_.given.size() - 1) : ""));
    }
    departures(cause);
    return text_;
  }

 private:
  std::string number(double value) const { return in(options_.ascii, significant(value, options_.digits, options_.ascii)); }
  std::string name(const Departure& departure) const { return to_string(departure.name, several_); }
  void say(const std::string& line) {
    text_ += wrap(in(options_.ascii, line), static_cast<std::size_t>(options_.width), verdict_margin);
  }

  void verdict() {
    const bool good = result_.agrees();
    std::string line;
    if (good) {
      line = fmt::format("{} numbers match {} (relative {})", result_.compared, file_, shortest(golden_relative_tolerance));
    } else if (result_.differing > 0) {
      line = fmt::format("{} of {} numbers differ from {}", result_.differing, result_.compared, file_);
      if (result_.missing > 0) line += fmt::format("; {} of them are not in the file", result_.missing);
    } else {
      line = fmt::format("all {} numbers match {}, but it does not fit the lesson", result_.compared, file_);
    }
    if (result_.unknown > 0) line += fmt::format("; {} row{} of the file {} not in the lesson", result_.unknown,
                                                 result_.unknown == 1 ? "" : "s", result_.unknown == 1 ? "is" : "are");
    text_ = verdict_line(good ? Mark::good : Mark::bad, "golden", line, options_);
  }

  std::vector<std::string> row(const Departure& departure) const {
    switch (departure.kind) {
      case Departure::Kind::missing: return {name(departure), "(missing)", number(departure.here), ""};
      case Departure::Kind::unknown: return {name(departure), number(departure.golden), "(no such number)", ""};
      case Departure::Kind::differs: break;
    }
    // Where four digits cannot tell them apart, as many as can.
    int digits = options_.digits;
    std::string golden = number(departure.golden), here = number(departure.here);
    while (golden == here && digits < 17) {
      ++digits;
      golden = in(options_.ascii, significant(departure.golden, digits, options_.ascii));
      here = in(options_.ascii, significant(departure.here, digits, options_.ascii));
    }
    const double ratio = departure.here / departure.golden;
    return {name(departure), golden, here, std::isfinite(ratio) && departure.golden != 0 ? in(options_.ascii, significant(rounded(ratio, 6), 6, options_.ascii, true)) : ""};
  }

  void departures(const std::vector<std::string>& cause) {
    if (result_.departures.empty()) return;
    constexpr std::size_t most_rows = 6;  // the first tells most; --all lists the rest
    say("the derivation first departs at");
    TextTable table{{{"", Align::left}, {"golden", Align::decimal}, {"here", Align::decimal}, {"here/golden", Align::right}}, {}};
    const std::size_t shown = options_.all ? result_.departures.size() : std::min(most_rows, result_.departures.size());
    for (std::size_t i = 0; i < shown; ++i) table.rows.push_back(row(result_.departures[i]));
    text_ += "\n" + render_table(table, 6);
    const std::size_t more = result_.differing + result_.unknown - shown;
    if (more > 0) text_ += in(options_.ascii, fmt::format("      … and {} more{}\n", more, options_.all ? "" : "; --all lists them"));
    text_ += "\n";
    for (const std::string& line : cause) text_ += wrap(in(options_.ascii, line), static_cast<std::size_t>(options_.width), 6, 2);
    if (!cause.empty()) text_ += "\n";
  }

  bool several_;
  const ComparisonResult& result_;
  const std::string& file_;
  const RenderOptions& options_;
  std::string text_;
};

}  // namespace

std::string render_golden(const Lesson& lesson, const ComparisonResult& result, const std::string& file, const std::vector<std::string>& cause,
                          const RenderOptions& options) {
  return ComparisonText(lesson, result, file, options).render(cause);
}

}  // namespace gradtrace
