#include "series/trend.hpp"

#include <algorithm>

namespace tfevents {
namespace {

constexpr std::uint64_t kFewestForGaps = 20;

}  // namespace

void Trend::insert_gap(Distance distance) {
  widest_.back() = distance;
  std::size_t at = widest_.size() - 1;
  for (; at > 0 && widest_[at].steps > widest_[at - 1].steps; --at)
    std::swap(widest_[at], widest_[at - 1]);
}

void Trend::widen() {
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
}

std::vector<TrendColumn> Trend::columns() const {
  std::vector<TrendColumn> columns;
  if (points_ == 0) return columns;
  const auto finite = [this](std::size_t i) { return min_[i] <= max_[i]; };
  const auto used = [&](std::size_t i) { return finite(i) || (nonfinite_ >> i & 1U) != 0; };
  std::vector<double> middles;
  std::size_t end = 0, filled = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (!used(i)) continue;
    end = i + 1;
    ++filled;
    if (finite(i)) middles.push_back(min_[i] / 2 + max_[i] / 2);
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
    const double value = max_[i] - median >= median - min_[i] ? max_[i] : min_[i];
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
