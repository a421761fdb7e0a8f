#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "logdir/chunked.hpp"
#include "logdir/cuts.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/selection.hpp"

namespace tfevents {

/// What pass 1 learns of the steps of one series. 24 bytes.
struct SeriesTrack {
  std::int64_t last_step = 0;
  std::uint64_t points = 0;
  bool repeats = false;    ///< Two neighbours have the same step.
  bool decreases = false;  ///< Some point has a smaller step than the one before.
  bool watched = false;    ///< Free for whoever observes: `observe` says when it is set.
};

/// What pass 1 learns of a run: enough to tell in pass 2 which points the clean view keeps.
class Observation {
 public:
  explicit Observation(std::string temp_directory) : cuts_(std::move(temp_directory)) {}

  void add_series(SeriesId series) { tracks_.reach(series); }

  /// The next point of a series. True when the point is out of the ordinary: its step is not
  /// greater than the one before, or the series is watched.
  [[gnu::always_inline]] bool observe(SeriesId series, std::int64_t step) {
    SeriesTrack& track = tracks_[series];
    const bool ordinary = (step > track.last_step || track.points == 0) && !track.watched;
    if (!ordinary && track.points != 0 && step <= track.last_step) [[unlikely]]
      went_back(series, track, step);
    track.last_step = step;
    ++track.points;
    return !ordinary;
  }
  void watch(SeriesId series) noexcept { tracks_[series].watched = true; }

  [[nodiscard]] const SeriesTrack& track(SeriesId series) const noexcept { return tracks_[series]; }
  [[nodiscard]] const CutPoints& cuts() const noexcept { return cuts_; }
  /// Some series has a step twice, or one that is smaller than the one before: the clean view
  /// differs from the raw one.
  [[nodiscard]] bool drops_points() const noexcept { return repeats_ || !cuts_.empty(); }
  /// Trouble with the temporary file.
  [[nodiscard]] const Status& status() const noexcept { return status_; }

 private:
  [[gnu::noinline]] void went_back(SeriesId series, SeriesTrack& track, std::int64_t step) {
    if (step == track.last_step) {
      track.repeats = repeats_ = true;
      return;
    }
    track.decreases = true;
    if (auto added = cuts_.add(series, {track.points, step}); !added.ok() && status_.ok())
      status_ = std::move(added);
  }

  Chunked<SeriesTrack> tracks_;
  CutPoints cuts_;
  bool repeats_ = false;
  Status status_ = ok_status();
};

/// The sink of a pass that only observes.
struct ObservingSink {
  Observation& observation;

  void on_series(SeriesId series) { observation.add_series(series); }
  void on_float(SeriesId series, std::int64_t step, double, float, std::uint64_t) {
    observation.observe(series, step);
  }
  void on_scalar(SeriesId series, std::int64_t step, double, Scalar, std::uint64_t) {
    observation.observe(series, step);
  }
  void on_blob(SeriesId series, std::int64_t step, double, std::uint64_t) {
    observation.observe(series, step);
  }
  [[nodiscard]] bool stopped() const { return !observation.status().ok(); }
};

/// The sink of a pass that wants only what the reading itself finds.
struct QuietSink {
  void on_series(SeriesId) {}
  void on_float(SeriesId, std::int64_t, double, float, std::uint64_t) {}
  void on_scalar(SeriesId, std::int64_t, double, Scalar, std::uint64_t) {}
  void on_blob(SeriesId, std::int64_t, double, std::uint64_t) {}
  [[nodiscard]] static bool stopped() noexcept { return false; }
};

/// Which points of a view count: --steps, --wall and --last, applied after the view.
struct PointFilter {
  std::optional<std::int64_t> first_step, last_step;
  std::optional<double> first_wall, last_wall;

  explicit PointFilter(const Selection& select)
      : first_step(select.first_step),
        last_step(select.last_step),
        first_wall(select.first_wall),
        last_wall(select.last_wall) {}
  [[nodiscard]] bool empty() const noexcept {
    return !first_step && !last_step && !first_wall && !last_wall;
  }
  [[nodiscard]] bool passes(std::int64_t step, double wall) const noexcept {
    if (first_step && step < *first_step) return false;
    if (last_step && step > *last_step) return false;
    if (first_wall && !(wall >= *first_wall)) return false;
    return !last_wall || wall <= *last_wall;
  }
};

/// Selected points of a series that a counting pass met.
using PointCounts = Chunked<std::uint64_t>;

/// Points that the clean view left out of one series.
struct SeriesDrops {
  std::uint64_t duplicates = 0;  ///< The next point has the same step.
  std::uint64_t restart = 0;     ///< A later point has a smaller step.
};

/// A sink that looks into what is no scalar. Of a series that runs a point behind, the point is
/// given when its record is gone: such a sink makes of it, in time, what it will want of it then.
///
///   Kept keep(SeriesId, std::int64_t step, double wall, const StoredValue&);
///   void on_kept(SeriesId, std::int64_t step, double wall, Kept);
///
/// What was kept of a point that turns out not to count is destroyed.
template <class Sink>
concept LooksIntoValues = requires {
  typename Sink::Kept;
};

/// The last pass over a run: gives `next` the selected points of a view, in record order.
///
/// Series that repeat steps run one point behind: a point is given when the next one of its series
/// has been read, the rest at `finish`, in record order. Memory: about 100 bytes a series of which
/// the clean view drops points, and what `next` keeps of one point of those that repeat steps.
template <class Next>
class ViewSink {
 private:
  struct NothingKept {};
  template <class Sink>
  struct KeptOf {
    using Type = NothingKept;
  };
  template <LooksIntoValues Sink>
  struct KeptOf<Sink> {
    using Type = typename Sink::Kept;
  };
  using Kept = typename KeptOf<Next>::Type;

 public:
  /// `clean`: what pass 1 observed, null for the raw view. `last`: --last with the counts of a
  /// counting pass, or null.
  ViewSink(const TagTable& tags, const Observation* clean, const PointFilter& filter,
           std::optional<std::uint64_t> last, const PointCounts* counts, Next& next)
      : tags_(tags), clean_(clean), filter_(filter), last_(last), counts_(counts), next_(next) {
    // A second pass knows all series from the start.
    for (SeriesId id = 0; id < tags_.series_count(); ++id) on_series(id);
  }

  void on_series(SeriesId series) {
    places_.reach(series);
    Place& place = places_[series];
    place.selected = tags_.info(series).selected;
    if (clean_ != nullptr) {
      const SeriesTrack& track = clean_->track(series);
      place.mode = track.decreases || track.repeats ? Mode::kViewed : Mode::kPlain;
    }
    if (place.mode == Mode::kViewed) {
      place.viewed = static_cast<std::uint32_t>(viewed_.size());
      viewed_.push_back(
          {clean_->cuts().cursor(series), 0, {}, {}, clean_->track(series).repeats, {}});
    }
    next_.on_series(series);
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value, std::uint64_t bytes) {
    on_point(series, {step, wall, bytes, Scalar::of(value), Form::kFloat, 0});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value,
                 std::uint64_t bytes) {
    on_point(series, {step, wall, bytes, value, Form::kScalar, 0});
  }
  void on_blob(SeriesId series, std::int64_t step, double wall,
               std::uint64_t bytes) requires(!LooksIntoValues<Next>) {
    on_point(series, {step, wall, bytes, {}, Form::kBlob, 0});
  }
  void on_stored(SeriesId series, std::int64_t step, double wall,
                 const StoredValue& value) requires LooksIntoValues<Next> {
    on_point(series, {step, wall, value.size(), {}, Form::kBlob, 0}, &value);
  }
  [[nodiscard]] bool stopped() { return !status_.ok() || next_.stopped(); }

  /// Gives what waits.
  void finish() {
    std::vector<std::pair<std::uint64_t, SeriesId>> waiting;
    for (SeriesId series = 0; series < places_.size(); ++series) {
      const Place& place = places_[series];
      if (place.mode == Mode::kViewed && viewed_[place.viewed].pending) {
        waiting.emplace_back(viewed_[place.viewed].pending->sequence, series);
      }
    }
    std::sort(waiting.begin(), waiting.end());
    for (const auto& [sequence, series] : waiting)
      give_pending(series, viewed_[places_[series].viewed]);
  }

  [[nodiscard]] SeriesDrops drops(SeriesId series) const {
    const Place& place = places_[series];
    return place.mode == Mode::kViewed ? viewed_[place.viewed].drops : SeriesDrops{};
  }
  [[nodiscard]] const Status& status() const noexcept { return status_; }

 private:
  enum class Form : std::uint8_t { kFloat, kScalar, kBlob };
  enum class Mode : std::uint8_t { kPlain, kViewed };
  struct Point {
    std::int64_t step;
    double wall;
    std::uint64_t bytes;
    Scalar value;
    Form form;
    std::uint64_t sequence;
  };
  struct Place {
    std::uint64_t given = 0;  // Selected points so far, for --last.
    std::uint32_t viewed = 0;
    Mode mode = Mode::kPlain;
    bool selected = true;
  };
  struct Viewed {
    CutPoints::Cursor cursor;
    std::uint64_t ordinal;
    std::optional<Point> pending;
    Kept kept;  // Of the pending point, if it is no scalar.
    bool repeats;
    SeriesDrops drops;
  };

  // `value`: of a point that `next` looks into.
  void on_point(SeriesId series, Point point, const StoredValue* value = nullptr) {
    const Place& place = places_[series];
    if (place.mode == Mode::kPlain) [[likely]] {
      if (place.selected) give(series, point, value);
      return;
    }
    Viewed& viewed = viewed_[place.viewed];
    point.sequence = sequence_++;
    auto survives = viewed.cursor.survives(viewed.ordinal++, point.step);
    if (!survives.ok()) {
      status_ = std::move(survives).error();
      return;
    }
    if (viewed.pending && viewed.pending->step == point.step) {
      ++viewed.drops.duplicates;
      viewed.pending.reset();
      viewed.kept = {};
    }
    if (!*survives) {
      ++viewed.drops.restart;
      return;
    }
    give_pending(series, viewed);
    if (!viewed.repeats) return give(series, point, value);
    viewed.pending = point;
    if constexpr (LooksIntoValues<Next>) {
      // What would not be given anyway is not looked at.
      if (value != nullptr && place.selected && filter_.passes(point.step, point.wall))
        viewed.kept = next_.keep(series, point.step, point.wall, *value);
    }
  }

  void give_pending(SeriesId series, Viewed& viewed) {
    if (!viewed.pending) return;
    give(series, *viewed.pending, nullptr, &viewed.kept);
    viewed.pending.reset();
    viewed.kept = {};
  }

  // A point that `next` looks into comes with its `value`, or with what was `kept` of it.
  void give(SeriesId series, const Point& point, const StoredValue* value, Kept* kept = nullptr) {
    Place& place = places_[series];
    if (!place.selected || !filter_.passes(point.step, point.wall)) return;
    if (last_ && (*counts_)[series] > *last_ && place.given++ < (*counts_)[series] - *last_) return;
    switch (point.form) {
      case Form::kFloat:
        return next_.on_float(series, point.step, point.wall, point.value.f32, point.bytes);
      case Form::kScalar:
        return next_.on_scalar(series, point.step, point.wall, point.value, point.bytes);
      case Form::kBlob:
        if constexpr (LooksIntoValues<Next>) {
          if (value != nullptr) return next_.on_stored(series, point.step, point.wall, *value);
          return next_.on_kept(series, point.step, point.wall, std::move(*kept));
        } else {
          return next_.on_blob(series, point.step, point.wall, point.bytes);
        }
    }
  }

  const TagTable& tags_;
  const Observation* clean_;
  PointFilter filter_;
  std::optional<std::uint64_t> last_;
  const PointCounts* counts_;
  Next& next_;
  Chunked<Place> places_;
  std::vector<Viewed> viewed_;
  std::uint64_t sequence_ = 0;
  Status status_ = ok_status();
};

/// Counts the points it is given, a series: the pass before one with --last.
struct CountingSink {
  PointCounts& counts;

  void on_series(SeriesId series) { counts.reach(series); }
  void on_float(SeriesId series, std::int64_t, double, float, std::uint64_t) { ++counts[series]; }
  void on_scalar(SeriesId series, std::int64_t, double, Scalar, std::uint64_t) { ++counts[series]; }
  void on_blob(SeriesId series, std::int64_t, double, std::uint64_t) { ++counts[series]; }
  [[nodiscard]] static bool stopped() noexcept { return false; }
};

}  // namespace tfevents
