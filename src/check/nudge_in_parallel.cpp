// One example's check by several threads: its neurons shared out among them.
#include "base/parallel.hpp"
#include "check/check.hpp"
#include "check/example_nudger.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace gradtrace {
namespace {

/// Units [first, last) of a block.
struct Piece {
  std::size_t block, first, last;
};

std::vector<Piece> pieces_of(const std::vector<Picked>& picked, std::size_t rows_at_least, const ExampleNudger& nudger) {
  std::vector<Piece> pieces;
  for (std::size_t b = 0; b < picked.size(); ++b) {
    const std::size_t all = nudger.units(picked[b].block), share = std::max<std::size_t>(1, rows_at_least * all / picked[b].size());
    for (std::size_t first = 0; first < all; first += share) pieces.push_back({b, first, std::min(all, first + share)});
  }
  return pieces;
}

}  // namespace

Checker::Checked Checker::nudge(const ExampleTrace& trace, std::size_t jobs) const {
  // A thread is started in the time in which some hundred numbers are nudged.
  constexpr std::size_t worth_it = 4000;
  std::size_t numbers = 0;
  for (const Picked& part : picked_) numbers += part.size();
  if (jobs <= 1 || numbers < worth_it) return nudge(trace);
  Checked checked{blank_table(picked_), 0, 0};
  const std::size_t share = std::clamp<std::size_t>(numbers / (16 * jobs), 128, 4096);

  std::vector<std::optional<ExampleNudger>> nudgers(jobs);  // each worker's own
  const auto nudger = [&](std::size_t worker) -> ExampleNudger& {
    if (!nudgers[worker]) nudgers[worker].emplace(trace, options_);
    return *nudgers[worker];
  };
  std::mutex mutex;
  std::vector<double> scales(picked_.size());
  for_each_in_parallel(jobs, picked_.size(), [&](std::size_t worker, std::size_t b) { scales[b] = nudger(worker).scale_of(picked_[b].block); });
  const std::vector<Piece> pieces = pieces_of(picked_, share, nudger(0));
  for_each_in_parallel(jobs, pieces.size(), [&](std::size_t worker, std::size_t i) {
    const Piece& piece = pieces[i];
    const Picked& part = picked_[piece.block];
    const BlockRows rows(checked.table.rows.data() + checked.table.blocks[piece.block].offset, part);
    nudger(worker).fill_units(part.block, piece.first, piece.last, scales[piece.block], rows);
    if (!options_.progress) return;
    const std::lock_guard lock(mutex);
    options_.progress(part.block.size() / nudger(worker).units(part.block) * (piece.last - piece.first));
  });
  for (const std::optional<ExampleNudger>& each : nudgers) {
    if (!each || each->largest_step() == 0) continue;
    checked.largest_step = std::max(checked.largest_step, each->largest_step());
    checked.smallest_step = checked.smallest_step == 0 ? each->smallest_step() : std::min(checked.smallest_step, each->smallest_step());
  }
  return checked;
}

}  // namespace gradtrace
