#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ops/lint_findings.hpp"
#include "ops/lint_points.hpp"
#include "series/health.hpp"

namespace tfevents::ops {

/// The longest break of a run, by one of its curves.
struct LintPause {
  std::uint64_t points = 0;  ///< Of the curve that shows it; 0: there is none.
  std::size_t count = 0;     ///< Of breaks.
  double seconds = 0, usual = 0;
  std::int64_t step = 0;
  double from = 0;  ///< Epoch seconds.
  std::string_view tag;
};

/// Looks at scalars one after the other. Keeps its room between them; not thread-safe.
class CurveJudge {
 public:
  /// `live`: the run is being written, so that ends mean little.
  CurveJudge(LintFindings& findings, bool live) : findings_(findings), live_(live) {}

  /// False where `judge` would find nothing, and no pause: for series whose steps go forward, from
  /// what the first reading has learnt. True says nothing.
  [[nodiscard]] bool suspects(std::string_view tag, const LintSeries& series);

  /// `points` are those of the clean view.
  void judge(std::string_view tag, const std::vector<LintPoint>& points);

  /// The break that the curve of most points shows.
  [[nodiscard]] const LintPause& pause() const noexcept { return pause_; }

 private:
  [[nodiscard]] std::int64_t step_of(std::size_t value) const;
  void judge_shape(std::string_view tag);
  void judge_levels(std::string_view tag);
  void judge_steps(std::string_view tag, const std::vector<LintPoint>& points);
  void look_for_pause(std::string_view tag, const std::vector<LintPoint>& points);

  LintFindings& findings_;
  bool live_;
  LintPause pause_;
  std::vector<double> values_;  // Finite ones,
  const std::vector<LintPoint>* points_ = nullptr;
  std::vector<std::int64_t> steps_;
  std::vector<double> walls_;
};

}  // namespace tfevents::ops
