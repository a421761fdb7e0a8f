// The state of a run, its age and times, by the rules of PRODUCT "State".

#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

constexpr double kStart = RunBuilder::kStart;

struct Logged : World {
  explicit Logged(const std::function<void(RunBuilder&)>& fill) { run("a", fill); }
  ops::RunState at(double time) {
    now = time;
    const ops::RunState state = row("a").state;
    CHECK(ls(false).rows[0].state == state);
    return state;
  }
};

const auto kOne = [](std::int64_t) { return 1.0F; };

TEST_CASE("live for five minutes after the last event where events come often") {
  Logged w([](RunBuilder& r) { r.scalars("x", 10, kOne); });
  const double last = kStart + 10;
  CHECK(w.at(last) == ops::RunState::kLive);
  CHECK(w.at(last + 299.9) == ops::RunState::kLive);
  CHECK(w.at(last + 300) == ops::RunState::kIdle);
  CHECK(w.at(last - 1000) == ops::RunState::kLive);  // A clock that is behind.
  CHECK(w.row("a").age_seconds == -1000);
}

TEST_CASE("live for five times the median gap where they come seldom") {
  Logged w([](RunBuilder& r) { r.every(600).scalars("x", 10, kOne); });
  const double last = kStart + 6000;
  CHECK(w.at(last + 2999) == ops::RunState::kLive);
  CHECK(w.at(last + 3000) == ops::RunState::kIdle);
}

TEST_CASE("the median is that of the last 256 events") {
  // An hour between events at first, then 300 events a second apart.
  Logged w([](RunBuilder& r) {
    r.every(3600).scalars("x", 1000, kOne).every(1).scalars("y", 300, kOne);
  });
  const double last = *w.row("a").last_time;
  CHECK(w.at(last + 299) == ops::RunState::kLive);
  CHECK(w.at(last + 301) == ops::RunState::kIdle);
  Logged slow(
      [](RunBuilder& r) { r.scalars("x", 1000, kOne).every(3600).scalars("y", 300, kOne); });
  CHECK(slow.at(*slow.row("a").last_time + 5 * 3600 - 1) == ops::RunState::kLive);
}

TEST_CASE("one event alone has no gap") {
  Logged w([](RunBuilder& r) { r.version({}).scalar("x", {{1, 1}}); });
  CHECK(w.at(kStart + 299) == ops::RunState::kLive);
  CHECK(w.at(kStart + 301) == ops::RunState::kIdle);
}

TEST_CASE("done by SessionLog STOP, unless events go on for more than five minutes behind it") {
  for (const double after : {1.0, 300.0, 301.0}) {
    CAPTURE(after);
    Logged w([&](RunBuilder& r) {
      r.scalars("x", 3, kOne)
          .session(SessionStatus::kStop)
          .at(kStart + 4 + after)
          .scalar("x", {{9, 1}});
    });
    CHECK(w.at(kStart + 1e6) == (after <= 300 ? ops::RunState::kDone : ops::RunState::kIdle));
    CHECK(w.at(kStart + 10) == ops::RunState::kLive);  // A fresh run is live, whatever it says.
  }
  Logged started([](RunBuilder& r) { r.session(SessionStatus::kStart).scalars("x", 3, kOne); });
  CHECK(started.at(kStart + 1e6) == ops::RunState::kIdle);
}

TEST_CASE("done by the hparams' session end, but not in a sub-run of add_hparams") {
  const auto end = [](RunBuilder& r) {
    r.hparams("_hparams_/session_end_info", "\x22\x02\x08\x01");
  };
  Logged w([&](RunBuilder& r) {
    end(r.hparams("_hparams_/session_start_info", "").scalars("x", 3, kOne));
  });
  CHECK(w.at(kStart + 1e6) == ops::RunState::kDone);
  Logged sub([&](RunBuilder& r) {
    r.hparams("_hparams_/experiment", "").hparams("_hparams_/session_start_info", "");
    end(r);
    r.scalar("score", {{0, 1}});
  });
  CHECK(sub.at(kStart + 1e6) == ops::RunState::kIdle);
  // Written at the start (Lightning, torch), the job went on for an hour.
  Logged early([&](RunBuilder& r) {
    end(r);
    r.every(60).scalars("x", 60, kOne);
  });
  CHECK(early.at(kStart + 1e6) == ops::RunState::kIdle);
}

TEST_CASE("empty without a series, whatever else there is") {
  Logged w([](RunBuilder&) {});
  CHECK(w.at(kStart + 1e6) == ops::RunState::kEmpty);
  CHECK(w.at(kStart + 1) == ops::RunState::kLive);
  Logged stopped([](RunBuilder& r) { r.session(SessionStatus::kStop); });
  CHECK(stopped.at(kStart + 1e6) == ops::RunState::kDone);
}

TEST_CASE("times that are none: NaN, infinite, 0 and below") {
  Logged w([](RunBuilder& r) {
    r.scalar("x", {{1, 1}, {2, 2}});
    for (const double wall : {kNan, kInf, -kInf, 0.0, -5.0, -kStart})
      r.with([&](EventWriter& out, double) { out.scalar({3, wall}, "x", 3); });
  });
  const ops::LsRow row = w.row("a");
  CHECK(row.first_time == kStart);
  CHECK(row.last_time == kStart + 2);
  CHECK(row.duration_seconds == 2);
  CHECK(row.age_seconds == w.now - (kStart + 2));
  CHECK(w.at(kStart + 200) == ops::RunState::kLive);
  CHECK(w.at(kStart + 400) == ops::RunState::kIdle);
}

TEST_CASE("without any time the age is that of the newest file, and nothing is live") {
  World w;
  const std::string file = event_file([](RunBuilder& r) {
    r.version({}).with([](EventWriter& out, double) { out.scalar({1, 0}, "x", 1); });
  });
  w.memory.file("/logs/a/1.tfevents", file, 5000).file("/logs/a/2.tfevents", file, 7000);
  w.now = 7100;
  const ops::LsRow row = w.row("a");
  CHECK_FALSE(row.first_time);
  CHECK_FALSE(row.last_time);
  CHECK_FALSE(row.duration_seconds);
  CHECK(row.age_seconds == 100);
  CHECK(row.state == ops::RunState::kIdle);
}

TEST_CASE("the filters on activity") {
  World w;
  w.run("old", [](RunBuilder& r) { r.at(kStart).scalar("x", {{1, 1}}); });
  w.run("new", [](RunBuilder& r) { r.at(kStart + 5000).scalar("x", {{1, 1}}); });
  w.now = kStart + 5100;
  const auto names = [&] {
    std::string all;
    for (const ops::LsRow& row : w.ls().rows) all += row.run + " ";
    const Dumped dumped = w.dump(View::kRaw);
    std::string dumped_names;
    for (const PointRow& point : dumped.points) dumped_names += point.run + " ";
    CHECK(all == dumped_names);
    w.select.view = View::kClean;
    CHECK(w.dump().points.size() == dumped.points.size());
    ops::DumpOptions records;
    std::size_t count = 0;
    for (const RecordCopy& record : w.records().records) count += record.event == "summary";
    CHECK(count == dumped.points.size());
    CHECK(w.ls().outcome.matched_nothing == all.empty());
    return all;
  };
  w.select.live = true;
  CHECK(names() == "new ");
  w.select = {};
  w.select.finished = true;
  CHECK(names() == "old ");
  w.select = {};
  w.select.active_since = kStart + 5001;
  CHECK(names() == "new ");
  w.select.active_until = kStart + 5000;
  CHECK(names().empty());
  w.select.active_since.reset();
  CHECK(names() == "old ");
}

}  // namespace
}  // namespace tfevents::test
