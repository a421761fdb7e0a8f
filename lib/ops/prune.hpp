#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/glob.hpp"
#include "base/result.hpp"
#include "expr/expression.hpp"
#include "expr/value.hpp"
#include "logdir/layout.hpp"
#include "logdir/selection.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"
#include "rewrite/inventory.hpp"
#include "rewrite/manifest.hpp"
#include "rewrite/policy.hpp"
#include "series/call.hpp"

namespace tfevents::ops {

/// What `prune` is to do: the population, the policy, and how much of a trial goes.
struct PruneOptions {
  std::string operand;  ///< As typed; a directory.
  Selection select;     ///< -r, -x and --max-series alone count.
  bool fold = true;
  std::optional<Layout> layout = {};
  std::optional<std::string> by = {};  ///< `parent`, a name; nothing or `none`: one group.

  /// Numbers and durations; its texts and lists of metrics are filled in from what follows.
  rewrite::PolicyRules rules = {};
  std::optional<Expression> remove_if = {};
  std::vector<Expression> keep_if = {};
  std::vector<Pattern> keep = {};
  struct KeepBest {
    std::uint64_t count = 0;
    std::string metric;  ///< A tag, an expression, `max(tag)`.
  };
  std::vector<KeepBest> keep_best = {};
  std::string policy_text = {};  ///< The rules as typed, for the journal.

  /// A file of --plan: instead of all rules, removes what is in it and has not changed.
  std::optional<std::string> apply_file = {};

  rewrite::What what = rewrite::What::kEvents;  ///< A plan file says it itself.
  double trash_keep_seconds = 7 * 86400.0;
  bool allow_empty = false;
  /// A directory that nobody means as a whole: `$HOME`. May be empty.
  std::string home = {};
  std::uint32_t uid = 0;       ///< Effective user id of this process: whose trash is looked at.
  std::string proc = "/proc";  ///< Where procfs is.
};

enum class PruneResult : std::uint8_t { kTrashed, kDeleted, kSkipped, kFailed };
[[nodiscard]] const char* to_string(PruneResult result) noexcept;  // trashed, …

/// One trial of a plan, and what became of it.
struct PruneRow {
  std::string trial;              ///< Machine name.
  std::string shown;              ///< What people read where that is another name, else empty.
  std::string path;               ///< As printed elsewhere: below the operand as typed.
  std::vector<std::string> runs;  ///< Machine names of its members.
  bool is_trial = true;           ///< False: a run that belongs to no trial.
  Value group = {};               ///< Of --by.
  rewrite::Decision decision = {};
  std::optional<double> last_event_time, mtime_time;  ///< Epoch seconds.
  std::optional<double> age_seconds;                  ///< Since its last activity, as --age says.
  bool live = false;
  rewrite::OpenFiles open_files = rewrite::OpenFiles::kNone;
  std::uint64_t bytes = 0;  ///< That go; of rows that stay, of the event files.
  std::uint64_t foreign_files = 0, foreign_bytes = 0;       ///< Known of rows that go.
  std::vector<std::string> foreign_names = {};              ///< The largest.
  std::vector<rewrite::PlannedFile> files = {};             ///< That go, relative to the operand.
  std::vector<rewrite::PlannedDirectory> directories = {};  ///< That may become empty.
  std::optional<PruneResult> result = {};
  std::optional<std::string> error = {};

  [[nodiscard]] const std::string& people_name() const noexcept {
    return shown.empty() ? trial : shown;
  }
};

struct PruneReport {
  std::string operand;  ///< As typed, without slashes at its end.
  std::string plan;     ///< `20260612-030001`.
  rewrite::PolicyRules rules;
  std::string policy_text;
  std::optional<std::string> by;
  rewrite::What what = rewrite::What::kEvents;
  double trash_keep_seconds = 0;
  std::string trash;                            ///< Where removed files go.
  std::vector<PruneRow> rows;                   ///< Natural order of the name.
  std::uint64_t trials_beside = 0;              ///< Runs of the operand that -r and -x leave out.
  std::uint64_t trash_bytes = 0;                ///< In the trash before.
  std::size_t batches_to_empty = 0;             ///< Oldest ones, before their time, for --max-size.
  std::vector<std::string> early_batches = {};  ///< Their ids.
  /// Set where the plan as a whole is refused: it may be shown, and must not be done.
  std::optional<Error> refusal;
  std::vector<std::string> warnings;
  Outcome outcome;
  double now = 0;

  bool carried_out = false;  ///< By apply_prune, from the lock on.
  // Once it was.
  std::optional<std::string> batch;  ///< Where the files lie; none where nothing was moved.
  std::uint64_t bytes_trashed = 0;   ///< Moved by this prune, and still in the trash.
  std::uint64_t bytes_freed = 0;
  std::vector<Error> failures;  ///< Besides those of rows.

  [[nodiscard]] std::uint64_t count(rewrite::Action action) const noexcept;
  [[nodiscard]] std::uint64_t bytes_to_go() const noexcept;
  /// When what goes now is deleted, epoch seconds.
  [[nodiscard]] double freed_time() const noexcept { return now + trash_keep_seconds; }
};

/// Reads the tree and decides. Changes nothing in it, and makes nothing.
///
/// Memory: 3 KiB a trial, and the paths of the files that go.
/// Errors: kRefused where no policy could be meant that way: no rule at all, a link or `/` or
/// `$HOME` as operand, no run below it, a metric or hyperparameter of a keep rule that no trial
/// has; kUsage; kNotFound and kIo for the operand; kCancelled.
Result<PruneReport> plan_prune(const PruneOptions& options, const OpContext& context);

/// How a plan is carried out.
struct PruneDoing {
  rewrite::Actor actor;
  double lock_wait_seconds = 0;
  std::function<void(double seconds)> wait = {};  ///< As LockOptions::wait.
  std::string proc = "/proc";
  /// Called for each row as soon as it has a result.
  std::function<void(const PruneRow&)> on_row = {};
};

/// Moves what the plan says into the trash, each trial checked again immediately before, then
/// empties batches that are old enough. Results, errors and sums are in the report. Goes on with
/// the next trial where one fails. Stops between two trials when the context says so.
///
/// Errors: before anything is touched: the lock, the trash, the clock of the file server (kRefused,
/// kIo). Nothing is lost at any of them, nor by a crash.
Status apply_prune(PruneReport& report, const PruneDoing& doing, const OpContext& context);

}  // namespace tfevents::ops
