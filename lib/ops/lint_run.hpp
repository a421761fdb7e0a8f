#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "logdir/series_selector.hpp"
#include "ops/context.hpp"
#include "ops/lint_rules.hpp"
#include "ops/runs.hpp"

namespace tfevents::ops {

/// What lint says of one run.
struct LintedRun {
  RunOutcome outcome;
  std::string shown, path;  ///< The name that people read, and where it is.
  std::vector<Problem> rows;
  std::uint64_t left_out = 0;
  std::uint64_t series = 0, points = 0, duplicates = 0, restart = 0;
  std::uint64_t errors = 0, warnings = 0, notes = 0;
};

/// Reads and judges one run. `held_points`: how many are held at a time; tests say less. Errors:
/// standard input, the temporary directory.
Result<LintedRun> lint_run(const Run& run, const Selection& select, const SeriesSelector& selector,
                           const LintFilter& filter, const OpContext& context,
                           std::uint64_t held_points);

}  // namespace tfevents::ops
