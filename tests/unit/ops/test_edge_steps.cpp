// FORMAT section 12, rows 26 to 40, 64 to 66, 75 and 76: steps, times, restarts. The table of rows
// stands in test_edge_files.cpp.
#include <cmath>
#include <limits>

#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

/// A run `a` of the given files; all points are of `loss`.
struct Run1 : World {
  explicit Run1(const std::function<void(RunBuilder&)>& fill) { run("a", fill); }
  Steps clean(const std::string& tag = "loss") { return steps_of(dump(View::kClean).points, tag); }
  Steps raw(const std::string& tag = "loss") { return steps_of(dump(View::kRaw).points, tag); }
  ops::Dropped dropped() {
    const auto all = dump(View::kClean).outcome().dropped;
    REQUIRE(all.size() == 1);
    CHECK(ls().outcome.dropped.at(0).duplicates == all[0].duplicates);
    CHECK(ls(false).outcome.dropped.at(0).restart == all[0].restart);
    return all[0];
  }
};

TEST_CASE("12 #26: two writers at once, clean shows the second file's points") {
  Run1 w([](RunBuilder& r) {
    r.scalars("loss", 100, kStep);
    r.next_file().scalars("loss", 100, [](std::int64_t i) { return static_cast<float>(i) + 1000; });
  });
  CHECK(w.raw().size() == 200);
  CHECK(values_of(w.dump(View::kClean).points, "loss").front() == 1000);
  CHECK(w.clean().size() == 100);
  CHECK(w.dropped().restart == 100);
}

TEST_CASE("12 #27: without a version the purge stays per tag") {
  Run1 w([](RunBuilder& r) {
    r.version({}).scalar("loss", {{1, 1}, {2, 2}, {3, 3}}).scalar("acc", {{1, 1}, {2, 2}});
  });
  CHECK(w.clean() == Steps{1, 2, 3});
  CHECK(w.clean("acc") == Steps{1, 2});
  CHECK(w.dump(View::kClean).outcome().dropped.empty());
}

TEST_CASE("12 #28, #29: any version, and several") {
  Run1 w([](RunBuilder& r) {
    r.version("brain.Event:1").scalar("loss", {{1, 1}, {5, 5}});
    r.next_file().version("garbage").scalar("loss", {{3, 3}});
  });
  CHECK(w.clean() == Steps{1, 3});
  CHECK(w.dump(View::kClean).outcome().problems.empty());
}

TEST_CASE("12 #30: a restart without START drops what it repeats") {
  Run1 w([](RunBuilder& r) {
    r.scalar("loss", {{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}}).scalar("loss", {{2, 20}, {3, 30}});
  });
  CHECK(w.clean() == Steps{1, 2, 3});
  CHECK(values_of(w.dump(View::kClean).points, "loss") == std::vector<double>{1, 20, 30});
  CHECK(w.raw() == Steps{1, 2, 3, 4, 5, 2, 3});
  CHECK(w.dropped().restart == 4);
  CHECK(w.series("a", "loss").dropped == 4);
}

TEST_CASE("12 #31, #33: START plays no part") {
  Run1 w([](RunBuilder& r) {
    r.scalar("loss", {{1, 1}, {2, 2}, {3, 3}, {4, 4}}).session(SessionStatus::kStart, 3);
    r.scalar("loss", {{3, 30}});
  });
  CHECK(w.clean() == Steps{1, 2, 3});
}

TEST_CASE("12 #32: a second START without data behind it removes nothing") {
  Run1 w([](RunBuilder& r) {
    r.session(SessionStatus::kStart, 0).scalar("loss", {{1, 1}, {2, 2}, {3, 3}});
    r.session(SessionStatus::kStart, 0);
  });
  CHECK(w.clean() == Steps{1, 2, 3});
}

TEST_CASE("12 #34: of equal steps the last stays") {
  Run1 w([](RunBuilder& r) { r.scalar("loss", {{1, 1}, {2, 2}, {2, 20}, {2, 200}, {3, 3}}); });
  CHECK(values_of(w.dump(View::kClean).points, "loss") == std::vector<double>{1, 200, 3});
  CHECK(w.raw().size() == 5);
  CHECK(w.dropped().duplicates == 2);
  CHECK(w.dropped().restart == 0);
  CHECK(w.series("a", "loss").duplicates == 2);
}

TEST_CASE("12 #35: every point at step 0 leaves one, and the row says so") {
  Run1 w([](RunBuilder& r) { r.scalar("loss", {{0, 1}, {0, 2}, {0, 3}}).scalar("x", {{7, 1}}); });
  CHECK(values_of(w.dump(View::kClean).points, "loss") == std::vector<double>{3});
  CHECK(w.row("a").all_one_step);
  CHECK(w.raw().size() == 3);
  Run1 other([](RunBuilder& r) {
    r.scalar("loss", {{0, 1}}).scalar("x", {{0, 1}, {0, 1}, {1, 1}});
  });
  CHECK_FALSE(other.row("a").all_one_step);
}

TEST_CASE("12 #36, #37: steps of the whole range") {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  Run1 w([](RunBuilder& r) {
    r.scalar("loss", {{kMin, 1}, {-5, 2}, {0, 3}, {std::int64_t{1} << 33, 4}, {kMax, 5}});
    r.scalar("least", {{kMin, 1}, {kMin, 2}}).scalar("greatest", {{kMax, 1}, {kMin, 2}});
  });
  CHECK(w.clean() == Steps{kMin, -5, 0, std::int64_t{1} << 33, kMax});
  CHECK(values_of(w.dump(View::kClean).points, "least") == std::vector<double>{2});
  CHECK(values_of(w.dump(View::kClean).points, "greatest") == std::vector<double>{2});
  CHECK(w.row("a").last_step == kMax);
  w.select.first_step = kMin;
  w.select.last_step = -1;
  CHECK(w.raw() == Steps{kMin, -5});
}

TEST_CASE("12 #38, #39: a wall time that is no time, the point is kept and purges by its step") {
  for (const double wall : {kNan, kInf, -kInf}) {
    Run1 w([&](RunBuilder& r) {
      r.scalar("loss", {{1, 1}, {2, 2}});
      r.with([&](EventWriter& out, double) { out.scalar({2, wall}, "loss", 20); });
      r.scalar("loss", {{3, 3}});
    });
    CHECK(w.raw() == Steps{1, 2, 2, 3});
    CHECK(values_of(w.dump(View::kClean).points, "loss") == std::vector<double>{1, 20, 3});
    CHECK(w.row("a").first_time == RunBuilder::kStart);
    CHECK(w.row("a").last_time == RunBuilder::kStart + 4);
    CHECK(w.dump(View::kRaw).outcome().complete);
    // No time lies within any range.
    w.select.first_wall = 0;
    w.select.last_wall = 1e12;
    CHECK(w.raw() == Steps{1, 2, 3});
  }
}

TEST_CASE("12 #40: values that are no numbers are kept, counted, and neither least nor greatest") {
  constexpr float kBad = std::numeric_limits<float>::quiet_NaN();
  Run1 w([](RunBuilder& r) {
    r.scalar("loss", {{0, kBad}, {1, 2}, {2, std::numeric_limits<float>::infinity()}, {3, -4}});
    r.scalar("loss", {{4, -std::numeric_limits<float>::infinity()}, {5, kBad}});
    r.scalar("bad", {{0, kBad}, {1, kBad}});
  });
  CHECK(w.clean() == Steps{0, 1, 2, 3, 4, 5});
  const ops::SeriesRow loss = w.series("a", "loss");
  CHECK(loss.nonfinite == 4);
  CHECK(loss.min->f32 == -4);
  CHECK(loss.max->f32 == 2);
  CHECK(loss.max_step == 1);
  CHECK(std::isnan(loss.first->f32));
  CHECK(std::isnan(loss.last->f32));
  CHECK(loss.mean == -1);
  const ops::SeriesRow bad = w.series("a", "bad");
  CHECK_FALSE(bad.min);
  CHECK_FALSE(bad.mean);
  CHECK(w.row("a").nonfinite == 6);
  CHECK(w.ls(false).rows[0].nonfinite == 6);
}

TEST_CASE("12 #64, #65: two images, or graphs, at a step: both in raw, the last in clean") {
  Run1 w([](RunBuilder& r) {
    r.image("img", 1, "first").image("img", 1, "second, longer");
    r.graph("g").graph("graph");
  });
  const auto raw = w.dump(View::kRaw).points, clean = w.dump(View::kClean).points;
  CHECK(steps_of(raw, "img") == Steps{1, 1});
  CHECK(steps_of(clean, "img") == Steps{1});
  CHECK(clean.at(0).bytes == raw.at(1).bytes);
  CHECK(steps_of(raw, "__run_graph__", "graphs") == Steps{0, 0});
  CHECK(steps_of(clean, "__run_graph__") == Steps{0});
  CHECK(clean.at(1).bytes == 5);
}

TEST_CASE("12 #66: run metadata under the tag of a scalar stays apart") {
  Run1 w([](RunBuilder& r) {
    r.scalar("step1", {{5, 1}, {6, 2}});
    r.with([](EventWriter& out, double wall) { out.run_metadata({1, wall}, "step1", "metadata"); });
    r.scalar("step1", {{7, 3}});
  });
  CHECK(steps_of(w.dump(View::kClean).points, "step1", "scalars") == Steps{5, 6, 7});
  CHECK(steps_of(w.dump(View::kClean).points, "step1", "run_metadata") == Steps{1});
  CHECK(w.row("a").tags == 2);
}

TEST_CASE("12 #75: a restart over two files is one run's restart") {
  Run1 w([](RunBuilder& r) {
    r.scalars("loss", 10, kStep).next_file().scalar("loss", {{7, 70}, {8, 80}, {9, 90}, {10, 100}});
  });
  CHECK(w.clean() == Steps{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(w.dropped().restart == 3);
}

TEST_CASE("12 #76: a million points are all read") {
  Run1 w([](RunBuilder& r) { r.scalars("loss", 1'000'000, kStep); });
  CHECK(w.series("a", "loss").points == 1'000'000);
  CHECK(w.series("a", "loss").mean == 499'999.5);
}

}  // namespace
}  // namespace tfevents::test
