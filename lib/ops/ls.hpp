#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/ls_rows.hpp"
#include "ops/outcome.hpp"

namespace tfevents::ops {

struct LsOptions {
  Selection select;
  bool series = false;  ///< Fill LsRow::series (--tags).
  /// `run` (default), `age`, `start`, `duration`, `last_step`, `tags`, `size`, `files`, `state`;
  /// `-` in front reverses.
  std::string sort = "run";
  std::optional<std::uint64_t> limit;  ///< -n, after sorting.
};

struct LsReport {
  LsRows rows;
  std::uint64_t runs_total = 0;  ///< Before -n.
  Outcome outcome;
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  double now = 0;
};

/// Lists the selected runs. Memory: as PRODUCT "Bounded". Errors: a missing operand, I/O on an
/// operand.
Result<LsReport> list_runs(const LsOptions& options, const OpContext& context);

}  // namespace tfevents::ops
