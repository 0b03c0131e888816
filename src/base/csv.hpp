// CSV as spreadsheet programs write it, one record at a time, and cells that are safe to open in one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// The text without its byte order marks; UTF-16 with one becomes UTF-8.
std::string to_utf8(std::string_view bytes);

/// Without blanks, tabs and line breaks around it.
std::string_view trimmed(std::string_view text);
std::string lower_case(std::string text);  ///< of ASCII: names that differ in case alone are one to spreadsheets and some file systems

/// What a header's columns are parted by: a comma, a semicolon or a tab, whichever there is most of.
char csv_separator(std::string_view header);

/// Far beyond the columns of any table; more would take memory without end.
inline constexpr std::size_t most_csv_cells = 10'000;

/// The cells of one line; nothing where its quotes are not balanced, or it has more than that many.
std::optional<std::vector<std::string>> csv_cells(std::string_view line, char separator);

/// What a file's first line ends in: LF, CRLF or, in those of old Macs, CR. Programs and people mix them.
std::string_view csv_line_end(std::string_view text);

/// Of a record's cells the first with text that is beyond the columns its table has: perhaps two rows stand in one line.
std::optional<std::size_t> beyond_columns(const std::vector<std::string>& cells, std::size_t columns);
inline constexpr std::string_view goes_beyond_columns = "the row goes on beyond the columns that the first line names; perhaps two rows stand in one line";

/// Where a cell stands. Of one that its record is too short for: the record's end.
struct CsvPlace {
  std::size_t line = 0, column = 0;  ///< of the file, from 1, the column in code points
  std::size_t line_begin = 0;        ///< in bytes of the text, as are begin and end
  std::size_t begin = 0, end = 0;    ///< of the cell, with its quotes
  std::size_t missing = 0;           ///< separators that the record lacks in front of it
};

/// The records of a table: each line ends in LF, CRLF or CR; a cell in quotes may hold line breaks; a first
/// line sep=; says what parts the columns; lines without any text are passed over. Takes time linear in the text.
class CsvReader {
 public:
  /// A quote that is not closed after so many lines is a slip, and takes no more of the file with it than its own line.
  static constexpr std::size_t most_lines = 50;

  /// The text must outlive the reader.
  explicit CsvReader(std::string_view text);

  /// Goes on to the next record; false at the end.
  bool next();
  /// Nothing where they cannot be read: the record is then one line, and the next begins after it.
  std::optional<std::vector<std::string>>& cells() { return cells_; }
  /// Why a record has no cells.
  std::string why_unreadable() const;
  char separator() const { return separator_; }  ///< known from the first record on
  CsvPlace place(std::size_t index) const;
  /// The line of the file that a place is in.
  std::string_view line_at(const CsvPlace& place) const;

 private:
  std::string_view take_line();
  std::optional<std::string_view> whole_record(std::string_view first);

  std::string_view text_, record_;
  char separator_ = ',';
  bool have_separator_ = false;
  std::size_t at_ = 0, lines_ = 0, number_ = 0, columns_ = 0;
  std::optional<std::vector<std::string>> cells_;
};

/// A cell, in quotes where it needs them.
std::string csv_quoted(std::string_view text);

/// Somebody's text as a cell: what a spreadsheet program would take for a formula is marked as text, with a ' in front.
std::string csv_text(std::string_view text);

/// A cell that names something, that mark removed.
std::string csv_label(std::string_view cell);

}  // namespace gradtrace
