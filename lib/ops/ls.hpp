#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "event/scalar.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"

namespace tfevents::ops {

enum class RunState : std::uint8_t { kLive, kDone, kIdle, kEmpty };
/// `live`, `done`, `idle` or `empty`.
const char* to_string(RunState state) noexcept;

struct LsOptions {
  Selection select;
  bool series = false;  ///< Fill LsRow::series (--tags).
  /// `run` (default), `age`, `start`, `duration`, `last_step`, `tags`, `size`, `files`, `state`;
  /// `-` in front reverses.
  std::string sort = "run";
  std::optional<std::uint64_t> limit;  ///< -n, after sorting.
};

/// One series of a run: the `series` object of OUTPUT.md `show`.
struct SeriesRow {
  std::string tag;
  std::string kind;
  std::string plugin;            ///< Of the first metadata; else implied by the kind; may be empty.
  std::string dtype;             ///< `float32`, …, `mixed`; empty where the kind has none.
  std::uint64_t points = 0;      ///< In the view.
  std::uint64_t dropped = 0;     ///< By the view: all that clean leaves out, duplicates among them.
  std::uint64_t duplicates = 0;  ///< Points whose next one has the same step.
  std::uint64_t nonfinite = 0;   ///< NaN and infinities among the points of the view.
  std::optional<std::int64_t> first_step, last_step;
  std::uint64_t bytes = 0;  ///< Of the values on disk, without framing.
  // Scalars only; min and max over finite values.
  std::optional<Scalar> first, last, min, max;
  std::optional<std::int64_t> min_step, max_step;
  std::optional<double> mean;
};

/// One run: the row of OUTPUT.md `ls`.
struct LsRow {
  std::string run;    ///< Relative name, `.` for the operand itself; raw bytes.
  std::string shown;  ///< What people read where that is another name, else empty.
  std::string path;
  RunState state = RunState::kEmpty;
  std::uint64_t damage = 0;  ///< Damaged records or ranges.
  std::optional<std::int64_t> last_step;
  std::optional<double> first_time, last_time;  ///< Least and greatest finite event time above 0.
  std::optional<double> age_seconds;  ///< now - last_time; by mtime where no event has a time.
  std::optional<double> duration_seconds;
  std::uint64_t tags = 0;  ///< Series: (tag, kind) pairs.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t nonfinite = 0;    ///< Scalar points of the view that are NaN or infinite.
  bool profile = false;           ///< Holds only a `.profile-empty` marker.
  bool all_one_step = false;      ///< Some series has several points, all at one step.
  std::vector<SeriesRow> series;  ///< By natural order of the tag, then kind; filled on request.

  /// The name that people read.
  [[nodiscard]] const std::string& people_name() const noexcept {
    return shown.empty() ? run : shown;
  }
};

struct LsReport {
  std::vector<LsRow> rows;
  std::uint64_t runs_total = 0;  ///< Before -n.
  Outcome outcome;
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  double now = 0;
};

/// Lists the selected runs. Memory: as PRODUCT "Bounded". Errors: a missing operand, I/O on an
/// operand.
Result<LsReport> list_runs(const LsOptions& options, const OpContext& context);

}  // namespace tfevents::ops
