// From the one notation to ASCII and LaTeX.
#include "render/notation.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

namespace gradtrace {
namespace {

constexpr std::array<std::string_view, 10> raised{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
constexpr std::array<std::string_view, 10> lowered{"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};

char32_t code_of(std::string_view text) { return first_code_point(text).value; }

struct Script {
  std::unordered_map<char32_t, std::string_view> up, down;
  Script() {
    static constexpr std::string_view digits = "0123456789";
    for (std::size_t i = 0; i < 10; ++i) {
      up[code_of(raised[i])] = digits.substr(i, 1);
      down[code_of(lowered[i])] = digits.substr(i, 1);
    }
    up.insert({{U'⁽', "("}, {U'⁾', ")"}, {U'⁻', "-"}, {U'⁺', "+"}, {U'ˡ', "l"}, {U'ᴸ', "L"}, {U'ᶻ', "z"}, {U'ʲ', "j"},
               {U'ⁱ', "i"}, {U'ᵀ', "T"}, {U'ⁿ', "n"}, {U'ᵏ', "k"}});
    down.insert({{U'ⱼ', "j"}, {U'ₖ', "k"}, {U'ᵢ', "i"}, {U'ₗ', "l"}, {U'ₓ', "x"}, {U'₊', "+"}, {U'₋', "-"}, {U'ₙ', "n"}, {U'ₐ', "a"}});
  }
};

const Script& script() {
  static const Script tables;
  return tables;
}

const std::unordered_map<char32_t, std::string_view>& ascii_readings() {
  static const std::unordered_map<char32_t, std::string_view> table{
      {U'σ', "s"}, {U'′', "'"}, {U'∂', "d"}, {U'δ', "delta"}, {U'Δ', "Delta"}, {U'Σ', "sum"}, {U'∑', "sum"}, {U'α', "alpha"},
      {U'η', "eta"}, {U'ε', "eps"}, {U'φ', "phi"}, {U'Φ', "Phi"}, {U'∇', "grad"}, {U'⊙', "(*)"}, {U'π', "pi"}, {U'·', "*"},
      {U'×', "x"}, {U'−', "-"}, {U'–', "-"}, {U'—', "-"}, {U'‐', "-"}, {U'→', "->"}, {U'←', "<-"}, {U'⇒', "=>"}, {U'≈', "~"},
      {U'≤', "<="}, {U'≥', ">="}, {U'≠', "!="}, {U'½', "1/2"}, {U'¼', "1/4"}, {U'√', "sqrt"}, {U'∛', "cbrt"}, {U'∞', "inf"},
      {U'✓', "ok"}, {U'✗', "X"}, {U'…', "..."}, {U'•', "*"}, {U'“', "\""}, {U'”', "\""}, {U'„', "\""}, {U'‘', "'"}, {U'’', "'"},
      {U'«', "\""}, {U'»', "\""}, {U'█', "#"}, {U'▒', "-"}, {U'─', "-"}, {U'│', "|"}, {U'⎡', "["}, {U'⎢', "["}, {U'⎣', "["},
      {U'⎤', "]"}, {U'⎥', "]"}, {U'⎦', "]"}, {U'\u00a0', " "}, {U'\u2009', " "}, {U'\u202f', " "}, {U'°', "deg"}, {U'±', "+-"},
      {U'∈', "in"}, {U'ß', "ss"}, {U'æ', "ae"}, {U'ø', "o"}, {U'å', "a"}, {U'ç', "c"}, {U'ñ', "n"}, {U'ä', "ae"}, {U'ö', "oe"},
      {U'ü', "ue"}, {U'Ä', "Ae"}, {U'Ö', "Oe"}, {U'Ü', "Ue"}, {U'é', "e"}, {U'è', "e"}, {U'ê', "e"}, {U'ë', "e"}, {U'á', "a"},
      {U'à', "a"}, {U'â', "a"}, {U'í', "i"}, {U'ì', "i"}, {U'î', "i"}, {U'ï', "i"}, {U'ó', "o"}, {U'ò', "o"}, {U'ô', "o"},
      {U'ú', "u"}, {U'ù', "u"}, {U'û', "u"}};
  return table;
}

const std::unordered_map<char32_t, std::string_view>& latex_readings() {
  static const std::unordered_map<char32_t, std::string_view> table{
      {U'σ', "\\sigma "}, {U'′', "'"}, {U'∂', "\\partial "}, {U'δ', "\\delta "}, {U'Σ', "\\sum "}, {U'α', "\\alpha "},
      {U'η', "\\eta "}, {U'φ', "\\varphi "}, {U'Φ', "\\Phi "}, {U'∇', "\\nabla "}, {U'⊙', "\\odot "}, {U'·', "\\cdot "},
      {U'×', "\\times "}, {U'−', "-"}, {U'→', "\\to "}, {U'≈', "\\approx "}, {U'≤', "\\le "}, {U'≥', "\\ge "}, {U'½', "\\tfrac12 "},
      {U'√', "\\sqrt "}, {U'∞', "\\infty "}, {U'…', "\\dots "}, {U'<', "\\lt "}, {U'>', "\\gt "}, {U'[', "["}, {U']', "]"}};
  return table;
}

/// Takes a run of raised (or lowered) characters off the front of `rest`; empty where there is none.
std::string take_script(std::string_view& rest, const std::unordered_map<char32_t, std::string_view>& table) {
  std::string run;
  while (!rest.empty()) {
    const CodePoint point = first_code_point(rest);
    const auto found = table.find(point.value);
    if (found == table.end()) break;
    run += found->second;
    rest.remove_prefix(point.bytes);
  }
  return run;
}

}  // namespace

std::string superscript(std::size_t layer) {
  std::string text = "⁽";
  for (const char digit : std::to_string(layer)) text += raised[static_cast<std::size_t>(digit - '0')];
  return text + "⁾";
}

std::string subscript(std::size_t index) {
  std::string text;
  for (const char digit : std::to_string(index)) text += lowered[static_cast<std::size_t>(digit - '0')];
  return text;
}

std::string to_ascii(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    if (const std::string up = take_script(text, script().up); !up.empty()) {
      // A layer in raised parentheses is an index as in names of numbers; anything else a power.
      result += up.front() == '(' && up.back() == ')' ? '[' + up.substr(1, up.size() - 2) + ']' : '^' + up;
      continue;
    }
    if (const std::string down = take_script(text, script().down); !down.empty()) {
      result += '_' + down;
      continue;
    }
    const CodePoint point = first_code_point(text);
    if (point.value < 0x80 && point.valid) {
      result += text[0];
    } else {
      const auto found = ascii_readings().find(point.value);
      result += found == ascii_readings().end() ? std::string_view("?") : found->second;
    }
    text.remove_prefix(point.bytes);
  }
  return result;
}

std::string latex_number(double value, int digits, bool trim) { return to_latex(significant(value, digits, false, trim)); }

std::string to_latex(std::string_view formula) {
  std::string result;
  while (!formula.empty()) {
    // A power of ten: 6.1e-06
    if (formula.front() == 'e' && formula.size() > 2 && (formula[1] == '-' || formula[1] == '+') && !result.empty() &&
        std::isdigit(static_cast<unsigned char>(result.back())) != 0) {
      const std::size_t end = std::min(formula.find_first_not_of("0123456789", 2), formula.size());
      // As a number is written, without the zeros in front: 6.1e-06 is 10^{-6}.
      std::string_view exponent = formula.substr(2, end - 2);
      exponent.remove_prefix(std::min(exponent.find_first_not_of('0'), exponent.size()));
      result += fmt::format("\\times 10^{{{}{}}}", formula[1] == '-' ? "-" : "", exponent.empty() ? "0" : exponent);
      formula.remove_prefix(end);
      continue;
    }
    if (const std::string up = take_script(formula, script().up); !up.empty()) {
      result += "^{" + up + "}";
      continue;
    }
    if (const std::string down = take_script(formula, script().down); !down.empty()) {
      // Sums put their index below the sign.
      while (result.ends_with(' ')) result.pop_back();
      result += "_{" + down + "}";
      continue;
    }
    if (formula.front() == '"') {
      const std::size_t end = std::min(formula.find('"', 1), formula.size() - 1);
      result += "\\text{" + std::string(formula.substr(1, end - 1)) + "}";
      formula.remove_prefix(end + 1);
      continue;
    }
    if (formula.starts_with("ln ") || formula.starts_with("ln(")) {
      result += "\\ln ";
      formula.remove_prefix(formula[2] == ' ' ? 3 : 2);
      continue;
    }
    if (formula.starts_with("max(") || formula.starts_with("tanh")) {
      result += '\\';
      result += formula.substr(0, formula.front() == 'm' ? 3 : 4);
      result += ' ';
      formula.remove_prefix(formula.front() == 'm' ? 3 : 4);
      continue;
    }
    const CodePoint point = first_code_point(formula);
    const auto found = latex_readings().find(point.value);
    if (found != latex_readings().end()) {
      result += found->second;
    } else {
      result += formula.substr(0, point.bytes);
    }
    formula.remove_prefix(point.bytes);
  }
  return result;
}

}  // namespace gradtrace
