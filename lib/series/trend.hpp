#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace tfevents {

/// One column of a sparkline.
struct TrendColumn {
  enum class Kind : std::uint8_t {
    kGap,        ///< No point.
    kNonfinite,  ///< Points, none of them finite.
    kValue,
  };
  Kind kind = Kind::kGap;
  double value = 0;  ///< Of kValue: the least or greatest one, whichever says more.
  friend bool operator==(const TrendColumn&, const TrendColumn&) = default;
};

/// What a sparkline of one series needs, in fixed memory, whatever the number of points: least and
/// greatest value in buckets of equal width in steps. When a step lies beyond them, neighbours are
/// merged in pairs, so that kColumns to 2 kColumns buckets remain in use. Also the widest gaps in
/// its steps. About 600 bytes.
class Trend {
 public:
  /// Of the sparkline.
  static constexpr std::size_t kColumns = 16;

  /// The next point. A step below the first one (in the raw view) counts with the first bucket.
  void add(std::int64_t step, double value) {
    if (points_++ == 0) {
      from_ = step;
      min_.fill(std::numeric_limits<double>::infinity());
      max_.fill(-std::numeric_limits<double>::infinity());
    } else {
      add_gap(step);
    }
    last_ = step;
    std::uint64_t place = 0;
    if (step > from_) {
      const std::uint64_t offset =
          static_cast<std::uint64_t>(step) - static_cast<std::uint64_t>(from_);
      while ((place = offset >> shift_) >= kBuckets) widen();
    }
    const auto bucket = static_cast<std::size_t>(place);
    if (!std::isfinite(value)) [[unlikely]] {
      nonfinite_ |= std::uint32_t{1} << bucket;
      if (!first_nonfinite_) first_nonfinite_ = step;
      return;
    }
    if (value < min_[bucket]) min_[bucket] = value;
    if (value > max_[bucket]) max_[bucket] = value;
  }

  /// Up to kColumns. Of few points one each; of more, columns of equal width in steps, each with
  /// the extreme that is further from the median of the buckets.
  [[nodiscard]] std::vector<TrendColumn> columns() const;

  /// Of the first point that is NaN or infinite.
  [[nodiscard]] std::optional<std::int64_t> first_nonfinite() const noexcept {
    return first_nonfinite_;
  }

  /// Steps without a point, far wider than any other: points stand at both ends.
  struct Gap {
    std::int64_t from = 0, to = 0;
    std::size_t count = 1;  ///< So many like it, up to three; this is the widest.
  };
  /// From 20 points on: among the differences of steps, in order, some of the greatest three is
  /// more than five times the one before it.
  [[nodiscard]] std::optional<Gap> gap() const;

 private:
  static constexpr std::size_t kBuckets = 2 * kColumns;
  static constexpr std::size_t kWidest = 4;

  struct Distance {
    std::uint64_t steps = 0;
    std::int64_t from = 0;
  };

  void add_gap(std::int64_t step) {
    if (step <= last_) return;
    const std::uint64_t steps =
        static_cast<std::uint64_t>(step) - static_cast<std::uint64_t>(last_);
    if (steps > widest_.back().steps) [[unlikely]]
      insert_gap({steps, last_});
  }
  void insert_gap(Distance distance);
  void widen();

  std::array<double, kBuckets> min_, max_;
  std::array<Distance, kWidest> widest_{};  // Descending.
  std::uint64_t points_ = 0;
  std::int64_t from_ = 0, last_ = 0;
  std::optional<std::int64_t> first_nonfinite_;
  std::uint32_t nonfinite_ = 0;  // A bit a bucket.
  unsigned shift_ = 0;           // A bucket is 2^shift_ steps wide.
};

}  // namespace tfevents
