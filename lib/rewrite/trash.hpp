#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "io/directory.hpp"
#include "io/sys.hpp"
#include "rewrite/manifest.hpp"

namespace tfevents::rewrite {

/// `OPERAND/.tfe-trash`, verified: a directory and no link, of our user, closed to all others, on
/// the operand's device. What is in it:
///
/// - `lock` (rewrite/tree_lock.hpp), `journal.jsonl` (rewrite/journal.hpp)
/// - `BATCH/`, a directory for each act, named by its time in UTC: `manifest.jsonl` (begun as
///   `manifest.new`), the objects under the numbers that the manifest gives them, and `done` once
///   no more of them will come. An object is here or where it was, never at both places; which of
///   both is the state of it, and nothing else is.
///
/// Everything goes through the two open directories, so that no link swapped in, no renamed
/// directory and no planted name leads anywhere else. Not thread-safe.
class Trash {
 public:
  /// Errors: kNotFound where there is no such operand, or no trash in it; kRefused (with a hint)
  /// for an operand that is a link, and for a trash that is not what it must be; kIo.
  static Result<std::unique_ptr<Trash>> open(Sys& sys, const std::string& operand, Actor actor);
  /// As open, but makes the trash where there is none.
  static Result<std::unique_ptr<Trash>> open_or_create(Sys& sys, const std::string& operand,
                                                       Actor actor);

  [[nodiscard]] Directory& operand() noexcept { return *operand_; }
  [[nodiscard]] Directory& directory() noexcept { return *directory_; }
  [[nodiscard]] const Actor& actor() const noexcept { return actor_; }
  [[nodiscard]] std::uint64_t device() const noexcept { return device_; }
  /// Names of all batches, whole or not, oldest first. What is not named like one is left out.
  [[nodiscard]] Result<std::vector<std::string>> batch_ids();

 private:
  Trash(std::unique_ptr<Directory> operand, std::unique_ptr<Directory> directory, Actor actor,
        std::uint64_t device)
      : operand_(std::move(operand)),
        directory_(std::move(directory)),
        actor_(std::move(actor)),
        device_(device) {}
  static Result<std::unique_ptr<Trash>> open_in(std::unique_ptr<Directory> operand, Actor actor);

  std::unique_ptr<Directory> operand_;
  std::unique_ptr<Directory> directory_;
  Actor actor_;
  std::uint64_t device_;
};

/// Whether a batch can be used.
enum class BatchState : std::uint8_t {
  kDone,
  kUnfinished,  ///< Somebody is at it, or crashed: recover_trash() finishes it.
  kDamaged,     ///< No manifest, or a bad one. Never restored or emptied: only people know.
};

/// What of one run is in a batch.
struct TrashedRun {
  std::string trial;  ///< Raw bytes, as the two below.
  std::string run;
  std::string path;         ///< Of the run's directory, relative to the operand; `.` for itself.
  std::uint64_t files = 0;  ///< In the trash now: what was restored or never moved is not counted.
  std::uint64_t bytes = 0;
};

struct TrashedBatch {
  std::string id;
  BatchState state = BatchState::kDamaged;
  std::string trouble;           ///< With kDamaged: what is wrong, one line, printable.
  ManifestHeader header;         ///< Not with kDamaged. A batch expires at its time + what is kept.
  std::vector<TrashedRun> runs;  ///< In the manifest's order; none without files.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// What is in the trash, oldest batch first. Takes no lock and changes nothing. Memory follows the
/// number of runs. Errors: those of listing the trash itself.
[[nodiscard]] Result<std::vector<TrashedBatch>> list_trash(Trash& trash);

/// What became of one object.
enum class TrashResult : std::uint8_t {
  kRestored,
  kRestoredChanged,  ///< Restored, but it was written on while it lay in the trash.
  kDeleted,
  kKept,    ///< Stays in the trash, for the reason in `error`: people must look.
  kFailed,  ///< Stays in the trash, since the system said no.
};

/// One object, as it is dealt with.
struct TrashedFile {
  const std::string& batch;
  const ManifestFile& entry;
  TrashResult result;
  const Error* error;  ///< With kKept and kFailed.
};

/// A batch, or a directory of one, that something is wrong with as a whole.
struct TrashTrouble {
  std::string batch;
  Error error;
};

struct TrashReport {
  std::uint64_t batches = 0;  ///< Dealt with.
  std::uint64_t files = 0;    ///< Restored or deleted.
  std::uint64_t bytes = 0;    ///< Their sizes.
  std::uint64_t kept = 0;     ///< kKept and kFailed.
  std::vector<TrashTrouble> troubles;
};

/// Told of every object; may be empty.
using TrashVisitor = std::function<void(const TrashedFile&)>;

/// Finishes what crashed: called under the TreeLock by every writing command before it starts. In
/// batches without `done`, objects that are not what their manifest says go back to where they came
/// from, or stay as strays where that name is taken; the others stay in the trash. Nothing is
/// deleted but batches that hold no object, and listed directories that are empty because all that
/// was to leave them has. `files` counts what went back.
[[nodiscard]] Result<TrashReport> recover_trash(Trash& trash);

struct RestoreRequest {
  bool all = false;                       ///< Every batch, newest first; else
  std::vector<std::string> batches = {};  ///< these, validated here (kUsage); none: the newest.
};

/// Puts objects back under their old names: same inodes, so the same bytes, modes, owners and
/// times. Missing directories are made again as they were. Never overwrites: where there is
/// something again, the object stays in the trash (kKept). A batch that got empty is removed.
/// Restoring again, also after a crash in the middle, finishes the job. Needs the TreeLock.
///
/// Errors: kNotFound for a batch that does not exist, and where there is none at all; kUsage; those
/// of listing. Whatever goes wrong with one batch (damaged: kFormat; unfinished: kRefused) or with
/// single objects is in the report.
[[nodiscard]] Result<TrashReport> restore_trash(Trash& trash, const RestoreRequest& request,
                                                const TrashVisitor& visitor);

/// Deletes the batches begun before a time (epoch seconds; none: all of them). An object that is
/// not what its manifest says is kept: it was written on since, may be any moment, or is a stray.
/// Damaged and unfinished batches are left alone and in the report. An interrupted emptying is
/// finished by the next one. Needs the TreeLock.
[[nodiscard]] Result<TrashReport> empty_trash(Trash& trash, std::optional<double> begun_before,
                                              const TrashVisitor& visitor);

}  // namespace tfevents::rewrite
