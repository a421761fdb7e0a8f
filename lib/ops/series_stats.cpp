#include "ops/series_stats.hpp"

#include <cstdlib>

#include "base/number.hpp"

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
  row.first = first_.as(dtype_);
  row.last = last_.as(last_dtype_);
  if (finite_ == 0) return;
  row.min = min_.as(min_dtype_);
  row.max = max_.as(max_dtype_);
  row.min_step = min_step_;
  row.max_step = max_step_;
  const auto count = static_cast<double>(finite_);
  const double mean = (sum_ + compensation_) / count + huge_sum_ / count / kShrink;
  // Of float32 points a mean is a float32 too, and its shortest text is the number: what is shown
  // is what is compared.
  row.mean = dtype_ == DType::kFloat32 && !mixed_
                 ? std::strtod(to_text(static_cast<float>(mean)).c_str(), nullptr)
                 : mean;
}

}  // namespace tfevents::ops
