#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "base/stop.hpp"
#include "io/sys.hpp"
#include "logdir/selection.hpp"

namespace tfevents {

/// One event file of a run, as the directory walk saw it. A tree can hold very many: no more than
/// is needed.
struct EventFile {
  std::string name;  ///< Base name.
  FileId id;
  std::uint64_t size = 0;     ///< Bytes.
  std::int64_t mtime_ns = 0;  ///< Nanoseconds since the epoch.
};

/// A directory that directly holds event files; or one file, or standard input, named as an
/// operand.
struct Run {
  std::string name;   ///< Machine name, raw bytes: relative to the operand, `.` for the operand
                      ///< itself, `-` for stdin.
  std::string shown;  ///< What people read where that is another name: never `.` alone. Else empty.
  std::string path;   ///< Directory (or file) as it was reached.
  std::vector<EventFile> files = {};  ///< In reading order: bytes of the name.
  bool is_file = false;               ///< `path` is the one file itself.
  bool bare = false;  ///< Its directory holds these files and nothing else; no link leads there.
  bool standard_input = false;

  /// The name that people read.
  [[nodiscard]] const std::string& people_name() const noexcept {
    return shown.empty() ? name : shown;
  }
  /// A file of the run as people would type it: below the operand as given.
  [[nodiscard]] std::string path_of(std::size_t file) const {
    return is_file || standard_input ? path : join_path(path, files[file].name);
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept {
    std::uint64_t sum = 0;
    for (const EventFile& file : files) sum += file.size;
    return sum;
  }
};

/// The runs below the operands.
struct Discovery {
  std::vector<Run> runs;              ///< Natural order of the name, ties by bytes.
  std::vector<std::string> operands;  ///< As read: the log directory where none was given.
  std::vector<Problem> problems;      ///< Unreadable directories, loops, odd files.
  std::uint64_t runs_seen = 0;        ///< Before `-r` and `-x`.
  std::vector<std::string>
      names_seen;  ///< Shown names before `-r` and `-x` (the first 4,096), for suggestions.
  /// Where a condition has left no run: what to say, and a hint that may be empty.
  std::string nothing_left = {}, nothing_hint = {};
};

/// Finds the runs of a selection: operands (paths, run names below the log directory, files, `-`),
/// `-r` and `-x`. Errors: an operand that does not exist (with the nearest name) or cannot be read;
/// kUsage for an `-r` or `-x` that is neither a pattern nor the name of a run.
Result<Discovery> discover(const Selection& select, Sys& sys, unsigned jobs, const StopFlag& stop);

}  // namespace tfevents
