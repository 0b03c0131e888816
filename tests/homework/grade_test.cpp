// Grading held against simulated students: misconceptions named, what follows credited, right sheets left alone.
#include "homework/grade.hpp"
#include "base/number.hpp"
#include "support/networks.hpp"
#include "support/student.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

using namespace gradtrace;

namespace {

constexpr std::uint64_t networks = 40;

Lesson homework(std::uint64_t number, int digits, std::vector<std::string> blanks = {}) {
  Lesson lesson = random_lesson(number, {4, 5, 3, 1});
  lesson.learning_rate = 0.5;
  lesson.homework = Homework{std::move(blanks), 1, digits, {}, {}, {}};
  return lesson;
}

std::vector<Given> sheet_of(const Grader& grader, const Student& student) {
  std::vector<Given> given;
  for (const std::size_t index : grader.layout().asked()) {
    const auto found = student.numbers().find(to_string(grader.layout().numbers().name(index), true));
    BOOST_REQUIRE(found != student.numbers().end());
    given.push_back({true, found->second.value, ""});
    if (!std::isfinite(found->second.value)) given.back() = {true, std::nullopt, "not finite"};
  }
  return given;
}

bool names(const Answer& answer, const std::string& id) {
  return !answer.diagnoses.empty() && std::ranges::any_of(answer.diagnoses.front().mistakes, [&](Mistake mistake) { return info(mistake).id == id; });
}

bool mentions(const Answer& answer, const std::string& id) {
  return std::ranges::any_of(answer.diagnoses, [&](const Diagnosis& diagnosis) {
    return std::ranges::any_of(diagnosis.mistakes, [&](Mistake mistake) { return info(mistake).id == id; });
  });
}

struct Tally {
  std::size_t shown = 0, named = 0, mentioned = 0, called_right = 0, following = 0, follows = 0, right = 0, alarms = 0;
};

void count(const Grader& grader, const Student& student, const std::string& misconception, Tally& tally) {
  const Grade grade = grader.grade(sheet_of(grader, student));
  const SheetLayout& layout = grader.layout();
  for (std::size_t i = 0; i < grade.answers.size(); ++i) {
    const Answer& answer = grade.answers[i];
    if (!answer.given.value) continue;
    const Student::Number& number = student.numbers().at(to_string(answer.name, true));
    const bool is_right = grader.fits(number.value, answer.expected, layout.asked()[i]);
    constexpr double noise = 1e-12;  // what is left where rounded numbers cancel
    if (number.slipped && !is_right && std::abs(number.value) > noise) {
      ++tally.shown;
      tally.named += names(answer, misconception);
      tally.mentioned += mentions(answer, misconception);
      tally.called_right += answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
      if (answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows || !names(answer, misconception)) {
        BOOST_TEST_MESSAGE(misconception << " " << to_string(answer.name, true) << " wrote " << number.value << ", right " << answer.expected << ": "
                                         << name_of(answer.verdict) << " " << (answer.diagnoses.empty() ? "-" : info(answer.diagnoses[0].mistakes[0]).id));
      }
    } else if (!number.slipped && !is_right) {
      ++tally.following;
      tally.follows += answer.verdict == AnswerVerdict::follows || answer.verdict == AnswerVerdict::correct;
      if (answer.verdict != AnswerVerdict::follows && answer.verdict != AnswerVerdict::correct) {
        BOOST_TEST_MESSAGE(misconception << " " << to_string(answer.name, true) << " wrote " << number.value << ", right " << answer.expected
                                         << ", follows but: " << name_of(answer.verdict) << " " << (answer.slip == Slip::trivial_zero ? "0" : ""));
      }
    } else if (is_right) {
      ++tally.right;
      tally.alarms += answer.verdict == AnswerVerdict::wrong;
    }
  }
}

const int all_digits[] = {3, 4, 5};

}  // namespace

BOOST_AUTO_TEST_SUITE(grading)

BOOST_DATA_TEST_CASE(no_false_alarm_on_right_sheets, boost::unit_test::data::make(all_digits), digits) {
  for (std::uint64_t n = 0; n < networks; ++n) {
    const Lesson lesson = homework(n, digits);
    const Grader grader(lesson);
    for (const bool shortcuts : {false, true}) {
      for (const int more : {0, 1, 4}) {
        const Student student(lesson, {}, digits + more, shortcuts);
        const Grade grade = grader.grade(sheet_of(grader, student));
        for (const Answer& answer : grade.answers) {
          if (!answer.given.value) continue;
          BOOST_TEST((answer.verdict == AnswerVerdict::correct), "network " << n << " " << to_string(answer.name, true) << " " << *answer.given.value << " right "
                                                                            << answer.expected << " " << name_of(answer.verdict));
        }
      }
    }
  }
}

/// Targets that the outputs nearly meet: of a − y, and of sums of it, rounding leaves one digit or none.
Lesson nearly_fitted(Lesson lesson, std::uint64_t number) {
  Dice dice(77 + number);
  for (Example& example : lesson.examples) {
    const ExampleTrace trace = trace_example(lesson.network, example.input, example.target, 0);
    const double apart = std::pow(10.0, -1.0 - 2 * std::abs(dice.signed_unit()));
    for (std::size_t j = 0; j < example.target.size(); ++j) example.target(j) = trace.state.a[lesson.network.depth()](j) * (1 - apart * std::abs(dice.signed_unit()));
  }
  return lesson;
}

const std::vector<std::vector<std::string>> some_blanks{{}, {"delta", "dC/dw"}, {"dC/dw", "dC/db"}, {"dC/da"}};

/// However much cancels, what a student's rounding or cutting off makes of it is right.
BOOST_AUTO_TEST_CASE(no_false_alarm_where_numbers_cancel) {
  std::size_t answers = 0;
  for (const auto& blanks : some_blanks) {
    for (std::uint64_t n = 0; n < networks; ++n) {
      const Lesson lesson = nearly_fitted(homework(n, 3, blanks), n);
      const Grader grader(lesson);
      for (const int digits : {3, 4, 5}) {
        for (const bool shortcuts : {false, true}) {
          for (const bool cuts : {false, true}) {
            for (const Answer& answer : grader.grade(sheet_of(grader, Student(lesson, {}, digits, shortcuts, cuts))).answers) {
              ++answers;
              BOOST_TEST((answer.verdict != AnswerVerdict::wrong), "network " << n << ", " << digits << " digits" << (cuts ? " cut: " : ": ") << to_string(answer.name, true) << " "
                                                                              << *answer.given.value << " right " << answer.expected);
            }
          }
        }
      }
    }
  }
  BOOST_TEST(answers > 100000u);
}

/// How somebody fills in a sheet who works step by step: what it shows is read off it in full, all else held to its digits.
struct StepByStep {
  bool cuts = false, sums_at_once = false, short_delta = false;
  bool terms_held = false;           ///< each product of a weighted sum is held before it is added
  std::set<std::string> slips = {};  ///< written four fifths as large

  double held(double value, int digits) const { return cuts ? std::strtod(cut_text(value, digits).c_str(), nullptr) : rounded(value * (1 + 1e-14), static_cast<std::size_t>(digits)); }
  static std::string cut_text(double value, int digits) {
    std::string text = fmt::format("{:.{}e}", value, 14);
    return text.substr(0, static_cast<std::size_t>(digits + 1) + (value < 0)) + text.substr(text.find('e'));
  }

  std::vector<Given> sheet(const Grader& grader) const {
    const Numbers& numbers = grader.layout().numbers();
    const Network& network = grader.lesson().network;
    std::vector<double> own(numbers.size());
    const Reader read = [&](const Name& before) {
      const auto index = numbers.index(before);
      return index ? own[*index] : grader.given_number(before);
    };
    for (std::size_t i = 0; i < own.size(); ++i) {
      const Name name = numbers.name(i);
      const bool shown = grader.layout().cell(i) == Cell::shown, output = name.layer == network.depth();
      double value = shown ? grader.right(i) : grader.rules().evaluate(name, read);
      if (!shown && name.quantity == Quantity::slope && network.layer(name.layer).activation == Activation::sigmoid) {
        const double a = read(beside(name, Quantity::a, name.layer, name.j));
        value = a * (1 - a);
      }
      if (!shown && short_delta && output && name.quantity == Quantity::delta) value = read(beside(name, Quantity::a, name.layer, name.j)) - read(beside(name, Quantity::y, name.layer, name.j));
      if (!shown && terms_held && name.quantity == Quantity::z) {
        value = read(beside(name, Quantity::b, name.layer, name.j));
        for (std::size_t k = 0; k < network.width(name.layer - 1); ++k) {
          value += held(read(beside(name, Quantity::w, name.layer, name.j, k)) * read(beside(name, Quantity::a, name.layer - 1, k)), grader.layout().digits());
        }
      }
      if (slips.contains(to_string(name, true))) value *= 0.8;
      const bool in_full = shown || (sums_at_once && name.quantity == Quantity::path);
      own[i] = in_full ? value : held(value, grader.layout().digits());
    }
    std::vector<Given> given;
    for (const std::size_t index : grader.layout().asked()) given.push_back({true, held(own[index], grader.layout().digits()), ""});
    return given;
  }
};

const std::vector<std::vector<std::string>> blanks_past_delta{{"a", "dC/dw"}, {"a", "dC/da"}, {"path"}, {"dC/da", "dC/dw"}, {"z", "dC/dw"}};

BOOST_AUTO_TEST_CASE(numbers_on_the_sheet_are_taken_as_they_stand) {
  for (const auto& blanks : blanks_past_delta) {
    for (std::uint64_t n = 0; n < 60; ++n) {
      Lesson lesson = random_lesson(n, {2, 3, 2, 1});
      for (Layer& layer : lesson.network.layers) layer.activation = Activation::sigmoid;
      lesson.network.cost = n % 2 == 0 ? Cost::binary_cross_entropy : Cost::squared_error;
      for (Example& example : lesson.examples) example.target = zeros(lesson.network.outputs());
      lesson.homework = Homework{blanks, 1, 3, {}, {}, {}};
      const Grader grader(lesson);
      for (const bool cuts : {false, true}) {
        for (const bool sums_at_once : {false, true}) {
          const bool has_short_delta = lesson.network.cost == Cost::binary_cross_entropy;
          for (const StepByStep& student : {StepByStep{cuts, sums_at_once, false}, StepByStep{cuts, sums_at_once, has_short_delta}, StepByStep{cuts, sums_at_once, false, true}}) {
            for (const Answer& answer : grader.grade(student.sheet(grader)).answers) {
              BOOST_TEST((answer.verdict != AnswerVerdict::wrong), "network " << n << (cuts ? " cut " : " ") << sums_at_once << student.short_delta << " " << blanks[0] << ": " << to_string(answer.name, true)
                                                                              << " " << *answer.given.value << " right " << answer.expected);
            }
          }
        }
      }
    }
  }
}

/// With a calculator that keeps all digits, only the parts of ∂C/∂a being written down before they are added; they nearly cancel.
BOOST_AUTO_TEST_CASE(parts_of_a_sum_may_be_all_that_is_rounded) {
  for (const std::vector<std::string>& blanks : {std::vector<std::string>{"delta"}, {"z", "a", "delta"}}) {
    for (double weight = 0.67; weight < 0.70; weight += 0.0007) {
      Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.3}}, {0.1}), make_layer(Activation::sigmoid, {{0.5}, {weight}}, {0.2, -0.1})}),
                                  {{make_vector({0.4}), make_vector({0, 1})}});
      lesson.homework = Homework{blanks, 1, 3, {}, {}, {}};
      const Grader grader(lesson);
      const ExampleTrace trace = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0);
      const auto path = [&](std::size_t j) { return rounded(trace.value({Scope::of_example(0), Quantity::path, 2, j, 0}), 3); };
      const double slope = trace.value({Scope::of_example(0), Quantity::slope, 1, 0, Name::none}), delta = (path(0) + path(1)) * slope;
      std::vector<Given> given;
      for (const std::size_t index : grader.layout().asked()) given.push_back({true, rounded(grader.right(index), 3), ""});
      given.back().value = rounded(delta, 3);
      for (const Answer& answer : grader.grade(given).answers) {
        BOOST_TEST((answer.verdict != AnswerVerdict::wrong), blanks.size() << " blanks, weight " << weight << ": " << to_string(answer.name, false) << " " << *answer.given.value << " right " << answer.expected);
      }
    }
  }
}

/// Both activations slipped; the hidden slope stands on the sheet, the output's is made from the student's own a.
BOOST_AUTO_TEST_CASE(two_wrong_activations_are_carried_on) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.3, -0.4}, {0.5, 0.2}}, {0.1, -0.3}), make_layer(Activation::sigmoid, {{0.7, -0.6}}, {0.2})}),
                              {{make_vector({0.4, 0.9}), make_vector({0.2})}});
  lesson.homework = Homework{{"a", "dC/dw"}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  const StepByStep student{.slips = {"0:a[1][1]", "0:a[2][0]"}};
  std::size_t follows = 0;
  for (const Answer& answer : grader.grade(student.sheet(grader)).answers) {
    const bool slipped = student.slips.contains(to_string(answer.name, true));
    BOOST_TEST((answer.verdict == AnswerVerdict::wrong) == slipped, to_string(answer.name, true) << " " << name_of(answer.verdict));
    follows += answer.verdict == AnswerVerdict::follows;
  }
  BOOST_TEST(follows >= 4u);
}

/// Nor does rounding excuse what it cannot have made.
BOOST_AUTO_TEST_CASE(no_slip_is_excused_where_numbers_cancel) {
  std::size_t slips = 0, excused = 0;
  for (const auto& blanks : some_blanks) {
    for (std::uint64_t n = 0; n < networks; n += 3) {
      const Lesson lesson = nearly_fitted(homework(n, 3, blanks), n);
      const Grader grader(lesson);
      const std::vector<Given> right = sheet_of(grader, Student(lesson, {}, 5));
      for (std::size_t i = 0; i < right.size(); i += 1 + right.size() / 10) {
        for (const double factor : {0.5, 0.8, 1.2, 1.5, 2.0, -1.0}) {
          std::vector<Given> given = right;
          given[i].value = factor * *right[i].value;
          const Answer answer = grader.grade(given).answers[i];
          if (answer.expected == 0) continue;
          ++slips;
          if (answer.verdict == AnswerVerdict::wrong) continue;
          ++excused;
          BOOST_TEST_MESSAGE("network " << n << ", " << blanks.size() << " blanks: " << to_string(answer.name, true) << " " << *given[i].value << " right " << answer.expected);
        }
      }
    }
  }
  BOOST_TEST_MESSAGE(excused << " of " << slips << " slips excused");
  BOOST_TEST(slips > 2000u);
  BOOST_TEST(static_cast<double>(excused) <= 0.017 * static_cast<double>(slips));
}

BOOST_DATA_TEST_CASE(misconceptions_are_named, boost::unit_test::data::make(all_digits), digits) {
  Tally all;
  for (const MistakeInfo& mistake : mistakes) {
    if (mistake.mistake == Mistake::early_rounding) continue;
    Tally tally;
    for (std::uint64_t n = 0; n < networks; ++n) {
      const Lesson lesson = homework(n, digits);
      if (choices(lesson.network, lesson.examples.size(), mistake.mistake).empty()) continue;
      const Grader grader(lesson);
      count(grader, Student(lesson, {std::string(mistake.id)}, digits), std::string(mistake.id), tally);
    }
    BOOST_TEST_MESSAGE(digits << " digits, " << mistake.id << ": named " << tally.named << "/" << tally.shown << ", mentioned " << tally.mentioned << ", called right "
                              << tally.called_right << "; follows " << tally.follows << "/" << tally.following << "; alarms " << tally.alarms << "/" << tally.right);
    all.shown += tally.shown;
    all.named += tally.named;
    all.called_right += tally.called_right;
    all.following += tally.following;
    all.follows += tally.follows;
    all.alarms += tally.alarms;
    BOOST_TEST(tally.shown > 0u, mistake.id);
  }
  BOOST_TEST_MESSAGE(digits << " digits: named " << all.named << "/" << all.shown << ", follows " << all.follows << "/" << all.following);
  BOOST_TEST(static_cast<double>(all.named) >= 0.97 * static_cast<double>(all.shown));
  BOOST_TEST(all.called_right == 0u);
  BOOST_TEST(static_cast<double>(all.follows) >= 0.99 * static_cast<double>(all.following));
  BOOST_TEST(all.alarms == 0u);
}

/// Two misconceptions in one head: both are named somewhere on the sheet, where both show.
BOOST_DATA_TEST_CASE(pairs_of_misconceptions_are_named, boost::unit_test::data::make(all_digits), digits) {
  std::size_t sheets = 0, both = 0, called_right = 0;
  for (std::uint64_t n = 0; n < 20; ++n) {
    const Lesson lesson = homework(n, digits);
    const Grader grader(lesson);
    for (std::size_t first = 0; first + 1 < mistakes.size(); ++first) {
      for (std::size_t second = first + 1; second + 1 < mistakes.size(); ++second) {
        const std::set<std::string> pair{std::string(mistakes[first].id), std::string(mistakes[second].id)};
        std::map<std::string, std::size_t> shows, named;
        const Student student(lesson, pair, digits), without_first(lesson, {std::string(mistakes[second].id)}, digits),
            without_second(lesson, {std::string(mistakes[first].id)}, digits);
        // A misconception shows where the sheet would be another without it.
        bool differs_first = false, differs_second = false;
        for (const auto& [name, number] : student.numbers()) {
          differs_first = differs_first || (number.slipped && number.value != without_first.numbers().at(name).value && without_second.numbers().at(name).slipped);
          differs_second = differs_second || (number.slipped && number.value != without_second.numbers().at(name).value && without_first.numbers().at(name).slipped);
        }
        if (!differs_first || !differs_second) continue;
        ++sheets;
        const Grade grade = grader.grade(sheet_of(grader, student));
        for (const Answer& answer : grade.answers) {
          for (const std::string& id : pair) named[id] += names(answer, id);
          const Student::Number& number = student.numbers().at(to_string(answer.name, true));
          const bool right = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
          const bool shown = answer.given.value && number.slipped && std::abs(number.value) > 1e-12 && std::abs(number.value - answer.expected) > 1e-2 * std::abs(answer.expected);
          called_right += right && shown;
        }
        both += std::ranges::all_of(pair, [&](const std::string& id) { return named[id] > 0; });
      }
    }
  }
  BOOST_TEST_MESSAGE(digits << " digits: both named on " << both << " of " << sheets << " sheets; " << called_right << " slips called right");
  BOOST_TEST(sheets > 1000u);
  BOOST_TEST(static_cast<double>(called_right) <= 0.01 * static_cast<double>(sheets));
  BOOST_TEST(static_cast<double>(both) >= 0.8 * static_cast<double>(sheets));
}

/// Sheets that ask a part: what lies between is derived on the way.
BOOST_AUTO_TEST_CASE(misconceptions_show_through_what_is_not_asked) {
  Tally all;
  for (const auto& blanks : {std::vector<std::string>{"delta", "dC/dw"}, {"dC/dw", "dC/db"}, {"dC/da", "slope", "delta", "dC/dw"}}) {
    for (std::uint64_t n = 0; n < networks; ++n) {
      const Lesson lesson = homework(n, 4, blanks);
      const Grader grader(lesson);
      const Grade right = grader.grade(sheet_of(grader, Student(lesson, {}, 4)));
      BOOST_TEST(right.count(AnswerVerdict::wrong) == 0u, "network " << n);
      for (const char* id : {"missing-two", "flipped-sign", "missing-slope", "activation-as-slope", "own-activation", "missing-weight"}) {
        if (choices(lesson.network, lesson.examples.size(), *parse_mistake(id)).empty()) continue;
        const Grade grade = grader.grade(sheet_of(grader, Student(lesson, {id}, 4)));
        if (grade.count(AnswerVerdict::wrong) == 0) continue;
        ++all.shown;
        std::size_t most = 0, here = 0;
        std::map<Mistake, std::size_t> votes;
        for (const Answer& answer : grade.answers) {
          if (!answer.diagnoses.empty()) most = std::max(most, ++votes[answer.diagnoses[0].mistakes[0]]);
          here += names(answer, id);
        }
        all.named += here > 0 && here == most;
        if (here == 0 || here < most) {
          BOOST_TEST_MESSAGE("network " << n << ", " << blanks.size() << " blanks: " << id << " named " << here << " times, another " << most << ", wrong "
                                        << grade.count(AnswerVerdict::wrong));
        }
      }
    }
  }
  BOOST_TEST_MESSAGE("with parts asked: " << all.named << " of " << all.shown << " sheets named right");
  BOOST_TEST(static_cast<double>(all.named) >= 0.9 * static_cast<double>(all.shown));
}

BOOST_AUTO_TEST_CASE(early_rounding_is_named) {
  std::size_t wrong = 0, named = 0;
  for (std::uint64_t n = 0; n < networks; ++n) {
    const Lesson lesson = homework(n, 5);
    const Grader grader(lesson);
    const Grade grade = grader.grade(sheet_of(grader, Student(lesson, {}, 3)));
    for (const Answer& answer : grade.answers) {
      wrong += answer.verdict == AnswerVerdict::wrong;
      named += names(answer, "early-rounding");
    }
  }
  BOOST_TEST_MESSAGE("early rounding: " << named << " of " << wrong << " named");
  BOOST_TEST(static_cast<double>(named) >= 0.97 * static_cast<double>(wrong));
  BOOST_TEST(wrong > 1000u);
}

BOOST_AUTO_TEST_CASE(early_rounding_is_named_whatever_the_digits) {
  for (const int digits : {2, 3, 4, 5, 6}) {
    std::size_t wrong = 0, named = 0;
    for (std::uint64_t n = 0; n < 6; ++n) {
      const Lesson lesson = homework(n, digits + 2);
      const Grader grader(lesson);
      for (const Answer& answer : grader.grade(sheet_of(grader, Student(lesson, {}, digits))).answers) {
        wrong += answer.verdict == AnswerVerdict::wrong;
        named += names(answer, "early-rounding");
      }
    }
    BOOST_TEST(static_cast<double>(named) >= 0.9 * static_cast<double>(wrong), digits << " digits: " << named << " of " << wrong);
    BOOST_TEST(wrong > 100u);
  }
}

/// Of a number that is too large by far a thousandth is more than others are: what rounds of it is no reason for them.
BOOST_AUTO_TEST_CASE(a_wrong_number_excuses_no_other_however_large) {
  std::size_t tried = 0;
  for (std::uint64_t n = 0; n < networks; ++n) {
    const Lesson lesson = homework(n, 3);
    const Grader grader(lesson);
    const SheetLayout& layout = grader.layout();
    for (const double factor : {1e3, -1e6, 1e12, 1e200}) {
      std::vector<Given> given;
      for (const std::size_t index : layout.asked()) {
        const Quantity quantity = layout.numbers().name(index).quantity;
        const double right = grader.right(index);
        const bool first = quantity == Quantity::dC_da || quantity == Quantity::delta;
        given.push_back({true, first ? factor * (1 + std::abs(right)) : -0.37 * right + (right == 0 ? 0.25 : 0), ""});
      }
      const Grade grade = grader.grade(given);
      for (std::size_t i = 0; i < grade.answers.size(); ++i) {
        const Answer& answer = grade.answers[i];
        const Quantity quantity = answer.name.quantity;
        if (quantity != Quantity::dC_dw && quantity != Quantity::dC_db && quantity != Quantity::path) continue;
        if (answer.name.scope.kind == Scope::Kind::mean) continue;  // of what is on the sheet
        ++tried;
        BOOST_TEST(answer.points == 0, "network " << n << ", " << to_string(answer.name, true) << ": " << *answer.given.value << " for " << answer.expected);
      }
    }
  }
  BOOST_TEST(tried > 1000u);
}

/// 0.15 for 0.1551, and 0.1457 would be what a mistake gives that was made elsewhere: of somebody who cuts off it is right.
BOOST_AUTO_TEST_CASE(who_cuts_numbers_off_is_right) {
  Lesson lesson = make_lesson(make_network(Cost::binary_cross_entropy, {make_layer(Activation::identity, {{0.22}}, {0.27}),
                                                                        make_layer(Activation::sigmoid, {{1.34}, {-0.67}, {1.25}}, {0.03, -0.21, -0.23})}),
                              {{make_vector({0.62}), make_vector({1, 0, 1})}});
  lesson.homework = Homework{{"dC/dw"}, 1, 2, {}, {}, {}};
  const Grader grader(lesson);
  const auto grade = [&](std::vector<double> numbers) {
    std::vector<Given> given;
    for (const double number : numbers) given.push_back({true, number, ""});
    return grader.grade(given);
  };
  BOOST_TEST(grade({-0.14, 0.15, -0.17, -0.79}).score == 4);
  BOOST_TEST(grade({-0.14, 0.15, -0.17, -0.39}).score == 3);
}

/// What nothing was rounded for is right to half a unit of its last digit, or cut off after it.
BOOST_AUTO_TEST_CASE(a_number_is_rounded_or_cut_off_no_further) {
  const Lesson base = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1.5}}, {0.25})}), {{make_vector({0.5}), make_vector({0.25})}});
  const auto points = [&](int digits, const char* name, double x) {
    Lesson lesson = base;
    lesson.homework = Homework{{}, 1, digits, {}, {}, {}};
    const Grader grader(lesson);
    std::vector<Given> given;
    std::size_t place = 0;
    for (const std::size_t index : grader.layout().asked()) {
      if (to_string(grader.layout().numbers().name(index), false) == name) place = given.size();
      given.push_back({true, grader.right(index), ""});
    }
    given[place].value = x;
    return grader.grade(given).answers[place].points > 0;
  };
  // the slope, 1
  for (const double x : {1.0, 1.004, 0.996}) BOOST_TEST(points(3, "slope[1][0]", x), x);
  for (const double x : {1.009, 0.994, 0.9, 1.1, 0.0}) BOOST_TEST(!points(3, "slope[1][0]", x), x);
  for (const double x : {0.9, 1.09}) BOOST_TEST(!points(2, "slope[1][0]", x), x);
  for (const double x : {0.0, 2.0, -1.0}) BOOST_TEST(!points(1, "slope[1][0]", x), x);
  // dC/da = 2 (1 − 0.25) = 1.5, of numbers that have no more digits
  for (const double x : {1.0, 2.0, 1.5}) BOOST_TEST(points(1, "dC/da[1][0]", x), x);
  for (const double x : {0.75, 3.0, 0.0, -1.5}) BOOST_TEST(!points(1, "dC/da[1][0]", x), x);
  for (const double x : {1.5, 1.54, 1.46}) BOOST_TEST(points(2, "dC/da[1][0]", x), x);
  for (const double x : {1.39, 1.6}) BOOST_TEST(!points(2, "dC/da[1][0]", x), x);
}

/// 2 (a − 0.73) with a = 0.7310586: of what is left where a − y nearly cancels the dropped digits decide, but only as they
/// can really be dropped.
BOOST_AUTO_TEST_CASE(where_numbers_cancel_only_what_rounding_gives_is_right) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{2}}, {-1})}), {{make_vector({1}), make_vector({0.73})}});
  const auto answer = [&](double x, double a) {
    const Grader grader(lesson);
    std::vector<Given> given;
    std::size_t place = 0;
    for (const std::size_t index : grader.layout().asked()) {
      const Name name = grader.layout().numbers().name(index);
      const bool is_a = name == beside(name, Quantity::a, 1, 0), is_x = name == beside(name, Quantity::dC_da, 1, 0);
      if (is_x) place = given.size();
      given.push_back({true, is_x ? x : is_a ? a : grader.right(index), ""});
    }
    return grader.grade(given).answers[place];
  };
  const double whole = 1 / (1 + std::exp(-1));
  for (const auto& blanks : {std::vector<std::string>{}, {"dC/da[1][0]"}}) {
    lesson.homework = Homework{blanks, 1, 3, {}, {}, {}};
    for (const double a : {whole, 0.731}) {
      for (const double x : {0.0021171572, 0.00212, 0.00211, 0.002, 0.0022, 0.0021}) BOOST_TEST(answer(x, a).points > 0, x << " with " << a);
      for (const double x : {0.0031, 0.0015, 0.00111, 0.0025, -0.00212}) BOOST_TEST(answer(x, a).points == 0, x << " with " << a);
    }
    const Answer half = answer(0.00106, whole);
    BOOST_TEST_REQUIRE(half.diagnoses.size() == 1u);
    BOOST_TEST((half.diagnoses[0].mistakes == std::vector{Mistake::missing_two}));
  }
  // An a that is a slip was perhaps worked out to more digits than are written.
  lesson.homework = Homework{{}, 1, 3, {}, {}, {}};
  for (const double x : {0.00802, 0.008, 0.0075, 0.0087}) BOOST_TEST((answer(x, 0.734).verdict == AnswerVerdict::follows), x);
  for (const double x : {0.0065, 0.0095}) BOOST_TEST((answer(x, 0.734).verdict == AnswerVerdict::wrong), x);
  for (const double x : {0.0075, 0.0087}) BOOST_TEST((answer(x, 0.7340123).verdict == AnswerVerdict::wrong), x);
}

/// Formulas as they stand on paper, with all they add, square and divide rounded. What a rule's best form keeps may be lost
/// there: 1 − a where a is nearly 1, the first digits of C beside its smallest value.
BOOST_AUTO_TEST_CASE(formulas_worked_out_on_paper_are_right) {
  struct OnPaper {
    const char* why;
    Network network;
    Example example;
    std::vector<std::string> blanks;
    int digits;
    std::vector<std::pair<std::string, double>> answers;  ///< all others are the right ones
    std::vector<std::pair<std::string, double>> wrong;    ///< each instead of the right one
  };
  const auto one = [](Cost cost, Activation activation, double w, double b, double x, double y) {
    return std::pair{make_network(cost, {make_layer(activation, {{w}}, {b})}), Example{make_vector({x}), make_vector({y})}};
  };
  std::vector<OnPaper> all;
  const auto add = [&](const char* why, std::pair<Network, Example> what, std::vector<std::string> blanks, int digits, std::vector<std::pair<std::string, double>> answers, std::vector<std::pair<std::string, double>> wrong) {
    all.push_back({why, what.first, what.second, std::move(blanks), digits, std::move(answers), std::move(wrong)});
  };
  add("a is 1.00 to the digits asked, and y is 1", one(Cost::squared_error, Activation::tanh, 17, 0, 1, 1), {"dC/da", "delta", "dC/dw"}, 3, {{"dC/da[1][0]", 0}, {"delta[1][0]", 0}, {"dC/dw[1][0,0]", 0}, {"dC/da[0][0]", 0}}, {{"dC/da[1][0]", 0.001}});
  add("a is 1 as a double, and asked", one(Cost::squared_error, Activation::sigmoid, 36, 0, 1, 1), {"a", "dC/da"}, 3, {{"a[1][0]", 1}, {"dC/da[1][0]", 0}, {"dC/da[0][0]", 0}}, {{"a[1][0]", 0.99}});
  add("C is smallest between a and what is written of it", one(Cost::half_squared_error, Activation::softplus, 0.4, 0.5, 0.1, 1), {"C", "dC/da"}, 2, {{"C", 0}, {"dC/da[1][0]", 0}, {"dC/da[0][0]", 0}}, {{"C", 0.5}, {"C", -0.0001}});
  add("the same of an a of one's own", one(Cost::squared_error, Activation::silu, 1.2909, 0, 1, 0.99), {"z", "C", "dC/da"}, 2, {{"z[1][0]", 1.3}, {"C", 0.0001}, {"dC/da[1][0]", 0.02}, {"dC/da[0][0]", 0.026}}, {{"C", 0.01}});
  add("a softplus output near 0", {make_network(Cost::squared_error, {make_layer(Activation::softplus, {{-8, -8, -8, -8, -8, 8}}, {0})}), {make_vector({1, 1, 1, 1, 1, 1}), make_vector({0})}}, {"a", "dC/da"}, 3, {{"a[1][0]", 1.27e-14}, {"dC/da[1][0]", 2.53e-14}}, {{"a[1][0]", 2e-14}, {"dC/da[1][0]", 4e-14}});
  add("a sum that cancels stands before the square", {make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{-1.75315, 2.34904}}, {0.04241})}), {make_vector({-0.62314, -0.531}), make_vector({0})}}, {"C"}, 2, {{"C", 0.0061}}, {{"C", 0.0031}, {"C", 0.013}});
  add("powers of e", {make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{-2.0}, {0.9}}, {0, 0})}), {make_vector({1}), make_vector({1, 0})}}, {"a"}, 3, {{"a[1][0]", 0.052}, {"a[1][1]", 0.948}}, {{"a[1][0]", 0.0515}, {"a[1][0]", 0.0527}});
  add("powers of e behind a difference", {make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{-2.0}, {0.9}}, {0, 0})}), {make_vector({1}), make_vector({0.05, 0.95})}}, {"z", "delta"}, 3, {{"delta[1][0]", 0.002}, {"delta[1][1]", -0.002}}, {{"delta[1][0]", 0.003}, {"delta[1][0]", -0.002}});
  add("the share of a unit that lets little through", one(Cost::squared_error, Activation::silu, -5.0, 0, 1, 0.5), {"a"}, 2, {{"a[1][0]", -0.034}}, {{"a[1][0]", -0.03}, {"a[1][0]", -0.038}});
  add("the sheet in full, the paths to one digit more than asked", {make_network(Cost::squared_error, {make_layer(Activation::identity, {{-0.4, -0.72, -0.03}, {-0.01, -0.05, -0.1}}, {-0.57, -0.59}), make_layer(Activation::tanh, {{-0.42, 0.42}, {0.69, 0.88}}, {1.07, -0.64})}), {make_vector({0.02, 0.75, 0.94}), make_vector({0.23, 0.38})}}, {"delta", "dC/dw"}, 3, {{"delta[2][0]", 0.347489}, {"delta[2][1]", -0.167724}, {"delta[1][1]", -0.0017}}, {{"delta[1][1]", -0.0022}, {"delta[1][1]", 0.0017}});
  add("a product goes on in full, the numbers on the sheet as they would be written", {make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{-0.105}}, {0.54}), make_layer(Activation::sigmoid, {{0.093}}, {0.98})}), {make_vector({-0.32}), make_vector({0.2})}}, {"delta", "dC/dw"}, 3, {{"delta[2][0]", 0.208}, {"delta[1][0]", 0.00448}}, {{"delta[1][0]", 0.0044}, {"delta[1][0]", 0.00455}});
  add("0.1 + 0.2 is 0.3", {make_network(Cost::squared_error, {make_layer(Activation::identity, {{1, 1}}, {0})}), {make_vector({0.1, 0.2}), make_vector({0.3})}}, {"C", "dC/da", "delta", "dC/dw"}, 3, {{"C", 0}, {"dC/da[1][0]", 0}, {"delta[1][0]", 0}, {"dC/dw[1][0,0]", 0}, {"dC/dw[1][0,1]", 5.6e-18}, {"dC/da[0][0]", 0}, {"dC/da[0][1]", 0}}, {{"C", 1e-5}, {"dC/da[1][0]", 1e-3}, {"dC/dw[1][0,1]", 1e-10}});
  add("a layer of zeros", one(Cost::squared_error, Activation::tanh, 1, 0, 0, 0.5), {"a"}, 3, {{"a[1][0]", 1e-17}}, {{"a[1][0]", 1e-6}});
  add("the slope as it is printed, s + z·s(1 − s)", one(Cost::squared_error, Activation::silu, 1, 0, -3.5, 1), {"slope"}, 3, {{"slope[1][0]", -0.0705}}, {{"slope[1][0]", -0.0715}, {"slope[1][0]", 0.0705}});
  add("its share alone", one(Cost::squared_error, Activation::silu, 1, 0, -1.3, 1), {"slope"}, 3, {{"slope[1][0]", -0.00467}}, {{"slope[1][0]", -0.00477}});
  add("the difference before it is doubled", one(Cost::squared_error, Activation::sigmoid, 1, 0, 1.3, -1), {"a", "dC/da"}, 3, {{"a[1][0]", 0.786}, {"dC/da[1][0]", 3.58}}, {{"dC/da[1][0]", 3.6}, {"dC/da[1][0]", 3.55}});
  add("the sum of the powers of e", {make_network(Cost::cross_entropy, {make_layer(Activation::softmax, {{1.3}, {0.2}, {1.7}}, {0, 0, 0})}), {make_vector({1}), make_vector({0, 0, 1})}}, {"a"}, 3, {{"a[1][2]", 0.526}}, {{"a[1][2]", 0.524}, {"a[1][2]", 0.532}});
  add("nothing on the way", one(Cost::squared_error, Activation::identity, 1.483, 0, 1, 0), {"a"}, 3, {{"a[1][0]", 1.48}}, {{"a[1][0]", 1.463}, {"a[1][0]", 1.5}});
  for (const OnPaper& sheet : all) {
    Lesson lesson = make_lesson(sheet.network, {sheet.example});
    lesson.homework = Homework{sheet.blanks, 1, sheet.digits, {}, {}, {}};
    const Grader grader(lesson);
    const auto with = [&](const std::vector<std::pair<std::string, double>>& answers) {
      std::vector<Given> given;
      std::size_t found = 0;
      for (const std::size_t index : grader.layout().asked()) {
        const std::string name = to_string(grader.layout().numbers().name(index), false);
        const auto own = std::ranges::find(answers, name, &std::pair<std::string, double>::first);
        found += own != answers.end();
        given.push_back({true, own != answers.end() ? own->second : rounded(grader.right(index), static_cast<std::size_t>(sheet.digits)), ""});
      }
      BOOST_TEST(found == answers.size());
      return grader.grade(given);
    };
    for (const Answer& answer : with(sheet.answers).answers) BOOST_TEST(answer.points > 0, sheet.why << ": " << to_string(answer.name, false) << " " << *answer.given.value << " right " << answer.expected);
    for (const auto& wrong : sheet.wrong) {
      const Grade grade = with({wrong});
      const auto at = std::ranges::find_if(grade.answers, [&](const Answer& answer) { return to_string(answer.name, false) == wrong.first; });
      BOOST_TEST(at->points == 0, sheet.why << ": " << wrong.first << " " << wrong.second << " right " << at->expected);
    }
  }
}

/// What is left where terms cancel is no number: the paths 0.1 · 0.3 and −0.3 · 0.1 add up to what their last digits leave.
BOOST_AUTO_TEST_CASE(what_rounding_leaves_of_a_sum_is_nothing) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{1.0}}, {0.0}), make_layer(Activation::identity, {{0.1}, {-0.3}}, {0.0, 0.0})}), {{make_vector({1}), make_vector({-0.2, -0.4})}});
  lesson.homework = Homework{{"dC/da"}, 1, 4, {}, {}, {}};
  const Grader grader(lesson);
  for (const double nothing : {0.0, 6.9e-18, -6.9e-18}) {
    std::vector<Given> given;
    for (const std::size_t index : grader.layout().asked()) given.push_back({true, grader.layout().numbers().name(index).layer == 2 ? grader.right(index) : nothing, ""});
    for (const Answer& answer : grader.grade(given).answers) BOOST_TEST(answer.points > 0, to_string(answer.name, false) << " " << nothing << " right " << answer.expected);
  }
}

/// 1 − 0.999999999 is 1e-9, and no more exact than the 1.
BOOST_AUTO_TEST_CASE(a_sum_is_as_exact_as_what_it_adds) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{1.0}}, {0.0}), make_layer(Activation::identity, {{1.0}, {-0.999999999}}, {0.0, 0.0})}),
                              {{make_vector({1}), make_vector({0.0, -1.999999999})}});
  lesson.homework = Homework{{"dC/da[1][0]"}, 1, 6, {}, {}, {}};
  const Grader grader(lesson);
  const auto verdict = [&](double answer) { return grader.grade({{true, answer, ""}}).answers.at(0).verdict; };
  for (const double answer : {1e-9, 1.0009e-9, 0.9991e-9}) BOOST_TEST((verdict(answer) == AnswerVerdict::correct), answer << ": " << name_of(verdict(answer)));
  for (const double answer : {1.1e-9, -1e-9}) BOOST_TEST((verdict(answer) == AnswerVerdict::wrong), answer << ": " << name_of(verdict(answer)));
}

/// −9.92 is the −10.1 of another row, to two digits, though −9.98 and −9.99 of others are nearer.
BOOST_AUTO_TEST_CASE(a_number_of_another_row_is_told_beyond_a_power_of_ten_too) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1}, {1}, {1}, {1}}, {-11.1, -10.99, -10.98, -6})}), {{make_vector({1}), make_vector({1, 2, 3, 4})}});
  lesson.homework = Homework{{"z"}, 1, 2, {}, {}, {}};
  const Answer answer = Grader(lesson).grade({{true, -10.1, ""}, {true, -9.99, ""}, {true, -9.98, ""}, {true, -9.92, ""}}).answers.at(3);
  BOOST_TEST((answer.verdict == AnswerVerdict::wrong));
  BOOST_TEST((answer.slip == Slip::neighbour));
}

BOOST_AUTO_TEST_CASE(a_bare_zero_early_buys_nothing) {
  Lesson lesson = mazur();
  lesson.homework = Homework{{}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  for (const double nothing : {0.0, 1e-320, -1e-15}) {
    const Grade grade = grader.grade(std::vector<Given>(grader.layout().asked().size(), Given{true, nothing, ""}));
    BOOST_TEST(grade.score == 0);
    for (const Answer& answer : grade.answers) BOOST_TEST((answer.verdict == AnswerVerdict::wrong), to_string(answer.name, false));
  }
  // The forward pass right and ∂C/∂a = 0 entered: nothing after it counts.
  std::vector<Given> given;
  for (const std::size_t index : grader.layout().asked()) {
    const Name name = grader.layout().numbers().name(index);
    const bool forward = name.quantity <= Quantity::C || name.quantity == Quantity::slope;
    given.push_back({true, forward ? grader.right(index) : 0.0, ""});
  }
  for (const Answer& answer : grader.grade(given).answers) {
    const bool forward = answer.name.quantity <= Quantity::C || answer.name.quantity == Quantity::slope;
    BOOST_TEST((answer.verdict == (forward ? AnswerVerdict::correct : AnswerVerdict::wrong)), to_string(answer.name, false));
  }
}

/// Sign slipped in both δ, everything else worked out with all digits and rounded for the sheet alone.
BOOST_AUTO_TEST_CASE(what_is_written_of_a_slip_is_not_all_of_it) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.8}}, {-0.5}), make_layer(Activation::sigmoid, {{0.2}, {0.6}}, {0.4, -0.1})}),
                              {{make_vector({1}), make_vector({0, 1})}});
  lesson.homework = Homework{{"delta[2][0]", "delta[2][1]", "dC/da[1][0]"}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  const auto verdict = [&](double dC_da) { return grader.grade({{true, -0.293, ""}, {true, 0.216, ""}, {true, dC_da, ""}}).answers[2].verdict; };
  for (const double x : {0.0710, 0.0711, 0.0712}) BOOST_TEST((verdict(x) == AnswerVerdict::follows), x);
  for (const double x : {0.0690, 0.0730, 0.0356}) BOOST_TEST((verdict(x) == AnswerVerdict::wrong), x);
}

/// 1 + e⁻⁵ cut to 1.00 would be a slope of 0, beside a printed a of 0.9933: a 0 is right only where the numbers before it, held
/// to the digits asked, give it.
BOOST_AUTO_TEST_CASE(a_zero_beside_printed_factors_that_are_none_is_wrong) {
  const auto verdict = [](double z, std::vector<std::string> blanks, double answer) {
    Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{z}}, {0})}), {{make_vector({1}), make_vector({0})}});
    lesson.homework = Homework{std::move(blanks), 1, 3, {}, {}, {}};
    const Grader grader(lesson);
    return grader.grade({{true, answer, ""}}).answers.at(0).verdict;
  };
  for (const double z : {5.0, 6.0, 7.0}) {
    for (const char* asked : {"slope", "dC/dw"}) BOOST_TEST((verdict(z, {asked}, 0) == AnswerVerdict::wrong), asked << " at " << z);
  }
  BOOST_TEST((verdict(9, {"slope"}, 0) == AnswerVerdict::correct));  // of 1.00, as 0.99988 is written
  BOOST_TEST((verdict(9, {"dC/dw"}, 0) == AnswerVerdict::wrong));
}

/// Where the δ of a layer are wrong one may be written like the right 0.746 and have been 0.754; beside right ones it is not.
BOOST_AUTO_TEST_CASE(a_wrong_number_may_be_written_like_the_right_one) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{0}, {0}}, {1, 1}), make_layer(Activation::identity, {{0.5, 0.746}}, {0})}),
                              {{make_vector({7.1}), make_vector({0.246})}});
  lesson.homework = Homework{{"delta", "dC/dw[1][1,0]"}, 1, 2, {}, {}, {}};
  const Grader grader(lesson);
  BOOST_TEST_REQUIRE(grader.layout().asked().size() == 4u);
  const auto verdict = [&](double delta_2, double delta_1, double dC_dw) { return grader.grade({{true, delta_2, ""}, {true, delta_1, ""}, {true, 0.75, ""}, {true, dC_dw, ""}}).answers[3].verdict; };
  BOOST_TEST((verdict(3, 1.5, 5.4) == AnswerVerdict::follows));
  BOOST_TEST((verdict(3, 1.5, 5.5) == AnswerVerdict::wrong));
  BOOST_TEST((verdict(3, 0.5, 5.4) == AnswerVerdict::wrong));
  BOOST_TEST((verdict(1, 0.5, 5.3) == AnswerVerdict::correct));
}

/// Of a dead neuron the right δ is 0 however its ∂C/∂a was rounded; the ∂C/∂a that was taken for it is not.
BOOST_AUTO_TEST_CASE(a_missing_slope_of_a_dead_neuron_is_named_whatever_was_rounded) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::relu, {{0}, {0}}, {-1, -1}), make_layer(Activation::sigmoid, {{0.11, 2}}, {0})}),
                              {{make_vector({1}), make_vector({2.38943})}});
  lesson.homework = Homework{{"delta"}, 1, 5, {}, {}, {}};
  const Grader grader(lesson);
  BOOST_TEST_REQUIRE(grader.layout().asked().size() == 3u);
  const auto grade_of = [&](double first, double second) { return grader.grade({{true, -1.8894, ""}, {true, first, ""}, {true, second, ""}}); };
  const Grade held = grade_of(-0.20784, -3.7789);  // of -1.88943; of what is written it would be -0.20783 and -3.7788
  for (const Answer& answer : held.answers) BOOST_TEST(names(answer, "missing-slope"), to_string(answer.name, false));
  const Grade slipped = grade_of(-0.20790, -3.7797);
  for (const std::size_t a : {1u, 2u}) BOOST_TEST(!names(slipped.answers[a], "missing-slope"), to_string(slipped.answers[a].name, false));
}

/// One path at two neurons, and the same at a third, where it is all but 1e-5 of the sum: what rounding may do there is no
/// sign of a mistake made elsewhere.
BOOST_AUTO_TEST_CASE(a_mistake_that_changes_nothing_takes_no_mark) {
  Lesson lesson = make_lesson(make_network(Cost::half_squared_error, {make_layer(Activation::identity, {{0.3}, {0.2}, {0.5}}, {0, 0, 0}), make_layer(Activation::identity, {{1.1, 1.2, 1.3}, {0.7, 0.9, 1e-5}}, {0, 0})}),
                              {{make_vector({1}), make_vector({0.5, 0.1})}});
  lesson.homework = Homework{{"delta[2][0]", "dC/da[1][0]", "dC/da[1][1]", "dC/da[1][2]"}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  BOOST_TEST_REQUIRE(grader.layout().asked().size() == 4u);
  // δ should be 0.72; of 0.235, held to more digits as 0.2346, the sum is 0.30498.
  const Grade grade = grader.grade({{true, 0.235, ""}, {true, 0.2585, ""}, {true, 0.282, ""}, {true, 0.305, ""}});
  for (const std::size_t a : {1u, 2u}) BOOST_TEST((grade.answers[a].diagnoses.at(0).mistakes == std::vector{Mistake::single_path}), to_string(grade.answers[a].name, false));
  BOOST_TEST((grade.answers[3].verdict == AnswerVerdict::follows));
}

/// The δ before is right and stands on the sheet: its opposite is not what follows from it.
BOOST_AUTO_TEST_CASE(a_right_number_on_the_sheet_leaves_no_other) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.5}}, {0}), make_layer(Activation::sigmoid, {{0.8}}, {0.1})}),
                              {{make_vector({1}), make_vector({1})}});
  lesson.homework = Homework{{"delta", "dC/db"}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  const auto& asked = grader.layout().asked();  // δ and ∂C/∂b of layer 2, then of layer 1
  const auto right = [&](std::size_t a) { return grader.right(asked[a]); };
  const Grade grade = grader.grade({{true, -right(0), ""}, {true, -right(1), ""}, {true, right(2), ""}, {true, -right(3), ""}});
  BOOST_TEST((grade.answers[1].verdict == AnswerVerdict::follows));
  BOOST_TEST((grade.answers[2].verdict == AnswerVerdict::correct));
  BOOST_TEST((grade.answers[3].verdict == AnswerVerdict::wrong));
}

BOOST_AUTO_TEST_CASE(a_sheet_of_zeros_shows_no_mistake) {
  // Among dead units some mistake always gives the 0 that was written.
  for (std::uint64_t n = 0; n < networks; ++n) {
    for (const std::vector<std::string>& blanks : {std::vector<std::string>{"dC/db", "dC/dw"}, {"delta"}, {"dC/da", "dC/dw"}}) {
      Lesson lesson = homework(n, 3, blanks);
      for (std::size_t l = 1; l < lesson.network.depth(); ++l) lesson.network.layer(l).activation = Activation::relu;
      const Grader grader(lesson);
      const auto& asked = grader.layout().asked();
      const Grade grade = grader.grade(std::vector<Given>(asked.size(), Given{true, 0.0, ""}));
      for (std::size_t a = 0; a < asked.size(); ++a) {
        const bool is_zero = std::abs(grade.answers[a].expected) <= 1e-12;
        BOOST_TEST((is_zero || grade.answers[a].points == 0), "network " << n << " " << to_string(grade.answers[a].name, true) << " right " << grade.answers[a].expected);
        BOOST_TEST(grade.answers[a].diagnoses.empty());
      }
    }
  }
}

/// One number made with two mistakes at once, where no single one gives it.
BOOST_AUTO_TEST_CASE(two_mistakes_in_one_number_are_both_named) {
  Lesson lesson = mazur();
  lesson.homework = Homework{{"dC/da[2][0]", "delta[2][0]"}, 1, 4, {}, {}, {}};
  const Grader grader(lesson);
  const double a = 0.751365069552316, y = 0.01;
  const std::vector<std::pair<double, std::set<Mistake>>> answers{
      {a - y, {Mistake::missing_two, Mistake::missing_slope}},
      {-2 * (a - y), {Mistake::flipped_sign, Mistake::missing_slope}},
      {-(a - y) * a * (1 - a), {Mistake::missing_two, Mistake::flipped_sign}},
  };
  for (const auto& [answer, expected] : answers) {
    const Grade grade = grader.grade({{false, std::nullopt, ""}, {true, rounded(answer, 4), ""}});
    BOOST_REQUIRE(grade.answers.size() == 2u);
    BOOST_TEST((grade.answers[1].verdict == AnswerVerdict::wrong));
    BOOST_REQUIRE(!grade.answers[1].diagnoses.empty());
    const std::vector<Mistake>& named = grade.answers[1].diagnoses[0].mistakes;
    BOOST_TEST((std::set<Mistake>(named.begin(), named.end()) == expected), answer << ": " << info(named[0]).id);
  }
}

/// Of two equal paths one alone is also their average; what more people do is named first.
BOOST_AUTO_TEST_CASE(mistakes_that_give_the_same_number_come_in_the_order_of_the_table) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.3}, {0.7}}, {0.1, 0.2}),
                                                                 make_layer(Activation::sigmoid, {{0.4, 0.9}, {0.4, 0.9}}, {0.6, 0.6})}),
                              {{make_vector({1}), make_vector({0.1, 0.1})}});
  lesson.homework = Homework{{"dC/da[1][0]"}, 1, 4, {}, {}, {}};
  const Grader grader(lesson);
  const double right = grader.right(grader.layout().asked()[0]);
  const Grade grade = grader.grade({{true, rounded(right / 2, 4), ""}});
  BOOST_REQUIRE(grade.answers[0].diagnoses.size() == 2u);
  BOOST_TEST((grade.answers[0].diagnoses[0].mistakes == std::vector{Mistake::single_path}));
  BOOST_TEST((grade.answers[0].diagnoses[1].mistakes == std::vector{Mistake::averaged_paths}));
}

/// a⁽²⁾₀ is 0.6 like z⁽¹⁾₀: of the two mistakes that ∂C/∂w⁽²⁾₀₀ may show, ∂C/∂w⁽²⁾₀₁ tells which it is.
BOOST_AUTO_TEST_CASE(other_numbers_tell_which_of_two_mistakes_it_is) {
  const auto squash = [](double z) { return 1 / (1 + std::exp(-z)); };
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::sigmoid, {{0.6}, {-0.4}}, {0, 0}),
                                                                 make_layer(Activation::identity, {{0.5, 0.5}}, {0.6 - 0.5 * (squash(0.6) + squash(-0.4))})}),
                              {{make_vector({1}), make_vector({1})}});
  lesson.homework = Homework{{"dC/dw[2][0,0]", "dC/dw[2][0,1]"}, 1, 4, {}, {}, {}};
  const Grader grader(lesson);
  const double delta = -0.8;
  const auto mistakes = [&](double other) { return grader.grade({{true, delta * 0.6, ""}, {true, rounded(delta * other, 4), ""}}).answers[0].diagnoses; };
  BOOST_TEST(mistakes(squash(-0.4)).size() == 2u);
  for (const auto& [other, mistake] : {std::pair{0.6, Mistake::own_activation}, std::pair{-0.4, Mistake::pre_activation_as_input}}) {
    const auto found = mistakes(other);
    BOOST_REQUIRE(found.size() == 1u);
    BOOST_TEST((found[0].mistakes == std::vector{mistake}));
  }
}

/// σ′ worked out from a wrong a of one's own follows from it.
BOOST_AUTO_TEST_CASE(a_slope_may_be_made_from_ones_own_activation) {
  const double a = 0.6;  // of z = 0.25, of which it is none
  const std::vector<std::pair<Activation, double>> slopes{{Activation::sigmoid, a * (1 - a)}, {Activation::tanh, 1 - a * a}, {Activation::softplus, 1 - std::exp(-a)}};
  for (const auto& [activation, slope] : slopes) {
    Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{0.5}}, {0})}), {{make_vector({0.5}), make_vector({0})}});
    lesson.homework = Homework{{"a[1][0]", "slope[1][0]"}, 1, 4, {}, {}, {}};
    const Grader grader(lesson);
    const Grade right = grader.grade({{true, a, ""}, {true, rounded(slope, 4), ""}}), wrong = grader.grade({{true, a, ""}, {true, rounded(1.37 * slope, 4), ""}});
    BOOST_TEST((right.answers[1].verdict == AnswerVerdict::follows), name_of(right.answers[1].verdict));
    BOOST_TEST((wrong.answers[1].verdict == AnswerVerdict::wrong), name_of(wrong.answers[1].verdict));
  }
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::softmax, {{0.5}, {0.2}, {-0.3}}, {0, 0.1, 0})}), {{make_vector({0.5}), make_vector({0, 1, 0})}});
  lesson.homework = Homework{{"a", "slope[1][0,1]"}, 1, 4, {}, {}, {}};
  const Grader grader(lesson);
  const double a0 = rounded(grader.right(grader.layout().asked()[0]), 4), a2 = rounded(grader.right(grader.layout().asked()[2]), 4);
  const Grade grade = grader.grade({{true, a0, ""}, {true, a, ""}, {true, a2, ""}, {true, rounded(-a0 * a, 4), ""}});
  BOOST_TEST((grade.answers[3].verdict == AnswerVerdict::follows), name_of(grade.answers[3].verdict));
}

/// 0.1235 is 0.123 or 0.124 to three digits, whichever way a tie is rounded, and neither 0.122 nor 0.125.
BOOST_AUTO_TEST_CASE(a_tie_may_be_rounded_either_way) {
  for (const double number : {0.1235, 1.235, 12350.0, -0.0004565}) {
    const double unit = 2 * half_unit(number, 3);
    for (const double answer : {number + unit / 2, number - unit / 2}) BOOST_TEST(has_digits(rounded(answer, 3), number, 3, 0), answer << " for " << number);
    for (const double answer : {number + 1.5 * unit, number - 1.5 * unit, number + 0.51 * unit}) BOOST_TEST(!has_digits(answer, number, 3, 0), answer << " for " << number);
  }
  BOOST_TEST(has_digits(1e-13, 0, 3, 1e-12));
  BOOST_TEST(!has_digits(1e-13, 0, 3, 1e-14));
  BOOST_TEST(!has_digits(1, HUGE_VAL, 3, 0));
}

BOOST_AUTO_TEST_CASE(slips_are_told_from_ideas) {
  Lesson lesson = mazur();
  lesson.homework = Homework{{"delta"}, 2, 3, {}, {}, {}};
  const Grader grader(lesson);
  BOOST_REQUIRE(grader.layout().asked().size() == 4u);  // δ[2][0], δ[2][1], δ[1][0], δ[1][1]
  const double right = grader.right(grader.layout().asked()[0]);
  const auto slip = [&](double value) {
    std::vector<Given> given(4);
    given[0] = {true, value, ""};
    return grader.grade(given).answers[0];
  };
  for (const double power : {1e-3, 1e-2, 1e-1, 1e1, 1e2, 1e3}) BOOST_TEST((slip(power * right).slip == Slip::decimal_place), power);
  BOOST_TEST((slip(50 * right).slip == Slip::none));
  BOOST_TEST((slip(right * 1.003).verdict == AnswerVerdict::correct));  // the digits it was made of may have been rounded
  BOOST_TEST((slip(-0.07619).slip == Slip::neighbour));
  BOOST_TEST((slip(right).points == 2));
  BOOST_TEST((slip(0.5555).verdict == AnswerVerdict::wrong));
  BOOST_TEST(slip(0.5555).diagnoses.empty());
  const Grade blank = grader.grade(std::vector<Given>(4));
  BOOST_TEST(blank.count(AnswerVerdict::blank) == 4u);
  BOOST_TEST(blank.max_score == 8);
}

/// A sheet may leave slopes out; a student takes them from the activations, as the derivations print them.
BOOST_AUTO_TEST_CASE(slopes_that_are_not_asked_come_from_the_students_own_activations) {
  for (const Activation activation : {Activation::sigmoid, Activation::tanh, Activation::softmax, Activation::softplus}) {
    Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(activation, {{0.5, -0.3}, {0.2, 0.7}}, {0.1, -0.2})}),
                                {{make_vector({0.4, 0.9}), make_vector({0.25, 0.75})}});
    lesson.homework = Homework{{"z", "a", "delta"}, 1, 3, {}, {}, {}};
    const Grader grader(lesson);
    const double wrong = 0.6, other = trace_example(lesson.network, lesson.examples[0].input, lesson.examples[0].target, 0).state.a[1](1);
    const double dC_da = 2 * (wrong - 0.25), from_other = 2 * (other - 0.75);
    const double slope = activation == Activation::tanh ? 1 - wrong * wrong : activation == Activation::softplus ? 1 - std::exp(-wrong) : wrong * (1 - wrong);
    const double delta = dC_da * slope - (activation == Activation::softmax ? from_other * other * wrong : 0);
    std::vector<Given> given;
    for (const std::size_t index : grader.layout().asked()) given.push_back({true, grader.right(index), ""});
    BOOST_REQUIRE(given.size() == 6u);
    given[2].value = wrong;
    given[4].value = delta;
    const Grade grade = grader.grade(given);
    BOOST_TEST((grade.answers[2].verdict == AnswerVerdict::wrong));
    BOOST_TEST((grade.answers[4].verdict == AnswerVerdict::follows), "activation " << static_cast<int>(activation) << ", delta " << delta);
  }
}

/// Beside a number of 1e14 a 0.7 is no rounding of 0, nor a −3 of 2.
/// All numbers of a sheet in the order of the derivation, with one ∂C/∂b the student slipped at, as δ in all that follows.
std::vector<Given> carried_from_bias(const Grader& grader, std::size_t slip, double factor) {
  const Numbers& numbers = grader.layout().numbers();
  const auto digits = static_cast<std::size_t>(grader.layout().digits());
  std::vector<double> own(numbers.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    const Name name = numbers.name(i);
    own[i] = grader.rules().evaluate(name, [&](const Name& before) {
      const auto index = numbers.index(before);
      return index ? own[*index] : grader.given_number(before);
    });
    if (i == slip) own[i] = rounded(own[i] * factor, digits);
    if (name.quantity == Quantity::dC_db && name.scope.kind != Scope::Kind::mean) own[numbers.index(beside(name, Quantity::delta, name.layer, name.j)).value()] = own[i];
  }
  std::vector<Given> given;
  for (const std::size_t index : grader.layout().asked()) given.push_back({true, rounded(own[index], digits), ""});
  return given;
}

BOOST_AUTO_TEST_CASE(a_wrong_bias_derivative_is_carried_on) {
  const std::vector<std::string> sheets[] = {{"dC/db", "dC/dw"}, {"dC/da", "dC/db", "dC/dw"}, {"a", "dC/db", "path"}};
  for (std::uint64_t n = 0; n < networks; ++n) {
    for (const std::vector<std::string>& blanks : sheets) {
      const Lesson lesson = homework(n, 4, blanks);
      const Grader grader(lesson);
      const auto& asked = grader.layout().asked();
      const auto slip = std::ranges::find_if(asked, [&](std::size_t index) { return grader.layout().numbers().name(index).quantity == Quantity::dC_db && std::abs(grader.right(index)) > 1e-9; });
      if (slip == asked.end()) continue;
      const Grade grade = grader.grade(carried_from_bias(grader, *slip, 1.7));
      for (std::size_t a = 0; a < asked.size(); ++a) {
        const Answer& answer = grade.answers[a];
        const bool itself = asked[a] == *slip, credited = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
        BOOST_TEST(credited != itself, "network " << n << " " << to_string(answer.name, true) << " " << *answer.given.value << " right " << answer.expected << " "
                                                  << name_of(answer.verdict));
        const bool far_off = std::abs(*answer.given.value - answer.expected) > 0.2 * std::abs(answer.expected) + 1e-9;  // no rounding
        if (credited && far_off) BOOST_TEST((answer.verdict == AnswerVerdict::follows), "network " << n << " " << to_string(answer.name, true));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_number_beside_it_makes_no_wrong_one_right) {
  Lesson lesson = make_lesson(make_network(Cost::squared_error, {make_layer(Activation::identity, {{1e14, 0}, {0, 1}}, {0, 0})}), {{make_vector({1, 1}), make_vector({0, 0})}});
  lesson.homework = Homework{{"delta"}, 1, 3, {}, {}, {}};
  const Grader grader(lesson);
  BOOST_TEST((grader.grade({{true, 2e14, ""}, {true, -3.0, ""}}).answers[1].verdict == AnswerVerdict::wrong));
  BOOST_TEST((grader.grade({{true, 2e14, ""}, {true, 2.0, ""}}).answers[1].verdict == AnswerVerdict::correct));
}

BOOST_AUTO_TEST_SUITE_END()
