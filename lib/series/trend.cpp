#include "series/trend.hpp"

#include <algorithm>

namespace tfevents {
namespace {

constexpr std::uint64_t kFewestForGaps = 20;

}  // namespace

void Trend::add_slowly(std::int64_t step, double value) {
  if (points_++ == 0) {
    from_ = step;
    min_.fill(kInfinity);
    max_.fill(-kInfinity);
    enter_bucket(0);
  } else if (step > last_) {
    const std::uint64_t steps =
        static_cast<std::uint64_t>(step) - static_cast<std::uint64_t>(last_);
    if (steps > narrowest_) insert_gap({steps, last_});
  }
  last_ = step;
  std::uint64_t place = 0;
  if (step > from_) {
    const std::uint64_t offset =
        static_cast<std::uint64_t>(step) - static_cast<std::uint64_t>(from_);
    while ((place = offset >> shift_) >= kBuckets) widen();
  }
  if (place != bucket_) {
    keep_bucket();
    enter_bucket(static_cast<std::size_t>(place));
  }
  if (!std::isfinite(value)) {
    nonfinite_ |= std::uint32_t{1} << bucket_;
    if (!first_nonfinite_) first_nonfinite_ = step;
    return;
  }
  low_ = std::min(low_, value);
  high_ = std::max(high_, value);
}

void Trend::keep_bucket() {
  min_[bucket_] = low_;
  max_[bucket_] = high_;
}

void Trend::enter_bucket(std::size_t bucket) {
  bucket_ = bucket;
  low_ = min_[bucket];
  high_ = max_[bucket];
  bucket_steps_ = std::uint64_t{1} << shift_;
  bucket_from_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(from_) +
                                           (std::uint64_t{bucket} << shift_));
}

void Trend::insert_gap(Distance distance) {
  widest_.back() = distance;
  std::size_t at = widest_.size() - 1;
  for (; at > 0 && widest_[at].steps > widest_[at - 1].steps; --at)
    std::swap(widest_[at], widest_[at - 1]);
  narrowest_ = widest_.back().steps;
}

void Trend::widen() {
  keep_bucket();
  ++shift_;
  std::uint32_t merged = 0;
  for (std::size_t i = 0; i < kColumns; ++i) {
    min_[i] = std::min(min_[2 * i], min_[2 * i + 1]);
    max_[i] = std::max(max_[2 * i], max_[2 * i + 1]);
    if ((nonfinite_ >> (2 * i) & 3U) != 0) merged |= std::uint32_t{1} << i;
  }
  nonfinite_ = merged;
  std::fill(min_.begin() + kColumns, min_.end(), std::numeric_limits<double>::infinity());
  std::fill(max_.begin() + kColumns, max_.end(), -std::numeric_limits<double>::infinity());
  enter_bucket(bucket_ / 2);
}

std::vector<TrendColumn> Trend::columns() const {
  std::vector<TrendColumn> columns;
  if (points_ == 0) return columns;
  std::array<double, kBuckets> min = min_, max = max_;
  min[bucket_] = low_;
  max[bucket_] = high_;
  const auto finite = [&](std::size_t i) { return min[i] <= max[i]; };
  const auto used = [&](std::size_t i) { return finite(i) || (nonfinite_ >> i & 1U) != 0; };
  std::vector<double> middles;
  std::size_t end = 0, filled = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (!used(i)) continue;
    end = i + 1;
    ++filled;
    if (finite(i)) middles.push_back(min[i] / 2 + max[i] / 2);
  }
  double median = 0;
  if (!middles.empty()) {
    const auto middle = middles.begin() + static_cast<std::ptrdiff_t>(middles.size() / 2);
    std::nth_element(middles.begin(), middle, middles.end());
    median = *middle;
  }
  // Of few points each has its column, wherever their steps lie.
  const bool compact = points_ <= kColumns;
  columns.resize(compact ? filled : std::min(end, kColumns));
  std::size_t next = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (compact && !used(i)) continue;
    const std::size_t at = compact ? next++ : end <= kColumns ? i : i * kColumns / end;
    TrendColumn& column = columns[at];
    if (!finite(i)) {
      if (used(i) && column.kind == TrendColumn::Kind::kGap)
        column.kind = TrendColumn::Kind::kNonfinite;
      continue;
    }
    const double value = max[i] - median >= median - min[i] ? max[i] : min[i];
    if (column.kind != TrendColumn::Kind::kValue ||
        std::abs(value - median) > std::abs(column.value - median)) {
      column = {TrendColumn::Kind::kValue, value};
    }
  }
  return columns;
}

std::optional<Trend::Gap> Trend::gap() const {
  if (points_ < kFewestForGaps) return std::nullopt;
  for (std::size_t m = kWidest - 1; m >= 1; --m) {
    const std::uint64_t next = std::max<std::uint64_t>(widest_[m].steps, 1);
    if (widest_[m - 1].steps / 5 < next) continue;
    if (widest_[m - 1].steps / 5 == next && widest_[m - 1].steps % 5 == 0) continue;
    const Distance& widest = widest_.front();
    const auto to = static_cast<std::uint64_t>(widest.from) + widest.steps;
    return Gap{widest.from, static_cast<std::int64_t>(to), m};
  }
  return std::nullopt;
}

}  // namespace tfevents
