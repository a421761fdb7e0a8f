#include "ops/ls.hpp"

#include <algorithm>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/parallel.hpp"
#include "ops/ls_metrics.hpp"
#include "ops/ls_passes.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

/// A row, and what its run adds to the outcome.
struct ReadRow {
  LsRow row;
  RunOutcome outcome;
};

/// What is kept of a run that was read, beside its row, until all are: a tree can hold very many,
/// so an outcome that says nothing is left out.
struct Slot {
  std::unique_ptr<RunOutcome> outcome;
  std::unique_ptr<Error> error;
};

/// Reads one run into its row.
class RowReader {
 public:
  /// Series are kept on `shelf`.
  RowReader(const LsOptions& options, const OpContext& context, const SeriesSelector& selector,
            const std::shared_ptr<Shelf>& shelf)
      : options_(options), context_(context), selector_(selector), shelf_(shelf) {}

  Result<ReadRow> read(const Run& run) {
    return try_three_times(
        [&] { return needs_statistics() ? try_read<FullPass>(run) : try_read<LeanPass>(run); },
        [&](const Error& error) { return changed_row(run, error); });
  }

 private:
  // Steps of selected points are statistics too; of all points the last step is known anyway.
  [[nodiscard]] bool needs_statistics() const {
    return options_.series || options_.select.last || !PointFilter(options_.select).empty();
  }

  template <class FirstPass>
  Result<ReadRow> try_read(const Run& run) {
    const Selection& select = options_.select;
    RunReading state(context_.sys, run, input_options(context_, true));
    Observation observation(context_.temp_directory);
    const PointFilter filter(select);
    FirstPass first(state.tags, observation, select.view, filter);
    PointReaderOptions reading{.max_series = select.max_series,
                               .selector = &selector_,
                               .stop = &context_.stop,
                               .on_bytes = progress_of(context_)};
    TFEVENTS_CHECK(PointReader(state, first, reading).read_all());
    if (!observation.status().ok()) return observation.status().error();
    first.finish();

    const bool clean = select.view == View::kClean;
    const bool more_passes = select.last.has_value() || (clean && !observation.cuts().empty());
    if (!more_passes) {
      ReadRow result = row_of(run, state);
      fill(result, state, observation, first, nullptr, nullptr);
      return result;
    }
    StatsSink stats;
    PointCounts counts;
    const Observation* view = clean ? &observation : nullptr;
    if (select.last) TFEVENTS_CHECK(count(state, view, filter, counts, reading));
    reading.again = true;
    ViewSink<StatsSink> sink(state.tags, view, filter, select.last, &counts, stats);
    TFEVENTS_CHECK(PointReader(state, sink, reading).read_all());
    sink.finish();
    if (!sink.status().ok()) return sink.status().error();
    ReadRow result = row_of(run, state);
    fill(result, state, observation, first, &stats, &sink);
    return result;
  }

  Status count(RunReading& state, const Observation* view, const PointFilter& filter,
               PointCounts& counts, PointReaderOptions reading) {
    reading.again = true;
    CountingSink counting{counts};
    ViewSink<CountingSink> sink(state.tags, view, filter, std::nullopt, nullptr, counting);
    TFEVENTS_CHECK(PointReader(state, sink, reading).read_all());
    sink.finish();
    return sink.status();
  }

  ReadRow row_of(const Run& run, RunReading& state) {
    ReadRow result;
    LsRow& row = result.row;
    const double now = context_.clock.now();
    RunLife life = judge_life(run, state, now);
    if (options_.select.counts_changes) count_changes(run, now, life);
    fill_life(row, run, state, life);
    result.outcome.take(run, state);
    result.outcome.life = life;
    return result;
  }

  // Statistics come from pass 1, but where another pass was needed from that one.
  template <class FirstPass>
  void fill(ReadRow& result, const RunReading& state, const Observation& observation,
            FirstPass& first, StatsSink* last, const ViewSink<StatsSink>* view) {
    LsRow& row = result.row;
    SeriesList::Builder list(options_.series ? result.outcome.selected : 0, shelf_);
    const bool all_from_last = options_.select.last.has_value();
    for (SeriesId id = 0; id < state.tags.series_count(); ++id) {
      // What has become a row is needed no more: not both of all series are kept at a time.
      first.release_below(id);
      if (last != nullptr) last->stats.release_below(id);
      const SeriesInfo& info = state.tags.info(id);
      if (!info.selected) continue;
      ++row.tags;
      const SeriesTrack& track = observation.track(id);
      const bool from_last = last != nullptr && (all_from_last || track.decreases);
      SeriesDrops drops{first.duplicates(id), 0};
      if (from_last && view != nullptr) drops = view->drops(id);
      std::optional<std::int64_t> last_step;
      if constexpr (std::is_same_v<FirstPass, FullPass>) {
        last_step = (from_last ? last->stats[id] : first.stats(id)).last_step();
      } else if (track.points != 0) {
        last_step = track.last_step;
      }
      if (last_step) row.last_step = std::max(row.last_step.value_or(*last_step), *last_step);
      row.nonfinite += from_last ? last->stats[id].nonfinite() : first.nonfinite(id);
      row.all_one_step =
          row.all_one_step || (track.points > 1 && track.points == drops.duplicates + 1);
      result.outcome.dropped.duplicates += drops.duplicates;
      result.outcome.dropped.restart += drops.restart;
      if constexpr (std::is_same_v<FirstPass, FullPass>) {
        if (!options_.series) continue;
        SeriesRow series = series_row(state.tags, id);
        (from_last ? last->stats[id] : first.stats(id)).fill(series, info.kind == Kind::kScalars);
        series.duplicates = drops.duplicates;
        series.dropped = drops.duplicates + drops.restart;
        list.add(series);
      }
    }
    row.series = list.finish_sorted();
  }

  static SeriesRow series_row(const TagTable& tags, SeriesId id) {
    const SeriesInfo& info = tags.info(id);
    SeriesRow row;
    row.tag = tags.name(info.tag);
    row.kind = tags.kind_name(id);
    row.plugin = tags.has_metadata(info.tag) ? tags.plugin(info.tag) : implied_plugin(info.kind);
    return row;
  }

  ReadRow changed_row(const Run& run, const Error& error) {
    RunReading state(context_.sys, run, input_options(context_, true));
    state.findings.on_changed(error, Findings::Changed::kAtEveryTry);
    return row_of(run, state);
  }

  const LsOptions& options_;
  const OpContext& context_;
  const SeriesSelector& selector_;
  const std::shared_ptr<Shelf>& shelf_;
};

std::optional<double> key_of(const LsRow& row, std::string_view key) {
  const auto number = [](auto value) { return static_cast<double>(value); };
  if (key == "age") return row.age_seconds;
  if (key == "start") return row.first_time;
  if (key == "duration") return row.duration_seconds;
  if (key == "last_step")
    return row.last_step ? std::optional(number(*row.last_step)) : std::nullopt;
  if (key == "tags") return number(row.tags);
  if (key == "size") return number(row.bytes);
  if (key == "files") return number(row.files);
  return number(row.state);
}

bool asks_for_metrics(const LsOptions& options) {
  const std::string_view sort = options.sort;
  return !options.columns.empty() || !is_ls_sort_key(sort.substr(sort.starts_with('-') ? 1 : 0));
}

// Sorts the numbers of rows. They are in run order already; equal keys keep it, rows without the
// key come last.
void sort_rows(std::vector<std::size_t>& order, const LsRows& rows, std::string_view sort,
               const std::optional<LsMetrics>& metrics) {
  const bool reverse = sort.starts_with('-');
  const std::string_view key = reverse ? sort.substr(1) : sort;
  if (key == "run") {
    if (reverse) std::reverse(order.begin(), order.end());
    return;
  }
  if (!is_ls_sort_key(key) && metrics) {
    std::vector<Value> values(rows.size());
    for (const std::size_t i : order) values[i] = metrics->key(rows[i].run);
    return sort_by_value(order, values, reverse);
  }
  std::vector<std::optional<double>> keys(rows.size());
  for (const std::size_t i : order) keys[i] = key_of(rows[i], key);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::optional<double>& x = keys[a];
    const std::optional<double>& y = keys[b];
    if (!x || !y) return x.has_value() && !y.has_value();
    return reverse ? *x > *y : *x < *y;
  });
}

}  // namespace

std::span<const std::string_view> ls_sort_keys() noexcept {
  static constexpr std::string_view kKeys[] = {"run",  "age",   "start", "duration", "last_step",
                                               "tags", "files", "size",  "state"};
  return kKeys;
}

bool is_ls_sort_key(std::string_view key) noexcept {
  const auto keys = ls_sort_keys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Result<LsReport> list_runs(const LsOptions& options, const OpContext& given) {
  LsReport report;
  report.now = given.clock.now();
  TFEVENTS_TRY(Discovery found, discover(options.select, given.sys, given.jobs, given.stop));
  const bool goes = options.where || asks_for_metrics(options);
  const OpContext context = goes ? keep_input(given, found) : given;
  report.operands = found.operands;
  TFEVENTS_CHECK(keep_where(found, options.select, options.where, context));
  const SeriesSelector selector(options.select);
  std::vector<Slot> slots(found.runs.size());
  report.rows = LsRows(found.runs.size());
  expect(context, found);
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        Run run = std::move(found.runs[i]);
        auto read = RowReader(options, context, selector, report.rows.shelf()).read(run);
        if (!read.ok()) {
          slots[i].error = std::make_unique<Error>(std::move(read).error());
          return;
        }
        read->row.run = std::move(run.name);
        read->row.shown = std::move(run.shown);
        read->row.path = std::move(run.path);
        report.rows.set(i, std::move(read->row));
        if (read->outcome.plain(options.select)) return;
        slots[i].outcome = std::make_unique<RunOutcome>(std::move(read->outcome));
      });
  if (context.stop.requested()) {
    return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  }
  OutcomeBuilder outcome(options.select, found);
  std::vector<std::size_t> order;
  order.reserve(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].error) return std::move(*slots[i].error);
    const bool counts = slots[i].outcome == nullptr ? outcome.add_plain()
                                                    : outcome.add(std::move(*slots[i].outcome));
    if (counts) order.push_back(i);
  }
  const bool points = std::any_of(order.begin(), order.end(), [&](std::size_t i) {
    return report.rows[i].last_step.has_value();
  });
  TFEVENTS_TRY(report.outcome, outcome.finish(points));
  report.runs_total = order.size();
  std::optional<LsMetrics> metrics;
  if (!order.empty() && asks_for_metrics(options)) {
    TFEVENTS_TRY(metrics, LsMetrics::read(options, context));
    report.columns = metrics->labels();
    report.columns_alone = !options.columns.empty() && !options.columns.starts_with('+');
    report.warnings = metrics->warnings();
  }
  sort_rows(order, report.rows, options.sort, metrics);
  if (options.limit && order.size() > *options.limit) order.resize(*options.limit);
  report.rows.arrange(order);
  for (std::size_t i = 0; i < report.rows.size() && !report.columns.empty(); ++i)
    report.metrics.push_back(metrics->values(report.rows[i].run));
  return report;
}

}  // namespace tfevents::ops
