#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

struct FsckOptions {
  Selection select;
  std::optional<Where> where = {};
};

struct FsckReport {
  /// A finding each: in order of run, file, offset. Errors: data-crc length-crc undecodable length
  /// not-an-event-file unreadable; warnings: truncated-tail nul-tail duplicate-copy; notes:
  /// live-tail empty-file.
  std::vector<Problem> rows;
  std::uint64_t files = 0, bytes = 0, records = 0, records_lost = 0, bytes_lost = 0;
  std::uint64_t errors = 0, warnings = 0, notes = 0;
  /// Errors that say nothing against the data: files, directories or parts of them that the system
  /// refused. `bytes` and `records` are without them.
  std::uint64_t unreadable = 0;
  /// Files with an error, unreadable ones among them.
  std::uint64_t bad_files = 0;
  /// Directories and names that the walk could not read: errors, but not in one of `files`.
  std::uint64_t bad_paths = 0;
  std::uint64_t rows_left_out =
      0;  ///< Findings past the cap of 10,000 a file: counted above, not in `rows`.
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;

  /// Errors in what was read.
  [[nodiscard]] std::uint64_t damage() const noexcept { return errors - unreadable; }
};

/// Verifies every record of the selected runs' files.
Result<FsckReport> fsck(const FsckOptions& options, const OpContext& context);

}  // namespace tfevents::ops
