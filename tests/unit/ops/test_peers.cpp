// The traps that other tools fall into: damage, a restart, NaN, odd files in a tree. Each through
// ls, dump and fsck.
#include <cmath>
#include <limits>

#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

/// 1,000 points of `val/accuracy`, value = step / 1000, and a wound.
struct Damage1000 : World {
  std::string file = event_file([](RunBuilder& r) {
    r.scalars("val/accuracy", 1000, [](std::int64_t i) { return static_cast<float>(i) / 1000; });
  });
  std::vector<std::size_t> at = record_offsets(file);

  void check(const std::string& wounded, std::size_t points, std::uint64_t damage) {
    memory.file("/logs/a/events.out.tfevents.1.h", wounded);
    for (const View view : {View::kRaw, View::kClean}) {
      const Dumped dumped = dump(view);
      CHECK(dumped.points.size() == points);
      CHECK(dumped.outcome().complete == (damage == 0));
      for (const PointRow& point : dumped.points) {
        CHECK(point.value.f32 == static_cast<float>(point.step) / 1000);
        CHECK(point.wall == RunBuilder::kStart + 1 + static_cast<double>(point.step));
      }
      CHECK(series("a", "val/accuracy").points == points);
    }
    CHECK(row("a").damage == damage);
    CHECK(fsck().records_lost == damage);
    CHECK(fsck().records == points + 1);
  }
};

TEST_CASE("one damaged record of a thousand costs one point, and no false one is shown") {
  Damage1000 w;
  const std::size_t record = w.at[500];
  SUBCASE("a bit of a wall time") {
    w.check(flip_byte(w.file, record + 12 + 5, 1), 999, 1);
  }
  SUBCASE("a bit of a value") {
    w.check(flip_byte(w.file, w.at[501] - 6, 0x40), 999, 1);
  }
  SUBCASE("a great length") {
    w.check(flip_byte(w.file, record + 5, 1), 999, 1);
  }
  SUBCASE("a small length") {
    w.check(flip_byte(w.file, record, 1), 999, 1);
  }
  SUBCASE("cut within record 700") {
    w.check(truncate_to(w.file, w.at[700] + 20), 699, 0);
  }
}

TEST_CASE("a restart: 150 points and 40 dropped, 190 in the raw view") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("train/loss", 100, [](std::int64_t i) { return 2 - static_cast<float>(i) / 100; });
    std::vector<StepValue> again;
    for (std::int64_t i = 60; i < 150; ++i) again.push_back({i, 1});
    r.next_file().scalar("train/loss", again);
  });
  const Dumped clean = w.dump(View::kClean);
  CHECK(clean.points.size() == 150);
  REQUIRE(clean.outcome().dropped.size() == 1);
  CHECK(clean.outcome().dropped[0].restart == 40);
  CHECK(clean.outcome().dropped[0].duplicates == 0);
  for (std::size_t i = 0; i < clean.points.size(); ++i)
    CHECK(clean.points[i].step == static_cast<std::int64_t>(i));
  const ops::SeriesRow series = w.series("a", "train/loss");
  CHECK(series.points == 150);
  CHECK(series.dropped == 40);
  CHECK(series.first_step == 0);
  CHECK(series.last_step == 149);
  CHECK(w.dump(View::kRaw).points.size() == 190);
  CHECK(w.series("a", "train/loss").points == 190);
  CHECK(w.findings().empty());
}

TEST_CASE("NaN is boring: counted, never least or greatest, and other rows do not suffer") {
  World w;
  for (int seed = 0; seed < 5; ++seed) {
    w.run("seed" + std::to_string(seed), [&](RunBuilder& r) {
      r.scalars("train/loss", seed == 3 ? 90 : 100, [&](std::int64_t i) {
        return seed == 2 && i == 69 ? std::numeric_limits<float>::quiet_NaN()
                                    : static_cast<float>(100 - i);
      });
    });
  }
  const ops::LsReport report = w.ls();
  REQUIRE(report.rows.size() == 5);
  CHECK(report.rows[2].nonfinite == 1);
  CHECK(report.rows[2].series[0].points == 100);
  CHECK(report.rows[2].series[0].min->f32 == 1);
  CHECK(report.rows[3].last_step == 89);
  CHECK(report.rows[4].series[0].points == 100);
  CHECK(w.dump(View::kClean).points.size() == 490);
}

TEST_CASE("odd files do not stop a tree") {
  World w;
  w.memory.file("/logs/0empty/events.out.tfevents.1.h", "");
  w.memory.file("/logs/1lfs/events.out.tfevents.1.h",
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  w.run("2header", [](RunBuilder&) {});
  w.run("3audio", [](RunBuilder& r) { r.audio("clip", 1, std::string(5000, 'R')); });
  w.run("4tag", [](RunBuilder& r) { r.scalar("", {{1, 1}}); });
  w.run("5good", [](RunBuilder& r) { r.scalar("x", {{1, 1}}); });
  const ops::LsReport report = w.ls();
  REQUIRE(report.rows.size() == 6);
  CHECK(report.rows[0].state == ops::RunState::kEmpty);
  CHECK(report.rows[1].damage == 1);
  CHECK(report.rows[2].tags == 0);
  CHECK(report.rows[3].series[0].kind == "audio");
  CHECK(report.rows[4].series[0].tag.empty());
  CHECK(report.rows[5].last_step == 1);
  CHECK_FALSE(report.outcome.complete);  // The pointer.
  CHECK(w.dump(View::kClean).points.size() == 3);
  CHECK(w.fsck().errors == 1);
  CHECK(w.fsck().notes == 1);
}

}  // namespace
}  // namespace tfevents::test
