// The network, drawn.
#include "render/network_svg.hpp"

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "render/html.hpp"
#include "render/notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace gradtrace {
namespace {

constexpr double radius = 27, left = 66, top = 48, to_cost = 126;
constexpr double smallest = 0.62;  // of its size it can still be read; on narrower screens it scrolls
constexpr double coarsest = 1.15;  // beyond which it only looks coarse
constexpr std::size_t roomy = 4;  // layers so small leave room for a line above each neuron: its bias

class Drawing {
 public:
  Drawing(const ExampleTrace& trace, const NetworkPicture& picture) : trace_(trace), network_(*trace.network), picture_(picture) {
    for (const Block& step : picture.steps) {
      for (std::string& used : used_by(network_, step)) used_.push_back(std::move(used));
      for (auto& below : below_neurons(trace, step, picture.digits)) below_.push_back(std::move(below));
    }
    for (std::size_t l = 0; l <= network_.depth(); ++l) {
      drawn_.push_back(drawn_neurons(trace, l));
      tallest_ = std::max(tallest_, slots(l));
    }
    row_ = tallest_ <= roomy ? 98 : 74;
    column_ = network_.depth() <= 3 ? 170 : 140;
  }

  std::string svg() {
    const double width = left + column_ * static_cast<double>(network_.depth()) + to_cost + 58, height = top + row_ * static_cast<double>(tallest_ - 1) + 1.5 * radius + 24;
    text_ = fmt::format("<svg class=\"network\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" style=\"min-width: {:.0f}px; max-width: {:.0f}px\" role=\"img\" aria-label=\"The network: {}\">\n", width,
                        height, smallest * width, coarsest * width, widths());
    for (std::size_t l = 1; l <= network_.depth(); ++l) edges(l);
    for (std::size_t l = 0; l <= network_.depth(); ++l) neurons(l);
    cost();
    return text_ + labels_ + "</svg>\n";  // over all else, so that none is read without its beginning
  }

 private:
  std::size_t slots(std::size_t l) const { return drawn_[l].size() + (folded(l) ? 1 : 0); }
  bool folded(std::size_t l) const { return drawn_[l].size() < network_.width(l); }

  std::string widths() const {
    std::string text;
    for (std::size_t l = 0; l <= network_.depth(); ++l) text += (l ? " to " : "") + std::to_string(network_.width(l));
    return text;
  }

  double x(std::size_t l) const { return left + column_ * static_cast<double>(l); }
  /// Of the place-th drawn neuron; what is folded away leaves a gap before the last.
  double y(std::size_t l, std::size_t place) const {
    const std::size_t slot = place + (folded(l) && place + 1 == drawn_[l].size() ? 1 : 0);
    return top + row_ * (static_cast<double>(slot) + 0.5 * static_cast<double>(tallest_ - slots(l))) + 0.5 * radius;
  }

  std::string number(double value) const { return significant(value, picture_.digits, false, true); }
  /// Whether the step uses any element of this kind and layer: "w[2]", "a[1]".
  bool lit(const std::string& kind) const {
    return std::ranges::any_of(used_, [&](const std::string& pattern) { return pattern == kind || pattern.starts_with(kind + "["); });
  }

  /// What the steps say of an edge, where it is not its weight.
  std::optional<double> on_edge(std::size_t l, std::size_t j, std::size_t k) const {
    for (const Block& step : picture_.steps) {
      if (step.layer != l) continue;
      if (step.quantity == Quantity::dC_dw) return trace_.dC_dw(l, j, k);
      if (step.quantity == Quantity::path) return trace_.path(l, k, j);
    }
    return std::nullopt;
  }

  void edges(std::size_t l) {
    double largest = 0;
    for (const std::size_t j : drawn_[l]) {
      for (const std::size_t k : drawn_[l - 1]) largest = std::max(largest, std::abs(trace_.w(l, j, k)));
    }
    const bool few = drawn_[l].size() * drawn_[l - 1].size() <= 9;
    for (std::size_t pj = 0; pj < drawn_[l].size(); ++pj) {
      for (std::size_t pk = 0; pk < drawn_[l - 1].size(); ++pk) {
        const std::size_t j = drawn_[l][pj], k = drawn_[l - 1][pk];
        const double w = trace_.w(l, j, k), x1 = x(l - 1) + radius, y1 = y(l - 1, pk), x2 = x(l) - radius, y2 = y(l, pj);
        const double thickness = largest == 0 ? 1 : 1 + 4 * std::abs(w) / largest;
        const std::string name = fmt::format("w[{}][{},{}]", l, j, k);
        text_ += fmt::format("<line class=\"edge{}{}\" data-name=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-width=\"{:.2f}\"><title>{} = {}; ∂C/∂w = {}</title></line>\n",
                             w < 0 ? " negative" : "", lit(fmt::format("w[{}]", l)) ? " lit" : "", name, x1, y1, x2, y2, thickness, name, number(w), number(trace_.dC_dw(l, j, k)));
        if (!few) continue;
        // At this part of the way from each neuron no two labels meet, though edges cross.
        const std::size_t n = drawn_[l].size();
        const double t = n > 1 && drawn_[l - 1].size() > 1 ? 1 / static_cast<double>(n + 1) : 0.5;
        const std::optional<double> told = on_edge(l, j, k);
        labels_ += fmt::format("<text class=\"weight{}\" data-weight=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", told ? " gradient" : "", name, x1 + t * (x2 - x1),
                              y1 + t * (y2 - y1) - 4, number(told.value_or(w)));
      }
    }
  }

  void neurons(std::size_t l) {
    for (std::size_t p = 0; p < drawn_[l].size(); ++p) {
      const std::size_t j = drawn_[l][p];
      const double cx = x(l), cy = y(l, p), a = trace_.state.a[l](j);
      const std::string name = fmt::format("a[{}][{}]", l, j), shown = number(a);
      std::string title = fmt::format("{} = {}; ∂C/∂a = {}", name, number(a), number(trace_.gradients[l].dC_da(j)));
      if (l > 0) title = fmt::format("z[{}][{}] = {}; ", l, j, number(trace_.state.z[l](j))) + title + "; δ = " + number(trace_.gradients[l].delta(j));
      if (l > 0 && tallest_ <= roomy) {
        const double bias = network_.layer(l).biases(j);
        text_ += fmt::format("<text class=\"bias\" data-name=\"b[{}][{}]\" x=\"{:.1f}\" y=\"{:.1f}\">b = {}</text>\n", l, j, cx, cy - radius - 6, number(bias));
      }
      text_ += fmt::format("<g class=\"neuron{}\" data-name=\"{}\"><title>{}</title><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.0f}\"/><text class=\"value{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text><text class=\"unknown\" x=\"{:.1f}\" y=\"{:.1f}\">?</text>",
                           lit(fmt::format("a[{}]", l)) ? " lit" : "", name, title, cx, cy, radius, count_code_points(shown) > 5 ? " long" : "", cx, cy + 5, shown, cx, cy + 5);
      // Where a layer is folded, it is not plain which neuron this is.
      if (folded(l)) text_ += fmt::format("<text class=\"index\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", cx - radius - 2, cy - radius + 8, j);
      // Ends below the neuron: to the right stand the labels of the edges that leave it.
      const auto below = std::ranges::find(below_, name, &std::pair<std::string, std::string>::first);
      text_ += fmt::format("<text class=\"below\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", cx + radius + 4, cy + radius + 15, below == below_.end() ? "" : below->second);
    }
    if (folded(l)) {
      const std::size_t last = drawn_[l].size() - 1;
      text_ += fmt::format("<text class=\"faint\" x=\"{:.1f}\" y=\"{:.1f}\">… {} more</text>\n", x(l), y(l, last) - row_ + 5, network_.width(l) - drawn_[l].size());
    }
    const std::string label = l == 0 ? "input" : std::string(info(network_.layer(l).activation).name);
    text_ += fmt::format("<text class=\"faint\" x=\"{:.1f}\" y=\"14\">{}</text>\n", x(l), label);
  }

  void cost() {
    const std::size_t last = network_.depth();
    const double cx = x(last) + to_cost, cy = top + row_ * 0.5 * static_cast<double>(tallest_ - 1) + 0.5 * radius;
    const char* used = lit("C") ? " lit" : "";
    for (std::size_t p = 0; p < drawn_[last].size(); ++p) {
      const std::size_t j = drawn_[last][p];
      const double from = x(last) + radius, height = y(last, p);
      text_ += fmt::format("<line class=\"to-cost{}\" data-name=\"C[{}]\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", used, j, from, height, cx - 30, cy);
      text_ += fmt::format("<text class=\"target\" data-name=\"y[{}][{}]\" x=\"{:.1f}\" y=\"{:.1f}\"><title>the target of output {}</title>y = {}</text>\n", last, j, from + 4,
                           height - (height > cy ? -14 : 6), j, number(trace_.target(j)));
    }
    text_ += fmt::format("<g class=\"neuron cost{}\" data-name=\"C\"><title>C = {}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"84\" height=\"34\" rx=\"8\"/><text class=\"value\" x=\"{:.1f}\" y=\"{:.1f}\">C = {}</text><text class=\"unknown\" x=\"{:.1f}\" y=\"{:.1f}\">C = ?</text></g>\n",
                         used, number(trace_.cost), cx - 30, cy - 17, cx + 12, cy + 5, number(trace_.cost), cx + 12, cy + 5);
  }

  const ExampleTrace& trace_;
  const Network& network_;
  const NetworkPicture& picture_;
  std::vector<std::string> used_;
  std::vector<std::pair<std::string, std::string>> below_;
  std::vector<std::vector<std::size_t>> drawn_;
  std::size_t tallest_ = 1;
  double row_ = 0, column_ = 0;
  std::string labels_;
  std::string text_;
};

}  // namespace

std::vector<std::size_t> drawn_neurons(const ExampleTrace& trace, std::size_t l) {
  std::vector<std::size_t> neurons(trace.network->width(l));
  std::iota(neurons.begin(), neurons.end(), std::size_t{0});
  if (neurons.size() <= NetworkPicture::most_neurons) return neurons;
  const auto drawn = neurons.begin() + (NetworkPicture::most_neurons - 1);
  std::vector<double> importance(neurons.size(), 0.0);
  const auto add = [&](const Vector& values) {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    for (std::size_t j = 0; j < values.size() && largest > 0; ++j) importance[j] = std::max(importance[j], std::abs(values(j)) / largest);
  };
  add(trace.state.a[l]);
  if (l > 0) add(trace.gradients[l].delta);
  std::stable_sort(neurons.begin(), neurons.end(), [&](std::size_t x, std::size_t y) { return importance[x] > importance[y]; });
  neurons.erase(drawn, neurons.end());
  std::sort(neurons.begin(), neurons.end());
  return neurons;
}

std::vector<std::string> used_by(const Network& network, const Block& step) {
  const std::size_t l = step.layer, last = network.depth();
  const auto of = [](const char* kind, std::size_t layer, const char* indices) { return fmt::format("{}[{}][{}]", kind, layer, indices); };
  const bool softmax = l != Name::none && l > 0 && network.layer(l).activation == Activation::softmax;
  switch (step.quantity) {
    case Quantity::z: return {of("w", l, "j,*"), of("a", l - 1, "*"), of("a", l, "j"), of("b", l, "j")};
    case Quantity::C: return {of("a", last, "*"), of("y", last, "*"), "C[*]", "C"};
    case Quantity::dC_da:
      if (l == last) return {of("a", l, "j"), of("y", l, "j"), "C[j]", "C"};
      return {of("a", l, "j"), of("w", l + 1, "*,j"), of("a", l + 1, "*")};
    case Quantity::dC_dw:
    case Quantity::path: return {of("w", l, "j,k"), of("a", l - 1, "k"), of("a", l, "j")};
    case Quantity::dC_db: return {of("a", l, "j"), of("b", l, "j")};
    case Quantity::slope: return softmax ? std::vector{of("a", l, "j"), of("a", l, "k")} : std::vector{of("a", l, "j")};
    default: return {of("a", l, softmax ? "*" : "j")};
  }
}

std::vector<std::pair<std::string, std::string>> below_neurons(const ExampleTrace& trace, const Block& step, int digits) {
  std::vector<std::pair<std::string, std::string>> below;
  const bool softmax_slope = step.quantity == Quantity::slope && step.columns != 0;
  const bool neurons = step.quantity == Quantity::z || step.quantity == Quantity::dC_da || step.quantity == Quantity::slope || step.quantity == Quantity::delta ||
                       step.quantity == Quantity::dC_db;
  if (!neurons) return below;
  for (const std::size_t j : drawn_neurons(trace, step.layer)) {
    const Scope scope = Scope::of_example(trace.example);
    const Name name = softmax_slope ? Name{scope, step.quantity, step.layer, j, j} : step.name(j, scope);
    const char* symbol = softmax_slope ? "∂a/∂z" : step.quantity == Quantity::slope ? "σ′" : info(step.quantity).symbol.data();
    below.emplace_back(fmt::format("a[{}][{}]", step.layer, j), fmt::format("{} = {}", symbol, significant(trace.value(name), digits, false, true)));
  }
  return below;
}

std::string network_svg(const ExampleTrace& trace, const NetworkPicture& picture) { return Drawing(trace, picture).svg(); }

std::string network_svg_file(const ExampleTrace& trace, const NetworkPicture& picture) {
  std::string svg = network_svg(trace, picture), style = network_style();
  // A page chooses its colours by variables; outside of one, not every viewer knows these.
  for (std::size_t at = style.find("var("); at != std::string::npos; at = style.find("var(", at)) {
    const std::size_t comma = style.find(", ", at), end = style.find(')', at);
    style.replace(at, end + 1 - at, style.substr(comma + 2, end - comma - 2));
  }
  return svg.insert(svg.find('>') + 2, "<style>\n" + style + "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fdfdfb\"/>\n");
}

std::string network_style() {
  return ".network { max-width: 100%; height: auto; font: 13px system-ui, sans-serif; }\n"
         ".network text { text-anchor: middle; fill: var(--ink, #1b1b1f); } .network .faint { fill: var(--faint, #5c5c66); font-size: 12px; }\n"
         ".network .weight, .network .bias, .network .target { fill: var(--faint, #5c5c66); font-size: 12px; paint-order: stroke; stroke: var(--paper, #fdfdfb); stroke-width: 4px; }\n"
         ".network .gradient { fill: var(--accent, #8a5a00); font-weight: 600; }\n"
         ".network .target { text-anchor: start; } .network .index { text-anchor: end; font-size: 11px; fill: var(--faint, #5c5c66); paint-order: stroke; stroke: var(--paper, #fdfdfb); stroke-width: 3px; }\n"
         ".network .below { text-anchor: end; font-size: 12px; fill: var(--ink, #1b1b1f); paint-order: stroke; stroke: var(--paper, #fdfdfb); stroke-width: 3px; }\n"
         ".network .edge { stroke: var(--positive, #1f5fa8); opacity: .45; } .network .negative { stroke: var(--negative, #b3261e); stroke-dasharray: 7 4; }\n"
         ".network .to-cost { stroke: var(--line, #c9c9d2); } .network .to-cost.lit { stroke: var(--accent, #8a5a00); stroke-width: 1.5; }\n"
         ".network circle, .network .cost rect { fill: var(--paper, #fdfdfb); stroke: var(--faint, #5c5c66); stroke-width: 1.5; }\n"
         ".network .lit circle, .network .lit rect { stroke: var(--accent, #8a5a00); stroke-width: 2.5; fill: var(--glow, #fff3d6); } .network .lit.edge { opacity: .9; }\n"
         ".network .long { font-size: 11px; }\n"
         ".network .unknown { display: none; } .network .later .unknown { display: inline; } .network .later .value { display: none; }\n"
         ".network [data-name] { cursor: pointer; }\n";
}

}  // namespace gradtrace
