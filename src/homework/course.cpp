// Whose sheet, of which lesson, in which variant.
#include "homework/course.hpp"

#include "base/error.hpp"
#include "homework/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gradtrace {
namespace {

Problem problem_with(const std::string& file, const std::string& message) { return {file, 0, 0, 1, shortened(message), "", 1}; }

/// Fewer right answers than this, and somebody else's variant is looked for.
constexpr double suspicious = 0.5;
/// Where everybody's sheets have no more numbers than this together: some seconds' worth, and 100 MB. Dealing one takes as long
/// as some hundred numbers of it.
constexpr std::size_t most_looked_through = 2'000'000, of_one = 500;

}  // namespace

void Course::enroll(std::vector<RosterEntry> roster, Secret secret) {
  roster_ = std::move(roster);
  secret_ = std::move(secret);
  for (std::size_t i = 0; i < roster_.size(); ++i) by_student_.emplace(roster_[i].student, i);
}

Course::Known& Course::lesson_of(const HandedIn& sheet) {
  if (fixed_) return *fixed_;
  if (sheet.lesson.empty()) throw InputError(sheet.file, "names no lesson; --lesson LESSON says which");
  // What a student's sheet says is a name, never a path.
  if (sheet.lesson.find_first_of("/\\") != std::string::npos) throw InputError(sheet.file, "names a path, \"" + sheet.lesson + "\", where a lesson's name belongs; --lesson LESSON says which it is");
  const std::lock_guard lock(mutex_);
  const auto known = lessons_.find(sheet.lesson);
  if (known != lessons_.end()) return *known->second;
  return *lessons_.emplace(sheet.lesson, std::make_unique<Known>(find_(sheet.lesson))).first->second;
}

Course::Class& Course::class_of(const Known& known) {
  const std::lock_guard lock(mutex_);
  Class& course = classes_[known.lesson.name];
  if (!course.dealer) {
    course.dealer = std::make_unique<Dealer>(known.lesson, *secret_);
    for (std::size_t i = 0; i < roster_.size(); ++i) course.dealt.push_back(std::make_unique<Dealt>());
  }
  return course;
}

void Course::deal(const Class& course, std::size_t student, Dealt& dealt) const {
  try {
    Variant variant = course.dealer->deal(roster_[student].student);
    dealt.id = variant.id;
    variant.lesson.about.clear();  // once for everybody would be much
    variant.lesson.questions.clear();
    dealt.known = std::make_unique<Known>(std::move(variant.lesson));
  } catch (const InputError& error) {
    dealt.problem = error.problems().front().message;
  }
}

Course::Dealt& Course::variant_of(Class& course, std::size_t student) {
  Dealt& dealt = *course.dealt[student];
  std::call_once(dealt.once, [&] { deal(course, student, dealt); });
  return dealt;
}

void Course::finish(const HandedIn& sheet, const Lesson& lesson, const Grader& grader, SheetGrade& result) const {
  // A sheet that cannot be read throws here, and is then not graded at all.
  const std::vector<Given> given = answers_in(sheet, lesson, grader.layout(), result.problems);
  if (auto other = result.doubt.empty() ? other_given(sheet, lesson, grader) : std::nullopt) {
    result.doubt = other->message;
    other->message += ": graded by the lesson's";
    result.problems.push_back(std::move(*other));
  }
  result.shape = {lesson.several_examples(), lesson.network.depth(), grader.layout().digits(), grader.layout().points_each()};
  result.grade = grader.grade(given);
}

void Course::grade_variant(const HandedIn& sheet, const Known& known, SheetGrade& result) {
  const auto enrolled = by_student_.find(result.student);
  if (enrolled == by_student_.end()) {
    result.problems.push_back(problem_with(sheet.file, "\"" + result.student + "\" is not in the roster"));
    return;
  }
  result.entry = &roster_[enrolled->second];
  Class& course = class_of(known);
  const bool looked_through = known.grader.layout().numbers().size() + of_one <= most_looked_through / roster_.size();
  Dealt for_this_sheet;  // variants are kept where they are all compared, else they might not fit in memory
  if (!looked_through) deal(course, enrolled->second, for_this_sheet);
  const Dealt& own = looked_through ? variant_of(course, enrolled->second) : for_this_sheet;
  if (!own.known) {
    result.problems.push_back(problem_with(sheet.file, own.problem));
    return;
  }
  // Another secret, roster or lesson marks a whole class wrong. JSON has no place for a variant.
  if (sheet.json.empty() && sheet.variant != own.id) {
    const std::string said = sheet.variant.empty() ? "names no variant" : "is variant " + sheet.variant;
    result.doubt = said + "; " + own.id + " is dealt to " + result.student;
    result.problems.push_back(sheet.problem_of("variant", said + ", but the roster and the secret deal " + own.id + " to " + result.student + ": another secret, roster or lesson?"));
  }
  finish(sheet, own.known->lesson, own.known->grader, result);
  std::size_t answered = 0;
  std::vector<Given> given;
  for (const Answer& answer : result.grade.answers) {
    given.push_back(answer.given);
    answered += answer.given.value.has_value();
  }
  const auto share = [&](const Grader& grader) { return static_cast<double>(grader.matches(given)) / static_cast<double>(std::max<std::size_t>(1, answered)); };
  const double mine = share(own.known->grader);
  if (!looked_through || answered == 0 || mine >= suspicious) return;
  double best = std::max(suspicious, 2 * mine);
  for (std::size_t other = 0; other < roster_.size(); ++other) {
    if (other == enrolled->second) continue;
    const Dealt& dealt = variant_of(course, other);
    if (!dealt.known) continue;
    if (const double fit = share(dealt.known->grader); fit > best) {
      best = fit;
      result.fits = roster_[other].student;
    }
  }
  if (!result.fits.empty()) result.problems.push_back(problem_with(sheet.file, "these answers fit " + result.fits + "'s numbers"));
}

std::optional<std::string> Course::lesson_of(const std::filesystem::path& file) {
  try {
    return lesson_of(read_handed_in(file)).lesson.name;
  } catch (const SystemError&) {
    throw;
  } catch (const InputError&) {
  } catch (const UsageError&) {
  } catch (const NumericError&) {
  }
  return std::nullopt;
}

SheetGrade Course::grade(const std::filesystem::path& file) {
  SheetGrade result;
  result.file = file.string();
  result.student = file.stem().string();
  try {
    const HandedIn sheet = read_handed_in(file);
    if (!sheet.student.empty()) result.student = sheet.student;
    Known& known = lesson_of(sheet);
    result.lesson = known.lesson.name;
    result.title = known.lesson.title;
    result.of_another_lesson = !only_.empty() && known.lesson.name != only_;
    if (result.of_another_lesson) throw InputError(sheet.file, "is a sheet of " + known.lesson.name + "; most are of " + only_ + ", and so is the gradebook");
    if (secret_) {
      grade_variant(sheet, known, result);
    } else if (!sheet.variant.empty()) {
      // Somebody's variant, and nothing to check it by: the numbers the sheet itself gives.
      const Known own(lesson_on_sheet(sheet, known.lesson));
      result.problems.push_back(problem_with(sheet.file, "is variant " + sheet.variant + ", graded by the numbers on the sheet itself; --roster and --secret-file check these"));
      finish(sheet, own.lesson, own.grader, result);
    } else {
      finish(sheet, known.lesson, known.grader, result);
    }
  } catch (const SystemError&) {
    throw;  // no fault of the sheet's
  } catch (const InputError& error) {
    result.problems.insert(result.problems.end(), error.problems().begin(), error.problems().end());
  } catch (const UsageError& error) {
    result.problems.push_back(problem_with(result.file, error.what()));
  } catch (const NumericError& error) {
    result.problems.push_back(problem_with(result.file, error.what()));
  }
  return result;
}

SheetGrade grade_against_table(const std::filesystem::path& file, const StoredTable& table) {
  SheetGrade result;
  result.file = file.string();
  result.student = file.stem().string();
  result.title = "against " + table.file;
  constexpr int digits = 3;
  try {
    const HandedIn sheet = read_handed_in(file);
    if (!sheet.json.empty()) throw InputError(sheet.file, "is JSON; --golden FILE.csv grades tables: save it as CSV, or name the lesson with --lesson");
    if (!sheet.student.empty()) result.student = sheet.student;
    result.lesson = sheet.lesson;
    result.problems = sheet.cells.problems;
    std::map<Name, const CellRow*> cells;
    for (const CellRow& row : sheet.cells.rows) cells.emplace(row.name, &row);
    SheetShape shape;
    shape.digits = digits;
    shape.of_table = true;
    for (const TableRow& row : table.rows) {
      shape.several_examples = shape.several_examples || row.name.scope == Scope::of_mean() || row.name.scope == Scope::of_example(1);
      if (row.name.layer != Name::none) shape.depth = std::max(shape.depth, row.name.layer);
    }
    std::size_t missing = 0;
    for (const TableRow& row : table.rows) {
      if (is_given(row.name)) continue;
      const auto found = cells.find(row.name);
      if (found == cells.end()) {
        ++missing;
        continue;
      }
      const ReadAnswer read = read_answer(sheet.cells, *found->second);
      Answer answer;
      answer.name = row.name;
      answer.given = {!read.blank, read.value, read.problem};
      answer.expected = row.value;
      if (!read.problem.empty() && !sheet.cells.unreadable.contains(row.name)) result.problems.push_back(problem_at(sheet.cells, *found->second, read.problem));
      answer.verdict = read.blank ? AnswerVerdict::blank
                       : !read.value ? AnswerVerdict::unreadable
                       : has_digits(*read.value, row.value, digits, 0) ? AnswerVerdict::correct : AnswerVerdict::wrong;
      answer.points = answer.verdict == AnswerVerdict::correct ? shape.points_each : 0;
      result.grade.score += answer.points;
      result.grade.max_score += shape.points_each;
      result.grade.answers.push_back(std::move(answer));
    }
    if (result.grade.answers.empty()) throw InputError(sheet.file, "has no derived number in common with " + table.file);
    if (missing > 0) result.problems.push_back(problem_with(sheet.file, fmt::format("has no row for {} of the {} derived numbers of {}: {} not asked, as the sheet alone says what is", missing, missing + result.grade.answers.size(), table.file, missing == 1 ? "it was" : "they were")));
    result.shape = shape;
  } catch (const SystemError&) {
    throw;
  } catch (const InputError& error) {
    result.problems.insert(result.problems.end(), error.problems().begin(), error.problems().end());
  }
  return result;
}

}  // namespace gradtrace
