// Random directions and halving.
#include "check/probe.hpp"

#include "check/dual.hpp"
#include "check/running_error.hpp"
#include "network/forward.hpp"
#include "trace/order.hpp"
#include "trace/trace.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <span>

namespace gradtrace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Every component's size is between these, so that none is overlooked and none drowns the others.
constexpr double smallest_component = 0.5, largest_component = 1;

/// A part of a tensor, and what the two sides say of the direction within it.
struct Part {
  std::size_t begin = 0, end = 0;
  double analytic = 0, numeric = 0, bound = 0;
  bool nan = false;  ///< among the numbers claimed

  double excess() const { return std::abs(analytic - numeric) - 2 * bound; }  // twice, as in judge()
  /// Beyond what a double can hold nothing can be said.
  Verdict verdict() const {
    if (nan) return Verdict::disagree;
    if (!std::isfinite(analytic) || !std::isfinite(numeric) || !std::isfinite(bound)) return Verdict::inconclusive;
    return excess() > 0 ? Verdict::disagree : Verdict::agree;
  }
  bool wrong() const { return verdict() == Verdict::disagree; }

  /// Whether this says more against the numbers claimed than the other part does.
  bool worse_than(const Part& other) const {
    constexpr std::array<int, 3> weight{0, 2, 1};  // agree, disagree, inconclusive
    const int here = weight[static_cast<std::size_t>(verdict())], there = weight[static_cast<std::size_t>(other.verdict())];
    return here != there ? here > there : nan > other.nan || excess() > other.excess();
  }
};

/// The mean cost along directions of one tensor.
class Prober {
 public:
  Prober(const Lesson& lesson, const std::function<double(const Name&)>& gradient)
      : lesson_(lesson), gradient_(gradient), network_(cast<Dual>(lesson.network)) {
    // Backprop's own rounding, of δ, from which that of ∂C/∂b and ∂C/∂w follows.
    for (std::size_t e = 0; e < lesson.examples.size(); ++e) {
      traces_.push_back(trace_example(lesson.network, lesson.examples[e].input, lesson.examples[e].target, e));
      errors_.push_back(backward_errors(traces_.back()));
    }
  }

  ProbeReport run() {
    for (const Block& block : mean_blocks(lesson_.network)) {
      if (block.quantity != Quantity::C) probe_tensor(block);
    }
    std::ranges::stable_sort(report_.culprits, std::greater{}, [](const Culprit& culprit) { return relative_error(culprit.analytic, culprit.numeric); });
    return std::move(report_);
  }

 private:
  Scope scope() const { return lesson_.several_examples() ? Scope::of_mean() : Scope::of_example(0); }

  void probe_tensor(const Block& block) {
    const std::size_t n = block.size();
    claimed_.resize(n);
    rounding_.resize(n);
    ProbedTensor tensor{block.quantity, block.layer, n, 0, 0, 0, 0, Verdict::agree};
    for (std::size_t i = 0; i < n; ++i) {
      claimed_[i] = gradient_(block.name(i, scope()));
      rounding_[i] = rounding_of(block, i);
      if (!(std::abs(claimed_[i]) <= tensor.largest)) tensor.largest = std::abs(claimed_[i]);
    }
    std::mt19937_64 source(block.layer * 2 + (block.quantity == Quantity::dC_db));
    Part worst;
    std::vector<double> worst_direction;
    for (std::size_t d = 0; d < ProbeReport::directions; ++d) {
      direction_.resize(n);
      for (double& v : direction_) {
        const double size = smallest_component + (largest_component - smallest_component) * static_cast<double>(source() >> 11) * 0x1p-53;
        v = (source() & 1) != 0 ? size : -size;
      }
      const Part part = along(block, 0, n);
      if (d == 0 || part.worse_than(worst)) {
        worst = part;
        worst_direction = direction_;
      }
    }
    tensor.analytic = worst.analytic;
    tensor.numeric = worst.numeric;
    tensor.bound = worst.bound;
    tensor.verdict = worst.verdict();
    report_.parameters += n;
    report_.tensors.push_back(tensor);
    if (!worst.wrong()) return;
    direction_ = worst_direction;
    halve(block, worst);
  }

  /// Where a direction disagrees, one of its halves does; down to single entries, the worse half first.
  void halve(const Block& block, const Part& part) {
    if (report_.culprits.size() == ProbeReport::most_culprits) {
      report_.more_culprits = true;
      return;
    }
    if (part.end - part.begin == 1) {
      const double v = direction_[part.begin];
      report_.culprits.push_back({block.name(part.begin, scope()), claimed_[part.begin], part.numeric / v});
      return;
    }
    const std::size_t middle = part.begin + (part.end - part.begin) / 2;
    Part first = along(block, part.begin, middle), second = along(block, middle, part.end);
    if (second.worse_than(first)) std::swap(first, second);
    for (const Part& half : {first, second}) {
      if (half.wrong()) halve(block, half);
    }
  }

  /// Both sides' derivative along the direction's components [begin, end).
  Part along(const Block& block, std::size_t begin, std::size_t end) {
    LayerOf<Dual>& layer = network_.layer(block.layer);
    const std::span<Dual> parameters = block.quantity == Quantity::dC_dw ? std::span<Dual>(layer.weights.data(), layer.weights.size())
                                                                         : std::span<Dual>(layer.biases.data(), layer.biases.size());
    Part part{begin, end, 0, 0, 0, false};
    double terms = 0;
    for (std::size_t i = begin; i < end; ++i) {
      parameters[i].derivative = direction_[i];
      part.nan = part.nan || std::isnan(claimed_[i]);
      part.analytic += claimed_[i] * direction_[i];
      part.bound += rounding_[i] * std::abs(direction_[i]);
      terms += std::abs(claimed_[i] * direction_[i]);
    }
    const double examples = static_cast<double>(lesson_.examples.size());
    for (const Example& example : lesson_.examples) {
      VectorOf<Dual> input = zeros<Dual>(example.input.size());
      for (std::size_t k = 0; k < input.size(); ++k) input(k) = example.input(k);
      const Dual cost = cost_of_example(network_, input, example.target);
      part.numeric += cost.derivative / examples;
      part.bound += cost.derivative_error / examples;
    }
    ++report_.passes;
    part.bound += static_cast<double>(end - begin + lesson_.examples.size()) * epsilon * terms;
    for (std::size_t i = begin; i < end; ++i) parameters[i].derivative = 0;
    return part;
  }

  /// Of one entry as backprop computes it.
  double rounding_of(const Block& block, std::size_t i) const {
    const Name name = block.name(i, Scope{});
    double sum = 0;
    for (std::size_t e = 0; e < traces_.size(); ++e) {
      const double of_delta = errors_[e].delta[block.layer](name.j);
      const double factor = block.quantity == Quantity::dC_dw ? std::abs(traces_[e].state.a[block.layer - 1](name.k)) : 1;
      // The activation before carries rounding of its own, a few units for every layer it has passed.
      const double own = 4 * static_cast<double>(block.layer + traces_.size()) * epsilon * std::abs(traces_[e].gradients[block.layer].delta(name.j)) * std::max(factor, 1.0);
      sum += of_delta * factor + own;
    }
    return sum / static_cast<double>(traces_.size());
  }

  const Lesson& lesson_;
  const std::function<double(const Name&)>& gradient_;
  NetworkOf<Dual> network_;
  std::vector<ExampleTrace> traces_;
  std::vector<GradientErrors> errors_;
  std::vector<double> claimed_, rounding_, direction_;  // of the tensor under way
  ProbeReport report_;
};

}  // namespace

double ProbedTensor::resolution() const { return 4 * bound / smallest_component; }

bool ProbeReport::agrees() const {
  return std::ranges::none_of(tensors, [](const ProbedTensor& tensor) { return tensor.verdict == Verdict::disagree; });
}

ProbeReport probe(const Lesson& lesson, const std::function<double(const Name&)>& gradient) { return Prober(lesson, gradient).run(); }

}  // namespace gradtrace
