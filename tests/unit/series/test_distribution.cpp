#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "series/distribution.hpp"
#include "support/numbers.hpp"
#include "unit/series/distribution_cases.hpp"

namespace tfevents {
namespace {

using test::kInf;

double sum_of(const std::vector<DistributionBucket>& buckets) {
  return std::accumulate(
      buckets.begin(), buckets.end(), 0.0,
      [](double sum, const DistributionBucket& bucket) { return sum + bucket.count; });
}

TEST_CASE("percentiles: what TensorBoard's compressor gives, to the last bit") {
  for (const auto& one : test::compressed_cases()) {
    CAPTURE(one.name);
    const auto values = percentiles_of(one.buckets);
    for (std::size_t i = 0; i < values.size(); ++i) {
      CAPTURE(kBasisPoints[i]);
      CHECK(values[i] == one.values[i]);
    }
  }
}

TEST_CASE("percentiles of hostile buckets end") {
  const double nan = std::nan("");
  const std::vector<DistributionBucket> buckets = {
      {-kInf, 0, 1}, {0, nan, nan}, {3, 1, -5}, {1, kInf, 1e308}};
  (void)percentiles_of(buckets);
  CHECK(rebinned(buckets, 30).empty());
}

TEST_CASE("rebinned: counts are spread evenly, and none is lost") {
  const std::vector<DistributionBucket> buckets = {{0, 1, 4}, {1, 4, 6}};
  const auto bins = rebinned(buckets, 4);
  REQUIRE(bins.size() == 4);
  CHECK(bins[0] == DistributionBucket{0, 1, 4});
  CHECK(bins[3] == DistributionBucket{3, 4, 2});
  CHECK(sum_of(bins) == doctest::Approx(10));
}

TEST_CASE("rebinned: a bucket of no width falls into one bin, behind an edge into the next") {
  const std::vector<DistributionBucket> buckets = {{0, 0, 1}, {2, 2, 5}, {4, 4, 2}};
  const auto bins = rebinned(buckets, 4);
  CHECK(bins[0].count == 1);
  CHECK(bins[2].count == 5);
  CHECK(bins[3].count == 2);
}

TEST_CASE("rebinned: one value alone gets a range around it, as in TensorBoard") {
  const std::vector<DistributionBucket> buckets = {{10, 10, 3}};
  const auto bins = rebinned(buckets, 30);
  REQUIRE(bins.size() == 30);
  CHECK(bins.front().left == 10 / 1.1 - 1);
  CHECK(bins.back().right == 10 * 1.1 + 1);
  CHECK(sum_of(bins) == 3);
}

TEST_CASE("rebinned: negative width is left out, the greatest doubles do not overflow") {
  constexpr double kMost = std::numeric_limits<double>::max();
  const std::vector<DistributionBucket> buckets = {{-kMost, 0, 2}, {5, 1, 100}, {0, kMost, 2}};
  const auto bins = rebinned(buckets, 10);
  REQUIRE(bins.size() == 10);
  for (const DistributionBucket& bin : bins) {
    CHECK(std::isfinite(bin.left));
    CHECK(bin.count >= 0);
  }
  CHECK(rebinned({}, 10).empty());
  CHECK(rebinned(buckets, 0).empty());
}

}  // namespace
}  // namespace tfevents
