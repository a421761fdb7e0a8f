#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "event/hparams.hpp"
#include "logdir/run.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"

namespace tfevents::ops {

/// A run that is to be shown.
struct ChosenRun {
  std::size_t run = 0;                   ///< Its place in the Discovery.
  std::optional<std::size_t> base = {};  ///< The run of the operand itself, where it is another.
  std::uint64_t below = 0;               ///< Runs further below that are not shown.
};

/// The runs that operands stand for: an operand that is a run for itself and the runs below it
/// whose names say that they are parts of it (`train`, `validation`); another one for the only run
/// below it, or the parts of the only one. All runs where options choose among them. Errors: kUsage
/// for an operand with several runs below it.
[[nodiscard]] Result<std::vector<ChosenRun>> choose_runs(const Selection& select,
                                                         const Discovery& found);

/// The hyperparameters that a sub-run right below `run` has been given for it, as add_hparams of
/// torch and tensorboardX does, and the sub-run's place; of several the one whose file is newest.
/// Looks at the first records of the first 64 sub-runs.
[[nodiscard]] std::optional<std::pair<std::size_t, HparamMap>> hparams_below(
    const Discovery& found, std::size_t run, const OpContext& context);

}  // namespace tfevents::ops
