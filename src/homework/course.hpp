// A course: its lessons, perhaps its class with everybody's variant, and the grading of whole files.
#pragma once

#include "golden/table.hpp"
#include "homework/grade.hpp"
#include "homework/handed_in.hpp"
#include "homework/roster.hpp"
#include "homework/variant.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

/// What those who print a grade need to know of its lesson.
struct SheetShape {
  bool several_examples = false;
  std::size_t depth = 1;  ///< of the network; against a table the last layer it has
  int digits = 3;
  double points_each = 1;
  bool of_table = false;  ///< graded against a table alone
};

/// A sheet, graded as far as it could be.
struct SheetGrade {
  std::string file;
  std::string lesson;         ///< its name; "" where it could not be told
  std::string title;
  std::string student;        ///< as the sheet says, else the file's name
  const RosterEntry* entry = nullptr;
  std::optional<SheetShape> shape;  ///< nothing where the sheet could not be graded
  Grade grade;
  std::vector<Problem> problems;
  bool of_another_lesson = false;  ///< than the one that is graded: not graded for that
  std::string fits;           ///< the other student whose variant the answers fit; "" where nobody's
  std::string doubt;          ///< why it may have been graded by other numbers than the student's; "" where nothing speaks for that
};

/// Grades a file against a stored table alone: nothing is known of the rules, so an answer is right or it is not. Each
/// derived number that both hold is asked; where the sheet lacks some that is a problem of it. Never throws for what is wrong with the file.
SheetGrade grade_against_table(const std::filesystem::path& file, const StoredTable& table);

class Course {
 public:
  using FindLesson = std::function<Lesson(const std::string&)>;

  /// `find` loads a lesson by the name on a sheet; it may throw. `fixed`: the lesson of every sheet, whatever it says.
  Course(FindLesson find, std::optional<Lesson> fixed) : find_(std::move(find)) {
    if (fixed) fixed_ = std::make_unique<Known>(std::move(*fixed));
  }

  /// With everybody's variant. `lesson` must be the fixed one, or be named by the sheets.
  void enroll(std::vector<RosterEntry> roster, Secret secret);

  /// The name of the lesson that a file would be graded by; nothing where it cannot be told.
  std::optional<std::string> lesson_of(const std::filesystem::path& file);
  /// Sheets of other lessons are not graded from here on.
  void grade_only(const std::string& lesson) { only_ = lesson; }

  const std::vector<RosterEntry>& roster() const { return roster_; }

  /// Grades a file. Never throws for what is wrong with it: that is said in `problems`. Thread-safe.
  SheetGrade grade(const std::filesystem::path& file);

 private:
  /// A lesson with its grader.
  struct Known {
    explicit Known(Lesson with) : lesson(std::move(with)), grader(lesson) {}
    Lesson lesson;
    Grader grader;
  };
  struct Dealt {
    std::once_flag once;
    std::unique_ptr<Known> known;
    std::string id;
    std::string problem;
  };
  struct Class {
    std::unique_ptr<Dealer> dealer;
    std::vector<std::unique_ptr<Dealt>> dealt;  ///< by place in the roster
  };

  Known& lesson_of(const HandedIn& sheet);
  Class& class_of(const Known& known);
  void deal(const Class& course, std::size_t student, Dealt& dealt) const;
  Dealt& variant_of(Class& course, std::size_t student);
  void grade_variant(const HandedIn& sheet, const Known& known, SheetGrade& result);
  void finish(const HandedIn& sheet, const Lesson& lesson, const Grader& grader, SheetGrade& result) const;

  FindLesson find_;
  std::unique_ptr<Known> fixed_;
  std::string only_;  ///< the lesson that is graded; "" where all are
  std::vector<RosterEntry> roster_;
  std::map<std::string, std::size_t> by_student_;
  std::optional<Secret> secret_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Known>> lessons_;
  std::map<std::string, Class> classes_;
};

}  // namespace gradtrace
