#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/du_foreign.hpp"
#include "ops/du_rows.hpp"
#include "ops/outcome.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

struct DuOptions {
  Selection select;
  std::optional<Where> where = {};          ///< -w.
  DuBy by = {.kind = true};                 ///< --by
  DuSort sort = DuSort::kSize;              ///< --sort
  bool greatest_first = true;               ///< A minus in front of it.
  std::optional<std::uint64_t> limit = {};  ///< -n, after sorting.
};

struct DuReport {
  DuRows rows;
  /// Sums over all rows, those of `more` among them.
  std::uint64_t bytes = 0, values = 0;
  std::uint64_t files = 0, runs = 0;  ///< Of the selection.
  /// Rows past the limit.
  struct More {
    std::uint64_t rows = 0, bytes = 0;
  };
  More more;
  FileSum foreign;  ///< In and below the directories of the selected runs; in no row.
  TrashSum trash;   ///< Of the operands; in no row. Its problems are in the outcome.
  /// Only points that were chosen are counted, and nothing that belongs to no series.
  bool points_only = false;
  /// Chosen values in compressed files: they have no size of their own, and are in no row.
  std::uint64_t compressed_values = 0;
  Outcome outcome;
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  double now = 0;
};

/// Says what the bytes of the selected runs' event files are. Without a choice of points the rows
/// sum to the bytes that were read: to the sizes of the files, where they could be read and did not
/// grow meanwhile.
///
/// Memory: as PRODUCT "Bounded", 40 bytes a row, 24 a foreign file. Errors: a missing operand, I/O
/// on an operand.
Result<DuReport> disk_usage(const DuOptions& options, const OpContext& context);

}  // namespace tfevents::ops
