#include "ops/survey.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "logdir/view.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {
namespace {

constexpr std::size_t kFewTags = 5;

bool in_natural_order(const std::string& a, const std::string& b) noexcept {
  return natural_compare(a, b) < 0;
}

Result<SurveyedRun> survey_run(const Run& run, const Selection& select,
                               const SeriesSelector& selector, const OpContext& context) {
  RunReading reading(context.sys, run, input_options(context, false));
  QuietSink sink;
  const PointReaderOptions passes{
      .max_series = select.max_series, .selector = &selector, .stop = &context.stop};
  TFEVENTS_CHECK(PointReader(reading, sink, passes).read_all());
  SurveyedRun surveyed;
  surveyed.run = run.people_name();
  if (!passes_activity(select, judge_life(run, reading, context.clock.now()))) return surveyed;
  for (SeriesId series = 0; series < reading.tags.series_count(); ++series) {
    const SeriesInfo& info = reading.tags.info(series);
    if (info.selected) surveyed.tags.emplace_back(reading.tags.name(info.tag));
  }
  surveyed.series = surveyed.tags.size();
  std::sort(surveyed.tags.begin(), surveyed.tags.end(), in_natural_order);
  return surveyed;
}

}  // namespace

Result<Survey> survey_series(const Discovery& found, const Selection& select, bool all_tags,
                             const OpContext& context) {
  const SeriesSelector selector(select);
  std::vector<std::optional<Result<SurveyedRun>>> slots(found.runs.size());
  for_each_parallel(
      found.runs.size(), context.jobs, context.stop,
      [&](std::size_t i) { return found.runs[i].bytes(); },
      [&](std::size_t i) {
        Result<SurveyedRun> surveyed = survey_run(found.runs[i], select, selector, context);
        if (surveyed.ok() && !all_tags && surveyed->tags.size() > kFewTags)
          surveyed->tags.resize(kFewTags);
        slots[i].emplace(std::move(surveyed));
      });
  if (context.stop.requested()) return Error{.code = ErrorCode::kCancelled, .message = "stopped"};
  Survey survey;
  for (auto& slot : slots) {
    if (!slot->ok()) return std::move(*slot).error();
    SurveyedRun run = std::move(**slot);
    if (run.series == 0) continue;
    survey.series += run.series;
    if (all_tags) {
      std::move(run.tags.begin(), run.tags.end(), std::back_inserter(survey.tags));
      run.tags.clear();
    }
    survey.runs.push_back(std::move(run));
  }
  std::sort(survey.tags.begin(), survey.tags.end(), in_natural_order);
  survey.tags.erase(std::unique(survey.tags.begin(), survey.tags.end()), survey.tags.end());
  return survey;
}

}  // namespace tfevents::ops
