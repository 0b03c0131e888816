// The curve of error against step.
#include "check/sweep.hpp"

#include "check/nudge.hpp"
#include "check/reference.hpp"
#include "check/schemes.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>

namespace gradtrace {
namespace {

constexpr int steps_per_decade = 4, decades = 15;  // 1e-1 … 1e-16

/// What the number's nudge moves: t goes in at z⁽ˡ⁾ⱼ (times a factor) or at a⁽ˡ⁾ₖ, and C, or aᵢ, is watched.
template <class T, class B, class W>
T watched_after(NudgedPass<T, B, W>& pass, const NetworkOf<W>& network, const StateOf<B>& state, const Name& name, double factor, const T& t) {
  const std::size_t l = name.layer;
  if (name.quantity == Quantity::dC_da) return pass.cost_after_a(l, name.j, t);
  if (name.quantity != Quantity::slope) return pass.cost_after_z(l, name.j, T(factor) * t);
  const LayerOf<W>& layer = network.layer(l);
  if (layer.activation != Activation::softmax) return activate_unit(layer.activation, layer.alpha, T(state.z[l](name.j) + t));
  VectorOf<T> z = zeros<T>(layer.neurons()), a = zeros<T>(layer.neurons());
  for (std::size_t i = 0; i < layer.neurons(); ++i) z(i) = T(state.z[l](i));
  z(name.k) += t;
  activate(layer, z, a);
  return a(name.j);
}

/// ∂z/∂(what is moved)
double factor_of(const ExampleTrace& trace, const Name& name) {
  if (name.quantity == Quantity::dC_dw) return trace.state.a[name.layer - 1](name.k);
  if (name.quantity == Quantity::path) return trace.w(name.layer, name.j, name.k);
  return 1;
}

/// Where the variable stands, which decides which steps a sum x + h can make.
double place_of(const ExampleTrace& trace, const Name& name) {
  const std::size_t l = name.layer;
  switch (name.quantity) {
    case Quantity::dC_da: return trace.state.a[l](name.j);
    case Quantity::dC_db: return trace.network->layer(l).biases(name.j);
    case Quantity::dC_dw: return trace.w(l, name.j, name.k);
    case Quantity::path: return trace.state.a[l - 1](name.k);
    default: return trace.state.z[l](name.quantity == Quantity::slope && name.k != Name::none ? name.k : name.j);
  }
}

template <class T>
T step_taken(T x, double step) {
  const volatile T moved = x + static_cast<T>(step);
  return moved - x;
}

class Sweeper {
 public:
  Sweeper(const ExampleTrace& trace, const Name& name)
      : trace_(trace), name_(name), factor_(factor_of(trace, name)), place_(place_of(trace, name)) {
    sweep_.name = name;
    sweep_.analytic = trace.value(name);
    sweep_.reference = Reference(trace, share_of(*trace.network, 1)).find(name).value;
  }

  void differences(Method method) {
    NudgedPass<double> pass(trace_);
    difference_series(method, false, [&](double t) {
      return watched_after(pass, *trace_.network, trace_.state, name_, factor_, t);
    }, [&](double step) { return step_taken(place_, step); });
  }

  void differences_in_single_precision(Method method) {
    const NetworkOf<float> network = cast<float>(*trace_.network);
    VectorOf<float> input = zeros<float>(network.inputs);
    for (std::size_t k = 0; k < network.inputs; ++k) input(k) = static_cast<float>(trace_.state.a[0](k));
    const StateOf<float> state = forward(network, input);
    const OutputsOf<float> outputs = outputs_from_z(network.layers.back(), network.cost, state.z.back());
    NudgedPass<float, float, float> pass(network, trace_.target, state, outputs);
    difference_series(method, true, [&](double t) {
      return static_cast<double>(watched_after(pass, network, state, name_, factor_, static_cast<float>(t)));
    }, [&](double step) { return static_cast<double>(step_taken(static_cast<float>(place_), step)); });
  }

  void complex_steps() {
    NudgedPass<std::complex<double>> pass(trace_);
    SweepSeries series{Method::complex_step, false, {}, {}, {}};
    for_each_step([&](double h) {
      add(series, h, watched_after(pass, *trace_.network, trace_.state, name_, factor_, std::complex<double>(0, h)).imag() / h);
    });
    finish(series);
  }

  void dual() {
    NudgedPass<Dual> pass(trace_);
    const double value = watched_after(pass, *trace_.network, trace_.state, name_, factor_, Dual::nudge()).derivative;
    SweepSeries series{Method::dual, false, {}, {}, {}};
    for_each_step([&](double h) { add(series, h, value); });
    sweep_.series.push_back(std::move(series));
  }

  Sweep take() { return std::move(sweep_); }

 private:
  template <class Use>
  static void for_each_step(Use use) {
    for (int i = 0; i <= decades * steps_per_decade; ++i) use(std::pow(10.0, -1 - static_cast<double>(i) / steps_per_decade));
  }

  template <class Function, class Taken>
  void difference_series(Method method, bool single, Function f, Taken taken) {
    SweepSeries series{method, single, {}, {}, {}};
    const auto evaluate = [&](double t) { return Evaluation{f(t), 0, {}}; };
    const Evaluation here = evaluate(0);
    for_each_step([&](double h) {
      const bool lost = taken(h) == 0 || taken(-h) == 0;
      add(series, h, lost ? std::numeric_limits<double>::quiet_NaN() : differentiate(method, here, h, evaluate, taken).value);
    });
    predict(series, std::abs(here.value));
    finish(series);
  }

  void add(SweepSeries& series, double step, double value) {
    const double scale = sweep_.reference == 0 || !std::isfinite(sweep_.reference) ? 1 : std::abs(sweep_.reference);
    series.points.push_back({step, value, std::abs(value - sweep_.reference) / scale});
  }

  /// Truncation K·hᵖ, with K measured at a step of 0.01, meets rounding ε|C|/h at (ε|C|/(pK))^(1/(p+1)).
  void predict(SweepSeries& series, double size) const {
    const int order = info(series.method).order;
    if (order == 0) return;
    const SweepPoint& at = series.points[steps_per_decade];
    const double scale = sweep_.reference == 0 ? 1 : std::abs(sweep_.reference);
    const double coefficient = at.error * scale / std::pow(at.step, order);
    const double epsilon = series.single_precision ? static_cast<double>(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();
    const double step = std::pow(epsilon * size / (order * coefficient), 1.0 / (order + 1));
    if (std::isfinite(step) && step > 0 && step < 0.1) series.predicted_step = step;
  }

  /// The slope in the double-logarithmic picture, over the steps well above the best one.
  void finish(SweepSeries& series) {
    const SweepPoint* best = series.best();
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (const SweepPoint& point : series.points) {
      const bool truncation_rules = best && point.error > 10 * best->error && point.step > 2 * best->step;
      if (!truncation_rules || !std::isfinite(point.error) || point.error > 0.3) continue;
      const double log_step = std::log10(point.step), log_error = std::log10(point.error);
      n += 1, x += log_step, y += log_error, xx += log_step * log_step, xy += log_step * log_error;
    }
    if (n >= 3) series.observed_slope = (n * xy - x * y) / (n * xx - x * x);
    sweep_.series.push_back(std::move(series));
  }

  const ExampleTrace& trace_;
  Name name_;
  double factor_, place_;
  Sweep sweep_;
};

}  // namespace

const SweepPoint* SweepSeries::best() const {
  const SweepPoint* best = nullptr;
  for (const SweepPoint& point : points) {
    if (std::isfinite(point.error) && (!best || point.error < best->error)) best = &point;
  }
  return best;
}

Sweep sweep_step(const ExampleTrace& trace, const Name& name, bool single_precision) {
  Sweeper sweeper(trace, name);
  for (const Method method : {Method::forward, Method::central, Method::five_point, Method::ridders}) sweeper.differences(method);
  sweeper.complex_steps();
  sweeper.dual();
  if (single_precision) {
    for (const Method method : {Method::forward, Method::central, Method::five_point}) sweeper.differences_in_single_precision(method);
  }
  return sweeper.take();
}

}  // namespace gradtrace
