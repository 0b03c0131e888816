// What is thrown when a user's input, options or system stop the work, and how it is worded.
// Only main catches; each of these ends the program with exit status 2.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// One thing that is wrong with a file. Line and column count from 1, columns in code points;
/// 0 where a file as a whole (or its absence) is the problem.
struct Problem {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;   ///< code points to underline
  std::string message;      ///< what is wrong, what was expected, what was found
  std::string source_line;  ///< shown with a caret below it; may be empty
  std::size_t source_start =
      1;  ///< the column source_line begins at: a part is enough of a huge line
};

/// A file's name as it may be shown on a terminal.
std::string printable(std::string_view file);

/// Gives the problem the line that it stands on; of a huge one what is around its column.
void show_line(Problem& problem, std::string_view line);

/// A message may hold what stood in a file: of megabytes the beginning.
std::string shortened(const std::string& message);

/// `FILE:LINE:COLUMN: error: message`, then the source line and a caret where there is one.
/// Ends in a newline. Control characters of the source line are shown as spaces, those of the rest as
/// `?`: nothing a hostile file holds reaches the terminal. A long line is cut around the column.
std::string to_string(const Problem& problem);

/// A file of the user's cannot be used. Carries every problem found, in the order of the file.
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<Problem> problems);
  InputError(const std::string& file, const std::string& message);

  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// The system has nothing left to read a file with, good as it may be: no descriptor, no memory.
class SystemError : public InputError {
 public:
  using InputError::InputError;
};

/// The command line asks for something that is not there.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The numbers of a lesson leave what a double can hold; names the layer.
class NumericError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace gradtrace
