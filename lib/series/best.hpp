#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "series/accumulator.hpp"
#include "series/call.hpp"
#include "series/compensated_sum.hpp"
#include "series/sample.hpp"
#include "series/smoothing.hpp"
#include "series/tally.hpp"

namespace tfevents::folds {

/// The best of finite points, by the numbers they print as; of equals the one of the earliest step.
class Extreme {
 public:
  explicit Extreme(Direction direction) noexcept : minimise_(direction == Direction::kMin) {}

  /// True where the point is the best so far.
  bool offer(const Sample& point) noexcept {
    if (found_ && !beats(point)) return false;
    best_ = point;
    found_ = true;
    return true;
  }
  /// Null where there was no point.
  [[nodiscard]] const Sample* best() const noexcept { return found_ ? &best_ : nullptr; }

 private:
  [[nodiscard]] bool beats(const Sample& point) const noexcept {
    double value = point.value, against = best_.value;
    // Floats order as they print; beside numbers of another type the texts have to be asked.
    if (point.float32 != best_.float32) [[unlikely]] {
      value = as_printed(point);
      against = as_printed(best_);
    }
    if (value != against) return (value < against) == minimise_;
    return point.step < best_.step;
  }

  Sample best_;
  bool found_ = false, minimise_;
};

/// The means of the last few points of a series, each right by itself: nothing is ever subtracted,
/// so that a spike leaves no trace once it is past.
class MovingMean {
 public:
  explicit MovingMean(std::uint32_t width) noexcept : width_(width) {}

  /// Takes the next finite value; true once there are enough for a mean.
  bool add(double value);
  [[nodiscard]] double mean() const noexcept;

 private:
  // The series in blocks of `width_` values. A mean takes the end of the block before, whose sums
  // are at hand, and what has come of the current one.
  std::uint32_t width_;
  std::vector<double> block_;
  CompensatedSum block_sum_;
  std::vector<CompensatedSum> ends_;  // Of the block before: the sum from each place to its end.
};

/// The best of a curve that is drawn from a series: smoothed, or of means.
class CurveExtreme {
 public:
  explicit CurveExtreme(const SeriesCall& call, Direction direction);

  /// Any point, finite or not.
  void add(const Sample& sample);
  /// A point of the curve; null where it has none that is finite.
  [[nodiscard]] const Sample* best() const noexcept;
  /// The point of the series at the step of best().
  [[nodiscard]] const Sample& raw() const noexcept;

 private:
  void add_smoothed(const Sample& sample);
  void add_mean(const Sample& sample);
  [[nodiscard]] bool drawn_as_it_is() const noexcept { return width_ == 0 && so_far_.same(); }

  std::uint32_t width_;  // Points a mean; 0: smoothed.
  Smoother smoother_;
  SameSoFar so_far_;
  MovingMean means_;
  std::uint32_t floats_ = 0;  // Consecutive float32 points up to now, at most width_.
  Extreme curve_, unsmoothed_;
  Sample raw_;
};

/// `min max argmin argmax`.
class Best {
 public:
  /// `direction`: what is searched for, whatever the function of the call is.
  Best(const SeriesCall& call, Direction direction);
  Best(const Best& other);
  Best(Best&&) noexcept = default;
  Best& operator=(const Best&) = delete;
  Best& operator=(Best&&) noexcept = default;
  ~Best() = default;

  void add(const Sample& sample) {
    const bool finite = tally_.add(sample);
    if (curve_) [[unlikely]] {
      curve_->add(sample);
    } else if (finite) {
      extreme_.offer(sample);
    }
  }
  /// Null where there is none.
  [[nodiscard]] const Sample* best() const noexcept {
    return curve_ ? curve_->best() : extreme_.best();
  }
  [[nodiscard]] SeriesValue result() const;

 private:
  Tally tally_;
  Extreme extreme_;
  std::unique_ptr<CurveExtreme> curve_;  // Null: the points themselves are compared.
  bool asks_step_;
};

/// `at_best`.
class AtBest {
 public:
  explicit AtBest(const SeriesCall& call) : metric_(call, call.direction) {}

  void add(const Sample& sample);
  void add_metric(const Sample& sample) { metric_.add(sample); }
  [[nodiscard]] SeriesValue result() const;

 private:
  Best metric_;
  // By rising step: a point that is followed by one of the same or an earlier step is never the
  // last one up to any step.
  std::vector<Sample> points_;
};

}  // namespace tfevents::folds
