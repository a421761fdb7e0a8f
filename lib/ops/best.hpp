#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "expr/expression.hpp"
#include "ops/context.hpp"
#include "ops/trial_table.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

struct BestOptions {
  Selection select;
  bool fold = true;
  std::optional<Layout> layout = {};
  std::optional<Expression> where = {};
  std::string metric;  ///< METRIC: a tag, else an expression.
  /// --max, --min; nothing: as the metric's name says.
  std::optional<Direction> direction = {};
  std::string columns = {};                 ///< -c: tags at the best step, expressions.
  std::vector<std::string> by = {};         ///< The best of each group only.
  std::optional<std::uint64_t> limit = {};  ///< -n.
  double smooth = 0;                        ///< --smooth: weight of TensorBoard's smoothing.
  std::uint32_t window = 0;                 ///< --window: means of this many points.
  std::optional<std::string> files = {};    ///< `ckpt-{step}.pt`, below the trial.
};

/// One trial with its best value.
struct BestRow {
  std::uint64_t rank = 0;  ///< From 1; trials of equal value follow each other by name.
  TrialRow trial;
  std::vector<Value> group = {};  ///< Of each `by`.
  SeriesValue best;  ///< `step` and `wall_time` where the metric picks or ends at a point.
  std::vector<ItemValue> columns = {};
  std::optional<std::string> checkpoint = {};  ///< Path of the file nearest to the step.
};

/// A trial without a finite value of the metric.
struct Unranked {
  std::string run;     ///< Machine name.
  std::string reason;  ///< `missing-tag`, `non-finite`, `empty-window`, `ambiguous-tag`, …
  std::string detail;  ///< For people: "only NaN", "train/loss or val/loss?".
};

struct BestReport {
  std::string metric;  ///< As typed.
  Direction direction = Direction::kMax;
  bool inferred = false;  ///< The direction comes from the name.
  bool smoothed = false;  ///< Values are of a smoothed curve: nobody logged them.
  std::vector<std::string> columns;
  std::vector<bool> tags;  ///< Of each of those: a tag, and no expression.
  std::vector<std::string> by;
  std::vector<BestRow> rows;
  std::vector<Unranked> unranked;
  std::uint64_t trials = 0;  ///< Ranked and unranked ones, before --by and -n.
  std::vector<std::string> warnings;
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
};

/// Ranks the selected trials. Reads runs as read_answers does, and those that are listed once more
/// where `columns` has tags.
/// Errors: kUsage for a metric whose direction nobody knows, an operand that is missing (with the
/// swapped order suggested), I/O.
Result<BestReport> best_trials(const BestOptions& options, const OpContext& context);

/// The file of a directory whose name is `pattern` with a step in place of `{step}`, the step
/// nearest to `step` (the lower of two). Parts before `{step}` may be directories; `*` stands for
/// any text of one part. Nothing where there is none. Errors: kUsage without exactly one `{step}`.
Result<std::optional<std::string>> nearest_checkpoint(Sys& sys, const std::string& directory,
                                                      const std::string& pattern,
                                                      std::int64_t step);

}  // namespace tfevents::ops
