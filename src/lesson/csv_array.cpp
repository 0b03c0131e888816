// CSV through libcsv, in blocks: only one line is held at a time.
#include "lesson/csv_array.hpp"

#include "base/number.hpp"

#include <csv.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace gradtrace {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 16;
constexpr std::size_t longest_cell = std::size_t{1} << 16;

/// What is done with a file's lines. Line numbers count from 1.
struct LineHandler {
  std::function<void(std::size_t line, std::size_t cell, std::string_view text)> on_cell;
  std::function<bool(std::size_t line, std::size_t cells)> on_line;  ///< false stops
};

/// libcsv calls back from C, through which no exception may pass: they are kept until it has returned.
class Scanner {
 public:
  Scanner(char separator, const LineHandler& handler) : handler_(handler) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
  }
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner() { csv_free(&parser_); }

  /// Gives false when the handler wants no more.
  bool feed(std::string_view text) {
    const std::size_t read =
        csv_parse(&parser_, text.data(), text.size(), cell_callback, line_callback, this);
    rethrow();
    if (read != text.size()) fail("a quote stands within a cell");
    if (parser_.entry_pos > longest_cell) fail("the cell is too long for a number");
    return going_;
  }
  void finish() {
    const int status = csv_fini(&parser_, cell_callback, line_callback, this);
    rethrow();
    if (status != 0) fail("a quote is not closed");
  }

 private:
  static void cell_callback(void* text, std::size_t length, void* self) {
    static_cast<Scanner*>(self)->cell({static_cast<const char*>(text), length});
  }
  static void line_callback(int terminator, void* self) {
    static_cast<Scanner*>(self)->end_of_line(terminator);
  }

  void cell(std::string_view text) {
    after_return_ = false;
    guarded([&] { handler_.on_cell(line_, cells_, text); });
    line_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    ++cells_;
  }
  void end_of_line(int terminator) {
    // Empty lines separate nothing.
    if (cells_ > 0) guarded([&] { going_ = handler_.on_line(line_, cells_); });
    cells_ = 0;
    const bool second_half = terminator == '\n' && after_return_;  // of "\r\n"
    if (!second_half) ++line_;
    after_return_ = terminator == '\r';
  }

  template <class Action>
  void guarded(Action action) {
    if (failure_ || !going_) return;
    try {
      action();
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw ArrayFileError("line " + std::to_string(line_) + ": " + why);
  }

  const LineHandler& handler_;
  csv_parser parser_{};
  std::exception_ptr failure_;
  std::size_t line_ = 1;
  std::size_t cells_ = 0;
  bool after_return_ = false;
  bool going_ = true;
};

char separator_of(std::string_view block) {
  const std::size_t begin = std::min(block.find_first_not_of("\r\n"), block.size());
  const std::string_view line = block.substr(begin, block.find_first_of("\r\n", begin) - begin);
  for (const char separator : {'\t', ';'}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

/// @param separator  found in the first block where it is not known yet
/// @param left  how many bytes may still be read; those read are taken off
void scan(ByteSource& source, std::optional<char>& separator, const LineHandler& handler, std::uintmax_t& left) {
  std::string block(block_bytes, '\0');
  std::optional<Scanner> scanner;
  for (;;) {
    const std::size_t count = source.read(block.data(), block.size());
    std::string_view text(block.data(), count);
    if (count > left) throw ArrayFileError("the text is longer than 512 MB, the most that is read of all of a lesson's; .npy is smaller");
    left -= count;
    if (!scanner) {
      if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        throw ArrayFileError("the file is UTF-16; save it as UTF-8");
      }
      while (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
      if (!separator) separator = separator_of(text);
      scanner.emplace(*separator, handler);
    }
    if (!scanner->feed(text)) return;
    if (count < block.size()) break;
  }
  scanner->finish();
}

std::optional<double> number_in(std::string_view cell, char separator) {
  std::string text(cell);
  const bool decimal_comma = separator != ',' && text.find('.') == std::string::npos;
  if (decimal_comma && std::count(text.begin(), text.end(), ',') == 1) text[text.find(',')] = '.';
  return parse_double(text);
}

/// Numbers, and what is meant as one.
bool looks_numeric(std::string_view cell, char separator) {
  std::string lower(cell);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower == "nan" || lower == "-nan" || number_in(lower, separator).has_value();
}

std::string in_cells(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " cell" : " cells");
}

/// The cells that are no finite numbers: all are counted, the first few are told.
class BadCells {
 public:
  void add(std::string_view cell, std::size_t line, std::size_t column) {
    constexpr std::size_t longest_shown = 40;
    if (++count_ > most_told) return;
    told_ += (told_.empty() ? "line " : "; line ") + std::to_string(line) + ", cell " + std::to_string(column + 1) +
             (cell.empty() ? " is empty; expected a number" : ": \"" + std::string(cell.substr(0, longest_shown)) + "\" is no finite number");
  }
  bool any() const { return count_ > 0; }
  void throw_if_any() const {
    if (any()) throw ArrayFileError(told_ + (count_ > most_told ? "; and " + std::to_string(count_ - most_told) + " more" : ""));
  }

 private:
  static constexpr std::size_t most_told = 10;
  std::string told_;
  std::size_t count_ = 0;
};

}  // namespace

CsvLayout read_csv_layout(ByteSource& source, std::uintmax_t& left) {
  CsvLayout layout;
  std::optional<char> separator;
  bool numeric = false;
  std::size_t lines = 0;
  LineHandler handler;
  handler.on_cell = [&](std::size_t, std::size_t, std::string_view text) {
    if (lines == 0 && looks_numeric(text, *separator)) numeric = true;
  };
  handler.on_line = [&](std::size_t line, std::size_t cells) {
    if (lines++ == 0) layout.columns = cells;
    if (cells == layout.columns) return true;
    throw ArrayFileError("line " + std::to_string(line) + " has " + in_cells(cells) +
                         ", but the first has " + std::to_string(layout.columns));
  };
  scan(source, separator, handler, left);
  layout.separator = *separator;
  layout.header = lines > 0 && !numeric;
  layout.rows = layout.header ? lines - 1 : lines;
  if (layout.rows == 0)
    throw ArrayFileError(layout.header ? "the file holds no numbers" : "the file is empty");
  return layout;
}

void read_csv_rows(ByteSource& source, const CsvLayout& layout, RowRange range,
                   const RowSink& sink) {
  std::size_t row = 0;
  std::size_t taken = 0;
  bool in_header = layout.header;
  std::vector<double> numbers;
  BadCells bad;
  const auto wanted = [&] { return !in_header && row >= range.skip && taken < range.take; };
  LineHandler handler;
  handler.on_cell = [&](std::size_t line, std::size_t cell, std::string_view text) {
    if (!wanted()) return;
    const auto number = number_in(text, layout.separator);
    const bool good = number && std::isfinite(*number);
    if (!good) bad.add(text, line, cell);
    numbers.push_back(good ? *number : 0);
  };
  handler.on_line = [&](std::size_t, std::size_t) {
    bool go_on = true;
    if (wanted()) {
      if (numbers.size() != layout.columns)
        throw ArrayFileError("the file changes while it is read");
      if (!bad.any()) go_on = sink(row, numbers);
      ++taken;
    }
    numbers.clear();
    if (!in_header) ++row;
    in_header = false;
    return go_on && taken < range.take;
  };
  std::optional<char> separator = layout.separator;
  std::uintmax_t left = most_text;
  scan(source, separator, handler, left);
  bad.throw_if_any();
}

}  // namespace gradtrace
