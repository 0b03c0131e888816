// Bounds of names.
#include "lesson/known_name.hpp"

namespace gradtrace {

namespace {

std::string why_wrong_scope(const LessonSizes& sizes, Name& name) {
  const std::string quantity(info(name.quantity).name);
  const bool of_all = name.quantity == Quantity::w || name.quantity == Quantity::b;
  const bool has_mean = name.quantity == Quantity::C || name.quantity == Quantity::dC_db ||
                        name.quantity == Quantity::dC_dw;
  switch (name.scope.kind) {
    case Scope::Kind::none:
      if (of_all) break;
      if (sizes.examples != 1) {
        return "the lesson has " + std::to_string(sizes.examples) +
               " examples; put one in front, as in 0:" + to_string(name, false) +
               (has_mean ? ", or \"mean:\"" : "");
      }
      name.scope = Scope::of_example(0);
      break;
    case Scope::Kind::example:
      if (of_all) return quantity + " belongs to no example; leave the number in front out";
      if (name.scope.example >= sizes.examples) {
        return "there is no example " + std::to_string(name.scope.example) + "; the last is " +
               std::to_string(sizes.examples - 1);
      }
      break;
    case Scope::Kind::mean:
      if (sizes.examples < 2) return "the lesson has one example, so there is no mean";
      if (!has_mean) return "there are means of C, dC/db and dC/dw, not of " + quantity;
      break;
  }
  return "";
}

std::string why_wrong_layer(const LessonSizes& sizes, const Name& name) {
  const std::size_t depth = sizes.widths.size() - 1;
  const bool of_input = name.quantity == Quantity::a || name.quantity == Quantity::dC_da;
  if (name.layer > depth)
    return "there is no layer " + std::to_string(name.layer) + "; the last is " +
           std::to_string(depth);
  if (name.layer == 0 && !of_input) return "layer 0 is the input, which has a and dC/da alone";
  if (name.quantity == Quantity::y && name.layer != depth)
    return "targets belong to the last layer, " + std::to_string(depth);
  return "";
}

std::string why_wrong_neuron(const LessonSizes& sizes, std::size_t layer, std::size_t neuron) {
  const std::size_t width = sizes.widths[layer];
  if (neuron < width) return "";
  const std::string unit = layer == 0 ? "input" : "neuron of layer " + std::to_string(layer);
  return "there is no neuron " + std::to_string(neuron) + "; the last " + unit + " is " +
         std::to_string(width - 1);
}

std::string why_wrong_indices(const LessonSizes& sizes, const Name& name) {
  if (name.quantity == Quantity::slope && sizes.softmax[name.layer] != (name.k != Name::none)) {
    return sizes.softmax[name.layer]
               ? "a softmax layer's slope has two indices, as in slope[1][0,1]"
               : "only a softmax layer's slope has two indices";
  }
  std::string why = why_wrong_neuron(sizes, name.layer, name.j);
  if (!why.empty() || name.k == Name::none) return why;
  const bool within_layer = name.quantity == Quantity::slope;
  return why_wrong_neuron(sizes, within_layer ? name.layer : name.layer - 1, name.k);
}

}  // namespace

std::string why_no_number(const LessonSizes& sizes, Name& name) {
  std::string why = why_wrong_scope(sizes, name);
  if (!why.empty() || name.quantity == Quantity::C) return why;
  why = why_wrong_layer(sizes, name);
  return why.empty() ? why_wrong_indices(sizes, name) : why;
}

}  // namespace gradtrace
