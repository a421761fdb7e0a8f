#include "ops/lint_curve.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/time.hpp"
#include "series/direction.hpp"

namespace tfevents::ops {
namespace {

std::string shown(double value) {
  return fmt::format("{:.4g}", value);
}

// Tags that remember the best of another one stand still by design.
bool says_best(std::string_view tag) {
  constexpr std::string_view kBest = "best";
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
  };
  return std::search(tag.begin(), tag.end(), kBest.begin(), kBest.end(), same) != tag.end();
}

}  // namespace

bool CurveJudge::suspects(std::string_view tag, const LintSeries& series) {
  const std::uint64_t n = series.count;
  if (series.values.size() != n) return n != 0;  // Not all are float32.
  constexpr double kLeastPause = 300;
  if (!(series.longest_gap <= kLeastPause) || series.nan_walls + series.infinite_walls != 0)
    return true;
  for (std::size_t m = 1; m < series.step_gaps.size() && n >= 20; ++m) {
    if (health::is_gap(series.step_gaps[m - 1], series.step_gaps[m])) return true;
  }
  values_.assign(series.values.begin(), series.values.end());
  if (!std::all_of(values_.begin(), values_.end(), [](double y) { return std::isfinite(y); }) ||
      !health::spikes(values_).empty())
    return true;
  const auto direction = infer_direction(tag);
  if (!direction) return false;
  return (*direction == Direction::kMin && !health::loss_spikes(values_, !live_).empty()) ||
         health::stuck_since(values_, *direction) || health::lost_ground(values_, *direction);
}

void CurveJudge::judge(std::string_view tag, const std::vector<LintPoint>& points) {
  points_ = &points;
  values_.clear();
  values_.reserve(points.size());
  std::uint64_t nans = 0, infinities = 0;
  std::int64_t first_odd = 0;
  double longest = 0;
  std::uint64_t farthest = 0;
  const LintPoint* before = nullptr;
  for (const LintPoint& point : points) {
    if (before != nullptr) {
      longest = std::max(longest, point.wall - before->wall);
      farthest = std::max(farthest, static_cast<std::uint64_t>(point.step) -
                                        static_cast<std::uint64_t>(before->step));
    }
    before = &point;
    if (std::isfinite(point.value)) {
      values_.push_back(point.value);
      continue;
    }
    if (nans + infinities == 0) first_odd = point.step;
    ++(std::isnan(point.value) ? nans : infinities);
  }
  if (nans + infinities > 0) {
    const bool last = !std::isfinite(points.back().value);
    std::string what = nans > 0 ? fmt::format("{} NaN", nans) : "";
    if (infinities > 0) what += fmt::format("{}{} infinite", nans > 0 ? " and " : "", infinities);
    const char* const where = nans + infinities == 1 ? "at step {}" : "from step {} on";
    findings_.add(
        LintRule::kNonfinite,
        {.tag = tag, .step = first_odd, .severity = last ? Severity::kError : Severity::kWarn},
        fmt::format("{} of {}, {}; the last point is {}", what,
                    counted(points.size(), "point", "points"),
                    fmt::format(fmt::runtime(where), first_odd), last ? "among them" : "finite"));
  }
  judge_shape(tag);
  // A gap is more than 5 times, a break more than 10 times all usual distances, and longer than 5
  // minutes: nearly no curve has any as long.
  if (farthest > 5) judge_steps(tag, points);
  if (!(longest <= 300)) look_for_pause(tag, points);
}

std::int64_t CurveJudge::step_of(std::size_t value) const {
  if (values_.size() == points_->size()) return (*points_)[value].step;
  for (const LintPoint& point : *points_) {
    if (std::isfinite(point.value) && value-- == 0) return point.step;
  }
  return 0;
}

void CurveJudge::judge_shape(std::string_view tag) {
  if (findings_.wants(LintRule::kSpike)) {
    if (const auto found = health::spikes(values_); !found.empty()) {
      std::vector<double> rest = values_;
      for (auto i = found.rbegin(); i != found.rend(); ++i)
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*i));
      const auto [least, most] = std::minmax_element(rest.begin(), rest.end());
      std::string where;
      for (const std::size_t i : found) {
        where += fmt::format("{}{} at step {}", where.empty() ? "" : ", ", shown(values_[i]),
                             step_of(i));
      }
      findings_.add(LintRule::kSpike, {.tag = tag, .step = step_of(found.front())},
                    fmt::format("{}; all other points lie between {} and {}", where, shown(*least),
                                shown(*most)));
    }
  }
  const auto direction = infer_direction(tag);
  if (!direction) return;
  if (*direction == Direction::kMin && findings_.wants(LintRule::kLossSpike)) {
    if (const auto found = health::loss_spikes(values_, !live_); !found.empty()) {
      const std::size_t greatest =
          *std::max_element(found.begin(), found.end(),
                            [&](std::size_t a, std::size_t b) { return values_[a] < values_[b]; });
      const std::size_t first = found.front();
      findings_.add(
          LintRule::kLossSpike, {.tag = tag, .step = step_of(first)},
          found.size() == 1
              ? fmt::format("jumps from {} to {} at step {}, and comes back",
                            shown(values_[first - 1]), shown(values_[first]), step_of(first))
              : fmt::format("jumps {} times and comes back, the first time at step {}, highest to "
                            "{} at step {}",
                            found.size(), step_of(first), shown(values_[greatest]),
                            step_of(greatest)));
    }
  }
  judge_levels(tag);
  if (!findings_.wants(LintRule::kStuck) || says_best(tag)) return;
  if (const auto since = health::stuck_since(values_, *direction)) {
    findings_.add(
        LintRule::kStuck, {.tag = tag, .step = step_of(*since)},
        fmt::format("exactly {} from step {} on: the last {} of {} points", shown(values_.back()),
                    step_of(*since), values_.size() - *since, values_.size()));
  }
}

void CurveJudge::judge_levels(std::string_view tag) {
  const Direction direction = *infer_direction(tag);
  const LintRule rule = direction == Direction::kMin ? LintRule::kDivergence : LintRule::kCollapse;
  if (!findings_.wants(rule)) return;
  const auto lost = health::lost_ground(values_, direction);
  if (!lost) return;
  const std::int64_t step = step_of(lost->best_at);
  findings_.add(rule, {.tag = tag, .step = step},
                fmt::format("ends at {}, after {} around step {}; it began at {}", shown(lost->end),
                            shown(lost->best), step, shown(lost->start)));
}

void CurveJudge::judge_steps(std::string_view tag, const std::vector<LintPoint>& points) {
  if (!findings_.wants(LintRule::kMissingSteps)) return;
  steps_.clear();
  for (const LintPoint& point : points) steps_.push_back(point.step);
  const auto gaps = health::missing_steps(steps_);
  if (!gaps) return;
  std::string more;
  if (gaps->count > 1)
    more = fmt::format(", and {} more such {}", gaps->count - 1, gaps->count == 2 ? "gap" : "gaps");
  findings_.add(
      LintRule::kMissingSteps, {.tag = tag, .step = steps_[gaps->longest]},
      fmt::format("nothing between step {} and step {}{}; the usual distance is {}",
                  steps_[gaps->longest], steps_[gaps->longest + 1], more, shown(gaps->usual)));
}

void CurveJudge::look_for_pause(std::string_view tag, const std::vector<LintPoint>& points) {
  if (!findings_.wants(LintRule::kPause) || points.size() <= pause_.points) return;
  walls_.clear();
  for (const LintPoint& point : points) walls_.push_back(point.wall);
  const auto gaps = health::pauses(walls_);
  if (!gaps) return;
  pause_ = {.points = walls_.size(),
            .count = gaps->count,
            .seconds = walls_[gaps->longest + 1] - walls_[gaps->longest],
            .usual = gaps->usual,
            .step = points[gaps->longest].step,
            .from = walls_[gaps->longest],
            .tag = tag};
}

}  // namespace tfevents::ops
