// Comparing number by number.
#include "golden/compare.hpp"

#include "check/plain_rounding.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {

/// Both numbers are rounded, and others round more often than we do.
constexpr double theirs_and_ours = 4;

bool golden_keeps(const Lesson& lesson, const Name& name) {
  const std::vector<std::string>& keep = lesson.golden_keep;
  if (keep.empty()) return true;
  if (is_given(name)) return false;
  const std::string_view word = name.scope.kind == Scope::Kind::mean ? "mean" : info(name.quantity).name;
  return std::find(keep.begin(), keep.end(), word) != keep.end();
}

Comparison::Comparison(const Lesson& lesson, const StoredTable& table, const ComparisonRules& rules)
    : lesson_(lesson),
      rules_(rules),
      signless_infinities_(table.signless_infinities),
      given_(given_blocks(lesson.network)),
      given_example_(given_example_blocks(lesson.network)),
      derived_(derived_blocks(lesson.network)),
      mean_(lesson.several_examples() ? mean_blocks(lesson.network) : std::vector<Block>{}),
      stored_given_examples_(lesson.examples.size()),
      stored_examples_(lesson.examples.size()) {
  const auto store = [](Stored& stored, const std::vector<Block>& blocks, const TableRow& row) {
    const auto at = place(blocks, row.name);
    if (!at) return false;
    if (stored.values.empty()) {
      stored.values.resize(size_of(blocks));
      stored.present.resize(size_of(blocks));
    }
    if (stored.present[*at]) {
      stored.again.emplace(*at, row.value);
      return true;
    }
    stored.values[*at] = row.value;
    stored.present[*at] = true;
    return true;
  };
  for (const TableRow& row : table.rows) {
    bool known = false;
    switch (row.name.scope.kind) {
      case Scope::Kind::none: known = store(stored_given_, given_, row); break;
      case Scope::Kind::mean: known = store(stored_means_, mean_, row); break;
      case Scope::Kind::example: {
        const std::size_t e = row.name.scope.example;
        known = e < lesson.examples.size() && (store(stored_examples_[e], derived_, row) || store(stored_given_examples_[e], given_example_, row));
        break;
      }
    }
    if (known) continue;
    ++result_.unknown;
    if (unknown_.size() < rules_.most_listed) unknown_.push_back({Departure::Kind::unknown, row.name, row.value, 0});
  }
  compare_given();
}

Comparison::Likeness Comparison::likeness(double golden, const Number& number, const Leeway& leeway) const {
  const double here = number.value;
  if (golden == here || (signless_infinities_ && std::isinf(golden) && std::isinf(here))) return Likeness::same;  // infinities too
  if (!std::isfinite(golden) || !std::isfinite(here)) return Likeness::other;
  const double difference = std::abs(golden - here);
  if (difference <= rules_.relative_tolerance * std::max(std::abs(golden), std::abs(here))) return Likeness::same;
  const bool negligible = difference <= rules_.absolute_tolerance * number.scale;
  if (!negligible && !rules_.partial) return Likeness::other;
  // Beside a large number a small one that is wrong is no rounding: what can its own be?
  const double own = leeway.rounding(number.name, golden);
  const bool by_rounding = difference <= theirs_and_ours * own || (negligible && !std::isfinite(own));
  if (by_rounding) return negligible ? Likeness::same : Likeness::uncertain;
  if (!rules_.partial) return Likeness::other;
  const Range range = leeway.kinks(number.name);
  double largest = 0;  // an end that no double holds allows the other none
  for (const double end : {range.low, range.high}) largest = std::isfinite(end) ? std::max(largest, std::abs(end)) : largest;
  const double slack = rules_.relative_tolerance * largest + (std::isfinite(own) ? theirs_and_ours * own : 0);
  return range.low < range.high && range.low - slack <= golden && golden <= range.high + slack ? Likeness::at_kink : Likeness::other;
}

std::pair<double, Comparison::Likeness> Comparison::least_like(const Stored& stored, std::size_t place, const Number& here, const Leeway& leeway) const {
  std::pair<double, Likeness> least{stored.values[place], likeness(stored.values[place], here, leeway)};
  const auto [first, last] = stored.again.equal_range(place);
  for (auto each = first; each != last; ++each) {
    const Likeness another = likeness(each->second, here, leeway);
    if (another > least.second) least = {each->second, another};
  }
  return least;
}

namespace {

double finite_size(double value) { return std::isfinite(value) ? std::abs(value) : 0; }

}  // namespace

void Comparison::compare_given() {
  const Leeway none{[](const Name&, double) { return 0.0; }, [](const Name&) { return Range{}; }};
  const auto compare = [&](const std::vector<Block>& blocks, Scope scope, const Stored& stored, auto value) {
    if (stored.values.empty()) return;
    for (const Block& block : blocks) {
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (!stored.present[block.offset + i]) continue;
        const Name name = block.name(i, scope);
        const double here = value(name);
        const auto [golden, like] = least_like(stored, block.offset + i, {name, here, 0}, none);
        if (like != Likeness::same && result_.given.size() < rules_.most_listed) result_.given.push_back({Departure::Kind::differs, name, golden, here});
      }
    }
  };
  compare(given_, Scope{}, stored_given_, [&](const Name& name) {
    const Layer& layer = lesson_.network.layer(name.layer);
    return name.quantity == Quantity::w ? layer.weights(name.j, name.k) : layer.biases(name.j);
  });
  for (std::size_t e = 0; e < lesson_.examples.size(); ++e) {
    const Example& example = lesson_.examples[e];
    compare(given_example_, Scope::of_example(e), stored_given_examples_[e], [&](const Name& name) {
      return name.quantity == Quantity::y ? example.target(name.j) : example.input(name.j);
    });
  }
}

void Comparison::compare_block(const Block& block, Scope scope, const Stored& stored, const std::vector<double>& here, const Leeway& leeway) {
  if (!rules_.partial && !golden_keeps(lesson_, block.name(0, scope))) return;
  const bool none = stored.values.empty();
  double scale = 0;  // of the right numbers: a wrong one that is large makes no other right
  for (std::size_t i = 0; i < block.size(); ++i) scale = std::max(scale, finite_size(here[i]));
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool missing = none || !stored.present[block.offset + i];
    if (missing && rules_.partial) continue;
    ++result_.compared;
    const Number number{block.name(i, scope), here[i], scale};
    const auto [golden, like] = missing ? std::pair{0.0, Likeness::other} : least_like(stored, block.offset + i, number, leeway);
    switch (like) {
      case Likeness::same: continue;
      case Likeness::uncertain: result_.uncertain.emplace(number.name, theirs_and_ours * leeway.rounding(number.name, golden)); continue;
      case Likeness::at_kink: result_.at_kink.emplace(number.name, leeway.kinks(number.name)); continue;
      case Likeness::other: break;
    }
    ++result_.differing;
    if (missing) ++result_.missing;
    if (result_.departures.size() < rules_.most_listed) {
      result_.departures.push_back({missing ? Departure::Kind::missing : Departure::Kind::differs, number.name, golden, here[i]});
    }
  }
}

void Comparison::add(const ExampleTrace& trace) {
  const Scope scope = Scope::of_example(trace.example);
  std::optional<PlainRounding> made;  // of the few numbers that ask
  const auto rounding = [&]() -> PlainRounding& { return made ? *made : made.emplace(trace); };
  const Leeway leeway{[&](const Name& name, double theirs) { return rounding().bound(name, theirs); }, [&](const Name& name) { return rounding().at_kinks(name); }};
  std::vector<double> here;
  for (const Block& block : derived_) {
    here.resize(block.size());
    for (std::size_t i = 0; i < block.size(); ++i) here[i] = trace.value(block.name(i, scope));
    compare_block(block, scope, stored_examples_[trace.example], here, leeway);
  }
}

void Comparison::add_means(const MeanTrace& means) {
  std::vector<double> errors, here;
  std::vector<Range> ranges;
  const Leeway leeway{[&](const Name& name, double) {
                        if (errors.empty()) errors = mean_errors();
                        return errors[*place(mean_, name)];
                      },
                      [&](const Name& name) {
                        if (ranges.empty()) ranges = mean_ranges();
                        return ranges[*place(mean_, name)];
                      }};
  for (const Block& block : mean_) {
    here.resize(block.size());
    for (std::size_t i = 0; i < block.size(); ++i) here[i] = means.value_at(block.offset + i);
    compare_block(block, Scope::of_mean(), stored_means_, here, leeway);
  }
}

/// Every example's part of every mean, worked out once more: calls `visit` with its place among the means, what others may make
/// of it, its name and its value.
template <class Visit>
void Comparison::each_part_of_means(Visit visit) const {
  for (std::size_t e = 0; e < lesson_.examples.size(); ++e) {
    const ExampleTrace trace = trace_example(lesson_.network, lesson_.examples[e].input, lesson_.examples[e].target, e);
    PlainRounding rounding(trace);
    for (const Block& block : mean_) {
      for (std::size_t i = 0; i < block.size(); ++i) {
        const Name name = block.name(i, Scope::of_example(e));
        visit(block.offset + i, rounding, name, trace.value(name));
      }
    }
  }
}

/// Rounding of the means: of every example's numbers, and of their sum.
std::vector<double> Comparison::mean_errors() const {
  const auto examples = static_cast<double>(lesson_.examples.size());
  std::vector<double> sums(size_of(mean_));
  each_part_of_means([&](std::size_t at, PlainRounding& rounding, const Name& name, double value) {
    sums[at] += rounding.bound(name, 0) + examples * std::numeric_limits<double>::epsilon() * std::abs(value);
  });
  for (double& sum : sums) sum /= examples;
  return sums;
}

/// Empty where no example has a kink behind a number.
std::vector<Range> Comparison::mean_ranges() const {
  const auto examples = static_cast<double>(lesson_.examples.size());
  std::vector<Range> sums(size_of(mean_));
  std::vector<bool> any(sums.size());
  each_part_of_means([&](std::size_t at, PlainRounding& rounding, const Name& name, double value) {
    const Range range = rounding.at_kinks(name);
    const bool wide = range.low < range.high;
    if (wide) any[at] = true;
    sums[at].low += (wide ? range.low : value) / examples;
    sums[at].high += (wide ? range.high : value) / examples;
  });
  for (std::size_t at = 0; at < sums.size(); ++at) {
    if (!any[at]) sums[at] = {};
  }
  return sums;
}

ComparisonResult Comparison::finish() {
  const std::size_t room = rules_.most_listed - result_.departures.size();
  const std::size_t taken = std::min(room, unknown_.size());
  result_.departures.insert(result_.departures.end(), unknown_.begin(), unknown_.begin() + static_cast<std::ptrdiff_t>(taken));
  return std::move(result_);
}

}  // namespace gradtrace
