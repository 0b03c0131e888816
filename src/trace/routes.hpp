// Routes of influence: every chain from one variable to the cost, w → z → a → … → C, with its local
// derivatives; how many there are, their sum, and the strongest of them without listing all.
#pragma once

#include "base/name.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <vector>

namespace gradtrace {

/// One local derivative of a route.
struct RouteFactor {
  enum class Kind { input, weight, slope, cost };
  Kind kind = Kind::input;
  Name name;         ///< the number it is: a[l−1][k], w[l][j,k], slope[l][j], dC/da[L][j]; of a bias none
  double value = 1;  ///< may be infinite where an output is saturated; the route's product is not
};

struct Route {
  std::vector<RouteFactor> factors;  ///< in order from the variable to the cost
  double product = 0;
};

/// The routes from one variable of one example.
class Routes {
 public:
  /// `from` is w, b, z or a of some layer, and one of the network's.
  /// @throws UsageError where it is no such variable.
  Routes(const ExampleTrace& trace, const Name& from);

  /// How many there are. Exact up to 2⁵³, beyond that to 16 digits; of a network's layers at most some 10¹⁰⁰⁰.
  long double count() const { return count_; }
  /// The sum of their products, all of them: the derivative ∂C/∂from, computed forwards from the variable.
  double sum() const { return static_cast<double>(sum_); }
  /// The number of the trace the sum must equal: dC/dw, dC/db, delta or dC/da.
  Name derivative() const;
  /// Whether it does, to rounding.
  bool agree() const;
  /// The `most` routes with the largest |product|, largest first; equal ones in order of their neurons. Of those that differ by
  /// less than 3e-14 of themselves it may be the others that are left out.
  std::vector<Route> strongest(std::size_t most) const;

 private:
  struct Step;  // a route begun: see routes.cpp

  /// ∂aᵢ/∂zⱼ of layer l; for l = L times ∂C/∂aᵢ, in the form that stays finite.
  long double through_unit(std::size_t l, std::size_t i, std::size_t j) const;
  bool softmax(std::size_t l) const { return trace_.network->layer(l).activation == Activation::softmax; }
  void measure_what_is_left();
  void count_and_sum();
  Route complete(const Step& end) const;

  const ExampleTrace& trace_;
  Name from_;
  // Products in the widest numbers there are: 1e300 · 1e300 · 1e−300 is none that a double cannot hold.
  long double first_factor_ = 1;
  // The largest |product| of the rest of a route from z⁽ˡ⁾ⱼ and from a⁽ˡ⁾ᵢ on.
  std::vector<std::vector<long double>> rest_of_z_, rest_of_a_;
  long double count_ = 0;
  long double sum_ = 0;
};

}  // namespace gradtrace
