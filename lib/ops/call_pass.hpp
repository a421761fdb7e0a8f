#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logdir/trials.hpp"
#include "logdir/view.hpp"
#include "ops/call_plan.hpp"
#include "series/accumulator.hpp"

namespace tfevents::ops {

/// What one run answers to one call.
struct CallAnswer {
  std::size_t call = 0;     ///< Plan index.
  SeriesId series = kNoId;  ///< Of the tag.
  SeriesId metric = kNoId;  ///< kAtBest: of the metric.
  SeriesValue value;
};

/// The accumulators of one run: which series serve which calls of a plan.
///
/// Which run a trial's tag means is known only when all are read, so every series that could be
/// meant is evaluated.
class CallBank {
 public:
  CallBank(const CallPlan& plan, std::string run) : plan_(plan), run_(std::move(run)) {}

  /// A scalar series of the run. True when some call may be about it.
  bool on_series(SeriesId series, std::string_view printed_tag) {
    Served served;
    for (std::size_t call = 0; call < plan_.calls().size(); ++call) {
      const SeriesCall& asked = plan_.calls()[call];
      if (asked.function == SeriesFunction::kAtBest) {
        serve_at_best(call, series, printed_tag, served);
      } else if (may_serve(run_, printed_tag, asked.tag)) {
        served.values.push_back(add(call, series));
      }
    }
    if (served.values.empty() && served.metrics.empty()) return false;
    served_.resize(std::max<std::size_t>(served_.size(), std::size_t{series} + 1));
    served_[series] = std::move(served);
    return true;
  }

  /// The next point of a series.
  void add(SeriesId series, const Sample& sample) {
    if (series >= served_.size()) return;
    const Served& served = served_[series];
    for (const std::size_t i : served.values) entries_[i].accumulator.add(sample);
    for (const std::size_t i : served.metrics) entries_[i].accumulator.add_metric(sample);
  }

  /// Forgets all points, to be fed again.
  void restart() {
    for (Entry& entry : entries_) entry.accumulator = SeriesAccumulator(plan_.calls()[entry.call]);
  }

  [[nodiscard]] std::vector<CallAnswer> answers() const {
    std::vector<CallAnswer> answers;
    answers.reserve(entries_.size());
    for (const Entry& entry : entries_) {
      if (entry.series == kNoId) continue;
      const bool at_best = plan_.calls()[entry.call].function == SeriesFunction::kAtBest;
      if (at_best && (entry.metric == kNoId || entry.shared)) continue;
      answers.push_back({entry.call, entry.series, entry.metric, entry.accumulator.result()});
    }
    return answers;
  }

 private:
  struct Entry {
    std::size_t call;
    SeriesId series;
    SeriesId metric;
    bool shared;  // kAtBest: several series could be the tag or the metric; a later pass tells.
    SeriesAccumulator accumulator;
  };
  struct Served {
    std::vector<std::size_t> values, metrics;  // Entries.
  };

  std::size_t add(std::size_t call, SeriesId series) {
    entries_.push_back({call, series, kNoId, false, SeriesAccumulator(plan_.calls()[call])});
    return entries_.size() - 1;
  }

  void serve_at_best(std::size_t call, SeriesId series, std::string_view tag, Served& served) {
    const bool value = may_serve(run_, tag, plan_.calls()[call].tag);
    const bool metric = may_serve(run_, tag, plan_.calls()[call].metric);
    if (!value && !metric) return;
    std::size_t i = 0;
    while (i < entries_.size() && entries_[i].call != call) ++i;
    if (i == entries_.size()) add(call, kNoId);
    Entry& entry = entries_[i];
    if (value) {
      entry.shared = entry.shared || entry.series != kNoId;
      entry.series = series;
      served.values.push_back(i);
    }
    if (metric) {
      entry.shared = entry.shared || entry.metric != kNoId;
      entry.metric = series;
      served.metrics.push_back(i);
    }
  }

  const CallPlan& plan_;
  std::string run_;
  std::vector<Entry> entries_;
  std::vector<Served> served_;  // By series; series that no call is about are short or missing.
};

/// Pass 1 over a run for the calls of a plan. Every series is observed; of those that some call is
/// about, the points of the view are fed to the bank, one behind, since an equal step replaces the
/// point before. Series whose step decreases are right only after another pass (`CallSink` behind a
/// ViewSink).
class CallPass {
 public:
  CallPass(const TagTable& tags, Observation& observation, CallBank& bank, const CallPlan& plan,
           View view, const PointFilter& filter)
      : tags_(tags),
        observation_(observation),
        bank_(bank),
        last_of_all_(plan.last_of_all()),
        clean_(view == View::kClean),
        filter_(filter) {}

  void on_series(SeriesId series) {
    observation_.add_series(series);
    const SeriesInfo& info = tags_.info(series);
    if (info.kind != Kind::kScalars) return;
    const bool served = bank_.on_series(series, printable(tags_.name(info.tag)));
    if (!served && !last_of_all_) return;
    observation_.watch(series);
    places_.resize(std::max<std::size_t>(places_.size(), std::size_t{series} + 1));
    places_[series].served = served;
  }
  [[gnu::always_inline]] void on_float(SeriesId series, std::int64_t step, double wall, float value,
                                       std::uint64_t) {
    if (observation_.observe(series, step)) [[unlikely]]
      feed(series, {step, wall, static_cast<double>(value), true});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value, std::uint64_t) {
    if (observation_.observe(series, step)) {
      feed(series, {step, wall, value.as_double(), value.dtype == DType::kFloat32});
    }
  }
  void on_blob(SeriesId series, std::int64_t step, double, std::uint64_t) {
    observation_.observe(series, step);
  }
  [[nodiscard]] bool stopped() const { return !observation_.status().ok(); }

  /// Feeds the points that wait.
  void finish() {
    for (SeriesId series = 0; series < places_.size(); ++series) {
      if (places_[series].waits) commit(series);
    }
  }

  /// Points that an equal step replaced.
  [[nodiscard]] std::uint64_t duplicates(SeriesId series) const noexcept {
    return series < places_.size() ? places_[series].duplicates : 0;
  }
  [[nodiscard]] bool wants(SeriesId series) const noexcept {
    return series < places_.size() && (places_[series].served || last_of_all_) &&
           tags_.info(series).kind == Kind::kScalars;
  }
  /// The last point of a wanted series that passes the filter.
  [[nodiscard]] const std::optional<Sample>& last(SeriesId series) const noexcept {
    return places_[series].last;
  }

 private:
  struct Place {
    Sample pending;
    std::optional<Sample> last;
    std::uint64_t duplicates = 0;
    bool waits = false;
    bool served = false;
  };

  void feed(SeriesId series, const Sample& sample) {
    if (series >= places_.size()) return;  // Out of the ordinary, but nobody asks about it.
    Place& place = places_[series];
    if (place.waits && place.pending.step == sample.step && clean_) {
      ++place.duplicates;
    } else if (place.waits) {
      commit(series);
    }
    place.pending = sample;
    place.waits = true;
    if (!clean_) commit(series);
  }

  void commit(SeriesId series) {
    Place& place = places_[series];
    place.waits = false;
    if (!filter_.passes(place.pending.step, place.pending.wall_time)) return;
    if (last_of_all_) place.last = place.pending;
    if (place.served) bank_.add(series, place.pending);
  }

  const TagTable& tags_;
  Observation& observation_;
  CallBank& bank_;
  bool last_of_all_;
  bool clean_;
  PointFilter filter_;
  std::vector<Place> places_;
};

/// The last pass, behind a ViewSink: feeds exactly the points it is given.
class CallSink {
 public:
  explicit CallSink(CallBank& bank) : bank_(bank) {}

  void on_series(SeriesId series) {
    lasts_.resize(std::max<std::size_t>(lasts_.size(), series + 1UL));
  }
  void on_float(SeriesId series, std::int64_t step, double wall, float value, std::uint64_t) {
    add(series, {step, wall, static_cast<double>(value), true});
  }
  void on_scalar(SeriesId series, std::int64_t step, double wall, Scalar value, std::uint64_t) {
    add(series, {step, wall, value.as_double(), value.dtype == DType::kFloat32});
  }
  void on_blob(SeriesId, std::int64_t, double, std::uint64_t) {}
  [[nodiscard]] static bool stopped() noexcept { return false; }

  [[nodiscard]] const std::optional<Sample>& last(SeriesId series) const noexcept {
    return lasts_[series];
  }

 private:
  void add(SeriesId series, const Sample& sample) {
    lasts_[series] = sample;
    bank_.add(series, sample);
  }

  CallBank& bank_;
  std::vector<std::optional<Sample>> lasts_;
};

}  // namespace tfevents::ops
