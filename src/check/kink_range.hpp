// What others may have where a unit stands on its kink: any slope between the two sides is right there.
#pragma once

#include "lesson/lesson.hpp"
#include "trace/trace.hpp"

#include <cstddef>
#include <vector>

namespace gradtrace {

/// The derivatives of one example, which must outlive this, with every slope on a kink (z = 0) anywhere between its two sides,
/// each by itself: where several meet, the range is no narrower than what they can give together.
class KinkRange {
 public:
  explicit KinkRange(const ExampleTrace& trace) : KinkRange(trace, trace) {}
  /// Of the same example with other rounding: on their kinks are those units that are on them in `exact`.
  KinkRange(const ExampleTrace& trace, const ExampleTrace& exact);

  bool has_kinks() const { return last_ > 0; }
  /// Of a derived number; where no kink is behind it, the number alone.
  Range of(const Name& name) const;

 private:
  Range slope(std::size_t l, std::size_t j) const;
  void carry_back(std::size_t l);

  const ExampleTrace &trace_, &exact_;
  std::size_t last_ = 0;  ///< the layer of a kink that is nearest to the outputs; 0 without
  std::vector<std::vector<Range>> dC_da_, delta_;  ///< [l], where a kink may be behind them
};

}  // namespace gradtrace
