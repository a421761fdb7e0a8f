#include "logdir/activity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <tuple>

namespace tfevents {
namespace {

constexpr double kFiveMinutes = 300;

}  // namespace

std::optional<double> Activity::first_time() const noexcept {
  return last_ > 0 ? std::optional<double>(first_) : std::nullopt;
}

std::optional<double> Activity::last_time() const noexcept {
  return last_ > 0 ? std::optional<double>(last_) : std::nullopt;
}

double Activity::median_gap() const {
  std::array<double, std::tuple_size_v<decltype(ring_)>> times{};
  std::size_t count = 0;
  const std::uint64_t held = std::min<std::uint64_t>(events_, ring_.size());
  for (std::uint64_t i = events_ - held; i < events_; ++i) {  // From the oldest on.
    const double time = ring_[i % ring_.size()];
    if (std::isfinite(time) && time > 0) times[count++] = time;
  }
  if (count < 2) return 0;
  const auto first = times.begin();
  const auto end = first + static_cast<std::ptrdiff_t>(count);
  if (!std::is_sorted(first, end)) std::sort(first, end);
  for (std::size_t i = 0; i + 1 < count; ++i) times[i] = times[i + 1] - times[i];
  const auto gaps_end = end - 1;
  const auto middle = first + static_cast<std::ptrdiff_t>((count - 1) / 2);
  std::nth_element(first, middle, gaps_end);
  if (count % 2 == 0) return *middle;  // An odd number of gaps.
  return (*middle + *std::max_element(first, middle)) / 2;
}

bool Activity::live_at(double now, double median_gap) const noexcept {
  return last_ > 0 && now - last_ < std::max(kFiveMinutes, 5 * median_gap);
}

bool Activity::ended() const noexcept {
  return end_mark_ > 0 && end_mark_ >= last_ - kFiveMinutes;
}

}  // namespace tfevents
