#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace tfevents {

/// Counts the values from `left` up to `right`.
struct DistributionBucket {
  double left = 0, right = 0, count = 0;
  friend bool operator==(const DistributionBucket&, const DistributionBucket&) = default;
};

/// Shares of the values, in hundredths of a percent, whose value TensorBoard's distributions show:
/// those of a normal distribution at -1.5 … 1.5 deviations, and both ends.
/// Source: tensorboard/plugins/distribution/compressor.py.
inline constexpr std::array<double, 9> kBasisPoints = {0,    668,  1587, 3085, 5000,
                                                       6915, 8413, 9332, 10000};

/// The value below which each of kBasisPoints lies, to the last bit as TensorBoard computes it, its
/// surprises kept: no bucket gives zeros, no count the last right edge everywhere, and empty
/// buckets in front pull the first value to the first left edge. Buckets in ascending order.
[[nodiscard]] std::array<double, kBasisPoints.size()> percentiles_of(
    std::span<const DistributionBucket> buckets);

/// The same counts in `bins` bins of equal width from the first left to the last right edge, as
/// TensorBoard's web page draws one histogram: counts are spread evenly over their bucket, buckets
/// of no width fall into one bin, and those of negative width, or with an edge that is not finite,
/// are left out. Source: tensorboard/webapp/widgets/histogram/histogram_util.ts.
[[nodiscard]] std::vector<DistributionBucket> rebinned(std::span<const DistributionBucket> buckets,
                                                       std::size_t bins);

}  // namespace tfevents
