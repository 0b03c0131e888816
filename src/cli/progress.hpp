// A progress bar on standard error, on a terminal alone and only where there is time to read it.
#pragma once

#include <chrono>
#include <cstddef>

namespace gradtrace {

class Progress {
 public:
  /// `total`: how many steps there will be. `wanted`: false where errors alone are asked for.
  Progress(std::size_t total, bool wanted);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::size_t steps);
  /// Takes the bar off the screen; before anything else is written there.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t total_, done_ = 0;
  bool shown_ = false, active_;
  Clock::time_point next_;
};

}  // namespace gradtrace
