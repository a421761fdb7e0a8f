#pragma once

#include <cmath>
#include <cstdint>

#include "series/accumulator.hpp"
#include "series/sample.hpp"

/// What one call keeps of the points it has seen, a class for each family of functions: private to
/// this layer.
namespace tfevents::folds {

/// What every function over a window has to know of its points.
class Tally {
 public:
  /// True for a finite point: one that counts.
  bool add(const Sample& sample) noexcept {
    ++points_;
    step_ = sample.step;
    wall_time_ = sample.wall_time;
    if (std::isfinite(sample.value)) [[likely]] {
      all_float32_ = all_float32_ && sample.float32;
      return true;
    }
    if (nonfinite_++ == 0) nonfinite_step_ = sample.step;
    return false;
  }

  [[nodiscard]] std::uint64_t points() const noexcept { return points_; }
  [[nodiscard]] std::uint64_t nonfinite() const noexcept { return nonfinite_; }
  [[nodiscard]] std::uint64_t finite() const noexcept { return points_ - nonfinite_; }

  /// A mean of float32 points is a float32 too; its shortest text is the number. Other means stay.
  [[nodiscard]] double rounded(double mean) const noexcept {
    return all_float32_ ? as_printed(static_cast<float>(mean)) : mean;
  }

  /// No value, but what is known of the window.
  [[nodiscard]] SeriesValue absent(Absence why) const {
    SeriesValue out = SeriesValue::missing(why);
    out.n = finite();
    mark_nonfinite(out);
    return out;
  }
  /// A value of the whole window, over its finite points.
  [[nodiscard]] SeriesValue over_window(double value) const {
    SeriesValue out = absent(Absence::kNone);
    out.value = out.raw = value;
    if (points_ != 0) {
      out.step = step_;
      out.wall_time = wall_time_;
    }
    return out;
  }

 private:
  void mark_nonfinite(SeriesValue& out) const {
    out.nonfinite = nonfinite_;
    if (nonfinite_ != 0) out.nonfinite_step = nonfinite_step_;
  }

  std::uint64_t points_ = 0, nonfinite_ = 0;
  std::int64_t step_ = 0, nonfinite_step_ = 0;
  double wall_time_ = 0;
  bool all_float32_ = true;
};

}  // namespace tfevents::folds
