// The right forms of every rule.
#include "homework/rule_form.hpp"

#include "network/forward.hpp"

#include <utility>

namespace gradtrace {

std::vector<RuleForm> right_forms(const Network& network, const CellRules& rules, const Name& cell) {
  using Shape = RuleForm::Shape;
  const std::size_t l = cell.layer;
  std::vector<RuleForm> forms{{rules.ingredients(cell), [&rules, cell](const Reader& read) { return rules.evaluate(cell, read); }}};
  RuleForm& plain = forms.front();
  const auto here = [&](Quantity quantity, std::size_t j) { return beside(cell, quantity, l, j); };
  const Reader zero = [](const Name&) { return 0.0; };
  if (cell.scope.kind == Scope::Kind::mean) {
    plain.shape = Shape::terms;
    plain.weight = 1 / static_cast<double>(rules.examples());
    return forms;
  }
  switch (cell.quantity) {
    case Quantity::z:
    case Quantity::dC_dw:
    case Quantity::path: plain.shape = Shape::products; break;
    case Quantity::dC_db: plain.shape = Shape::terms; break;
    case Quantity::C:
      plain.in_steps = plain.reads_more = true;
      plain.parts = 3;
      plain.in_parts = [&network, cell](const Reader& read, const OnTheWay& hold) { return cost_in_parts(network, cell, read, hold); };
      break;
    case Quantity::a:
      plain.in_steps = network.layer(l).activation == Activation::softmax;
      if (!activation_in_parts(network, cell, zero, {})) break;
      plain.parts = 3;
      plain.in_parts = [&network, cell](const Reader& read, const OnTheWay& hold) { return *activation_in_parts(network, cell, read, hold); };
      break;
    case Quantity::slope: {
      RuleForm by_parts = plain;
      by_parts.parts = 3;
      for (std::size_t way = 0; slope_in_parts(network, cell, zero, {}, way); ++way) {
        by_parts.in_parts = [&network, cell, way](const Reader& read, const OnTheWay& hold) { return *slope_in_parts(network, cell, read, hold, way); };
        if (way == 0) forms.clear();
        forms.push_back(by_parts);
      }
      RuleForm from_activations{{here(Quantity::a, cell.j)}, [&network, cell](const Reader& read) { return *slope_from_activations(network, cell, read); }};
      if (cell.k != Name::none && cell.k != cell.j) from_activations.ingredients.push_back(here(Quantity::a, cell.k));
      from_activations.in_parts = [&network, cell](const Reader& read, const OnTheWay& hold) { return *slope_from_activations_in_parts(network, cell, read, hold); };
      from_activations.parts = 2;
      if (slope_from_activations(network, cell, zero)) forms.push_back(std::move(from_activations));
      break;
    }
    case Quantity::dC_da: {
      if (l < network.depth()) {
        plain.shape = Shape::terms;
        break;
      }
      plain.in_steps = takes_logarithms(network.cost);
      plain.reads_more = true;
      plain.parts = network.cost == Cost::binary_cross_entropy ? 3 : network.cost == Cost::half_squared_error ? 0 : 1;
      plain.in_parts = [&network, cell](const Reader& read, const OnTheWay& hold) { return cost_derivative_in_parts(network, cell, read, hold); };
      break;
    }
    case Quantity::delta: {
      plain.shape = Shape::products;
      if (l < network.depth()) break;
      const Activation last = network.layer(l).activation;
      const Name a = here(Quantity::a, cell.j), y = here(Quantity::y, cell.j);
      if (network.cost == Cost::binary_cross_entropy && last == Activation::sigmoid) forms.push_back({{a, y}, [a, y](const Reader& read) { return read(a) - read(y); }, Shape::other});
      if (network.cost == Cost::cross_entropy && last == Activation::softmax) {
        std::vector<Name> ingredients{a};
        for (std::size_t i = 0; i < network.outputs(); ++i) ingredients.push_back(here(Quantity::y, i));
        forms.push_back({ingredients, [ingredients, a, y](const Reader& read) {
          double targets = 0;
          for (std::size_t i = 1; i < ingredients.size(); ++i) targets += read(ingredients[i]);
          return read(a) - read(y) + read(a) * (targets - 1);
        }});
      }
      break;
    }
    default: break;
  }
  return forms;
}

}  // namespace gradtrace
