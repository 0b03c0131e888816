// Nudges every number of one traced example: which variable each number's twin moves, by how much, and
// what is watched. Formulas: MATH, Numerical derivatives.
#pragma once

#include "check/check.hpp"
#include "check/nudge.hpp"
#include "check/reference.hpp"
#include "check/running_error.hpp"
#include "check/schemes.hpp"

namespace gradtrace {

class ExampleNudger {
 public:
  /// Both must outlive the nudger.
  ExampleNudger(const ExampleTrace& trace, const CheckOptions& options);

  /// Fills in all of rows[0 … block.size()), the numbers of one quantity and layer.
  void fill(const Block& block, CheckRow* rows);

  double smallest_step() const { return smallest_step_; }  ///< taken so far; 0 where none was
  double largest_step() const { return largest_step_; }

 private:
  bool any_sampled(const Block& block, std::size_t j, const CheckRow* rows) const;
  void fill_neuron(const Block& block, std::size_t j, CheckRow* rows);
  void fill_slopes(const Block& block, CheckRow* rows);
  double choose_step(double x, double factor, double z) const;
  void nudge_weighted_input(std::size_t l, std::size_t j, double factor, double x, CheckRow& row);
  double room_for_logarithms(std::size_t k) const;
  void nudge_activation(std::size_t l, std::size_t k, CheckRow& row);
  Evaluation softmax_unit(std::size_t l, std::size_t i, std::size_t j, double t) const;
  template <class Difference, class Exact>
  void answer(CheckRow& row, double h, double own_error, Difference difference, Exact exact);
  template <class Run>
  Derivative carried(Method method, const Name& name, double direction, Run run);
  double complex_step() const;
  double complex_rounding(double of_dual) const;
  Reference& reference();
  template <class AtStep>
  void resolve(CheckRow& row, double h, double own_error, AtStep at_step);
  template <class AtStep>
  void resolve_crossing(CheckRow& row, double h, const Derivative& first, double own_error, AtStep at_step);
  void set(CheckRow& row, const Derivative& derivative, double own_error) const;
  void settle(CheckRow& row, const Derivative& derivative, double own_error) const;
  void note_step(double h);

  const ExampleTrace& trace_;
  const Network& network_;
  const CheckOptions& options_;
  NudgedPass<double> pass_;
  // Made when asked for.
  std::optional<NudgedPass<Dual>> dual_pass_;
  std::optional<NudgedPass<std::complex<double>>> complex_pass_;
  std::optional<Reference> reference_;
  GradientErrors backward_;     ///< backprop's own rounding
  Vector z_errors_ = zeros(0);  ///< rounding of the outputs' z for the nudges under way
  Evaluation here_;             ///< what is watched, without a nudge
  double scale_ = 0;            ///< the largest number of the block under way
  double smallest_step_ = 0, largest_step_ = 0;
};

}  // namespace gradtrace
