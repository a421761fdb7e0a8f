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
  View view = View::kClean;  ///< That series functions see, whatever is listed or written.
};

/// Leaves only the runs for which the condition is true; where none is left, `found` says why.
/// Series functions are those of the run, hyperparameters those of its trial. Reads every run of
/// the selection once more. Errors: kUsage for standard input, which can be read only once; as
/// TrialTable::read.
Status keep_where(Discovery& found, const Selection& select, const std::optional<Where>& where,
                  const OpContext& context);

}  // namespace tfevents::ops
