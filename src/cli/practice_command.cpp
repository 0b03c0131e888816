// `gradtrace practice LESSON`: one step at a time. Works line by line, so that a pipe and a screen reader are served as well
// as a terminal.
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/output.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "cli/read_line.hpp"
#include "homework/answer.hpp"
#include "homework/course.hpp"
#include "homework/feedback.hpp"
#include "homework/grade.hpp"
#include "homework/handed_in.hpp"
#include "homework/numbers.hpp"
#include "render/notation.hpp"
#include "render/sheet.hpp"
#include "render/steps.hpp"
#include "render/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {
namespace {

enum class Next { on, quit };

class Practice {
 public:
  Practice(const Lesson& lesson, const RenderOptions& render, Output& out)
      : lesson_(lesson), render_(render), out_(out), grader_(lesson), right_(lesson), given_(grader_.layout().asked().size()), several_(lesson.several_examples()) {}

  /// Starts at the first asked number of that quantity, or at that number; those before it are taken as known.
  void start_from(const std::string& from) {
    const auto quantity = parse_quantity(from);
    std::size_t found = given_.size();
    for (std::size_t a = given_.size(); a-- > 0;) {
      if (quantity ? name(a).quantity == *quantity : to_string(name(a), several_) == from) found = a;
    }
    if (found == given_.size()) {
      std::vector<std::string> names;
      for (std::size_t a = 0; a < given_.size(); ++a) {
        const std::string word(info(name(a).quantity).name);
        if (std::ranges::find(names, word) == names.end()) names.push_back(word);
      }
      throw UsageError("--from " + from + ": this lesson asks " + one_of(names) + did_you_mean(from, names));
    }
    for (std::size_t a = 0; a < found; ++a) {
      if (!given_[a].present) tell(a);
    }
    at_ = found;
  }

  /// Takes over what has been answered in a sheet.
  /// @throws InputError where it gives other numbers than are practised: one dealt out whose variant is not named any more, say
  void resume(const HandedIn& sheet) {
    if (auto other = other_given(sheet, lesson_, grader_)) {
      other->message += ": it stays as it is";
      throw InputError({*other});
    }
    std::vector<Problem> problems;
    const std::vector<Given> known = answers_in(sheet, lesson_, grader_.layout(), problems);
    for (std::size_t a = 0; a < known.size(); ++a) {
      if (known[a].value) given_[a] = known[a];
    }
    while (at_ < given_.size() && given_[at_].present) ++at_;
  }

  bool resumed() const { return at_ > 0; }

  /// `keep` is called after each number that has been dealt with.
  void run(const std::function<void()>& keep) {
    say(lesson_.title + "\n");
    say_wrapped(fmt::format("{} numbers to find, to {} significant digits. Type a number or an expression such as 2*(0.75 - 0.01); hint, show, skip, help or quit.",
                         given_.size() - at_, grader_.layout().digits()), 0);
    say("\n");
    known_numbers();
    if (resumed()) say(fmt::format("\nGoing on at number {}.\n", at_ + 1));
    std::size_t question = 0;
    const std::size_t first = at_, steps = given_.size() - at_;
    Next next = Next::on;
    for (; at_ < given_.size() && next == Next::on; ++at_) {
      if (given_[at_].present) continue;
      next = ask_number();
      keep();
      if (next == Next::quit) break;
      // The lesson's questions, spread evenly between the numbers.
      const std::size_t due = steps == 0 ? 0 : (at_ + 1 - first) * choices() / steps;
      while (question < due && next == Next::on) next = ask_question(choice_question(question++));
    }
    summary();
  }

  /// What was answered here: what stood in the sheet, was shown, or taken as known, is not among them.
  std::map<Name, double> answers() const {
    std::map<Name, double> answers;
    for (const std::size_t a : answered_) answers.emplace(name(a), *given_[a].value);
    return answers;
  }

 private:
  std::size_t width() const { return static_cast<std::size_t>(render_.width); }
  void tell(std::size_t a) { given_[a] = {true, grader_.right(grader_.layout().asked()[a]), ""}; }
  Name name(std::size_t a) const { return grader_.layout().numbers().name(grader_.layout().asked()[a]); }

  void say(const std::string& unicode) { out_.write(in(render_.ascii, unicode)); }
  void say_wrapped(const std::string& unicode, std::size_t indent, std::size_t hanging = 0) { out_.write(wrap(in(render_.ascii, unicode), width(), indent, hanging)); }

  std::size_t choices() const {
    return static_cast<std::size_t>(std::ranges::count_if(lesson_.questions, [](const Question& question) { return !question.choose.empty(); }));
  }
  const Question& choice_question(std::size_t n) const {
    for (const Question& question : lesson_.questions) {
      if (!question.choose.empty() && n-- == 0) return question;
    }
    return lesson_.questions.front();
  }

  /// A line of input; nothing at its end.
  std::optional<std::string> line() {
    say("> ");
    out_.flush_now();
    std::string text;
    if (!read_line(std::cin, text)) {
      say("\n");
      return std::nullopt;
    }
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
    while (!text.empty() && text.front() == ' ') text.erase(0, 1);
    return text;
  }

  /// What the sheet gives and shows, a line for each layer and quantity.
  void known_numbers() {
    const auto block_line = [&](const Block& block, Scope scope, bool given) {
      constexpr std::size_t most = 12;
      std::string values;
      for (std::size_t i = 0; i < std::min(most, block.size()); ++i) {
        const Name of = block.name(i, scope);
        const auto index = grader_.layout().numbers().index(of);
        if (!given && (!index || grader_.layout().cell(*index) != Cell::shown)) return;
        const bool new_row = block.columns != 0 && i > 0 && i % block.columns == 0;
        values += (i == 0 ? "" : new_row ? " | " : " ") + significant(value_of(of), std::max(given ? 6 : 4, grader_.layout().digits() + (given ? 3 : 1)), render_.ascii, true);
      }
      if (block.size() > most) values += fmt::format(" … {} in all", block.size());
      const Name first = block.name(0, scope);
      std::string label = to_string(first, several_);
      if (const std::size_t bracket = label.rfind('['); bracket != std::string::npos) label.resize(bracket);
      if (given && first.quantity == Quantity::w) label += fmt::format(" ({})", info(lesson_.network.layer(block.layer).activation).name);
      say_wrapped(label + " = " + values, 2, 4);
    };
    for (const Block& block : given_blocks(lesson_.network)) block_line(block, Scope{}, true);
    constexpr std::size_t most_examples = 4;
    for (std::size_t e = 0; e < std::min(most_examples, lesson_.examples.size()); ++e) {
      for (const Block& block : given_example_blocks(lesson_.network)) block_line(block, Scope::of_example(e), true);
      for (const Block& block : derived_blocks(lesson_.network)) block_line(block, Scope::of_example(e), false);
    }
    if (lesson_.examples.size() > most_examples) say(fmt::format("  … {} examples in all; gradtrace trace {} shows them\n", lesson_.examples.size(), lesson_.name));
  }

  Next ask_number() {
    const Name asked = name(at_);
    say(fmt::format("\n{} of {}   {}   {}\n", at_ + 1, given_.size(), to_string(asked, several_), info(asked.quantity).meaning));
    say(fmt::format("  {}\n", step_of(asked).rule));
    std::size_t hints = 0, tries = 0;
    while (true) {
      const auto text = line();
      if (!text || *text == "quit" || *text == "q") return Next::quit;
      if (text->empty()) continue;
      if (*text == "skip") {
        ++skipped_;
        return Next::on;
      }
      if (*text == "help" || *text == "?") {
        say("  a number, or an expression of numbers; hint: one more hint; show: the answer; skip: leave it out; quit\n");
        continue;
      }
      if (*text == "hint" || *text == "h") {
        hint(asked, hints++);
        continue;
      }
      if (*text == "show") {
        say("  " + right_line(asked) + "\n");
        tell(at_);
        ++shown_;
        return Next::on;
      }
      const ReadAnswer read = read_answer(*text, true);
      if (!read.value) {
        say_wrapped((read.problem.empty() ? "nothing to read" : neutralised(read.problem, "?")) + "; hint, show, skip, help and quit are understood too", 2, 2);
        continue;
      }
      given_[at_] = {true, read.value, ""};
      const Answer answer = grader_.grade(given_).answers[at_];
      if (answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows) {
        say(answer.verdict == AnswerVerdict::correct ? "  ✓ right\n" : "  ✓ right, given your own numbers before it\n");
        answered_.push_back(at_);
        ++(tries == 0 && hints == 0 ? at_once_ : later_);
        return Next::on;
      }
      given_[at_] = {};
      const SheetShape shape{several_, lesson_.network.depth(), grader_.layout().digits(), 1};
      const std::string id = diagnosis_text(answer);
      say_wrapped("✗ " + feedback_text(answer, shape, "") + (id.empty() ? "" : " (" + id + ")"), 2, 2);
      if (++tries == 3) say("  (hint helps on, show tells the answer)\n");
    }
  }

  /// Where to look, then what is put in, then the rule with the numbers.
  void hint(const Name& asked, std::size_t step) {
    const std::vector<Name> ingredients = grader_.rules().ingredients(asked);
    std::string text;
    constexpr std::size_t most = 6;
    for (std::size_t i = 0; i < std::min(most, ingredients.size()); ++i) {
      text += (i ? ", " : "") + to_string(ingredients[i], several_);
      if (step > 0) text += " = " + significant(value_of(ingredients[i]), std::max(4, grader_.layout().digits() + 1), false, true);
    }
    if (ingredients.size() > most) text += fmt::format(" and {} more", ingredients.size() - most);
    if (step < 2) {
      say_wrapped("it is made of " + text, 2, 2);
    } else {
      const std::string line = right_line(asked);
      say_wrapped(line.substr(0, line.rfind(" = ")) + " = ?", 2, 2);
    }
  }

  /// The student's own number, where there is one.
  double value_of(const Name& of) const {
    const auto index = grader_.layout().numbers().index(of);
    if (!index) return grader_.given_number(of);
    const auto& asked = grader_.layout().asked();
    const auto place = std::ranges::lower_bound(asked, *index);
    if (place != asked.end() && *place == *index) {
      const Given& own = given_[static_cast<std::size_t>(place - asked.begin())];
      if (own.value) return *own.value;
    }
    return grader_.right(*index);
  }

  struct StepText {
    std::string rule, expression;
  };

  StepText step_of(const Name& asked) const {
    const NumberStyle style{std::max(4, grader_.layout().digits() + 1), render_.ascii};
    if (asked.scope.kind == Scope::Kind::mean) return {fmt::format("{} = 1/n Σₓ of the {} examples", info(asked.quantity).symbol, lesson_.examples.size()), "the examples' mean"};
    for (const Step& step : derivation_steps(lesson_, right_.traces()[asked.scope.example], style)) {
      for (const RuleTable& table : step.tables) {
        if (table.gives(asked)) return {table.rule, fit(table.expression(asked), width())};
      }
    }
    return {};
  }

  std::string right_line(const Name& asked) const {
    const double right = grader_.right(*grader_.layout().numbers().index(asked));
    return fmt::format("{} = {}", step_of(asked).expression, significant(right, std::max(4, grader_.layout().digits() + 1), render_.ascii));
  }

  Next ask_question(const Question& question) {
    say("\n");
    say_wrapped(question.ask, 0);
    for (std::size_t i = 0; i < question.choose.size(); ++i) say_wrapped(fmt::format("{}  {}", i + 1, question.choose[i]), 2, 3);
    while (true) {
      const auto text = line();
      if (!text || *text == "quit" || *text == "q") return Next::quit;
      if (*text == "skip") return Next::on;
      const auto choice = parse_size(*text);
      if (!choice || *choice == 0 || *choice > question.choose.size()) {
        say(fmt::format("  the number of a choice, 1 to {}; skip and quit are understood too\n", question.choose.size()));
        continue;
      }
      const bool good = *choice - 1 == question.right_choice;
      ++(good ? questions_right_ : questions_wrong_);
      say_wrapped(std::string(good ? "✓ right. " : "✗ not quite. ") + question.because, 2, 2);
      return Next::on;
    }
  }

  void summary() {
    const std::size_t left = given_.size() - static_cast<std::size_t>(std::ranges::count_if(given_, [](const Given& given) { return given.present; })) - skipped_;
    std::string text = fmt::format("{} right at once, {} with another try or a hint, {} shown, {} skipped", at_once_, later_, shown_, skipped_);
    if (questions_right_ + questions_wrong_ > 0) text += fmt::format("; {} of {} questions right", questions_right_, questions_right_ + questions_wrong_);
    if (left > 0) text += fmt::format("; {} still to do", left);
    say("\n");
    say_wrapped(text, 0);
  }

  const Lesson& lesson_;
  RenderOptions render_;
  Output& out_;
  Grader grader_;
  RightNumbers right_;
  std::vector<Given> given_;
  std::vector<std::size_t> answered_;
  bool several_;
  std::size_t at_ = 0;
  std::size_t at_once_ = 0, later_ = 0, shown_ = 0, skipped_ = 0, questions_right_ = 0, questions_wrong_ = 0;
};

/// The sheet that answers are kept in. What stands in it is the student's: only cells of numbers answered here are written.
class KeptSheet {
 public:
  /// Reads the file, or makes a sheet of the lesson where there is none.
  /// @throws InputError where it is no sheet of this lesson
  KeptSheet(const std::string& file, const Lesson& lesson) {
    std::error_code error;
    if (std::filesystem::exists(file, error)) {
      sheet_ = read_handed_in(file);
      if (!sheet_->json.empty()) throw InputError(file, "is JSON; practice keeps answers in a sheet, as gradtrace homework " + lesson.name + " -o FILE.csv writes it");
      const std::string& of = sheet_->lesson;
      if (!of.empty() && !is_lesson_called(lesson.name, of)) {
        throw InputError({sheet_->problem_of("lesson", "is a sheet of \"" + of + "\", not of \"" + lesson.name + "\", and stays as it is; name its lesson, or another --sheet FILE")});
      }
      cells_ = sheet_->cells;
    } else {
      cells_ = parse_cells(file, blank_sheet(lesson));
    }
    for (const CellRow& row : cells_.rows) {
      Name name = row.name;
      if (why_absent(lesson.network, lesson.examples.size(), name).empty()) rows_.emplace(name, row.name);
    }
  }

  /// What was there before; nothing where there was no file.
  const std::optional<HandedIn>& found() const { return sheet_; }

  void write(const std::map<Name, double>& answers) {
    // Somebody else may have written into it since, a spreadsheet program or a second practice.
    std::error_code error;
    if (std::filesystem::exists(cells_.file, error)) cells_ = read_handed_in(cells_.file).cells;
    std::map<Name, double> values;
    for (const auto& [name, value] : answers) {
      const auto row = rows_.find(name);
      values.emplace(row == rows_.end() ? name : row->second, value);
    }
    const std::string text = with_values(cells_, values, {"lesson", "student", "variant"});
    Output output = Output::renewed(cells_.file);
    output.write(text);
    output.finish();
  }

 private:
  std::optional<HandedIn> sheet_;
  CellTable cells_;
  std::map<Name, Name> rows_;  ///< of the lesson's numbers, as the sheet calls them
};

}  // namespace

int practice_command(const std::vector<std::string>& words) {
  Arguments arguments("practice [OPTIONS] LESSON",
                      "A lesson one step at a time: the rule is shown, you say the number (or an expression), and are told\n"
                      "right, follows, or which idea was missed; with hints, and the lesson's questions in between.",
                      "LESSON");
  arguments.value("from", "QUANTITY", "start there: delta, or a number such as dC/dw[2][0,1]")
      .value("sheet", "FILE", "keep the answers in this sheet, and go on where it stops; it can be handed in")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  if (!arguments.common().output.empty()) throw UsageError("practice talks with you on the terminal; --sheet FILE keeps the answers");
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_size(lesson, Work::sheet);
  Output out;
  RenderOptions render;
  render.width = rendering_width(arguments, out.is_terminal());
  render.ascii = arguments.has("ascii");
  const auto file = arguments.text("sheet");
  std::optional<KeptSheet> sheet;
  if (file) sheet.emplace(*file, lesson);
  const bool goes_on = sheet && sheet->found();
  // A personal variant is practised with its own numbers.
  const Lesson practised = goes_on ? lesson_on_sheet(*sheet->found(), lesson) : lesson;
  Practice practice = in_lesson(lesson, [&] { return Practice(practised, render, out); });
  if (goes_on) practice.resume(*sheet->found());
  if (const auto from = arguments.text("from")) practice.start_from(*from);
  // Kept answer by answer: closing the terminal loses nothing.
  practice.run([&] {
    if (sheet) sheet->write(practice.answers());
  });
  if (file) out.write("your answers are kept in " + printable(*file) + "\n");
  out.finish();
  return status_agree;
}

}  // namespace gradtrace
