#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "base/stop.hpp"
#include "io/sys.hpp"

namespace tfevents {

/// One directory met by a walk. A tree can hold very many: no more than is needed.
struct WalkedDirectory {
  /// Path below the root, `.` for the root itself; raw bytes, `/` between parts. See path_below.
  std::string relative;
  FileId id;
  bool through_symlink = false;  ///< Some part below the root is a symlink.
  /// Wanted entries that are no directories, by bytes of the name; types always there, links
  /// followed (so never kSymlink).
  std::vector<DirEntry> files;
  std::uint64_t other_files = 0;  ///< Entries that are no directories and not wanted.
  bool plain = true;  ///< Its entries are wanted regular files, and nothing else: no links either.
};

struct WalkOptions {
  unsigned jobs = 8;  ///< Directories listed at once.
  /// Directories not entered, by base name (`.tfe-trash`). None: all are entered.
  std::function<bool(std::string_view name)> skip = {};
  /// Files kept in `files`, by base name; the others are only counted. Called from several threads.
  std::function<bool(std::string_view name)> want_file = [](std::string_view name) {
    return name.find("tfevents") != std::string_view::npos;
  };
};

struct WalkResult {
  std::vector<WalkedDirectory>
      directories;  ///< The root, then natural order of `relative`; each real directory once.
  /// By path. Rules:
  /// `unreadable`: a directory (or what a link leads to) that the system refuses: error, lost_data;
  /// `broken-link`: a wanted name that is a link to nothing: warn.
  /// `symlink-loop`: a link to a directory that holds it, or to itself: note.
  /// `duplicate-name`: a further name of a directory: note; names the one kept.
  std::vector<Problem> problems;
};

/// The path of a walked directory, to open it: `root` joined with `relative`.
[[nodiscard]] std::string path_below(const std::string& root, const std::string& relative);

/// Walks a tree level by level, symlinks followed, each real directory (device, inode) once, under
/// the name that uses no symlink where there is one (of several, by bind mounts, the one nearest to
/// the root), else the least name in natural order. The answer is the same for any `jobs`.
///
/// Errors: what the root says when it cannot be listed; kCancelled after `stop`. What goes wrong
/// below the root is a problem; what vanishes meanwhile is as if it had never been.
/// Limits: one open directory per thread, none while waiting. Memory follows the directories and
/// the wanted files. Directories whose path is longer than the system allows are `unreadable`.
Result<WalkResult> walk(Sys& sys, const std::string& root, const WalkOptions& options,
                        const StopFlag& stop);

}  // namespace tfevents
