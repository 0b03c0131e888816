// Numbers as text.
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

namespace gradtrace {

namespace {

// WebAssembly's standard library has no floating-point <charconv> yet.
#ifdef __EMSCRIPTEN__
char* print(char* buffer, std::size_t size, double value) { return fmt::format_to_n(buffer, size, "{}", value).out; }

bool scan(std::string_view text, double& value) {
  const std::string copy(text);  // strtod wants its end, and takes blanks, hexadecimal digits and nan(…) besides
  if (copy.empty() || copy.find_first_not_of("0123456789+-.eEinf") != std::string::npos) return false;
  char* end = nullptr;
  value = std::strtod(copy.c_str(), &end);
  return end == copy.c_str() + copy.size();
}
#else
char* print(char* buffer, std::size_t size, double value) { return std::to_chars(buffer, buffer + size, value).ptr; }

bool scan(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}
#endif

/// What text would give, where a double's own arithmetic gives the same for certain: the digits as a whole number are not near a tie,
/// and they and the power of ten beside them are held exactly, so that one operation rounds.
std::optional<double> rounded_by_arithmetic(double value, std::size_t digits) {
  static constexpr std::array<double, 23> powers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  constexpr std::size_t most_digits = 12;
  if (value == 0 || digits == 0 || digits > most_digits) return std::nullopt;
  const double shift = static_cast<double>(digits - 1) - std::floor(std::log10(std::abs(value)));
  if (!(std::abs(shift) < powers.size())) return std::nullopt;
  const double power = powers[static_cast<std::size_t>(std::abs(shift))], all = shift < 0 ? value / power : value * power, whole = std::nearbyint(all);
  constexpr double rounding = 1e-15;  // of `all`, several times over
  const bool near_tie = 0.5 - std::abs(all - whole) <= rounding * std::abs(all);
  if (near_tie || std::abs(whole) < powers[digits - 1] || std::abs(whole) >= powers[digits]) return std::nullopt;
  return shift < 0 ? whole * power : whole / power;
}

}  // namespace

char* write_shortest(char* to, double value) {
  if (value == 0) {
    *to = '0';
    return to + 1;
  }
  char* end = print(to, longest_shortest, value);
  // to_chars pads exponents to two digits: 1e-09
  if (end - to > 4 && end[-4] == 'e' && end[-2] == '0') {
    end[-2] = end[-1];
    --end;
  }
  return end;
}

void append_shortest(std::string& text, double value) {
  char buffer[longest_shortest];
  text.append(buffer, write_shortest(buffer, value));
}

std::string shortest(double value) {
  std::string text;
  append_shortest(text, value);
  return text;
}

std::string significant(double value, int digits, bool ascii, bool trim) {
  if (value == 0) return "0";
  std::string text;
  if (!std::isfinite(value)) {
    text = std::isnan(value) ? "nan" : ascii ? "inf" : "∞";
    if (value < 0) text.insert(0, "-");
  } else {
    text = fmt::format("{:.{}e}", value, digits - 1);
    // The exponent after rounding, so that 9.9996 becomes 10.00 and not 9.9996 with a digit too many.
    const int exponent = std::stoi(text.substr(text.find('e') + 1));
    // Beyond these, zeros hide the digits.
    constexpr int smallest_exponent = -4, largest_exponent = 6;
    if (exponent >= smallest_exponent && exponent <= largest_exponent) {
      text = fmt::format("{:.{}f}", value, std::max(0, digits - 1 - exponent));
    }
    if (trim) {
      const std::string exact = shortest(value);
      if (exact.size() <= text.size()) text = exact;
    }
  }
  if (!ascii && text.front() == '-') text.replace(0, 1, "−");
  return text;
}

double rounded(double value, std::size_t digits) {
  if (!std::isfinite(value)) return value;
  if (const auto fast = rounded_by_arithmetic(value, digits)) return *fast;
  return parse_double(fmt::format("{:.{}e}", value, digits - 1)).value_or(value);  // which may be beyond a double
}

std::optional<double> parse_double(std::string_view text) {
  double value = 0;
  if (!text.empty() && text.front() == '+' && text.substr(1, 1) != "-") text.remove_prefix(1);
  if (!scan(text, value) || std::isnan(value)) return std::nullopt;
  return value;
}

std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string rough(double value) { return value == 0 ? "0" : fmt::format("{:.1e}", value); }

}  // namespace gradtrace
