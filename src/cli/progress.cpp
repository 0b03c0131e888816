// The progress bar.
#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <string>

namespace gradtrace {
namespace {

constexpr auto patience = std::chrono::milliseconds(700);  // what ends sooner needs no bar
constexpr auto between = std::chrono::milliseconds(100);
constexpr std::size_t cells = 40;

}  // namespace

Progress::Progress(std::size_t total, bool wanted)
    : total_(total), active_(wanted && total > 0 && isatty(STDERR_FILENO) != 0), next_(Clock::now() + patience) {}

void Progress::advance(std::size_t steps) {
  done_ += steps;
  if (!active_ || Clock::now() < next_) return;
  next_ = Clock::now() + between;
  shown_ = true;
  const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  const auto full = static_cast<std::size_t>(share * cells);
  std::cerr << "\r[" + std::string(full, '#') + std::string(cells - full, '.') + "] " +
                   std::to_string(static_cast<int>(100 * share)) + " %"
            << std::flush;
}

void Progress::clear() {
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  shown_ = false;
}

}  // namespace gradtrace
