// Reading [check], [[question]], [homework] and [golden].
#include "lesson/sections.hpp"

#include "base/error.hpp"
#include "base/suggest.hpp"

#include <algorithm>
#include <cmath>

namespace gradtrace {

namespace {

constexpr std::size_t most_digits = 17;  // more than a double has

/// Every method of MATH, Numerical derivatives; whether this program has it is found out when it is used.
const std::vector<std::string>& check_methods() {
  static const std::vector<std::string> methods{"central", "forward",      "five-point", "ridders",
                                                "dual",    "complex-step", "reference"};
  return methods;
}

/// A number more than 0.
std::optional<double> positive(const TomlValue& value, const std::string& what) {
  const auto number = value.as_number(what);
  if (!number || *number > 0) return number;
  value.report(what + " must be more than 0, but is " + value.described());
  return std::nullopt;
}

/// Text of at least one visible character.
std::optional<std::string> visible(const TomlValue& value, const std::string& what) {
  auto text = value.as_text(what);
  if (!text || text->find_first_not_of(" \t\r\n") != std::string::npos) return text;
  value.report(what + " is empty");
  return std::nullopt;
}

/// The elements of an array; reports what is none.
std::vector<TomlValue> elements(const TomlValue& value, const std::string& what) {
  std::vector<TomlValue> result;
  if (!value.is_array())
    value.report(what + " must be an array in brackets, but is " + value.described());
  for (std::size_t i = 0; i < value.size(); ++i) result.push_back(value[i]);
  return result;
}

/// The number that the value's text names.
std::optional<Name> read_name(const TomlValue& value, const std::string& text,
                              const std::optional<LessonSizes>& sizes) {
  try {
    Name name = parse_name(text);
    const std::string why = sizes ? why_no_number(*sizes, name) : "";
    if (why.empty()) return name;
    value.report('"' + text + "\" is not in this lesson: " + why);
  } catch (const UsageError& error) {
    value.report(error.what());
  }
  return std::nullopt;
}

std::vector<std::string> read_choices(const TomlValue& value) {
  std::vector<std::string> choices;
  const std::vector<TomlValue> items = elements(value, "choose");
  for (const TomlValue& item : items) {
    if (const auto text = visible(item, "a choice")) choices.push_back(*text);
  }
  if (value.is_array() && items.size() < 2) {
    value.report("choose needs two choices or more, but has " + std::to_string(items.size()));
    choices.clear();
  }
  return choices.size() == items.size() ? choices : std::vector<std::string>{};
}

void read_answer(const TomlTable& table, Question& question,
                 const std::optional<LessonSizes>& sizes) {
  const auto choose = table.find("choose");
  if (choose) question.choose = read_choices(*choose);
  const auto answer = table.need("answer", "\"answer\" is missing in [[question]]");
  if (!answer) return;
  if (choose || table.mentions("choose")) {
    if (question.choose.empty()) return;  // reported
    const auto right =
        answer->as_whole("answer, the number of the right choice,", 0, question.choose.size() - 1);
    question.right_choice = right.value_or(0);
  } else if (const auto text = answer->as_text("answer, unless there are choices,")) {
    question.answer = read_name(*answer, *text, sizes);
  }
}

Question read_question(const TomlTable& table, const std::optional<LessonSizes>& sizes) {
  Question question;
  if (const auto ask = table.need("ask", "\"ask\" is missing in [[question]]")) {
    question.ask = visible(*ask, "ask").value_or("");
  }
  read_answer(table, question, sizes);
  if (const auto because = table.need("because", "\"because\" is missing in [[question]]")) {
    question.because = visible(*because, "because").value_or("");
  }
  return question;
}

/// Quantities that are derived, not given.
std::vector<std::string> derived_quantities() {
  std::vector<std::string> names;
  for (const std::string& name : quantity_names()) {
    if (name != "w" && name != "b" && name != "y") names.push_back(name);
  }
  return names;
}

/// A whole quantity or a single number, in the form everything else writes it.
std::optional<std::string> read_blank(const TomlValue& value,
                                      const std::optional<LessonSizes>& sizes) {
  auto text = value.as_text("a blank");
  if (!text) return std::nullopt;
  const std::vector<std::string> derived = derived_quantities();
  if (std::find(derived.begin(), derived.end(), *text) != derived.end()) return text;
  const bool single = text->find_first_of("[:") != std::string::npos;
  if (!single && !parse_quantity(*text)) return value.as_one_of("quantity", derived);
  if (single) {
    const auto name = read_name(value, *text, sizes);
    if (!name) return std::nullopt;
    if (!is_given(*name)) return sizes ? to_string(*name, sizes->examples >= 2) : *text;
  }
  value.report('"' + *text + "\" is given, so it cannot be asked for");
  return std::nullopt;
}

std::optional<Range> read_range(const TomlTable& vary, const std::string& key) {
  const auto value = vary.find(key);
  if (!value) return std::nullopt;
  const std::vector<TomlValue> bounds = elements(*value, key);
  if (value->is_array() && bounds.size() != 2) {
    value->report(key + " must be two numbers, [lowest, highest], but has " +
                  std::to_string(bounds.size()));
  }
  if (bounds.size() != 2) return std::nullopt;
  const auto low = bounds[0].as_number("the lowest of " + key);
  const auto high = bounds[1].as_number("the highest of " + key);
  if (!low || !high) return std::nullopt;
  constexpr double largest = 1e12;  // beyond it hundredths are not told apart
  if (!(std::abs(*low) <= largest && std::abs(*high) <= largest)) {
    value->report(key + " must lie between -1e12 and 1e12, as variants are drawn in steps of 0.01");
    return std::nullopt;
  }
  constexpr double rounding = 1e-9;
  if (*low <= *high && std::floor(*high * 100 + rounding) <= std::ceil(*low * 100 - rounding)) {
    value->report(key + " from " + bounds[0].described() + " to " + bounds[1].described() + " leaves no two numbers to draw from: variants are drawn in steps of 0.01; leave the key out where all are to have the same");
    return std::nullopt;
  }
  if (*low <= *high) return Range{*low, *high};
  value->report("the lowest of " + key + " is " + bounds[0].described() +
                ", more than the highest, " + bounds[1].described());
  return std::nullopt;
}

void read_vary(const TomlTable& table, Homework& homework) {
  const auto value = table.find("vary");
  const auto vary = value ? value->as_table("vary", {"weights", "biases", "inputs"}) : std::nullopt;
  if (!vary) return;
  homework.vary_weights = read_range(*vary, "weights");
  homework.vary_biases = read_range(*vary, "biases");
  homework.vary_inputs = read_range(*vary, "inputs");
}

}  // namespace

CheckSettings read_check(const TomlTable& root) {
  CheckSettings settings;
  const auto value = root.find("check");
  const auto table = value ? value->as_table("[check]", {"method", "tolerance"}) : std::nullopt;
  if (!table) return settings;
  if (const auto method = table->find("method"))
    settings.method = method->as_one_of("method", check_methods());
  if (const auto tolerance = table->find("tolerance"))
    settings.tolerance = positive(*tolerance, "tolerance");
  return settings;
}

std::vector<std::string> read_golden_keep(const TomlTable& root) {
  std::vector<std::string> keep;
  const auto value = root.find("golden");
  const auto table = value ? value->as_table("[golden]", {"keep"}) : std::nullopt;
  const auto list = table ? table->find("keep") : std::nullopt;
  if (!list) return keep;
  std::vector<std::string> known = derived_quantities();
  known.emplace_back("mean");
  for (const TomlValue& item : elements(*list, "keep")) {
    if (const auto name = item.as_one_of("quantity", known)) keep.push_back(*name);
  }
  return keep;
}

std::vector<Question> read_questions(const TomlTable& root,
                                     const std::optional<LessonSizes>& sizes) {
  std::vector<Question> questions;
  const auto array = root.find("question");
  if (!array) return questions;
  if (!array->is_array()) {
    array->report(
        "questions are written [[question]], in double brackets, one for each; here \"question\" "
        "is " +
        array->described());
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto table = (*array)[i].as_table("[[question]]", {"ask", "choose", "answer", "because"});
    if (table) questions.push_back(read_question(*table, sizes));
  }
  return questions;
}

std::optional<Homework> read_homework(const TomlTable& root,
                                      const std::optional<LessonSizes>& sizes) {
  const auto value = root.find("homework");
  const auto table =
      value ? value->as_table("[homework]", {"blanks", "points", "digits", "vary"}) : std::nullopt;
  if (!table) return std::nullopt;
  Homework homework;
  if (const auto blanks = table->find("blanks")) {
    const std::vector<TomlValue> items = elements(*blanks, "blanks");
    if (blanks->is_array() && items.empty())
      blanks->report("blanks is empty: a sheet would ask nothing");
    for (const TomlValue& item : items) {
      if (const auto blank = read_blank(item, sizes)) homework.blanks.push_back(*blank);
    }
  }
  if (const auto points = table->find("points")) {
    constexpr double most = 1e6;  // the sum of a million blanks stays a number people read
    homework.points = positive(*points, "points").value_or(homework.points);
    if (homework.points > most) points->report("points must be at most 1000000, but is " + points->described());
  }
  if (const auto digits = table->find("digits")) {
    const auto number = digits->as_whole("digits", 1, most_digits);
    homework.digits = static_cast<int>(number.value_or(static_cast<std::size_t>(homework.digits)));
  }
  read_vary(*table, homework);
  return homework;
}

}  // namespace gradtrace
