// A mistake's hypothesis is tested twice: its rule, on numbers that are still right, must give the first
// number that departs; then the whole mistaken derivation is held against all the others.
#include "golden/cause.hpp"

#include "base/number.hpp"
#include "trace/mistakes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

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
  std::optional<Mistake> mistake;  ///< of the catalogue; none for a plain cause
};

class CauseFinder {
 public:
  /// `nudged`: held against are nudged twins, which are right, and not a file, which may be.
  CauseFinder(const Lesson& lesson, const ComparisonResult& result, int digits, bool nudged)
      : lesson_(lesson),
        digits_(digits),
        nudged_(nudged),
        rules_(lesson.network, lesson.examples.size()),
        derived_(derived_blocks(lesson.network)),
        means_(mean_blocks(lesson.network)) {
    constexpr std::size_t most_explained = 1000;
    for (const Departure& departure : result.departures) {
      if (departure.kind == Departure::Kind::differs && departures_.size() < most_explained) departures_.push_back(departure);
    }
    all_ = result.differing - result.missing;
    constexpr std::size_t most_worked_out = 8'000'000;  // by rules, some seconds, and ten bytes each
    const bool any_mean = !departures_.empty() && departures_.back().name.scope.kind == Scope::Kind::mean;
    too_large_ = any_mean && size_of(derived_) > most_worked_out / lesson.examples.size();
    for (const Departure& departure : departures_) {
      if (too_large_) here_.emplace(departure.name, departure.here);
    }
  }

  Cause find() {
    Cause cause;
    if (departures_.empty()) return cause;
    const Departure& first = departures_.front();
    std::vector<std::string>& lines = cause.lines;
    if (const std::string ratio = meaning_of_ratio(first); !ratio.empty()) lines.push_back(ratio);

    // Derived once more, one rule at a time: does that give the golden file's number, and not ours?
    const double by_rule = right(first.name);
    here_is_wrong_ = nudged_ || (!close(by_rule, first.here, first) && close(by_rule, first.golden, first));
    const std::vector<Explanation> best = best_explanations();
    if (!best.empty()) {
      std::string line = "looks like: " + best.front().text;
      for (std::size_t i = 1; i < best.size(); ++i) line += "; or: " + best[i].text;
      lines.push_back(line);
      lines.push_back(how_much(best));
      cause.explained = best.front().explained;
      for (const Explanation& explanation : best) {
        if (explanation.mistake) cause.mistakes.push_back(*explanation.mistake);
      }
    }
    if (cut_short_ && 2 * cause.explained <= departures_.size()) {
      lines.push_back("not every mistake was tried, as the lesson is large; with fewer examples, or smaller layers, more are");
    }
    if (here_is_wrong_ && !nudged_) {
      lines.push_back("the rule with the numbers before it gives the file's number: the mistake is in this program, not in the file");
    }
    return cause;
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
    if (const auto known = here_.find(name); known != here_.end()) return known->second;
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

  /// Whether the variation's rule gives the first number that departs, from right numbers before it.
  bool rule_gives_first(const Variation& variation) {
    const Departure& first = departures_.front();
    if (!replaces(rules_, variation, first.name)) return false;
    return close(evaluate_mistaken(rules_, variation, first.name, reader(), lesson_.learning_rate), wrong(first), first);
  }

  /// Whether the whole derivation under the variation gives it, where the numbers between it and the mistake are not stored.
  bool derivation_gives_first(const Variation& variation) {
    constexpr std::size_t most_choices = 32, most_numbers = 4'000'000;  // a whole derivation each, of every example
    const Departure& first = departures_.front();
    const bool of_mean = first.name.scope.kind == Scope::Kind::mean;
    const std::size_t numbers = size_of(derived_) * (of_mean ? lesson_.examples.size() : 1);
    const std::size_t tried = variation.layers ? places().size() : 1;
    if (variation.choice >= most_choices) return false;
    if (variation.choice >= most_numbers / tried / numbers) {
      cut_short_ = true;
      return false;
    }
    std::vector<double> sums;
    for (std::size_t e = 0; of_mean && e < lesson_.examples.size(); ++e) add_to_sums(lesson_.network, mistaken_example(rules_, variation, trace_of(e), lesson_.learning_rate), sums);
    const std::vector<double> values = of_mean ? mistaken_means(rules_, variation, sums) : mistaken_example(rules_, variation, trace_of(first.name.scope.example), lesson_.learning_rate);
    return close(values[place(of_mean ? means_ : derived_, first.name).value()], wrong(first), first);
  }

  template <class GivesFirst>
  std::vector<Variation> candidates(GivesFirst gives_first) {
    std::vector<Variation> found;
    const auto where = places();
    for (const MistakeInfo& mistake : mistakes) {
      for (const std::size_t choice : choices(lesson_.network, lesson_.examples.size(), mistake.mistake)) {
        for (const std::optional<LayerRange>& layers : where) {
          const Variation variation{mistake.mistake, choice, layers};
          if (gives_first(variation)) found.push_back(variation);
        }
      }
    }
    return found;
  }

  /// Where a mistake may have been made: everywhere; in all layers but the last, of which many have a rule by heart; in one
  /// alone, of a deep network in that of the first departure or the one after it, through which the paths come.
  std::vector<std::optional<LayerRange>> places() const {
    constexpr std::size_t deep = 16;
    std::vector<std::optional<LayerRange>> where{std::nullopt};
    const std::size_t depth = lesson_.network.depth(), layer = departures_.front().name.layer;
    if (depth == 1 || layer == Name::none) return where;
    if (depth > 2) where.push_back(LayerRange{1, depth - 1});
    for (std::size_t l = 1; l <= depth; ++l) {
      if (depth <= deep || l == layer || l == layer + 1) where.push_back(LayerRange{l, l});
    }
    return where;
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
    if (variation.layers) {
      const auto [from, to] = *variation.layers;
      text += from == to ? fmt::format(" (in layer {} alone)", from) : " (in the hidden layers alone)";
    }
    return text;
  }

  // --- plain causes ---

  /// Counts what `expected(name)` explains; nothing where it says nothing about the first departure.
  template <class Expected>
  void try_plain(const std::string& text, Expected expected, std::vector<Explanation>& found, std::optional<Mistake> mistake = {}) {
    Explanation explanation{text, 0, mistake};
    for (const Departure& departure : departures_) {
      const std::optional<double> value = expected(departure.name);
      explanation.explained += value && close(*value, wrong(departure), departure);
    }
    if (explanation.explained > 0) found.push_back(std::move(explanation));
  }

  /// The right numbers times one factor.
  void try_factor(std::vector<Explanation>& found) {
    const double unharmed = right(departures_.front().name);
    const double factor = wrong(departures_.front()) / unharmed;
    const double told = rounded(factor, 6);
    constexpr double telling = 1e-6;  // and its inverse
    if (unharmed == 0 || !(std::abs(factor) > telling && std::abs(factor) < 1 / telling) || told == 1 || departures_.size() < 2) return;
    const double eta = lesson_.learning_rate;
    const auto is = [&](double value) { return std::abs(factor - value) <= 1e-6 * std::abs(value); };
    const Quantity quantity = departures_.front().name.quantity;
    const bool one_quantity = std::ranges::all_of(departures_, [&](const Departure& departure) { return departure.name.quantity == quantity; });
    std::string text = fmt::format("{} multiplied by {}", one_quantity ? info(quantity).symbol : "numbers", significant(told, 6, false, true));
    const double examples = static_cast<double>(lesson_.examples.size()), outputs = static_cast<double>(lesson_.network.outputs());
    // A step of training is as long in every layer; what leaves the last one alone is another mistake.
    const bool of_all_layers = std::ranges::any_of(departures_, [&](const Departure& departure) { return departure.name.layer == lesson_.network.depth(); });
    const bool added_up = too_large_ && is(examples);  // else the mistake itself is tried
    if (added_up) {
      text = info(Mistake::sum_instead_of_mean).done;
    } else if (of_all_layers && (is(eta) || is(-eta))) {
      text += fmt::format(": {}, a step of training rather than the gradient", factor < 0 ? "−η" : "the learning rate η");
    } else if (examples > 2 && (is(examples) || is(1 / examples))) {
      text += is(examples) ? ", the number of examples" : ", one over the number of examples";
    } else if (outputs > 2 && (is(outputs) || is(1 / outputs))) {
      text += is(outputs) ? ", the number of outputs" : ", one over the number of outputs";
    }
    try_plain(text, [&](const Name& name) { return std::optional(factor * right(name)); }, found, added_up ? std::optional(Mistake::sum_instead_of_mean) : std::nullopt);
  }

  /// Of several examples one alone, where the mean belongs.
  void try_one_example(std::vector<Explanation>& found) {
    if (departures_.front().name.scope.kind != Scope::Kind::mean) return;
    constexpr std::size_t most_examples = 200;
    for (std::size_t e = 0; e < std::min(lesson_.examples.size(), most_examples); ++e) {
      try_plain(fmt::format("the numbers of example {} alone stand where the mean belongs", e), [&](Name name) {
        name.scope = Scope::of_example(e);
        return std::optional(right(name));
      }, found);
    }
  }

  /// Two layers of the same shape in each other's place.
  void try_swapped_layers(std::vector<Explanation>& found) {
    const Network& network = lesson_.network;
    for (std::size_t l = 1; l <= network.depth(); ++l) {
      for (std::size_t m = l + 1; m <= network.depth(); ++m) {
        if (network.width(l) != network.width(m) || network.width(l - 1) != network.width(m - 1)) continue;
        try_plain(fmt::format("layers {} and {} stand in each other's place", l, m), [&](Name name) -> std::optional<double> {
          if (name.layer != l && name.layer != m) return std::nullopt;
          name.layer = name.layer == l ? m : l;
          if (place(derived_, name) == std::nullopt) return std::nullopt;
          return right(name);
        }, found);
      }
    }
  }

  /// Rows (j) or columns (k) of a layer's ∂C/∂w, or its neurons everywhere, in another order: which right row
  /// each wrong one is.
  void try_permuted(std::vector<Explanation>& found) {
    constexpr std::size_t most_rows = 64;
    const Name& first = departures_.front().name;
    if (first.quantity == Quantity::C || first.layer == 0) return;
    const std::size_t n = lesson_.network.width(first.layer);
    const bool columns_too = first.k != Name::none && first.quantity == Quantity::dC_dw;
    if (n <= most_rows) try_order("rows", n, [](Name& name) -> std::size_t& { return name.j; }, found);
    if (columns_too && lesson_.network.width(first.layer - 1) <= most_rows) {
      try_order("columns", lesson_.network.width(first.layer - 1), [](Name& name) -> std::size_t& { return name.k; }, found);
    }
  }

  template <class Index>
  void try_order(const char* what, std::size_t n, Index index, std::vector<Explanation>& found) {
    const Name& first = departures_.front().name;
    std::map<std::size_t, std::size_t> moved;  // which right row stands where another belongs
    for (std::size_t row = 0; row < n; ++row) {
      std::vector<const Departure*> of_row;
      for (const Departure& departure : departures_) {
        Name name = departure.name;
        if (name.quantity == first.quantity && name.layer == first.layer && name.scope == first.scope && index(name) == row) of_row.push_back(&departure);
      }
      if (of_row.empty()) continue;
      for (std::size_t candidate = 0; candidate < n && moved.count(row) == 0; ++candidate) {
        const bool fits = candidate != row && std::all_of(of_row.begin(), of_row.end(), [&](const Departure* departure) {
          Name name = departure->name;
          index(name) = candidate;
          return close(right(name), wrong(*departure), *departure);
        });
        if (fits) moved[row] = candidate;
      }
    }
    if (moved.size() < 2) return;
    try_plain(fmt::format("{} of layer {} stand in another order", what, first.layer), [&](Name name) -> std::optional<double> {
      if (name.layer != first.layer || (name.k == Name::none && std::string(what) == "columns")) return std::nullopt;
      const auto from = moved.find(index(name));
      if (from == moved.end()) return std::nullopt;
      index(name) = from->second;
      return right(name);
    }, found);
  }

  std::vector<Explanation> best_explanations() {
    std::vector<Explanation> all;
    std::map<std::string, std::size_t> explained_so_far;
    const auto add = [&](const std::vector<Variation>& found) {
      for (const Variation& variation : found) {
        // A mistake made everywhere says more than one made in some layers, where both explain the same.
        const std::size_t explained = explained_by(variation);
        std::size_t& by_wider = explained_so_far[describe({variation.mistake, variation.choice})];
        if (explained > by_wider) all.push_back({describe(variation), explained, variation.mistake});
        by_wider = std::max(by_wider, explained);
      }
    };
    const auto most_of = [](const std::vector<Explanation>& explanations) {
      std::size_t most = 0;
      for (const Explanation& explanation : explanations) most = std::max(most, explanation.explained);
      return most;
    };
    std::vector<Explanation> plain;
    try_factor(plain);
    if (too_large_) {
      cut_short_ = true;
    } else {
      // By the rule alone first: the mistake is where the numbers begin to depart, if those before it are stored.
      add(candidates([&](const Variation& variation) { return rule_gives_first(variation); }));
      if (2 * most_of(all) <= departures_.size()) add(candidates([&](const Variation& variation) { return derivation_gives_first(variation); }));
      try_one_example(plain);
      try_swapped_layers(plain);
      try_permuted(plain);
    }
    // A plain cause counts where it explains more than any of the catalogue's, and most there is.
    const std::size_t most_plain = most_of(plain);
    if (most_plain > most_of(all) && 2 * most_plain > departures_.size()) all = std::move(plain);
    const std::size_t most = most_of(all);
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
  bool nudged_;
  CellRules rules_;
  std::vector<Departure> departures_;  // of those that are in both, in the order of the derivation
  std::size_t all_ = 0;                // how many there are, listed or not
  bool here_is_wrong_ = false;
  bool too_large_ = false;             ///< to work out the means by rules: this program's numbers stand for the right ones
  bool cut_short_ = false;             ///< the search, by its size
  std::map<Name, double> here_;        ///< where too large, those that depart
  std::vector<Block> derived_, means_;
  std::map<std::size_t, ExampleTrace> traces_;
  std::map<std::size_t, std::vector<double>> by_rules_;
};

}  // namespace

Cause likely_cause(const Lesson& lesson, const ComparisonResult& result, int digits) {
  return CauseFinder(lesson, result, digits, false).find();
}

Cause likely_cause(const Lesson& lesson, const CheckSummary& summary, int digits) {
  ComparisonResult result;
  result.differing = summary.count(Verdict::disagree);
  for (const CheckRow& row : summary.failures) {
    result.departures.push_back({Departure::Kind::differs, row.name, row.witness ? row.witness->value : row.numeric, row.analytic});
  }
  const std::vector<Block> derived = derived_blocks(lesson.network);
  std::ranges::sort(result.departures, {}, [&](const Departure& departure) {
    return std::pair{departure.name.scope, place(derived, departure.name)};
  });
  return CauseFinder(lesson, result, digits, true).find();
}

}  // namespace gradtrace
