// From Unicode notation to MathML.
#include "render/mathml.hpp"

#include "base/utf8.hpp"
#include "render/html.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace gradtrace {
namespace {

using Symbol = std::pair<std::string_view, std::string_view>;

constexpr std::array<Symbol, 15> subscripts{{{"₀", "0"}, {"₁", "1"}, {"₂", "2"}, {"₃", "3"}, {"₄", "4"}, {"₅", "5"}, {"₆", "6"}, {"₇", "7"}, {"₈", "8"},
                                             {"₉", "9"}, {"ⱼ", "j"}, {"ₖ", "k"}, {"ᵢ", "i"}, {"ₓ", "x"}, {"ₙ", "n"}}};
constexpr std::array<Symbol, 19> superscripts{{{"⁰", "0"}, {"¹", "1"}, {"²", "2"}, {"³", "3"}, {"⁴", "4"}, {"⁵", "5"}, {"⁶", "6"}, {"⁷", "7"}, {"⁸", "8"}, {"⁹", "9"},
                                               {"⁽", "("}, {"⁾", ")"}, {"⁺", "+"}, {"⁻", "−"}, {"ᶻ", "z"}, {"ʲ", "j"}, {"ⁱ", "i"}, {"ᵀ", "T"}, {"ᴸ", "L"}}};
constexpr std::array<std::string_view, 3> functions{"tanh", "max", "ln"};

template <std::size_t N>
std::string_view reading(const std::array<Symbol, N>& symbols, std::string_view symbol) {
  const auto found = std::ranges::find(symbols, symbol, &Symbol::first);
  return found == symbols.end() ? std::string_view{} : found->second;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(std::string_view symbol) {
  if (symbol.size() == 1) return (symbol[0] >= 'a' && symbol[0] <= 'z') || (symbol[0] >= 'A' && symbol[0] <= 'Z');
  constexpr std::array<std::string_view, 7> greek{"σ", "δ", "α", "η", "φ", "Φ", "ε"};
  return std::ranges::find(greek, symbol) != greek.end();
}

/// `1` as <mn>, `j` as <mi>, `(` as <mo>.
std::string token(std::string_view text) {
  if (text == "(" || text == ")" || text == "[" || text == "]") return "<mo stretchy=\"false\">" + std::string(text) + "</mo>";
  const char* tag = !text.empty() && is_digit(text[0]) ? "mn" : is_letter(text) ? "mi" : "mo";
  return std::string("<") + tag + ">" + html_text(text) + "</" + tag + ">";
}

/// A piece of a row.
struct Part {
  std::string markup;
  bool joins = false;   ///< an operator or a word: a fraction's numerator does not reach beyond it
  std::string inner{};  ///< what stands in parentheses, where the whole piece does
};

std::string joined(const std::vector<Part>& parts, std::size_t first = 0) {
  std::string markup;
  for (std::size_t i = first; i < parts.size(); ++i) markup += parts[i].markup;
  return markup;
}

/// One part of a fraction: without the parentheses that the bar replaces.
std::string side(const std::vector<Part>& parts, std::size_t first) {
  return "<mrow>" + (parts.size() == first + 1 && !parts[first].inner.empty() ? parts[first].inner : joined(parts, first)) + "</mrow>";
}

class Converter {
 public:
  explicit Converter(std::string_view text) : text_(text) {}

  std::string row(std::string_view until = {}) {
    std::vector<Part> parts;
    while (at_ < text_.size() && (until.empty() || peek() != until)) {
      if (peek() == " ") {
        take();
      } else if (peek() == "/" && !parts.empty() && !parts.back().joins) {
        take();
        std::size_t first = parts.size();
        while (first > 0 && !parts[first - 1].joins) --first;
        const std::string above = side(parts, first);
        parts.resize(first);
        parts.push_back({"<mfrac>" + above + below() + "</mfrac>"});
      } else {
        parts.push_back(part());
      }
    }
    return joined(parts);
  }

 private:
  std::string_view peek() const { return text_.substr(at_, first_code_point(text_.substr(at_)).bytes); }
  std::string_view take() {
    const std::string_view symbol = peek();
    at_ += symbol.size();
    return symbol;
  }

  /// A denominator: what is in parentheses, a sum with what it adds, or the next piece alone.
  std::string below() {
    while (at_ < text_.size() && peek() == " ") take();
    if (at_ == text_.size()) return "<mrow></mrow>";
    std::vector<Part> parts{part()};
    if (parts[0].joins && at_ < text_.size() && parts[0].markup.find("Σ") != std::string::npos) {
      while (at_ < text_.size() && peek() == " ") take();
      if (at_ < text_.size()) parts.push_back(part());
    }
    return side(parts, 0);
  }

  Part part() {
    if (peek() == "∂") return {derivative()};
    if (peek() == "(") {
      take();
      const std::string inner = row(")");
      if (at_ < text_.size()) take();
      const std::string whole = "<mrow>" + token("(") + inner + token(")") + "</mrow>", raised = scripted(whole);
      return {raised, false, raised == whole ? inner : ""};
    }
    if (is_digit(peek()[0])) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && (is_digit(text_[at_]) || (text_[at_] == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))) ++at_;
      return {scripted(token(text_.substr(begin, at_ - begin)))};
    }
    // Variables have one letter; more in a row are a word.
    const auto word_end = std::find_if_not(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(), [](char c) { return is_letter({&c, 1}); });
    const std::string_view word = text_.substr(at_, static_cast<std::size_t>(word_end - text_.begin()) - at_);
    if (word.size() > 1) {
      at_ += word.size();
      if (std::ranges::find(functions, word) == functions.end()) return {scripted("<mtext>&#160;" + std::string(word) + "&#160;</mtext>"), true};
      const std::string gap = "<mspace width=\"0.17em\"/>", name = scripted("<mi>" + std::string(word) + "</mi>");
      return {gap + name + (at_ < text_.size() && peek() == "(" ? "" : gap)};
    }
    const std::string_view symbol = take();
    const std::string simple = token(symbol);
    return {scripted(simple), simple.starts_with("<mo") && symbol != "]" && symbol != "½"};
  }

  /// ∂C/∂w, or ∂ alone
  std::string derivative() {
    take();
    if (at_ == text_.size()) return "<mo>∂</mo>";
    const std::string above = "<mrow><mo>∂</mo>" + scripted(token(take())) + "</mrow>";
    if (!text_.substr(at_).starts_with("/∂")) return above;
    take();
    take();
    if (at_ == text_.size()) return above;
    return "<mfrac>" + above + "<mrow><mo>∂</mo>" + scripted(token(take())) + "</mrow></mfrac>";
  }

  /// With the primes, subscripts and superscripts that follow.
  std::string scripted(std::string base) {
    std::string sub, super, last;
    while (at_ < text_.size()) {
      const std::string_view symbol = peek();
      if (symbol == "′") {  // raised as it is
        base = "<mrow>" + base + "<mo lspace=\"0\" rspace=\"0\">′</mo></mrow>";
      } else if (const auto below = reading(subscripts, symbol); !below.empty()) {
        sub += token(below);
      } else if (const auto above = reading(superscripts, symbol); !above.empty()) {
        // ᶻʲ is a zⱼ up there
        const bool index = last == "z" && (above == "i" || above == "j");
        if (index) super.replace(super.rfind("<mi>z</mi>"), 10, "<msub><mi>z</mi><mi>" + std::string(above) + "</mi></msub>");
        else super += token(above);
        last = above;
      } else {
        break;
      }
      take();
    }
    if (sub.empty() && super.empty()) return base;
    if (super.empty()) return "<msub>" + base + "<mrow>" + sub + "</mrow></msub>";
    if (sub.empty()) return "<msup>" + base + "<mrow>" + super + "</mrow></msup>";
    return "<msubsup>" + base + "<mrow>" + sub + "</mrow><mrow>" + super + "</mrow></msubsup>";
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string mathml(std::string_view formula) { return "<math>" + Converter(formula).row() + "</math>"; }

}  // namespace gradtrace
