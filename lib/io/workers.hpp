#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace tfevents {

/// Threads that wait between rounds of equal, independent pieces of work. Not for other layers.
class Workers {
 public:
  /// `jobs` counts the calling thread, which works too. Threads start when there is work for them.
  explicit Workers(unsigned jobs) : most_threads_(jobs > 0 ? jobs - 1 : 0) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      leaving_ = true;
    }
    round_begins_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Calls `work(i)` for every i below `count`, in no order, and returns when all are done.
  void run(std::size_t count, const std::function<void(std::size_t)>& work) {
    if (count > 1) start_threads(count - 1);
    if (threads_.empty() || count <= 1) {
      for (std::size_t i = 0; i < count; ++i) work(i);
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      work_ = &work;
      count_ = count;
      next_.store(0, std::memory_order_relaxed);
      // Several at a time where there are many, to keep the threads off one cache line.
      constexpr std::size_t kMostAtOnce = 32;
      at_once_ = std::clamp<std::size_t>(count / ((threads_.size() + 1) * 8), 1, kMostAtOnce);
      busy_ = threads_.size();
      ++round_;
    }
    round_begins_.notify_all();
    take_pieces();
    std::unique_lock lock(mutex_);
    round_ends_.wait(lock, [&] { return busy_ == 0; });
  }

 private:
  void start_threads(std::size_t useful) {
    while (threads_.size() < std::min<std::size_t>(useful, most_threads_)) {
      try {
        threads_.emplace_back([this, round = round_] { serve(round); });
      } catch (const std::system_error&) {
        most_threads_ = threads_.size();  // a limit of the system: fewer are enough
      }
    }
  }

  void serve(std::uint64_t seen) {
    std::unique_lock lock(mutex_);
    while (true) {
      round_begins_.wait(lock, [&] { return leaving_ || round_ != seen; });
      if (leaving_) return;
      seen = round_;
      lock.unlock();
      take_pieces();
      lock.lock();
      if (--busy_ == 0) round_ends_.notify_one();
    }
  }

  void take_pieces() {
    while (true) {
      const std::size_t first = next_.fetch_add(at_once_, std::memory_order_relaxed);
      if (first >= count_) return;
      const std::size_t end = std::min(count_, first + at_once_);
      for (std::size_t i = first; i < end; ++i) (*work_)(i);
    }
  }

  std::size_t most_threads_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;  ///< Guards what follows; a round's values stay as they are until it ends.
  std::condition_variable round_begins_, round_ends_;
  bool leaving_ = false;
  std::uint64_t round_ = 0;
  std::size_t busy_ = 0;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t count_ = 0;
  std::size_t at_once_ = 1;
  std::atomic<std::size_t> next_{0};
};

}  // namespace tfevents
