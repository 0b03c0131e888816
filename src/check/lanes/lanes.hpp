// Many nudges of one example side by side, one in each lane of the processor's vector registers: the same forward
// passes as NudgedPass's (check/nudge.hpp), which remains the reference. Plain pointers, since the kernels behind
// this are compiled for several instruction sets and may share no inline code with the rest of the program.
#pragma once

#include "network/kinds.hpp"

#include <cstddef>
#include <cstdint>

namespace gradtrace {

/// Layer l of n neurons, fed by m.
struct LaneLayer {
  Activation activation;
  double alpha;
  std::size_t neurons, inputs;
  const double* weights;  ///< [n × m]
  const double* biases;   ///< [n]
  const double* z;        ///< [n], without a nudge
  const double* a;        ///< [n], without a nudge
};

/// A network and the example it has been run for.
struct LaneNetwork {
  const LaneLayer* layers;  ///< layers[l − 1] is layer l
  std::size_t depth;
  Cost cost;
  const double* target;      ///< [n_L]
  const double* difference;  ///< a⁽ᴸ⁾ − y without a nudge  [n_L]
};

/// A batch of nudges, each by itself: step[i] is added to z⁽ˡ⁾ (or a⁽ˡ⁾, l < L) of neuron[i].
struct LaneNudges {
  static constexpr std::size_t multiple = 32;  ///< count is a multiple of it

  bool of_activations;
  std::size_t layer;
  std::size_t count;
  const std::uint32_t* neuron;
  const double* step;
  const double* errors;  ///< of a⁽ᴸ⁾ − y, for costs of squares  [n_L]
  double drift;          ///< how much they grow with the distance that a⁽ᴸ⁾ − y is moved

  double* cost;            ///< C₀
  double* error;           ///< Σⱼ |aⱼ − yⱼ| (errorsⱼ + drift · distanceⱼ), for costs of squares
  std::uint64_t* crossed;  ///< not 0 where a ReLU changed side, or where the kernels do not reach far enough
};

enum class InstructionSet { baseline, avx2, avx512 };

/// Whether this program was built with, and this processor has, the instruction set.
bool is_available(InstructionSet set);
/// The largest available one. All give the same bits.
InstructionSet best_instruction_set();

/// Runs all nudges of the batch. `scratch` holds 2 · widest · multiple doubles on a boundary of 64 bytes,
/// `widest` being the most neurons of a layer.
void run_nudges(InstructionSet set, const LaneNetwork& network, const LaneNudges& nudges, double* scratch);

/// The functions the kernels are made of, for the test of their error.
enum class LaneFunction { exp, sigmoid, tanh, log, log1p, softplus, log_softplus, normal };
/// y = f(x) of `count` numbers, a multiple of LaneNudges::multiple.
void evaluate(InstructionSet set, LaneFunction function, const double* x, double* y, std::size_t count);

}  // namespace gradtrace
