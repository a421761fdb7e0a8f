// The detectors of lint on what nobody logs on purpose.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "series/health.hpp"

namespace tfevents::health {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr std::int64_t kLeastStep = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatestStep = std::numeric_limits<std::int64_t>::max();

// The rule as it is written down, without any short cut.
std::vector<std::size_t> slow_spikes(const std::vector<double>& y) {
  const std::size_t n = y.size();
  if (n < 40) return {};
  std::vector<std::size_t> best;
  for (const double sign : {1.0, -1.0}) {
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return sign * y[a] > sign * y[b]; });
    for (std::size_t m = 1; m <= 4; ++m) {
      const double apart = sign * (y[order[m - 1]] - y[order[m]]);
      const double rest = sign * (y[order[m]] - y[order[n - 1]]);
      bool placed = true;
      for (std::size_t i = 0; i < m; ++i) {
        const auto at = static_cast<double>(order[i]);
        placed = placed && at >= 10 && at >= 0.1 * static_cast<double>(n) && order[i] + 3 < n;
      }
      if (!(apart > 3 * rest && rest > 0 && placed)) continue;
      best.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(m));
      std::sort(best.begin(), best.end());
    }
  }
  return best;
}

TEST_CASE("spikes of random curves are those of the rule as it is written down") {
  std::mt19937_64 random(7);
  std::size_t found = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> y(30 + random() % 300);
    for (double& value : y) value = static_cast<double>(random() % 10);
    for (std::size_t planted = random() % 6; planted > 0; --planted)
      y[random() % y.size()] =
          (random() % 2 == 0 ? 1.0 : -1.0) * static_cast<double>(random() % 200);
    CAPTURE(round);
    const auto seen = spikes(y);
    CHECK(seen == slow_spikes(y));
    found += seen.empty() ? 0U : 1U;
  }
  CHECK(found > 100);
}

TEST_CASE("nothing of nothing, and of too little") {
  for (std::size_t n = 0; n < 20; ++n) {
    std::vector<double> y(n, 0.5);
    if (n > 0) y.back() = 1e30;
    CHECK(spikes(y).empty());
    CHECK(loss_spikes(y).empty());
    CHECK(loss_spikes(y, false).empty());
    CHECK_FALSE(lost_ground(y, Direction::kMin));
    CHECK_FALSE(stuck_since(y, Direction::kMax));
    CHECK_FALSE(missing_steps(std::vector<std::int64_t>(n, 3)));
    CHECK_FALSE(pauses(y));
    CHECK(noise(y) >= 0);
  }
  CHECK(presence({}).points == 0);
}

TEST_CASE("the ends of what a double and a step can be") {
  std::vector<double> y(200);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = i % 2 == 0 ? kMost : -kMost;
  CHECK(spikes(y).empty());
  CHECK(loss_spikes(y).empty());
  CHECK_FALSE(lost_ground(y, Direction::kMin));
  CHECK_FALSE(pauses(y));
  for (double& value : y) value = 0;
  y[100] = kMost;
  CHECK(spikes(y).empty());  // All others are the same: there is no span to compare with.
  std::vector<std::int64_t> steps(50);
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = kLeastStep + static_cast<std::int64_t>(i);
  steps.back() = kGreatestStep;
  const auto gaps = missing_steps(steps);
  REQUIRE(gaps);
  CHECK(gaps->longest == 48);
  CHECK(gaps->count == 1);
}

TEST_CASE("times that are none, or go back, are no distance") {
  std::vector<double> walls;
  for (int i = 0; i < 100; ++i) walls.push_back(1e9 + i);
  walls[50] = std::numeric_limits<double>::quiet_NaN();
  walls[60] = std::numeric_limits<double>::infinity();
  walls[70] = -std::numeric_limits<double>::infinity();
  walls[80] = 1e9 - 5000;  // Back, and forth again: one long distance.
  const auto gaps = pauses(walls);
  REQUIRE(gaps);
  CHECK(gaps->longest == 80);
  CHECK(gaps->count == 1);
  walls[80] = 1e9 + 80;
  CHECK_FALSE(pauses(walls));
  CHECK(presence(walls).points == 97);
}

TEST_CASE("a curve of a million points takes no more than a glance") {
  std::vector<double> y(1'000'000);
  std::mt19937_64 random(3);
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = 1.0 + static_cast<double>(random() % 1000) / 1000 + (i % 40 == 39 ? 1e6 : 0);
  CHECK(spikes(y).empty());
  CHECK(loss_spikes(y).size() < y.size());
  CHECK_FALSE(lost_ground(y, Direction::kMin));
}

}  // namespace
}  // namespace tfevents::health
