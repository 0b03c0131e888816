// A graph in the DOT language.
#include "render/dot.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gradtrace {
namespace {

class Graph {
 public:
  Graph(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options)
      : lesson_(lesson), network_(lesson.network), trace_(trace), options_(options) {}

  std::string render() {
    const std::size_t last = network_.depth();
    // Curves make room for words; where edges carry none, straight ones are easier to follow.
    bool curved = true;
    for (std::size_t l = 1; l <= last; ++l) curved = curved && !crowded(l);
    text_ = "digraph gradtrace {\n  rankdir=LR; nodesep=0.3; ";
    text_ += curved ? "ranksep=1.2;\n" : "ranksep=2.5; splines=line;\n";
    text_ +=
            "  node [fontname=\"Helvetica\", fontsize=11, shape=box, style=rounded, margin=\"0.12,0.06\"];\n"
            "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.6];\n";
    text_ += fmt::format("  label={}; labelloc=t;\n", quoted(title()));
    for (std::size_t l = 0; l <= last; ++l) {
      text_ += "  { rank=same;\n";
      for (const std::size_t j : shown(l)) node(l, j);
      // An unseen chain keeps the neurons in order.
      std::string chain;
      for (const std::size_t j : shown(l)) {
        if (hidden(l) > 0 && j + 1 == network_.width(l)) chain += fmt::format(" -> more_{}", l);
        chain += fmt::format("{}n_{}_{}", chain.empty() ? "" : " -> ", l, j);
      }
      if (shown(l).size() > 1) text_ += "    " + chain + " [style=invis, weight=100];\n";
      if (hidden(l) > 0) {
        text_ += fmt::format("    more_{} [shape=plaintext, label={}];\n", l,
                             quoted(in(options_.ascii, fmt::format("… {} more", hidden(l)))));
      }
      text_ += "  }\n";
    }
    for (std::size_t l = 1; l <= last; ++l) edges(l);
    cost();
    return text_ + "}\n";
  }

 private:
  static constexpr std::size_t most_drawn = 8, drawn_of_more = 7;

  std::string title() const {
    std::string text = neutralised(lesson_.title, " ");
    if (lesson_.several_examples()) text += fmt::format(", example {}", trace_.example);
    return in(options_.ascii, text);
  }

  /// A string of the DOT language.
  static std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    return result + "\"";
  }

  /// Lines of a label: quoted, with DOT's line breaks.
  std::string label(const std::vector<std::string>& lines) const {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + in(options_.ascii, line);
    std::string result = quoted(text);
    for (std::size_t at = result.find('\n'); at != std::string::npos; at = result.find('\n', at)) result.replace(at, 1, "\\n");
    return result;
  }

  std::vector<std::size_t> shown(std::size_t l) const {
    const std::size_t n = network_.width(l);
    std::vector<std::size_t> neurons;
    for (std::size_t j = 0; j < n; ++j) {
      if (options_.all || n <= most_drawn || j + 1 < drawn_of_more || j + 1 == n) neurons.push_back(j);
    }
    return neurons;
  }
  std::size_t hidden(std::size_t l) const { return network_.width(l) - shown(l).size(); }

  /// In a crowded layer words on every edge are no words at all.
  bool crowded(std::size_t l) const { return shown(l).size() * shown(l - 1).size() > 16; }

  std::string number(double value, bool given = false) const { return significant(value, options_.digits, options_.ascii, given); }

  void line(std::vector<std::string>& lines, Quantity quantity, std::size_t l, std::size_t j, const std::string& symbol) const {
    Name name{Scope::of_example(trace_.example), quantity, l, j};
    if (quantity == Quantity::slope && network_.layer(l).activation == Activation::softmax) return;
    if (options_.selection.wants(name)) lines.push_back(symbol + " = " + number(trace_.value(name), l == 0 && quantity == Quantity::a));
  }

  void node(std::size_t l, std::size_t j) {
    const std::string at = superscript(l) + subscript(j);
    std::vector<std::string> lines;
    if (l > 0) line(lines, Quantity::z, l, j, "z" + at);
    line(lines, Quantity::a, l, j, "a" + at);
    if (l > 0) line(lines, Quantity::slope, l, j, "σ′");
    line(lines, Quantity::dC_da, l, j, "∂C/∂a");
    if (l > 0) line(lines, Quantity::delta, l, j, "δ");
    if (lines.empty()) lines.push_back("a" + at);
    const bool dead = l > 0 && trace_.gradients[l].delta(j) == 0;
    text_ += fmt::format("    n_{}_{} [label={}{}];\n", l, j, label(lines), dead ? ", style=\"rounded,dotted\"" : "");
  }

  void edges(std::size_t l) {
    double largest = 0;
    for (const double weight : network_.layer(l).weights) largest = std::max(largest, std::abs(weight));
    for (const std::size_t j : shown(l)) {
      for (const std::size_t k : shown(l - 1)) {
        const double weight = trace_.w(l, j, k);
        std::vector<std::string> lines;
        const Name w{Scope{}, Quantity::w, l, j, k}, gradient{Scope::of_example(trace_.example), Quantity::dC_dw, l, j, k};
        const bool all_wanted = options_.selection.everything();
        if (all_wanted || options_.selection.wants(w)) lines.push_back("w = " + number(weight, true));
        if (options_.selection.wants(gradient)) lines.push_back("∂C/∂w = " + number(trace_.value(gradient)));
        const double share = largest > 0 ? std::abs(weight) / largest : 0;
        text_ += fmt::format("  n_{}_{} -> n_{}_{} [penwidth={:.2f}, color=\"{}\", style={}{}{}];\n", l - 1, k, l, j, 0.5 + 2 * share,
                             weight < 0 ? "#b03a2e" : "#1f618d", weight < 0 ? "dashed" : "solid", crowded(l) ? ", tooltip=" : ", label=",
                             label(lines));
      }
    }
  }

  void cost() {
    const std::size_t last = network_.depth();
    std::vector<std::string> lines{"C = " + number(trace_.cost), std::string(info(network_.cost).name)};
    text_ += fmt::format("  cost [shape=ellipse, label={}];\n", label(lines));
    for (const std::size_t j : shown(last)) {
      text_ += fmt::format("  n_{}_{} -> cost [label={}];\n", last, j, label({"y" + subscript(j) + " = " + number(trace_.target(j), true)}));
    }
  }

  const Lesson& lesson_;
  const Network& network_;
  const ExampleTrace& trace_;
  const RenderOptions& options_;
  std::string text_;
};

}  // namespace

std::string dot_graph(const Lesson& lesson, const ExampleTrace& trace, const RenderOptions& options) {
  return Graph(lesson, trace, options).render();
}

}  // namespace gradtrace
