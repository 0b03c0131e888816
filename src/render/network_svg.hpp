// A network in SVG: neurons with their activations, edges with their weights.
#pragma once

#include "lesson/lesson.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace gradtrace {

struct NetworkPicture {
  static constexpr std::size_t most_neurons = 8;  ///< of a layer; of wider ones one fewer, and how many are left out

  int digits = 3;
  std::vector<Block> steps;  ///< the numbers of the derivation that are lit, and written below their neurons or on their edges
};

/// The parts of the picture that a number of this step is made of, by the names they carry, with j and k standing for its
/// indices and * for any: {"w[2][j,*]", "a[1][*]", "a[2][j]"} for z of layer 2. "C[j]" is the line from output j to the cost.
std::vector<std::string> used_by(const Network& network, const Block& step);

/// What stands below the neurons drawn: "δ = 0.277" by "a[2][0]".
std::vector<std::pair<std::string, std::string>> below_neurons(const ExampleTrace& trace, const Block& step, int digits);

/// An <svg> element. Sign by colour and dash, size by thickness; each neuron, edge, bias and target carries its name in
/// `data-name`, and a title. The classes (neuron, edge, negative, lit) are styled by `network_style`, which goes in front of
/// it in a file of its own.
std::string network_svg(const ExampleTrace& trace, const NetworkPicture& picture);

/// The same as a file of its own, its style within.
std::string network_svg_file(const ExampleTrace& trace, const NetworkPicture& picture);

/// CSS of the classes above.
std::string network_style();

/// The neurons of layer l that are drawn; of a wide layer those that are most active, and those with the largest δ.
std::vector<std::size_t> drawn_neurons(const ExampleTrace& trace, std::size_t l);

}  // namespace gradtrace
