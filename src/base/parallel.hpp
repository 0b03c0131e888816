// A loop over independent things on several threads.
#pragma once

#include "base/signals.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace gradtrace {

/// body(worker, i) for every i below count, by workers 0 … jobs − 1, of which the caller's thread is one. The first
/// exception any of them throws ends it and is thrown here.
template <class Body>
void for_each_in_parallel(std::size_t jobs, std::size_t count, Body body) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&](std::size_t worker) {
    try {
      for (std::size_t i = next++; i < count; i = next++) body(worker, i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::jthread> others;
  {
    const SignalsHeld for_the_main_thread;
    try {
      for (std::size_t worker = 1; worker < std::min(jobs, count); ++worker) others.emplace_back(work, worker);
    } catch (const std::exception&) {
      // The system allows no more: those there are do all the work.
    }
  }
  work(0);
  others.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gradtrace
