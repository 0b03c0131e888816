// Nudging every number of one example.
#include "check/example_nudger.hpp"

#include "check/settle.hpp"
#include "check/unit_rounding.hpp"
#include "check/verdict.hpp"
#include "check/watched_unit.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace gradtrace {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// What is left in a double of what a reference is good to, relatively.
constexpr double reference_error = epsilon;

/// The step that x + t, rounded, really makes.
auto step_taken_at(double x) {
  return [x](double t) {
    const volatile double moved = x + t;
    return moved - x;
  };
}

/// What a pass that carries a derivative says of it. A complex step's rounding is that of the dual number.
Derivative derivative_of(const Dual& result) {
  Derivative derivative;
  derivative.value = result.derivative;
  derivative.rounding = result.derivative_error;
  return derivative;
}

/// `within` holds all that the derivative is nearby, whichever slopes the ReLUs take there.
AtKink at_kink(const Derivative& sides, const Derivative& within) {
  const auto [low, high] = std::minmax(sides.left, sides.right);
  // What is not finite is not known; a minimum with NaN would be.
  const bool known = std::isfinite(within.value) && std::isfinite(within.rounding);
  const double everything = std::numeric_limits<double>::infinity();
  return {sides.left, sides.right, known ? std::min(low, within.value - within.rounding) : -everything,
          known ? std::max(high, within.value + within.rounding) : everything};
}

}  // namespace

ExampleNudger::ExampleNudger(const ExampleTrace& trace, const CheckOptions& options, bool plain)
    : trace_(trace), network_(*trace.network), options_(options), pass_(trace), backward_(backward_errors(trace)) {
  if (!plain && LaneNudger::serves(options)) lanes_.emplace(trace, options, backward_);
}

/// Finds the row's twin and judges it. `difference(method, step)` takes differences, `exact(method, reach)` carries a
/// derivative along; of dual numbers its error covers what the derivative is anywhere within reach.
template <class Difference, class Exact>
void ExampleNudger::answer(CheckRow& row, double h, double own_error, Difference difference, Exact exact) {
  const auto within = [&](double reach) { return exact(Method::dual, reach); };
  if (!is_difference(options_.method)) {
    const Derivative derivative = exact(options_.method, 0);
    if (!derivative.crossing) {
      settle(row, derivative, own_error);
      return;
    }
    // At a kink there are two derivatives, and only differences see both.
    const auto central = [&](double step) { return difference(Method::central, step); };
    resolve(row, h, own_error, central, within);
    return;
  }
  resolve(row, h, own_error, [&](double step) { return difference(options_.method, step); }, within);
  if (row.verdict != Verdict::disagree && row.verdict != Verdict::inconclusive) return;
  const Derivative second = exact(Method::dual, 0);
  // Below the smallest normal number digits are lost one by one, here as in settle.
  const double bound = second.bound() + own_error + std::numeric_limits<double>::min();
  if (second.crossing || !std::isfinite(second.value) || !std::isfinite(bound)) {
    // Alone, a difference whose own error is of its size has nothing to say against backprop.
    constexpr double no_derivative = 0.1;
    if (row.verdict == Verdict::disagree && row.bound >= no_derivative * std::abs(row.numeric)) row.verdict = Verdict::inconclusive;
    return;
  }
  consult(row, {second.value, bound}, options_.relative_tolerance, scale_);
}

/// Differentiates with step h. Where the step is ours to choose: with smaller ones where a ReLU changed side or a unit bends
/// on the way, until none does; with larger ones where rounding hides the answer, until truncation would.
template <class AtStep, class Within>
void ExampleNudger::resolve(CheckRow& row, double h, double own_error, AtStep at_step, Within within) {
  Derivative first = at_step(h);
  constexpr double smallest_factor = 1.0 / (1 << 30);
  for (const double least = smallest_factor * h; first.far && !options_.step && h > least;) {
    h /= 32;
    first = at_step(h);
  }
  if (first.far) first.truncation = std::numeric_limits<double>::infinity();
  if (options_.step) measure_truncation(first, h, at_step);
  note_step(h);
  if (first.crossing) {
    resolve_crossing(row, h, first, own_error, at_step, within);
    return;
  }
  settle(row, first, own_error);
  constexpr double largest_factor = 1 << 12;
  Derivative best = first;
  for (double factor = 16; factor <= largest_factor && !options_.step; factor *= 16) {
    if (row.verdict != Verdict::inconclusive || best.rounding <= best.truncation) break;
    const Derivative wider = at_step(factor * h);
    if (wider.crossing || wider.far || !(wider.bound() < best.bound())) break;
    best = wider;
    settle(row, best, own_error);
  }
}

/// A step that was asked for may be so large that its own estimate says too little: the distance from what smaller ones find.
template <class AtStep>
void ExampleNudger::measure_truncation(Derivative& derivative, double h, AtStep at_step) const {
  constexpr double smaller = 1.0 / 16;
  const double least = usual_difference();
  double measured = std::numeric_limits<double>::infinity();
  while (h > least) {
    h = std::max(smaller * h, least);
    const Derivative narrower = at_step(h);
    if (!narrower.crossing && !narrower.far) measured = std::min(measured, std::abs(derivative.value - narrower.value) + narrower.bound());
  }
  if (std::isfinite(measured)) derivative.truncation = std::max(derivative.truncation, measured);
}

template <class AtStep, class Within>
void ExampleNudger::resolve_crossing(CheckRow& row, double h, const Derivative& first, double own_error, AtStep at_step, Within within) {
  constexpr double smallest_factor = 1.0 / (1 << 20), resolved = 1e-4;
  Derivative sides = first;      // the closest look at both sides that rounding does not blur
  Crossing crossed = *first.crossing;  // in the smallest step: what no step avoids
  double reach = 2 * h;                // differences look that far
  for (double factor = 1.0 / 32; factor >= smallest_factor && !options_.step; factor /= 32) {
    const Derivative narrower = at_step(factor * h);
    if (narrower.crossing) {
      crossed = *narrower.crossing;
      reach = 2 * factor * h;
      if (narrower.rounding <= resolved * std::max(std::abs(narrower.left), std::abs(narrower.right))) sides = narrower;
      continue;
    }
    if (narrower.far) continue;
    settle(row, narrower, own_error);
    if (row.verdict == Verdict::inconclusive) break;  // on one side, but lost in rounding
    return;
  }
  set(row, sides, own_error);
  if (!std::isfinite(sides.left) || !std::isfinite(sides.right)) {  // the cost left what a double can hold
    row.verdict = Verdict::inconclusive;
    return;
  }
  row.at_kink = at_kink(sides, within(reach));
  row.kink = Name{row.name.scope, Quantity::z, crossed.layer, crossed.neuron, Name::none};
  row.verdict = judge_kink(row);
}

void ExampleNudger::settle(CheckRow& row, const Derivative& derivative, double own_error) const {
  gradtrace::settle(row, derivative, own_error, options_.relative_tolerance, scale_);
}

void ExampleNudger::fill(const Block& block, const BlockRows& rows) {
  // Rows are named shortly before they are nudged, while the cache has them.
  constexpr std::size_t rows_at_a_time = 1024;
  const std::size_t all = units(block), share = rows.places() ? all : std::max<std::size_t>(1, rows_at_a_time * all / block.size());
  const double scale = scale_of(block);
  for (std::size_t first = 0; first < all; first += share) fill_units(block, first, std::min(all, first + share), scale, rows);
}

std::size_t ExampleNudger::units(const Block& block) const { return network_.width(block.layer); }

double ExampleNudger::scale_of(const Block& block) const {
  const std::size_t l = block.layer;
  double scale = 0;
  const auto note = [&](double x) {
    if (std::isfinite(x)) scale = std::max(scale, std::abs(x));
  };
  for (std::size_t row = 0; row < block.rows; ++row) {
    // These are nearly all there are, and quicker found than by name.
    if (block.quantity == Quantity::dC_dw) {
      for (std::size_t k = 0; k < block.columns; ++k) note(trace_.dC_dw(l, row, k));
    } else if (block.quantity == Quantity::path) {
      for (std::size_t j = 0; j < block.columns; ++j) note(trace_.path(l, row, j));
    } else {
      const std::size_t columns = std::max<std::size_t>(block.columns, 1);
      for (std::size_t i = row * columns; i < (row + 1) * columns; ++i) note(trace_.value(block.name(i, Scope::of_example(trace_.example))));
    }
  }
  return scale;
}

/// Of the rows there are, name and backprop's number; they are wanted.
void ExampleNudger::name_units(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows) {
  if (!rows.places()) {
    wanted_.resize(block.size());
    for (std::size_t unit = first; unit < last; ++unit) name_all(block, unit, rows);
    return;
  }
  wanted_.assign(block.size(), 0);
  for (const std::size_t at : *rows.places()) {
    const std::size_t unit = block.columns == 0 ? at : block.quantity == Quantity::dC_dw ? at / block.columns : at % block.columns;
    if (unit < first || unit >= last) continue;
    CheckRow& row = rows[at];
    row.name = block.name(at, Scope::of_example(trace_.example));
    row.analytic = trace_.value(row.name);
    wanted_[at] = 1;
  }
}

/// The same of a unit all of whose numbers have rows.
void ExampleNudger::name_all(const Block& block, std::size_t unit, const BlockRows& rows) {
  const Rows own = rows_of(block, unit);
  const Scope scope = Scope::of_example(trace_.example);
  for (std::size_t i = 0, at = own.first; i < own.count; ++i, at += own.stride) {
    CheckRow& row = rows[at];
    if (block.quantity == Quantity::dC_dw || block.quantity == Quantity::path) {
      row.name = {scope, block.quantity, block.layer, unit, i};
      row.analytic = block.quantity == Quantity::dC_dw ? trace_.dC_dw(block.layer, unit, i) : trace_.path(block.layer, i, unit);
    } else {
      row.name = block.name(at, scope);
      row.analytic = trace_.value(row.name);
    }
    wanted_[at] = 1;
  }
}

/// What can be is done many at a time, the rest one by one. What follows from one neuron's z is done neuron by neuron,
/// so that the running error is carried through the network once for all of them.
void ExampleNudger::fill_units(const Block& block, std::size_t first, std::size_t last, double scale, const BlockRows& rows) {
  const std::size_t l = block.layer;
  scale_ = scale;
  name_units(block, first, last, rows);
  if (lanes_) lanes_->fill(block, first, last, scale, rows, wanted_.data());
  switch (block.quantity) {
    case Quantity::dC_da:
      for (std::size_t k = first; k < last; ++k) {
        if (wanted_[k]) nudge_activation(l, k, rows[k]);
      }
      break;
    case Quantity::slope: fill_slopes(block, first, last, rows); break;
    default:
      for (std::size_t j = first; j < last; ++j) {
        if (!any_wanted(block, j)) continue;
        z_errors_ = errors_after_weighted_input(trace_, l, j);
        here_ = {trace_.cost, cost_error(trace_, trace_.outputs, z_errors_), {}};
        fill_neuron(block, j, rows);
      }
  }
}

ExampleNudger::Rows ExampleNudger::rows_of(const Block& block, std::size_t unit) const {
  if (block.columns == 0) return {unit, 1, 1};
  if (block.quantity == Quantity::dC_dw) return {unit * block.columns, 1, block.columns};
  return {unit, block.columns, block.rows};
}

/// Whether any number of the unit is still to be found.
bool ExampleNudger::any_wanted(const Block& block, std::size_t unit) const {
  const Rows own = rows_of(block, unit);
  for (std::size_t i = 0; i < own.count; ++i) {
    if (wanted_[own.first + i * own.stride]) return true;
  }
  return false;
}

/// ∂C/∂b and δ: one row; ∂C/∂w: its row of weights; path: its column.
void ExampleNudger::fill_neuron(const Block& block, std::size_t j, const BlockRows& rows) {
  const std::size_t l = block.layer;
  switch (block.quantity) {
    case Quantity::delta: nudge_weighted_input(l, j, 1, trace_.state.z[l](j), rows[j]); break;
    case Quantity::dC_db: nudge_weighted_input(l, j, 1, network_.layer(l).biases(j), rows[j]); break;
    case Quantity::dC_dw:
      for (std::size_t k = 0; k < block.columns; ++k) {
        const std::size_t at = j * block.columns + k;
        if (wanted_[at]) nudge_weighted_input(l, j, trace_.state.a[l - 1](k), trace_.w(l, j, k), rows[at]);
      }
      break;
    case Quantity::path:
      for (std::size_t k = 0; k < block.rows; ++k) {
        const std::size_t at = k * block.columns + j;
        if (wanted_[at]) nudge_weighted_input(l, j, trace_.w(l, j, k), trace_.state.a[l - 1](k), rows[at]);
      }
      break;
    default: assert(false && "not a number of one neuron's z");
  }
}

double ExampleNudger::step_for(double x, double factor, double z) const {
  return options_.step ? *options_.step : choose_step(usual_difference(), x, factor, z);
}

/// The method's usual step; of one that takes none, of the differences that stand in for it at a kink.
double ExampleNudger::usual_difference() const { return usual_step(is_difference(options_.method) ? options_.method : Method::central); }

void ExampleNudger::note_step(double h) {
  smallest_step_ = smallest_step_ == 0 ? h : std::min(smallest_step_, h);
  largest_step_ = std::max(largest_step_, h);
}

double ExampleNudger::smallest_step() const {
  const double by_lanes = lanes_ ? lanes_->smallest_step() : 0;
  if (by_lanes == 0 || smallest_step_ == 0) return std::max(by_lanes, smallest_step_);
  return std::min(by_lanes, smallest_step_);
}

double ExampleNudger::largest_step() const { return std::max(largest_step_, lanes_ ? lanes_->largest_step() : 0); }

/// A variable v with ∂z⁽ˡ⁾ⱼ/∂v = factor and no other way to the cost, at value x: a weight, a bias, z
/// itself, or an activation as neuron j alone sees it.
void ExampleNudger::nudge_weighted_input(std::size_t l, std::size_t j, double factor, double x, CheckRow& row) {
  const double z = trace_.state.z[l](j);
  // What a factor below the smallest normal number has lost, backprop may have kept.
  const double delta = std::abs(trace_.gradients[l].delta(j)), lost = row.analytic == 0 ? 0 : delta * std::numeric_limits<double>::denorm_min();
  // Every nudge weighs with the a that backprop has, but a reference, which comes by its own from the inputs. A difference is
  // rougher than that a by far.
  const bool by_digits = options_.method == Method::reference;
  const double of_factor = !is_difference(options_.method) && row.name.quantity == Quantity::dC_dw ? backward_.a[l - 1](row.name.k) * (delta + backward_.delta[l](j)) : 0;
  const double own_error = backward_.delta[l](j) * std::abs(factor) + of_factor + factor_rounding * std::abs(row.analytic) + lost;
  if (factor == 0) {  // z does not move, whatever h
    const Derivative derivative = by_digits ? by_reference(row.name) : Derivative{};
    settle(row, derivative.crossing ? Derivative{} : derivative, by_digits ? own_error : lost);  // an infinite error times 0 is none
    return;
  }
  const double h = step_for(x, factor, z);
  const auto cost = [&](double t) -> Evaluation {
    const double value = pass_.cost_after_z(l, j, t);
    return {value, cost_error(trace_, pass_.outputs(), z_errors_), pass_.crossing(), pass_.far()};
  };
  const auto taken = step_taken_at(z);
  const auto difference = [&](Method method, double step) {
    // In units of z: dividing by the step z really takes, then times ∂z/∂v.
    Derivative derivative = differentiate(method, here_, step * std::abs(factor), cost, taken);
    derivative.value *= factor;
    derivative.left *= factor;
    derivative.right *= factor;
    if (factor < 0) std::swap(derivative.left, derivative.right);
    derivative.truncation *= std::abs(factor);
    derivative.rounding *= std::abs(factor);
    return derivative;
  };
  answer(row, h, own_error, difference, [&](Method method, double reach) {
    return carried(method, row.name, factor, reach, [&](auto& pass, const auto& t) { return pass.cost_after_z(l, j, t); });
  });
}

/// The derivative carried along through a pass: `run(pass, t)` adds t to the variable and runs on.
template <class Run>
Derivative ExampleNudger::carried(Method method, const Name& name, double direction, double reach, Run run) {
  if (method == Method::reference) return by_reference(name);
  if (!dual_pass_) dual_pass_.emplace(trace_);
  Derivative derivative = derivative_of(run(*dual_pass_, Dual::nudge(direction, reach)));
  derivative.crossing = dual_pass_->crossing();
  if (method == Method::complex_step) {
    if (!complex_pass_) complex_pass_.emplace(trace_);
    complex_step().take(derivative, [&](double h) {
      const double change = run(*complex_pass_, std::complex<double>(0, direction * h)).imag();
      // A step moves real parts too, by its square: far, where that carries a ReLU across its kink.
      const bool strays = complex_pass_->crossing() && !derivative.crossing;
      const double motion = strays ? std::numeric_limits<double>::infinity() : std::max(std::abs(direction * h), complex_pass_->largest_motion());
      return std::pair{change / h, motion};
    });
  }
  return derivative;
}

ComplexStep& ExampleNudger::complex_step() {
  if (!complex_step_) complex_step_.emplace(trace_, options_.step);
  return *complex_step_;
}

Derivative ExampleNudger::by_reference(const Name& name) {
  if (!reference_) reference_.emplace(trace_, static_cast<double>(options_.examples) * (options_.sample ? share_of(*trace_.network, *options_.sample) : 1));
  const ReferenceValue found = reference_->find(name);
  Derivative derivative;
  derivative.value = found.value;
  derivative.truncation = found.truncation;
  derivative.rounding = reference_error * std::abs(derivative.value) + found.rounding;
  if (found.kink) derivative.crossing = Crossing{name.layer, name.j};
  return derivative;
}

/// How far output k stands from where a logarithm of its cost ends: it bends on that scale.
double ExampleNudger::room_for_logarithms(std::size_t k) const {
  const Anchored<double>& a = trace_.outputs.a[k];
  const double y = trace_.target(k);
  double room = std::numeric_limits<double>::infinity();
  if (y != 0) room = a.value();  // ln a
  if (network_.cost == Cost::binary_cross_entropy && y != 1) {
    room = std::min(room, a.anchor == 1 ? -a.offset : 1 - a.value());  // ln(1 − a)
  }
  return room;
}

/// ∂C/∂a⁽ˡ⁾ₖ: the activation itself is moved, for all neurons of the next layer, or for the cost.
void ExampleNudger::nudge_activation(std::size_t l, std::size_t k, CheckRow& row) {
  const bool output = l == network_.depth();
  const double x = trace_.state.a[l](k);
  double h = output ? step_for(x, 1, x) : options_.step ? *options_.step : choose_activation_step(usual_difference(), trace_, l, k);
  if (!output && choose_activation_step(1, trace_, l, k) == 0) {  // no neuron sees it
    settle(row, Derivative{}, 0);
    return;
  }
  z_errors_ = output ? zeros(network_.outputs()) : errors_after_activation(trace_, l, k);
  here_ = {trace_.cost, cost_error(trace_, trace_.outputs, z_errors_), {}};
  if (output && takes_logarithms(network_.cost)) {
    const double room = room_for_logarithms(k);
    h = options_.step ? std::min(h, room / 4) : std::min(1.0, room) * usual_difference();
  }
  const auto cost = [&](double t) -> Evaluation {
    const double value = pass_.cost_after_a(l, k, t);
    return {value, cost_error(trace_, pass_.outputs(), z_errors_), pass_.crossing(), pass_.far()};
  };
  // Only an output is stored moved; a hidden activation's change goes into the sums as it is.
  const auto taken = step_taken_at(output ? trace_.outputs.a[k].offset : 0);
  answer(
      row, h, backward_.dC_da[l](k), [&](Method method, double step) { return differentiate(method, here_, step, cost, taken); },
      [&](Method method, double reach) {
        // A complex step must be small beside the distance to where a logarithm ends.
        const bool ends = output && takes_logarithms(network_.cost) && method == Method::complex_step;
        const double scale = ends ? std::min(1.0, room_for_logarithms(k)) : 1;
        Derivative derivative = carried(method, row.name, scale, reach, [&](auto& pass, const auto& t) { return pass.cost_after_a(l, k, t); });
        derivative.value /= scale;
        derivative.truncation /= scale;
        derivative.rounding = derivative.rounding / scale + 2 * epsilon * std::abs(derivative.value);
        return derivative;
      });
}

/// ∂aᵢ/∂zⱼ: z moved, the activation watched, as its distance from the asymptote it is near.
void ExampleNudger::fill_slopes(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows) {
  const std::size_t l = block.layer, n = block.rows;
  const Layer& layer = network_.layer(l);
  const bool softmax = block.columns != 0;
  // The z it is the slope at is a double's, backprop's may be a wider one's, and a reference starts from the inputs.
  const auto error_of = [&](std::size_t i) { return options_.method == Method::reference ? backward_.z[l](i) : epsilon * std::abs(trace_.state.z[l](i)); };
  double largest_error = 0;
  for (std::size_t i = 0; i < layer.neurons(); ++i) largest_error = std::max(largest_error, error_of(i));
  for (std::size_t j = first; j < last; ++j) {
    const double z = trace_.state.z[l](j);
    const double h = step_for(z, 1, z);
    const auto taken = step_taken_at(z);
    WatchedUnits units(layer, trace_.state.z[l], j);
    const double z_error = softmax ? largest_error : error_of(j);
    for (std::size_t i = softmax ? 0 : j; i < (softmax ? n : j + 1); ++i) {
      const std::size_t at = softmax ? i * n + j : j;
      if (!wanted_[at]) continue;
      CheckRow& row = rows[at];
      const auto crossing = [&](bool moved_across) {
        return has_kink(layer.activation) && moved_across ? std::optional<Crossing>({l, j}) : std::nullopt;
      };
      const auto unit = [&](double t) {
        Evaluation evaluation = units.at(i, t);
        evaluation.crossing = crossing((z + t > 0) != (z > 0) || (z == 0 && t != 0));
        return evaluation;
      };
      here_ = unit(0);
      const double of_z = slope_change(layer, trace_.state.z[l], row.name, row.analytic, z_error);
      answer(
          row, h, 6 * activation_rounding(layer, z) * std::abs(row.analytic) + of_z,
          [&](Method method, double step) { return differentiate(method, here_, step, unit, taken); },
          [&](Method method, double reach) {
            const bool by_digits = method == Method::reference;
            Derivative derivative = by_digits ? by_reference(row.name) : derivative_of(units.carrying(i, Dual::nudge(1, reach), reach));
            if (method == Method::complex_step) {
              complex_step().take(derivative, [&](double step) { return std::pair{units.carrying(i, std::complex<double>(0, step), step).imag() / step, step}; });
            }
            derivative.crossing = crossing(z == 0 || (by_digits && derivative.crossing));
            return derivative;
          });
    }
  }
}

}  // namespace gradtrace
