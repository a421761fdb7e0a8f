#pragma once

#include <atomic>

namespace tfevents {

/// Cooperative cancellation: set once by a signal handler or a failed worker, polled by loops.
class StopFlag {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept {
    return requested_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace tfevents
