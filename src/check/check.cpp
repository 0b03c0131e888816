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

/// Marks the block's share of a sample: one number in each of as many equal stretches, somewhere in it.
void mark_sampled(const Block& block, std::size_t share, CheckRow* rows) {
  for (std::size_t i = 0; i < block.size(); ++i) rows[i].sampled = false;
  const double stretch = static_cast<double>(block.size()) / static_cast<double>(share);
  for (std::size_t i = 0; i < share; ++i) {
    const double at = (static_cast<double>(i) + jitter(block, i)) * stretch;
    rows[std::min(static_cast<std::size_t>(at), block.size() - 1)].sampled = true;
  }
}

bool worse(const CheckRow& x, const CheckRow& y) { return x.relative_error > y.relative_error; }

}  // namespace

Checker::Checker(const Network& network, const CheckOptions& options, bool several_examples)
    : network_(&network),
      options_(options),
      several_(several_examples),
      mean_blocks_(checked_blocks(network, true)),
      evidence_blocks_(checked_blocks(network, options.parameters_only)),
      evidence_(evidence_blocks_.size(), false) {
  const std::size_t parameters = size_of(mean_blocks_);
  if (several_) {
    mean_numeric_.assign(parameters, 0);
    mean_bound_.assign(parameters, 0);
    mean_left_.assign(parameters, 0);
    mean_right_.assign(parameters, 0);
    mean_kink_.assign(parameters, false);
  }
}

std::size_t numbers_to_check(const Network& network, bool parameters_only) { return size_of(checked_blocks(network, parameters_only)); }

/// Rows without numbers, those left out of a sample marked. Of the means the same are left out as of each example.
CheckTable Checker::blank_table(bool parameters_only) const {
  CheckTable table;
  table.blocks = checked_blocks(*network_, parameters_only);
  table.rows.resize(size_of(table.blocks));
  if (!options_.sample) return table;
  const double all = static_cast<double>(numbers_to_check(*network_, options_.parameters_only));
  for (const Block& block : table.blocks) {
    const double share = std::round(static_cast<double>(block.size()) / all * static_cast<double>(*options_.sample));
    mark_sampled(block, std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, block.size()), table.rows.data() + block.offset);
  }
  return table;
}

void Checker::drop_left_out(CheckTable& table) {
  if (!options_.sample) return;
  std::size_t offset = 0;
  for (Block& block : table.blocks) {
    const auto begin = table.rows.begin() + static_cast<std::ptrdiff_t>(block.offset);
    block.rows = static_cast<std::size_t>(std::count_if(begin, begin + static_cast<std::ptrdiff_t>(block.size()), [](const CheckRow& row) { return row.sampled; }));
    block.columns = 0;
    block.offset = offset;
    offset += block.rows;
  }
  summary_.left_out += std::erase_if(table.rows, [](const CheckRow& row) { return !row.sampled; });
}

Checker::Checked Checker::nudge(const ExampleTrace& trace) const {
  Checked checked{blank_table(options_.parameters_only), 0, 0};
  ExampleNudger nudger(trace, options_);
  for (const Block& block : checked.table.blocks) {
    nudger.fill(block, checked.table.rows.data() + block.offset);
    if (options_.progress) options_.progress(block.size());
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
  drop_left_out(table);
  count(table);
  return table;
}

void Checker::add_to_means(const Block& block, const CheckRow* rows) {
  const std::size_t offset = *place(mean_blocks_, rows[0].name);
  for (std::size_t i = 0; i < block.size(); ++i) {
    const CheckRow& row = rows[i];
    const double numeric = row.witness ? row.witness->value : row.numeric;
    mean_numeric_[offset + i] += numeric;
    mean_bound_[offset + i] += row.witness ? row.witness->bound : row.bound;
    mean_left_[offset + i] += row.one_sided ? (*row.one_sided)[0] : numeric;
    mean_right_[offset + i] += row.one_sided ? (*row.one_sided)[1] : numeric;
    if (row.one_sided) mean_kink_[offset + i] = true;
  }
}

CheckTable Checker::check_means(const MeanTrace& means) {
  if (!several_ || means.examples() == 0) return {};
  const double examples = static_cast<double>(means.examples());
  CheckTable table = blank_table(true);
  for (const Block& block : table.blocks) {
    double scale = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      CheckRow& row = table.rows[block.offset + i];
      row.name = block.name(i, Scope::of_mean());
      row.analytic = means.value(row.name);
      if (std::isfinite(row.analytic)) scale = std::max(scale, std::abs(row.analytic));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      CheckRow& row = table.rows[block.offset + i];
      row.numeric = mean_numeric_[block.offset + i] / examples;
      // Rounding of the sum of so many numbers, beside the mean of their own bounds.
      row.bound = std::min(mean_bound_[block.offset + i] / examples +
                               examples * std::numeric_limits<double>::epsilon() * std::abs(row.numeric),
                           std::numeric_limits<double>::max());
      row.relative_error = relative_error(row.analytic, row.numeric);
      row.verdict = judge(row, options_.relative_tolerance, scale);
      if (mean_kink_[block.offset + i]) {
        row.one_sided = std::array{mean_left_[block.offset + i] / examples, mean_right_[block.offset + i] / examples};
        row.verdict = judge_kink(row);
      }
    }
  }
  drop_left_out(table);
  count(table);
  return table;
}

void Checker::count(const CheckTable& table) {
  constexpr std::size_t largest_lists = 20;  // kinks and undecided ones are named, not listed
  constexpr double negligible = 1e-3;
  for (const Block& block : table.blocks) {
    const CheckRow* rows = table.rows.data() + block.offset;
    double scale = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      scale = std::max({scale, std::abs(rows[i].analytic), std::abs(rows[i].numeric)});
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      const CheckRow& row = rows[i];
      ++summary_.counts[static_cast<std::size_t>(row.verdict)];
      switch (row.verdict) {
        case Verdict::agree:
          if (std::min(std::abs(row.analytic), std::abs(row.numeric)) >= negligible * scale && scale > 0 &&
              (!summary_.worst || worse(row, *summary_.worst))) {
            summary_.worst = row;
          }
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
      if (evidence_[b] || evidence_blocks_[b].layer != l) continue;
      zeros_here += (zeros_here.empty() ? "" : ", ") + std::string(info(evidence_blocks_[b].quantity).name);
    }
    if (zeros_here.empty()) continue;
    result.notes.push_back("layer " + std::to_string(l) + ": every number of " + zeros_here +
                           " is 0 by backprop and by nudging alike; zeros that match prove nothing");
  }
  return result;
}

}  // namespace gradtrace
