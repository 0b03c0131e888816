// Routes: counted and added up by walking the layers once, the strongest found best first.
#include "trace/routes.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <queue>

namespace gradtrace {

/// A route begun: it has come to z⁽ˡ⁾ of neuron `unit` or, where `at_activation`, to a⁽ˡ⁾. Steps share
/// their beginnings.
struct Routes::Step {
  std::shared_ptr<const Step> before;
  std::size_t layer = 0, unit = 0;
  bool at_activation = false;
  long double product = 1;
  double reach = 0;          ///< |product| of the best way on, coarse()
  std::size_t order = 0;     ///< of creation, to settle ties
};

namespace {

/// x without its last 8 bits (3e-14 of it). Routes that tie are followed one to its end before the next;
/// were the rounding of their products to break the ties, all their beginnings would be kept open.
double coarse(double x) {
  constexpr std::uint64_t kept = ~std::uint64_t{0xff};
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & kept);
}

}  // namespace

Routes::Routes(const ExampleTrace& trace, const Name& from) : trace_(trace), from_(from) {
  switch (from.quantity) {
    case Quantity::w: first_factor_ = trace.wide ? trace.wide->a[from.layer - 1](from.k) : trace.state.a[from.layer - 1](from.k); break;
    case Quantity::b:
    case Quantity::z:
    case Quantity::a: break;
    default:
      throw UsageError("routes start from a variable: w[l][j,k], b[l][j], z[l][j] or a[l][j], not from " +
                       to_string(from, false));
  }
  measure_what_is_left();
  count_and_sum();
}

Name Routes::derivative() const {
  Name name = from_;
  name.scope = Scope::of_example(trace_.example);
  switch (from_.quantity) {
    case Quantity::w: name.quantity = Quantity::dC_dw; break;
    case Quantity::b: name.quantity = Quantity::dC_db; break;
    case Quantity::z: name.quantity = Quantity::delta; break;
    default: name.quantity = Quantity::dC_da;
  }
  return name;
}

long double Routes::through_unit(std::size_t l, std::size_t i, std::size_t j) const {
  const bool output = l == trace_.network->depth();
  if (output && softmax(l)) return softmax_output_term(*trace_.network, trace_.state, trace_.outputs, trace_.target, i, j);
  if (!trace_.wide) return output ? trace_.gradients[l].delta(j) : trace_.slope(l, i, j);
  const WideExample& wide = *trace_.wide;
  if (!softmax(l)) return output ? wide.delta[l](j) : wide.slope[l](j);
  return i == j ? wide.a[l](i) * wide.complement[l](i) : -wide.a[l](i) * wide.a[l](j);
}

void Routes::measure_what_is_left() {
  const Network& network = *trace_.network;
  const std::size_t last = network.depth();
  rest_of_z_.resize(last + 1);
  rest_of_a_.resize(last + 1);
  for (std::size_t l = last + 1; l-- > 0;) {
    const std::size_t n = network.width(l);
    rest_of_a_[l].assign(n, 0);
    if (l == last) {
      // The output's own derivative is part of through_unit(), but a route may start at the output.
      for (std::size_t i = 0; i < n; ++i) rest_of_a_[l][i] = 1;
    } else {
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < network.width(l + 1); ++j) {
          rest_of_a_[l][i] = std::max(rest_of_a_[l][i], std::abs(trace_.w(l + 1, j, i)) * rest_of_z_[l + 1][j]);
        }
      }
    }
    if (l == 0) break;
    rest_of_z_[l].assign(n, 0);
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = softmax(l) ? 0 : j; i < (softmax(l) ? n : j + 1); ++i) {
        rest_of_z_[l][j] = std::max(rest_of_z_[l][j], std::abs(through_unit(l, i, j)) * rest_of_a_[l][i]);
      }
    }
  }
}

void Routes::count_and_sum() {
  const Network& network = *trace_.network;
  const std::size_t last = network.depth();
  std::size_t l = from_.layer;
  // How many routes arrive at each z (or a) of layer l, and the sum of their products so far.
  std::vector<long double> counts(network.width(l), 0);
  std::vector<long double> sums(network.width(l), 0);
  counts[from_.j] = 1;
  sums[from_.j] = first_factor_;
  bool at_activation = from_.quantity == Quantity::a;
  if (at_activation && l == last) {
    count_ = 1;
    sum_ = trace_.gradients[last].dC_da(from_.j);
    return;
  }
  for (;; ++l) {
    const std::size_t n = network.width(l);
    if (!at_activation) {
      std::vector<long double> counts_a(n, 0);
      std::vector<long double> sums_a(n, 0);
      for (std::size_t j = 0; j < n; ++j) {
        if (counts[j] == 0) continue;
        for (std::size_t i = softmax(l) ? 0 : j; i < (softmax(l) ? n : j + 1); ++i) {
          counts_a[i] += counts[j];
          sums_a[i] += sums[j] * through_unit(l, i, j);
        }
      }
      counts = std::move(counts_a);
      sums = std::move(sums_a);
    }
    at_activation = false;
    if (l == last) break;
    const std::size_t n_next = network.width(l + 1);
    std::vector<long double> counts_z(n_next, 0);
    std::vector<long double> sums_z(n_next, 0);
    for (std::size_t j = 0; j < n_next; ++j) {
      for (std::size_t i = 0; i < n; ++i) {
        counts_z[j] += counts[i];
        sums_z[j] += sums[i] * trace_.w(l + 1, j, i);
      }
    }
    counts = std::move(counts_z);
    sums = std::move(sums_z);
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    count_ += counts[i];
    sum_ += sums[i];
  }
}

bool Routes::agree() const {
  constexpr double rounding = 1e-9;  // of the largest of what is added
  const double expected = trace_.value(derivative());
  const std::vector<Route> first = strongest(1);
  const double scale = first.empty() ? 0 : std::abs(first.front().product);
  return first.empty() || sum() == expected || std::abs(sum() - expected) <= rounding * std::max(std::abs(expected), scale);
}

std::vector<Route> Routes::strongest(std::size_t most) const {
  const Network& network = *trace_.network;
  const std::size_t last = network.depth();
  std::vector<Route> routes;
  using Begun = std::shared_ptr<const Step>;
  const auto weaker = [](const Begun& x, const Begun& y) {
    if (x->reach != y->reach) return x->reach < y->reach;
    if (x->layer != y->layer) return x->layer < y->layer;
    if (x->at_activation != y->at_activation) return y->at_activation;
    return x->order > y->order;
  };
  // Best first: no route begun can end stronger than its reach, so the first to arrive is the strongest.
  std::priority_queue<Begun, std::vector<Begun>, decltype(weaker)> open(weaker);
  std::size_t created = 0;
  const auto push = [&](Begun before, std::size_t layer, std::size_t unit, bool at_activation, long double product) {
    const long double rest = at_activation ? rest_of_a_[layer][unit] : rest_of_z_[layer][unit];
    open.push(std::make_shared<const Step>(
        Step{std::move(before), layer, unit, at_activation, product, coarse(static_cast<double>(std::abs(product) * rest)), created++}));
  };
  push(nullptr, from_.layer, from_.j, from_.quantity == Quantity::a, first_factor_);
  while (!open.empty() && routes.size() < most) {
    const Begun step = open.top();
    open.pop();
    const std::size_t l = step->layer;
    if (step->at_activation && l == last) {
      routes.push_back(complete(*step));
    } else if (step->at_activation) {
      for (std::size_t j = 0; j < network.width(l + 1); ++j) {
        push(step, l + 1, j, false, step->product * trace_.w(l + 1, j, step->unit));
      }
    } else {
      const bool all = softmax(l);
      for (std::size_t i = all ? 0 : step->unit; i < (all ? network.width(l) : step->unit + 1); ++i) {
        push(step, l, i, true, step->product * through_unit(l, i, step->unit));
      }
    }
  }
  std::stable_sort(routes.begin(), routes.end(),
                   [](const Route& x, const Route& y) { return std::abs(x.product) > std::abs(y.product); });
  return routes;
}

Route Routes::complete(const Step& end) const {
  std::vector<const Step*> steps;
  for (const Step* at = &end; at; at = at->before.get()) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());

  const Scope scope = Scope::of_example(trace_.example);
  Route route;
  const auto add = [&](RouteFactor::Kind kind, const Name& name) {
    route.factors.push_back({kind, name, trace_.value(name)});
  };
  if (from_.quantity == Quantity::w) add(RouteFactor::Kind::input, {scope, Quantity::a, from_.layer - 1, from_.k});
  for (std::size_t s = 0; s + 1 < steps.size(); ++s) {
    const Step &here = *steps[s], &next = *steps[s + 1];
    if (here.at_activation) {
      add(RouteFactor::Kind::weight, {Scope{}, Quantity::w, next.layer, next.unit, here.unit});
    } else {
      const std::size_t through = softmax(here.layer) ? here.unit : Name::none;
      add(RouteFactor::Kind::slope, {scope, Quantity::slope, here.layer, next.unit, through});
    }
  }
  add(RouteFactor::Kind::cost, {scope, Quantity::dC_da, end.layer, end.unit});
  // From the output activation itself the cost's derivative is all there is.
  route.product = steps.size() == 1 ? route.factors.back().value : static_cast<double>(end.product);
  return route;
}

}  // namespace gradtrace
