// What a student is told of an answer: short, about the idea, never the number.
#pragma once

#include "homework/course.hpp"
#include "trace/mistakes.hpp"

#include <string>
#include <string_view>

namespace gradtrace {

/// "how responsive is the neuron at its z?" and the rule behind it.
struct Advice {
  Mistake mistake;
  std::string_view idea;  ///< what was missed, as a teacher's list has it: "the slope belongs into δ"
  std::string_view hint;  ///< a question to the student
  std::string_view rule;  ///< in symbols
};

const Advice& advice(Mistake mistake);

/// The rule of a quantity in symbols: "δ = ∂C/∂a · σ′(z)".
std::string_view rule_of(Quantity quantity, bool output_layer);

/// "missing-slope", or "missing-slope or flipped-sign"; "" where nothing explains the answer.
std::string diagnosis_text(const Answer& answer);

/// One or two sentences, in Unicode notation. `shown`: the right number as text, "" to keep it back.
std::string feedback_text(const Answer& answer, const SheetShape& shape, const std::string& shown);

}  // namespace gradtrace
