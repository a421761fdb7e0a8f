#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "series/call.hpp"

namespace tfevents::health {

// What may be wrong with a curve, told from its points alone: the detectors of `lint`. Each is a
// pure function over one series, and says nothing where there are too few points.
//
// `values` are the finite points of the clean view in step order. The thresholds were chosen on
// 8,757 curves of real jobs, of which all five rules about shapes together flag 2.1 %.

/// Indices of points that stand apart from all others: at most 4 of them, all above or all below
/// the rest by more than 3 times the span of the rest. Not in the first tenth (10 points at least),
/// and not in the last 3: a curve that is still being drawn may go on from there. Ascending.
[[nodiscard]] std::vector<std::size_t> spikes(std::span<const double> values);

/// Indices of points at which a loss jumps far above its last 32 points and is back, half of the
/// way at least, within 5 points. For series that are better when low. `settled` false leaves the
/// last 3 points out.
[[nodiscard]] std::vector<std::size_t> loss_spikes(std::span<const double> values,
                                                   bool settled = true);

/// Medians of blocks of a twentieth of the series: its first, its best, its last.
struct Levels {
  double start = 0;
  double best = 0;
  double end = 0;
  std::size_t best_at = 0;  ///< Index in the middle of the best block.
};

/// A series of no negative value that had improved and has lost at least 80 % of that since, ending
/// at more than twice its best (less than half of it where high is better), by more than 20 times
/// the noise between neighbours. kMin: a loss diverged; kMax: a score collapsed.
[[nodiscard]] std::optional<Levels> lost_ground(std::span<const double> values,
                                                Direction direction);

/// Index from which on all values are the same bits: half of the series, and 20 points. Nothing for
/// a series that never changes, nor for one that ends at its best and at 0, 1 or 100.
[[nodiscard]] std::optional<std::size_t> stuck_since(std::span<const double> values,
                                                     Direction direction);

/// Spread of the differences between neighbours, as the standard deviation of a single point:
/// 1.4826 * median|d| / sqrt 2. 0 below two points.
[[nodiscard]] double noise(std::span<const double> values);

/// Distances that stand apart from all others.
struct Gaps {
  std::size_t count = 0;    ///< How many, 1 to 3.
  std::size_t longest = 0;  ///< Index of the point in front of the greatest (the first of equals).
  double usual = 0;         ///< The median of all distances.
};

/// True when a distance between steps is more than 5 times the `next` smaller one, and than 1.
[[nodiscard]] bool is_gap(std::uint64_t distance, std::uint64_t next) noexcept;
/// Steps that are missing: at most 3 distances of more than 5 times all others. `steps` ascend.
[[nodiscard]] std::optional<Gaps> missing_steps(std::span<const std::int64_t> steps);

/// Breaks: at most 3 distances in time of more than 5 minutes, and of more than 10 times all others
/// and the median. `walls`: epoch seconds in step order; times that go back, and what is not
/// finite, count as no distance.
[[nodiscard]] std::optional<Gaps> pauses(std::span<const double> walls);

/// When the points of a series were written. Times in epoch seconds.
struct Presence {
  std::uint64_t points = 0;  ///< With a finite time.
  double first = 0, last = 0;
  double median_gap = 0;  ///< Seconds between neighbours.
};
[[nodiscard]] Presence presence(std::span<const double> walls);

/// True when a series ends in the first half of its run, and 20 of its own gaps before the run's
/// end at least: it fell silent, if another one `goes_on`. `least` points are asked for.
[[nodiscard]] bool falls_silent(const Presence& series, const Presence& run,
                                std::uint64_t least = 10) noexcept;

/// How another series stands to one that ends early.
struct Company {
  std::uint64_t beside = 0;  ///< Points while that one was written.
  std::uint64_t after = 0;   ///< Points behind its end.
  double last = 0;           ///< Time of the last of all.
};
[[nodiscard]] Company company(const Presence& silent, std::span<const double> walls);
/// True when it was written beside the silent one and far beyond it, to the end of the run.
[[nodiscard]] bool goes_on(const Company& other, const Presence& run) noexcept;

}  // namespace tfevents::health
