#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "io/source.hpp"
#include "logdir/tag_table.hpp"

namespace tfevents {

/// Where a series goes back: all points before the `ordinal`-th of the series with a step >= `step`
/// are superseded.
struct Cut {
  std::uint64_t ordinal = 0;
  std::int64_t step = 0;
};

/// The cut points of one run: for each series whose step decreases, a stack of cuts with growing
/// ordinals and steps.
///
/// A point survives iff every later point of its series has a greater step. Between two cuts steps
/// only grow, and a cut is forgotten when a later one has a smaller or equal step, so the first cut
/// behind a point is the least step behind it. Memory: 16 bytes a cut up to about 1 MiB a run;
/// beyond that their older parts move to a temporary file. Not thread-safe.
class CutPoints {
 public:
  explicit CutPoints(std::string temp_directory) : temp_directory_(std::move(temp_directory)) {}

  /// Pass 1: the `ordinal`-th point (from 0) of a series has a smaller step than the one before.
  Status add(SeriesId series, Cut cut);

  [[nodiscard]] bool empty() const noexcept { return stacks_.empty(); }
  [[nodiscard]] bool has(SeriesId series) const { return stacks_.contains(series); }
  [[nodiscard]] std::size_t series_count() const noexcept { return stacks_.size(); }

  /// Pass 2: walks the cuts of one series as its points come by, in order.
  class Cursor {
   public:
    /// True when the point survives all cuts behind it. Ordinals must grow from call to call.
    Result<bool> survives(std::uint64_t ordinal, std::int64_t step);

   private:
    friend class CutPoints;
    const CutPoints* points_ = nullptr;
    SeriesId series_ = kNoId;
    std::size_t segment_ =
        0;  // The part that `loaded_` is of; behind all segments: the part in memory.
    std::size_t at_ = 0;
    std::vector<Cut> loaded_;
    bool fresh_ = true;
  };
  [[nodiscard]] Cursor cursor(SeriesId series) const;

 private:
  static constexpr std::size_t kInMemory = 64 * 1024;  // Cuts of all series together: 1 MiB.
  static constexpr std::size_t kSegment = 1024;        // Cuts that are read back at once: 16 KiB.

  /// A part of a stack in the temporary file.
  struct Segment {
    std::uint64_t offset = 0;
    std::uint32_t cuts = 0;
  };
  struct Stack {
    std::vector<Segment> segments;  // Older cuts.
    std::vector<Cut> top;           // Newer ones.
  };

  Status spill();
  Result<std::vector<Cut>> load(const Segment& segment) const;

  std::string temp_directory_;
  std::unordered_map<SeriesId, Stack> stacks_;
  std::size_t in_memory_ = 0;
  std::size_t spill_above_ = kInMemory;
  std::unique_ptr<SpoolFile> file_;
};

}  // namespace tfevents
