// Trees that change between the plan and the action.
#include "support/fault_sys.hpp"
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::add_three_old;
using test::FaultSys;
using test::kDays;
using test::objects;
using test::PruneWorld;
using test::result_of;
using test::row_of;
using test::RunBuilder;

TEST_CASE("prune: what changed between plan and action stays, and the others go") {
  PruneWorld w;
  add_three_old(w);
  w.run("b/d/validation", 9 * kDays);
  w.touch("b", 8 * kDays);
  PruneReport report = w.plan();
  CHECK(report.count(Action::kRemove) == 3);
  const std::string file = w.event_file_of("b/d/validation");
  std::string why;
  SUBCASE("appended to") {
    w.dir.append("runs/" + file, "x");
    w.touch(file, 9 * kDays);
    why = "skipped: " + file + " changed since the plan was made";
  }
  SUBCASE("touched") {
    w.touch(file, 9 * kDays - 1);
    why = "skipped: " + file + " changed since the plan was made";
  }
  SUBCASE("replaced by another of the same size and time") {
    const std::string bytes = w.read(file);
    REQUIRE(::rename(w.at(file).c_str(), (w.dir / "kept").c_str()) == 0);
    w.file(file, bytes, 9 * kDays);
    why = "skipped: " + file + " changed since the plan was made";
  }
  SUBCASE("a link in its place") {
    REQUIRE(::rename(w.at(file).c_str(), (w.dir / "kept").c_str()) == 0);
    w.dir.make_link("runs/" + file, w.dir / "kept");
    why = "skipped: " + file + " changed since the plan was made";
  }
  SUBCASE("a new event file") {
    w.file("b/d/train/events.out.tfevents.9999999999.x", "", 9 * kDays);
    why = "skipped: b/d/train/events.out.tfevents.9999999999.x has only just appeared";
  }
  SUBCASE("vanished") {
    REQUIRE(::unlink(w.at(file).c_str()) == 0);
    why = "skipped: " + w.at(file) + ": no such file or directory";
  }
  SUBCASE("a directory on the way became a link") {
    REQUIRE(::rename(w.at("b/d").c_str(), (w.dir / "away").c_str()) == 0);
    w.dir.make_link("runs/b/d", w.dir / "away");
    why = "skipped: " + w.at("b/d") + ": is a symbolic link";
  }
  SUBCASE("opened by a process") {
    w.open_in(4711, file);
    why = "skipped: open in process 4711";
  }
  w.touch("b", 8 * kDays);
  const auto before = w.snapshot();
  const Status done = w.apply(report);
  REQUIRE(done.ok());
  CHECK(report.failures.empty());
  CHECK(result_of(report, "a") == "trashed");
  CHECK(result_of(report, "b/c") == "trashed");
  CHECK(result_of(report, "b/d") == why);
  CHECK(objects(w).size() == 2);
  CHECK(w.read(".tfe-trash/journal.jsonl").find(R"("result":"partly")") != std::string::npos);
  CHECK(report.bytes_trashed == row_of(report, "a").bytes + row_of(report, "b/c").bytes);
  CHECK(w.restore().empty());
  CHECK(test::difference(before, w.snapshot()).empty());
}

TEST_CASE("prune: what stays after all keeps what lies above it") {
  PruneWorld w;
  w.rules().older_than_seconds = kDays;
  for (const char* name : {".", "#1", "a", "a/b", "a/b/c", "a/d", "a-b"}) w.run(name, 9 * kDays);
  w.options.allow_empty = true;
  PruneReport report = w.plan();
  CHECK(report.count(Action::kRemove) == 7);
  SUBCASE("along a chain") {
    w.touch(w.event_file_of("a/b/c"), 9 * kDays - 1);
    REQUIRE(w.apply(report).ok());
    CHECK(result_of(report, "a/b") == "skipped: a/b/c below it stays");
    CHECK(result_of(report, "a") == "skipped: a/b/c below it stays");
    CHECK(result_of(report, ".") == "skipped: a/b/c below it stays");
    CHECK(result_of(report, "a/d") == "trashed");
    CHECK(result_of(report, "a-b") == "trashed");
    CHECK(result_of(report, "#1") == "trashed");
  }
  SUBCASE("the operand lies above all, whatever sorts before it") {
    w.touch(w.event_file_of("#1"), 9 * kDays - 1);
    REQUIRE(w.apply(report).ok());
    CHECK(result_of(report, "a") == "trashed");
    CHECK(result_of(report, ".") == "skipped: #1 below it stays");
    CHECK(w.told.back() == ". skipped");
    CHECK(objects(w).size() == 5);
  }
  CHECK(w.restore().empty());
  CHECK(w.plan().count(Action::kRemove) == 7);
}

TEST_CASE("prune: our own temporary files are nobody's event files") {
  PruneWorld w;
  add_three_old(w);
  w.file("a/.tfe-events.out.tfevents.1", "left by a crash", 9 * kDays);
  const PruneReport report = w.prune();
  CHECK(result_of(report, "a") == "trashed");
  CHECK(w.exists("a/.tfe-events.out.tfevents.1"));
}

TEST_CASE("prune: open files are looked for by all names with --what dir") {
  PruneWorld w;
  add_three_old(w);
  w.options.what = rewrite::What::kDirectory;
  w.file("a/model.ckpt", "being read", 9 * kDays);
  PruneReport report = w.plan();
  w.open_in(99, "a/model.ckpt");
  REQUIRE(w.apply(report).ok());
  CHECK(result_of(report, "a") == "skipped: open in process 99");
  CHECK(w.read("a/model.ckpt") == "being read");
}

TEST_CASE("prune: a directory that becomes a link between two trials") {
  PruneWorld w;
  add_three_old(w);
  PruneReport report = w.plan();
  const PruneDoing doing{
      .actor = PruneWorld::actor(), .proc = w.options.proc, .on_row = [&](const PruneRow& row) {
        if (row.trial != "b/d") return;
        REQUIRE(::rename(w.at("b").c_str(), (w.dir / "away").c_str()) == 0);
        w.dir.make_link("runs/b", w.dir / "away");
      }};
  REQUIRE(w.with_context(real_sys(), [&](const OpContext& c) {
             return apply_prune(report, doing, c);
           }).ok());
  CHECK(result_of(report, "b/d") == "trashed");
  CHECK(result_of(report, "b/c") == "skipped: " + w.at("b") + ": is a symbolic link");
  CHECK(std::filesystem::exists(w.dir / "away/c"));
  CHECK(objects(w).size() == 3);  // Of a and b/d.
}

TEST_CASE("prune: a writer that comes back at any moment tears no trial") {
  bool skipped = false;
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    PruneWorld w;
    for (const int part : {1, 2, 3}) {
      w.run("a", 9 * kDays, [&](RunBuilder& r) {
        r.at(w.now - 9 * kDays - 10 + part).version({}).scalar("loss", {{part, 1}});
      });
    }
    w.run("young", kDays);
    w.rules().older_than_seconds = 7 * kDays;
    PruneReport report = w.plan();
    const std::string last = w.at(w.event_file_of("a", 2));
    REQUIRE(row_of(report, "a").files.size() == 3);
    FaultSys sys(real_sys());
    bool written = false;
    sys.act_at(n, [&] {
      const int file = ::open(last.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
      written = file >= 0 && ::write(file, "new", 3) == 3;
      if (file >= 0) ::close(file);
    });
    REQUIRE(w.apply(report, sys).ok());
    CHECK(report.failures.empty());
    if (written) {
      skipped = true;
      CHECK(row_of(report, "a").result == PruneResult::kSkipped);
      CHECK(objects(w).empty());
      CHECK(w.event_file_of("a", 2).size() > 0);
    } else {
      CHECK(result_of(report, "a") == "trashed");
    }
    if (!sys.fired()) break;
  }
  CHECK(skipped);
}

}  // namespace
}  // namespace tfevents::ops
