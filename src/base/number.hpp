// Numbers as text: the shortest form that reads back, a form with so many significant digits, and
// strict reading.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gradtrace {

/// The fewest digits that read back to the same double; "inf", "-inf", "nan"; never "-0" ("0").
std::string shortest(double value);

/// Room enough for shortest() of any double: "-2.2250738585072014e-308" has 24 characters.
inline constexpr std::size_t longest_shortest = 32;

/// Writes shortest(value) where there is that much room. @returns its end.
char* write_shortest(char* to, double value);

/// Appends shortest(value).
void append_shortest(std::string& text, double value);

/// `digits` significant digits, for people: 0.2770, 1.483, −0.07620 with U+2212 (or "-" where
/// `ascii`), 6.1e-06 outside of 1e-4 … 1e+7 as 6.100e-06; 0 is "0"; exact short numbers stay short
/// where `trim` (0.5, not 0.5000).
std::string significant(double value, int digits, bool ascii = false, bool trim = false);

/// `value` to so many significant digits (one at least); itself where that is beyond a double.
double rounded(double value, std::size_t digits);

/// The number `text` is, whole and finite or infinite ("inf", "-inf"); nothing where it is not one.
/// No surrounding blanks, no locale.
std::optional<double> parse_double(std::string_view text);

/// A whole number from 0; nothing where it is not one or too large.
std::optional<std::size_t> parse_size(std::string_view text);

/// An error or a step, of which the size alone matters: "6.1e-06"; "0".
std::string rough(double value);

}  // namespace gradtrace
