// What a class did and did not understand: counted sheet after sheet, in memory that grows by a few bytes with each.
#pragma once

#include "homework/course.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

namespace gradtrace {

class ClassReport {
 public:
  static constexpr std::size_t most_listed = 1000;  ///< of sheets named one by one

  struct Blank {
    Name name;
    std::array<std::size_t, 5> counts{};  ///< by AnswerVerdict
    std::map<Mistake, std::size_t> mistakes;
    std::size_t missed() const { return counts[2] + counts[3] + counts[4]; }
  };
  struct Idea {
    std::size_t sheets = 0, answers = 0;
  };
  struct LessonPart {
    std::string title;
    bool several = false;
    std::size_t sheets = 0;
    double max_score = 0;
    std::vector<Blank> blanks;  ///< in the order of the derivation
    std::map<Mistake, Idea> ideas;
  };
  struct Remark {
    std::string file, student, text;
  };

  void add(const SheetGrade& sheet);
  /// After the last: who of the class has no sheet among them.
  void note_absent(const std::vector<RosterEntry>& roster);

  std::size_t sheets() const { return sheets_; }
  std::size_t graded() const { return graded_; }
  const std::map<std::string, LessonPart>& lessons() const { return lessons_; }
  /// Graded sheets by tenths of the marks: 0–10 %, …, 90–100 %.
  const std::array<std::size_t, 10>& tenths() const { return tenths_; }
  double mean_share() const { return graded_ == 0 ? 0 : sum_of_shares_ / static_cast<double>(graded_); }
  const std::vector<Remark>& unreadable() const { return unreadable_; }  ///< sheets that could not be graded, and why
  std::size_t unreadable_count() const { return sheets_ - graded_; }
  const std::vector<Remark>& strangers() const { return strangers_; }    ///< answers that fit another's variant
  const std::vector<Remark>& doubtful() const { return doubtful_; }        ///< sheets perhaps graded by other numbers than the student's: why
  std::size_t doubtful_count() const { return doubtful_count_; }
  const std::vector<Remark>& repeated() const { return repeated_; }        ///< sheets of students who handed in one of that lesson before
  std::size_t repeated_count() const { return repeated_count_; }
  const std::vector<std::string>& absent() const { return absent_; }       ///< students without a sheet

 private:
  std::size_t sheets_ = 0, graded_ = 0, doubtful_count_ = 0, repeated_count_ = 0;
  double sum_of_shares_ = 0;
  std::array<std::size_t, 10> tenths_{};
  std::map<std::string, LessonPart> lessons_;
  std::vector<Remark> unreadable_, strangers_, doubtful_, repeated_;
  std::unordered_set<std::size_t> students_;  ///< hashes of lesson and student
  std::unordered_set<const RosterEntry*> present_;
  std::vector<std::string> absent_;
};

}  // namespace gradtrace
