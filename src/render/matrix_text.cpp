// Matrix equations as text.
#include "render/matrix_text.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/notation.hpp"
#include "render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace gradtrace {
namespace {

using Lines = std::vector<std::string>;

// A matrix with more rows or columns than this is shown by its corners.
constexpr std::size_t most_shown = 6, kept_at_front = 3;

/// Which indices are shown; none stands for the gap.
std::vector<std::size_t> shown_indices(std::size_t size, bool all) {
  std::vector<std::size_t> indices;
  if (all || size <= most_shown) {
    for (std::size_t i = 0; i < size; ++i) indices.push_back(i);
    return indices;
  }
  for (std::size_t i = 0; i < kept_at_front; ++i) indices.push_back(i);
  indices.push_back(Name::none);
  indices.push_back(size - 1);
  return indices;
}

/// A matrix in brackets, columns aligned.
Lines bracketed(std::size_t rows, std::size_t columns, const std::function<double(std::size_t, std::size_t)>& value,
                const RenderOptions& options, bool given) {
  const auto row_indices = shown_indices(rows, options.all), column_indices = shown_indices(columns, options.all);
  Lines lines(row_indices.size());
  for (std::size_t c = 0; c < column_indices.size(); ++c) {
    Lines cells;
    for (const std::size_t row : row_indices) {
      const bool gap = row == Name::none || column_indices[c] == Name::none;
      cells.push_back(gap ? "…" : significant(value(row, column_indices[c]), options.digits, options.ascii, given));
    }
    cells = aligned(cells, Align::decimal);
    for (std::size_t r = 0; r < lines.size(); ++r) lines[r] += (c > 0 ? "  " : "") + cells[r];
  }
  for (std::size_t r = 0; r < lines.size(); ++r) {
    const bool first = r == 0, last = r + 1 == lines.size();
    const char* left = lines.size() == 1 ? "[" : first ? "⎡" : last ? "⎣" : "⎢";
    const char* right = lines.size() == 1 ? "]" : first ? "⎤" : last ? "⎦" : "⎥";
    lines[r] = left + std::string(" ") + lines[r] + " " + right;
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
    for (const std::string& line : piece) width = std::max(width, count_code_points(line));
    for (std::size_t r = 0; r < height; ++r) {
      const bool inside = r >= above && r < above + piece.size();
      result[r] += padded(inside ? piece[r - above] : "", width);
    }
  }
  return result;
}

class Equations {
 public:
  Equations(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options)
      : network_(lesson.network), trace_(trace), options_(options) {}

  std::string render() {
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
        equation(Quantity::dC_da, l, "∇ₐC = (W" + next + ")ᵀ δ" + next,
                 {transposed_weights(l + 1), vector(trace_.gradients[l + 1].delta), text(" = "), vector(here.dC_da)});
      }
      if (network_.layer(l).activation == Activation::softmax) {
        equation(Quantity::delta, l, "δ" + up + " = (∂a/∂z)ᵀ ∇ₐC",
                 {jacobian_transposed(l), vector(here.dC_da), text(" = "), vector(here.delta)});
      } else {
        const std::string left = l == last ? "∇ₐC" : "((W" + next + ")ᵀ δ" + next + ")";
        equation(Quantity::delta, l, "δ" + up + " = " + left + " ⊙ σ′(z" + up + ")",
                 {vector(here.dC_da), text(" ⊙ "), vector(here.slope), text(" = "), vector(here.delta)});
      }
      equation(Quantity::dC_dw, l, "∂C/∂W" + up + " = δ" + up + " (a" + superscript(l - 1) + ")ᵀ",
               {vector(here.delta), row(trace_.state.a[l - 1], l == 1), text(" = "), gradient(l)});
      equation(Quantity::dC_db, l, "∂C/∂b" + up + " = δ" + up, {vector(here.delta)});
    }
    equation(Quantity::dC_da, 0, "∂C/∂x = (W" + superscript(1) + ")ᵀ δ" + superscript(1),
             {transposed_weights(1), vector(trace_.gradients[1].delta), text(" = "), vector(trace_.gradients[0].dC_da)});
    return result_.empty() ? "nothing of the matrix equations matches the selection\n" : result_;
  }

 private:
  static Lines text(const std::string& words) { return {words}; }
  Lines matrix(std::size_t rows, std::size_t columns, const std::function<double(std::size_t, std::size_t)>& value, bool given = false) const {
    return bracketed(rows, columns, value, options_, given);
  }
  Lines vector(const Vector& values, bool given = false) const {
    return matrix(values.size(), 1, [&](std::size_t j, std::size_t) { return values(j); }, given);
  }
  Lines row(const Vector& values, bool given = false) const {
    return matrix(1, values.size(), [&](std::size_t, std::size_t k) { return values(k); }, given);
  }
  Lines weights(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l - 1), [&](std::size_t j, std::size_t k) { return trace_.w(l, j, k); }, true);
  }
  Lines transposed_weights(std::size_t l) const {
    return matrix(network_.width(l - 1), network_.width(l), [&](std::size_t k, std::size_t j) { return trace_.w(l, j, k); }, true);
  }
  Lines jacobian_transposed(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l), [&](std::size_t j, std::size_t i) { return trace_.slope(l, i, j); });
  }
  Lines gradient(std::size_t l) const {
    return matrix(network_.width(l), network_.width(l - 1), [&](std::size_t j, std::size_t k) { return trace_.dC_dw(l, j, k); });
  }

  void equation(Quantity quantity, std::size_t layer, const std::string& symbols, std::vector<Lines> pieces) {
    Selection selection = options_.selection;
    selection.neuron.reset();  // equations are of whole layers
    Name name;
    name.scope = Scope::of_example(trace_.example);
    name.quantity = quantity;
    name.layer = layer;
    if (!selection.wants(name)) return;
    result_ += colored(in(options_.ascii, symbols), Color::bold, options_.color) + "\n";
    // Side by side where they fit, else one below the other.
    Lines lines = beside(pieces);
    const auto width = static_cast<std::size_t>(options_.width);
    if (!lines.empty() && count_code_points(lines.front()) + 3 > width) {
      lines.clear();
      for (const Lines& piece : pieces) lines.insert(lines.end(), piece.begin(), piece.end());
    }
    for (const std::string& line : lines) {
      std::string out = "   " + in(options_.ascii, cut(line, width > 3 ? width - 3 : width));
      out.erase(out.find_last_not_of(' ') + 1);
      result_ += out + "\n";
    }
    result_ += "\n";
  }

  const Network& network_;
  const ExampleTrace& trace_;
  const RenderOptions& options_;
  std::string result_;
};

}  // namespace

std::string matrix_text(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options) {
  return Equations(lesson, trace, options).render();
}

}  // namespace gradtrace
