#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/glob.hpp"

namespace tfevents {

/// Which points of a series count. See PRODUCT "Views".
enum class View : std::uint8_t { kClean, kRaw };

/// `clean` or `raw`.
inline const char* to_string(View view) noexcept {
  return view == View::kClean ? "clean" : "raw";
}

/// What a person selected, parsed but not yet looked up: the shared selection options of every
/// command.
struct Selection {
  /// Paths, run names or `-`, as typed. Empty: the log directory itself.
  std::vector<std::string> operands;
  /// `-C`, else $TFEVENTS_LOGDIR, else `.`: where names that are no paths are looked up.
  std::string logdir = ".";

  // Runs. A run is selected when it matches any of `runs` (or there is none) and none of `exclude`,
  // and passes the filters.
  std::vector<Pattern> runs;
  std::vector<Pattern> exclude;
  std::optional<double> active_since;  ///< Last activity at or after this epoch time (--newer-than,
                                       ///< --since; the later wins).
  std::optional<double>
      active_until;   ///< Last activity at or before it (--older-than, --until; the earlier wins).
  bool live = false;  ///< --live
  bool finished = false;  ///< --finished: not live.
  /// A run's activity is its last event, or the last change of an event file where that is later.
  bool counts_changes = false;  // --age newest

  // Points.
  std::vector<Pattern> tags;
  std::vector<std::string>
      kinds;  ///< --kind; names of PRODUCT "Kinds" or a plugin's name. Empty: all.
  std::optional<std::int64_t> first_step, last_step;  ///< --steps A:B, both ends inclusive.
  std::optional<double> first_wall, last_wall;        ///< --wall A..B, both ends inclusive.
  std::optional<std::uint64_t> last;  ///< --last N, per series (per file with --records).

  View view = View::kClean;
  std::uint64_t max_series = 1'000'000;  ///< --max-series, a run.

  [[nodiscard]] bool filters_activity() const noexcept {
    return active_since || active_until || live || finished;
  }
  /// True when points are chosen by step or wall time, so that none may be left.
  [[nodiscard]] bool filters_points() const noexcept {
    return first_step || last_step || first_wall || last_wall;
  }
  [[nodiscard]] bool selects_points() const noexcept {
    return !tags.empty() || !kinds.empty() || first_step || last_step || first_wall || last_wall ||
           last;
  }
};

}  // namespace tfevents
