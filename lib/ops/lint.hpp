#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/lint_rules.hpp"
#include "ops/outcome.hpp"
#include "ops/where.hpp"

namespace tfevents::ops {

struct LintOptions {
  Selection select;
  std::optional<Where> where = {};
  std::vector<LintRule> only = {};      ///< --rule; empty: all.
  std::vector<LintIgnore> ignore = {};  ///< --ignore.
};

struct LintReport {
  /// A finding each: in order of run; in a run first what is about its files, then by series in
  /// natural order of the tag, then by rule. `run`, `rule`, `severity` and `message` are always
  /// there, `tag` where one is concerned, `path` and `offset` where a file is.
  std::vector<Problem> rows;
  /// The runs that `rows` are about, in their order.
  struct Group {
    std::string shown;     ///< The name that people read.
    std::string path;      ///< Of the run.
    std::size_t rows = 0;  ///< How many of `rows`, behind those of the groups before.
  };
  std::vector<Group> groups;
  std::uint64_t runs = 0, series = 0;
  std::uint64_t points = 0;      ///< Of those series, as they were read.
  std::uint64_t duplicates = 0;  ///< Of these, left out of the clean view: the step comes again.
  std::uint64_t restart = 0;     ///< The same: a later point has a smaller step.
  std::uint64_t errors = 0, warnings = 0, notes = 0;
  std::uint64_t rows_left_out = 0;  ///< Past the cap: counted above, not in `rows`.
  Outcome outcome;
  std::vector<std::string> operands;
  double now = 0;
};

/// Looks at the health of the selected series, and for what TensorBoard hides or alters.
///
/// With a choice of series (-t, --kind) only what is about those is reported. Memory: as PRODUCT
/// "Bounded" (400 bytes a series), and of each run being read 4 bytes a point, up to 64 MiB; a run
/// in which something is odd is read again, and the points of the series concerned are held, 24
/// bytes each, as many series at a time as fit into 64 MiB, one at least. Errors: a missing
/// operand, I/O on an operand, the temporary directory.
Result<LintReport> lint(const LintOptions& options, const OpContext& context);

}  // namespace tfevents::ops
