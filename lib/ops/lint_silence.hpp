#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "logdir/tag_table.hpp"
#include "ops/lint_findings.hpp"
#include "ops/lint_points.hpp"
#include "series/health.hpp"

namespace tfevents::ops {

/// Finds scalars that end long before their run, while others beside them go on. Three goes over
/// all scalars of a run, each in the order of the functions below.
class SilenceJudge {
 public:
  /// `live`: the run is being written.
  explicit SilenceJudge(bool live) : live_(live) {}

  /// `judged`: it may be the silent one.
  void add_to_run(const std::vector<LintPoint>& points, bool judged);
  /// False: all are there in the second half of the run. There is no need to go on.
  [[nodiscard]] bool any_ends() const noexcept;
  void look_at_end(SeriesId id, const std::vector<LintPoint>& points);
  /// True where nothing ends early: there is no need to go on.
  [[nodiscard]] bool nothing() const noexcept { return ended_.empty(); }
  void look_for_company(SeriesId id, const std::vector<LintPoint>& points);
  void judge(const TagTable& tags, LintFindings& findings) const;

 private:
  // Those that end early and are compared with all others; nobody has more.
  static constexpr std::size_t kMost = 256;
  static constexpr std::size_t kLeast = 10, kLeastOfLive = 20;  // Points.

  struct Ended {
    SeriesId id;
    SeriesId company;  // Another one that goes on, or none.
    health::Presence presence;
    std::int64_t step;
  };
  [[nodiscard]] double middle() const noexcept { return run_.first + (run_.last - run_.first) / 2; }
  void take_walls(const std::vector<LintPoint>& points);

  bool live_;
  health::Presence run_;
  double earliest_end_ = std::numeric_limits<double>::infinity();
  std::vector<Ended> ended_;
  std::vector<double> walls_;
};

}  // namespace tfevents::ops
