// Schemes side by side, drawn.
#include "render/method_text.hpp"

#include "base/number.hpp"
#include "render/csv.hpp"
#include "render/json.hpp"
#include "render/notation.hpp"
#include "render/story.hpp"
#include "render/table.hpp"
#include "render/verdict_line.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gradtrace {
std::string method_text(const Lesson& lesson, const std::vector<MethodScore>& scores, const RenderOptions& options) {
  TextTable table{{{"method", Align::left}, {"agree", Align::right}, {"disagree", Align::right}, {"inconclusive", Align::right}, {"kink", Align::right},
                   {"median error", Align::right}, {"worst", Align::right}, {"at", Align::left}, {"in bound", Align::right}}, {}};
  bool good = true;
  for (const MethodScore& score : scores) {
    const auto count = [&](Verdict verdict) {
      const std::size_t number = score.summary.count(verdict);
      return number == 0 ? std::string("·") : std::to_string(number);
    };
    good = good && score.summary.agrees();
    const bool measured = score.measured > 0 && score.method != Method::reference;
    table.rows.push_back({std::string(info(score.method).name), count(Verdict::agree), count(Verdict::disagree), count(Verdict::inconclusive),
                          count(Verdict::kink), measured ? rough(score.median_error) : "·", measured ? rough(score.worst_error) : "·",
                          measured && score.worst && score.worst_error > 0 ? to_string(*score.worst, lesson.several_examples()) : "",
                          measured ? fmt::format("{}/{}", score.inside_bound, score.measured) : "·"});
  }
  for (const std::size_t column : {4u, 3u, 2u}) {  // those that say nothing
    const bool silent = std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column] == "·"; });
    if (!silent) continue;
    table.columns.erase(table.columns.begin() + column);
    for (auto& row : table.rows) row.erase(row.begin() + column);
  }
  std::string text = in(options.ascii, render_table(table, 2)) + "\n";
  text += wrap(in(options.ascii, "errors are relative, against 50-digit arithmetic; in bound: how often the error was within the bound the method "
                                 "stated"), static_cast<std::size_t>(options.width), 2) + "\n";
  const std::string words = good ? fmt::format("{} numbers by {} methods each; none disagrees", scores.front().summary.total(), scores.size())
                                 : "backprop disagrees with its twins";
  text += verdict_line(good ? Mark::good : Mark::bad, "gradient check", words, options);
  if (good) return text;
  for (const MethodScore& score : scores) {
    if (const auto& first = score.summary.first_failure) {
      text += wrap(in(options.ascii, fmt::format("{}: first at {}, backprop {}, {} {}", info(score.method).name, to_string(first->name, lesson.several_examples()),
                                                 significant(first->analytic, options.digits, options.ascii), info(score.method).name,
                                                 significant(first->numeric, options.digits, options.ascii))),
                   static_cast<std::size_t>(options.width), 2, 2);
    }
  }
  return text;
}

void MethodRows::begin() {
  if (csv_) {
    out_.write("method,");
    write_check_csv_header(out_);
  } else {
    out_.write("{\"format\": \"gradtrace.check.v1\", \"method\": \"all\",\n \"rows\": [");
  }
}

void MethodRows::add(const std::array<CheckTable, methods.size()>& tables) {
  const std::size_t rows = tables.front().rows.size();
  for (std::size_t i = 0; i < rows; ++i) {
    if (csv_) {
      for (const MethodInfo& method : methods) {
        out_.write(std::string(method.name) + "," + check_csv_row(tables[static_cast<std::size_t>(method.method)].rows[i]));
      }
      continue;
    }
    std::string row = check_json_row(tables[static_cast<std::size_t>(Method::central)].rows[i], several_);
    row.pop_back();  // the closing brace
    row += ", \"by\": {";
    for (const MethodInfo& method : methods) {
      const CheckRow& found = tables[static_cast<std::size_t>(method.method)].rows[i];
      row += fmt::format("{}\"{}\": {{\"numeric\": {}, \"bound\": {}, \"verdict\": \"{}\"}}", &method == methods.data() ? "" : ", ", method.name,
                         json_number(found.numeric), json_number(found.bound), name_of(found.verdict));
    }
    out_.write((first_row_ ? "\n  " : ",\n  ") + row + "}}");
    first_row_ = false;
  }
}

void MethodRows::end(const std::vector<MethodScore>& scores, bool agree) {
  if (csv_) return;
  std::string text = "],\n \"methods\": [";
  for (const MethodScore& score : scores) {
    text += fmt::format("{}\n  {{\"method\": \"{}\", \"counts\": {}, \"median_error\": {}, \"worst_error\": {}, \"inside_bound\": {}, \"measured\": {}}}",
                        &score == scores.data() ? "" : ",", info(score.method).name, counts_json(score.summary), json_number(score.median_error),
                        json_number(score.worst_error), score.inside_bound, score.measured);
  }
  text += fmt::format("],\n \"counts\": {},\n \"verdict\": \"{}\"}}\n", counts_json(scores[static_cast<std::size_t>(Method::central)].summary),
                      agree ? "agree" : "disagree");
  out_.write(text);
}

}  // namespace gradtrace
