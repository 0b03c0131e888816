// Other programs' formats.
#include "render/grade_files.hpp"

#include "base/csv.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "homework/feedback.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

namespace gradtrace {
namespace {

using nlohmann::ordered_json;

constexpr const char* grade_format = "gradtrace.grade.v1";
constexpr std::string_view gradebook_columns = "Student,ID,Email address,Username,";

/// Text from a sheet: what is no UTF-8 or steers a terminal is replaced.
std::string safe(const std::string& text) { return neutralised(text, "?"); }

ordered_json number(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

std::string problem_text(const Problem& problem) {
  std::string place = problem.file;
  if (problem.line > 0) place += fmt::format(":{}:{}", problem.line, problem.column);
  return safe(place + ": " + problem.message);
}

std::string shown(const Answer& answer, bool show_answers) { return show_answers ? significant(answer.expected, 6, true) : ""; }

std::string dumped(const ordered_json& json, int indent = -1) { return json.dump(indent, ' ', false, ordered_json::error_handler_t::replace); }

std::string xml_text(std::string_view text) {
  std::string result;
  for (const char c : safe(std::string(text))) {
    switch (c) {
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '&': result += "&amp;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

/// A table whose first columns are a gradebook's, as spreadsheet programs write it. Its last may be named by a title of any length,
/// with any signs in it.
bool is_gradebook(std::string_view text) {
  CsvReader reader(text);
  if (!reader.next()) return false;
  const std::string_view header = reader.line_at(reader.place(0));
  return std::ranges::any_of(std::string_view(",;\t"), [&](char separator) {
    std::size_t end = 0;
    for (int column = 0; column < 4 && end != std::string_view::npos; ++column) end = header.find(separator, end + (column > 0));
    if (end == std::string_view::npos) return false;
    const auto cells = csv_cells(header.substr(0, end), separator);
    std::string columns;
    for (const std::string& cell : cells.value_or(std::vector<std::string>{})) columns += std::string(trimmed(cell)) + ",";
    return lower_case(columns) == lower_case(std::string(gradebook_columns));
  });
}

/// Whether a text begins with marks, before its first empty line: "ada 14 of 24 points", "ada 14 of 24 58 %" or "ada not graded: …".
bool is_marks(std::string text) {
  std::erase(text, '\r');
  std::vector<std::string> words;
  std::istringstream in{text.substr(0, text.find("\n\n"))};
  for (std::string word; in >> word;) words.push_back(word);
  const auto number = [&](std::size_t i) { return i < words.size() && parse_double(words[i]).has_value(); };
  for (std::size_t i = 1; i + 2 < words.size(); ++i) {
    if (words[i] == "not" && words[i + 1] == "graded:") return true;
    if (words[i] != "of" || !number(i - 1) || !number(i + 1)) continue;
    if ((words[i + 2] == "points" && i + 3 == words.size()) || (number(i + 2) && i + 3 < words.size() && words[i + 3] == "%")) return true;
  }
  return false;
}

bool several(const SheetGrade& sheet) { return sheet.shape && sheet.shape->several_examples; }

}  // namespace

std::string grade_json(const SheetGrade& sheet, bool show_answers) {
  ordered_json json;
  json["format"] = grade_format;
  json["sheet"] = safe(sheet.file);
  json["lesson"] = sheet.lesson.empty() ? ordered_json(nullptr) : ordered_json(safe(sheet.lesson));
  json["student"] = safe(sheet.student);
  json["score"] = sheet.grade.score;
  json["max_score"] = sheet.grade.max_score;
  json["answers"] = ordered_json::array();
  for (const Answer& answer : sheet.grade.answers) {
    ordered_json one;
    one["name"] = to_string(answer.name, several(sheet));
    one["given"] = answer.given.value ? number(*answer.given.value) : ordered_json(nullptr);
    one["expected"] = show_answers ? number(answer.expected) : ordered_json(nullptr);
    one["verdict"] = name_of(answer.verdict);
    one["points"] = answer.points;
    const bool known = !answer.diagnoses.empty();
    one["mistake"] = known ? ordered_json(info(answer.diagnoses.front().mistakes.front()).id) : ordered_json(nullptr);
    if (known && answer.diagnoses.front().mistakes.size() > 1) {
      one["mistakes"] = ordered_json::array();
      for (const Mistake mistake : answer.diagnoses.front().mistakes) one["mistakes"].push_back(info(mistake).id);
    }
    if (answer.diagnoses.size() > 1) {
      one["or"] = ordered_json::array();
      for (std::size_t i = 1; i < answer.diagnoses.size(); ++i) one["or"].push_back(info(answer.diagnoses[i].mistakes.front()).id);
    }
    one["feedback"] = safe(feedback_text(answer, *sheet.shape, shown(answer, show_answers)));
    json["answers"].push_back(std::move(one));
  }
  if (!sheet.fits.empty()) json["fits"] = safe(sheet.fits);
  json["problems"] = ordered_json::array();
  for (const Problem& problem : sheet.problems) json["problems"].push_back(problem_text(problem));
  return dumped(json);
}

std::string gradebook_header(const std::string& assignment) { return std::string(gradebook_columns) + csv_text(assignment) + "\n"; }

bool is_result(std::string_view beginning) {
  const std::string utf8 = to_utf8(beginning);
  const std::string_view text = trimmed(utf8);
  const bool json = text.starts_with('{') || text.starts_with('[');
  return json ? text.find(std::string("\"") + grade_format + "\"") != std::string_view::npos : is_gradebook(utf8) || is_marks(std::string(text));
}

bool is_feedback(std::string_view page) {
  const auto score_between = [&](std::string_view before, std::string_view after) {
    const std::size_t begin = page.find(before);
    if (begin == std::string_view::npos) return false;
    const std::string_view rest = page.substr(begin + before.size()), score = rest.substr(0, rest.find(after));
    return score == "not graded" || is_marks(std::string(score));
  };
  return page.starts_with("# ") ? score_between("\n\n**", "**\n") : score_between("</h1>\n<p><strong>", "</strong></p>\n");
}

std::string gradebook_row(const SheetGrade& sheet) {
  const std::string name = sheet.entry && !sheet.entry->name.empty() ? sheet.entry->name : sheet.student;
  return fmt::format("{},{},{},{},{}\n", csv_text(safe(name)), sheet.entry ? csv_text(safe(sheet.entry->id)) : "", sheet.entry ? csv_text(safe(sheet.entry->email)) : "",
                     csv_text(safe(sheet.student)), sheet.shape ? shortest(sheet.grade.score) : "");
}

std::string gradescope_json(const SheetGrade& sheet, bool show_answers) {
  ordered_json json;
  json["score"] = sheet.grade.score;
  json["extra_data"] = {{"format", grade_format}, {"lesson", safe(sheet.lesson)}, {"student", safe(sheet.student)}};
  std::string output = sheet.title.empty() ? "not graded" : sheet.title;
  for (const Problem& problem : sheet.problems) output += "\n" + problem_text(problem);
  json["output"] = safe(output).empty() ? "" : output;
  json["visibility"] = "visible";
  json["stdout_visibility"] = "hidden";
  json["tests"] = ordered_json::array();
  std::size_t place = 0;
  for (const Answer& answer : sheet.grade.answers) {
    const bool full = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
    ordered_json tags = ordered_json::array({name_of(answer.verdict)});
    for (const Diagnosis& diagnosis : answer.diagnoses) {
      for (const Mistake mistake : diagnosis.mistakes) {
        if (std::ranges::find(tags, ordered_json(info(mistake).id)) == tags.end()) tags.push_back(info(mistake).id);
      }
    }
    json["tests"].push_back({{"name", to_string(answer.name, several(sheet))},
                             {"number", std::to_string(++place)},
                             {"score", answer.points},
                             {"max_score", sheet.shape->points_each},
                             {"status", full ? "passed" : "failed"},
                             {"output", safe(feedback_text(answer, *sheet.shape, shown(answer, show_answers)))},
                             {"output_format", "text"},
                             {"tags", std::move(tags)},
                             {"visibility", "visible"}});
  }
  return dumped(json, 1) + "\n";
}

std::string junit_begin() { return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"; }

std::string junit_suite(const SheetGrade& sheet, bool show_answers) {
  std::string cases;
  std::size_t failures = 0, errors = 0;
  const std::string suite = xml_text(sheet.student);
  for (const Answer& answer : sheet.grade.answers) {
    const std::string name = xml_text(to_string(answer.name, several(sheet)));
    const bool full = answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", xml_text(sheet.lesson), name);
    if (full) {
      cases += "/>\n";
      continue;
    }
    const bool unreadable = answer.verdict == AnswerVerdict::unreadable;
    ++(unreadable ? errors : failures);
    cases += fmt::format("><{0} type=\"{1}\" message=\"{2}\"/></testcase>\n", unreadable ? "error" : "failure", name_of(answer.verdict),
                         xml_text(feedback_text(answer, *sheet.shape, shown(answer, show_answers))));
  }
  std::size_t tests = sheet.grade.answers.size();
  if (!sheet.shape) {
    ++tests;
    ++errors;
    cases += fmt::format("    <testcase classname=\"{}\" name=\"sheet\" time=\"0\"><error type=\"not graded\" message=\"{}\"/></testcase>\n", xml_text(sheet.lesson),
                         xml_text(sheet.problems.empty() ? "" : problem_text(sheet.problems.front())));
  }
  return fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n{}  </testsuite>\n", suite, tests, failures, errors, cases);
}

std::string junit_end() { return "</testsuites>\n"; }

}  // namespace gradtrace
