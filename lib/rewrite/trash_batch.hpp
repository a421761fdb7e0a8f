#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "io/directory.hpp"
#include "rewrite/manifest.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/trash_files.hpp"
#include "rewrite/trash_walk.hpp"

namespace tfevents::rewrite {

/// What became of one planned file.
enum class MoveResult : std::uint8_t {
  kMoved,
  kChanged,   ///< It is not what was planned any more, so it stays; or a link leads to it now.
  kVanished,  ///< There is no such file any more.
  kStray,     ///< Another file took its place in the last moment, and that one's name is taken now:
              ///< it lies in the trash (`restore` brings it back). Must be said loudly.
  kFailed,    ///< The system said no; the file stays, or lies in the trash under its number.
};

struct MoveOutcome {
  MoveResult result = MoveResult::kFailed;
  std::optional<Error> error;  ///< With kFailed and kStray.
};

/// One act's way into the trash: everything is announced, then moved, one by one.
///
/// ```
/// TFEVENTS_TRY(auto batch, Batch::begin(trash, now, policy));
/// for (…) batch->add(directory), batch->add(file);   // numbers are given from 1, in this order
/// TFEVENTS_CHECK(batch->seal());                      // nothing moves before this
/// for (…) batch->move(number, file);                  // trial by trial
/// batch->remove_emptied(directories_of_the_trial);
/// TFEVENTS_CHECK(batch->finish());
/// ```
/// Without `seal` the end of its life removes it; without `finish` recover_trash() does the rest.
/// Needs the TreeLock. Not thread-safe. Keeps nothing a file in memory.
class Batch {
 public:
  /// `now`: epoch seconds. Errors: kRefused for a time that no id can say; kIo.
  static Result<std::unique_ptr<Batch>> begin(Trash& trash, double now, std::string policy);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  ~Batch();

  /// `20261123-030001`.
  [[nodiscard]] const std::string& id() const noexcept { return id_; }

  /// Errors: kRefused for paths that no restore would take (is_manifest_path()) and for types that
  /// do not fit; kLimit; kIo.
  Status add(const PlannedDirectory& directory);
  /// Returns its number. Errors as above.
  Result<std::uint64_t> add(const PlannedFile& file);
  /// Everything announced is on the disk behind this. Errors: kIo.
  Status seal();

  /// Moves a file that was added with this number, if it still is what was planned.
  MoveOutcome move(std::uint64_t number, const PlannedFile& file);

  /// Removes those of the directories that are the same ones and empty now, deepest first, never
  /// the operand. Call it after the files in them. Returns the number removed, and what went wrong
  /// (that one is not empty is no trouble).
  struct Emptied {
    std::uint64_t removed = 0;
    std::vector<Error> errors;
  };
  Emptied remove_emptied(std::span<const PlannedDirectory> directories);

  /// Files and bytes that were moved so far.
  [[nodiscard]] std::uint64_t files() const noexcept { return files_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  /// Writes `done`. A batch that nothing was moved to is removed. Errors: kIo; what lies in the
  /// trash stays there, and recover_trash() finishes.
  Status finish();

 private:
  Batch(Trash& trash, std::unique_ptr<Directory> directory, std::string id)
      : trash_(&trash),
        directory_(std::move(directory)),
        id_(std::move(id)),
        walk_(trash.operand()) {}
  Status write(const ManifestLine& line);
  Status flush();
  Status start_manifest(double now, std::string policy);
  MoveOutcome arrived(std::uint64_t number, const PlannedFile& file, Directory& from,
                      const std::string& name);
  MoveOutcome give_back(std::uint64_t number, const PlannedFile& file, const EntryInfo& found,
                        Directory& from, const std::string& name);

  Trash* trash_;
  std::unique_ptr<Directory> directory_;
  std::string id_;
  TrashWalk walk_;
  std::optional<LineFile> manifest_;
  std::string buffer_;
  ManifestSeal added_;
  std::uint64_t last_number_ = 0;
  std::optional<Error> failed_;  ///< The manifest could not be written: nothing may move.
  bool sealed_ = false;
  bool unsettled_ = false;  ///< Something lies in the batch that the manifest does not know.
  std::uint64_t strays_ = 0;
  std::uint64_t removed_ = 0;  ///< Directories.
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace tfevents::rewrite
