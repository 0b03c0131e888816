// Counting a class.
#include "homework/class_report.hpp"

#include <algorithm>
#include <functional>
#include <set>

namespace gradtrace {

void ClassReport::add(const SheetGrade& sheet) {
  ++sheets_;
  if (sheet.entry) present_.insert(sheet.entry);
  if (!sheet.shape) {
    if (unreadable_.size() < most_listed) {
      unreadable_.push_back({sheet.file, sheet.student, sheet.problems.empty() ? "could not be graded" : sheet.problems.front().message});
    }
    return;
  }
  ++graded_;
  const double share = sheet.grade.max_score > 0 ? sheet.grade.score / sheet.grade.max_score : 0;
  sum_of_shares_ += share;
  ++tenths_[std::min<std::size_t>(9, static_cast<std::size_t>(share * 10))];
  if (!students_.insert(std::hash<std::string>{}(sheet.lesson + '\n' + sheet.student)).second) {
    ++repeated_count_;
    if (repeated_.size() < most_listed) repeated_.push_back({sheet.file, sheet.student, "another sheet of " + sheet.student});
  }
  if (!sheet.doubt.empty()) {
    ++doubtful_count_;
    if (doubtful_.size() < most_listed) doubtful_.push_back({sheet.file, sheet.student, sheet.doubt});
  }
  if (!sheet.fits.empty()) {  // says nothing of what its student understood
    if (strangers_.size() < most_listed) strangers_.push_back({sheet.file, sheet.student, sheet.fits});
    return;
  }

  LessonPart& part = lessons_[sheet.lesson];
  if (part.sheets == 0) {
    part.title = sheet.title;
    part.several = sheet.shape->several_examples;
    part.max_score = sheet.grade.max_score;
    for (const Answer& answer : sheet.grade.answers) part.blanks.push_back({answer.name, {}, {}});
  }
  ++part.sheets;
  std::set<Mistake> here;
  for (std::size_t i = 0; i < std::min(part.blanks.size(), sheet.grade.answers.size()); ++i) {
    const Answer& answer = sheet.grade.answers[i];
    Blank& blank = part.blanks[i];
    ++blank.counts[static_cast<std::size_t>(answer.verdict)];
    if (answer.diagnoses.empty()) continue;
    for (const Mistake mistake : answer.diagnoses.front().mistakes) {
      ++blank.mistakes[mistake];
      ++part.ideas[mistake].answers;
      here.insert(mistake);
    }
  }
  for (const Mistake mistake : here) ++part.ideas[mistake].sheets;
}

void ClassReport::note_absent(const std::vector<RosterEntry>& roster) {
  for (const RosterEntry& entry : roster) {
    if (!present_.contains(&entry)) absent_.push_back(entry.student);
  }
}

}  // namespace gradtrace
