#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include "base/stop.hpp"

namespace tfevents {

/// Calls `work(i)` for every i below `count` on up to `jobs` threads, the heaviest first
/// (`weight(i)`), and waits.
///
/// Each call writes its own slot, so results do not depend on `jobs`. An exception stops the others
/// and is thrown again here. `stop` ends early, items not begun are left out.
template <class Weight, class Work>
void for_each_parallel(std::size_t count, unsigned jobs, const StopFlag& stop, Weight&& weight,
                       Work&& work) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  std::atomic<std::size_t> next{0};
  std::exception_ptr thrown;
  std::mutex thrown_mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count && !stop.requested(); i = next++) work(order[i]);
    } catch (...) {
      const std::lock_guard lock(thrown_mutex);
      if (!thrown) thrown = std::current_exception();
      next = count;
    }
  };
  const std::size_t threads = std::min<std::size_t>(std::max(1U, jobs), count);
  if (threads <= 1) {
    run();
  } else {
    std::vector<std::jthread> pool;
    for (std::size_t i = 0; i < threads; ++i) pool.emplace_back(run);
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace tfevents
