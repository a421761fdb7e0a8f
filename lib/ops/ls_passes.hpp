#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "logdir/view.hpp"
#include "ops/series_stats.hpp"

namespace tfevents::ops {

// The sinks of `ls`: what one pass over a run keeps of each series.

/// Pass 1 of `ls` without series: steps are observed, and non-finite scalars counted. In the clean
/// view an equal step replaces the point before, so that whether a point counts is known one point
/// later; series whose step decreases are left to another pass.
class LeanPass {
 public:
  LeanPass(const TagTable& tags, Observation& observation, View view, const PointFilter& filter)
      : tags_(tags), observation_(observation), clean_(view == View::kClean), filter_(filter) {}

  void on_series(SeriesId series) {
    series_.reach(series);
    observation_.add_series(series);
  }
  [[gnu::always_inline]] void on_float(SeriesId series, std::int64_t step, double wall, float value,
                                       std::uint64_t) {
    // NaN and infinities are the values whose exponent is all ones.
    const bool nonfinite = (std::bit_cast<std::uint32_t>(value) & 0x7F800000U) == 0x7F800000U;
    const std::int64_t before = observation_.track(series).last_step;
    if (observation_.observe(series, step) || nonfinite) [[unlikely]] {
      out_of_the_ordinary(series, step, before, nonfinite && filter_.passes(step, wall));
    }
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value, std::uint64_t) {
    const bool nonfinite = !std::isfinite(value.as_double());
    const std::int64_t before = observation_.track(series).last_step;
    if (observation_.observe(series, step) || nonfinite) {
      out_of_the_ordinary(series, step, before, nonfinite && filter_.passes(step, wall));
    }
  }
  void on_blob(SeriesId series, std::int64_t step, double, std::uint64_t) {
    const std::int64_t before = observation_.track(series).last_step;
    if (observation_.observe(series, step)) out_of_the_ordinary(series, step, before, false);
  }
  [[nodiscard]] bool stopped() const { return !observation_.status().ok(); }
  void finish() {}
  /// Series below this one are not asked for again.
  void release_below(SeriesId series) noexcept { series_.release_below(series); }

  [[nodiscard]] std::uint64_t nonfinite(SeriesId series) const noexcept {
    return series_[series].nonfinite;
  }
  [[nodiscard]] std::uint64_t duplicates(SeriesId series) const noexcept {
    return series_[series].duplicates;
  }

 private:
  struct Series {
    std::uint64_t nonfinite = 0;
    std::uint64_t duplicates = 0;
    bool last_nonfinite = false;
  };

  // An equal step takes back what the point before added. From the first non-finite point on a
  // series is watched, since the next point has to tell whether it stays.
  [[gnu::noinline]] void out_of_the_ordinary(SeriesId id, std::int64_t step, std::int64_t before,
                                             bool nonfinite) {
    Series& series = series_[id];
    const bool repeats = observation_.track(id).points > 1 && step == before;
    if (clean_ && repeats) {
      ++series.duplicates;
      if (series.last_nonfinite) --series.nonfinite;
    }
    series.last_nonfinite = nonfinite && tags_.info(id).selected;
    if (series.last_nonfinite) {
      ++series.nonfinite;
      observation_.watch(id);
    }
  }

  const TagTable& tags_;
  Observation& observation_;
  bool clean_;
  PointFilter filter_;
  Chunked<Series> series_;
};

/// Pass 1 of `ls --tags`: statistics of each series besides. Points of the clean view are one
/// behind.
class FullPass {
 public:
  FullPass(const TagTable& tags, Observation& observation, View view, const PointFilter& filter)
      : tags_(tags), observation_(observation), clean_(view == View::kClean), filter_(filter) {}

  void on_series(SeriesId series) {
    series_.reach(series);
    observation_.add_series(series);
    series_[series].selected = tags_.info(series).selected;
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value, std::uint64_t bytes) {
    add(series, {step, wall, bytes, Scalar::of(value), false});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value,
                 std::uint64_t bytes) {
    add(series, {step, wall, bytes, value, false});
  }
  void on_blob(SeriesId series, std::int64_t step, double wall, std::uint64_t bytes) {
    add(series, {step, wall, bytes, {}, true});
  }
  [[nodiscard]] bool stopped() const { return !observation_.status().ok(); }

  /// Counts the points that wait.
  void finish() {
    for (SeriesId id = 0; id < series_.size(); ++id) {
      if (series_[id].waits) commit(series_[id]);
    }
  }
  /// Series below this one are not asked for again.
  void release_below(SeriesId series) noexcept { series_.release_below(series); }
  [[nodiscard]] const SeriesStats& stats(SeriesId series) const noexcept {
    return series_[series].stats;
  }
  [[nodiscard]] std::uint64_t nonfinite(SeriesId series) const noexcept {
    return stats(series).nonfinite();
  }
  [[nodiscard]] std::uint64_t duplicates(SeriesId series) const noexcept {
    return series_[series].duplicates;
  }

 private:
  struct Point {
    std::int64_t step;
    double wall;
    std::uint64_t bytes;
    Scalar value;
    bool blob;
  };
  // There is one for each series: no more than is needed.
  struct Series {
    SeriesStats stats;
    std::uint64_t duplicates = 0;
    // The point that waits; what is not selected or filtered is nothing but a step.
    std::int64_t step = 0;
    std::uint64_t bytes = 0;
    ScalarBits value;
    DType dtype = DType::kFloat32;
    bool blob = false;
    bool counts = false;
    bool waits = false;
    bool selected = true;
  };

  void add(SeriesId id, const Point& point) {
    Series& series = series_[id];
    if (series.waits) {
      if (point.step == series.step) {
        ++series.duplicates;
      } else {
        commit(series);
      }
    }
    observation_.observe(id, point.step);
    series.step = point.step;
    series.bytes = point.bytes;
    series.value = ScalarBits(point.value);
    series.dtype = point.value.dtype;
    series.blob = point.blob;
    series.counts = series.selected && filter_.passes(point.step, point.wall);
    series.waits = true;
    if (!clean_) commit(series);
  }

  static void commit(Series& series) {
    series.waits = false;
    if (!series.counts) return;
    if (series.blob) {
      series.stats.add_blob(series.step, series.bytes);
    } else {
      series.stats.add_scalar(series.step, series.value.as(series.dtype), series.bytes);
    }
  }

  const TagTable& tags_;
  Observation& observation_;
  bool clean_;
  PointFilter filter_;
  Chunked<Series> series_;
};

/// The last pass, behind a ViewSink: statistics of exactly the points it is given.
struct StatsSink {
  Chunked<SeriesStats> stats;

  void on_series(SeriesId series) { stats.reach(series); }
  void on_float(SeriesId series, std::int64_t step, double, float value, std::uint64_t bytes) {
    stats[series].add_scalar(step, Scalar::of(value), bytes);
  }
  void on_scalar(SeriesId series, std::int64_t step, double, Scalar value, std::uint64_t bytes) {
    stats[series].add_scalar(step, value, bytes);
  }
  void on_blob(SeriesId series, std::int64_t step, double, std::uint64_t bytes) {
    stats[series].add_blob(step, bytes);
  }
  [[nodiscard]] static bool stopped() noexcept { return false; }
};

}  // namespace tfevents::ops
