// The four matrix equations of backpropagation with the numbers of one example put in: what --matrix shows,
// as data; text and Markdown are views of it.
#pragma once

#include "lesson/lesson.hpp"
#include "render/options.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gradtrace {

/// A matrix in an equation, or an operator between two.
struct EquationPiece {
  std::string words;  ///< " + "; empty for a matrix
  std::size_t rows = 0, columns = 0;
  std::function<double(std::size_t, std::size_t)> value;
  bool given = false;  ///< numbers as short as they were written
};

struct MatrixEquation {
  Quantity quantity;
  std::size_t layer;
  std::string symbols;  ///< "z⁽¹⁾ = W⁽¹⁾ a⁽⁰⁾ + b⁽¹⁾"
  std::vector<EquationPiece> pieces;
};

/// z = W a + b and a = σ(z) forward; ∇ₐC, δ, ∂C/∂W and ∂C/∂b backward, layer by layer; at last ∂C/∂x. Those
/// of the quantities and layers selected. Refers to the trace.
std::vector<MatrixEquation> matrix_equations(const Lesson& lesson, const ExampleTrace& trace, const Selection& selection);

/// A matrix with more rows or columns than this is shown by its corners.
inline constexpr std::size_t most_shown_indices = 6;

/// Which rows or columns of a matrix are shown: all of at most `most`, else the first half of these and the
/// last; Name::none stands for the gap between.
std::vector<std::size_t> shown_indices(std::size_t size, bool all, std::size_t most = most_shown_indices);

std::string matrix_text(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options);
std::string matrix_markdown(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options);

}  // namespace gradtrace
