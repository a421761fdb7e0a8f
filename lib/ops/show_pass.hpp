#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logdir/view.hpp"
#include "ops/series_stats.hpp"
#include "series/trend.hpp"

namespace tfevents::ops {

// The sinks of `show`: what its passes over a run keep of each series.

/// So many scalar series of a run have a sparkline, and so many others their last value looked at:
/// these take more memory than all else that is kept of a series. Beyond, nobody reads them.
inline constexpr std::size_t kMostDetailed = 2048;

/// Where a value that is no scalar lies, to be looked at later.
struct StoredPlace {
  std::int64_t step = 0;
  double wall = 0;
  std::uint64_t offset = 0;  ///< Of its record.
  std::uint32_t file = 0;
  bool there = false;
  std::uint64_t bytes = 0;  ///< Of the value; only where a point waits for the next one.
};

/// What `--text TAG[@STEP]` and `--hist TAG[@STEP]` ask for.
struct ValueRequest {
  std::string typed;                      ///< A tag that is named so wins.
  std::string tag;                        ///< What stands before the last `@STEP`, …
  std::optional<std::int64_t> step = {};  ///< … and that step.
  bool histogram = false;
  /// True for a series of this kind, where it holds what is asked for.
  [[nodiscard]] bool wants(Kind kind) const noexcept {
    return histogram ? kind == Kind::kHistograms
                     : kind == Kind::kText || kind == Kind::kTensors || kind == Kind::kPlugin;
  }
};

/// A series that is asked about, and where its value is.
struct RequestedPlace {
  std::size_t request = 0;
  SeriesId series = 0;
  std::optional<std::int64_t> step = {};  ///< Nothing: the last one.
  StoredPlace place = {};
};

/// What is kept of one series. There is one for each: no more than is needed.
struct ShownSeries {
  // The point of pass 1 that waits for the next one; what is not selected or filtered is nothing
  // but a step.
  std::int64_t step = 0;
  std::uint64_t bytes = 0;
  ScalarBits value;
  std::uint32_t file = 0;
  DType dtype = DType::kFloat32;
  bool blob = false;
  bool counts = false;
  bool waits = false;

  bool selected = true;
  bool watched = false;         // Some request is about it.
  std::uint32_t place = kNoId;  // Of its last value, among the places; of what is no scalar.
  Trend* trend = nullptr;       // Of scalars.
  std::uint64_t duplicates = 0;
  SeriesStats stats;
};

/// Statistics, sparkline and last place of each series, of exactly the points that it is given.
class ShownPoints {
 public:
  ShownPoints(const TagTable& tags, std::span<const ValueRequest> requests)
      : tags_(tags), requests_(requests) {}

  void add_series(SeriesId id) {
    series_.reach(id);
    const SeriesInfo& info = tags_.info(id);
    ShownSeries& series = series_[id];
    series.selected = series.counts = info.selected;
    if (!info.selected) return;
    if (info.kind == Kind::kScalars) {
      if (trends_.size() < kMostDetailed) series.trend = &trends_.emplace_back();
      return;
    }
    if (places_.size() < kMostDetailed) {
      series.place = static_cast<std::uint32_t>(places_.size());
      places_.emplace_back();
    }
    if (!requests_.empty()) watch(id, info);
  }
  [[gnu::always_inline]] static void add_float(ShownSeries& series, std::int64_t step, float value,
                                               std::uint64_t bytes) {
    series.stats.add_float(step, value, bytes);
    if (series.trend != nullptr) series.trend->add(step, static_cast<double>(value));
  }
  /// The same where another point will be added after this one.
  [[gnu::always_inline]] static void add_followed_float(ShownSeries& series, std::int64_t step,
                                                        float value, std::uint64_t bytes) {
    const auto number = static_cast<double>(value);
    // What lies within a part of the curve lies within the whole.
    if (series.trend != nullptr && series.trend->add_between(step, number)) [[likely]]
      return series.stats.add_between(number, bytes);
    add_float(series, step, value, bytes);
  }
  static void add_scalar(ShownSeries& series, std::int64_t step, Scalar value,
                         std::uint64_t bytes) {
    series.stats.add_scalar(step, value, bytes);
    if (series.trend != nullptr) series.trend->add(step, value.as_double());
  }
  /// The newest value of a series that is no scalar.
  void place_blob(SeriesId id, const StoredPlace& place) {
    const ShownSeries& series = series_[id];
    if (series.place != kNoId) places_[series.place] = place;
    if (!series.watched) return;
    for (RequestedPlace& asked : asked_) {
      if (asked.series == id && (!asked.step || *asked.step == place.step)) asked.place = place;
    }
  }

  [[nodiscard]] ShownSeries& operator[](SeriesId id) noexcept { return series_[id]; }
  [[nodiscard]] const ShownSeries& operator[](SeriesId id) const noexcept { return series_[id]; }
  [[nodiscard]] SeriesId size() const noexcept { return static_cast<SeriesId>(series_.size()); }
  /// Null where there is none.
  [[nodiscard]] const Trend* trend(SeriesId id) const noexcept { return series_[id].trend; }
  [[nodiscard]] const StoredPlace* place(SeriesId id) const noexcept {
    const std::uint32_t place = series_[id].place;
    return place == kNoId ? nullptr : &places_[place];
  }
  [[nodiscard]] const std::vector<RequestedPlace>& asked() const noexcept { return asked_; }

 private:
  void watch(SeriesId id, const SeriesInfo& info) {
    const std::string_view name = tags_.name(info.tag);
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const ValueRequest& request = requests_[i];
      if (!request.wants(info.kind)) continue;
      if (name == request.typed) asked_.push_back({i, id, {}, {}});
      if (request.step && name == request.tag) asked_.push_back({i, id, request.step, {}});
      if (!asked_.empty() && asked_.back().series == id) series_[id].watched = true;
    }
  }

  const TagTable& tags_;
  std::span<const ValueRequest> requests_;
  Chunked<ShownSeries> series_;
  std::deque<Trend> trends_;
  std::vector<StoredPlace> places_;
  std::vector<RequestedPlace> asked_;
};

/// Where the steps of a run go back, and when its files were written.
class FileBorders {
 public:
  struct Back {
    std::int64_t step = std::numeric_limits<std::int64_t>::max();  ///< The least one gone back to.
    std::uint64_t times = 0;
    double overlap_seconds = 0;  ///< Written before the files in front of it had ended.
  };

  explicit FileBorders(const RunReading& state) : state_(state) {}

  /// The file being read. Only what is set at a file's end is looked at.
  [[nodiscard]] std::uint32_t file() const noexcept { return file_; }
  /// To be called between files, and now and then.
  void follow() {
    const auto ended = [this](std::size_t i) {
      const FileFindings& found = state_.files[i];
      return found.records != 0 || found.tail.offset != 0 || found.tail.have != 0 ||
             found.unreadable || state_.input.run().files[i].size == 0;
    };
    const std::size_t before = file_;
    while (file_ < state_.files.size() && ended(file_)) ++file_;
    if (before != file_) end_file();
  }
  [[gnu::always_inline]] void on_point(double wall) {
    if (fresh_) [[unlikely]]
      begin_file(wall);
    wall_ = wall;
  }
  /// A step that is smaller than the one before; `from` is the file of that.
  void on_back(std::uint32_t from, std::int64_t step) {
    Back& back = (from == file_ ? within_ : at_start_)[file_];
    back.step = std::min(back.step, step);
    ++back.times;
  }
  void finish() {
    end_file();
    for (auto& [file, back] : at_start_) {
      const auto found = overlaps_.find(file);
      if (found != overlaps_.end()) back.overlap_seconds = found->second;
    }
  }

  /// By file: where series go on below the steps of files before.
  [[nodiscard]] const std::map<std::uint32_t, Back>& at_start() const noexcept { return at_start_; }
  /// By file: where the steps of one file go back.
  [[nodiscard]] const std::map<std::uint32_t, Back>& within() const noexcept { return within_; }

 private:
  void begin_file(double wall) {
    fresh_ = false;
    first_wall_ = wall;
    open_file_ = file_;
  }
  void end_file() {
    if (fresh_) return;
    // Clocks are read by several threads: what is no second and no large part of a file is none.
    constexpr double kSlack = 1;
    const double overlap = std::min(latest_wall_, wall_) - first_wall_;
    const double shorter = std::min(wall_ - first_wall_, longest_);
    if (overlap > kSlack || (overlap > 0 && overlap > shorter / 2)) overlaps_[open_file_] = overlap;
    longest_ = std::max(longest_, wall_ - first_wall_);
    latest_wall_ = std::max(latest_wall_, wall_);
    fresh_ = true;
  }

  const RunReading& state_;
  std::uint32_t file_ = 0, open_file_ = 0;
  bool fresh_ = true;  // No point of this file yet.
  double wall_ = 0, first_wall_ = 0, longest_ = 0;
  double latest_wall_ = -std::numeric_limits<double>::infinity();
  std::map<std::uint32_t, Back> at_start_, within_;
  std::map<std::uint32_t, double> overlaps_;
};

/// Pass 1. Points of the clean view are one behind, as in `ls --tags`.
class ShowPass {
 public:
  ShowPass(const RunReading& state, Observation& observation, View view, const PointFilter& filter,
           std::span<const ValueRequest> requests)
      : observation_(observation),
        clean_(view == View::kClean),
        filter_(filter),
        ordinary_(clean_ && filter.empty()),
        borders_(state),
        points_(state.tags, requests) {}

  void on_series(SeriesId id) {
    observation_.add_series(id);
    points_.add_series(id);
  }
  [[gnu::always_inline]] void on_float(SeriesId id, std::int64_t step, double wall, float value,
                                       std::uint64_t bytes) {
    ShownSeries& series = points_[id];
    borders_.on_point(wall);
    if (observation_.observe(id, step) || !ordinary_ || series.blob ||
        series.dtype != DType::kFloat32) [[unlikely]] {
      return add(id, step, wall, Scalar::of(value), bytes, false);
    }
    // What counts was set for all points of the series.
    if (series.waits && series.counts)
      ShownPoints::add_followed_float(series, series.step, series.value.as_float(), series.bytes);
    series.step = step;
    series.bytes = bytes;
    series.value = ScalarBits(value);
    series.file = borders_.file();
    series.waits = true;
  }
  void on_scalar(SeriesId id, std::int64_t step, double wall, Scalar value, std::uint64_t bytes) {
    borders_.on_point(wall);
    observation_.observe(id, step);
    add(id, step, wall, value, bytes, false);
  }
  void on_stored(SeriesId id, std::int64_t step, double wall, const StoredValue& value) {
    borders_.on_point(wall);
    observation_.observe(id, step);
    add(id, step, wall, {}, value.size(), true);
    if (points_[id].counts)
      points_.place_blob(
          id, {step, wall, value.record_offset(), static_cast<std::uint32_t>(value.file()), true});
  }
  [[nodiscard]] bool stopped() {
    borders_.follow();
    return !observation_.status().ok();
  }

  /// Counts the points that wait.
  void finish() {
    borders_.finish();
    for (SeriesId id = 0; id < points_.size(); ++id) {
      if (points_[id].waits) commit(points_[id]);
    }
  }
  [[nodiscard]] const FileBorders& borders() const noexcept { return borders_; }
  [[nodiscard]] ShownPoints& points() noexcept { return points_; }

 private:
  // A point that was observed.
  [[gnu::noinline]] void add(SeriesId id, std::int64_t step, double wall, Scalar value,
                             std::uint64_t bytes, bool blob) {
    ShownSeries& series = points_[id];
    const bool again = observation_.track(id).points > 1;
    if (again && step < series.step) borders_.on_back(series.file, step);
    if (series.waits) {
      if (step == series.step) {
        ++series.duplicates;
      } else {
        commit(series);
      }
    }
    series.step = step;
    series.bytes = bytes;
    series.value = ScalarBits(value);
    series.file = borders_.file();
    series.dtype = value.dtype;
    series.blob = blob;
    series.counts = series.selected && filter_.passes(step, wall);
    series.waits = true;
    if (!clean_) commit(series);
  }

  static void commit(ShownSeries& series) {
    series.waits = false;
    if (!series.counts) return;
    if (series.blob) {
      series.stats.add_blob(series.step, series.bytes);
    } else {
      ShownPoints::add_scalar(series, series.step, series.value.as(series.dtype), series.bytes);
    }
  }

  Observation& observation_;
  bool clean_;
  PointFilter filter_;
  bool ordinary_;  // Every point of a selected series counts, unless the next one replaces it.
  FileBorders borders_;
  ShownPoints points_;
};

/// The last pass, behind a ViewSink.
class ShowSink {
 public:
  using Kept = StoredPlace;

  ShowSink(const TagTable& tags, std::span<const ValueRequest> requests)
      : points_(tags, requests) {}

  void on_series(SeriesId id) { points_.add_series(id); }
  void on_float(SeriesId id, std::int64_t step, double, float value, std::uint64_t bytes) {
    ShownPoints::add_float(points_[id], step, value, bytes);
  }
  void on_scalar(SeriesId id, std::int64_t step, double, Scalar value, std::uint64_t bytes) {
    ShownPoints::add_scalar(points_[id], step, value, bytes);
  }
  void on_stored(SeriesId id, std::int64_t step, double wall, const StoredValue& value) {
    add(id, place_of(step, wall, value), value.size());
  }
  Kept keep(SeriesId, std::int64_t step, double wall, const StoredValue& value) {
    Kept kept = place_of(step, wall, value);
    kept.bytes = value.size();
    return kept;
  }
  void on_kept(SeriesId id, std::int64_t, double, const Kept& kept) { add(id, kept, kept.bytes); }
  [[nodiscard]] static bool stopped() noexcept { return false; }

  [[nodiscard]] ShownPoints& points() noexcept { return points_; }

 private:
  static StoredPlace place_of(std::int64_t step, double wall, const StoredValue& value) {
    return {step, wall, value.record_offset(), static_cast<std::uint32_t>(value.file()), true};
  }
  void add(SeriesId id, const StoredPlace& place, std::uint64_t bytes) {
    points_[id].stats.add_blob(place.step, bytes);
    points_.place_blob(id, place);
  }

  ShownPoints points_;
};

}  // namespace tfevents::ops
