#include "logdir/activity.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

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
  std::vector<double> times;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(events_, ring_.size()));
  for (std::size_t i = 0; i < count; ++i) {
    if (std::isfinite(ring_[i]) && ring_[i] > 0) times.push_back(ring_[i]);
  }
  if (times.size() < 2) return 0;
  std::sort(times.begin(), times.end());
  for (std::size_t i = 0; i + 1 < times.size(); ++i) times[i] = times[i + 1] - times[i];
  times.pop_back();
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  if (times.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(times.begin(), middle)) / 2;
}

bool Activity::live_at(double now) const {
  return last_ > 0 && now - last_ < std::max(kFiveMinutes, 5 * median_gap());
}

bool Activity::ended() const noexcept {
  return end_mark_ > 0 && end_mark_ >= last_ - kFiveMinutes;
}

}  // namespace tfevents
