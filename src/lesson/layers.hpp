// The tables [network] and [[layer]]: what they say, which sizes follow, and the network they make.
#pragma once

#include "lesson/array_value.hpp"
#include "lesson/lesson.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

/// [network] as written.
struct NetworkTable {
  std::optional<TomlTable> table;
  std::optional<Cost> cost;
  std::optional<TomlValue> cost_value;
  std::optional<std::size_t> inputs;
  std::optional<TomlValue> inputs_value;
  double learning_rate = 0.1;
};

/// A [[layer]] as written; what is missing or broken has been reported where it is not there.
struct LayerTable {
  TomlTable table;
  std::optional<Activation> activation;
  double alpha = 0.01;
  std::optional<std::size_t> neurons;
  std::optional<TomlValue> neurons_value;
  std::optional<ArrayValue> weights, biases;
};

/// Widths of the layers 0 … L; nothing where a reported problem leaves them open.
using Widths = std::vector<std::optional<std::size_t>>;

/// What the data say about the number of inputs, for lessons that do not.
struct DataWidths {
  std::optional<std::size_t> first;   ///< of the first example
  std::optional<std::size_t> common;  ///< of all examples, where they agree
  bool broken = false;                ///< a reported problem hides it
};

NetworkTable read_network_table(const TomlTable& root);
std::vector<LayerTable> read_layer_tables(const TomlTable& root, ArrayContext& context);

/// Finds every width, and reports arrays that do not fit and sizes beyond the budget.
Widths resolve_widths(const NetworkTable& network, const std::vector<LayerTable>& layers,
                      const DataWidths& data, Budget& budget);

/// Reports a cost that is not defined for the last layer's outputs.
void check_cost(const NetworkTable& network, const std::vector<LayerTable>& layers,
                const Widths& widths);

/// The network; only for tables without problems.
Network build_network(const NetworkTable& network, const std::vector<LayerTable>& layers,
                      const Widths& widths);

}  // namespace gradtrace
