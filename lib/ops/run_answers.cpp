#include "ops/run_answers.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "logdir/view.hpp"
#include "ops/call_pass.hpp"

namespace tfevents::ops {
namespace {

/// The scalar tags of a reading as printed, sorted, and where each series' tag stands among them.
class PrintedTags {
 public:
  explicit PrintedTags(const TagTable& tags) : places_(tags.series_count()) {
    std::vector<std::string> printed(tags.series_count());
    std::vector<SeriesId> scalars;
    scalars.reserve(printed.size());
    for (SeriesId id = 0; id < printed.size(); ++id) {
      if (tags.info(id).kind != Kind::kScalars) continue;
      printed[id] = printable(tags.name(tags.info(id).tag));
      scalars.push_back(id);
    }
    std::sort(scalars.begin(), scalars.end(), [&](SeriesId a, SeriesId b) {
      const int order = printed[a].compare(printed[b]);
      return order < 0 || (order == 0 && a < b);
    });
    names_.reserve(scalars.size());
    series_.reserve(scalars.size());
    for (const SeriesId id : scalars) {
      // Two names may print alike: then the first series has the tag.
      if (names_.empty() || names_.back() != printed[id]) {
        names_.push_back(std::move(printed[id]));
        series_.push_back(id);
      }
      places_[id] = static_cast<std::uint32_t>(names_.size() - 1);
    }
  }

  [[nodiscard]] std::uint32_t place(SeriesId series) const { return places_[series]; }
  [[nodiscard]] bool owns(SeriesId series) const { return series_[places_[series]] == series; }
  [[nodiscard]] const std::vector<SeriesId>& series() const noexcept { return series_; }
  [[nodiscard]] TagList take() noexcept { return std::move(names_); }

 private:
  TagList names_;
  std::vector<SeriesId> series_;       // Of each name.
  std::vector<std::uint32_t> places_;  // Of each series.
};

SeriesValue value_of(const Sample& sample) {
  SeriesCall last;
  SeriesAccumulator accumulator(last);
  accumulator.add(sample);
  return accumulator.result();
}

/// The passes over one run: once for all, again where the view differs from what pass 1 saw.
class AnswerReader {
 public:
  AnswerReader(const Run& run, const CallPlan& plan, const Selection& select, TagPool& pool,
               const OpContext& context)
      : run_(run), plan_(plan), select_(select), pool_(pool), context_(context) {}

  Result<RunAnswers> read() {
    return try_three_times([this] { return try_read(); },
                           [this](const Error& error) { return given_up(error); });
  }

 private:
  Result<RunAnswers> try_read() {
    RunReading reading(context_.sys, run_, input_options(context_, true));
    Observation observation(context_.temp_directory);
    const PointFilter filter(select_);
    CallBank bank(plan_, run_.name);
    CallPass pass(reading.tags, observation, bank, plan_, select_.view, filter);
    PointReaderOptions options{.max_series = select_.max_series,
                               .stop = &context_.stop,
                               .on_bytes = progress_of(context_)};
    TFEVENTS_CHECK(PointReader(reading, pass, options).read_all());
    if (!observation.status().ok()) return observation.status().error();
    pass.finish();

    RunAnswers answers = about_run(reading);
    for (SeriesId id = 0; id < reading.tags.series_count(); ++id) {
      const SeriesTrack& track = observation.track(id);
      if (track.points != 0)
        answers.last_step = std::max(answers.last_step.value_or(track.last_step), track.last_step);
      if (pass.wants(id)) answers.outcome.dropped.duplicates += pass.duplicates(id);
    }
    PrintedTags printed(reading.tags);
    if (plan_.last_of_all()) take_lasts(printed, pass, answers);
    if (needs_view(reading.tags, observation, pass))
      TFEVENTS_CHECK(read_view(reading, observation, pass, bank, printed, options, answers));
    take_findings(reading, answers);
    take_answers(bank, printed, answers);
    answers.tags = pool_.share(printed.take());
    return answers;
  }

  // What does not depend on calls.
  RunAnswers about_run(RunReading& reading) {
    RunAnswers answers;
    answers.facts = to_facts(run_, reading);
    answers.outcome.life = judge_life(run_, reading, context_.clock.now());
    answers.first_time = reading.activity.first_time();
    answers.last_time = reading.activity.last_time();
    answers.session = reading.hparams.session_start;
    return answers;
  }

  // When everything has been read: a later pass may find that a file cannot be read any more.
  void take_findings(RunReading& reading, RunAnswers& answers) const {
    answers.damage = reading.findings.damage();
    answers.outcome.take(run_, reading);
    answers.outcome.tags.clear();
  }

  void take_lasts(const PrintedTags& printed, const CallPass& pass, RunAnswers& answers) {
    for (const SeriesId id : printed.series()) {
      const auto& last = pass.last(id);
      answers.lasts.push_back(last ? std::optional(value_of(*last)) : std::nullopt);
    }
  }

  // How many points a restart takes back is known only then, too.
  bool needs_view(const TagTable& tags, const Observation& observation,
                  const CallPass& pass) const {
    if (select_.last) return true;
    if (select_.view != View::kClean || observation.cuts().empty()) return false;
    for (SeriesId id = 0; id < tags.series_count(); ++id) {
      if (pass.wants(id) && observation.track(id).decreases) return true;
    }
    return false;
  }

  Status read_view(RunReading& reading, const Observation& observation, const CallPass& pass,
                   CallBank& bank, const PrintedTags& printed, PointReaderOptions options,
                   RunAnswers& answers) {
    options.again = true;
    const PointFilter filter(select_);
    const Observation* clean = select_.view == View::kClean ? &observation : nullptr;
    for (SeriesId id = 0; id < reading.tags.series_count(); ++id)
      reading.tags.set_selected(id, pass.wants(id));
    PointCounts counts;
    if (select_.last) {
      CountingSink counting{counts};
      ViewSink<CountingSink> sink(reading.tags, clean, filter, std::nullopt, nullptr, counting);
      TFEVENTS_CHECK(PointReader(reading, sink, options).read_all());
      sink.finish();
      TFEVENTS_CHECK(sink.status());
    }
    bank.restart();
    CallSink feed(bank);
    ViewSink<CallSink> sink(reading.tags, clean, filter, select_.last, &counts, feed);
    TFEVENTS_CHECK(PointReader(reading, sink, options).read_all());
    sink.finish();
    TFEVENTS_CHECK(sink.status());
    for (std::size_t i = 0; i < answers.lasts.size(); ++i) {
      const auto& last = feed.last(printed.series()[i]);
      answers.lasts[i] = last ? std::optional(value_of(*last)) : std::nullopt;
    }
    answers.outcome.dropped.duplicates = answers.outcome.dropped.restart = 0;
    for (SeriesId id = 0; id < reading.tags.series_count(); ++id) {
      if (!pass.wants(id)) continue;
      const SeriesDrops drops = sink.drops(id);
      answers.outcome.dropped.duplicates += drops.duplicates;
      answers.outcome.dropped.restart += drops.restart;
    }
    return ok_status();
  }

  static void take_answers(const CallBank& bank, const PrintedTags& printed, RunAnswers& answers) {
    std::vector<CallAnswer> of_calls = bank.answers();
    answers.answers.reserve(of_calls.size());
    for (CallAnswer& answer : of_calls) {
      if (!printed.owns(answer.series)) continue;
      const bool at_best = answer.metric != kNoId;
      answers.answers.push_back(
          {static_cast<std::uint32_t>(answer.call), printed.place(answer.series),
           at_best ? printed.place(answer.metric) : 0, std::move(answer.value)});
    }
  }

  RunAnswers given_up(const Error& error) {
    RunReading reading(context_.sys, run_, input_options(context_, false));
    reading.findings.on_changed(error, Findings::Changed::kAtEveryTry);
    RunAnswers answers = about_run(reading);
    take_findings(reading, answers);
    answers.tags = pool_.share({});
    return answers;
  }

  const Run& run_;
  const CallPlan& plan_;
  const Selection& select_;
  TagPool& pool_;
  const OpContext& context_;
};

}  // namespace

std::shared_ptr<const TagList> TagPool::share(TagList tags) {
  const std::lock_guard lock(mutex_);
  if (const auto known = lists_.find(tags); known != lists_.end()) return *known;
  return *lists_.insert(std::make_shared<const TagList>(std::move(tags))).first;
}

Result<RunAnswers> read_answers(const Run& run, const CallPlan& plan, const Selection& select,
                                TagPool& tags, const OpContext& context) {
  return AnswerReader(run, plan, select, tags, context).read();
}

}  // namespace tfevents::ops
