// Every number of the trace nudged, compared and judged.
#include "check/check.hpp"

#include "check/example_nudger.hpp"
#include "check/verdict.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>

namespace gradtrace {

std::optional<Method> parse_method(std::string_view name) {
  for (const MethodInfo& candidate : methods) {
    if (candidate.name == name) return candidate.method;
  }
  return std::nullopt;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const MethodInfo& method : methods) names.emplace_back(method.name);
  return names;
}

const CheckRow* CheckTable::find(const Name& name) const {
  const auto at = place(blocks, name);
  return at && *at < rows.size() ? &rows[*at] : nullptr;
}

CheckTable blank_table(const std::vector<Picked>& picked) {
  CheckTable table;
  std::size_t offset = 0;
  for (const Picked& part : picked) {
    Block block = part.block;
    if (!part.places.empty()) {
      block.rows = part.size();
      block.columns = 0;
    }
    block.offset = offset;
    offset += part.size();
    table.blocks.push_back(block);
  }
  table.rows.resize(offset);
  return table;
}

namespace {

bool is_parameter(Quantity quantity) { return quantity == Quantity::dC_db || quantity == Quantity::dC_dw; }

bool is_checked(Quantity quantity) {
  switch (quantity) {
    case Quantity::dC_da:
    case Quantity::slope:
    case Quantity::delta:
    case Quantity::dC_db:
    case Quantity::dC_dw:
    case Quantity::path: return true;
    default: return false;
  }
}

std::vector<Block> checked_blocks(const Network& network, bool parameters_only) {
  std::vector<Block> blocks;
  std::size_t offset = 0;
  for (Block block : derived_blocks(network)) {
    if (!(parameters_only ? is_parameter(block.quantity) : is_checked(block.quantity))) continue;
    block.offset = offset;
    offset += block.size();
    blocks.push_back(block);
  }
  return blocks;
}

/// A number in [0, 1) that depends on nothing but its place.
double jitter(const Block& block, std::size_t i) {
  std::uint64_t x = (static_cast<std::uint64_t>(block.quantity) << 56) ^ (static_cast<std::uint64_t>(block.layer) << 40) ^ i;
  for (const std::uint64_t factor : {0x9e3779b97f4a7c15u, 0xbf58476d1ce4e5b9u, 0x94d049bb133111ebu}) x = (x ^ x >> 31) * factor;
  return static_cast<double>(x >> 11) * 0x1p-53;
}

/// The places of the block's share of a sample: one in each of as many equal stretches, somewhere in it.
std::vector<std::size_t> sampled_places(const Block& block, std::size_t share) {
  std::vector<std::size_t> places;
  const double stretch = static_cast<double>(block.size()) / static_cast<double>(share);
  for (std::size_t i = 0; i < share; ++i) {
    const double at = (static_cast<double>(i) + jitter(block, i)) * stretch;
    const std::size_t place = std::min(static_cast<std::size_t>(at), block.size() - 1);
    if (places.empty() || places.back() != place) places.push_back(place);
  }
  return places;
}

bool worse(const CheckRow& x, const CheckRow& y) { return x.relative_error > y.relative_error; }

}  // namespace

Checker::Checker(const Network& network, const CheckOptions& options, bool several_examples)
    : network_(&network),
      options_(options),
      several_(several_examples),
      picked_(pick(options.parameters_only)),
      mean_picked_(several_ ? pick(true) : std::vector<Picked>{}),
      evidence_(picked_.size(), false) {
  std::size_t means = 0;
  for (const Picked& part : mean_picked_) means += part.size();
  mean_twins_.resize(means);
}

std::size_t numbers_to_check(const Network& network, bool parameters_only) { return size_of(checked_blocks(network, parameters_only)); }

/// What is checked of each example, or of the means. Of the means the same are left out as of each example.
std::vector<Picked> Checker::pick(bool parameters_only) const {
  std::vector<Picked> picked;
  const double all = static_cast<double>(numbers_to_check(*network_, options_.parameters_only));
  for (const Block& block : checked_blocks(*network_, parameters_only)) {
    picked.push_back({block});
    if (!options_.sample) continue;
    const double share = std::round(static_cast<double>(block.size()) / all * static_cast<double>(*options_.sample));
    const std::size_t numbers = std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, block.size());
    if (numbers < block.size()) picked.back().places = sampled_places(block, numbers);
  }
  return picked;
}

std::size_t Checker::left_out(const std::vector<Picked>& picked) const {
  std::size_t numbers = 0;
  for (const Picked& part : picked) numbers += part.block.size() - part.size();
  return numbers;
}

Checker::Checked Checker::nudge(const ExampleTrace& trace) const {
  Checked checked{blank_table(picked_), 0, 0};
  ExampleNudger nudger(trace, options_);
  CheckRow* rows = checked.table.rows.data();
  for (const Picked& part : picked_) {
    nudger.fill(part.block, {rows, part});
    rows += part.size();
    if (options_.progress) options_.progress(part.block.size());
  }
  checked.smallest_step = nudger.smallest_step();
  checked.largest_step = nudger.largest_step();
  return checked;
}

CheckTable Checker::take(Checked checked) {
  CheckTable table = std::move(checked.table);
  for (std::size_t b = 0; b < table.blocks.size(); ++b) {
    const Block& block = table.blocks[b];
    const CheckRow* rows = table.rows.data() + block.offset;
    for (std::size_t i = 0; i < block.size() && !evidence_[b]; ++i) evidence_[b] = rows[i].analytic != 0 || rows[i].numeric != 0;
    if (several_ && is_parameter(block.quantity)) add_to_means(block, rows);
  }
  if (checked.largest_step > 0) {
    summary_.largest_step = std::max(summary_.largest_step, checked.largest_step);
    summary_.smallest_step = summary_.smallest_step == 0 ? checked.smallest_step : std::min(summary_.smallest_step, checked.smallest_step);
  }
  if (options_.parameters_only && several_) return {};
  summary_.left_out += left_out(picked_);
  count(table);
  return table;
}

void Checker::add_to_means(const Block& block, const CheckRow* rows) {
  MeanTwin* twin = mean_twins_.data();
  for (const Picked& part : mean_picked_) {
    if (part.block.quantity == block.quantity && part.block.layer == block.layer) break;
    twin += part.size();
  }
  for (std::size_t i = 0; i < block.size(); ++i) twin[i].add(rows[i]);
}

CheckTable Checker::check_means(const MeanTrace& means) {
  if (!several_ || means.examples() == 0) return {};
  CheckTable table = blank_table(mean_picked_);
  for (std::size_t b = 0; b < table.blocks.size(); ++b) {
    const Block& block = table.blocks[b];
    double scale = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      CheckRow& row = table.rows[block.offset + i];
      row.name = mean_picked_[b].block.name(mean_picked_[b].place(i), Scope::of_mean());
      row.analytic = means.value(row.name);
      if (std::isfinite(row.analytic)) scale = std::max(scale, std::abs(row.analytic));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      mean_twins_[block.offset + i].settle(table.rows[block.offset + i], static_cast<double>(means.examples()), options_.relative_tolerance, scale);
    }
  }
  summary_.left_out += left_out(mean_picked_);
  count(table);
  return table;
}

void Checker::count(const CheckTable& table) {
  constexpr std::size_t largest_lists = 20;  // kinks and undecided ones are named, not listed
  for (const Block& block : table.blocks) {
    const std::span rows{table.rows.data() + block.offset, block.size()};
    const double largest = largest_number(rows);
    for (const CheckRow& row : rows) {
      ++summary_.counts[static_cast<std::size_t>(row.verdict)];
      switch (row.verdict) {
        case Verdict::agree:
          if (row.witness) ++summary_.by_witness;
          if (tells_the_error(row, largest) && (!summary_.worst || worse(row, *summary_.worst))) summary_.worst = row;
          break;
        case Verdict::disagree:
          if (!summary_.first_failure) summary_.first_failure = row;
          summary_.failures.push_back(row);
          break;
        case Verdict::inconclusive:
          if (summary_.undecided.size() < largest_lists) summary_.undecided.push_back(row);
          break;
        case Verdict::kink:
          if (summary_.kinks.size() < largest_lists) summary_.kinks.push_back(row);
          break;
      }
    }
  }
  if (summary_.failures.size() > 2 * largest_failures) {
    std::stable_sort(summary_.failures.begin(), summary_.failures.end(), worse);
    summary_.failures.resize(largest_failures);
  }
}

CheckSummary Checker::summary() const {
  CheckSummary result = summary_;
  std::stable_sort(result.failures.begin(), result.failures.end(), worse);
  if (result.failures.size() > largest_failures) result.failures.resize(largest_failures);
  if (result.total() == 0) return result;
  for (std::size_t l = network_->depth() + 1; l-- > 0;) {
    std::string zeros_here;
    for (std::size_t b = 0; b < evidence_.size(); ++b) {
      if (evidence_[b] || picked_[b].block.layer != l) continue;
      zeros_here += (zeros_here.empty() ? "" : ", ") + std::string(info(picked_[b].block.quantity).name);
    }
    if (zeros_here.empty()) continue;
    result.notes.push_back("layer " + std::to_string(l) + ": every number of " + zeros_here +
                           " is 0 by backprop and by nudging alike; zeros that match prove nothing");
  }
  return result;
}

}  // namespace gradtrace
