#include "ops/lint_silence.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents::ops {

void SilenceJudge::take_walls(const std::vector<LintPoint>& points) {
  walls_.clear();
  for (const LintPoint& point : points) walls_.push_back(point.wall);
}

void SilenceJudge::add_to_run(const std::vector<LintPoint>& points, bool judged) {
  double first = std::numeric_limits<double>::infinity(), last = -first;
  for (const LintPoint& point : points) {
    if (!std::isfinite(point.wall)) continue;
    first = std::min(first, point.wall);
    last = std::max(last, point.wall);
  }
  if (first > last) return;
  run_.first = run_.points == 0 ? first : std::min(run_.first, first);
  run_.last = run_.points == 0 ? last : std::max(run_.last, last);
  run_.points += points.size();
  if (judged && points.size() >= kLeast) earliest_end_ = std::min(earliest_end_, last);
}

bool SilenceJudge::any_ends() const noexcept {
  return run_.points > 0 && earliest_end_ <= middle();
}

void SilenceJudge::look_at_end(SeriesId id, const std::vector<LintPoint>& points) {
  if (points.size() < kLeast || ended_.size() == kMost) return;
  take_walls(points);
  const health::Presence presence = health::presence(walls_);
  if (health::falls_silent(presence, run_, live_ ? kLeastOfLive : kLeast))
    ended_.push_back({id, kNoId, presence, points.back().step});
}

void SilenceJudge::look_for_company(SeriesId id, const std::vector<LintPoint>& points) {
  take_walls(points);
  for (Ended& ended : ended_) {
    if (ended.company != kNoId || ended.id == id) continue;
    if (health::goes_on(health::company(ended.presence, walls_), run_)) ended.company = id;
  }
}

void SilenceJudge::judge(const TagTable& tags, LintFindings& findings) const {
  for (const Ended& ended : ended_) {
    if (ended.company == kNoId) continue;
    findings.add(LintRule::kSilentTag,
                 {.tag = tags.name(tags.info(ended.id).tag), .step = ended.step},
                 fmt::format("ends at step {}, {} before the run does; {} goes on", ended.step,
                             human_duration(run_.last - ended.presence.last),
                             printable(tags.name(tags.info(ended.company).tag))));
  }
}

}  // namespace tfevents::ops
