// Nudges every number of one traced example: which variable each number's twin moves, by how much, and
// what is watched. Formulas: MATH, Numerical derivatives.
#pragma once

#include "check/check.hpp"
#include "check/complex_step.hpp"
#include "check/lanes/lane_nudger.hpp"
#include "check/nudge.hpp"
#include "check/reference.hpp"
#include "check/running_error.hpp"
#include "check/schemes.hpp"

namespace gradtrace {

class ExampleNudger {
 public:
  /// Both must outlive the nudger. `plain`: one nudge after another, as the reference for the lanes.
  ExampleNudger(const ExampleTrace& trace, const CheckOptions& options, bool plain = false);

  /// Fills in the rows there are of one quantity and layer.
  void fill(const Block& block, const BlockRows& rows);

  /// The same in parts: the largest of backprop's numbers, without their rows, …
  double scale_of(const Block& block) const;
  /// … and, given it, the rows of units [first, last), as many as units(block).
  void fill_units(const Block& block, std::size_t first, std::size_t last, double scale, const BlockRows& rows);
  /// The neurons (of ∂C/∂a the activations) whose numbers are in the block.
  std::size_t units(const Block& block) const;

  double smallest_step() const;  ///< taken so far; 0 where none was
  double largest_step() const;

 private:
  /// A unit's rows in its block: one, a row or a column.
  struct Rows {
    std::size_t first, stride, count;
  };
  Rows rows_of(const Block& block, std::size_t unit) const;
  void name_units(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows);
  void name_all(const Block& block, std::size_t unit, const BlockRows& rows);
  bool any_wanted(const Block& block, std::size_t unit) const;
  void fill_neuron(const Block& block, std::size_t j, const BlockRows& rows);
  void fill_slopes(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows);
  double step_for(double x, double factor, double z) const;
  double usual_difference() const;
  void nudge_weighted_input(std::size_t l, std::size_t j, double factor, double x, CheckRow& row);
  double room_for_logarithms(std::size_t k) const;
  void nudge_activation(std::size_t l, std::size_t k, CheckRow& row);
  template <class Difference, class Exact>
  void answer(CheckRow& row, double h, double own_error, Difference difference, Exact exact);
  template <class Run>
  Derivative carried(Method method, const Name& name, double direction, double reach, Run run);
  ComplexStep& complex_step();
  Derivative by_reference(const Name& name);
  template <class AtStep, class Within>
  void resolve(CheckRow& row, double h, double own_error, AtStep at_step, Within within);
  template <class AtStep>
  void measure_truncation(Derivative& derivative, double h, AtStep at_step) const;
  template <class AtStep, class Within>
  void resolve_crossing(CheckRow& row, double h, const Derivative& first, double own_error, AtStep at_step, Within within);
  void settle(CheckRow& row, const Derivative& derivative, double own_error) const;
  void note_step(double h);

  const ExampleTrace& trace_;
  const Network& network_;
  const CheckOptions& options_;
  NudgedPass<double> pass_;
  std::optional<LaneNudger> lanes_;   ///< where there is a fast way
  std::vector<std::uint8_t> wanted_;  ///< by row of the block under way: to be nudged, and not yet settled
  // Made when asked for.
  std::optional<NudgedPass<Dual>> dual_pass_;
  std::optional<NudgedPass<std::complex<double>>> complex_pass_;
  std::optional<Reference> reference_;
  std::optional<ComplexStep> complex_step_;
  GradientErrors backward_;     ///< backprop's own rounding
  Vector z_errors_ = zeros(0);  ///< rounding of the outputs' z for the nudges under way
  Evaluation here_;             ///< what is watched, without a nudge
  double scale_ = 0;            ///< the largest number of the block under way
  double smallest_step_ = 0, largest_step_ = 0;
};

}  // namespace gradtrace
