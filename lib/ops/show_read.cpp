#include "ops/show_read.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace tfevents::ops {
namespace {

/// Of what is printed: more text than this is nothing to read.
constexpr std::uint64_t kMostAsked = std::uint64_t{64} << 20;
/// Of what a line has room for.
constexpr std::uint64_t kMostSketched = 16 * 1024;
constexpr std::size_t kMostTagNames = 4096;

/// Reads one run in full.
class ShowReader {
 public:
  ShowReader(const Selection& select, const std::vector<ValueRequest>& requests,
             const OpContext& context, const SeriesSelector& selector)
      : select_(select), requests_(requests), context_(context), selector_(selector) {}

  Result<ReadShow> read(const Run& run) {
    return try_three_times([&] { return try_read(run); },
                           [&](const Error& error) -> Result<ReadShow> {
                             RunReading state(context_.sys, run, input_options(context_, true));
                             state.findings.on_changed(error, Findings::Changed::kAtEveryTry);
                             ReadShow result;
                             describe_run(result, run, state);
                             return result;
                           });
  }

 private:
  Result<ReadShow> try_read(const Run& run) {
    RunReading state(context_.sys, run, input_options(context_, true));
    Observation observation(context_.temp_directory);
    const PointFilter filter(select_);
    ShowPass first(state, observation, select_.view, filter, requests_);
    PointReaderOptions reading{.max_series = select_.max_series,
                               .selector = &selector_,
                               .stop = &context_.stop,
                               .on_bytes = progress_of(context_)};
    TFEVENTS_CHECK(PointReader(state, first, reading).read_all());
    if (!observation.status().ok()) return observation.status().error();
    first.finish();

    const bool clean = select_.view == View::kClean;
    const bool filtered = select_.last || !filter.empty();
    const Observation* const view = clean ? &observation : nullptr;
    std::optional<ShowSink> last;
    std::optional<ViewSink<ShowSink>> sink;
    if (filtered || (clean && !observation.cuts().empty())) {
      PointCounts counts;
      reading.again = true;
      if (select_.last) {
        CountingSink counting{counts};
        ViewSink<CountingSink> all(state.tags, view, filter, std::nullopt, nullptr, counting);
        TFEVENTS_CHECK(PointReader(state, all, reading).read_all());
        all.finish();
        TFEVENTS_CHECK(all.status());
      }
      last.emplace(state.tags, requests_);
      sink.emplace(state.tags, view, filter, select_.last, &counts, *last);
      TFEVENTS_CHECK(PointReader(state, *sink, reading).read_all());
      sink->finish();
      TFEVENTS_CHECK(sink->status());
    }
    ReadShow result;
    describe_run(result, run, state);
    describe_backs(result.shown, state, first.borders());
    // In the order of the rows; values are looked at once all of them are known.
    std::vector<SeriesId> described;
    fill(result, state, observation, first, last ? &last->points() : nullptr,
         sink ? &*sink : nullptr, filtered, described);
    const auto points_of = [&](SeriesId id) -> ShownPoints& {
      return last && (filtered || observation.track(id).decreases) ? last->points()
                                                                   : first.points();
    };
    look_at_values(result, state, described, points_of);
    for (Problem& problem : state.findings.take())
      result.outcome.problems.push_back(std::move(problem));
    result.outcome.lost_data = state.findings.lost_data();
    return result;
  }

  void describe_run(ReadShow& result, const Run& run, RunReading& state) {
    LsRow& row = result.shown.row;
    const double now = context_.clock.now();
    RunLife life = judge_life(run, state, now);
    row.run = run.name;
    row.shown = run.shown;
    row.path = run.path;
    fill_life(row, run, state, life);
    result.shown.median_gap = life.median_gap;
    result.shown.files = shown_files(state);
    if (state.hparams.session_start) result.shown.hparams = state.hparams.session_start->values;
    result.outcome.take(run, state);
    result.outcome.life = life;
  }

  static void describe_backs(ShownRun& shown, const RunReading& state, const FileBorders& borders) {
    const auto add = [&](const auto& backs, bool within) {
      for (const auto& [file, back] : backs) {
        if (shown.backs.size() == ShownRun::kMostBacks) return;
        // A file without an end of its own: the reading was stopped in it.
        const std::size_t known = std::min<std::size_t>(file, state.files.size() - 1);
        shown.backs.push_back({state.input.run().path_of(known), back.step, back.times, within,
                               within ? 0 : back.overlap_seconds});
      }
    };
    add(borders.at_start(), false);
    add(borders.within(), true);
  }

  void fill(ReadShow& result, const RunReading& state, const Observation& observation,
            ShowPass& first, ShownPoints* last, const ViewSink<ShowSink>* view, bool filtered,
            std::vector<SeriesId>& described) {
    LsRow& row = result.shown.row;
    SeriesList::Builder list(result.outcome.selected);
    for (SeriesId id = 0; id < state.tags.series_count(); ++id) {
      const SeriesInfo& info = state.tags.info(id);
      if (!info.selected) continue;
      ++row.tags;
      const SeriesTrack& track = observation.track(id);
      const bool from_last = last != nullptr && (filtered || track.decreases);
      const ShownPoints& points = from_last ? *last : first.points();
      const SeriesStats& stats = points[id].stats;
      SeriesDrops drops{first.points()[id].duplicates, 0};
      if (from_last) drops = view->drops(id);
      const auto last_step = stats.last_step();
      if (last_step) row.last_step = std::max(row.last_step.value_or(*last_step), *last_step);
      row.nonfinite += stats.nonfinite();
      row.all_one_step =
          row.all_one_step || (track.points > 1 && track.points == drops.duplicates + 1);
      result.outcome.dropped.duplicates += drops.duplicates;
      result.outcome.dropped.restart += drops.restart;
      SeriesRow series;
      series.tag = state.tags.name(info.tag);
      series.kind = state.tags.kind_name(id);
      series.plugin = state.tags.has_metadata(info.tag) ? state.tags.plugin(info.tag)
                                                        : implied_plugin(info.kind);
      stats.fill(series, info.kind == Kind::kScalars);
      series.duplicates = drops.duplicates;
      series.dropped = drops.duplicates + drops.restart;
      list.add(series);
      if (points.trend(id) != nullptr || points.place(id) != nullptr) described.push_back(id);
    }
    row.series = list.finish_sorted();
    result.shown.dropped = result.outcome.dropped;
    std::sort(described.begin(), described.end(), [&](SeriesId a, SeriesId b) {
      const int order = natural_compare(state.tags.name(state.tags.info(a).tag),
                                        state.tags.name(state.tags.info(b).tag));
      return order != 0 ? order < 0 : state.tags.kind_name(a) < state.tags.kind_name(b);
    });
  }

  template <class PointsOf>
  void look_at_values(ReadShow& result, RunReading& state, const std::vector<SeriesId>& described,
                      PointsOf points_of) {
    ShownRun& shown = result.shown;
    std::vector<ValueToRead> wanted;
    std::vector<std::size_t> detail_of;
    for (const SeriesId id : described) {
      const SeriesInfo& info = state.tags.info(id);
      SeriesDetail detail{std::string(state.tags.name(info.tag)),
                          std::string(state.tags.kind_name(id))};
      const ShownPoints& points = points_of(id);
      if (const Trend* trend = points.trend(id)) {
        detail.trend = trend->columns();
        detail.first_nonfinite = trend->first_nonfinite();
        if (select_.view == View::kClean) detail.gap = trend->gap();
      } else if (const StoredPlace* place = points.place(id); place != nullptr && place->there) {
        wanted.push_back({*place, detail.tag, info.kind, kMostSketched});
        detail_of.push_back(shown.details.size());
      }
      shown.details.push_back(std::move(detail));
    }
    const std::size_t asked_from = wanted.size();
    const std::vector<RequestedPlace> asked = answers(result, state, points_of);
    for (const RequestedPlace& one : asked) {
      const SeriesInfo& info = state.tags.info(one.series);
      wanted.push_back({one.place, std::string(state.tags.name(info.tag)), info.kind, kMostAsked});
    }
    std::vector<std::optional<ShownValue>> values(asked.size());
    read_values(state, wanted, context_.stop, [&](std::size_t i, Result<DecodedValue> decoded) {
      if (i < asked_from) {
        std::optional<ValueSketch>& last = shown.details[detail_of[i]].last;
        last = decoded.ok() ? sketch_of(*decoded, 0)
                            : ValueSketch{.what = ValueSketch::What::kUnreadable};
        return;
      }
      const RequestedPlace& one = asked[i - asked_from];
      if (!decoded.ok()) return add_unreadable(state, wanted[i], std::move(decoded).error());
      ShownValue& value = values[i - asked_from].emplace();
      value.tag = wanted[i].tag;
      value.kind = state.tags.kind_name(one.series);
      value.histogram = requests_[one.request].histogram;
      value.step = one.place.step;
      value.wall_time = one.place.wall;
      value.value = std::move(*decoded);
    });
    for (auto& value : values) {
      if (value) shown.values.push_back(std::move(*value));
    }
  }

  static void add_unreadable(RunReading& state, const ValueToRead& wanted, const Error& error) {
    state.findings.add({.severity = Severity::kError,
                        .rule = "undecodable",
                        .path = state.input.run().path_of(wanted.place.file),
                        .offset = wanted.place.offset,
                        .tag = wanted.tag,
                        .step = wanted.place.step,
                        .message = error.message,
                        .lost_data = true});
  }

  // The place that answers each request, in their order. A tag that is named as the whole of what
  // was typed wins over the tag in front of an @STEP.
  template <class PointsOf>
  std::vector<RequestedPlace> answers(ReadShow& result, const RunReading& state,
                                      PointsOf points_of) {
    std::vector<RequestedPlace> chosen;
    result.answered.assign(requests_.size(), false);
    result.wrong_kind.assign(requests_.size(), false);
    result.other_kinds.resize(requests_.size());
    if (requests_.empty()) return chosen;
    std::vector<RequestedPlace> all;
    for (SeriesId id = 0; id < state.tags.series_count(); ++id) {
      if (!state.tags.info(id).selected) continue;
      remember(result, state, id);
      for (const RequestedPlace& one : points_of(id).asked()) {
        if (one.series == id && one.place.there) all.push_back(one);
      }
    }
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const auto is_whole = [&](const RequestedPlace& one) {
        return one.request == i && !one.step;
      };
      const bool whole = std::any_of(all.begin(), all.end(), is_whole);
      for (const RequestedPlace& one : all) {
        if (one.request != i || (whole && one.step)) continue;
        chosen.push_back(one);
        result.answered[i] = true;
      }
    }
    return chosen;
  }

  // For what is said where there is nothing.
  void remember(ReadShow& result, const RunReading& state, SeriesId id) const {
    const SeriesInfo& info = state.tags.info(id);
    const std::string_view name = state.tags.name(info.tag);
    bool could = false;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const ValueRequest& request = requests_[i];
      could = could || request.wants(info.kind);
      const bool named = name == request.typed || (request.step && name == request.tag);
      if (!named || (!result.other_kinds[i].empty() && !request.wants(info.kind))) continue;
      result.other_kinds[i] = state.tags.kind_name(id);
      result.wrong_kind[i] = !request.wants(info.kind);
    }
    if (could && result.tags.size() < kMostTagNames) result.tags.push_back(printable(name));
  }

  const Selection& select_;
  const std::vector<ValueRequest>& requests_;
  const OpContext& context_;
  const SeriesSelector& selector_;
};

}  // namespace

Result<ReadShow> read_shown_run(const Run& run, const Selection& select,
                                const std::vector<ValueRequest>& requests,
                                const SeriesSelector& selector, const OpContext& context) {
  return ShowReader(select, requests, context, selector).read(run);
}

}  // namespace tfevents::ops
