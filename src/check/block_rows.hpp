// Which numbers of a block are checked, and their rows. Rows are made for these alone, so that the memory of a sample
// follows the sample.
#pragma once

#include "check/check_row.hpp"
#include "trace/order.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace gradtrace {

/// Numbers of one block.
struct Picked {
  Block block;
  std::vector<std::size_t> places{};  ///< in the block, ascending; all of them where empty

  std::size_t size() const { return places.empty() ? block.size() : places.size(); }
  std::size_t place(std::size_t i) const { return places.empty() ? i : places[i]; }
};

/// Their rows, found by place. Neither is owned.
class BlockRows {
 public:
  BlockRows(CheckRow* rows) : rows_(rows) {}  // NOLINT: of a whole block
  BlockRows(CheckRow* rows, const Picked& picked) : rows_(rows), places_(picked.places.empty() ? nullptr : &picked.places) {}

  /// The row of the number at `place`, which must have one.
  CheckRow& operator[](std::size_t place) const {
    if (places_ == nullptr) return rows_[place];
    return rows_[std::lower_bound(places_->begin(), places_->end(), place) - places_->begin()];
  }
  /// The places that have rows; null where all have.
  const std::vector<std::size_t>* places() const { return places_; }

 private:
  CheckRow* rows_;
  const std::vector<std::size_t>* places_ = nullptr;
};

}  // namespace gradtrace
