// How problems are worded: one line each, then the line of the file and a caret.
#include "base/error.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace gradtrace {

namespace {

constexpr std::size_t widest_line = 120;  // what a wide terminal shows without wrapping
constexpr std::size_t context_in_front = 80;
constexpr std::size_t number_width = 6;

/// What the terminal shows for each code point of `text`.
std::vector<std::string> cells_of(std::string_view text) {
  std::vector<std::string> cells;
  while (!text.empty()) {
    const std::size_t bytes = first_code_point(text).bytes;
    cells.push_back(neutralised(text.substr(0, bytes), " "));
    text.remove_prefix(bytes);
  }
  return cells;
}

/// The line of the file and, below, a caret under its column.
std::string excerpt(const Problem& problem) {
  const std::vector<std::string> cells = cells_of(problem.source_line);
  // One past the end is where something is missing.
  const std::size_t at = std::min(problem.column - problem.source_start, cells.size());
  const bool fits = cells.size() <= widest_line;
  const std::size_t begin = fits || at < context_in_front ? 0 : at - context_in_front;
  const std::size_t end = std::min(cells.size(), begin + widest_line);

  const auto text = [&](std::size_t from, std::size_t to) {
    std::string all;
    for (std::size_t i = from; i < std::min(to, end); ++i) all += cells[i];
    return all;
  };
  const std::string before = (begin > 0 || problem.source_start > 1 ? "…" : "") + text(begin, at);
  const std::string shown = before + text(at, end) + (end < cells.size() ? "…" : "");
  const std::size_t underlined = std::max<std::size_t>(1, count_columns(text(at, at + std::min(problem.length, end))));

  std::string number = std::to_string(problem.line);
  number.insert(0, number_width - std::min(number_width, number.size()), ' ');
  return number + " | " + shown + '\n' + std::string(number.size(), ' ') + " | " +
         std::string(count_columns(before), ' ') + '^' + std::string(underlined - 1, '~') + '\n';
}

std::string to_string(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += to_string(problem);
  if (!text.empty()) text.pop_back();  // what() ends without a newline, as usual
  return text;
}

void drop_code_points(std::string_view& text, std::size_t count) {
  for (; count > 0 && !text.empty(); --count) text.remove_prefix(first_code_point(text).bytes);
}

std::vector<Problem> with_short_messages(std::vector<Problem> problems) {
  for (Problem& problem : problems) problem.message = shortened(problem.message);
  return problems;
}

}  // namespace

std::string printable(std::string_view file) { return neutralised(file, "?"); }

void show_line(Problem& problem, std::string_view line) {
  constexpr std::size_t context = 200;  // no terminal shows more on either side
  problem.source_start = problem.column > context ? problem.column - context : 1;
  drop_code_points(line, problem.source_start - 1);
  std::string_view rest = line;
  drop_code_points(rest, 2 * context);
  problem.source_line = line.substr(0, line.size() - rest.size());
}

std::string shortened(const std::string& message) {
  constexpr std::size_t longest = 2000;
  if (message.size() <= longest) return message;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;  // within a character
  return message.substr(0, end) + "…";
}

std::string to_string(const Problem& problem) {
  std::string text = printable(problem.file);
  if (problem.line > 0) text += ':' + std::to_string(problem.line);
  if (problem.line > 0 && problem.column > 0) text += ':' + std::to_string(problem.column);
  text += ": error: " + neutralised(shortened(problem.message), "?") + '\n';
  const bool located =
      problem.line > 0 && problem.source_start > 0 && problem.column >= problem.source_start;
  if (located && !problem.source_line.empty()) text += excerpt(problem);
  return text;
}

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(to_string(problems)), problems_(with_short_messages(std::move(problems))) {}

InputError::InputError(const std::string& file, const std::string& message)
    : InputError(std::vector<Problem>{Problem{file, 0, 0, 1, message, "", 1}}) {}

}  // namespace gradtrace
