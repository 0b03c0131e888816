// Reading answers.
#include "homework/answer.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>
#include <vector>

namespace gradtrace {
namespace {

constexpr std::size_t longest = 200;  // of an answer
constexpr int deepest = 20;           // parentheses

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// sum := product {(+|-) product}; product := power {(*|/) power}; power := factor [^ power];
/// factor := [+|-] factor | number | ( sum )
class Expression {
 public:
  explicit Expression(std::string_view text) : text_(text) {}

  std::optional<double> value() {
    const double result = sum();
    skip();
    if (failed_ || at_ != text_.size() || !std::isfinite(result)) return std::nullopt;
    return result;
  }

 private:
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  double sum() {
    double value = product();
    while (!failed_) {
      if (take('+')) {
        value += product();
      } else if (take('-')) {
        value -= product();
      } else {
        break;
      }
    }
    return value;
  }

  double product() {
    double value = signed_power();
    while (!failed_) {
      if (take('*')) {
        value *= signed_power();
      } else if (take('/')) {
        value /= signed_power();
      } else {
        break;
      }
    }
    return value;
  }

  double signed_power() {
    if (++depth_ > deepest) failed_ = true;
    double value = 0;
    if (failed_) {
    } else if (take('-')) {
      value = -signed_power();
    } else if (take('+')) {
      value = signed_power();
    } else {
      value = factor();
      if (take('^')) value = std::pow(value, signed_power());
    }
    --depth_;
    return value;
  }

  double factor() {
    if (take('(')) {
      const double value = sum();
      if (!take(')')) failed_ = true;
      return value;
    }
    skip();
    std::size_t end = at_;
    bool digits = false;
    for (; end < text_.size() && (is_digit(text_[end]) || text_[end] == '.'); ++end) digits = digits || is_digit(text_[end]);
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      std::size_t exponent = end + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      if (exponent < text_.size() && is_digit(text_[exponent])) {
        while (exponent < text_.size() && is_digit(text_[exponent])) ++exponent;
        end = exponent;
      }
    }
    std::string number(text_.substr(at_, end - at_));
    if (number.starts_with('.')) number.insert(0, "0");
    const auto value = parse_double(number);
    if (!value || !digits) failed_ = true;
    at_ = end;
    return value.value_or(0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

/// 2*10^-3 as 2e-3, which is read without rounding; other powers stay.
std::string with_exponent(std::string text) {
  const auto trim_end = [](std::string& part) {
    while (part.ends_with(' ')) part.pop_back();
  };
  const std::size_t at = text.find("10^");
  if (at == std::string::npos) return text;
  std::string number = text.substr(0, at), power = text.substr(at + 3);
  while (power.starts_with(' ')) power.erase(0, 1);
  trim_end(number);
  if (power.size() > 2 && power.front() == '(' && power.back() == ')') power = power.substr(1, power.size() - 2);
  if (!number.ends_with('*')) return text;
  number.pop_back();
  trim_end(number);
  const auto is_made_of = [](std::string_view part, std::string_view others) {
    if (!part.empty() && (part.front() == '-' || part.front() == '+')) part.remove_prefix(1);
    return !part.empty() && is_digit(part.front()) && std::all_of(part.begin(), part.end(), [&](char c) { return is_digit(c) || others.find(c) != std::string_view::npos; });
  };
  return is_made_of(number, ".,") && is_made_of(power, "") ? number + "e" + power : text;
}

/// 10⁻³ as 10^-3.
std::string with_powers(std::string_view text) {
  constexpr std::array<std::string_view, 12> raised{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁺", "⁻"};
  std::string result;
  bool inside = false;
  while (!text.empty()) {
    const auto found = std::find_if(raised.begin(), raised.end(), [&](std::string_view one) { return text.starts_with(one); });
    const bool is_raised = found != raised.end();
    if (is_raised && !inside) result += '^';
    result += is_raised ? "0123456789+-"[found - raised.begin()] : text.front();
    text.remove_prefix(is_raised ? found->size() : 1);
    inside = is_raised;
  }
  return result;
}

/// Other characters for what ASCII has: minus signs, spaces, powers, times and division.
std::string plain(std::string_view text) {
  std::string result = with_powers(text);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> readings{{
      {"−", "-"}, {"–", "-"}, {"—", "-"}, {"﹣", "-"}, {"x10^", "*10^"}, {"x 10^", "*10^"}, {"X10^", "*10^"}, {"×", "*"}, {"·", "*"}, {"⋅", "*"}, {"÷", "/"},
      {"\xC2\xA0", " "}, {"\xE2\x80\xAF", " "}, {"\xE2\x80\x89", " "}}};
  for (const auto& [from, to] : readings) replace_all(result, from, to);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!result.empty() && blank(result.back())) result.pop_back();
  while (!result.empty() && blank(result.front())) result.erase(result.begin());
  return with_exponent(std::move(result));
}

/// Runs of digits and what stands between them: "1/3/2026" → {1, 3, 2026} and "//".
bool looks_like_a_date(const std::string& text) {
  // Names of months, as Excel and LibreOffice abbreviate them in the languages of Europe: "03.Jan", "3-mars", "Jan 26".
  std::string letters;
  std::size_t digits = 0;
  for (const char c : text) {
    if (is_letter(c) || static_cast<unsigned char>(c) >= 0x80) letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    digits += is_digit(c);
  }
  if (letters.size() >= 3 && digits > 0) {
    for (const std::string_view month : {"jan", "feb", "fév", "mar", "mär", "mrz", "apr", "avr", "abr", "mai", "may", "maj", "mei", "mag", "jun", "jui", "giu",
                                         "jul", "lug", "aug", "aoû", "ago", "sep", "set", "okt", "oct", "ott", "nov", "dec", "dez", "déc", "dic", "gen", "ene"}) {
      if (letters.starts_with(month)) return true;
    }
  }
  std::vector<std::size_t> lengths;
  std::string separators;
  std::size_t run = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && is_digit(text[i])) {
      ++run;
      continue;
    }
    if (run == 0) return false;
    lengths.push_back(run);
    run = 0;
    if (i < text.size()) separators += text[i];
  }
  if (lengths.size() != 3 || separators.size() != 2 || separators[0] != separators[1]) return false;
  if (separators[0] != '/' && separators[0] != '-' && separators[0] != '.') return false;
  const bool year_first = lengths[0] == 4 && lengths[1] <= 2 && lengths[2] <= 2;
  const bool year_last = lengths[0] <= 2 && lengths[1] <= 2 && (lengths[2] == 4 || (separators[0] == '.' && lengths[2] == 2));
  return year_first || year_last;
}

/// Whether the only comma of a text may part thousands: 1,483.
bool may_part_thousands(std::string_view text) {
  const std::size_t comma = text.find(',');
  std::size_t before = 0, after = 0;
  while (before < comma && is_digit(text[comma - before - 1])) ++before;
  while (comma + after + 1 < text.size() && is_digit(text[comma + after + 1])) ++after;
  return after == 3 && before >= 1 && before <= 3 && text[comma - before] != '0';
}

}  // namespace

std::optional<double> evaluate_expression(std::string_view text) {
  if (text.size() > longest) return std::nullopt;
  return Expression(text).value();
}

/// What stands before and after the · of a text that holds whole numbers and nothing else: 0·8.
std::optional<std::pair<std::string, std::string>> parted_by_a_dot(std::string_view text) {
  constexpr std::string_view dot = "·";
  const std::size_t at = text.find(dot);
  if (at == std::string_view::npos) return std::nullopt;
  std::pair<std::string, std::string> parts{plain(text.substr(0, at)), plain(text.substr(at + dot.size()))};
  const auto whole = [](const std::string& part, std::size_t from) { return part.size() > from && std::all_of(part.begin() + static_cast<std::ptrdiff_t>(from), part.end(), is_digit); };
  const bool has_sign = parts.first.starts_with('-') || parts.first.starts_with('+');
  if (!whole(parts.first, has_sign ? 1 : 0) || !whole(parts.second, 0)) return std::nullopt;
  return parts;
}

ReadAnswer read_answer(std::string_view given, bool decimal_comma) {
  ReadAnswer answer;
  std::string text = plain(given);
  if (text.starts_with('\'')) text.erase(0, 1);  // a spreadsheet's mark of text
  if (text.empty()) {
    answer.blank = true;
    return answer;
  }
  if (text.size() > longest) {
    answer.problem = "this is too long for a number";
    return answer;
  }
  if (text.starts_with('#')) {
    answer.problem = text.starts_with("##") ? "the column was too narrow when the sheet was saved, and the number is gone"
                                            : "the spreadsheet's formula failed: " + text;
    return answer;
  }
  if (looks_like_a_date(text)) {
    answer.problem = "\"" + text + "\" is a date: spreadsheet programs make one of 1/3 and 1.3; write 0.3333, or =1/3";
    return answer;
  }
  if (const auto parts = parted_by_a_dot(given)) {
    const auto& [before, after] = *parts;
    answer.problem = "\"" + before + "·" + after + "\" may be " + before + "." + after + " or a product: write " + before + "." + after + " or " + before + "*" + after;
    return answer;
  }
  if (text.starts_with('=')) text.erase(0, 1);
  const auto commas = std::ranges::count(text, ',');
  const bool one_comma = commas == 1 && text.find('.') == std::string::npos;
  if (one_comma && !decimal_comma && may_part_thousands(text)) {
    std::string point = text, none = text;
    std::ranges::replace(point, ',', '.');
    std::erase(none, ',');
    answer.problem = "\"" + text + "\" may be " + point + " or " + none + ", since commas part this sheet's columns: write one of these";
    return answer;
  }
  if (commas > 0 && (decimal_comma || one_comma)) std::ranges::replace(text, ',', '.');
  double scale = 1;
  if (text.ends_with('%')) {
    text.pop_back();
    scale = 0.01;
  }
  if (const auto value = evaluate_expression(text)) {
    answer.value = *value * scale;
    return answer;
  }
  const std::size_t e = text.find_first_of("eE"), exponent = text.find_first_not_of("+-", e == std::string::npos ? e : e + 1);
  const bool is_beyond = exponent != std::string::npos && parse_double(text.substr(0, e)) && parse_size(std::string_view(text).substr(exponent));
  answer.problem = "\"" + plain(given) + (is_beyond ? "\" is beyond what a double holds, 5e-324 to 1.8e308" : "\" is no number");
  return answer;
}

}  // namespace gradtrace
