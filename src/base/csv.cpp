// CSV as spreadsheet programs write it.
#include "base/csv.hpp"

#include "base/utf8.hpp"

#include <csv.h>

#include <algorithm>
#include <cctype>
#include <new>
#include <string_view>
#include <utility>

namespace gradtrace {
namespace {

void append_utf8(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Spreadsheet programs' "Unicode text": UTF-16 with a byte order mark.
std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string text;
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(big_endian ? first << 8 | second : second << 8 | first);
  };
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    char32_t code = unit(i);
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size()) {
      const char32_t low = unit(i + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(text, code);
  }
  return text;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  // Programs that write one put it in front of the one that is there.
  while (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const bool little = bytes.starts_with("\xFF\xFE");
  if (little || bytes.starts_with("\xFE\xFF")) return to_utf8(from_utf16(bytes, !little));
  return std::string(bytes);
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<std::vector<std::string>> csv_cells(std::string_view line, char separator) {
  if (std::count(line.begin(), line.end(), '"') % 2 != 0) return std::nullopt;
  if (static_cast<std::size_t>(std::count(line.begin(), line.end(), separator)) >= most_csv_cells) return std::nullopt;
  csv_parser parser;
  if (csv_init(&parser, CSV_APPEND_NULL) != 0) throw std::bad_alloc();
  csv_set_delim(&parser, static_cast<unsigned char>(separator));
  csv_set_blk_size(&parser, std::max<std::size_t>(128, line.size() / 4));  // by which a long cell grows, each time copied
  std::vector<std::string> cells;
  const auto cell = [](void* data, std::size_t size, void* into) {
    static_cast<std::vector<std::string>*>(into)->emplace_back(static_cast<const char*>(data), size);
  };
  const bool parsed = csv_parse(&parser, line.data(), line.size(), cell, nullptr, &cells) == line.size();
  csv_fini(&parser, cell, nullptr, &cells);
  csv_free(&parser);
  if (!parsed) return std::nullopt;
  return cells;
}

char csv_separator(std::string_view header) {
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best)) best = candidate;
  }
  return best;
}

namespace {

/// Follows a record as libcsv reads it: a quote opens a cell at its beginning, and closes it in front of a separator.
class CellScanner {
 public:
  explicit CellScanner(char separator) : separator_(separator) {}

  /// Takes the next character. Whether it parts two cells.
  bool parts(char c) {
    const bool blank = c == ' ' || c == '\t';
    const bool ends = c == separator_ && state_ != State::quoted;
    slipped_ = slipped_ || (state_ == State::plain && c == '"') || (state_ == State::closed && !ends && (c == '"' ? blanks_ : !blank));
    if (ends) {
      state_ = State::before;
    } else if (state_ == State::before && !blank) {
      state_ = c == '"' ? State::quoted : State::plain;
    } else if (state_ == State::quoted && c == '"') {
      state_ = State::closed;
    } else if (state_ == State::closed && c == '"') {
      if (!blanks_) state_ = State::quoted;  // two quotes are one of the text
    } else if (state_ == State::closed && !blank) {
      state_ = State::quoted;
    }
    blanks_ = state_ == State::closed && blank;
    return ends;
  }

  void take(std::string_view text) {
    for (const char c : text) parts(c);
  }
  bool in_quotes() const { return state_ == State::quoted; }
  bool slipped() const { return slipped_; }  ///< whether there was a quote that no program writes

 private:
  enum class State { before, plain, quoted, closed };
  char separator_;
  State state_ = State::before;
  bool slipped_ = false;
  bool blanks_ = false;  // since the quote that may have closed the cell
};

/// Excel's first line sep=; and the like: the separator, or nothing.
std::optional<char> said_separator(std::string_view line) {
  if (line.size() > 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  if (line.size() != 5 || lower_case(std::string(line.substr(0, 4))) != "sep=") return std::nullopt;
  const char said = line.back();
  return std::isalnum(static_cast<unsigned char>(said)) || std::string_view("\".+-").find(said) != std::string_view::npos ? std::nullopt : std::optional(said);
}

}  // namespace

namespace {

/// How many characters end a line at `at`; 0 where none does. Programs that add a CR to each LF add it to CRLF as well.
std::size_t line_end_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(std::min(at, text.size()), 3);
  for (const std::string_view end : {"\r\r\n", "\r\n", "\n", "\r"}) {
    if (rest.starts_with(end)) return end.size();
  }
  return 0;
}

std::size_t end_of_line(std::string_view text, std::size_t from) { return std::min(text.find_first_of("\r\n", from), text.size()); }

}  // namespace

std::string_view csv_line_end(std::string_view text) {
  switch (const std::size_t at = end_of_line(text, 0); line_end_at(text, at)) {
    case 0: return "\n";
    case 1: return text.substr(at, 1);
    default: return "\r\n";
  }
}

std::optional<std::size_t> beyond_columns(const std::vector<std::string>& cells, std::size_t columns) {
  for (std::size_t i = columns; i < cells.size(); ++i) {
    if (!trimmed(cells[i]).empty()) return i;
  }
  return std::nullopt;
}

CsvReader::CsvReader(std::string_view text) : text_(text) {}

/// The next line, without its end.
std::string_view CsvReader::take_line() {
  const std::size_t begin = at_, end = end_of_line(text_, begin);
  at_ = end + std::max<std::size_t>(1, line_end_at(text_, end));
  ++lines_;
  return text_.substr(begin, end - begin);
}

/// With the lines that a cell in quotes goes on in; nothing where it is not closed before what must be a record of its own.
std::optional<std::string_view> CsvReader::whole_record(std::string_view first) {
  const std::size_t begin = static_cast<std::size_t>(first.data() - text_.data());
  CellScanner scanner(separator_);
  scanner.take(first);
  // Of the lines that a slip takes in vain none but the last has an odd number of quotes, so that no other search begins there:
  // time is linear.
  for (std::size_t i = 1; scanner.in_quotes(); ++i) {
    if (i == most_lines || at_ >= text_.size() || scanner.slipped()) return std::nullopt;
    const std::string_view line = take_line();
    const auto own = columns_ < 2 ? std::nullopt : csv_cells(line, separator_);
    if (own && own->size() == columns_) return std::nullopt;
    scanner.take("\n");
    scanner.take(line);
    first = text_.substr(begin, static_cast<std::size_t>(line.data() + line.size() - text_.data()) - begin);
  }
  return scanner.slipped() ? std::nullopt : std::optional(first);
}

bool CsvReader::next() {
  while (at_ < text_.size()) {
    record_ = take_line();
    number_ = lines_;
    const auto blank = [&](char c) { return c == separator_ || std::string_view(",;\t\" \r").find(c) != std::string_view::npos; };
    if (std::ranges::all_of(record_, blank)) continue;
    if (!have_separator_) {
      have_separator_ = true;
      const auto said = said_separator(record_);
      separator_ = said.value_or(csv_separator(record_));
      if (said) continue;
    }
    const std::size_t at = at_, lines = lines_;
    cells_ = csv_cells(record_, separator_);
    if (!cells_) {
      const auto whole = whole_record(record_);
      if (whole) cells_ = csv_cells(*whole, separator_);
      if (cells_) {
        record_ = *whole;
      } else {
        at_ = at;
        lines_ = lines;
      }
    }
    if (columns_ == 0 && cells_) columns_ = cells_->size();
    return true;
  }
  return false;
}

std::string CsvReader::why_unreadable() const {
  const bool many = static_cast<std::size_t>(std::ranges::count(record_, separator_)) >= most_csv_cells;
  return many ? "this line has more than " + std::to_string(most_csv_cells) + " cells" : "the quotes of this line are not balanced";
}

CsvPlace CsvReader::place(std::size_t index) const {
  CellScanner scanner(separator_);
  std::size_t cell = 0, begin = 0, end = 0;
  for (; end < record_.size(); ++end) {
    if (!scanner.parts(record_[end])) continue;
    if (cell == index) break;
    ++cell;
    begin = end + 1;
  }
  CsvPlace place;
  if (cell < index) {
    place.missing = index - cell;
    begin = end;
  }
  std::size_t line_begin = 0;
  place.line = number_;
  for (std::size_t at = end_of_line(record_, 0); at < begin; at = end_of_line(record_, line_begin)) {
    line_begin = at + line_end_at(record_, at);
    ++place.line;
  }
  const std::size_t offset = static_cast<std::size_t>(record_.data() - text_.data());
  place.column = count_code_points(record_.substr(line_begin, begin - line_begin)) + 1;
  place.line_begin = offset + line_begin;
  place.begin = offset + begin;
  place.end = offset + end;
  return place;
}

std::string_view CsvReader::line_at(const CsvPlace& place) const {
  return text_.substr(place.line_begin, end_of_line(text_, place.line_begin) - place.line_begin);
}

std::string csv_quoted(std::string_view text) {
  if (text.find_first_of(",;\t\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

namespace {

/// Whether a cell may begin at `i`: a spreadsheet program set to another separator splits at that one, quotes or not.
bool may_begin_cell(std::string_view text, std::size_t i) { return i == 0 || std::string_view(",;\t").find(text[i - 1]) != std::string_view::npos; }

/// What a spreadsheet program may pass over at the beginning of a cell: blanks, and what Unicode calls ignorable by default
/// (DerivedCoreProperties.txt), which has no width.
bool is_passed_over(char32_t c) {
  constexpr std::pair<char32_t, char32_t> ranges[] = {
      {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},   {0x115F, 0x1160}, {0x1680, 0x1680},   {0x17B4, 0x17B5},
      {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
      {0xFFF0, 0xFFF8}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
  return std::ranges::any_of(ranges, [c](const auto& range) { return c >= range.first && c <= range.second; });
}

/// Whether a program may take a cell of this text for a formula. Some take the full-width signs for the others.
bool begins_formula(std::string_view text) {
  while (!text.empty()) {
    const CodePoint first = first_code_point(text);
    if (!is_passed_over(first.value)) return std::u32string_view(U"=+-@\t\r＝＋－＠").find(first.value) != std::u32string_view::npos;
    text.remove_prefix(first.bytes);
  }
  return false;
}

}  // namespace

std::string csv_text(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (may_begin_cell(text, i) && begins_formula(text.substr(i))) safe += '\'';
    safe += c == '\n' || c == '\r' ? ' ' : c;
  }
  return csv_quoted(safe);
}

std::string csv_label(std::string_view cell) {
  cell = trimmed(cell);
  std::string label;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    const bool mark = cell[i] == '\'' && may_begin_cell(cell, i) && begins_formula(cell.substr(i + 1));
    if (!mark) label += cell[i];
  }
  return label;
}

}  // namespace gradtrace
