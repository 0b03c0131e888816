// How an answer is judged. The rule of one number is evaluated on the student's own earlier numbers: as it is, as other
// right forms of it, and with one or two rules replaced; numbers in between that were not asked are derived the same way.
#include "homework/grade.hpp"

#include "base/number.hpp"
#include "check/plain_rounding.hpp"
#include "homework/rounded_work.hpp"
#include "homework/student_derivation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace gradtrace {

std::string_view name_of(AnswerVerdict verdict) {
  constexpr std::array<std::string_view, 5> names{"correct", "follows", "wrong", "blank", "unreadable"};
  return names[static_cast<std::size_t>(verdict)];
}

std::size_t Grade::count(AnswerVerdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(answers, verdict, &Answer::verdict));
}

namespace {

class SheetGrader {
 public:
  SheetGrader(const Grader& grader, const std::vector<Given>& given)
      : grader_(grader), layout_(grader.layout()), given_(given), own_(layout_.numbers().size()), right_way_(grader, own_, {}), through_bias_(grader, read_off_, {}) {
    for (std::size_t i = 0; i < own_.size(); ++i) {
      if (layout_.cell(i) == Cell::shown) own_[i] = grader_.right(i);
    }
    unaided_.resize(own_.size());
    for (std::size_t a = 0; a < layout_.asked().size(); ++a) own_[layout_.asked()[a]] = unaided_[layout_.asked()[a]] = given_[a].value;
    read_off_ = unaided_;
    for (std::size_t i = 0; i < own_.size(); ++i) {
      if (const auto bias = bias_beside(i)) read_off_[i] = own_[*bias];
    }
  }

  Grade grade() {
    examine();
    drop_explanations_of_zeros_alone();
    count_votes();
    explain_by_known_mistakes();
    count_votes();
    Grade grade;
    grade.max_score = layout_.max_score();
    for (std::size_t a = 0; a < layout_.asked().size(); ++a) {
      grade.answers.push_back(settle(a));
      grade.score += grade.answers.back().points;
    }
    constexpr std::size_t digits = 12;  // marks of 0.1 add up to 2.4, not to 2.4000000000000004
    grade.score = rounded(grade.score, digits);
    return grade;
  }

 private:
  static constexpr std::size_t often = 2;  // votes: once is chance

  /// What is known of an answer before the whole sheet has been seen.
  struct Finding {
    bool right = false;        ///< it is the right number, to the digits asked
    bool by_rule = false;      ///< it is that which the rule gives from the student's own numbers
    /// It may be right: by another form of the rule, or by what rounding of the numbers before it can do.
    bool plausible = false;
    std::vector<Hypothesis> explanations;
  };

  Name name(std::size_t asked) const { return layout_.numbers().name(layout_.asked()[asked]); }

  /// Of a δ that is not asked the ∂C/∂b it can be read off, if the student wrote it.
  std::optional<std::size_t> bias_beside(std::size_t index) const {
    if (layout_.cell(index) == Cell::asked) return std::nullopt;
    const Name delta = layout_.numbers().name(index);
    const auto bias = delta.quantity == Quantity::delta ? layout_.numbers().index(beside(delta, Quantity::dC_db, delta.layer, delta.j)) : std::nullopt;
    return bias && layout_.cell(*bias) == Cell::asked && own_[*bias] ? bias : std::nullopt;
  }

  void examine() {
    cuts_ = cuts_off();
    work_.emplace(grader_, own_, cuts_);
    if (read_off_ != unaided_) work_through_bias_.emplace(grader_, read_off_, cuts_);
    findings_.resize(layout_.asked().size());
    for (std::size_t a = 0; a < findings_.size(); ++a) {
      if (given_[a].value) findings_[a] = finding(layout_.asked()[a], *given_[a].value);
    }
    explain();
  }

  Finding finding(std::size_t index, double x) {
    Finding found;
    const Name cell = layout_.numbers().name(index);
    const double right = grader_.right(index);
    found.right = agrees(x, right, index);
    if (found.right) return found;
    found.by_rule = agrees(x, right_way_.rule(cell), index) || (work_through_bias_ && agrees(x, through_bias_.rule(cell), index));
    if (found.by_rule) return found;
    found.plausible = work_->gives(cell, x) || (work_through_bias_ && work_through_bias_->gives(cell, x));
    return found;
  }

  /// Whether the student cuts numbers off rather than rounding them, as the right answers show.
  bool cuts_off() const {
    std::size_t given = 0, cut = 0, rounded = 0;
    for (std::size_t a = 0; a < layout_.asked().size(); ++a) {
      if (!given_[a].value) continue;
      ++given;
      const std::size_t index = layout_.asked()[a];
      const bool fits = grader_.fits(*given_[a].value, grader_.right(index), index), is_cut = is_cut_off(*given_[a].value, grader_.right(index));
      cut += is_cut && !fits;
      rounded += fits && !is_cut;
    }
    // Of numbers cut off every other would be rounded to the same; a few among many are chance.
    return cut > std::max<std::size_t>(rounded, 1) && 4 * cut >= given;
  }

  /// Whether x is `value` to the digits asked, the student's way.
  bool agrees(double x, double value, std::size_t index) const { return grader_.fits(x, value, index) || (cuts_ && is_cut_off(x, value)); }

  /// Whether x is `value` with all but the digits asked cut off.
  bool is_cut_off(double x, double value) const {
    constexpr double slack = 1e-9;
    return std::abs(x - cut_off(value, layout_.digits())) <= slack * std::abs(value);
  }

  /// Collects for each answer that is neither right nor by the rule what explains it, the surest ways to it first. One
  /// hypothesis is tried on all such answers before the next, as what it derives on the way serves them all.
  void explain() {
    std::vector<Unexplained> open;
    for (std::size_t a = 0; a < findings_.size(); ++a) {
      if (!given_[a].value || findings_[a].right || findings_[a].by_rule) continue;
      const Name cell = name(a);
      open.push_back({a, cell, *given_[a].value, right_way_.rule(cell)});
    }
    std::vector<Hypothesis> alone, coarse, both;
    for (const Variation& variation : grader_.variations()) {
      alone.push_back({variation});
      if (variation.mistake != Mistake::early_rounding) coarse.push_back({variation});
    }
    const auto to_the_digits = [&](const Unexplained& answer, const Hypothesis&, double value) { return grader_.fits(answer.x, value, layout_.asked()[answer.place]); };
    try_on(open, alone, own_, to_the_digits);
    if (work_through_bias_) try_on(open, alone, read_off_, to_the_digits);
    explain_apart(open);
    try_on(open, alone, unaided_, to_the_digits);
    std::erase_if(open, [&](const Unexplained& answer) { return findings_[answer.place].plausible; });
    try_with_rounding_on_the_way(open, coarse, own_);
    try_with_rounding_on_the_way(open, coarse, unaided_);
    constexpr std::size_t most_choices = 4, most_by_two = 2000;  // who has more wrong for no one reason has not made two mistakes
    std::erase_if(coarse, [](const Hypothesis& hypothesis) { return hypothesis.front().choice >= most_choices; });
    for (std::size_t i = 0; i < coarse.size(); ++i) {
      for (std::size_t k = i + 1; k < coarse.size(); ++k) {
        if (coarse[i].front().mistake != coarse[k].front().mistake) both.push_back({coarse[i].front(), coarse[k].front()});
      }
    }
    if (open.size() > most_by_two) open.resize(most_by_two);
    try_on(open, both, own_, to_the_digits);
  }

  /// An answer that nothing explains so far.
  struct Unexplained {
    std::size_t place;  ///< among what is asked
    Name cell;
    double x, plain;    ///< what is given; what the rule gives from the student's numbers
    double room = 0;
    bool in_full = false;  ///< a hypothesis gave all of its digits
  };

  /// Tries each hypothesis, worked out from the numbers `own`, on every answer that is open; those it explains are no longer.
  template <class Fits>
  void try_on(std::vector<Unexplained>& open, const std::vector<Hypothesis>& hypotheses, const std::vector<std::optional<double>>& own, Fits fits) {
    std::vector<unsigned char> derived(open.size());
    for (std::size_t i = 0; i < open.size(); ++i) derived[i] = is_derived_on_the_way(open[i].cell, own);
    for (const Hypothesis& hypothesis : hypotheses) {
      StudentDerivation derivation(grader_, own, hypothesis);
      for (std::size_t i = 0; i < open.size(); ++i) {
        const bool touched = derived[i] || std::ranges::any_of(hypothesis, [&](const Variation& variation) { return replaces(grader_.rules(), variation, open[i].cell); });
        if (!touched) continue;
        const double value = derivation.rule(open[i].cell);
        if (value != open[i].plain) consider(open[i], hypothesis, value, fits(open[i], hypothesis, value));
      }
    }
    std::erase_if(open, [&](const Unexplained& answer) { return !findings_[answer.place].explanations.empty(); });
  }

  void try_with_rounding_on_the_way(std::vector<Unexplained>& open, const std::vector<Hypothesis>& hypotheses, const std::vector<std::optional<double>>& own) {
    constexpr double most = 0.05;  // of the number; who is farther off has made no mistake of the catalogue
    for (Unexplained& answer : open) answer.room = work_->room(answer.cell);
    try_on(open, hypotheses, own, [&](const Unexplained& answer, const Hypothesis& hypothesis, double value) {
      const auto comes_with = [&](double room) { return work_->comes_from(answer.x, {value, std::min(room, most * std::abs(value))}); };
      if (comes_with(answer.room)) return true;
      const bool here = hypothesis.size() == 1 && replaces(grader_.rules(), hypothesis.front(), answer.cell);
      return here && comes_with(std::numeric_limits<double>::infinity()) && comes_with(work_->room(answer.cell, hypothesis));
    });
  }

  /// An answer that one mistake gives to the digit by chance may be another's, made elsewhere too, that was rounded on the way.
  void explain_by_known_mistakes() {
    std::vector<Hypothesis> known;
    for (const Variation& variation : grader_.variations()) {
      if (votes_of({variation}) >= often) known.push_back({variation});
    }
    std::vector<Unexplained> open;
    for (std::size_t a = 0; a < findings_.size(); ++a) {
      const std::vector<Hypothesis>& found = findings_[a].explanations;
      const bool by_chance = !found.empty() && std::ranges::all_of(found, [&](const Hypothesis& hypothesis) { return votes_of(hypothesis) < often; });
      if (by_chance) open.push_back({a, name(a), *given_[a].value, right_way_.rule(name(a))});
    }
    if (!known.empty()) try_with_rounding_on_the_way(open, known, own_);
  }

  /// Worked out apart from the sheet: from the right numbers, or from scratch where the sheet shows them.
  void explain_apart(std::vector<Unexplained>& open) {
    for (Unexplained& answer : open) {
      const std::size_t index = layout_.asked()[answer.place];
      for (const Variation& variation : grader_.variations()) {
        if (!replaces(grader_.rules(), variation, answer.cell)) continue;
        const double value = evaluate_mistaken(grader_.rules(), variation, answer.cell, [&](const Name& name) {
          const auto before = layout_.numbers().index(name);
          return before ? grader_.right(*before) : grader_.given_number(name);
        }, grader_.lesson().learning_rate);
        if (value != grader_.right(index)) consider(answer, {variation}, value, grader_.fits(answer.x, value, index));
      }
    }
    std::erase_if(open, [&](const Unexplained& answer) { return !findings_[answer.place].explanations.empty(); });
  }

  /// Keeps a hypothesis that fits; where all digits were written, one that gives them all leaves no room for others. Of an
  /// answer that may be right, one that gives all but just what the rule gives tells nothing.
  void consider(Unexplained& answer, const Hypothesis& hypothesis, double value, bool fits) {
    constexpr double rounding = 1e-9, all_but_none = 0.05;  // of the answer; of half a unit of its last digit
    if (findings_[answer.place].plausible && std::abs(value - answer.plain) <= all_but_none * grader_.half_unit(answer.plain)) return;
    const bool all_digits = std::abs(value - answer.x) <= rounding * std::abs(answer.x) && rounded(answer.x, static_cast<std::size_t>(layout_.digits())) != answer.x;
    std::vector<Hypothesis>& explanations = findings_[answer.place].explanations;
    if (all_digits && !answer.in_full) explanations.clear();
    answer.in_full = answer.in_full || all_digits;
    if (all_digits || (fits && !answer.in_full)) explanations.push_back(hypothesis);
  }

  bool is_derived_on_the_way(const Name& cell, const std::vector<std::optional<double>>& own) const {
    return std::ranges::any_of(grader_.rules().ingredients(cell), [&](const Name& name) {
      const auto before = layout_.numbers().index(name);
      return before && (!own[*before] || is_circular(grader_, own, cell, name));
    });
  }

  /// Where nothing but zeros was written, no idea is behind them.
  void drop_explanations_of_zeros_alone() {
    for (std::size_t a = 0; a < findings_.size(); ++a) {
      if (given_[a].value && std::abs(*given_[a].value) > grader_.negligible(layout_.asked()[a])) return;
    }
    for (Finding& found : findings_) found.explanations.clear();
  }

  /// A mistake counts for as many answers as it explains.
  void count_votes() {
    votes_.clear();
    for (const Finding& found : findings_) {
      if (found.plausible) continue;
      std::set<Mistake> named;
      for (const Hypothesis& hypothesis : found.explanations) {
        for (const Variation& variation : hypothesis) named.insert(variation.mistake);
      }
      for (const Mistake mistake : named) ++votes_[mistake];
    }
  }

  std::size_t votes_of(const Hypothesis& hypothesis) const {
    std::size_t votes = 0;
    for (const Variation& variation : hypothesis) {
      const auto found = votes_.find(variation.mistake);
      votes += found == votes_.end() ? 0 : found->second;
    }
    return votes;
  }

  Answer settle(std::size_t a) {
    const std::size_t index = layout_.asked()[a];
    Finding& found = findings_[a];
    Answer answer;
    answer.name = name(a);
    answer.given = given_[a];
    answer.expected = grader_.right(index);
    if (!given_[a].value) {
      answer.verdict = given_[a].present ? AnswerVerdict::unreadable : AnswerVerdict::blank;
      return answer;
    }
    const auto best = std::ranges::max_element(found.explanations, {}, [&](const Hypothesis& hypothesis) { return votes_of(hypothesis); });
    // Plausible, but just what a mistake gives that was made elsewhere too; rounding early is what makes it plausible.
    const auto rounds_early = [](const Hypothesis& hypothesis) { return hypothesis.size() == 1 && hypothesis.front().mistake == Mistake::early_rounding; };
    const bool known_mistake = best != found.explanations.end() && !rounds_early(*best) && votes_of(*best) >= often;
    if (found.right) {
      answer.verdict = AnswerVerdict::correct;
    } else if (found.by_rule || (found.plausible && !known_mistake)) {
      answer.verdict = built_on(deviation_, answer.name) ? AnswerVerdict::follows : AnswerVerdict::correct;
      if (is_bare(index, *given_[a].value) && built_on(bare_zero_, answer.name)) {
        answer.verdict = AnswerVerdict::wrong;
        answer.slip = Slip::trivial_zero;
      }
    } else {
      answer.verdict = AnswerVerdict::wrong;
      diagnose(found, answer);
    }
    deviation_.on[index] = !found.right && answer.verdict != AnswerVerdict::correct;
    bare_zero_.on[index] = is_bare(index, *given_[a].value) && answer.verdict == AnswerVerdict::wrong &&
                        (answer.diagnoses.empty() || built_on(bare_zero_, answer.name));
    const bool full = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
    if (full) answer.points = layout_.points_each();
    return answer;
  }

  /// A mark on answers, and of each number whether it is built on an answer that has it.
  struct Mark {
    explicit Mark(std::size_t numbers) : on(numbers), before(numbers, unknown) {}
    static constexpr signed char unknown = -1;
    std::vector<unsigned char> on;    // by index
    std::vector<signed char> before;
  };

  /// Whether a number before it has the mark: asked or on the way, next to it or farther back, as an answer may skip a right
  /// number and build on a wrong one before it (∂C/∂w from ∂C/∂a and σ′ past δ).
  bool built_on(Mark& mark, const Name& cell) {
    signed char& known = mark.before[layout_.numbers().index(cell).value()];
    if (known != Mark::unknown) return known != 0;
    std::vector<Name> before = grader_.rules().ingredients(cell);
    if (cell.quantity == Quantity::slope) {  // a(1 − a) and the like; of softmax 1 − a is what the others add up to
      const bool softmax = cell.k != Name::none;
      for (std::size_t i = 0; i < grader_.lesson().network.width(cell.layer); ++i) {
        if (softmax || i == cell.j) before.push_back(beside(cell, Quantity::a, cell.layer, i));
      }
    }
    const bool built = std::ranges::any_of(before, [&](const Name& ingredient) {
      const auto index = layout_.numbers().index(ingredient);
      if (!index) return false;
      if (const auto bias = bias_beside(*index); bias && mark.on[*bias]) return true;
      if (layout_.cell(*index) == Cell::shown && !work_through_bias_) return false;
      if (layout_.cell(*index) == Cell::asked && mark.on[*index] != 0) return true;
      return built_on(mark, ingredient);
    });
    known = built ? 1 : 0;
    return built;
  }

  /// A 0, or what is as good as one, for what is not.
  bool is_bare(std::size_t index, double x) const { return std::abs(x) <= grader_.negligible(index) && std::abs(grader_.right(index)) > grader_.negligible(index); }

  void diagnose(const Finding& found, Answer& answer) {
    std::vector<Hypothesis> ranked = found.explanations;
    std::ranges::stable_sort(ranked, [&](const Hypothesis& x, const Hypothesis& y) {
      return x.size() != y.size() ? x.size() < y.size() : votes_of(x) > votes_of(y);
    });
    for (const Hypothesis& hypothesis : ranked) {
      if (hypothesis.size() != ranked.front().size() || votes_of(hypothesis) < votes_of(ranked.front())) break;
      Diagnosis diagnosis;
      for (const Variation& variation : hypothesis) diagnosis.mistakes.push_back(variation.mistake);
      if (std::ranges::find(answer.diagnoses, diagnosis) == answer.diagnoses.end()) answer.diagnoses.push_back(std::move(diagnosis));
    }
    if (answer.diagnoses.empty()) answer.slip = slip_of(answer);
  }

  Slip slip_of(const Answer& answer) {
    const double x = *answer.given.value, right = answer.expected;
    const std::size_t index = layout_.numbers().index(answer.name).value();
    if (right == 0) return Slip::none;
    if (grader_.fits(-x, right, index)) return Slip::sign;
    for (const double power : {0.001, 0.01, 0.1, 10.0, 100.0, 1000.0}) {
      if (grader_.fits(x * power, right, index)) return Slip::decimal_place;
    }
    if (std::abs(x - right) < 0.01 * std::abs(right)) return Slip::few_digits;
    if (is_right_beside(answer.name, index, x)) return Slip::neighbour;
    return Slip::none;
  }

  /// Whether x is the right number of another asked cell of the same quantity, layer and example.
  bool is_right_beside(const Name& cell, std::size_t index, double x) {
    const auto block = [](const Name& name) { return std::tuple{name.scope, name.quantity, name.layer}; };
    if (beside_.empty()) {
      for (const std::size_t other : layout_.asked()) beside_[block(layout_.numbers().name(other))].emplace_back(grader_.right(other), other);
      for (auto& [key, numbers] : beside_) std::ranges::sort(numbers);
    }
    const auto& numbers = beside_.at(block(cell));
    const auto at = std::lower_bound(numbers.begin(), numbers.end(), std::pair{x, std::size_t{0}});
    // The nearest on either side: one may be the cell itself, and beyond a power of ten a farther one may fit where nearer ones do not.
    constexpr std::ptrdiff_t nearest = 8;
    return std::any_of(at - std::min(nearest, at - numbers.begin()), at + std::min(nearest, numbers.end() - at),
                       [&](const auto& other) { return other.second != index && grader_.fits(x, other.first, other.second); });
  }

  const Grader& grader_;
  const SheetLayout& layout_;
  const std::vector<Given>& given_;
  std::vector<std::optional<double>> own_;  // by index: the student's numbers, and those shown
  std::vector<std::optional<double>> unaided_;  // the student's numbers alone: what is shown was worked out nevertheless
  std::vector<std::optional<double>> read_off_;  // those alone, but a δ that is not asked is what was written as ∂C/∂b
  StudentDerivation right_way_, through_bias_;
  std::optional<RoundedWork> work_, work_through_bias_;
  std::vector<Finding> findings_;  // by place among what is asked
  std::map<Mistake, std::size_t> votes_;
  std::map<std::tuple<Scope, Quantity, std::size_t>, std::vector<std::pair<double, std::size_t>>> beside_;  // right numbers in order, with their index
  bool cuts_ = false;
  Mark deviation_{own_.size()};  // answers that are not the right numbers
  Mark bare_zero_{own_.size()};  // a 0 that nothing explains: everything after a 0 is right by itself
};

}  // namespace

Grader::Grader(const Lesson& lesson) : lesson_(lesson), layout_(lesson), rules_(lesson.network, lesson.examples.size()), numbers_(lesson) {
  const Numbers& numbers = layout_.numbers();
  right_.resize(numbers.size());
  for (std::size_t i = 0; i < right_.size(); ++i) right_[i] = numbers_.value(numbers.name(i));
  find_negligible();
  constexpr std::size_t most_choices = 32;  // of one mistake; beyond that any number would be somebody's
  for (const MistakeInfo& mistake : mistakes) {
    const std::vector<std::size_t> ways = choices(lesson.network, lesson.examples.size(), mistake.mistake);
    for (std::size_t i = 0; i < std::min(ways.size(), most_choices); ++i) {
      if (mistake.mistake == Mistake::early_rounding && ways[i] >= static_cast<std::size_t>(layout_.digits())) continue;
      variations_.push_back({mistake.mistake, ways[i], {}});
    }
  }
}

void Grader::find_negligible() {
  constexpr double part = 1e-12;  // of the largest of its kind, unless that is large itself: beside 1e18 a 1 is no rounding
  const Numbers& numbers = layout_.numbers();
  const auto key = [](const Name& name) { return std::tuple{name.scope, name.quantity, name.layer}; };
  std::map<std::tuple<Scope, Quantity, std::size_t>, double> largest;
  for (std::size_t i = 0; i < right_.size(); ++i) {
    double& most = largest[key(numbers.name(i))];
    if (std::isfinite(right_[i])) most = std::max(most, std::abs(right_[i]));
  }
  std::vector<PlainRounding> rounding;
  for (const ExampleTrace& trace : numbers_.traces()) rounding.emplace_back(trace);
  const Reader sizes = [&](const Name& name) { return std::abs(numbers_.value(name)); };
  negligible_.resize(right_.size());
  const Reader of_examples = [&](const Name& name) { return negligible_[numbers.index(name).value()]; };
  for (std::size_t i = 0; i < right_.size(); ++i) {
    const Name name = numbers.name(i);
    double scale = largest[key(name)];
    // A sum is no more exact than what it adds, …
    const bool is_mean = name.scope.kind == Scope::Kind::mean;
    const bool is_sum = is_mean || name.quantity == Quantity::z || (name.quantity == Quantity::dC_da && name.layer < lesson_.network.depth());
    if (const double terms = is_sum ? rules_.evaluate(name, sizes) : 0; std::isfinite(terms)) scale = std::max(scale, terms);
    negligible_[i] = scale == 0 ? part : part * std::min(1.0, scale);
    // … and where 0.1 + 0.2 − 0.3 is 5.6e-17, so are they that build on it.
    const double rounded = is_mean ? rules_.evaluate(name, of_examples) : rounding[name.scope.example].bound(name, 0);
    negligible_[i] = std::max(negligible_[i], std::min(part, rounded));
  }
}

double half_unit(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return 0;
  return 0.5 * std::pow(10.0, std::floor(std::log10(std::abs(value))) - digits + 1);
}

bool has_digits(double answer, double number, int digits, double negligible) {
  constexpr double slack = 1 + 1e-6;  // 1 − 0.9995² is 0.00099975 but for rounding beside 1, and a tie
  return std::isfinite(number) && std::abs(answer - number) <= slack * half_unit(number, digits) + negligible;
}

double Grader::half_unit(double value) const { return gradtrace::half_unit(value, layout_.digits()); }

bool Grader::fits(double answer, double number, std::size_t index) const {
  return has_digits(answer, number, layout_.digits(), negligible(index));
}

Grade Grader::grade(const std::vector<Given>& given) const { return SheetGrader(*this, given).grade(); }

std::size_t Grader::matches(const std::vector<Given>& given) const {
  std::size_t count = 0;
  for (std::size_t a = 0; a < given.size(); ++a) count += given[a].value && fits(*given[a].value, right_[layout_.asked()[a]], layout_.asked()[a]);
  return count;
}

}  // namespace gradtrace
