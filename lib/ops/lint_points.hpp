#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "event/stored_value.hpp"
#include "logdir/chunked.hpp"
#include "logdir/point_reader.hpp"
#include "series/health.hpp"

namespace tfevents::ops {

/// One point of a series, of any kind; NaN where it is no scalar.
struct LintPoint {
  std::int64_t step;
  double wall;
  double value;
};

/// Sizes that the values of a float32 series have: two values of one size were written in one form,
/// so that of each size one has to be looked at. 12 bytes.
struct ValueSizes {
  std::array<std::uint32_t, 2> bytes{};
  bool more = false;  ///< There is a third.

  void add(std::uint64_t size) noexcept {
    const auto now = static_cast<std::uint32_t>(size);
    if (now == bytes[0]) [[likely]]
      return;
    if (bytes[0] == 0) {
      bytes[0] = now;
    } else if (bytes[1] == 0) {
      bytes[1] = now;
    } else if (now != bytes[1]) {
      more = true;
    }
  }
};

/// What one reading learns of a series.
struct LintSeries {
  std::vector<LintPoint> points;  ///< Those that a later reading keeps.
  std::vector<float> values;      ///< Of float32, of the first reading, as they were read.
  std::uint64_t count = 0;        ///< As read.
  std::uint64_t repeats = 0;      ///< Points with the step of the one before.
  std::int64_t last_step = 0, first_repeat = 0;
  double last_wall = 0;
  double least_wall = std::numeric_limits<double>::infinity();  ///< Finite ones.
  double greatest_wall = -std::numeric_limits<double>::infinity();
  double longest_gap = 0;  ///< Between neighbours, in seconds.
  /// The greatest distances between steps of neighbours, in descending order; of steps that go back
  /// they are nonsense.
  std::array<std::uint64_t, 4> step_gaps{};
  std::uint64_t nan_walls = 0, infinite_walls = 0;
  std::int64_t odd_wall_step = 0;  ///< Of the first of these.
  std::uint64_t hash = 0;          ///< Of the first value; of hparams only.
  /// Scalars that are not float32, histograms whose limits and counts differ in number, hparams
  /// that differ from the first ones.
  std::uint64_t odd = 0;
  std::int64_t odd_step = 0;          ///< Of the first of these,
  DType odd_dtype = DType::kInvalid;  ///< and its type.
  std::uint32_t file = 0;             ///< Of the last point.
  std::uint32_t back_file = 0;        ///< 1 + the file within which it went back last.
  ValueSizes sizes;
  bool went_back = false;
  bool wanted = false;  ///< Its points are kept by the readings after the first.

  /// The clean view keeps all points.
  [[nodiscard]] bool clean() const noexcept { return repeats == 0 && !went_back; }
};

/// Where steps go back: at the beginning of a file, or within it.
struct StepsBack {
  std::uint64_t series = 0;  ///< How many do.
  std::uint64_t times = 0;
  SeriesId first = kNoId;
  std::int64_t from = 0, to = 0;  ///< Of the one that goes back farthest.
};

/// Two files whose times overlap, or are the wrong way round, for these series.
struct FileOverlap {
  std::uint64_t series = 0;
  SeriesId first = kNoId;
};

/// Points left out of the clean view.
struct LintDrops {
  std::uint64_t duplicates = 0, restart = 0;
};

/// The sink of `lint`. The first reading learns everything but the points: of them it keeps the
/// values alone, 4 bytes each, since nearly all curves turn out to be healthy. Those after it keep
/// the points of series that are looked at more closely.
class LintSink {
 public:
  /// Points of one run that are held at a time: 64 MiB.
  static constexpr std::uint64_t kMostPoints = 64ULL * 1024 * 1024 / sizeof(LintPoint);
  /// Values of the first reading are held up to this many for one point of these.
  static constexpr std::uint64_t kValuesOfPoint = sizeof(LintPoint) / sizeof(float);

  explicit LintSink(const TagTable& tags, std::uint64_t most_points = kMostPoints)
      : tags_(tags), most_points_(most_points) {}

  /// The points that come now are of this file.
  void begin_file(std::size_t file);
  void on_series(SeriesId id) { series_.reach(id); }
  [[gnu::always_inline]] void on_float(SeriesId id, std::int64_t step, double wall, float value,
                                       std::uint64_t bytes) {
    LintSeries& series = series_[id];
    if (!first_) return keep(id, series, {step, wall, static_cast<double>(value)});
    series.sizes.add(bytes);
    observe(id, series, step, wall);
    if (!keeps_values_) [[unlikely]]
      return;
    if (series.values.size() == series.values.capacity()) [[unlikely]]
      grow(series);
    series.values.push_back(value);
  }
  void on_scalar(SeriesId id, std::int64_t step, double wall, Scalar value, std::uint64_t);
  void on_stored(SeriesId id, std::int64_t step, double wall, const StoredValue& value);
  [[nodiscard]] static bool stopped() noexcept { return false; }

  /// Ends the first reading.
  void end_first();
  /// The values of the first reading are all there.
  [[nodiscard]] bool keeps_values() const noexcept { return keeps_values_; }
  /// The next reading keeps the points of `wanted` series from `from` on, as many as fit; what was
  /// kept is forgotten. Returns where the series after them begin, and whether any is wanted.
  std::pair<SeriesId, bool> keep_from(SeriesId from);

  [[nodiscard]] std::size_t size() const noexcept { return series_.size(); }
  [[nodiscard]] LintSeries& operator[](SeriesId id) noexcept { return series_[id]; }
  [[nodiscard]] const LintSeries& operator[](SeriesId id) const noexcept { return series_[id]; }

  /// By file, and whether it is within the file (else at its beginning).
  [[nodiscard]] const std::map<std::pair<std::size_t, bool>, StepsBack>& steps_back() const {
    return back_;
  }
  /// By both files.
  [[nodiscard]] const std::map<std::pair<std::size_t, std::size_t>, FileOverlap>& overlaps() const {
    return overlaps_;
  }
  /// Least and greatest finite time of the points of a file.
  [[nodiscard]] std::pair<double, double> times_of(std::size_t file) const noexcept {
    return times_[file];
  }

 private:
  [[gnu::always_inline]] void observe(SeriesId id, LintSeries& series, std::int64_t step,
                                      double wall) {
    if (series.count == 0 || step <= series.last_step || series.file != file_) [[unlikely]]
      out_of_the_ordinary(id, series, step, wall);
    if (series.count != 0) {
      const auto steps =
          static_cast<std::uint64_t>(step) - static_cast<std::uint64_t>(series.last_step);
      if (steps > series.step_gaps.back()) [[unlikely]]
        add_step_gap(series, steps);
      series.longest_gap = std::max(series.longest_gap, wall - series.last_wall);
    }
    series.last_step = step;
    series.last_wall = wall;
    ++series.count;
    // False for NaN as well.
    if (!(std::abs(wall) <= std::numeric_limits<double>::max())) [[unlikely]]
      return odd_wall(series, step, wall);
    series.least_wall = std::min(series.least_wall, wall);
    series.greatest_wall = std::max(series.greatest_wall, wall);
    first_wall_ = std::min(first_wall_, wall);
    last_wall_ = std::max(last_wall_, wall);
  }
  [[gnu::always_inline]] void keep(SeriesId id, LintSeries& series, const LintPoint& point) {
    if (series.wanted && id >= keep_from_ && id < keep_to_) series.points.push_back(point);
  }
  void out_of_the_ordinary(SeriesId id, LintSeries& series, std::int64_t step, double wall);
  static void add_step_gap(LintSeries& series, std::uint64_t steps) noexcept;
  static void odd_wall(LintSeries& series, std::int64_t step, double wall);
  void grow(LintSeries& series);

  const TagTable& tags_;
  std::uint64_t most_points_;
  Chunked<LintSeries> series_;
  std::uint64_t held_ = 0;  // Room for values.
  std::uint32_t file_ = 0;
  bool first_ = true;
  bool keeps_values_ = true;
  SeriesId keep_from_ = 0, keep_to_ = 0;
  double first_wall_ = std::numeric_limits<double>::infinity();
  double last_wall_ = -std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, double>> times_;
  std::map<std::pair<std::size_t, bool>, StepsBack> back_;
  std::map<std::pair<std::size_t, std::size_t>, FileOverlap> overlaps_;
  std::vector<std::byte> room_;
};

/// Leaves the points that the clean view keeps: those of which every later one has a greater step.
LintDrops keep_clean(std::vector<LintPoint>& points);

}  // namespace tfevents::ops
