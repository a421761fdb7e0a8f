#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "series/call.hpp"
#include "series/sample.hpp"

namespace tfevents::folds {

/// A queue of points in one block of memory that grows as they come.
class SampleQueue {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The point that many places behind the front.
  [[nodiscard]] const Sample& operator[](std::size_t place) const noexcept {
    return room_[(front_ + place) & (room_.size() - 1)];
  }
  void push(const Sample& sample) {
    if (size_ == room_.size()) grow();
    room_[(front_ + size_++) & (room_.size() - 1)] = sample;
  }
  void pop() noexcept {
    front_ = (front_ + 1) & (room_.size() - 1);
    --size_;
  }

 private:
  void grow();

  std::vector<Sample> room_;  // A power of two of them, or none.
  std::size_t front_ = 0, size_ = 0;
};

/// Decides which points of a series a window holds, as they come. Where that depends on how many
/// are still to come, points wait here: as many as the window counts from the end, never more.
class WindowFeed {
 public:
  explicit WindowFeed(const Window& window) noexcept;

  /// Takes the next point and hands those to `use` that are now known to lie in the window.
  template <class Use>
  void add(const Sample& sample, Use&& use) {
    if (route_ == Route::kAll) [[likely]] {
      use(sample);
    } else if (route_ == Route::kSteps) {
      if (sample.step >= first_step_ && sample.step <= last_step_) use(sample);
    } else {
      const std::uint64_t index = count_++;
      if (route_ == Route::kRange) {
        if (index >= from_ && index < to_) use(sample);
      } else if (route_ == Route::kDelay) {
        if (index < from_) return;
        waiting_.push(sample);
        if (waiting_.size() <= held_back_) return;
        use(waiting_[0]);
        waiting_.pop();
      } else {
        add_to_tail(index, sample);
      }
    }
  }

  /// True where the window begins at a place counted from the end, so that only the points so far
  /// tell what it holds: nothing was handed on, and rest() holds all of it.
  [[nodiscard]] bool keeps_all() const noexcept { return route_ == Route::kTail; }
  /// keeps_all(): calls `use` for each point of the window, were the series to end here.
  template <class Use>
  void rest(Use&& use) const {
    for (std::size_t place = 0; place + held_back_ < waiting_.size(); ++place) use(waiting_[place]);
  }

 private:
  enum class Route : std::uint8_t { kAll, kSteps, kRange, kDelay, kTail };

  void add_to_tail(std::uint64_t index, const Sample& sample);

  Route route_ = Route::kAll;
  std::int64_t first_step_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t last_step_ = std::numeric_limits<std::int64_t>::max();
  std::uint64_t from_ = 0, to_ = std::numeric_limits<std::uint64_t>::max();  // kRange, kDelay.
  std::uint64_t held_back_ = 0;  // Points at the end that the window leaves out.
  std::uint64_t tail_ = 0;       // kTail: points from the end at which it begins.
  std::uint64_t count_ = 0, popped_ = 0;
  SampleQueue waiting_;
};

}  // namespace tfevents::folds
