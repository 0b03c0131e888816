// One number from other named numbers.
#include "trace/cell_rules.hpp"

#include "network/forward.hpp"
#include "trace/backward.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace gradtrace {

Name beside(const Name& cell, Quantity quantity, std::size_t layer, std::size_t j, std::size_t k) {
  const bool parameter = quantity == Quantity::w || quantity == Quantity::b;
  return {parameter ? Scope{} : cell.scope, quantity, layer, j, k};
}

namespace {

bool is_softmax(const Network& network, std::size_t l) { return network.layer(l).activation == Activation::softmax; }

std::vector<Name> row_of(const Name& cell, Quantity quantity, std::size_t layer, std::size_t n) {
  std::vector<Name> names;
  for (std::size_t j = 0; j < n; ++j) names.push_back(beside(cell, quantity, layer, j));
  return names;
}

Vector read_row(const Name& cell, const Reader& read, Quantity quantity, std::size_t layer, std::size_t n) {
  Vector values = zeros(n);
  for (std::size_t j = 0; j < n; ++j) values(j) = read(beside(cell, quantity, layer, j));
  return values;
}

/// The output layer as it is read: from z where the activations are what z gives, so that saturated
/// units keep their digits; from the activations alone where someone has others.
Outputs outputs_read(const Network& network, const Name& cell, const Reader& read, std::size_t from, std::size_t to) {
  const std::size_t last = network.depth();
  Vector z = zeros(to - from);
  for (std::size_t j = from; j < to; ++j) z(j - from) = read(beside(cell, Quantity::z, last, j));
  Outputs out = outputs_from_z(network.layer(last), network.cost, z);
  constexpr double rounding = 16 * std::numeric_limits<double>::epsilon();
  for (std::size_t j = from; j < to; ++j) {
    const double a = read(beside(cell, Quantity::a, last, j));
    if (std::abs(a - out.a[j - from].value()) <= rounding * std::abs(a)) continue;
    out.a[j - from] = {0, a};
    renew_logarithms(out, j - from);
  }
  return out;
}

Outputs outputs_read(const Network& network, const Name& cell, const Reader& read) {
  return outputs_read(network, cell, read, 0, network.outputs());
}

/// One output of them, and where in `out` it is: by itself, unless softmax ties it to the others.
struct OneOutput {
  Outputs out;
  std::size_t j;
};

OneOutput output_read(const Network& network, const Name& cell, const Reader& read) {
  if (is_softmax(network, network.depth())) return {outputs_read(network, cell, read), cell.j};
  return {outputs_read(network, cell, read, cell.j, cell.j + 1), 0};
}

Vector targets_read(const Network& network, const Name& cell, const Reader& read) {
  return read_row(cell, read, Quantity::y, network.depth(), network.outputs());
}

double complement_of(const Anchored<double>& a) { return a.anchor == 1 ? -a.offset : 1 - a.value(); }

/// Whether 1/a or 1/(1 − a) nears what a double can hold.
bool is_saturated(const Outputs& out, std::size_t j) {
  constexpr double far = -700;
  return out.log_a[j] < far || (!out.log_complement.empty() && out.log_complement[j] < far);
}

/// Whether a is one that no activation gives, a slip's: the formulas then stand as they are written.
bool lacks_logarithm(const Outputs& out, std::size_t j) {
  return !out.log_a.empty() && (std::isnan(out.log_a[j]) || (!out.log_complement.empty() && std::isnan(out.log_complement[j])));
}

/// y/x from ln x, finite where 1/x alone is not.
double quotient(double y, double log_x) { return y == 0 ? 0 : std::exp(std::log(y) - log_x); }

}  // namespace

std::vector<Name> CellRules::ingredients(const Name& cell) const {
  const std::size_t l = cell.layer, last = network_.depth();
  if (is_given(cell)) return {};
  std::vector<Name> names;
  const auto append = [&](const std::vector<Name>& more) { names.insert(names.end(), more.begin(), more.end()); };
  if (cell.scope.kind == Scope::Kind::mean) {
    for (std::size_t e = 0; e < examples_; ++e) {
      names.push_back(cell);
      names.back().scope = Scope::of_example(e);
    }
    return names;
  }
  switch (cell.quantity) {
    case Quantity::z:
      for (std::size_t k = 0; k < network_.width(l - 1); ++k) {
        append({beside(cell, Quantity::w, l, cell.j, k), beside(cell, Quantity::a, l - 1, k)});
      }
      append({beside(cell, Quantity::b, l, cell.j)});
      break;
    case Quantity::a:
      append(is_softmax(network_, l) ? row_of(cell, Quantity::z, l, network_.width(l))
                                     : std::vector<Name>{beside(cell, Quantity::z, l, cell.j)});
      break;
    case Quantity::C:
      append(row_of(cell, Quantity::a, last, network_.outputs()));
      append(row_of(cell, Quantity::y, last, network_.outputs()));
      break;
    case Quantity::dC_da:
      if (l == last) {
        append({beside(cell, Quantity::a, l, cell.j), beside(cell, Quantity::y, l, cell.j)});
      } else {
        for (std::size_t j = 0; j < network_.width(l + 1); ++j) append({beside(cell, Quantity::path, l + 1, j, cell.j)});
      }
      break;
    case Quantity::slope:
      if (is_softmax(network_, l)) {
        append({beside(cell, Quantity::a, l, cell.j)});
        if (cell.k != cell.j) append({beside(cell, Quantity::a, l, cell.k)});
      } else {
        append({beside(cell, Quantity::z, l, cell.j)});
      }
      break;
    case Quantity::delta:
      if (is_softmax(network_, l)) {
        for (std::size_t i = 0; i < network_.width(l); ++i) {
          append({beside(cell, Quantity::dC_da, l, i), beside(cell, Quantity::slope, l, i, cell.j)});
        }
      } else {
        append({beside(cell, Quantity::dC_da, l, cell.j), beside(cell, Quantity::slope, l, cell.j)});
      }
      break;
    case Quantity::dC_db: append({beside(cell, Quantity::delta, l, cell.j)}); break;
    case Quantity::dC_dw:
      append({beside(cell, Quantity::delta, l, cell.j), beside(cell, Quantity::a, l - 1, cell.k)});
      break;
    case Quantity::path:
      append({beside(cell, Quantity::w, l, cell.j, cell.k), beside(cell, Quantity::delta, l, cell.j)});
      break;
    case Quantity::w:
    case Quantity::b:
    case Quantity::y: break;
  }
  return names;
}

double CellRules::evaluate(const Name& cell, const Reader& read) const {
  assert(!is_given(cell) && "what is given has no rule");
  const std::size_t l = cell.layer;
  if (cell.scope.kind == Scope::Kind::mean) return mean(cell, read);
  switch (cell.quantity) {
    case Quantity::z: {
      // zⱼ = Σₖ wⱼₖ aₖ + bⱼ
      double sum = read(beside(cell, Quantity::b, l, cell.j));
      for (std::size_t k = 0; k < network_.width(l - 1); ++k) {
        sum += read(beside(cell, Quantity::w, l, cell.j, k)) * read(beside(cell, Quantity::a, l - 1, k));
      }
      return sum;
    }
    case Quantity::a: return activation(cell, read);
    case Quantity::C: return cost(cell, read);
    case Quantity::dC_da: {
      if (l == network_.depth()) return cost_derivative(cell, read);
      // ∂C/∂aₖ = Σⱼ wⱼₖ δⱼ, one term a path
      double sum = 0;
      for (std::size_t j = 0; j < network_.width(l + 1); ++j) sum += read(beside(cell, Quantity::path, l + 1, j, cell.j));
      return sum;
    }
    case Quantity::slope: return slope(cell, read);
    case Quantity::delta: return delta(cell, read);
    // ∂C/∂b = δ, since ∂z/∂b = 1
    case Quantity::dC_db: return read(beside(cell, Quantity::delta, l, cell.j));
    // ∂C/∂wⱼₖ = δⱼ · aₖ
    case Quantity::dC_dw: return read(beside(cell, Quantity::delta, l, cell.j)) * read(beside(cell, Quantity::a, l - 1, cell.k));
    // the path from k through j: wⱼₖ · δⱼ
    case Quantity::path: return read(beside(cell, Quantity::w, l, cell.j, cell.k)) * read(beside(cell, Quantity::delta, l, cell.j));
    case Quantity::w:
    case Quantity::b:
    case Quantity::y: break;
  }
  return read(cell);
}

double CellRules::activation(const Name& cell, const Reader& read) const {
  const Layer& layer = network_.layer(cell.layer);
  if (layer.activation != Activation::softmax) {
    return activate_unit(layer.activation, layer.alpha, read(beside(cell, Quantity::z, cell.layer, cell.j)));
  }
  // aⱼ = eᶻʲ / Σᵢ eᶻⁱ
  const std::size_t n = layer.neurons();
  Vector a = zeros(n);
  activate(layer, read_row(cell, read, Quantity::z, cell.layer, n), a);
  return a(cell.j);
}

double CellRules::cost(const Name& cell, const Reader& read) const {
  return cost_of(network_.cost, outputs_read(network_, cell, read), targets_read(network_, cell, read));
}

double CellRules::output_difference(const Name& cell, const Reader& read) const {
  const double y = read(beside(cell, Quantity::y, network_.depth(), cell.j));
  const auto [out, j] = output_read(network_, cell, read);
  return out.a[j].minus(y);
}

double CellRules::cost_derivative(const Name& cell, const Reader& read) const {
  const auto [out, j] = output_read(network_, cell, read);
  const double y = read(beside(cell, Quantity::y, cell.layer, cell.j));
  const double difference = out.a[j].minus(y);
  if (const double a = out.a[j].value(); lacks_logarithm(out, j)) {
    if (network_.cost == Cost::cross_entropy) return -y / a;
    return (y == 1 ? 0 : (1 - y) / (1 - a)) - (y == 0 ? 0 : y / a);
  }
  switch (network_.cost) {
    case Cost::squared_error: return 2 * difference;
    case Cost::half_squared_error: return difference;
    case Cost::mean_squared_error: return 2 * difference / static_cast<double>(network_.outputs());
    case Cost::binary_cross_entropy:
      // (a − y)/(a(1 − a)); where y is 0 or 1 one of the factors goes
      if (y == 0) return std::exp(-out.log_complement[j]);
      if (y == 1) return -std::exp(-out.log_a[j]);
      if (is_saturated(out, j)) return quotient(1 - y, out.log_complement[j]) - quotient(y, out.log_a[j]);
      return difference * std::exp(-out.log_a[j] - out.log_complement[j]);
    case Cost::cross_entropy: return is_saturated(out, j) ? -quotient(y, out.log_a[j]) : y == 0 ? 0 : -y * std::exp(-out.log_a[j]);  // −y/a
  }
  return 0;
}

double CellRules::slope(const Name& cell, const Reader& read) const {
  const Layer& layer = network_.layer(cell.layer);
  if (layer.activation != Activation::softmax) {
    return slope_of_unit(layer.activation, layer.alpha, read(beside(cell, Quantity::z, cell.layer, cell.j)));
  }
  // ∂aᵢ/∂zⱼ = aᵢ(1[i=j] − aⱼ); 1 − aᵢ as the sum of the others, which does not cancel
  const double a = read(beside(cell, Quantity::a, cell.layer, cell.j));
  if (cell.j != cell.k) return -a * read(beside(cell, Quantity::a, cell.layer, cell.k));
  double others = 0;
  for (std::size_t i = 0; i < layer.neurons(); ++i) {
    if (i != cell.j) others += read(beside(cell, Quantity::a, cell.layer, i));
  }
  return a * others;
}

double CellRules::delta(const Name& cell, const Reader& read) const {
  const std::size_t l = cell.layer, j = cell.j;
  const bool softmax = is_softmax(network_, l);
  // δⱼ = Σᵢ ∂C/∂aᵢ · ∂aᵢ/∂zⱼ, of which i = j alone is not zero but for softmax
  double sum = 0;
  bool representable = true;
  for (std::size_t i = softmax ? 0 : j; i < (softmax ? network_.width(l) : j + 1); ++i) {
    const double wrong = read(beside(cell, Quantity::dC_da, l, i));
    const double responsive = read(beside(cell, Quantity::slope, l, i, softmax ? j : Name::none));
    const bool denormal = responsive != 0 && std::abs(responsive) < std::numeric_limits<double>::min();
    if (!std::isfinite(wrong) || denormal) representable = false;
    sum += wrong * responsive;
  }
  if (representable || l != network_.depth() || !takes_logarithms(network_.cost)) return sum;

  // One factor has overflown, the other vanished: their product in closed form.
  const Outputs out = outputs_read(network_, cell, read);
  const Vector target = targets_read(network_, cell, read);
  const double y = target(j);
  if (softmax && network_.cost == Cost::cross_entropy) {
    double others = 0;
    for (std::size_t i = 0; i < target.size(); ++i) others += i == j ? 0 : target(i);
    return out.a[j].value() * others - y * complement_of(out.a[j]);
  }
  if (softmax) {
    double delta = out.a[j].minus(y);
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (i != j) delta -= out.a[i].minus(target(i)) * std::exp(out.log_a[j] - out.log_complement[i]);
    }
    return delta;
  }
  if (network_.cost == Cost::binary_cross_entropy) return out.a[j].minus(y);
  if (network_.layer(l).activation == Activation::sigmoid) return y == 0 ? 0 : -y * complement_of(out.a[j]);
  // softplus: −y σ(z)/ln(1 + eᶻ), from the logarithms of both
  const double z = read(beside(cell, Quantity::z, l, j));
  return y == 0 ? 0 : -y * std::exp(-softplus(-z) - out.log_a[j]);
}

double CellRules::mean(const Name& cell, const Reader& read) const {
  double sum = 0;
  for (const Name& name : ingredients(cell)) sum += read(name);
  return sum / static_cast<double>(examples_);
}

}  // namespace gradtrace
