#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/stop.hpp"
#include "io/directory.hpp"
#include "logdir/run.hpp"
#include "rewrite/manifest.hpp"

namespace tfevents::rewrite {

/// How much of a run goes.
enum class What : std::uint8_t {
  kEvents,     ///< Event files and TensorBoard's own plugin data.
  kDirectory,  ///< Everything in the run's directory.
};
[[nodiscard]] const char* to_string(What what) noexcept;  // events, dir

/// What there is of a trial, seen through directory handles: what its removal would move, and what
/// it would leave.
struct Inventory {
  std::vector<PlannedFile> files;  ///< That go. Paths are relative to the operand.
  /// All directories that may be empty then, those above the runs too; parents first. Of runs that
  /// are bare they were not looked at: inode 0.
  std::vector<PlannedDirectory> directories;
  std::uint64_t bytes = 0;               ///< Of `files`.
  std::optional<std::int64_t> mtime_ns;  ///< Newest of the files that count for the age.
  /// Files that are neither event files nor plugin data: they stay with kEvents, and go with
  /// kDirectory.
  std::uint64_t foreign_files = 0;
  std::uint64_t foreign_bytes = 0;
  std::vector<std::string> foreign_names;  ///< The three largest, relative to the trial's runs.
  /// Directories with foreign files that could not be looked into; their sizes are not known.
  std::vector<Error> unseen;
  /// Why the trial must not be touched: one line, with the path. Empty: it may.
  std::string trouble;
  bool other_device = false;  ///< The trouble is that devices are not crossed.
};

/// Takes stock of trials of one operand. Not thread-safe.
class InventoryTaker {
 public:
  /// `runs`: all runs below the operand, by name, whether they are to go or not: directories of
  /// other trials are no part of this one.
  InventoryTaker(Directory& operand, What what, const std::vector<Run>& runs);
  ~InventoryTaker();

  /// Of a run that is bare all is known already: its files as they were found, before they were
  /// read. Whoever moves them looks at each again.
  ///
  /// The inventory of the trial that consists of these runs (indices into `runs`). What the system
  /// refuses, a link where a directory or an event file should be, another device, and event files
  /// that are not those that were read are `trouble`. Errors: kCancelled.
  Result<Inventory> take(const std::string& trial, const std::vector<std::size_t>& members,
                         const StopFlag& stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tfevents::rewrite
