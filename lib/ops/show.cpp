#include "ops/show.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "base/number.hpp"
#include "base/parallel.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "logdir/duplicates.hpp"
#include "logdir/series_selector.hpp"
#include "ops/runs.hpp"
#include "ops/show_runs.hpp"

namespace tfevents::ops {
namespace {

/// Of what is printed: more text than this is nothing to read.
constexpr std::uint64_t kMostAsked = std::uint64_t{64} << 20;
/// Of what a line has room for.
constexpr std::uint64_t kMostSketched = 16 * 1024;
constexpr std::size_t kMostTagNames = 4096;

/// A run that was read, and what it adds to the outcome.
struct ReadShow {
  ShownRun shown;
  RunOutcome outcome;
  // Of each request: whether there is an answer, and else the kind that its tag has, and whether
  // such a kind is never an answer.
  std::vector<bool> answered, wrong_kind;
  std::vector<std::string> other_kinds;
  std::vector<std::string> tags;  ///< That a request could mean, for suggestions.
};

/// Reads one run in full.
class ShowReader {
 public:
  ShowReader(const Selection& select, const std::vector<ValueRequest>& requests,
             const OpContext& context, const SeriesSelector& selector)
      : select_(select), requests_(requests), context_(context), selector_(selector) {}

  Result<ReadShow> read(const Run& run) {
    for (int tries = 0;; ++tries) {
      auto read = try_read(run);
      if (read.ok() || read.error().code != ErrorCode::kChanged || tries == 2) return read;
    }
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
    row.state = life.state;
    row.damage = state.findings.damage();
    row.first_time = state.activity.first_time();
    row.last_time = state.activity.last_time();
    row.age_seconds = life.age_seconds;
    if (row.first_time) row.duration_seconds = *row.last_time - *row.first_time;
    row.files = run.files.size();
    row.bytes = life.bytes;
    row.profile = std::all_of(run.files.begin(), run.files.end(), [](const EventFile& file) {
      return file.name.ends_with(".profile-empty");
    });
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

/// What a request that nothing answers says, and what could have been meant.
void explain(const ValueRequest& request, std::size_t at, const std::vector<ReadShow>& runs,
             Outcome& outcome) {
  const std::string noun = request.histogram ? "histogram" : "text";
  const std::string where = runs.size() == 1 ? printable(runs.front().shown.row.people_name())
                                             : to_text(std::uint64_t{runs.size()}) + " runs";
  std::vector<std::string> tags;
  for (const ReadShow& run : runs) {
    tags.insert(tags.end(), run.tags.begin(), run.tags.end());
    if (run.other_kinds.empty() || run.other_kinds[at].empty()) continue;
    for (const SeriesRow& series : run.shown.row.series) {
      const bool whole = series.tag == request.typed;
      if (!whole && (!request.step || series.tag != request.tag)) continue;
      if (series.kind != run.other_kinds[at]) continue;
      const std::string tag = printable(series.tag);
      if (run.wrong_kind[at]) {
        outcome.nothing = tag + " holds " + printable(series.kind) + ", no " + noun;
        return;
      }
      outcome.nothing = "no " + noun + " " + tag + " at step " + to_text(request.step.value_or(0));
      if (series.first_step && series.last_step)
        outcome.hint = "its " + to_text(series.points) + " points are at steps " +
                       to_text(*series.first_step) + " to " + to_text(*series.last_step);
      return;
    }
  }
  outcome.nothing = "no " + noun + " " + printable(request.typed) + " in " + where;
  if (const auto near = nearest(printable(request.step ? request.tag : request.typed), tags))
    outcome.hint = "did you mean " + *near + "?";
}

struct Slot {
  std::optional<ReadShow> read;
  std::unique_ptr<Error> error;
};

/// What a run lacks that others have.
void complete_run(ShownRun& shown, const ChosenRun& chosen, const Discovery& found,
                  const std::map<std::size_t, const HparamMap*>& known, const OpContext& context) {
  const Run& run = found.runs[chosen.run];
  shown.below = chosen.below;
  shown.aliases = find_aliases(run, context.sys);
  shown.side = find_side_files(run, context.sys, context.stop);
  if (!shown.hparams.empty()) return;
  if (const auto base = chosen.base ? known.find(*chosen.base) : known.end();
      base != known.end() && !base->second->empty()) {
    shown.hparams = *base->second;
    shown.hparams_run = found.runs[*chosen.base].people_name();
    return;
  }
  // A directory that holds nothing itself has sessions below it, not hyperparameters.
  if (shown.row.series.empty()) return;
  if (auto below = hparams_below(found, chosen.run, context)) {
    shown.hparams = std::move(below->second);
    shown.hparams_run = found.runs[below->first].name;
  }
}

}  // namespace

Result<ShowReport> show_runs(const ShowOptions& options, const OpContext& context) {
  ShowReport report;
  report.now = context.clock.now();
  TFEVENTS_TRY(Discovery found, discover(options.select, context.sys, context.jobs, context.stop));
  report.operands = found.operands;
  TFEVENTS_TRY(const std::vector<ChosenRun> chosen, choose_runs(options.select, found));
  std::vector<ValueRequest> requests;
  for (const std::string& typed : options.texts) requests.push_back(parse_request(typed, false));
  for (const std::string& typed : options.hists) requests.push_back(parse_request(typed, true));
  const SeriesSelector selector(options.select);
  std::vector<Slot> slots(chosen.size());
  for_each_parallel(
      chosen.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[chosen[i].run].bytes(); },
      [&](std::size_t i) {
        const Run& run = found.runs[chosen[i].run];
        auto read = ShowReader(options.select, requests, context, selector).read(run);
        if (!read.ok()) {
          slots[i].error = std::make_unique<Error>(std::move(read).error());
          return;
        }
        slots[i].read = std::move(*read);
        if (run.files.size() < 2) return;
        for (Problem& problem : find_duplicates(run, context.sys))
          slots[i].read->outcome.problems.push_back(std::move(problem));
      });
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  OutcomeBuilder outcome(options.select, found);
  std::vector<ReadShow> runs;
  std::vector<ChosenRun> counted;
  bool points = false;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].error) return std::move(*slots[i].error);
    if (!outcome.add(std::move(slots[i].read->outcome))) continue;
    points = points || slots[i].read->shown.row.last_step.has_value();
    runs.push_back(std::move(*slots[i].read));
    counted.push_back(chosen[i]);
  }
  TFEVENTS_TRY(report.outcome, outcome.finish(points));
  for (std::size_t i = 0; i < requests.size() && !runs.empty(); ++i) {
    const bool answered =
        std::any_of(runs.begin(), runs.end(), [&](const ReadShow& run) { return run.answered[i]; });
    if (answered || report.outcome.matched_nothing) continue;
    report.outcome.matched_nothing = true;
    explain(requests[i], i, runs, report.outcome);
  }
  std::map<std::size_t, const HparamMap*> known;
  for (std::size_t i = 0; i < runs.size(); ++i) known[counted[i].run] = &runs[i].shown.hparams;
  for (std::size_t i = 0; i < runs.size(); ++i)
    complete_run(runs[i].shown, counted[i], found, known, context);
  for (ReadShow& run : runs) report.runs.push_back(std::move(run.shown));
  return report;
}

ValueRequest parse_request(const std::string& typed, bool histogram) {
  ValueRequest request{.typed = typed, .tag = typed, .step = {}, .histogram = histogram};
  const std::size_t at = typed.rfind('@');
  if (at == std::string::npos) return request;
  std::int64_t step = 0;
  const char* const end = typed.data() + typed.size();
  const auto [stop, error] = std::from_chars(typed.data() + at + 1, end, step);
  if (error != std::errc() || stop != end) return request;
  request.tag = typed.substr(0, at);
  request.step = step;
  return request;
}

}  // namespace tfevents::ops
