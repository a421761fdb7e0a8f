#include "ops/series_stats.hpp"

namespace tfevents::ops {

void SeriesStats::fill(SeriesRow& row, bool scalars) const {
  row.points = points_;
  row.nonfinite = nonfinite_;
  row.bytes = bytes_;
  if (points_ == 0) return;
  row.first_step = first_step_;
  row.last_step = last_step_;
  if (!scalars) return;
  row.dtype = mixed_ ? "mixed" : to_string(dtype_);
  row.first = first_;
  row.last = last_;
  if (finite_ == 0) return;
  row.min = min_;
  row.max = max_;
  row.min_step = min_step_;
  row.max_step = max_step_;
  row.mean = (sum_ + compensation_) / static_cast<double>(finite_);
}

}  // namespace tfevents::ops
