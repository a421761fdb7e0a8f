#include "ops/lint_run.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "ops/lint_curve.hpp"
#include "ops/lint_files.hpp"
#include "ops/lint_findings.hpp"
#include "ops/lint_forms.hpp"
#include "ops/lint_points.hpp"
#include "ops/lint_silence.hpp"

namespace tfevents::ops {
namespace {

using Points = std::vector<LintPoint>;

class RunLinter {
 public:
  RunLinter(const Run& run, const Selection& select, const SeriesSelector& selector,
            const LintFilter& filter, const OpContext& context, std::uint64_t held_points)
      : run_(run),
        select_(select),
        selector_(selector),
        filter_(filter),
        context_(context),
        held_points_(held_points) {}

  Result<LintedRun> lint() {
    for (int tries = 0;; ++tries) {
      begin();
      const Status status = try_lint();
      if (status.ok()) break;
      if (status.error().code != ErrorCode::kChanged) return status.error();
      if (tries == 2) {
        give_up(status.error());
        break;
      }
    }
    return std::move(linted_);
  }

 private:
  void begin() {
    linted_ = {};
    linted_.shown = run_.people_name();
    linted_.path = run_.path;
    holds_all_ = compares_all_ = false;
  }

  Status try_lint() {
    reading_ = std::make_unique<RunReading>(context_.sys, run_, input_options(context_, true));
    sink_ = std::make_unique<LintSink>(reading_->tags, held_points_);
    passes_ = {.max_series = select_.max_series,
               .selector = &selector_,
               .stop = &context_.stop,
               .on_bytes = progress_of(context_)};
    TFEVENTS_CHECK(read_files());
    sink_->end_first();
    passes_.again = true;
    passes_.on_bytes = {};
    if (context_.stop.requested()) return ok_status();
    linted_.outcome.life = judge_life(run_, *reading_, context_.clock.now());
    if (passes_activity(select_, linted_.outcome.life)) TFEVENTS_CHECK(judge());
    linted_.outcome.take(run_, *reading_);
    return ok_status();
  }

  // As PointReader::read_all, but the sink knows which file is read.
  Status read_files() {
    PointReader reader(*reading_, *sink_, passes_);
    if (!passes_.again) reading_->files.assign(reading_->input.file_count(), {});
    if (passes_.again) reading_->tags.forget_metadata();
    if (passes_.again) reading_->late_metadata_loaded = false;
    for (std::size_t file = 0; file < reading_->input.file_count() && !context_.stop.requested();
         ++file) {
      sink_->begin_file(file);
      auto source = reading_->input.open(file);
      if (!source.ok()) {
        if (run_.standard_input || source.error().code == ErrorCode::kChanged)
          return std::move(source).error();
        if (!std::exchange(reading_->files[file].unreadable, true))
          reading_->findings.on_unreadable(file, source.error());
        continue;
      }
      RecordReader records(std::move(*source), {.temp_directory = context_.temp_directory});
      const std::uint64_t before = reader.records();
      reader.read_file(file, records);
      if (run_.standard_input && reading_->files[file].unreadable) return records.error();
      if (passes_.again) {
        if (!context_.stop.requested()) TFEVENTS_CHECK(reading_->check_end(file, records));
      } else {
        end_file(file, records, reader.records() - before);
      }
    }
    return ok_status();
  }

  void end_file(std::size_t file, const RecordReader& records, std::uint64_t count) {
    FileFindings& found = reading_->files[file];
    found.records = count;
    found.tail = records.tail();
    found.compression = records.compression();
    found.git_lfs_pointer =
        found.records == 0 && found.damaged != 0 && is_git_lfs_pointer(reading_->input, file);
    reading_->findings.on_file_end(file, found);
  }

  Status judge() {
    LintFindings about_files(run_, filter_), about_tags(run_, filter_);
    const bool whole = selector_.selects_all();
    FormReader forms(*reading_, *sink_, context_);
    TFEVENTS_CHECK(forms.read());
    if (whole) judge_files(run_, *reading_, about_files);
    judge_borders(run_, *reading_, *sink_, {.sys = context_.sys, .whole = whole}, about_files);
    forms.judge(about_tags, whole);
    const bool live = linted_.outcome.life.state == RunState::kLive;
    if (whole) judge_session(*reading_, *sink_, live, about_tags);
    judge_kinds(*reading_, *sink_, about_tags);
    TFEVENTS_CHECK(judge_points(about_files, about_tags, live));
    for (SeriesId id = 0; id < sink_->size(); ++id) {
      const SeriesInfo& info = reading_->tags.info(id);
      if (!info.selected) continue;
      judge_facts(*reading_, id, (*sink_)[id], about_tags);
      ++linted_.series;
      linted_.points += (*sink_)[id].count;
    }
    sort_rows(about_tags.rows());
    take(about_files);
    take(about_tags);
    return ok_status();
  }

  // Calls `use(id, points of the clean view)` for every series that is wanted; reads the run again
  // for as many as fit, unless all are there.
  template <class Use>
  Status for_each_wanted(Use use) {
    for (SeriesId from = 0; from < sink_->size() && !context_.stop.requested();) {
      auto to = static_cast<SeriesId>(sink_->size());
      if (!holds_all_) {
        bool any = false;
        std::tie(to, any) = sink_->keep_from(from);
        if (any) TFEVENTS_CHECK(read_files());
        holds_all_ = from == 0 && to == sink_->size();
      }
      for (SeriesId id = from; id < to; ++id) {
        LintSeries& series = (*sink_)[id];
        if (!series.wanted) continue;
        const LintDrops drops = series.clean() ? LintDrops() : keep_clean(series.points);
        use(id, series.points, drops);
      }
      from = to;
    }
    return ok_status();
  }

  // Chooses the series whose points have to be looked at; nearly all of them are healthy.
  void choose(CurveJudge& curves) {
    bool all = !sink_->keeps_values();
    double first = std::numeric_limits<double>::infinity(), last = -first, earliest_end = first;
    for (SeriesId id = 0; id < sink_->size(); ++id) {
      const SeriesInfo& info = reading_->tags.info(id);
      LintSeries& series = (*sink_)[id];
      if (info.kind != Kind::kScalars) {
        series.wanted = info.selected && !series.clean();
        continue;
      }
      // Where points are replaced, so may be those at the ends of the run.
      all = all || !series.clean();
      first = std::min(first, series.least_wall);
      last = std::max(last, series.greatest_wall);
      if (info.selected) earliest_end = std::min(earliest_end, series.greatest_wall);
    }
    // Something ends early: all others are compared with it.
    all = all || (filter_.wants(LintRule::kSilentTag) &&
                  earliest_end <= first + (last - first) / 2 && last > first);
    for (SeriesId id = 0; id < sink_->size(); ++id) {
      const SeriesInfo& info = reading_->tags.info(id);
      LintSeries& series = (*sink_)[id];
      if (info.kind == Kind::kScalars) {
        series.wanted =
            all || (info.selected && curves.suspects(reading_->tags.name(info.tag), series));
      }
      series.values = {};
    }
    compares_all_ = all;
  }

  Status judge_points(LintFindings& about_files, LintFindings& about_tags, bool live) {
    CurveJudge curves(about_tags, live);
    SilenceJudge silence(live);
    choose(curves);
    TFEVENTS_CHECK(for_each_wanted([&](SeriesId id, const Points& points, const LintDrops& drops) {
      const SeriesInfo& info = reading_->tags.info(id);
      if (info.selected) {
        linted_.duplicates += drops.duplicates;
        linted_.restart += drops.restart;
      }
      if (info.kind != Kind::kScalars) return;
      if (info.selected) curves.judge(reading_->tags.name(info.tag), points);
      silence.add_to_run(points, info.selected);
    }));
    say_pause(curves.pause(), about_files);
    // The span of the run is known when all its curves are, and which of them go on when it is
    // known which end.
    if (!filter_.wants(LintRule::kSilentTag) || !compares_all_ || !silence.any_ends())
      return ok_status();
    TFEVENTS_CHECK(for_each_wanted([&](SeriesId id, const Points& points, const LintDrops&) {
      const SeriesInfo& info = reading_->tags.info(id);
      if (info.kind == Kind::kScalars && info.selected) silence.look_at_end(id, points);
    }));
    if (silence.nothing()) return ok_status();
    TFEVENTS_CHECK(for_each_wanted([&](SeriesId id, const Points& points, const LintDrops&) {
      if (reading_->tags.info(id).kind == Kind::kScalars) silence.look_for_company(id, points);
    }));
    silence.judge(reading_->tags, about_tags);
    return ok_status();
  }

  static void say_pause(const LintPause& pause, LintFindings& findings) {
    if (pause.points == 0) return;
    const std::string more = pause.count > 1 ? fmt::format(" (and {} more)", pause.count - 1) : "";
    findings.add(LintRule::kPause, {.step = pause.step},
                 fmt::format("a break of {} after step {}, from {} on{}; {} is written every {}",
                             human_duration(pause.seconds), pause.step, iso_time(pause.from), more,
                             printable(pause.tag), human_duration(pause.usual)));
  }

  // By tag; findings of one tag stay in the order of their rules.
  static void sort_rows(std::vector<Problem>& rows) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rule_of = [](const Problem& row) {
      const auto names = lint_rule_names();
      return std::find(names.begin(), names.end(), row.rule) - names.begin();
    };
    std::vector<std::ptrdiff_t> rules;
    rules.reserve(rows.size());
    for (const Problem& row : rows) rules.push_back(rule_of(row));
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const int names = natural_compare(rows[a].tag.value_or(""), rows[b].tag.value_or(""));
      if (names != 0) return names < 0;
      return rules[a] != rules[b] ? rules[a] < rules[b] : a < b;
    });
    std::vector<Problem> sorted;
    sorted.reserve(rows.size());
    for (const std::size_t i : order) sorted.push_back(std::move(rows[i]));
    rows = std::move(sorted);
  }

  void take(LintFindings& findings) {
    linted_.errors += findings.count(Severity::kError);
    linted_.warnings += findings.count(Severity::kWarn);
    linted_.notes += findings.count(Severity::kNote);
    linted_.left_out += findings.left_out();
    std::move(findings.rows().begin(), findings.rows().end(), std::back_inserter(linted_.rows));
  }

  void give_up(const Error& error) {
    begin();
    reading_ = std::make_unique<RunReading>(context_.sys, run_, input_options(context_, false));
    reading_->findings.on_changed(error, Findings::Changed::kAtEveryTry);
    linted_.outcome.life = judge_life(run_, *reading_, context_.clock.now());
    linted_.outcome.take(run_, *reading_);
  }

  const Run& run_;
  const Selection& select_;
  const SeriesSelector& selector_;
  const LintFilter& filter_;
  const OpContext& context_;
  std::uint64_t held_points_;
  PointReaderOptions passes_;
  std::unique_ptr<RunReading> reading_;
  std::unique_ptr<LintSink> sink_;
  LintedRun linted_;
  bool holds_all_ = false;     // Points of all series that are wanted are there.
  bool compares_all_ = false;  // All scalars are wanted.
};

}  // namespace

Result<LintedRun> lint_run(const Run& run, const Selection& select, const SeriesSelector& selector,
                           const LintFilter& filter, const OpContext& context,
                           std::uint64_t held_points) {
  return RunLinter(run, select, selector, filter, context, held_points).lint();
}

}  // namespace tfevents::ops
