// Sorting problems and finding the lines they stand on.
#include "lesson/diagnostics.hpp"

#include <algorithm>

namespace gradtrace {

namespace {

// Nobody reads more, and a file of a million bad numbers must not fill memory with messages.
constexpr std::size_t most_listed = 200;

}  // namespace

void Diagnostics::report(Place place, std::string message) {
  if (full()) {
    ++unlisted_;
    return;
  }
  problems_.push_back({file_, place.line, place.column, place.length, std::move(message), "", 1});
}

bool Diagnostics::full() const { return problems_.size() == most_listed; }

void Diagnostics::throw_if_any() {
  if (problems_.empty()) return;
  std::stable_sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  });
  attach_source_lines();
  if (unlisted_ > 0) {
    const std::string rest = std::to_string(unlisted_) + " more problems are not listed";
    problems_.push_back({file_, 0, 0, 1, rest, "", 1});
  }
  throw InputError(std::move(problems_));
}

void Diagnostics::attach_source_lines() {
  std::size_t line = 1;
  std::size_t begin = 0;
  for (Problem& problem : problems_) {
    for (; line < problem.line && begin != std::string_view::npos; ++line) {
      begin = text_.find('\n', begin);
      if (begin != std::string_view::npos) ++begin;
    }
    if (begin == std::string_view::npos) break;
    std::string_view source = text_.substr(begin, text_.find('\n', begin) - begin);
    if (source.ends_with('\r')) source.remove_suffix(1);
    show_line(problem, source);
  }
}

}  // namespace gradtrace
