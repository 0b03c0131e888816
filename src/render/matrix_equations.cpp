// The matrix equations.
#include "render/matrix_equations.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/notation.hpp"
#include "render/table.hpp"

#include <algorithm>

namespace gradtrace {
namespace {

class Equations {
 public:
  Equations(const Lesson& lesson, const ExampleTrace& trace, const Selection& selection)
      : network_(lesson.network), trace_(trace), selection_(selection) {
    selection_.neuron.reset();  // equations are of whole layers
  }

  std::vector<MatrixEquation> equations() {
    const std::size_t last = network_.depth();
    for (std::size_t l = 1; l <= last; ++l) {
      const Layer& layer = network_.layer(l);
      const std::string up = superscript(l), before = superscript(l - 1);
      equation(Quantity::z, l, "z" + up + " = W" + up + " a" + before + " + b" + up,
               {weights(l), vector(trace_.state.a[l - 1], l == 1), text(" + "), vector(layer.biases, true), text(" = "), vector(trace_.state.z[l])});
      equation(Quantity::a, l, "a" + up + " = σ(z" + up + ")", {text("σ "), vector(trace_.state.z[l]), text(" = "), vector(trace_.state.a[l])});
    }
    for (std::size_t l = last; l >= 1; --l) {
      const LayerGradients& here = trace_.gradients[l];
      const std::string up = superscript(l), next = superscript(l + 1);
      if (l < last) {
        equation(Quantity::dC_da, l, "∇ₐ C = (W" + next + ")ᵀ δ" + next,
                 {transposed_weights(l + 1), vector(trace_.gradients[l + 1].delta), text(" = "), vector(here.dC_da)});
      }
      if (network_.layer(l).activation == Activation::softmax) {
        equation(Quantity::delta, l, "δ" + up + " = (∂a/∂z)ᵀ ∇ₐ C",
                 {jacobian_transposed(l), vector(here.dC_da), text(" = "), vector(here.delta)});
      } else {
        const std::string left = l == last ? "∇ₐ C" : "((W" + next + ")ᵀ δ" + next + ")";
        equation(Quantity::delta, l, "δ" + up + " = " + left + " ⊙ σ′(z" + up + ")",
                 {vector(here.dC_da), text(" ⊙ "), vector(here.slope), text(" = "), vector(here.delta)});
      }
      equation(Quantity::dC_dw, l, "∂C/∂W" + up + " = δ" + up + " (a" + superscript(l - 1) + ")ᵀ",
               {vector(here.delta), row(trace_.state.a[l - 1], l == 1), text(" = "), gradient(l)});
      equation(Quantity::dC_db, l, "∂C/∂b" + up + " = δ" + up, {vector(here.delta)});
    }
    equation(Quantity::dC_da, 0, "∂C/∂x = (W" + superscript(1) + ")ᵀ δ" + superscript(1),
             {transposed_weights(1), vector(trace_.gradients[1].delta), text(" = "), vector(trace_.gradients[0].dC_da)});
    return std::move(result_);
  }

 private:
  static EquationPiece text(const std::string& words) { return {words, 0, 0, {}, false}; }
  static EquationPiece matrix(std::size_t rows, std::size_t columns, std::function<double(std::size_t, std::size_t)> value,
                              bool given = false) {
    return {"", rows, columns, std::move(value), given};
  }
  static EquationPiece vector(const Vector& values, bool given = false) {
    return matrix(values.size(), 1, [&values](std::size_t j, std::size_t) { return values(j); }, given);
  }
  static EquationPiece row(const Vector& values, bool given = false) {
    return matrix(1, values.size(), [&values](std::size_t, std::size_t k) { return values(k); }, given);
  }
  EquationPiece weights(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l - 1),
                  [this_trace = &trace_, l](std::size_t j, std::size_t k) { return this_trace->w(l, j, k); }, true);
  }
  EquationPiece transposed_weights(std::size_t l) const {
    return matrix(network_.width(l - 1), network_.width(l),
                  [this_trace = &trace_, l](std::size_t k, std::size_t j) { return this_trace->w(l, j, k); }, true);
  }
  EquationPiece jacobian_transposed(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l),
                  [this_trace = &trace_, l](std::size_t j, std::size_t i) { return this_trace->slope(l, i, j); });
  }
  EquationPiece gradient(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l - 1),
                  [this_trace = &trace_, l](std::size_t j, std::size_t k) { return this_trace->dC_dw(l, j, k); });
  }

  void equation(Quantity quantity, std::size_t layer, std::string symbols, std::vector<EquationPiece> pieces) {
    Name name;
    name.scope = Scope::of_example(trace_.example);
    name.quantity = quantity;
    name.layer = layer;
    if (selection_.wants(name)) result_.push_back({quantity, layer, std::move(symbols), std::move(pieces)});
  }

  const Network& network_;
  const ExampleTrace& trace_;
  Selection selection_;
  std::vector<MatrixEquation> result_;
};

using Lines = std::vector<std::string>;

/// A matrix in brackets, columns aligned; of more than `most_columns` the first and the last.
Lines bracketed(const EquationPiece& piece, const RenderOptions& options, std::size_t most_columns) {
  const auto row_indices = shown_indices(piece.rows, options.all);
  const auto column_indices = shown_indices(piece.columns, options.all, most_columns);
  Lines lines(row_indices.size());
  for (std::size_t c = 0; c < column_indices.size(); ++c) {
    Lines cells;
    for (const std::size_t row : row_indices) {
      const bool gap = row == Name::none || column_indices[c] == Name::none;
      cells.push_back(gap ? in(options.ascii, "…")
                          : significant(piece.value(row, column_indices[c]), options.digits, options.ascii, piece.given));
    }
    cells = aligned(cells, Align::decimal);
    for (std::size_t r = 0; r < lines.size(); ++r) lines[r] += (c > 0 ? "  " : "") + cells[r];
  }
  for (std::size_t r = 0; r < lines.size(); ++r) {
    const bool first = r == 0, last = r + 1 == lines.size();
    const char* left = lines.size() == 1 ? "[" : first ? "⎡" : last ? "⎣" : "⎢";
    const char* right = lines.size() == 1 ? "]" : first ? "⎤" : last ? "⎦" : "⎥";
    lines[r] = in(options.ascii, left) + " " + lines[r] + " " + in(options.ascii, right);
  }
  return lines;
}

/// Pieces side by side, their middles on one line.
Lines beside(const std::vector<Lines>& pieces) {
  std::size_t height = 0;
  for (const Lines& piece : pieces) height = std::max(height, piece.size());
  Lines result(height);
  for (const Lines& piece : pieces) {
    const std::size_t above = (height - piece.size()) / 2;
    std::size_t width = 0;
    for (const std::string& line : piece) width = std::max(width, count_columns(line));
    for (std::size_t r = 0; r < height; ++r) {
      const bool inside = r >= above && r < above + piece.size();
      result[r] += padded(inside ? piece[r - above] : "", width);
    }
  }
  return result;
}

}  // namespace

std::vector<std::size_t> shown_indices(std::size_t size, bool all, std::size_t most_shown) {
  std::vector<std::size_t> indices;
  if (all || size <= most_shown) {
    for (std::size_t i = 0; i < size; ++i) indices.push_back(i);
    return indices;
  }
  for (std::size_t i = 0; i < most_shown / 2; ++i) indices.push_back(i);
  indices.push_back(Name::none);
  indices.push_back(size - 1);
  return indices;
}

std::vector<MatrixEquation> matrix_equations(const Lesson& lesson, const ExampleTrace& trace, const Selection& selection) {
  return Equations(lesson, trace, selection).equations();
}

std::string matrix_text(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options) {
  std::string text;
  const auto width = static_cast<std::size_t>(options.width);
  for (const MatrixEquation& equation : matrix_equations(lesson, trace, options.selection)) {
    text += colored(in(options.ascii, equation.symbols), Color::bold, options.color) + "\n";
    std::vector<Lines> pieces;
    for (const EquationPiece& piece : equation.pieces) {
      Lines lines{in(options.ascii, piece.words)};
      // As many columns as fit.
      for (std::size_t most = most_shown_indices; piece.words.empty() && most >= 2; most -= 2) {
        lines = bracketed(piece, options, most);
        if (options.all || count_columns(lines.front()) + 3 <= width) break;
      }
      pieces.push_back(std::move(lines));
    }
    // Side by side where they fit, else one below the other.
    Lines lines = beside(pieces);
    if (!lines.empty() && count_columns(lines.front()) + 3 > width) {
      lines.clear();
      for (const Lines& piece : pieces) lines.insert(lines.end(), piece.begin(), piece.end());
    }
    for (const std::string& line : lines) {
      std::string out = "   " + line;
      out.erase(out.find_last_not_of(' ') + 1);
      text += out + "\n";
    }
    text += "\n";
  }
  return text;
}

std::string matrix_markdown(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options) {
  std::string text;
  for (const MatrixEquation& equation : matrix_equations(lesson, trace, options.selection)) {
    text += "$$" + to_latex(equation.symbols) + "$$\n\n$$";
    for (const EquationPiece& piece : equation.pieces) {
      if (!piece.words.empty()) {
        text += to_latex(piece.words);
        continue;
      }
      text += "\\begin{bmatrix}";
      bool first_row = true;
      for (const std::size_t row : shown_indices(piece.rows, options.all)) {
        if (!first_row) text += " \\\\ ";
        first_row = false;
        bool first_column = true;
        for (const std::size_t column : shown_indices(piece.columns, options.all)) {
          if (!first_column) text += " & ";
          first_column = false;
          const bool gap = row == Name::none || column == Name::none;
          text += gap ? (row == Name::none && column == Name::none ? "\\ddots" : row == Name::none ? "\\vdots" : "\\cdots")
                      : latex_number(piece.value(row, column), options.digits, piece.given);
        }
      }
      text += "\\end{bmatrix}";
    }
    text += "$$\n\n";
  }
  return text;
}

}  // namespace gradtrace
