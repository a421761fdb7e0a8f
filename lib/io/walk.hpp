#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/stop.hpp"
#include "io/sys.hpp"

namespace tfevents {

/// One directory met by a walk.
struct WalkedDirectory {
  std::string relative;                  ///< Path below the root, `.` for the root itself; raw bytes, `/` between parts.
  std::string path;                      ///< root joined with relative, to open it.
  FileId id;
  bool through_symlink = false;          ///< Some part below the root is a symlink.
  std::vector<DirEntry> files;           ///< Entries that are no directories, by name; types resolved (links followed).
};

struct WalkOptions {
  unsigned jobs = 8;                     ///< Directories listed at once.
  /// Directories not entered, by base name (`.tfe-trash`).
  std::function<bool(std::string_view name)> skip;
};

struct WalkResult {
  std::vector<WalkedDirectory> directories;  ///< Natural order of `relative`; each real directory once.
  std::vector<Problem> problems;             ///< Unreadable directories, link loops (rule `unreadable`, `symlink-loop`).
};

/// Walks a tree level by level, symlinks followed, each real directory (device, inode) once, under the name that uses no
/// symlink where there is one, else the least name. One open directory per thread. Errors of entries are problems; a root
/// that cannot be listed is the Error.
Result<WalkResult> walk(Sys& sys, const std::string& root, const WalkOptions& options, const StopFlag& stop);

}  // namespace tfevents
