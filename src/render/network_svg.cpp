// The network, drawn.
#include "render/network_svg.hpp"

#include "base/number.hpp"
#include "render/html.hpp"
#include "render/notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gradtrace {
namespace {

constexpr double column = 150, row = 74, radius = 27, margin = 44, to_cost = 100;

class Drawing {
 public:
  Drawing(const ExampleTrace& trace, const NetworkPicture& picture) : trace_(trace), network_(*trace.network), picture_(picture) {
    if (picture.step) {
      lit_ = lit_by(network_, *picture.step);
      below_ = below_neurons(trace, *picture.step, picture.digits);
    }
    for (std::size_t l = 0; l <= network_.depth(); ++l) {
      drawn_.push_back(drawn_neurons(trace, l));
      tallest_ = std::max(tallest_, slots(l));
    }
  }

  std::string svg() {
    const double width = margin + column * static_cast<double>(network_.depth()) + to_cost + 60, height = margin + row * static_cast<double>(tallest_) + 18;
    text_ = fmt::format("<svg class=\"network\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"The network: {}\">\n", width, height,
                        widths());
    for (std::size_t l = 1; l <= network_.depth(); ++l) edges(l);
    for (std::size_t l = 0; l <= network_.depth(); ++l) neurons(l);
    cost();
    return text_ + "</svg>\n";
  }

 private:
  std::size_t slots(std::size_t l) const { return drawn_[l].size() + (folded(l) ? 1 : 0); }
  bool folded(std::size_t l) const { return drawn_[l].size() < network_.width(l); }

  std::string widths() const {
    std::string text;
    for (std::size_t l = 0; l <= network_.depth(); ++l) text += (l ? " to " : "") + std::to_string(network_.width(l));
    return text;
  }

  double x(std::size_t l) const { return margin + column * static_cast<double>(l); }
  /// Of the place-th drawn neuron; what is folded away leaves a gap before the last.
  double y(std::size_t l, std::size_t place) const {
    const std::size_t slot = place + (folded(l) && place + 1 == drawn_[l].size() ? 1 : 0);
    return margin + row * (static_cast<double>(slot) + 0.5 * static_cast<double>(tallest_ - slots(l))) + 0.5 * radius;
  }

  std::string number(double value) const { return significant(value, picture_.digits, false, true); }
  static bool has(const std::vector<std::size_t>& layers, std::size_t l) { return std::ranges::find(layers, l) != layers.end(); }
  bool lit_neuron(std::size_t l) const { return has(lit_.neurons, l); }
  bool lit_edge(std::size_t l) const { return has(lit_.edges, l); }

  void edges(std::size_t l) {
    double largest = 0;
    for (const std::size_t j : drawn_[l]) {
      for (const std::size_t k : drawn_[l - 1]) largest = std::max(largest, std::abs(trace_.w(l, j, k)));
    }
    const bool few = drawn_[l].size() * drawn_[l - 1].size() <= 9;
    std::string labels;
    for (std::size_t pj = 0; pj < drawn_[l].size(); ++pj) {
      for (std::size_t pk = 0; pk < drawn_[l - 1].size(); ++pk) {
        const std::size_t j = drawn_[l][pj], k = drawn_[l - 1][pk];
        const double w = trace_.w(l, j, k), x1 = x(l - 1) + radius, y1 = y(l - 1, pk), x2 = x(l) - radius, y2 = y(l, pj);
        const double thickness = largest == 0 ? 1 : 1 + 4 * std::abs(w) / largest;
        const std::string name = fmt::format("w[{}][{},{}]", l, j, k);
        text_ += fmt::format("<line class=\"edge{}{}\" data-name=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke-width=\"{:.2f}\"><title>{} = {}; ∂C/∂w = {}</title></line>\n",
                             w < 0 ? " negative" : "", lit_edge(l) ? " lit" : "", name, x1, y1, x2, y2, thickness, name, number(w), number(trace_.dC_dw(l, j, k)));
        if (!few) continue;
        // Labels of edges that cross stand at different places along them.
        const double t = drawn_[l].size() > 1 && drawn_[l - 1].size() > 1 ? 0.28 + 0.13 * static_cast<double>(pj % 3) : 0.5;
        labels += fmt::format("<text class=\"weight\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x1 + t * (x2 - x1), y1 + t * (y2 - y1) - 4, number(w));
      }
    }
    text_ += labels;
  }

  void neurons(std::size_t l) {
    for (std::size_t p = 0; p < drawn_[l].size(); ++p) {
      const std::size_t j = drawn_[l][p];
      const double cx = x(l), cy = y(l, p), a = trace_.state.a[l](j);
      const std::string name = fmt::format("a[{}][{}]", l, j);
      std::string title = fmt::format("{} = {}; ∂C/∂a = {}", name, number(a), number(trace_.gradients[l].dC_da(j)));
      if (l > 0) title = fmt::format("z[{}][{}] = {}; ", l, j, number(trace_.state.z[l](j))) + title + "; δ = " + number(trace_.gradients[l].delta(j));
      text_ += fmt::format("<g class=\"neuron{}\" data-name=\"{}\" tabindex=\"-1\"><title>{}</title><circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.0f}\"/><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
                           lit_neuron(l) ? " lit" : "", name, title, cx, cy, radius, cx, cy + 5, number(a));
      const auto below = std::ranges::find(below_, name, &std::pair<std::string, std::string>::first);
      text_ += fmt::format("<text class=\"below\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", cx, cy + radius + 15, below == below_.end() ? "" : below->second);
    }
    if (folded(l)) {
      const std::size_t last = drawn_[l].size() - 1;
      text_ += fmt::format("<text class=\"faint\" x=\"{:.1f}\" y=\"{:.1f}\">… {} more</text>\n", x(l), y(l, last) - row + 5, network_.width(l) - drawn_[l].size());
    }
    const std::string label = l == 0 ? "input" : std::string(info(network_.layer(l).activation).name);
    text_ += fmt::format("<text class=\"faint\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x(l), margin - 32, label);
  }

  void cost() {
    const double cx = x(network_.depth()) + to_cost, cy = margin + row * 0.5 * static_cast<double>(tallest_ - 1) + 0.5 * radius;
    for (std::size_t p = 0; p < drawn_[network_.depth()].size(); ++p) {
      text_ += fmt::format("<line class=\"to-cost\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", x(network_.depth()) + radius, y(network_.depth(), p), cx - 30, cy);
    }
    text_ += fmt::format("<g class=\"neuron cost{}\" data-name=\"C\"><title>C = {}</title><rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"84\" height=\"34\" rx=\"8\"/><text x=\"{:.1f}\" y=\"{:.1f}\">C = {}</text></g>\n",
                         picture_.step && picture_.step->quantity == Quantity::C ? " lit" : "", number(trace_.cost), cx - 30, cy - 17, cx + 12, cy + 5, number(trace_.cost));
  }

  const ExampleTrace& trace_;
  const Network& network_;
  const NetworkPicture& picture_;
  Lit lit_;
  std::vector<std::pair<std::string, std::string>> below_;
  std::vector<std::vector<std::size_t>> drawn_;
  std::size_t tallest_ = 1;
  std::string text_;
};

}  // namespace

std::vector<std::size_t> drawn_neurons(const ExampleTrace& trace, std::size_t l) {
  std::vector<std::size_t> neurons(trace.network->width(l));
  std::iota(neurons.begin(), neurons.end(), std::size_t{0});
  if (neurons.size() <= NetworkPicture::most_neurons) return neurons;
  const auto drawn = neurons.begin() + (NetworkPicture::most_neurons - 1);
  const auto activity = [&](std::size_t j) { return std::abs(trace.state.a[l](j)); };
  std::stable_sort(neurons.begin(), neurons.end(), [&](std::size_t x, std::size_t y) { return activity(x) > activity(y); });
  neurons.erase(drawn, neurons.end());
  std::sort(neurons.begin(), neurons.end());
  return neurons;
}

Lit lit_by(const Network& network, const Block& step) {
  const std::size_t l = step.layer, last = network.depth();
  switch (step.quantity) {
    case Quantity::z:
    case Quantity::dC_dw:
    case Quantity::path: return {{l - 1, l}, {l}};
    case Quantity::dC_da: return l < last ? Lit{{l, l + 1}, {l + 1}} : Lit{{l}, {}};
    case Quantity::C: return {{last}, {}};
    default: return {{l}, {}};
  }
}

std::vector<std::pair<std::string, std::string>> below_neurons(const ExampleTrace& trace, const Block& step, int digits) {
  std::vector<std::pair<std::string, std::string>> below;
  const bool matrix = step.columns != 0;
  const bool neurons = step.quantity == Quantity::z || step.quantity == Quantity::dC_da || step.quantity == Quantity::slope || step.quantity == Quantity::delta ||
                       step.quantity == Quantity::dC_db;
  if (!neurons || matrix) return below;
  for (const std::size_t j : drawn_neurons(trace, step.layer)) {
    const Name name = step.name(j, Scope::of_example(trace.example));
    const char* symbol = step.quantity == Quantity::slope ? "σ′" : info(step.quantity).symbol.data();
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
         ".network text { text-anchor: middle; fill: var(--ink, #1b1b1f); } .network .faint, .network .weight { fill: var(--faint, #5c5c66); font-size: 12px; }\n"
         ".network .weight { paint-order: stroke; stroke: var(--paper, #fdfdfb); stroke-width: 4px; }\n"
         ".network .below { font-size: 12px; fill: var(--ink, #1b1b1f); paint-order: stroke; stroke: var(--paper, #fdfdfb); stroke-width: 3px; }\n"
         ".network .edge { stroke: var(--positive, #1f5fa8); opacity: .55; } .network .negative { stroke: var(--negative, #b3261e); stroke-dasharray: 7 4; }\n"
         ".network .to-cost { stroke: var(--line, #c9c9d2); }\n"
         ".network circle, .network .cost rect { fill: var(--paper, #fdfdfb); stroke: var(--faint, #5c5c66); stroke-width: 1.5; }\n"
         ".network .lit circle, .network .lit rect { stroke: var(--accent, #8a5a00); stroke-width: 3.5; fill: var(--glow, #fff3d6); } .network .lit.edge { opacity: 1; }\n"
         ".network .chosen circle, .network .chosen rect { stroke-width: 5; } .network .chosen.edge { opacity: 1; stroke-width: 8; }\n"
         ".network .edge, .network .neuron { cursor: pointer; }\n";
}

}  // namespace gradtrace
