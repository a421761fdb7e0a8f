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
  [[gnu::always_inline]] void add(std::int64_t step, double value) {
    if (!near(step) || !(std::abs(value) <= kMost)) [[unlikely]]
      return add_slowly(step, value);
    ++points_;
    last_ = step;
    if (value < low_) low_ = value;
    if (value > high_) high_ = value;
  }
  /// The next point, where it lies between the least and the greatest value that the last one's
  /// bucket has, as most do; else nothing is added, and the answer is false.
  [[gnu::always_inline]] bool add_between(std::int64_t step, double value) {
    if (!near(step) || !(value >= low_) || !(value <= high_)) return false;
    ++points_;
    last_ = step;
    return true;
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

  static constexpr double kMost = std::numeric_limits<double>::max();
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  // Nearly all points lie in the bucket of the one before, and are one step on.
  [[nodiscard]] [[gnu::always_inline]] bool near(std::int64_t step) const noexcept {
    const auto to = static_cast<std::uint64_t>(step);
    return to - static_cast<std::uint64_t>(bucket_from_) < bucket_steps_ &&
           to - static_cast<std::uint64_t>(last_) <= narrowest_;
  }
  void add_slowly(std::int64_t step, double value);
  void insert_gap(Distance distance);
  void widen();
  void keep_bucket();
  void enter_bucket(std::size_t bucket);

  // What each point touches: the bucket of the last one.
  std::int64_t last_ = 0;
  std::int64_t bucket_from_ = 0;    // Its first step; …
  std::uint64_t bucket_steps_ = 0;  // … 0 before the first point.
  std::uint64_t narrowest_ = 0;     // Of the widest distances.
  double low_ = kInfinity, high_ = -kInfinity;
  std::uint64_t points_ = 0;
  std::size_t bucket_ = 0;

  std::int64_t from_ = 0;
  std::array<double, kBuckets> min_, max_;  // That of the last point is brought up to date late.
  std::array<Distance, kWidest> widest_{};  // Descending.
  std::optional<std::int64_t> first_nonfinite_;
  std::uint32_t nonfinite_ = 0;  // A bit a bucket.
  unsigned shift_ = 0;           // A bucket is 2^shift_ steps wide.
};

}  // namespace tfevents
