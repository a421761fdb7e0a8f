#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "series/call.hpp"
#include "series/sample.hpp"

namespace tfevents {

/// The median of numbers that pass by, estimated in constant memory (Jain and Chlamtac's P-square
/// algorithm, CACM 28/10, 1985): exact up to five numbers, near enough to judge by beyond.
class RunningMedian {
 public:
  void add(double value) noexcept;
  /// 0 of none.
  [[nodiscard]] double estimate() const noexcept;

 private:
  void adjust(std::size_t i) noexcept;

  // Least, quarter, half, three quarters, greatest: heights, and the ranks where they stand.
  std::array<double, 5> heights_{};
  std::array<double, 5> ranks_{1, 2, 3, 4, 5};
  std::uint64_t count_ = 0;
};

/// Whether the best point of a series stands apart from those beside it: a lucky one, perhaps. See
/// STATISTICS "best with smoothing".
class Isolation {
 public:
  explicit Isolation(Direction direction) noexcept : direction_(direction) {}

  /// The next point; those that are not finite are as if they were not there.
  void add(const Sample& sample) noexcept;
  /// By how much the best is better than both its neighbours, where that is more than 20 times the
  /// usual noise between neighbours; nothing below 20 points.
  [[nodiscard]] std::optional<double> margin() const noexcept;

 private:
  Direction direction_;
  RunningMedian changes_;
  std::uint64_t points_ = 0;
  Sample last_, best_;  // As stored: what they print as is costly, and asked of few.
  std::optional<Sample> before_, after_;  // Of the best.
};

}  // namespace tfevents
