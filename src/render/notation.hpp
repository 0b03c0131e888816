// Formulas are written once, in Unicode as the notes have them (∂C/∂w⁽²⁾ⱼₖ, σ′(zⱼ), Σₖ), and turned from
// there into plain ASCII or LaTeX.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gradtrace {

std::string superscript(std::size_t layer);  ///< "⁽²⁾"
std::string subscript(std::size_t index);    ///< "₁₂"

/// Pure 7-bit: σ′ is s', ∂ is d, Σ is sum, ⁽²⁾ is [2], ₀ is _0, → is ->, ✓ is ok; letters with accents lose
/// them; what has no reading becomes "?".
std::string to_ascii(std::string_view text);

/// LaTeX for math mode; runs of text between double quotes are set upright.
std::string to_latex(std::string_view formula);

/// A number for math mode: `-0.0762`, `6.1\times 10^{-6}`.
std::string latex_number(double value, int digits, bool trim = false);

/// `text`, or its ASCII reading where `ascii`.
inline std::string in(bool ascii, std::string_view text) { return ascii ? to_ascii(text) : std::string(text); }

}  // namespace gradtrace
