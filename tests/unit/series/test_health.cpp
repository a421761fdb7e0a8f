// The detectors of lint: one fault each, and healthy curves, with what is to be found.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "series/health.hpp"
#include "unit/series/health_curves.hpp"

namespace tfevents::health {
namespace {

using Curve = std::vector<double>;
using Places = std::vector<std::size_t>;

Curve with(Curve curve, const std::vector<std::pair<std::size_t, double>>& planted) {
  for (const auto& [place, value] : planted) curve[place] = value;
  return curve;
}
Curve from(Curve curve, std::size_t place, double value, double slope = 0) {
  for (std::size_t i = place; i < curve.size(); ++i)
    curve[i] = value + slope * static_cast<double>(i - place);
  return curve;
}
Curve negated(Curve curve) {
  for (double& value : curve) value = -value;
  return curve;
}
const Curve kLoss = test::healthy_loss();
const Curve kAccuracy = test::healthy_accuracy();

// None of the rules about shapes.
void check_healthy(const Curve& curve, Direction direction) {
  CHECK(spikes(curve).empty());
  if (direction == Direction::kMin) CHECK(loss_spikes(curve).empty());
  CHECK_FALSE(lost_ground(curve, direction));
  CHECK_FALSE(stuck_since(curve, direction));
}

std::vector<double> walls_with(const std::vector<std::pair<std::size_t, double>>& longer) {
  std::vector<double> walls{1.7e9};
  for (std::size_t i = 1; i < 120; ++i) walls.push_back(walls.back() + 10);
  for (const auto& [place, seconds] : longer) {
    for (std::size_t i = place + 1; i < walls.size(); ++i) walls[i] += seconds;
  }
  return walls;
}

TEST_CASE("healthy curves, and what only looks ill: nothing") {
  check_healthy(kLoss, Direction::kMin);
  check_healthy(kAccuracy, Direction::kMax);
  check_healthy(with(kLoss, {{5, 30.0}}), Direction::kMin);      // The beginning is wild by nature.
  check_healthy(from(kLoss, 100, 0.23, 0.03), Direction::kMin);  // Overfitting.
  check_healthy(from(kAccuracy, 50, 1.0), Direction::kMax);      // Saturated.
  check_healthy(Curve(60, 0.5), Direction::kMin);                // Constant.
}

TEST_CASE("spike: points that stand apart from all others") {
  CHECK(spikes(with(kLoss, {{70, 9.0}})) == Places{70});
  CHECK(spikes(with(kLoss, {{70, 9.0}, {90, 9.5}})) == Places{70, 90});
  CHECK(spikes(with(kLoss, {{100, 2.0}})).empty());  // No higher than the beginning.
  CHECK(spikes(with(kLoss, {{70, 4.0}})).empty());   // Within 3 spans.
  CHECK(spikes(with(negated(kLoss), {{70, -9.0}})) == Places{70});
  CHECK(spikes(with(kLoss, {{60, 90}, {70, 91}, {80, 92}, {90, 93}})) == Places{60, 70, 80, 90});
  CHECK(spikes(with(kLoss, {{60, 90}, {70, 91}, {80, 92}, {90, 93}, {100, 94}})).empty());
}

TEST_CASE("spike: not in the first tenth, nor in the last three points") {
  for (const std::size_t n : {40U, 100U, 101U, 500U}) {
    CAPTURE(n);
    Curve flat(n);
    for (std::size_t i = 0; i < n; ++i) flat[i] = static_cast<double>(i % 7);
    const std::size_t first = std::max<std::size_t>(10, (n + 9) / 10);
    CHECK(spikes(with(flat, {{first, 99}})) == Places{first});
    CHECK(spikes(with(flat, {{first - 1, 99}})).empty());
    CHECK(spikes(with(flat, {{n - 4, 99}})) == Places{n - 4});
    CHECK(spikes(with(flat, {{n - 3, 99}})).empty());
  }
}

TEST_CASE("loss-spike: far above the points before, and back") {
  CHECK(loss_spikes(with(kLoss, {{70, 9.0}})) == Places{70});
  CHECK(loss_spikes(with(kLoss, {{70, 9.0}, {90, 9.5}})) == Places{70, 90});
  CHECK(loss_spikes(with(kLoss, {{100, 2.0}})) == Places{100});
  CHECK(loss_spikes(with(kLoss, {{70, 4.0}})) == Places{70});
  CHECK(loss_spikes(with(kLoss, {{5, 30.0}})).empty());
  CHECK(loss_spikes(with(kLoss, {{118, 9.0}})) == Places{118});
  CHECK(loss_spikes(with(kLoss, {{118, 9.0}}), false).empty());
  CHECK(loss_spikes(with(kLoss, {{116, 9.0}}), false) == Places{116});
  // What stays up, or comes back too late, is no spike.
  CHECK(loss_spikes(from(kLoss, 80, 9.0)).empty());
  Curve late = kLoss;
  for (std::size_t i = 70; i < 75; ++i) late[i] = 9.0;
  CHECK(loss_spikes(late) == Places{70});
  late[75] = 9.0;
  CHECK(loss_spikes(late) == Places{});
}

TEST_CASE("divergence and collapse: what was won is lost again") {
  const auto diverged = lost_ground(from(kLoss, 90, 0.5, 0.3), Direction::kMin);
  REQUIRE(diverged);
  CHECK(diverged->start == doctest::Approx(2.006695).epsilon(1e-9));
  CHECK(diverged->best == doctest::Approx(0.25719).epsilon(1e-9));
  CHECK(diverged->end == doctest::Approx(8.45).epsilon(1e-9));
  CHECK(diverged->best_at >= 78);
  CHECK(diverged->best_at < 90);
  const auto collapsed = lost_ground(from(kAccuracy, 80, 0.1), Direction::kMax);
  REQUIRE(collapsed);
  CHECK(collapsed->start == doctest::Approx(0.090665).epsilon(1e-9));
  CHECK(collapsed->best == doctest::Approx(0.860915).epsilon(1e-9));
  CHECK(collapsed->end == doctest::Approx(0.1).epsilon(1e-9));
  // Negative values have no twice and no half.
  CHECK_FALSE(lost_ground(with(from(kLoss, 90, 0.5, 0.3), {{3, -0.1}}), Direction::kMin));
}

TEST_CASE("stuck: bit for bit the same, for half of the curve") {
  CHECK(stuck_since(from(kLoss, 50, kLoss[50]), Direction::kMin) == 50);
  CHECK(stuck_since(from(kAccuracy, 50, 0.5), Direction::kMax) == 50);
  CHECK(stuck_since(from(kLoss, 60, 0.125), Direction::kMin) == 60);
  CHECK_FALSE(stuck_since(from(kLoss, 61, 0.125), Direction::kMin));
  CHECK_FALSE(stuck_since(from(kAccuracy, 50, 1.0), Direction::kMax));
  CHECK_FALSE(stuck_since(from(kAccuracy, 50, 100.0), Direction::kMax));
  CHECK_FALSE(stuck_since(from(kLoss, 50, 0.0), Direction::kMin));
  CHECK(stuck_since(from(kAccuracy, 50, 0.0), Direction::kMax) == 50);  // 0 is no good score.
  Curve shortest(19, 0.5);
  shortest.front() = 1;
  CHECK_FALSE(stuck_since(shortest, Direction::kMin));
  shortest.insert(shortest.end(), 2, 0.5);
  CHECK(stuck_since(shortest, Direction::kMin) == 1);
}

TEST_CASE("missing-steps: a few distances apart from all others") {
  std::vector<std::int64_t> steps(120);
  std::iota(steps.begin(), steps.end(), 0);
  CHECK_FALSE(missing_steps(steps));
  for (std::size_t i = 60; i < steps.size(); ++i) steps[i] += 100;
  const auto gaps = missing_steps(steps);
  REQUIRE(gaps);
  CHECK(gaps->count == 1);
  CHECK(gaps->longest == 59);
  CHECK(gaps->usual == 1);
  // 5 times are not more than 5 times.
  std::vector<std::int64_t> five(20);
  std::iota(five.begin(), five.end(), 0);
  for (std::size_t i = 10; i < five.size(); ++i) five[i] += 4;
  CHECK_FALSE(missing_steps(five));
  for (std::size_t i = 10; i < five.size(); ++i) five[i] += 1;
  CHECK(missing_steps(five));
  five.pop_back();
  CHECK_FALSE(missing_steps(five));
}

TEST_CASE("pause: a few breaks, and no cadence") {
  const auto two_hours = pauses(walls_with({{59, 7200}}));
  REQUIRE(two_hours);
  CHECK(two_hours->count == 1);
  CHECK(two_hours->longest == 59);
  CHECK(two_hours->usual == 10);
  CHECK_FALSE(pauses(walls_with({{59, 200}})));
  CHECK(pauses(walls_with({{19, 3600}, {39, 3600}, {59, 3600}}))->count == 3);
  CHECK_FALSE(pauses(walls_with({{19, 3600}, {39, 3600}, {59, 3600}, {79, 3600}, {99, 3600}})));
}

TEST_CASE("silent-tag: ends early, while another goes on") {
  std::vector<double> early, late;
  for (int i = 0; i < 100; ++i) late.push_back(1000.0 + i);
  for (int i = 0; i < 30; ++i) early.push_back(1000.0 + i);
  const Presence run{.points = 130, .first = 1000, .last = 1099};
  const Presence silent = presence(early);
  CHECK(silent.points == 30);
  CHECK(silent.median_gap == 1);
  CHECK(falls_silent(silent, run));
  CHECK_FALSE(falls_silent(silent, run, 31));
  CHECK(goes_on(company(silent, late), run));
  CHECK_FALSE(falls_silent(presence(late), run));
  // It may have had its rhythm: 20 gaps are not over.
  std::vector<double> slow;
  for (int i = 0; i < 10; ++i) slow.push_back(1000.0 + 4 * i);
  CHECK_FALSE(falls_silent(presence(slow), run));
  // Phases: the other one began when this one ended, or ended before the run.
  std::vector<double> phase(late.begin() + 30, late.end());
  CHECK_FALSE(goes_on(company(silent, phase), run));
  std::vector<double> cut(late.begin(), late.begin() + 90);
  CHECK_FALSE(goes_on(company(silent, cut), run));
}

// Three levels, of a fifth, three fifths and a fifth of 100 points, with noise of alternating
// signs.
Curve levels(double start, double best, double end, double noise = 0) {
  Curve curve;
  for (std::size_t i = 0; i < 100; ++i) {
    const double level = i < 20 ? start : i < 80 ? best : end;
    curve.push_back(level + (i % 2 == 0 ? noise : -noise));
  }
  return curve;
}

TEST_CASE("divergence and collapse: each threshold from both sides") {
  CHECK(lost_ground(levels(10, 1, 8.21), Direction::kMin));  // 80 % of what was won.
  CHECK_FALSE(lost_ground(levels(10, 1, 8.19), Direction::kMin));
  CHECK(lost_ground(levels(2.2, 1, 2.01), Direction::kMin));  // Twice the best.
  CHECK_FALSE(lost_ground(levels(2.2, 1, 1.99), Direction::kMin));
  CHECK(lost_ground(levels(10, 1, 9, 0.15), Direction::kMin));  // 20 times the noise.
  CHECK_FALSE(lost_ground(levels(10, 1, 9, 0.25), Direction::kMin));
  CHECK(lost_ground(levels(0.1, 1, 0.27), Direction::kMax));
  CHECK_FALSE(lost_ground(levels(0.1, 1, 0.29), Direction::kMax));
  CHECK(lost_ground(levels(0.45, 1, 0.49), Direction::kMax));
  CHECK_FALSE(lost_ground(levels(0.49, 1, 0.51), Direction::kMax));
  Curve shortest = levels(10, 1, 9);
  shortest.erase(shortest.begin() + 20, shortest.begin() + 81);
  CHECK(shortest.size() == 39);
  CHECK_FALSE(lost_ground(shortest, Direction::kMin));
}

TEST_CASE("pause: ten times the usual distance, and all others") {
  const auto gap_in = [](double usual, double gap) {
    std::vector<double> walls{1e9};
    for (int i = 0; i < 40; ++i) walls.push_back(walls.back() + (i == 20 ? gap : usual));
    return pauses(walls).has_value();
  };
  CHECK(gap_in(40, 401));
  CHECK_FALSE(gap_in(40, 399));
  CHECK(gap_in(1, 301));
  CHECK_FALSE(gap_in(1, 300));
}

TEST_CASE("silent-tag: how much company it takes") {
  const Presence silent{.points = 10, .first = 1000, .last = 1009, .median_gap = 1};
  const Presence run{.points = 99, .first = 1000, .last = 1100};
  const auto company_of = [&](int beside, int after, double last) {
    std::vector<double> walls;
    for (int i = 0; i < beside; ++i) walls.push_back(1000.0 + i % 10);
    for (int i = 1; i < after; ++i) walls.push_back(1010.0 + i);
    walls.push_back(last);
    return goes_on(company(silent, walls), run);
  };
  CHECK(company_of(10, 20, 1100));
  CHECK_FALSE(company_of(9, 20, 1100));
  CHECK_FALSE(company_of(10, 19, 1100));
  CHECK(company_of(10, 20, 1095));
  CHECK_FALSE(company_of(10, 20, 1094));
}

}  // namespace
}  // namespace tfevents::health
