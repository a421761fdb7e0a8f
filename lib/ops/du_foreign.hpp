#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "base/stop.hpp"
#include "io/sys.hpp"
#include "logdir/run.hpp"

namespace tfevents::ops {

/// How many files, and how much they hold.
struct FileSum {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// Regular files, each counted once, however many names it has. Memory: 24 bytes a file.
class FileCensus {
 public:
  void add(const FileInfo& file) { files_.push_back({file.id, file.size}); }
  /// Takes over what another one has found.
  void add(const FileCensus& other);
  [[nodiscard]] FileSum sum();

 private:
  struct File {
    FileId id;
    std::uint64_t size;
  };
  std::vector<File> files_;
};

/// What lies beside the event files of one run.
struct ForeignFiles {
  FileCensus census;
  std::vector<Problem> problems;  ///< Files whose size cannot be had; the first ones.
};

/// Finds the regular files in a run's directory and below that are no event files. Those of runs
/// further below are theirs, and what this program has made (`.tfe-*`) is nobody's. No link is
/// followed and no other file system entered. Directories that cannot be read are left out: whoever
/// found the runs has said so.
[[nodiscard]] ForeignFiles find_foreign(const Run& run, Sys& sys, const StopFlag& stop);

/// The same walk for who wants to know which files: `below` is the path below the run's directory.
/// Returns the problems. A file with several names is given under each of them.
[[nodiscard]] std::vector<Problem> visit_foreign(
    const Run& run, Sys& sys, const StopFlag& stop,
    const std::function<void(std::string_view below, const FileInfo& file)>& on_file);

/// What is in the trash of a directory, `.tfe-trash`.
struct TrashSum {
  std::uint64_t batches = 0;
  FileSum files;
  std::vector<Problem> problems;  ///< What cannot be read.
};

/// Sums up the trash of `directory`; zeros where it has none. No link is followed, not even in
/// place of the trash, and no other file system entered.
[[nodiscard]] TrashSum measure_trash(const std::string& directory, Sys& sys, const StopFlag& stop);

}  // namespace tfevents::ops
