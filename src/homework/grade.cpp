// How an answer is judged. The rule of one number is evaluated on the student's own earlier numbers: as it is, as other
// right forms of it, and with one or two rules replaced; numbers in between that were not asked are derived the same way.
#include "homework/grade.hpp"

#include "base/number.hpp"
#include "homework/rounded_work.hpp"
#include "homework/student_derivation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

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
      : grader_(grader), layout_(grader.layout()), given_(given), own_(layout_.numbers().size()), right_way_(grader, own_, {}) {
    for (std::size_t i = 0; i < own_.size(); ++i) {
      if (layout_.cell(i) == Cell::shown) own_[i] = grader_.right(i);
    }
    unaided_.resize(own_.size());
    for (std::size_t a = 0; a < layout_.asked().size(); ++a) own_[layout_.asked()[a]] = unaided_[layout_.asked()[a]] = given_[a].value;
  }

  Grade grade() {
    examine();
    count_votes();
    Grade grade;
    grade.max_score = layout_.max_score();
    deviates_.assign(own_.size(), 0);
    bare_zero_.assign(own_.size(), 0);
    for (std::size_t a = 0; a < layout_.asked().size(); ++a) {
      grade.answers.push_back(settle(a));
      grade.score += grade.answers.back().points;
    }
    return grade;
  }

 private:
  /// What is known of an answer before the whole sheet has been seen.
  struct Finding {
    bool right = false;        ///< it is the right number, to the digits asked
    bool by_rule = false;      ///< it is that which the rule gives from the student's own numbers
    /// It may be right: by another form of the rule, or by what rounding of the numbers before it can do.
    bool plausible = false;
    std::vector<Hypothesis> explanations;
  };

  Name name(std::size_t asked) const { return layout_.numbers().name(layout_.asked()[asked]); }

  void examine() {
    cuts_ = cuts_off();
    work_.emplace(grader_, own_, cuts_);
    findings_.resize(layout_.asked().size());
    for (std::size_t a = 0; a < findings_.size(); ++a) {
      if (given_[a].value) findings_[a] = finding(layout_.asked()[a], *given_[a].value);
    }
  }

  Finding finding(std::size_t index, double x) {
    Finding found;
    const Name cell = layout_.numbers().name(index);
    const double right = grader_.right(index);
    found.right = agrees(x, right, index);
    if (found.right) return found;
    found.by_rule = agrees(x, right_way_.rule(cell), index);
    if (found.by_rule) return found;
    found.plausible = work_->gives(cell, x);
    explain(cell, index, x, found);
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
    const double unit = 2 * grader_.half_unit(value);
    return unit > 0 && std::abs(x - unit * std::trunc(value / unit)) <= slack * std::abs(value);
  }

  /// Collects what the answer would be of somebody who makes a mistake, the surest ways to it first.
  void explain(const Name& cell, std::size_t index, double x, Finding& found) {
    const double plain = right_way_.rule(cell);
    const auto add_if = [&](bool fits, const Hypothesis& hypothesis) {
      if (fits) found.explanations.push_back(hypothesis);
    };
    const auto exactly = [&](const std::vector<std::optional<double>>& own, const Hypothesis& hypothesis) {
      const double value = StudentDerivation(grader_, own, hypothesis).rule(cell);
      add_if(value != plain && grader_.fits(x, value, index), hypothesis);
    };
    const auto& variations = grader_.variations();
    for (const Variation& variation : variations) exactly(own_, {variation});
    if (!found.explanations.empty()) return;
    // Worked out apart from the sheet: from the right numbers, or from scratch where the sheet shows them.
    for (const Variation& variation : variations) {
      if (!replaces(grader_.rules(), variation, cell)) continue;
      const double value = evaluate_mistaken(grader_.rules(), variation, cell, [&](const Name& name) {
        const auto before = layout_.numbers().index(name);
        return before ? grader_.right(*before) : grader_.given_number(name);
      }, grader_.lesson().learning_rate);
      add_if(value != grader_.right(index) && grader_.fits(x, value, index), {variation});
    }
    if (!found.explanations.empty()) return;
    for (const Variation& variation : variations) exactly(unaided_, {variation});
    if (!found.explanations.empty() || found.plausible) return;
    // With rounding on the way.
    const double room = work_->room(cell);
    for (const auto* own : {&own_, &unaided_}) {
      for (const Variation& variation : variations) {
        if (variation.mistake == Mistake::early_rounding) continue;
        const double value = StudentDerivation(grader_, *own, {variation}).rule(cell);
        add_if(value != plain && work_->comes_from(x, {value, room}), {variation});
      }
      if (!found.explanations.empty()) return;
    }
    explain_by_two(cell, [&](const Hypothesis& hypothesis) { exactly(own_, hypothesis); });
  }

  template <class Try>
  void explain_by_two(const Name& cell, Try try_hypothesis) {
    constexpr std::size_t most_choices = 4;
    std::vector<Variation> effective;
    const double plain = right_way_.rule(cell);
    for (const Variation& variation : grader_.variations()) {
      if (variation.mistake == Mistake::early_rounding || variation.choice >= most_choices) continue;
      StudentDerivation derivation(grader_, own_, {variation});
      if (derivation.rule(cell) != plain) effective.push_back(variation);
    }
    for (std::size_t i = 0; i < effective.size(); ++i) {
      for (std::size_t k = i + 1; k < effective.size(); ++k) {
        if (effective[i].mistake != effective[k].mistake) try_hypothesis({effective[i], effective[k]});
      }
    }
  }

  /// A mistake counts for as many answers as it explains.
  void count_votes() {
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
    // Plausible, but just what a mistake gives that was made elsewhere too.
    const bool known_mistake = best != found.explanations.end() && votes_of(*best) > 0;
    if (found.right) {
      answer.verdict = AnswerVerdict::correct;
    } else if (found.by_rule || (found.plausible && !known_mistake)) {
      answer.verdict = built_on_a_deviation(answer.name) ? AnswerVerdict::follows : AnswerVerdict::correct;
      if (*given_[a].value == 0 && answer.expected != 0 && built_on_a_bare_zero(answer.name)) {
        answer.verdict = AnswerVerdict::wrong;
        answer.slip = Slip::trivial_zero;
      }
    } else {
      answer.verdict = AnswerVerdict::wrong;
      diagnose(found, answer);
    }
    deviates_[index] = !found.right && answer.verdict != AnswerVerdict::correct;
    bare_zero_[index] = *given_[a].value == 0 && answer.verdict == AnswerVerdict::wrong &&
                        (answer.diagnoses.empty() || built_on_a_bare_zero(answer.name));
    const bool full = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
    if (full) answer.points = layout_.points_each();
    return answer;
  }

  /// Whether a number before it, asked or on the way, is not the right one.
  bool built_on_a_deviation(const Name& cell) {
    return std::ranges::any_of(grader_.rules().ingredients(cell), [&](const Name& ingredient) {
      const auto index = layout_.numbers().index(ingredient);
      if (!index || layout_.cell(*index) == Cell::shown) return false;
      if (own_[*index]) return deviates_[*index] != 0 || built_on_another_form(ingredient);
      return built_on_a_deviation(ingredient);
    });
  }

  /// Whether a number before it is a 0 that nothing explains: everything after a 0 is right by itself.
  bool built_on_a_bare_zero(const Name& cell) {
    return std::ranges::any_of(grader_.rules().ingredients(cell), [&](const Name& ingredient) {
      const auto index = layout_.numbers().index(ingredient);
      if (!index || layout_.cell(*index) == Cell::shown) return false;
      return own_[*index] ? bare_zero_[*index] != 0 : built_on_a_bare_zero(ingredient);
    });
  }

  /// An answer may skip a right number and build on a wrong one before it (∂C/∂w from ∂C/∂a and σ′ past δ).
  bool built_on_another_form(const Name& ingredient) {
    return std::ranges::any_of(grader_.rules().ingredients(ingredient), [&](const Name& before) {
      const auto index = layout_.numbers().index(before);
      return index && deviates_[*index] != 0;
    });
  }

  void diagnose(const Finding& found, Answer& answer) const {
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

  Slip slip_of(const Answer& answer) const {
    const double x = *answer.given.value, right = answer.expected;
    const std::size_t index = layout_.numbers().index(answer.name).value();
    if (right == 0) return Slip::none;
    if (grader_.fits(-x, right, index)) return Slip::sign;
    for (const double power : {0.001, 0.01, 0.1, 10.0, 100.0, 1000.0}) {
      if (grader_.fits(x * power, right, index)) return Slip::decimal_place;
    }
    if (std::abs(x - right) < 0.01 * std::abs(right)) return Slip::few_digits;
    for (const std::size_t other : layout_.asked()) {
      const Name name = layout_.numbers().name(other);
      const bool beside_it = name.quantity == answer.name.quantity && name.layer == answer.name.layer && name.scope == answer.name.scope;
      if (other != index && beside_it && grader_.fits(x, grader_.right(other), other)) return Slip::neighbour;
    }
    return Slip::none;
  }

  const Grader& grader_;
  const SheetLayout& layout_;
  const std::vector<Given>& given_;
  std::vector<std::optional<double>> own_;  // by index: the student's numbers, and those shown
  std::vector<std::optional<double>> unaided_;  // the student's numbers alone: what is shown was worked out nevertheless
  StudentDerivation right_way_;
  std::optional<RoundedWork> work_;
  std::vector<Finding> findings_;  // by place among what is asked
  std::map<Mistake, std::size_t> votes_;
  bool cuts_ = false;
  std::vector<unsigned char> deviates_, bare_zero_;  // by index
};

}  // namespace

Grader::Grader(const Lesson& lesson) : lesson_(lesson), layout_(lesson), rules_(lesson.network, lesson.examples.size()) {
  MeanTrace means(lesson.network);
  for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
    traces_.push_back(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
    means.add(traces_.back());
  }
  const Numbers& numbers = layout_.numbers();
  right_.resize(numbers.size());
  scale_.resize(numbers.size());
  std::map<std::tuple<Scope, Quantity, std::size_t>, double> largest;
  const auto key = [](const Name& name) { return std::tuple{name.scope, name.quantity, name.layer}; };
  for (std::size_t i = 0; i < right_.size(); ++i) {
    const Name name = numbers.name(i);
    right_[i] = name.scope.kind == Scope::Kind::mean ? means.value(name) : traces_[name.scope.example].value(name);
    double& most = largest[key(name)];
    if (std::isfinite(right_[i])) most = std::max(most, std::abs(right_[i]));
  }
  for (std::size_t i = 0; i < right_.size(); ++i) scale_[i] = largest[key(numbers.name(i))];
  constexpr std::size_t most_choices = 32;  // of one mistake; beyond that any number would be somebody's
  for (const MistakeInfo& mistake : mistakes) {
    const std::vector<std::size_t> ways = choices(lesson.network, lesson.examples.size(), mistake.mistake);
    for (std::size_t i = 0; i < std::min(ways.size(), most_choices); ++i) {
      if (mistake.mistake == Mistake::early_rounding && ways[i] >= static_cast<std::size_t>(layout_.digits())) continue;
      variations_.push_back({mistake.mistake, ways[i], {}});
    }
  }
}

double Grader::given_number(const Name& name) const {
  const std::size_t example = name.scope.kind == Scope::Kind::example ? name.scope.example : 0;
  return traces_[example].value(name);
}

double half_unit(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return 0;
  return 0.5 * std::pow(10.0, std::floor(std::log10(std::abs(value))) - digits + 1);
}

bool has_digits(double answer, double number, int digits, double negligible) {
  constexpr double slack = 1 + 1e-9;
  return std::isfinite(number) && std::abs(answer - number) <= slack * half_unit(number, digits) + negligible;
}

double Grader::half_unit(double value) const { return gradtrace::half_unit(value, layout_.digits()); }

bool Grader::fits(double answer, double number, std::size_t index) const {
  constexpr double negligible = 1e-12;  // beside the largest of its kind, unless that is large itself: beside 1e18 a 1 is no rounding
  return has_digits(answer, number, layout_.digits(), negligible * std::min(1.0, scale_[index]));
}

Grade Grader::grade(const std::vector<Given>& given) const { return SheetGrader(*this, given).grade(); }

std::size_t Grader::matches(const std::vector<Given>& given) const {
  std::size_t count = 0;
  for (std::size_t a = 0; a < given.size(); ++a) count += given[a].value && fits(*given[a].value, right_[layout_.asked()[a]], layout_.asked()[a]);
  return count;
}

}  // namespace gradtrace
