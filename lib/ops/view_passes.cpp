#include "ops/view_passes.hpp"

namespace tfevents::ops {

ViewPasses::ViewPasses(const Run& run, const Selection& select, const SeriesSelector& selector,
                       const OpContext& context)
    : run_(run),
      select_(select),
      context_(context),
      look_first_(select.view == View::kClean || select.filters_activity() || select.last),
      reading_(context.sys, run, input_options(context, look_first_)),
      observation_(context.temp_directory),
      passes_{.max_series = select.max_series, .selector = &selector, .stop = &context.stop} {}

Result<bool> ViewPasses::prepare() {
  if (!look_first_) {
    passes_.on_bytes = progress_of(context_);
    return true;
  }
  if (select_.view == View::kClean) {
    ObservingSink sink{observation_};
    TFEVENTS_CHECK(PointReader(reading_, sink, passes_).read_all());
    TFEVENTS_CHECK(observation_.status());
    if (observation_.drops_points()) view_ = &observation_;
  } else {
    QuietSink sink;
    TFEVENTS_CHECK(PointReader(reading_, sink, passes_).read_all());
  }
  if (!passes_activity(select_, judge_life(run_, reading_, context_.clock.now()))) return false;
  passes_.again = true;
  if (select_.last) {
    CountingSink counting{counts_};
    ViewSink<CountingSink> sink(reading_.tags, view_, PointFilter(select_), std::nullopt, nullptr,
                                counting);
    TFEVENTS_CHECK(PointReader(reading_, sink, passes_).read_all());
    sink.finish();
    TFEVENTS_CHECK(sink.status());
  }
  TFEVENTS_CHECK(reading_.input.verify());
  passes_.on_bytes = progress_of(context_);
  return true;
}

RunOutcome ViewPasses::outcome() {
  RunOutcome outcome;
  outcome.life = judge_life(run_, reading_, context_.clock.now());
  outcome.dropped = dropped_;
  outcome.take(run_, reading_);
  return outcome;
}

RunOutcome outcome_of_changed(const Run& run, const Error& error, const OpContext& context) {
  RunReading reading(context.sys, run, input_options(context, false));
  reading.findings.on_changed(error, Findings::Changed::kAtEveryTry);
  RunOutcome outcome;
  outcome.life = judge_life(run, reading, context.clock.now());
  outcome.take(run, reading);
  return outcome;
}

}  // namespace tfevents::ops
