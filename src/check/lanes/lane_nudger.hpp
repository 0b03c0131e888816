// The fast way through a gradient check: rows whose central difference agrees with backprop at once, nudged many at a
// time (lanes.hpp). Whatever does not agree, crosses a kink or leaves a double is left to the plain way.
#pragma once

#include "check/check.hpp"
#include "check/lanes/lanes.hpp"
#include "check/running_error.hpp"

#include <cstdint>
#include <vector>

namespace gradtrace {

class LaneNudger {
 public:
  /// Both must outlive the nudger.
  LaneNudger(const ExampleTrace& trace, const CheckOptions& options, const GradientErrors& backward, InstructionSet set = best_instruction_set());

  /// Whether there is a fast way for these options at all.
  static bool serves(const CheckOptions& options) { return options.method == Method::central && !options.step; }

  /// Nudges the numbers of units [first, last) (neurons j; of ∂C/∂a activations k) that are wanted[i], i being a
  /// row's place in the block, and clears wanted[i] of those it has settled.
  void fill(const Block& block, std::size_t first, std::size_t last, double scale, const BlockRows& rows, std::uint8_t* wanted);

  double smallest_step() const { return smallest_step_; }  ///< of the rows settled; 0 where there were none
  double largest_step() const { return largest_step_; }

 private:
  /// A row under way. In units of what is moved, z or a: `factor` is its change for a change of 1 in the variable.
  struct Twin {
    std::size_t row;
    std::uint32_t neuron;
    double factor, h, back, forth;
  };
  struct Slope {
    double value, rounding;
    bool usable;
  };

  void fill_parameter(const Block& block, std::size_t j, const BlockRows& rows, std::uint8_t* wanted);
  void fill_activations(const Block& block, std::size_t first, std::size_t last, const BlockRows& rows, std::uint8_t* wanted);
  void begin(bool of_activations, std::size_t l);
  void find_bends(std::size_t l);
  void ask(std::size_t row, std::size_t j, double z, double factor, double x, const BlockRows& rows, std::uint8_t* wanted);
  void flush(const BlockRows& rows, std::uint8_t* wanted);
  bool settle_row(CheckRow& row, const Twin& twin, const Slope& slope, double bend, double own_error);
  void reserve(std::size_t count);
  void add(std::size_t neuron, double step);
  void run();
  Slope slope_of_pair(std::size_t at) const;

  const ExampleTrace& trace_;
  const Network& network_;
  const CheckOptions& options_;
  const GradientErrors& backward_;
  InstructionSet set_;
  double usual_step_;
  std::vector<LaneLayer> layers_;
  Vector difference_;  ///< a⁽ᴸ⁾ − y without a nudge
  // Of the nudges under way.
  bool begun_ = false, of_activations_ = false;
  std::size_t layer_ = 0;
  double scale_ = 0;
  CostErrors errors_;
  std::vector<Twin> twins_;
  std::size_t count_ = 0;  ///< nudges in the batch; the arrays grow as needed and are kept
  std::vector<std::uint32_t> neurons_;
  std::vector<double> steps_, costs_, cost_errors_;
  std::vector<std::uint64_t> crossed_;
  struct alignas(64) Line {
    double numbers[8];
  };
  std::vector<Line> scratch_;
  /// [l][j]: |D(2s) − D(s)|/s² of neuron j's z, three times the truncation of a central difference of step 1; NaN
  /// where a kink is near. Everything that enters through zⱼ shares the one function of it.
  std::vector<std::vector<double>> bends_;
  double smallest_step_ = 0, largest_step_ = 0;
};

}  // namespace gradtrace
