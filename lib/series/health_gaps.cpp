#include <algorithm>
#include <cmath>
#include <functional>

#include "series/health.hpp"
#include "series/health_median.hpp"

namespace tfevents::health {
namespace {

constexpr std::size_t kLeastPointsForGaps = 20;
constexpr std::size_t kMostGaps = 3;

// How many of the greatest are `apart` from the next one: the most of 1 to 3, or 0.
template <class T, class Apart>
std::size_t count_apart(std::vector<T>& gaps, Apart apart) {
  if (gaps.size() <= kMostGaps) return 0;
  std::partial_sort(gaps.begin(), gaps.begin() + kMostGaps + 1, gaps.end(), std::greater<>());
  for (std::size_t m = kMostGaps; m > 0; --m) {
    if (apart(gaps[m - 1], gaps[m])) return m;
  }
  return 0;
}

}  // namespace

bool is_gap(std::uint64_t distance, std::uint64_t next) noexcept {
  // distance > 5 * max(next, 1) without its overflow.
  return distance > 0 && (distance - 1) / 5 >= std::max<std::uint64_t>(next, 1);
}

std::optional<Gaps> missing_steps(std::span<const std::int64_t> steps) {
  if (steps.size() < kLeastPointsForGaps) return std::nullopt;
  std::vector<std::uint64_t> gaps(steps.size() - 1);
  Gaps found;
  std::uint64_t longest = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    // Unsigned: steps may lie 2^64 apart.
    gaps[i] = static_cast<std::uint64_t>(steps[i + 1]) - static_cast<std::uint64_t>(steps[i]);
    if (gaps[i] <= longest) continue;
    longest = gaps[i];
    found.longest = i;
  }
  found.count = count_apart(gaps, is_gap);
  if (found.count == 0) return std::nullopt;
  std::vector<double> all(gaps.begin(), gaps.end());
  found.usual = median_of(all);
  return found;
}

std::optional<Gaps> pauses(std::span<const double> walls) {
  constexpr double kLeastSeconds = 300;
  if (walls.size() < kLeastPointsForGaps) return std::nullopt;
  Gaps found;
  double longest = kLeastSeconds;
  for (std::size_t i = 0; i + 1 < walls.size(); ++i) {
    const double gap = walls[i + 1] - walls[i];
    if (!(gap > longest) || !std::isfinite(gap)) continue;
    longest = gap;
    found.longest = i;
  }
  if (longest == kLeastSeconds) return std::nullopt;  // As nearly always.
  std::vector<double> gaps;
  gaps.reserve(walls.size() - 1);
  for (std::size_t i = 0; i + 1 < walls.size(); ++i) {
    const double gap = walls[i + 1] - walls[i];
    if (gap >= 0 && std::isfinite(gap)) gaps.push_back(gap);
  }
  std::vector<double> sorted = gaps;
  found.usual = median_of(sorted);
  found.count = count_apart(gaps, [&](double a, double b) {
    return a > kLeastSeconds && a > 10 * std::max(b, found.usual);
  });
  if (found.count == 0) return std::nullopt;
  return found;
}

Presence presence(std::span<const double> walls) {
  Presence found;
  std::vector<double> gaps;
  std::optional<double> before;
  for (const double wall : walls) {
    if (!std::isfinite(wall)) continue;
    found.first = found.points == 0 ? wall : std::min(found.first, wall);
    found.last = found.points == 0 ? wall : std::max(found.last, wall);
    ++found.points;
    if (before) gaps.push_back(wall - *before);
    before = wall;
  }
  found.median_gap = median_of(gaps);
  return found;
}

bool falls_silent(const Presence& series, const Presence& run, std::uint64_t least) noexcept {
  return series.points >= least && series.last <= run.first + (run.last - run.first) / 2 &&
         run.last > series.last && run.last - series.last >= 20 * series.median_gap;
}

Company company(const Presence& silent, std::span<const double> walls) {
  Company found;
  bool any = false;
  for (const double wall : walls) {
    if (!std::isfinite(wall)) continue;
    if (wall >= silent.first && wall <= silent.last) ++found.beside;
    if (wall > silent.last) ++found.after;
    found.last = any ? std::max(found.last, wall) : wall;
    any = true;
  }
  return found;
}

bool goes_on(const Company& other, const Presence& run) noexcept {
  return other.beside >= 10 && other.after >= 20 &&
         other.last >= run.last - 0.05 * (run.last - run.first);
}

}  // namespace tfevents::health
