#include "series/windows.hpp"

#include <algorithm>
#include <utility>

namespace tfevents::folds {
namespace {

std::uint64_t size_of(std::int64_t place) noexcept {
  const auto bits = static_cast<std::uint64_t>(place);
  return place < 0 ? 0 - bits : bits;
}

}  // namespace

void SampleQueue::grow() {
  constexpr std::size_t kLeast = 8;
  std::vector<Sample> wider(std::max(kLeast, room_.size() * 2));
  for (std::size_t place = 0; place < size_; ++place) wider[place] = (*this)[place];
  room_ = std::move(wider);
  front_ = 0;
}

WindowFeed::WindowFeed(const Window& window) noexcept {
  if (window.by == Window::By::kSteps) {
    route_ = Route::kSteps;
    first_step_ = window.from.value_or(first_step_);
    last_step_ = window.to.value_or(last_step_);
  }
  if (window.by != Window::By::kPoints) return;
  const std::int64_t from = window.from.value_or(0);
  const bool end_from_end = window.to && *window.to < 0;
  if (end_from_end) held_back_ = size_of(*window.to);
  if (window.to && !end_from_end) to_ = size_of(*window.to);
  if (from < 0) {
    route_ = Route::kTail;
    tail_ = size_of(from);
  } else {
    route_ = end_from_end ? Route::kDelay : Route::kRange;
    from_ = size_of(from);
  }
}

void WindowFeed::add_to_tail(std::uint64_t index, const Sample& sample) {
  if (index < to_) waiting_.push(sample);
  if (waiting_.size() == 0 || count_ - popped_ <= tail_) return;
  waiting_.pop();
  ++popped_;
}

}  // namespace tfevents::folds
