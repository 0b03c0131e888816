// CSV as spreadsheet programs write it.
#include "base/csv.hpp"

#include "base/utf8.hpp"

#include <csv.h>

#include <algorithm>
#include <new>
#include <string_view>

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
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes, false);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes, true);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return std::string(bytes);
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::vector<std::string>> csv_cells(std::string_view line, char separator) {
  if (std::count(line.begin(), line.end(), '"') % 2 != 0) return std::nullopt;
  csv_parser parser;
  if (csv_init(&parser, CSV_APPEND_NULL) != 0) throw std::bad_alloc();
  csv_set_delim(&parser, static_cast<unsigned char>(separator));
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

std::size_t csv_column(std::string_view line, char separator, std::size_t index) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < line.size() && index > 0; ++at) {
    if (line[at] == '"') quoted = !quoted;
    if (line[at] == separator && !quoted) --index;
  }
  return count_code_points(line.substr(0, at)) + 1;
}

char csv_separator(std::string_view header) {
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best)) best = candidate;
  }
  return best;
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

/// What a spreadsheet program may pass over at the beginning of a cell: blanks and marks of no width.
bool is_passed_over(char32_t c) {
  return c == U' ' || c == U'\u00A0' || (c >= U'\u2000' && c <= U'\u200F') || c == U'\u202F' || (c >= U'\u205F' && c <= U'\u2064') || c == U'\u3000' || c == U'\uFEFF';
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
