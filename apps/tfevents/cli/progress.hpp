#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "ops/context.hpp"

namespace tfevents::cli {

/// One line on standard error that says how far long work is: `3 of 15 files · 1.2 of 18 GiB · 2.1
/// GiB/s`.
///
/// Appears after half a second, changes at most ten times a second, and is erased before anything
/// else is written. Thread-safe.
class TerminalProgress final : public ops::Progress {
 public:
  explicit TerminalProgress(int descriptor);
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  /// Off until enabled; the clock starts here.
  void enable(bool wanted);

  void expect(std::uint64_t files, std::uint64_t bytes) override;
  void advance(std::uint64_t files, std::uint64_t bytes) override;

  /// Erases the line if there is one. It comes back with the next step of the work.
  void erase();
  /// Erases the line for good: the answer follows.
  void finish();

  /// The line for these numbers; `expected` 0 means unknown. Public for tests.
  struct Numbers {
    std::uint64_t files = 0, bytes = 0, expected_files = 0, expected_bytes = 0;
    double seconds = 0;
  };
  [[nodiscard]] static std::string line(const Numbers& numbers);

 private:
  using SteadyClock = std::chrono::steady_clock;
  void draw(SteadyClock::time_point now);

  const int descriptor_;
  std::atomic<bool> enabled_{false};
  std::atomic<std::uint64_t> files_{0}, bytes_{0}, expected_files_{0}, expected_bytes_{0};
  std::atomic<std::int64_t> next_draw_ns_{0};
  SteadyClock::time_point start_{};
  std::mutex mutex_;  ///< Guards the terminal and `drawn_`.
  bool drawn_ = false;
};

}  // namespace tfevents::cli
