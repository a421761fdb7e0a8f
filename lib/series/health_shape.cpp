#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "series/health.hpp"
#include "series/health_median.hpp"

namespace tfevents::health {
namespace {

constexpr std::size_t kLeastPoints = 40;  // Of shapes: fewer say nothing.
constexpr std::size_t kUnsettled = 3;     // Points at the end that may be the start of something.
constexpr std::size_t kMostSpikes = 4;

/// The greatest values seen, with their places, in descending order.
class Greatest {
 public:
  void add(double value, std::size_t index) noexcept {
    if (size_ == top_.size() && value <= top_.back().value) [[likely]]
      return;
    if (size_ < top_.size()) ++size_;
    std::size_t place = size_ - 1;
    for (; place > 0 && top_[place - 1].value < value; --place) top_[place] = top_[place - 1];
    top_[place] = {value, index};
  }
  [[nodiscard]] double value(std::size_t place) const noexcept { return top_[place].value; }
  [[nodiscard]] std::size_t index(std::size_t place) const noexcept { return top_[place].index; }

 private:
  struct Entry {
    double value = 0;
    std::size_t index = 0;
  };
  std::array<Entry, kMostSpikes + 1> top_{};
  std::size_t size_ = 0;
};

// The points on top, if they stand apart from what is below them down to `least`.
std::vector<std::size_t> standing_apart(const Greatest& top, double least, std::size_t n) {
  std::vector<std::size_t> found;
  const auto counts = [&](std::size_t index) {
    return index >= 10 && index * 10 >= n && index + kUnsettled < n;
  };
  for (std::size_t m = 1; m <= kMostSpikes && counts(top.index(m - 1)); ++m) {
    const double rest = top.value(m) - least;
    if (!(rest > 0 && top.value(m - 1) - top.value(m) > 3 * rest)) continue;
    found.clear();
    for (std::size_t i = 0; i < m; ++i) found.push_back(top.index(i));
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// The last points of a loss that were no spike.
class Recent {
 public:
  static constexpr std::size_t kPoints = 32;

  void add(double value) noexcept {
    values_[count_++ % kPoints] = value;
    newest_ = value;
  }
  [[nodiscard]] bool full() const noexcept { return count_ >= kPoints; }
  [[nodiscard]] double newest() const noexcept { return newest_; }
  [[nodiscard]] double max() const noexcept {
    return *std::max_element(values_.begin(), values_.end());
  }
  [[nodiscard]] double min() const noexcept {
    return *std::min_element(values_.begin(), values_.end());
  }

 private:
  std::array<double, kPoints> values_{};
  std::size_t count_ = 0;
  double newest_ = 0;
};

// 95 % of the values are at or below it: linear between order statistics.
double percentile_95(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const double place = 0.95 * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::ptrdiff_t>(place);
  std::nth_element(sorted.begin(), sorted.begin() + low, sorted.end());
  const double below = sorted[static_cast<std::size_t>(low)];
  if (low + 1 == static_cast<std::ptrdiff_t>(sorted.size())) return below;
  const double above = *std::min_element(sorted.begin() + low + 1, sorted.end());
  return below + (above - below) * (place - static_cast<double>(low));
}

// Where the values are back after a jump at `from`: within 5 points.
std::optional<std::size_t> return_of(std::span<const double> values, std::size_t from,
                                     double usual) {
  constexpr std::size_t kWithin = 5;
  const double half = usual + (values[from] - usual) / 2;
  for (std::size_t i = from + 1; i < values.size() && i <= from + kWithin; ++i) {
    if (values[i] <= half) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::size_t> spikes(std::span<const double> values) {
  if (values.size() < kLeastPoints) return {};
  Greatest above, below;
  for (std::size_t i = 0; i < values.size(); ++i) {
    above.add(values[i], i);
    below.add(-values[i], i);
  }
  auto found = standing_apart(above, -below.value(0), values.size());
  if (found.empty()) found = standing_apart(below, -above.value(0), values.size());
  return found;
}

std::vector<std::size_t> loss_spikes(std::span<const double> values, bool settled) {
  std::vector<std::size_t> found;
  const std::size_t n = values.size();
  if (n < kLeastPoints) return found;
  std::optional<double> high;  // Most series have no candidate to compare with it.
  const std::size_t end = settled ? n : n - kUnsettled;
  Recent recent;
  for (std::size_t i = 0; i < end; ++i) {
    const double y = values[i];
    // The greatest of the window is not below its newest: one comparison for nearly all points.
    if (!recent.full() || !(y > 3 * recent.newest())) [[likely]] {
      recent.add(y);
      continue;
    }
    const double most = recent.max(), least = recent.min();
    bool spike = least > 0 && most > least && y > 3 * most && y > most + 10 * (most - least);
    if (spike) {
      if (!high) high = percentile_95(values.subspan(std::max<std::size_t>(10, n / 10)));
      spike = y > *high;
    }
    const auto back = spike ? return_of(values, i, most) : std::nullopt;
    if (!back) {
      recent.add(y);
      continue;
    }
    found.push_back(i);
    i = *back;
  }
  return found;
}

double noise(std::span<const double> values) {
  if (values.size() < 2) return 0;
  std::vector<double> changes(values.size() - 1);
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    changes[i] = std::abs(values[i + 1] - values[i]);
  constexpr double kOfNormal = 1.4826;
  return kOfNormal * median_of(changes) / std::sqrt(2.0);
}

std::optional<Levels> lost_ground(std::span<const double> values, Direction direction) {
  const std::size_t n = values.size();
  if (n < kLeastPoints) return std::nullopt;
  if (std::any_of(values.begin(), values.end(), [](double y) { return y < 0; }))
    return std::nullopt;
  const std::size_t width = std::max<std::size_t>(5, (n + 19) / 20);
  std::vector<double> block;
  const auto level = [&](std::size_t from) {
    block.assign(values.begin() + static_cast<std::ptrdiff_t>(from),
                 values.begin() + static_cast<std::ptrdiff_t>(from + width));
    return median_of(block);
  };
  Levels levels;
  levels.end = levels.best = level(n - width);
  levels.best_at = n - width + width / 2;
  for (std::size_t to = n - width; to >= width; to -= width) {
    const double one = level(to - width);
    if (!(direction == Direction::kMin ? one < levels.best : one > levels.best)) continue;
    levels.best = one;
    levels.best_at = to - width + width / 2;
  }
  levels.start = level(0);
  // With the sign of what is lost, one condition serves both directions.
  const double sign = direction == Direction::kMin ? 1 : -1;
  const double lost = sign * (levels.end - levels.best);
  const bool far =
      direction == Direction::kMin ? levels.end > 2 * levels.best : levels.end < levels.best / 2;
  if (!far || lost < 0.8 * sign * (levels.start - levels.best) || !(lost > 20 * noise(values)))
    return std::nullopt;
  return levels;
}

std::optional<std::size_t> stuck_since(std::span<const double> values, Direction direction) {
  constexpr std::size_t kLeast = 20;
  const std::size_t n = values.size();
  if (n < kLeast) return std::nullopt;
  const double end = values.back();
  const auto bits = std::bit_cast<std::uint64_t>(end);
  std::size_t from = n - 1;
  while (from > 0 && std::bit_cast<std::uint64_t>(values[from - 1]) == bits) --from;
  const std::size_t tail = n - from;
  if (from == 0 || tail < kLeast || 2 * tail < n) return std::nullopt;
  const bool ideal = end == 0 || end == 1 || end == 100;
  const bool best = std::none_of(values.begin(), values.end(), [&](double y) {
    return direction == Direction::kMin ? y < end : y > end;
  });
  if (ideal && best) return std::nullopt;
  return from;
}

}  // namespace tfevents::health
