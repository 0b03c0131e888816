// UTF-8 one code point at a time, for columns, carets and text from strangers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gradtrace {

/// The code point a text begins with. Bytes that are no UTF-8 come one by one, not `valid`.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = true;
};

/// `text` must not be empty. Overlong forms, surrogates and values past U+10FFFF are not valid.
CodePoint first_code_point(std::string_view text);

/// How many code points (or stray bytes) `text` has.
std::size_t count_code_points(std::string_view text);

/// How many columns of a terminal `text` takes: letters of East Asia and pictures two each, accents written apart none.
std::size_t count_columns(std::string_view text);

/// Whether printing it does something else than showing it: control characters (line breaks too), and
/// what turns the reading order around.
bool steers_a_terminal(char32_t code_point);

/// `text` with such code points and stray bytes replaced.
std::string neutralised(std::string_view text, std::string_view replacement);

}  // namespace gradtrace
