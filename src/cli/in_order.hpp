// Work on a stream of things with several threads, results handed on in the order the things came, in memory that does
// not grow with their number.
#pragma once

#include "base/signals.hpp"

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace gradtrace {

/// `next(thing)` gives the next or false; `work(thing)` may run on any thread; `take(result)` is called one at a time, in
/// order, on the caller's. The first exception any of them throws ends it and is thrown here.
template <class Thing, class Result, class Next, class Work, class Take>
void in_order(std::size_t jobs, Next next, Work work, Take take) {
  const auto one_by_one = [&] {
    for (Thing thing; next(thing);) {
      Result result = work(thing);
      take(result);
    }
  };
  if (jobs <= 1) return one_by_one();
  const std::size_t window = 8 * jobs;  // how far the fastest may be ahead
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Result> done;
  std::size_t given_out = 0, taken = 0;
  bool no_more = false;
  std::exception_ptr failure;

  const auto worker = [&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return no_more || given_out < taken + window; });
      Thing thing;
      try {
        if (no_more || !next(thing)) break;
        const std::size_t number = given_out++;
        lock.unlock();
        Result result = work(thing);
        lock.lock();
        done.emplace(number, std::move(result));
      } catch (...) {
        if (!lock.owns_lock()) lock.lock();
        if (!failure) failure = std::current_exception();
        break;
      }
      changed.notify_all();
    }
    no_more = true;
    changed.notify_all();
  };

  std::vector<std::thread> workers;
  {
    const SignalsHeld for_the_main_thread;
    try {
      for (std::size_t i = 0; i < jobs; ++i) workers.emplace_back(worker);
    } catch (const std::exception&) {
      // The system allows no more: those there are do all the work.
    }
  }
  if (workers.empty()) return one_by_one();
  {
    std::unique_lock lock(mutex);
    while (!failure) {
      changed.wait(lock, [&] { return failure || done.count(taken) != 0 || (no_more && taken == given_out); });
      const auto found = done.find(taken);
      if (failure || found == done.end()) break;
      Result result = std::move(found->second);
      done.erase(found);
      lock.unlock();
      try {
        take(result);
      } catch (...) {
        lock.lock();
        failure = std::current_exception();
        no_more = true;
        break;
      }
      lock.lock();
      ++taken;
      changed.notify_all();
    }
    no_more = true;
  }
  changed.notify_all();
  for (std::thread& each : workers) each.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gradtrace
