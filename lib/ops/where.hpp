#pragma once

#include <optional>

#include "base/result.hpp"
#include "expr/expression.hpp"
#include "logdir/layout.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"

namespace tfevents::ops {

/// `-w` of commands that work on runs.
struct Where {
  Expression condition;
  std::optional<Layout> layout = {};
};

/// Leaves only the runs for which the condition is true; where none is left, `found` says why.
/// Input that was lost of the others is a problem of `found`: with it the condition might be true.
/// Series functions are those of the run in the clean view, hyperparameters those of its trial.
/// Reads every run of the selection once more. The context keeps standard input. Errors: as
/// TrialTable::read.
Status keep_where(Discovery& found, const Selection& select, const std::optional<Where>& where,
                  const OpContext& context);

}  // namespace tfevents::ops
