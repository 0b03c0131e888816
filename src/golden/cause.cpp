// A mistake's hypothesis is tested twice: its rule, on numbers that are still right, must give the first
// number that departs; then the whole mistaken derivation is held against all the others.
#include "golden/cause.hpp"

#include "base/number.hpp"
#include "trace/mistakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace gradtrace {
namespace {

/// A number that may mean something when it is the ratio of two others.
struct Factor {
  double value;
  std::string text;
};

/// A hypothesis and how much it explains.
struct Explanation {
  std::string text;
  std::size_t explained = 0;
};

class CauseFinder {
 public:
  CauseFinder(const Lesson& lesson, const ComparisonResult& result, int digits)
      : lesson_(lesson),
        digits_(digits),
        rules_(lesson.network, lesson.examples.size()),
        derived_(derived_blocks(lesson.network)),
        means_(mean_blocks(lesson.network)) {
    for (const Departure& departure : result.departures) {
      if (departure.kind == Departure::Kind::differs) departures_.push_back(departure);
    }
    all_ = result.differing - result.missing;
  }

  std::vector<std::string> find() {
    if (departures_.empty()) return {};
    const Departure& first = departures_.front();
    std::vector<std::string> lines;
    if (const std::string ratio = meaning_of_ratio(first); !ratio.empty()) lines.push_back(ratio);

    // Derived once more, one rule at a time: does that give the golden file's number, and not ours?
    const double by_rule = reader()(first.name);
    here_is_wrong_ = !close(by_rule, first.here, first) && close(by_rule, first.golden, first);
    const std::vector<Explanation> best = best_explanations();
    if (!best.empty()) {
      std::string line = "looks like: " + best.front().text;
      for (std::size_t i = 1; i < best.size(); ++i) line += "; or: " + best[i].text;
      lines.push_back(line);
      lines.push_back(how_much(best));
    }
    if (here_is_wrong_) {
      lines.push_back("the rule with the numbers before it gives the golden number: the mistake is in this program, not in the file");
    }
    return lines;
  }

 private:
  /// The trace of the example a name belongs to, made when asked for.
  const ExampleTrace& trace_of(std::size_t example) {
    const auto known = traces_.find(example);
    if (known != traces_.end()) return known->second;
    const Example& given = lesson_.examples[example];
    return traces_.emplace(example, trace_example(lesson_.network, given.input, given.target, example)).first->second;
  }

  /// The right numbers: those of the rules, not of the backward pass, which may be what is wrong.
  double right(const Name& name) {
    if (name.scope.kind == Scope::Kind::mean) return rules_.evaluate(name, reader());
    const std::size_t example = name.scope.kind == Scope::Kind::example ? name.scope.example : 0;
    if (is_given(name)) return trace_of(example).value(name);
    auto known = by_rules_.find(example);
    if (known == by_rules_.end()) known = by_rules_.emplace(example, example_by_rules(rules_, trace_of(example))).first;
    return known->second[place(derived_, name).value()];
  }

  Reader reader() {
    return [this](const Name& name) { return right(name); };
  }

  /// Close enough to be the same number, and far closer than the departure itself.
  static bool close(double x, double y, const Departure& departure) {
    if (x == y) return true;
    if (!std::isfinite(x) || !std::isfinite(y)) return false;
    constexpr double relative = 1e-6;  // tables of others are seldom printed with more than seven digits
    const double allowed = std::min(relative * std::max(std::abs(x), std::abs(y)), 0.01 * std::abs(departure.golden - departure.here));
    return std::abs(x - y) <= allowed;
  }

  double wrong(const Departure& departure) const { return here_is_wrong_ ? departure.here : departure.golden; }

  // --- the ratio of the first departure ---

  std::vector<Factor> telling_factors(const Name& cell) {
    std::vector<Factor> factors;
    const auto count = [&](std::size_t n, const char* of) {
      if (n > 2) factors.push_back({static_cast<double>(n), fmt::format("{}, the number of {}", n, of)});
    };
    if (cell.scope.kind == Scope::Kind::mean) count(lesson_.examples.size(), "examples");
    count(lesson_.network.outputs(), "outputs");
    factors.push_back({lesson_.learning_rate, "the learning rate"});
    const Reader read = reader();
    if (cell.scope.kind != Scope::Kind::mean) {
      for (const Name& name : rules_.ingredients(cell)) factors.push_back({read(name), label(name)});
    }
    return factors;
  }

  std::string label(const Name& name) const {
    return fmt::format("{} ({})", info(name.quantity).symbol, to_string(name, lesson_.several_examples()));
  }

  std::string meaning_of_ratio(const Departure& first) {
    if (first.golden == 0 || first.here == 0 || !std::isfinite(first.golden) || !std::isfinite(first.here)) return "";
    const double ratio = first.here / first.golden;
    constexpr double relative = 1e-6;
    const auto is = [&](double value) { return std::isfinite(value) && std::abs(ratio - value) <= relative * std::abs(ratio); };
    for (const double plain : {1.0, -1.0, 2.0, 0.5}) {
      if (is(plain)) return "";  // says what it is by itself, and anything may be that by chance
    }
    for (const Factor& factor : telling_factors(first.name)) {
      const std::string number = significant(ratio, digits_, false, true);
      if (is(factor.value)) return fmt::format("the ratio {} is {}", number, factor.text);
      if (is(1 / factor.value)) return fmt::format("the ratio {} is 1/{}", number, factor.text);
    }
    return "";
  }

  // --- mistakes ---

  /// Whether the variation gives the first number that departs: by its rule alone where the golden file
  /// holds every number before it; by the whole derivation where it keeps some quantities only.
  bool gives_first(const Variation& variation) {
    const Departure& first = departures_.front();
    if (lesson_.golden_keep.empty() || first.name.scope.kind == Scope::Kind::mean) {
      if (!replaces(rules_, variation, first.name)) return false;
      return close(evaluate_mistaken(rules_, variation, first.name, reader(), lesson_.learning_rate), wrong(first), first);
    }
    constexpr std::size_t most_choices = 32;  // a whole derivation each
    if (variation.choice >= most_choices) return false;
    const std::vector<double> values =
        mistaken_example(rules_, variation, trace_of(first.name.scope.example), lesson_.learning_rate);
    return close(values[place(derived_, first.name).value()], wrong(first), first);
  }

  std::vector<Variation> candidates() {
    std::vector<Variation> found;
    const Name& first = departures_.front().name;
    const bool back = first.quantity == Quantity::dC_da && first.layer < lesson_.network.depth();
    const std::size_t layer = back ? first.layer + 1 : first.layer;
    for (const MistakeInfo& mistake : mistakes) {
      for (const std::size_t choice : choices(lesson_.network, lesson_.examples.size(), mistake.mistake)) {
        const Variation everywhere{mistake.mistake, choice, {}};
        if (!gives_first(everywhere)) continue;
        found.push_back(everywhere);
        if (lesson_.network.depth() > 1 && layer != Name::none) found.push_back({mistake.mistake, choice, layer});
      }
    }
    return found;
  }

  std::size_t explained_by(const Variation& variation) {
    const bool any_mean = departures_.back().name.scope.kind == Scope::Kind::mean;
    std::vector<double> values, sums;
    std::size_t explained = 0, d = 0;
    for (std::size_t e = 0; e < lesson_.examples.size(); ++e) {
      const Scope scope = Scope::of_example(e);
      if (!any_mean && (d >= departures_.size() || departures_[d].name.scope != scope)) continue;
      values = mistaken_example(rules_, variation, trace_of(e), lesson_.learning_rate);
      if (any_mean) add_to_sums(lesson_.network, values, sums);
      for (; d < departures_.size() && departures_[d].name.scope == scope; ++d) {
        explained += close(values[place(derived_, departures_[d].name).value()], wrong(departures_[d]), departures_[d]);
      }
    }
    if (!any_mean) return explained;
    values = mistaken_means(rules_, variation, sums);
    for (; d < departures_.size(); ++d) {
      explained += close(values[place(means_, departures_[d].name).value()], wrong(departures_[d]), departures_[d]);
    }
    return explained;
  }

  std::string describe(const Variation& variation) const {
    std::string text(info(variation.mistake).done);
    if (variation.mistake == Mistake::early_rounding) text += fmt::format(" to {} digits", variation.choice);
    if (variation.mistake == Mistake::bias_times_input) text += fmt::format(" (k = {})", variation.choice);
    if (variation.mistake == Mistake::single_path) text += fmt::format(" (j = {} alone)", variation.choice);
    if (variation.layer) text += fmt::format(" (in layer {} alone)", *variation.layer);
    return text;
  }

  /// All of the wrong numbers are the right ones times the same factor.
  std::optional<Explanation> constant_factor() {
    const Departure& first = departures_.front();
    const double unharmed = here_is_wrong_ ? first.golden : first.here;
    const double factor = wrong(first) / unharmed;
    if (unharmed == 0 || !std::isfinite(factor) || departures_.size() < 2) return std::nullopt;
    Explanation explanation;
    for (const Departure& departure : departures_) {
      const double expected = factor * (here_is_wrong_ ? departure.golden : departure.here);
      explanation.explained += close(expected, wrong(departure), departure);
    }
    explanation.text = fmt::format("numbers multiplied by {}", significant(factor, 6, false, true));
    return explanation;
  }

  std::vector<Explanation> best_explanations() {
    std::vector<Explanation> all;
    for (const Variation& variation : candidates()) {
      const std::size_t explained = explained_by(variation);
      // A mistake made everywhere says more than one made in one layer, where both explain the same.
      const std::string everywhere = describe({variation.mistake, variation.choice, {}});
      const bool known = std::any_of(all.begin(), all.end(), [&](const Explanation& other) {
        return other.text == everywhere && other.explained >= explained;
      });
      if (!known) all.push_back({describe(variation), explained});
    }
    std::size_t most = 0;
    for (const Explanation& explanation : all) most = std::max(most, explanation.explained);
    if (const auto factor = constant_factor(); factor && factor->explained > most && 2 * factor->explained > departures_.size()) {
      return {*factor};
    }
    std::erase_if(all, [&](const Explanation& explanation) { return explanation.explained < most; });
    constexpr std::size_t most_named = 3;
    if (all.size() > most_named) all.resize(most_named);
    return all;
  }

  std::string how_much(const std::vector<Explanation>& best) const {
    const std::size_t explained = best.front().explained, held = departures_.size();
    const char* who = best.size() == 1 ? "this explains" : best.size() == 2 ? "ambiguous: both explain" : "ambiguous: each explains";
    if (explained == all_) return all_ == 1 ? fmt::format("{} it", who) : fmt::format("{} all {}", who, all_);
    return fmt::format("{} {} of the {}{}", who, explained, held < all_ ? "first " : "", held);
  }

  const Lesson& lesson_;
  int digits_;
  CellRules rules_;
  std::vector<Departure> departures_;  // of those that are in both, in the order of the derivation
  std::size_t all_ = 0;                // how many there are, listed or not
  bool here_is_wrong_ = false;
  std::vector<Block> derived_, means_;
  std::map<std::size_t, ExampleTrace> traces_;
  std::map<std::size_t, std::vector<double>> by_rules_;
};

}  // namespace

std::vector<std::string> likely_cause(const Lesson& lesson, const ComparisonResult& result, int digits) {
  return CauseFinder(lesson, result, digits).find();
}

}  // namespace gradtrace
