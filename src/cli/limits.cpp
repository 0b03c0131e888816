// Numbers counted, not made.
#include "cli/limits.hpp"

#include "base/error.hpp"
#include "trace/order.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace gradtrace {
namespace {

struct Limit {
  std::string_view what;
  std::size_t most;
  std::string_view instead;
};

// Measured: a row of text or of a check takes 100 to 250 bytes, so that none of these needs more than about 3 GB; an audit
// of its limit takes minutes.
Limit limit_of(Work work) {
  switch (work) {
    case Work::text: return {"numbers an example, and a text is made of", 10'000'000, "--format csv and json have no limit"};
    case Work::check: return {"numbers an example, and a check nudges", 10'000'000, "--sample N takes some of every kind, --probe all parameters along directions"};
    case Work::check_parameters: return {"parameters, and a check nudges", 10'000'000, "--sample N takes some of every kind, --probe all along directions"};
    case Work::page: return {"numbers an example, and a page is made of", 2'000'000, "trace --format csv has no limit"};
    case Work::sheet: return {"numbers, and a sheet has", 250'000, "fewer examples or narrower layers make it less"};
    case Work::audit: return {"numbers, and an audit takes on", 1'000'000, "fewer examples or narrower layers make it less"};
    case Work::program: return {"parameters and data, and a program is written with", 10'000'000, "trace --format csv has no limit"};
  }
  return {};
}

std::size_t parameters_of(const Network& network) {
  std::size_t count = 0;
  for (const Layer& layer : network.layers) count += layer.weights.size() + layer.biases.size();
  return count;
}

std::size_t numbers_of(const Lesson& lesson, Work work) {
  const Network& network = lesson.network;
  if (work == Work::check_parameters) return parameters_of(network);
  if (work == Work::program) return parameters_of(network) + lesson.examples.size() * (network.width(0) + network.width(network.depth()));
  std::size_t count = 0;
  for (const Block& block : derived_blocks(network)) count += block.size();
  return work == Work::sheet || work == Work::audit ? count * lesson.examples.size() : count;
}

}  // namespace

void verify_size(const Lesson& lesson, Work work) {
  const Limit limit = limit_of(work);
  const std::size_t numbers = numbers_of(lesson, work);
  if (numbers <= limit.most) return;
  throw InputError(lesson.file.string(), fmt::format("the lesson has {} {} at most {}; {}", numbers, limit.what, limit.most, limit.instead));
}

void verify_size(const Lesson& lesson, std::size_t students) {
  constexpr std::size_t most = 100'000'000;  // some gigabytes, and half an hour
  const std::size_t each = numbers_of(lesson, Work::sheet);
  if (each <= most / students) return;
  throw InputError(lesson.file.string(), fmt::format("sheets of {} numbers for {} students have more than {} together; parts of the class, or fewer examples, make it less", each, students, most));
}

}  // namespace gradtrace
