// UTF-8, decoded strictly (Unicode 15, table 3-7).
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace gradtrace {

namespace {

constexpr CodePoint stray_byte{0xFFFD, 1, false};

/// From `first` to `last`, both among them.
struct Span {
  char32_t first, last;
};

// By their blocks (Unicode 15, EastAsianWidth.txt and general categories Mn, Me and Cf); what is common in names and texts.
constexpr std::array<Span, 19> zero_wide{{{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F}, {0x093C, 0x093C}, {0x094D, 0x094D},
                                          {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1ACE}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x2060, 0x2064},
                                          {0x20D0, 0x20F0}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}}};
constexpr std::array<Span, 18> double_wide{{{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x3247}, {0x3250, 0x4DBF}, {0x4E00, 0xA4CF}, {0xA960, 0xA97C}, {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6B}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6}, {0x16FE0, 0x18CFF}, {0x1B000, 0x1B2FB},
                                            {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}}};

bool is_within(char32_t c, const auto& spans) {
  const auto after = std::upper_bound(spans.begin(), spans.end(), c, [](char32_t value, const Span& span) { return value < span.first; });
  return after != spans.begin() && c <= std::prev(after)->last;
}

}  // namespace

bool steers_a_terminal(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool line_break = c == 0x2028 || c == 0x2029;
  const bool none = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);  // no character at all, and none that XML allows
  const bool direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return control || line_break || direction || none;
}

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return stray_byte;

  char32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return stray_byte;
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return stray_byte;
  return {value, bytes, true};
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).bytes);
  return count;
}

std::size_t count_columns(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const CodePoint first = first_code_point(text);
    columns += is_within(first.value, zero_wide) ? 0 : is_within(first.value, double_wide) ? 2 : 1;
    text.remove_prefix(first.bytes);
  }
  return columns;
}

std::string neutralised(std::string_view text, std::string_view replacement) {
  std::string result;
  while (!text.empty()) {
    const CodePoint first = first_code_point(text);
    if (!first.valid || steers_a_terminal(first.value)) {
      result += replacement;
    } else {
      result += text.substr(0, first.bytes);
    }
    text.remove_prefix(first.bytes);
  }
  return result;
}

}  // namespace gradtrace
