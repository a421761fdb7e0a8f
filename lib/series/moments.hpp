#pragma once

#include <cstdint>

#include "series/accumulator.hpp"
#include "series/call.hpp"
#include "series/compensated_sum.hpp"
#include "series/double_double.hpp"
#include "series/sample.hpp"
#include "series/tally.hpp"

namespace tfevents::folds {

/// `sum mean`.
class Total {
 public:
  explicit Total(const SeriesCall& call) noexcept : mean_(call.function == SeriesFunction::kMean) {}

  void add(const Sample& sample) noexcept {
    if (tally_.add(sample)) sum_.add(sample.value);
  }
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  CompensatedSum sum_;
  bool mean_;
};

/// Exact distances of finite values from the first of them, in a unit in which squares neither
/// overflow nor vanish. Counted from one of the points, sums of squares lose at most a factor of
/// their number to cancellation, wherever the points lie.
class Distances {
 public:
  /// The distance of the next value. Where its size asks for a greater unit, `shrink` is called
  /// first with the factor (a power of two) by which all distances so far shrink.
  template <class Shrink>
  DoubleDouble next(double value, Shrink&& shrink) noexcept {
    if (empty_) first_ = value;
    empty_ = false;
    while (level_ < 2 && (value * kUnits[level_] >= kGreat || value * kUnits[level_] <= -kGreat)) {
      shrink(kUnits[level_ + 1] / kUnits[level_]);
      ++level_;
    }
    return DoubleDouble::difference(value * kUnits[level_], first_ * kUnits[level_]);
  }
  /// A distance in that unit as it really is.
  [[nodiscard]] double in_full(double distance) const noexcept { return distance / kUnits[level_]; }

 private:
  static constexpr double kUnits[] = {0x1p900, 0x1p100, 0x1p-624};
  static constexpr double kGreat = 0x1p400;

  double first_ = 0;
  std::uint8_t level_ = 0;
  bool empty_ = true;
};

/// `std`.
class Deviation {
 public:
  void add(const Sample& sample) noexcept;
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  Distances distances_;
  DoubleDouble sum_, squares_;
};

/// `slope`.
class Slope {
 public:
  void add(const Sample& sample) noexcept;
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  Distances distances_;  // Of the values; steps count from the first one's.
  std::int64_t first_step_ = 0;
  DoubleDouble steps_, step_squares_, values_, products_;
};

/// `auc`. Between two points of falling steps (the raw view of a restarted run) the area is
/// negative: what the run did twice counts once.
class Area {
 public:
  void add(const Sample& sample) noexcept;
  [[nodiscard]] SeriesValue result() const;

 private:
  void add_area(double width, double height) noexcept;

  // Steps are below 2^64: areas of great heights are added up 2^80 times smaller.
  static constexpr double kGreat = 0x1p880, kShrink = 0x1p-80;
  Tally tally_;
  CompensatedSum plain_, great_;
  std::int64_t step_ = 0;
  double value_ = 0;
};

}  // namespace tfevents::folds
