// The units of a layer, each watched by itself while one z of the layer moves: the twins of the slopes.
#pragma once

#include "check/dual.hpp"
#include "check/nudge.hpp"
#include "check/schemes.hpp"
#include "network/forward.hpp"

#include <complex>
#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

namespace gradtrace {

/// Of a softmax all units move with zⱼ, and are evaluated together, once for each nudge.
class WatchedUnits {
 public:
  /// Both must outlive the object.
  WatchedUnits(const Layer& layer, const Vector& z, std::size_t j);

  /// aᵢ where zⱼ is moved by t, with its rounding error. Where the unit saturates, its distance from the value it comes to
  /// there: the same to a constant, and not rounded away.
  Evaluation at(std::size_t i, double t);

  /// aᵢ where zⱼ carries a derivative, or an imaginary part, along. `kind` tells the nudges of one T apart.
  template <class T>
  T carrying(std::size_t i, const T& nudge, double kind = 0) {
    if (!softmax_) return activate_unit(layer_.activation, layer_.alpha, T(z_(j_) + nudge));
    auto& last = std::get<std::optional<Carried<T>>>(carried_);
    if (!last || last->kind != kind) {
      last = Carried<T>{kind, zeros<T>(z_.size())};
      VectorOf<T> moved = zeros<T>(z_.size());
      for (std::size_t n = 0; n < z_.size(); ++n) moved(n) = T(z_(n));
      moved(j_) += nudge;
      activate(layer_, moved, last->a);
    }
    return last->a(i);
  }

 private:
  struct Moved {
    double t;
    SoftmaxParts<double> parts;
  };
  template <class T>
  struct Carried {
    double kind;
    VectorOf<T> a;
  };
  Evaluation single(double t) const;
  const SoftmaxParts<double>& parts_at(double t);

  const Layer& layer_;
  const Vector& z_;
  std::size_t j_;
  bool softmax_;
  std::vector<Moved> moved_;  // the nudges tried last
  std::size_t oldest_ = 0;
  std::tuple<std::optional<Carried<Dual>>, std::optional<Carried<std::complex<double>>>> carried_;
};

}  // namespace gradtrace
