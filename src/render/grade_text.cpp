// Grades for people. A sheet is first turned into remarks, each about one or more answers; text, Markdown and HTML print these.
#include "render/grade_text.hpp"

#include "base/number.hpp"
#include "base/suggest.hpp"
#include "base/utf8.hpp"
#include "homework/feedback.hpp"
#include "render/html.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <vector>

namespace gradtrace {
namespace {

constexpr std::size_t most_named = 6;  // answers in one remark

struct Remark {
  AnswerVerdict verdict;
  std::vector<std::string> names;
  std::string text;
};

const char* mark(AnswerVerdict verdict) {
  switch (verdict) {
    case AnswerVerdict::correct:
    case AnswerVerdict::follows: return "✓";
    case AnswerVerdict::wrong: return "✗";
    case AnswerVerdict::blank: return "·";
    case AnswerVerdict::unreadable: return "?";
  }
  return "";
}

std::string marks(double points) { return shortest(rounded(points, 6)); }

std::string list(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) text += (i ? ", " : "") + names[i];
  return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

/// The right answers by quantity: "z[1], a[1], C".
std::string what_is_right(const SheetGrade& sheet) {
  std::vector<std::string> parts;
  for (const Answer& answer : sheet.grade.answers) {
    if (answer.verdict != AnswerVerdict::correct) continue;
    std::string part(info(answer.name.quantity).name);
    if (answer.name.layer != Name::none) part += fmt::format("[{}]", answer.name.layer);
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  return list(parts, 12);
}

std::vector<Remark> remarks_of(const SheetGrade& sheet, const GradeView& view) {
  std::vector<Remark> remarks;
  const bool several = sheet.shape->several_examples;
  const std::size_t right = sheet.grade.count(AnswerVerdict::correct), follows = sheet.grade.count(AnswerVerdict::follows);
  if (right > 0) remarks.push_back({AnswerVerdict::correct, {}, fmt::format("{} right: {}", right, what_is_right(sheet))});
  const int digits = std::max(4, sheet.shape->digits);
  std::vector<std::string> blank;
  for (const Answer& answer : sheet.grade.answers) {
    const std::string name = to_string(answer.name, several);
    if (answer.verdict == AnswerVerdict::correct || answer.verdict == AnswerVerdict::follows) continue;
    if (answer.verdict == AnswerVerdict::blank && !view.show_answers) {
      blank.push_back(name);
      continue;
    }
    const std::string shown = view.show_answers ? significant(answer.expected, digits, view.render.ascii) : "";
    std::string text = feedback_text(answer, *sheet.shape, shown);
    const std::string id = diagnosis_text(answer);
    if (!id.empty()) text += " (" + id + ")";
    // The same said again is said once.
    if (!view.show_answers && !remarks.empty() && remarks.back().text == text && remarks.back().verdict == answer.verdict) {
      remarks.back().names.push_back(name);
    } else {
      remarks.push_back({answer.verdict, {name}, text});
    }
  }
  if (follows > 0) {
    remarks.push_back({AnswerVerdict::follows, {}, follows == 1 ? "1 number further on is wrong as it stands but follows from your own: full marks for it"
                                                               : fmt::format("{} numbers further on are wrong as they stand but follow from your own: full marks for them", follows)});
  }
  if (!blank.empty()) remarks.push_back({AnswerVerdict::blank, {}, "left blank: " + list(blank, most_named)});
  return remarks;
}

/// The idea missed most often, and where to practise it.
std::string advice_of(const SheetGrade& sheet) {
  std::map<Mistake, std::size_t> counts;
  std::map<Mistake, Quantity> where;
  for (const Answer& answer : sheet.grade.answers) {
    if (answer.diagnoses.empty()) continue;
    for (const Mistake mistake : answer.diagnoses.front().mistakes) {
      ++counts[mistake];
      where.emplace(mistake, answer.name.quantity);
    }
  }
  if (counts.empty()) return "";
  const auto most = std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  const Advice& advised = advice(most->first);
  return fmt::format("One idea to look at again: {}.  {}", advised.idea, advised.rule) +
         fmt::format("\ngradtrace practice {} --from {}", in_shell(sheet.lesson), info(where.at(most->first)).name);
}

std::string title_of(const SheetGrade& sheet) { return sheet.student + (sheet.title.empty() ? "" : " · " + sheet.title); }
std::string score_of(const SheetGrade& sheet) { return fmt::format("{} of {} points", marks(sheet.grade.score), marks(sheet.grade.max_score)); }

std::string plain(const std::string& text) { return neutralised(text, "?"); }

std::string names_of(const Remark& remark) { return list(remark.names, most_named); }

std::string problem_text(const Problem& problem) {
  const std::string where = problem.line > 0 ? fmt::format("line {}, column {}: ", problem.line, problem.column) : "";
  return plain(where + problem.message);
}

/// Those that are not said of an answer already.
std::vector<Problem> other_problems(const SheetGrade& sheet) {
  std::vector<Problem> others;
  std::ranges::copy_if(sheet.problems, std::back_inserter(others), [&](const Problem& problem) {
    return std::ranges::none_of(sheet.grade.answers, [&](const Answer& answer) { return answer.given.problem == problem.message; });
  });
  return others;
}

}  // namespace

std::string grade_text(const SheetGrade& sheet, const GradeView& view) {
  const auto width = static_cast<std::size_t>(view.render.width);
  const auto unicode = [&](const std::string& text) { return in(view.render.ascii, text); };
  std::string title = unicode(plain(title_of(sheet)));
  const std::string score = sheet.shape ? score_of(sheet) : "not graded";
  const std::size_t used = count_columns(title) + count_columns(score);
  std::string text = used + 2 <= width ? title + std::string(width - used, ' ') + score + "\n\n" : title + "\n" + score + "\n\n";
  if (sheet.shape) {
    for (const Remark& remark : remarks_of(sheet, view)) {
      const std::string names = names_of(remark), sign = mark(remark.verdict);
      text += wrap(unicode(plain(sign + " " + (names.empty() ? remark.text : names))), width, 2, 2);
      if (!names.empty()) text += wrap(unicode(plain(remark.text)), width, 6);
    }
    if (const std::string advised = advice_of(sheet); !advised.empty()) {
      const std::size_t end = advised.find('\n');
      text += "\n" + wrap(unicode(advised.substr(0, end)), width, 2, 2) + "  " + advised.substr(end + 1) + "\n";
    }
  }
  for (const Problem& problem : other_problems(sheet)) text += wrap(unicode("! " + problem_text(problem)), width, 2, 4);
  return text;
}

std::string grade_line(const SheetGrade& sheet, const GradeView& view) {
  std::set<std::string> ids;
  for (const Answer& answer : sheet.grade.answers) {
    if (!answer.diagnoses.empty()) {
      for (const Mistake mistake : answer.diagnoses.front().mistakes) ids.insert(std::string(info(mistake).id));
    }
  }
  std::string ideas;
  for (const std::string& id : ids) ideas += (ideas.empty() ? "" : ", ") + id;
  std::string line = plain(sheet.student);
  constexpr std::size_t name_width = 20;
  line += std::string(count_columns(line) < name_width ? name_width - count_columns(line) : 0, ' ') + ' ';
  if (!sheet.shape) {
    const std::string why = "not graded: " + (sheet.problems.empty() ? "" : problem_text(sheet.problems.front()));
    return in(view.render.ascii, line) + wrap(in(view.render.ascii, why), static_cast<std::size_t>(view.render.width), name_width + 1).substr(name_width + 1);
  } else {
    const double percent = sheet.grade.max_score > 0 ? 100 * sheet.grade.score / sheet.grade.max_score : 0;
    line += fmt::format("{:>6} of {:<6} {:>3.0f} %  ", marks(sheet.grade.score), marks(sheet.grade.max_score), percent) + ideas;
    if (!sheet.doubt.empty()) line += " (other numbers?)";
    if (!sheet.fits.empty()) line += " fits " + plain(sheet.fits) + "'s numbers";
  }
  while (line.ends_with(' ')) line.pop_back();
  return in(view.render.ascii, line) + "\n";
}

std::string class_text(const ClassReport& report, const GradeView& view) {
  const auto width = static_cast<std::size_t>(view.render.width);
  std::string text = "\n" + fmt::format("{} sheet{}, {} graded; {:.0f} % of the marks on average\n", report.sheets(), report.sheets() == 1 ? "" : "s", report.graded(), 100 * report.mean_share());
  std::size_t most_in_tenth = 1;
  for (const std::size_t count : report.tenths()) most_in_tenth = std::max(most_in_tenth, count);
  for (std::size_t t = 0; report.graded() > 1 && t < 10; ++t) {
    const std::size_t count = report.tenths()[9 - t];
    text += fmt::format("  {:>3}-{:<3} %  {:>5} ", 90 - 10 * t, 100 - 10 * t, count);
    for (std::size_t i = 0; i < count * 30 / most_in_tenth; ++i) text += view.render.ascii ? "#" : "█";
    text += "\n";
  }
  for (const auto& [name, part] : report.lessons()) {
    text += "\n" + wrap(in(view.render.ascii, plain(part.title)), width, 0);
    if (!part.ideas.empty()) {
      std::vector<std::pair<Mistake, ClassReport::Idea>> ideas(part.ideas.begin(), part.ideas.end());
      std::ranges::stable_sort(ideas, std::greater{}, [](const auto& idea) { return idea.second.sheets; });
      TextTable table{{{"idea missed", Align::left}, {"", Align::left}, {"sheets", Align::right}, {"answers", Align::right}}, {}};
      for (const auto& [mistake, idea] : ideas) {
        table.rows.push_back({std::string(info(mistake).id), in(view.render.ascii, advice(mistake).idea), std::to_string(idea.sheets), std::to_string(idea.answers)});
      }
      text += "\n" + render_table(table, 2);
    }
    std::vector<ClassReport::Blank> blanks = part.blanks;
    std::ranges::stable_sort(blanks, std::greater{}, [](const ClassReport::Blank& blank) { return blank.missed(); });
    std::erase_if(blanks, [](const ClassReport::Blank& blank) { return blank.missed() == 0; });
    if (blanks.empty()) continue;
    const std::size_t shown = view.render.all ? blanks.size() : std::min<std::size_t>(10, blanks.size());
    TextTable table{{{"answer", Align::left}, {"missed", Align::right}, {"wrong", Align::right}, {"blank", Align::right}, {"unreadable", Align::right}, {"most often", Align::left}}, {}};
    for (std::size_t i = 0; i < shown; ++i) {
      const ClassReport::Blank& blank = blanks[i];
      const auto most = std::ranges::max_element(blank.mistakes, {}, [](const auto& entry) { return entry.second; });
      table.rows.push_back({to_string(blank.name, part.several), fmt::format("{} of {}", blank.missed(), part.sheets), std::to_string(blank.counts[2]),
                            std::to_string(blank.counts[3]), std::to_string(blank.counts[4]), most == blank.mistakes.end() ? "" : std::string(info(most->first).id)});
    }
    text += "\n" + render_table(table, 2);
    if (shown < blanks.size()) text += fmt::format("  and {} more; --all lists them\n", blanks.size() - shown);
  }
  const auto remarks = [&](const std::string& heading, const std::vector<ClassReport::Remark>& all, const std::string& before) {
    if (all.empty()) return;
    text += "\n" + wrap(heading, width, 0);
    for (const ClassReport::Remark& remark : all) text += wrap(in(view.render.ascii, plain(remark.file + ": " + before + remark.text)), width, 2, 4);
  };
  remarks("answers that fit somebody else's numbers:", report.strangers(), "");
  remarks(fmt::format("graded by other numbers than the sheets' own ({}): another secret, roster, lesson or variant?", report.doubtful_count()), report.doubtful(), "");
  remarks(fmt::format("handed in more than once ({}):", report.repeated_count()), report.repeated(), "");
  remarks(fmt::format("not graded ({}):", report.unreadable_count()), report.unreadable(), "");
  if (const std::string absent = absent_students(report); !absent.empty()) text += "\n" + wrap(in(view.render.ascii, plain(absent)), width, 0, 2);
  return text;
}

std::string absent_students(const ClassReport& report) {
  constexpr std::size_t most = 50;
  const std::vector<std::string>& absent = report.absent();
  if (absent.empty()) return "";
  std::string text = fmt::format("without a sheet ({}): ", absent.size());
  for (std::size_t i = 0; i < std::min(most, absent.size()); ++i) text += (i > 0 ? ", " : "") + absent[i];
  return absent.size() > most ? fmt::format("{} and {} more", text, absent.size() - most) : text;
}

std::string grade_markdown(const SheetGrade& sheet, const GradeView& view) {
  const auto escaped = [](const std::string& text) {
    std::string safe;
    for (const char c : plain(text)) {
      if (std::string_view("\\`*_{}[]<>#+!|&").find(c) != std::string_view::npos) safe += '\\';
      safe += c;
    }
    return safe;
  };
  std::string text = "# " + escaped(title_of(sheet)) + "\n\n**" + (sheet.shape ? score_of(sheet) : "not graded") + "**\n\n";
  if (sheet.shape) {
    for (const Remark& remark : remarks_of(sheet, view)) {
      text += fmt::format("- {} {}{}\n", mark(remark.verdict), remark.names.empty() ? "" : "`" + names_of(remark) + "` ", escaped(remark.text));
    }
    if (const std::string advised = advice_of(sheet); !advised.empty()) {
      const std::size_t end = advised.find('\n');
      text += "\n" + escaped(advised.substr(0, end)) + "\n\n    " + advised.substr(end + 1) + "\n";
    }
  }
  for (const Problem& problem : other_problems(sheet)) text += "\n- ! " + escaped(problem_text(problem)) + "\n";
  return text;
}

std::string grade_html(const SheetGrade& sheet, const GradeView& view) {
  std::string body = "<h1>" + html_text(plain(title_of(sheet))) + "</h1>\n<p><strong>" + html_text(sheet.shape ? score_of(sheet) : "not graded") + "</strong></p>\n";
  if (sheet.shape) {
    body += "<ul>\n";
    for (const Remark& remark : remarks_of(sheet, view)) {
      body += fmt::format("<li class=\"{}\"><span class=\"mark\">{}</span> {}{}</li>\n", name_of(remark.verdict), mark(remark.verdict),
                          remark.names.empty() ? "" : "<code>" + html_text(names_of(remark)) + "</code> ", html_text(plain(remark.text)));
    }
    body += "</ul>\n";
    if (const std::string advised = advice_of(sheet); !advised.empty()) {
      const std::size_t end = advised.find('\n');
      body += "<p>" + html_text(advised.substr(0, end)) + "<br><code>" + html_text(advised.substr(end + 1)) + "</code></p>\n";
    }
  }
  for (const Problem& problem : other_problems(sheet)) body += "<p class=\"unreadable\">" + html_text(problem_text(problem)) + "</p>\n";
  return html_page(title_of(sheet),
                   "li { margin: .3rem 0; } ul { list-style: none; padding: 0; } .mark { display: inline-block; width: 1.2rem; font-weight: bold; } "
                   ".correct .mark { color: var(--good); } .follows .mark { color: var(--follows); } .wrong .mark, .unreadable { color: var(--bad); }\n",
                   body);
}

}  // namespace gradtrace
