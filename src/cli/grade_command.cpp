// `gradtrace grade SHEET…`: sheets, folders of them, or names on standard input.
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number.hpp"
#include "base/output.hpp"
#include "base/utf8.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/in_order.hpp"
#include "cli/limits.hpp"
#include "cli/progress.hpp"
#include "cli/read_line.hpp"
#include "golden/table.hpp"
#include "homework/class_report.hpp"
#include "homework/course.hpp"
#include "homework/roster.hpp"
#include "lesson/load.hpp"
#include "render/grade_files.hpp"
#include "render/grade_text.hpp"
#include "render/sheet.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

enum class GradeFormat { text, json, ndjson };

constexpr std::uintmax_t much = 1 << 20;  // of a file: a title, empty lines or all the answers may come before what tells it

/// The names of the sheets, one after another: operands, what is in folders among them, or lines of standard input.
class Sheets {
 public:
  explicit Sheets(const Arguments& arguments) {
    const std::vector<std::string>& operands = arguments.operands();
    if (operands.empty() || operands == std::vector<std::string>{"-"}) {
      from_input_ = true;
      if (isatty(STDIN_FILENO)) throw UsageError("SHEET is missing: gradtrace grade SHEET..., a folder of sheets, or their names on standard input");
      return;
    }
    if (std::ranges::find(operands, "-") != operands.end()) throw UsageError("- stands for names on standard input, and for all of them: name the sheets here or there (a sheet called - is ./-)");
    std::set<fs::path> seen;  // a sheet that is named twice is no second sheet
    const auto is_new = [&](const fs::path& file) {
      std::error_code none;
      return seen.insert(fs::absolute(file, none).lexically_normal()).second;
    };
    for (const std::string& operand : operands) {
      std::error_code error;
      if (!fs::is_directory(operand, error)) {
        if (is_new(operand)) names_.push_back(operand);
        continue;
      }
      std::vector<fs::path> files;
      for (const fs::directory_entry& entry : fs::directory_iterator(operand, error)) {
        if (std::error_code none; !entry.path().filename().string().starts_with('.') && !entry.is_directory(none)) files.push_back(entry.path());
      }
      if (error) throw InputError(operand, system_message(error.value()));
      std::ranges::sort(files);
      std::erase_if(files, [&](const fs::path& file) { return is_no_sheet(file, arguments); });
      if (files.empty()) throw InputError(operand, "holds no sheet");
      for (const fs::path& file : files) {
        if (is_new(file)) names_.push_back(file.string());
      }
      folder_ = true;
    }
  }

  /// Whether more than one may come.
  bool many() const { return from_input_ || folder_ || names_.size() > 1; }
  std::size_t count() const { return names_.size(); }  ///< 0 where they come from standard input

  /// All at once, where they have to be looked through first; in memory, then.
  const std::vector<std::string>& all() {
    for (std::string name; from_input_ && next_of_input(name);) names_.push_back(name);
    folder_ = folder_ || from_input_;
    from_input_ = false;
    return names_;
  }

  bool next(std::string& name) {
    if (from_input_) return next_of_input(name);
    if (at_ == names_.size()) return false;
    name = names_[at_++];
    return true;
  }

 private:
  static bool next_of_input(std::string& name) {
    while (read_line(std::cin, name)) {
      if (name.find('\0') != std::string::npos) throw InputError("standard input", "holds names parted by NUL bytes; a name a line is expected");
      if (name.ends_with('\r')) name.pop_back();
      if (!name.empty()) return true;
    }
    return false;
  }

  /// Feedback, reports, marks and lessons, which a folder may hold beside the sheets, and what the command line names.
  static bool is_no_sheet(const fs::path& file, const Arguments& arguments) {
    static const std::set<std::string> endings{".html", ".md", ".toml", ".xml"};
    if (endings.contains(lower_case(file.extension().string()))) return true;
    std::error_code none;
    for (const char* option : {"roster", "secret-file", "golden"}) {
      if (const auto named = arguments.text(option); named && fs::equivalent(file, *named, none)) return true;
    }
    if (const std::string beginning = beginning_of(file, much); !is_result(beginning) || is_table_handed_in(beginning)) return false;
    if (!arguments.common().quiet) std::cerr << printable(file.string()) << " is a result of grading and is passed over\n";
    return true;
  }

  std::vector<std::string> names_;
  std::size_t at_ = 0;
  bool from_input_ = false, folder_ = false;
};

/// The files beside the main output: each appears under its name only when all sheets are graded.
class SideOutputs {
 public:
  SideOutputs(const Arguments& arguments, bool many, GradeView view) : view_(view), in_class_(arguments.has("roster")) {
    view_.render.width = 80;
    view_.render.color = false;
    refuse_handed_in(arguments);
    open(gradebook_, arguments, "gradebook");
    open(gradescope_, arguments, "gradescope");
    open(junit_, arguments, "junit");
    open(report_, arguments, "report");
    if (gradescope_ && many) throw UsageError("--gradescope writes the result of one sheet, as its autograder runs one at a time");
    if (const auto folder = arguments.text("feedback")) {
      feedback_.emplace(*folder);
      feedback_folder_ = *folder;
    }
    if (junit_) junit_->write(junit_begin());
  }

  void add(const SheetGrade& sheet) {
    if (gradebook_) {
      const bool is_stranger = sheet.of_another_lesson || (in_class_ && !sheet.entry && !sheet.shape);  // no marks, and no line to put them in
      const std::string row = is_stranger ? "" : gradebook_row(sheet);
      if (!assignment_ && !sheet.title.empty() && !is_stranger) {
        gradebook_->write(gradebook_header(sheet.title) + untitled_);
        assignment_ = true;
      }
      if (assignment_) {
        gradebook_->write(row);
      } else {
        untitled_ += row;
      }
    }
    if (gradescope_) gradescope_->write(gradescope_json(sheet, view_.show_answers));
    if (junit_) junit_->write(junit_suite(sheet, view_.show_answers));
    if (feedback_) {
      const std::string student = safe_file_name(sheet.student);
      std::string name = student;
      for (std::size_t& last = last_number_[lower_case(student)]; !written_.insert(lower_case(name)).second;) name = student + "-" + std::to_string(last = std::max<std::size_t>(2, last + 1));
      write_feedback(name + ".md", grade_markdown(sheet, view_));
      write_feedback(name + ".html", grade_html(sheet, view_));
    }
  }

  /// With the main output: all or none.
  void finish(const ClassReport& report, Output& out) {
    if (junit_) junit_->write(junit_end());
    if (report_) report_->write(class_html(report));
    std::vector<Output*> set{&out};
    for (auto* output : {&gradescope_, &junit_}) {  // what went wrong is for those who called the program
      if (*output) set.push_back(&**output);
    }
    std::vector<OutputFolder*> folders;
    if (report.graded() > 0 && !kept_.empty()) throw InputError(kept_);
    if (report.graded() > 0) {  // what has no mark at all takes the place of no marks
      for (auto* output : {&gradebook_, &report_}) {
        if (*output) set.push_back(&**output);
      }
      if (feedback_) folders.push_back(&*feedback_);
    }
    OutputFolder::keep_together(folders, std::move(set));
  }

 private:
  static void open(std::optional<Output>& output, const Arguments& arguments, const char* option) {
    if (const auto file = arguments.text(option)) output.emplace(*file);
  }

  /// A slip such as `--gradebook *.csv` must not cost the first of the sheets. Asked before any is opened.
  static void refuse_handed_in(const Arguments& arguments) {
    std::vector<Problem> problems;
    for (const char* option : {"output", "gradebook", "gradescope", "junit", "report"}) {
      const auto file = arguments.text(option);
      if (!file || !Output::would_replace(*file)) continue;
      const std::string beginning = beginning_of(*file, much);
      if (is_result(beginning) || !(looks_handed_in(beginning) || is_sheet_page(beginning))) continue;
      problems.push_back({*file, 0, 0, 1, "is a sheet, or was handed in for one, and is not replaced by results; name another file", "", 1});
    }
    if (!problems.empty()) throw InputError(std::move(problems));
  }

  /// Where all of it may be written: pages that are no feedback may be the sheets themselves, as they were dealt.
  void write_feedback(const std::string& name, const std::string& page) {
    constexpr std::size_t most_kept = 10;
    const fs::path file = fs::path(feedback_folder_) / name;
    if (kept_.size() < most_kept && Output::would_replace(file) && !is_feedback(beginning_of(file, much))) {
      kept_.push_back({file.string(), 0, 0, 1, "is no feedback, and is not replaced by it; move it away, or choose another folder", "", 1});
    }
    if (kept_.empty()) feedback_->write(name, page);
  }

  GradeView view_;
  std::vector<Problem> kept_;
  std::string feedback_folder_;
  std::optional<Output> gradebook_, gradescope_, junit_, report_;
  std::optional<OutputFolder> feedback_;
  std::set<std::string> written_;
  std::map<std::string, std::size_t> last_number_;  // of the names that would be the same
  bool assignment_ = false, in_class_;  ///< in_class_: with a roster
  std::string untitled_;  ///< lines of sheets that do not tell of which assignment the gradebook is
};

/// What most sheets are of: one stray sheet of another lesson must not cost the class its marks.
std::string lesson_of_most(Course& course, const std::vector<std::string>& sheets) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& sheet : sheets) {
    if (const auto lesson = course.lesson_of(sheet)) ++counts[*lesson];
  }
  std::string most;
  for (const auto& [lesson, count] : counts) {
    if (most.empty() || count > counts[most]) most = lesson;
  }
  for (const auto& [lesson, count] : counts) {
    if (lesson == most || count < counts[most]) continue;
    throw UsageError(fmt::format("--gradebook writes the marks of one assignment, but there are sheets of {} ({}) and of {} ({}): grade those of one lesson at a time", most, count, lesson, count));
  }
  return most;
}

/// What a teacher should know of a gradebook whose text nobody sees.
void note_what_the_gradebook_hides(const ClassReport& report) {
  const auto note = [](std::size_t count, const char* what, const std::vector<ClassReport::Remark>& sheets) {
    if (count == 0) return;
    std::cerr << fmt::format("gradtrace: note: {} sheet{} {}: {}{}\n", count, count == 1 ? "" : "s", what, neutralised(sheets.front().file, " "), count == 1 ? "" : ", …");
  };
  note(report.repeated_count(), "of students who handed in another before, each with a row in the gradebook", report.repeated());
  note(report.unreadable_count(), "not graded, without marks in the gradebook", report.unreadable());
}

/// Less than any share where none is asked.
double percent_of(const Arguments& arguments) {
  const auto text = arguments.text("fail-under");
  if (!text) return -1;
  const auto percent = parse_double(*text);
  if (!percent || *percent < 0 || *percent > 100) throw UsageError("--fail-under takes a percentage from 0 to 100, such as 50, not \"" + *text + "\"");
  return *percent;
}

}  // namespace

int grade_command(const std::vector<std::string>& words) {
  Arguments arguments("grade [OPTIONS] [SHEET...]",
                      "Grades filled-in sheets, or all in a folder, or those named on standard input. A sheet names its\n"
                      "lesson. Every answer is right, or follows from the student's own numbers before it (full marks), or is\n"
                      "wrong with the idea that was missed.",
                      "SHEET");
  arguments.value("lesson", "LESSON", "the lesson of every sheet, whatever it says")
      .value("golden", "FILE", "grade against this table alone, without a lesson")
      .value("roster", "FILE", "the class: personal variants, names and addresses")
      .value("secret-file", "FILE", "what the variants were dealt from")
      .value("format", "FORMAT", "text, json or ndjson (text)")
      .value("feedback", "DIR", "for each student a page, as Markdown and as HTML")
      .value("report", "FILE", "what the class did not understand, as a web page")
      .value("gradebook", "FILE", "a CSV to import into Canvas or Moodle")
      .value("gradescope", "FILE", "Gradescope's results.json, of one sheet")
      .value("junit", "FILE", "a JUnit XML")
      .value("fail-under", "PERCENT", "end with 1 where a sheet has less")
      .flag("show-answers", "with the right numbers")
      .value("jobs", "N", "so many at a time (as many as there are cores)")
      .flag("all", "every missed answer listed")
      .flag("ascii", "plain ASCII")
      .value("width", "COLUMNS", "width of the text (the terminal's, else 80)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const auto format = static_cast<GradeFormat>(arguments.choice("format", {"text", "json", "ndjson"}).value_or(0));
  const double fail_under = percent_of(arguments);
  const std::size_t jobs = arguments.whole("jobs", 1, 1024).value_or(std::max(1u, std::thread::hardware_concurrency()));
  if (arguments.has("roster") != arguments.has("secret-file")) throw UsageError("--roster and --secret-file belong together: variants are dealt from both");
  if (arguments.has("golden") && (arguments.has("lesson") || arguments.has("roster"))) throw UsageError("--golden grades against a table alone: --lesson and --roster do not go with it");
  Sheets sheets(arguments);

  std::optional<StoredTable> table;
  if (const auto file = arguments.text("golden")) table = load_table(*file);
  std::optional<Lesson> fixed;
  if (const auto name = arguments.text("lesson")) {
    fixed = load_lessons({*name}, arguments).front();
    verify_size(*fixed, Work::sheet);
  }
  Course course([&](const std::string& name) {
    Lesson lesson = load_lesson(find_lesson_by_name(name), file_access(arguments));
    verify_size(lesson, Work::sheet);
    return lesson;
  }, std::move(fixed));
  if (const auto roster = arguments.text("roster")) {
    std::vector<RosterEntry> students = load_roster(*roster);
    Secret::refuse_used(*arguments.text("secret-file"));
    course.enroll(std::move(students), Secret::load(*arguments.text("secret-file")));
  }

  if (arguments.has("gradebook") && sheets.many() && !table && !arguments.has("lesson")) course.grade_only(lesson_of_most(course, sheets.all()));

  Output out(arguments.common().output);
  out.go_on_without_reader();
  GradeView view;
  view.render.width = rendering_width(arguments, out.is_terminal());
  view.render.ascii = arguments.has("ascii");
  view.render.all = arguments.has("all");
  view.show_answers = arguments.has("show-answers");
  SideOutputs side(arguments, sheets.many(), view);
  const bool quiet = arguments.common().quiet, many = sheets.many();
  ClassReport report;
  bool enough = true, first = true;
  Progress progress(sheets.count(), !quiet);
  if (format == GradeFormat::json && many && !quiet) out.write("[");
  in_order<std::string, SheetGrade>(
      sheets.count() > 0 ? std::min(jobs, sheets.count()) : jobs, [&](std::string& name) { return sheets.next(name); },
      [&](const std::string& name) { return table ? grade_against_table(name, *table) : course.grade(name); },
      [&](const SheetGrade& sheet) {
        progress.advance(1);
        report.add(sheet);
        side.add(sheet);
        const double share = sheet.grade.max_score > 0 ? 100 * sheet.grade.score / sheet.grade.max_score : 0;
        constexpr double rounding = 1e-9;  // of marks such as 0.1 that add up
        enough = enough && share >= fail_under - rounding;
        if (!many && !sheet.shape) {
          for (const Problem& problem : sheet.problems) std::cerr << to_string(problem);
          if (format == GradeFormat::text) return;
        }
        if (quiet) return;
        switch (format) {
          case GradeFormat::text: out.write(many ? grade_line(sheet, view) : grade_text(sheet, view)); break;
          case GradeFormat::json: out.write((first ? (many ? "\n" : "") : ",\n") + grade_json(sheet, view.show_answers)); break;
          case GradeFormat::ndjson: out.write(grade_json(sheet, view.show_answers) + "\n"); break;
        }
        first = false;
      });
  progress.clear();
  if (report.sheets() == 0) throw UsageError("there was no sheet to grade");
  if (many) report.note_absent(course.roster());
  if (!quiet && format == GradeFormat::json) out.write(many ? "\n]\n" : "\n");
  if (!quiet && format == GradeFormat::text && many) out.write(class_text(report, view));
  if ((quiet || format != GradeFormat::text) && many && arguments.has("gradebook")) note_what_the_gradebook_hides(report);
  side.finish(report, out);
  // Where nothing could be graded that is bad input, not a bad mark.
  if (report.graded() == 0) {
    if (many) std::cerr << fmt::format("gradtrace: error: none of {} sheet{} could be graded; the output says why of each\n", report.sheets(), report.sheets() == 1 ? "" : "s");
    return status_stopped;
  }
  return !enough ? status_disagree : status_agree;
}

}  // namespace gradtrace
