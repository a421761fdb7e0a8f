#include "series/isolation.hpp"

#include <algorithm>
#include <cmath>

#include "series/accumulator.hpp"
#include "series/direction.hpp"

namespace tfevents {
namespace {

constexpr std::uint64_t kFewestPoints = 20;
constexpr double kTimesNoise = 20;
// From the median absolute difference of neighbours to the standard deviation of their noise.
constexpr double kToDeviation = 1.4826 / 1.4142135623730951;

}  // namespace

void RunningMedian::add(double value) noexcept {
  if (count_ < heights_.size()) {
    heights_[count_++] = value;
    std::sort(heights_.begin(), heights_.begin() + static_cast<std::ptrdiff_t>(count_));
    return;
  }
  ++count_;
  heights_.front() = std::min(heights_.front(), value);
  heights_.back() = std::max(heights_.back(), value);
  // The ranks of all markers above the value grow.
  std::size_t above = 1;
  while (above < 4 && value >= heights_[above]) ++above;
  for (std::size_t marker = above; marker < ranks_.size(); ++marker) ranks_[marker] += 1;
  for (std::size_t marker = 1; marker < 4; ++marker) adjust(marker);
}

// Moves a marker by a rank towards the place it should have, its height along a parabola through
// its neighbours, or straight where that would leave them.
void RunningMedian::adjust(std::size_t i) noexcept {
  const double wanted = 1 + static_cast<double>(count_ - 1) * static_cast<double>(i) / 4;
  const double off = wanted - ranks_[i];
  const bool up = off >= 1 && ranks_[i + 1] - ranks_[i] > 1;
  const bool down = off <= -1 && ranks_[i - 1] - ranks_[i] < -1;
  if (!up && !down) return;
  const double by = up ? 1 : -1;
  const double below = ranks_[i] - ranks_[i - 1], above = ranks_[i + 1] - ranks_[i];
  const double rise = (heights_[i + 1] - heights_[i]) / above;
  const double fall = (heights_[i] - heights_[i - 1]) / below;
  const double curved =
      heights_[i] + by / (above + below) * ((below + by) * rise + (above - by) * fall);
  if (heights_[i - 1] < curved && curved < heights_[i + 1]) {
    heights_[i] = curved;
  } else {
    heights_[i] += by * (up ? rise : fall);
  }
  ranks_[i] += by;
}

double RunningMedian::estimate() const noexcept {
  if (count_ == 0) return 0;
  if (count_ > heights_.size()) return heights_[2];
  const auto n = static_cast<std::size_t>(count_);
  return (heights_[(n - 1) / 2] + heights_[n / 2]) / 2;
}

void Isolation::add(const Sample& sample) noexcept {
  if (!std::isfinite(sample.value)) return;
  if (points_ != 0) changes_.add(std::abs(sample.value - last_.value));
  if (points_ == 0 || better(sample.value, best_.value, direction_)) {
    best_ = sample;
    before_ = points_ == 0 ? std::nullopt : std::optional(last_);
    after_.reset();
  } else if (!after_) {
    after_ = sample;
  }
  last_ = sample;
  ++points_;
}

std::optional<double> Isolation::margin() const noexcept {
  if (points_ < kFewestPoints || !before_ || !after_) return std::nullopt;
  const double best = as_printed(best_);
  const double margin =
      std::min(std::abs(best - as_printed(*before_)), std::abs(best - as_printed(*after_)));
  if (!(margin > kTimesNoise * kToDeviation * changes_.estimate())) return std::nullopt;
  return margin;
}

}  // namespace tfevents
