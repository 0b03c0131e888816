// The class report as a page: marks, ideas and answers as bars, each with its number beside it.
#include "render/grade_text.hpp"

#include "base/utf8.hpp"
#include "homework/feedback.hpp"
#include "render/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace gradtrace {
namespace {

/// A horizontal bar of stacked parts, `whole` being its full length.
std::string bar(const std::vector<std::pair<const char*, std::size_t>>& parts, std::size_t whole, const std::string& label) {
  constexpr double width = 300, height = 14;
  std::string svg = fmt::format("<svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\"><rect width=\"{0}\" height=\"{1}\" class=\"rest\"/>", width, height,
                                html_text(label));
  double at = 0;
  for (const auto& [style, count] : parts) {
    const double size = whole == 0 ? 0 : width * static_cast<double>(count) / static_cast<double>(whole);
    svg += fmt::format("<rect x=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" class=\"{}\"/>", at, size, height, style);
    at += size;
  }
  return svg + "</svg>";
}

std::string cell(const std::string& text, const char* style = "") { return fmt::format("<td{}>{}</td>", *style ? fmt::format(" class=\"{}\"", style) : "", text); }

std::string remarks(const std::string& heading, const std::vector<ClassReport::Remark>& all, const std::string& before, const std::string& after) {
  if (all.empty()) return "";
  std::string body = "<h2>" + html_text(heading) + "</h2>\n<ul>\n";
  for (const ClassReport::Remark& remark : all) {
    body += "<li><code>" + html_text(neutralised(remark.file, "?")) + "</code> " + html_text(before + neutralised(remark.text, "?") + after) + "</li>\n";
  }
  return body + "</ul>\n";
}

}  // namespace

std::string class_html(const ClassReport& report) {
  std::string body = fmt::format("<h1>Class report</h1>\n<p>{} sheet{}, {} graded; {:.0f} % of the marks on average.</p>\n", report.sheets(), report.sheets() == 1 ? "" : "s", report.graded(), 100 * report.mean_share());
  std::size_t most = 1;
  for (const std::size_t count : report.tenths()) most = std::max(most, count);
  body += "<h2>Marks</h2>\n<table><tr><th>share of the marks</th><th>sheets</th><th></th></tr>\n";
  for (std::size_t t = 10; t-- > 0;) {
    const std::size_t count = report.tenths()[t];
    body += "<tr>" + cell(fmt::format("{}–{} %", 10 * t, 10 * t + 10)) + cell(std::to_string(count), "number") + cell(bar({{"correct", count}}, most, fmt::format("{} sheets", count))) + "</tr>\n";
  }
  body += "</table>\n";
  for (const auto& [name, part] : report.lessons()) {
    body += "<h2>" + html_text(neutralised(part.title, "?")) + fmt::format("</h2>\n<p class=\"faint\">{} sheets</p>\n", part.sheets);
    if (!part.ideas.empty()) {
      std::vector<std::pair<Mistake, ClassReport::Idea>> ideas(part.ideas.begin(), part.ideas.end());
      std::ranges::stable_sort(ideas, std::greater{}, [](const auto& idea) { return idea.second.sheets; });
      body += "<table><caption>Ideas missed</caption><tr><th>idea</th><th>rule</th><th>sheets</th><th>answers</th><th></th></tr>\n";
      for (const auto& [mistake, idea] : ideas) {
        body += "<tr>" + cell(html_text(advice(mistake).idea) + "<br><code>" + std::string(info(mistake).id) + "</code>") + cell(html_text(advice(mistake).rule), "rule") +
                cell(std::to_string(idea.sheets), "number") + cell(std::to_string(idea.answers), "number") +
                cell(bar({{"wrong", idea.sheets}}, part.sheets, fmt::format("{} of {} sheets", idea.sheets, part.sheets))) + "</tr>\n";
      }
      body += "</table>\n";
    }
    body += "<table><caption>Answers <span class=\"faint\">(right, following from an earlier slip, wrong or unreadable; the rest is blank)</span></caption>"
            "<tr><th>answer</th><th>right</th><th>follows</th><th>wrong</th><th>blank</th><th></th></tr>\n";
    for (const ClassReport::Blank& blank : part.blanks) {
      const std::size_t wrong = blank.counts[2] + blank.counts[4];
      body += "<tr><th scope=\"row\">" + html_text(to_string(blank.name, part.several)) + "</th>" + cell(std::to_string(blank.counts[0]), "number") +
              cell(std::to_string(blank.counts[1]), "number") + cell(std::to_string(wrong), "number") + cell(std::to_string(blank.counts[3]), "number") +
              cell(bar({{"correct", blank.counts[0]}, {"follows", blank.counts[1]}, {"wrong", wrong}}, part.sheets,
                       fmt::format("{} right, {} following, {} wrong, {} blank", blank.counts[0], blank.counts[1], wrong, blank.counts[3]))) +
              "</tr>\n";
    }
    body += "</table>\n";
  }
  body += remarks("Answers that fit somebody else's numbers", report.strangers(), "these answers fit ", "'s numbers");
  body += remarks(fmt::format("Graded by other numbers than the sheets' own ({}): another secret, roster, lesson or variant?", report.doubtful_count()), report.doubtful(), "", "");
  body += remarks(fmt::format("Handed in more than once ({})", report.repeated_count()), report.repeated(), "", "");
  body += remarks(fmt::format("Not graded ({})", report.unreadable_count()), report.unreadable(), "", "");
  if (const std::string absent = absent_students(report); !absent.empty()) body += "<p>" + html_text(absent) + "</p>\n";
  return html_page("Class report", "svg .rest { fill: var(--line); opacity: .35; } svg .correct { fill: var(--good); } svg .follows { fill: var(--follows); } svg .wrong { fill: var(--bad); }\n", body);
}

}  // namespace gradtrace
