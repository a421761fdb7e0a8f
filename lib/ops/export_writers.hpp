#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ops/export.hpp"

namespace tfevents::ops {

// Writers that keep the points of a run, and give them in another order to the next one.

/// A point that is kept.
struct KeptPoint {
  std::int64_t step = 0;
  double wall_time = 0;
  Scalar value = {};
  SeriesId series = kNoId;

  void give(PointWriter& next) const { next.on_scalar(series, step, wall_time, value); }
};

/// Gives points sorted by `keys`, equal ones in the order of the records.
[[nodiscard]] std::unique_ptr<PointWriter> sorted_points(std::vector<SortKey> keys,
                                                         std::unique_ptr<PointWriter> next);

/// What wide tables count, of all runs.
struct WideCounts {
  std::atomic<std::uint64_t> overridden{0}, late{0};
};

/// Gives a row for each step of the run, in order of step. A cell without a point
/// is empty. `columns` is in natural order; it and `counts` must outlive the writer.
[[nodiscard]] std::unique_ptr<PointWriter> wide_points(const std::vector<std::string>& columns,
                                                       std::unique_ptr<RowWriter> next,
                                                       WideCounts& counts);

}  // namespace tfevents::ops
