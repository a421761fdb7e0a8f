#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ops/context.hpp"
#include "ops/outcome.hpp"
#include "rewrite/manifest.hpp"

namespace tfevents::ops {

enum class TrashAction : std::uint8_t { kList, kRestore, kEmpty };
[[nodiscard]] const char* to_string(TrashAction action) noexcept;  // list, restore, empty

/// What became of objects of the trash.
enum class TrashRowResult : std::uint8_t {
  kRestored,
  kDeleted,
  kSkipped,  ///< Stay in the trash: people must look.
  kFailed,   ///< Stay in the trash, since the system said no.
};
[[nodiscard]] const char* to_string(TrashRowResult result) noexcept;  // restored, …

struct TrashOptions {
  std::string operand;  ///< As typed; a directory.
  TrashAction action = TrashAction::kList;
  /// Ids of batches, or `all`. None: of a listing all, of a restore the newest. Not for emptying.
  std::vector<std::string> batches = {};
  std::optional<double> older_than_seconds = {};  ///< For emptying; none: everything goes.
  double trash_keep_seconds = 7 * 86400.0;        ///< How long `prune` keeps batches.
  rewrite::Actor actor = {};                      ///< Who looks: the trash must be theirs.
};

/// What of one run is in a batch, and what became of it: objects of a run that had different
/// results are different rows. A batch that something is wrong with as a whole is a row without a
/// run.
struct TrashRow {
  std::string batch;
  std::optional<std::string> run;             ///< Raw bytes, as a stranger's manifest says.
  std::string path;                           ///< Of the run's directory, or of the batch.
  std::optional<std::uint64_t> files = {};    ///< None: nobody knows.
  std::optional<std::uint64_t> bytes = {};    ///< None: nobody knows.
  std::optional<double> trashed_time = {};    ///< Epoch seconds.
  std::optional<double> expires_time = {};    ///< None: never; it is damaged.
  std::optional<TrashRowResult> result = {};  ///< None: nothing was done.
  std::optional<std::string> error = {};      ///< One line.
};

struct TrashReport {
  TrashAction action = TrashAction::kList;
  std::string operand;         ///< As typed, without slashes at its end.
  std::string trash;           ///< `runs/.tfe-trash`
  std::vector<TrashRow> rows;  ///< By batch, oldest first; restored ones newest first.
  bool done = false;           ///< False: a listing or a plan, and nothing has changed.
  std::uint64_t batches = 0;   ///< That are listed, would be dealt with, or were.
  std::uint64_t damaged = 0;   ///< Batches that nothing can be done with.
  /// In the trash, that would be restored or deleted, or that were.
  std::uint64_t files = 0, bytes = 0;
  /// Those that stay in the trash though they were meant to leave it.
  std::uint64_t kept_files = 0, kept_bytes = 0;
  /// Finished for a command that crashed, before anything else: objects that went back.
  std::uint64_t recovered_files = 0;
  /// Of a plan to empty: batches begun before it, epoch seconds.
  std::optional<double> begun_before = {};
  Outcome outcome;  ///< `nothing` says why there are no rows.
  double now = 0;

  /// Something that was asked for could not be done.
  [[nodiscard]] bool failed() const noexcept { return failures > 0; }
  std::uint64_t failures = 0;
};

/// Lists what is in the trash or, with the other actions, says what would be restored or deleted.
/// Takes no lock and changes nothing. That there is no trash, or nothing in it, is an answer; for a
/// restore, and for a batch that is not there, one that matched nothing.
///
/// Memory: 300 bytes and the names a run in the trash. Errors: kUsage for an operand that is no
/// directory, and for what cannot be a batch; kNotFound for an operand that does not exist;
/// kRefused for one that is a link, and for a trash that is not ours; kIo.
Result<TrashReport> plan_trash(const TrashOptions& options, const OpContext& context);

/// How it is done.
struct TrashDoing {
  double lock_wait_seconds = 0;
  std::function<void(double seconds)> wait = {};  ///< As LockOptions::wait.
};

/// Puts objects back under their old names, never over anything. First, under the lock, finishes
/// what crashed. What could not be restored is in the report, and still in the trash. One line of
/// the journal a batch.
///
/// Errors, before anything is touched: as plan_trash, and those of the lock.
Result<TrashReport> restore_from_trash(const TrashOptions& options, const TrashDoing& doing,
                                       const OpContext& context);

/// Deletes the batches that the plan has, each object if it still is what was trashed. `agreed`:
/// somebody was shown the plan and said yes to it, so that nothing else may go; else what has
/// become old enough or came since goes, too. Journal and errors as above; kRefused as well where
/// what was agreed to is not what there is any more.
Result<TrashReport> empty_from_trash(const TrashOptions& options, const TrashReport& plan,
                                     bool agreed, const TrashDoing& doing,
                                     const OpContext& context);

}  // namespace tfevents::ops
