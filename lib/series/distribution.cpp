#include "series/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace tfevents {

std::array<double, kBasisPoints.size()> percentiles_of(
    std::span<const DistributionBucket> buckets) {
  std::array<double, kBasisPoints.size()> values{};
  if (buckets.empty()) return values;
  const double least = buckets.front().left, greatest = buckets.back().right;
  double total = 0;
  for (const DistributionBucket& bucket : buckets) total += bucket.count;
  const double divisor = total == 0 ? 1 : total;
  // NumPy scales the counts first, then sums them one by one.
  std::vector<double> weights;
  weights.reserve(buckets.size());
  double sum = 0;
  for (const DistributionBucket& bucket : buckets)
    weights.push_back(sum += bucket.count * kBasisPoints.back() / divisor);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double point = kBasisPoints[k];
    auto i = static_cast<std::size_t>(std::upper_bound(weights.begin(), weights.end(), point) -
                                      weights.begin());
    const auto before = [&] { return i == 0 ? 0.0 : weights[i - 1]; };
    while (i < weights.size() && weights[i] == before()) ++i;
    if (i >= weights.size()) {
      values[k] = greatest;
      continue;
    }
    const double left =
        i == 0 || weights[i - 1] == 0 ? least : std::max(buckets[i - 1].right, least);
    const double right = std::min(buckets[i].right, greatest);
    values[k] = left + (point - before()) * (right - left) / (weights[i] - before());
  }
  return values;
}

std::vector<DistributionBucket> rebinned(std::span<const DistributionBucket> buckets,
                                         std::size_t bins) {
  std::vector<DistributionBucket> out;
  if (buckets.empty() || bins == 0) return out;
  double left = buckets.front().left, right = buckets.back().right;
  if (!std::isfinite(left) || !std::isfinite(right) || left > right) return out;
  if (left == right) {
    right = right * 1.1 + 1;
    left = left / 1.1 - 1;
  }
  const double width = right / static_cast<double>(bins) - left / static_cast<double>(bins);
  const auto edge = [&](std::size_t i) {
    return std::lerp(left, right, static_cast<double>(i) / static_cast<double>(bins));
  };
  for (std::size_t i = 0; i < bins; ++i) out.push_back({edge(i), edge(i + 1), 0});
  const auto bin_of = [&](double x) {
    // Halves, so that no difference is infinite.
    const double place = (x / 2 - left / 2) / (width / 2);
    if (!(place > 0)) return std::size_t{0};
    return std::min(static_cast<std::size_t>(std::min(place, static_cast<double>(bins))), bins - 1);
  };
  for (const DistributionBucket& bucket : buckets) {
    if (!std::isfinite(bucket.left) || !std::isfinite(bucket.right) || bucket.left > bucket.right)
      continue;
    if (bucket.left == bucket.right) {
      out[bin_of(bucket.left)].count += bucket.count;
      continue;
    }
    for (std::size_t i = bin_of(bucket.left); i < bins && out[i].left < bucket.right; ++i) {
      const double overlap =
          std::min(out[i].right, bucket.right) - std::max(out[i].left, bucket.left);
      if (overlap > 0) out[i].count += bucket.count * (overlap / (bucket.right - bucket.left));
    }
  }
  return out;
}

}  // namespace tfevents
