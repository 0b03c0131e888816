// Formulas as the notes write them (∂C/∂wⱼₖ, σ′(zⱼ), Σₖ), for web pages.
#pragma once

#include <string>
#include <string_view>

namespace gradtrace {

/// A <math> element. Subscripts, superscripts and primes of Unicode become those of MathML, ∂C/∂a and 1/(…) fractions;
/// everything else stays what it is, as text.
std::string mathml(std::string_view formula);

}  // namespace gradtrace
