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

void SilenceJudge::add_to_run(const std::vector<LintPoint>& points) {
  for (const LintPoint& point : points) {
    if (!std::isfinite(point.wall)) continue;
    const bool first = run_.points++ == 0;
    run_.first = first ? point.wall : std::min(run_.first, point.wall);
    run_.last = first ? point.wall : std::max(run_.last, point.wall);
  }
}

void SilenceJudge::look_at_end(SeriesId id, const std::vector<LintPoint>& points) {
  constexpr std::uint64_t kLeast = 10, kLeastOfLive = 20;
  // Nearly all go on: one look at their end.
  if (points.size() < kLeast || ended_.size() == kMost ||
      points.back().wall > run_.first + (run_.last - run_.first) / 2)
    return;
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
