// What a student wrote into one cell, read as a number: plain, with a decimal comma, as an expression, or as what a
// spreadsheet program has made of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gradtrace {

struct ReadAnswer {
  bool blank = false;
  std::optional<double> value;  ///< nothing where blank or unreadable
  std::string problem;          ///< why it cannot be read, for the student; "" where it can
};

/// Reads `text`: `0.277`, `-2.5e-3`, `−0.5` (U+2212), `1/3`, `2*(0.75-0.01)`, `=1/3`, `50%`; with `decimal_comma`, or where
/// nothing else is possible, `0,277`: `1,483` may be a thousand and more, and is not read without `decimal_comma`.
ReadAnswer read_answer(std::string_view text, bool decimal_comma);

/// The value of an expression of numbers, + - * / ^ and parentheses; nothing where it is none.
/// Nesting and length are limited, so that no text takes long.
std::optional<double> evaluate_expression(std::string_view text);

}  // namespace gradtrace
