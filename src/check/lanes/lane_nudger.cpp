// From rows to lanes and back.
#include "check/lanes/lane_nudger.hpp"

#include "check/settle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gradtrace {
namespace {

/// So many twins at a time that their nudges stay in the second cache.
constexpr std::size_t most_twins = 1024;

}  // namespace

LaneNudger::LaneNudger(const ExampleTrace& trace, const CheckOptions& options, const GradientErrors& backward, InstructionSet set)
    : trace_(trace),
      network_(*trace.network),
      options_(options),
      backward_(backward),
      set_(set),
      usual_step_(usual_step(Method::central)),
      difference_(zeros(network_.outputs())),
      bends_(network_.depth() + 1) {
  twins_.reserve(most_twins);
  std::size_t widest = 0;
  for (std::size_t l = 1; l <= network_.depth(); ++l) {
    const Layer& layer = network_.layer(l);
    layers_.push_back({layer.activation, layer.alpha, layer.neurons(), layer.weights.shape(1), layer.weights.data(), layer.biases.data(),
                       trace.state.z[l].data(), trace.state.a[l].data()});
    widest = std::max(widest, layer.neurons());
  }
  scratch_.resize(2 * widest * LaneNudges::multiple / 8);
  for (std::size_t j = 0; j < network_.outputs(); ++j) difference_(j) = trace.outputs.a[j].minus(trace.target(j));
}

void LaneNudger::begin(bool of_activations, std::size_t l) {
  if (begun_ && of_activations_ == of_activations && layer_ == l) return;
  begun_ = true;
  of_activations_ = of_activations;
  layer_ = l;
  errors_ = nearby_cost_errors(trace_, of_activations ? errors_after_activations(trace_, l) : errors_after_weighted_inputs(trace_, l));
}

/// Starts a batch of up to so many nudges.
void LaneNudger::reserve(std::size_t count) {
  count_ = 0;
  const std::size_t tiles = (count + LaneNudges::multiple - 1) / LaneNudges::multiple, all = tiles * LaneNudges::multiple;
  if (neurons_.size() >= all) return;
  neurons_.resize(all);
  steps_.resize(all);
  costs_.resize(all);
  cost_errors_.resize(all);
  crossed_.resize(all);
}

void LaneNudger::add(std::size_t neuron, double step) {
  neurons_[count_] = static_cast<std::uint32_t>(neuron);
  steps_[count_++] = step;
}

/// Evaluates all nudges added.
void LaneNudger::run() {
  while (count_ % LaneNudges::multiple != 0) add(neurons_[count_ - 1], 0);  // the last tile filled up
  const LaneNetwork network{layers_.data(), network_.depth(), network_.cost, trace_.target.data(), difference_.data()};
  LaneNudges nudges;
  nudges.of_activations = of_activations_;
  nudges.layer = layer_;
  nudges.count = count_;
  nudges.neuron = neurons_.data();
  nudges.step = steps_.data();
  nudges.errors = errors_.of_difference.data();
  nudges.drift = errors_.drift;
  nudges.cost = costs_.data();
  nudges.error = cost_errors_.data();
  nudges.crossed = crossed_.data();
  run_nudges(set_, network, nudges, scratch_.front().numbers);
}

/// The central difference of the nudges at `at` (forth) and `at + 1` (back).
LaneNudger::Slope LaneNudger::slope_of_pair(std::size_t at) const {
  const double width = steps_[at] - steps_[at + 1];
  const double error = errors_.of_cost(costs_[at], cost_errors_[at]) + errors_.of_cost(costs_[at + 1], cost_errors_[at + 1]);
  return {(costs_[at] - costs_[at + 1]) / width, error / width, (crossed_[at] | crossed_[at + 1]) == 0};
}

void LaneNudger::find_bends(std::size_t l) {
  const std::size_t n = network_.width(l);
  reserve(4 * n);
  for (std::size_t j = 0; j < n; ++j) {
    const double step = usual_step_ * std::max(1.0, std::abs(trace_.state.z[l](j)));
    for (const double nudge : {step, -step, 2 * step, -2 * step}) add(j, nudge);
  }
  run();
  bends_[l].resize(n);
  for (std::size_t j = 0; j < n; ++j) {
    const Slope near = slope_of_pair(4 * j), far = slope_of_pair(4 * j + 2);
    // D(2s) − D(s) = 3 s² C‴/6 + …
    const double step = steps_[4 * j];
    const bool usable = near.usable && far.usable;
    bends_[l][j] = usable ? std::abs(far.value - near.value) / (step * step) : std::numeric_limits<double>::quiet_NaN();
  }
}

void LaneNudger::fill(const Block& block, std::size_t first, std::size_t last, double scale, const BlockRows& rows, std::uint8_t* wanted) {
  scale_ = scale;
  switch (block.quantity) {
    case Quantity::dC_da:
      // Of the outputs the cost alone is run: nothing to be gained.
      if (block.layer < network_.depth()) fill_activations(block, first, last, rows, wanted);
      return;
    case Quantity::delta:
    case Quantity::dC_db:
    case Quantity::dC_dw:
    case Quantity::path: break;
    default: return;
  }
  begin(false, block.layer);
  if (bends_[block.layer].empty()) find_bends(block.layer);
  reserve(2 * most_twins);
  for (std::size_t j = first; j < last; ++j) fill_parameter(block, j, rows, wanted);
  flush(rows, wanted);
}

/// What enters through zⱼ: one row; of ∂C/∂w a row of weights, of path a column.
void LaneNudger::fill_parameter(const Block& block, std::size_t j, const BlockRows& rows, std::uint8_t* wanted) {
  const std::size_t l = block.layer;
  const double z = trace_.state.z[l](j);
  const double* a = trace_.state.a[l - 1].data();
  const double* w = network_.layer(l).weights.data() + j * network_.width(l - 1);
  switch (block.quantity) {
    case Quantity::delta: ask(j, j, z, 1, z, rows, wanted); break;
    case Quantity::dC_db: ask(j, j, z, 1, network_.layer(l).biases(j), rows, wanted); break;
    case Quantity::dC_dw:
      for (std::size_t k = 0; k < block.columns; ++k) ask(j * block.columns + k, j, z, a[k], w[k], rows, wanted);
      break;
    default:
      for (std::size_t k = 0; k < block.rows; ++k) ask(k * block.columns + j, j, z, w[k], a[k], rows, wanted);
  }
}

void LaneNudger::ask(std::size_t row, std::size_t j, double z, double factor, double x, const BlockRows& rows, std::uint8_t* wanted) {
  if (!wanted[row]) return;
  if (factor == 0) {  // z does not move, whatever h
    settle(rows[row], Derivative{}, 0, options_.relative_tolerance, scale_);
    wanted[row] = rows[row].verdict != Verdict::agree;
    return;
  }
  const double h = choose_step(usual_step_, x, factor, z), step = h * std::abs(factor);
  // The steps that z + step, rounded, really makes.
  const double forth = (z + step) - z, back = (z - step) - z;
  if (forth == 0 || back == 0) return;
  twins_.push_back({row, static_cast<std::uint32_t>(j), factor, h, back, forth});
  add(j, forth);
  add(j, back);
  if (twins_.size() == most_twins) flush(rows, wanted);
}

void LaneNudger::flush(const BlockRows& rows, std::uint8_t* wanted) {
  if (twins_.empty()) return;
  run();
  for (std::size_t i = 0; i < twins_.size(); ++i) {
    const Twin& twin = twins_[i];
    CheckRow& row = rows[twin.row];
    const double own_error = backward_.delta[layer_](twin.neuron) * std::abs(twin.factor) + factor_rounding * std::abs(row.analytic);
    if (settle_row(row, twin, slope_of_pair(2 * i), bends_[layer_][twin.neuron], own_error)) wanted[twin.row] = 0;
  }
  twins_.clear();
  count_ = 0;
}

/// Whether that settles it.
bool LaneNudger::settle_row(CheckRow& row, const Twin& twin, const Slope& slope, double bend, double own_error) {
  const double size = std::abs(twin.factor), step = std::max(twin.forth, -twin.back);
  Derivative derivative;
  derivative.value = slope.value * twin.factor;
  derivative.truncation = bend * step * step * size;
  derivative.rounding = slope.rounding * size;
  if (!slope.usable || !std::isfinite(derivative.value) || !std::isfinite(derivative.bound())) return false;
  settle(row, derivative, own_error, options_.relative_tolerance, scale_);
  // Agreement by the relative tolerance alone shows a bound too small: the plain way finds a better one.
  if (row.verdict != Verdict::agree || !(std::abs(row.analytic - row.numeric) <= row.bound)) return false;
  smallest_step_ = smallest_step_ == 0 ? twin.h : std::min(smallest_step_, twin.h);
  largest_step_ = std::max(largest_step_, twin.h);
  return true;
}

/// ∂C/∂a⁽ˡ⁾ₖ, l < L: nudged by h and by 2h, since no other number shares its function.
void LaneNudger::fill_activations(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows, std::uint8_t* wanted) {
  const std::size_t l = block.layer;
  begin(true, l);
  std::size_t k = first;
  while (k < last) {
    reserve(4 * most_twins);
    for (; k < last && twins_.size() < most_twins; ++k) {
      if (!wanted[k]) continue;
      const double h = choose_activation_step(usual_step_, trace_, l, k);
      if (h == 0) continue;
      twins_.push_back({k, static_cast<std::uint32_t>(k), 1, h, -h, h});
      for (const double nudge : {h, -h, 2 * h, -2 * h}) add(k, nudge);
    }
    if (twins_.empty()) return;
    run();
    for (std::size_t i = 0; i < twins_.size(); ++i) {
      const Slope near = slope_of_pair(4 * i), far = slope_of_pair(4 * i + 2);
      const Twin& twin = twins_[i];
      if (!far.usable) continue;
      const double bend = std::abs(far.value - near.value) / (twin.h * twin.h);
      if (settle_row(rows[twin.row], twin, near, bend, backward_.dC_da[l](twin.row))) wanted[twin.row] = 0;
    }
    twins_.clear();
  }
}

}  // namespace gradtrace
