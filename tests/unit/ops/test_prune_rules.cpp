// What prune decides of real trees: each rule once, with all that reads the trials for it. How
// rules play together is tests/unit/rewrite/test_policy*.cpp.
#include <limits>

#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::condition;
using test::kDays;
using test::kHours;
using test::Lines;
using test::PruneWorld;
using test::row_of;
using test::RunBuilder;
using test::tree_pattern;

TEST_CASE("prune: --older-than, at its limit") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.run("b", 7 * kDays);
  w.run("c", 7 * kDays + 1);
  w.rules().older_than_seconds = 7 * kDays;
  CHECK(w.lines() ==
        Lines{"a remove: older-than", "b keep: not-nominated", "c remove: older-than"});
  const PruneReport report = w.plan();
  CHECK(report.count(Action::kRemove) == 2);
  CHECK(report.rows[0].age_seconds == 9 * kDays);
  CHECK(report.rows[0].last_event_time == w.now - 9 * kDays);
  CHECK(report.rows[0].mtime_time == w.now - 9 * kDays);
  CHECK(report.rows[0].path == w.operand + "/a");
  CHECK(report.rows[0].bytes == std::filesystem::file_size(w.at(w.event_file_of("a"))));
  CHECK(report.bytes_to_go() == 2 * report.rows[0].bytes);
  CHECK(report.rows[1].files.empty());
  CHECK(report.freed_time() == w.now + 7 * kDays);
  CHECK_FALSE(report.refusal);
  CHECK_FALSE(w.exists(".tfe-trash"));
}

TEST_CASE("prune: folder names and times of directories and of other files count for nothing") {
  PruneWorld w;
  w.run("20200101-000000", 1 * kDays);
  w.run("b", 9 * kDays);
  w.file("b/notes.txt", "new", 60);
  w.touch("b", 60);
  w.touch("20200101-000000", 90 * kDays);
  w.rules().older_than_seconds = 7 * kDays;
  CHECK(w.removed() == "b");
  // With --what dir every file below counts.
  w.options.what = rewrite::What::kDirectory;
  CHECK(w.lines() == Lines{"20200101-000000 keep: not-nominated", "b keep: file-changed"});
  w.touch("b/notes.txt", 8 * kDays);
  CHECK(w.removed() == "b");
  CHECK(row_of(w.plan(), "b").age_seconds == 8 * kDays);
}

TEST_CASE("prune: --age") {
  PruneWorld w;
  w.run("copied", 30 * kDays);
  w.touch(w.event_file_of("copied"), 2 * kDays);
  w.run("copied-now", 30 * kDays);
  w.touch(w.event_file_of("copied-now"), 60);
  w.run("other", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  CHECK(w.lines() == Lines{"copied keep: file-changed", "copied-now keep: file-changed",
                           "other keep: not-nominated"});
  CHECK(row_of(w.plan(), "copied").age_seconds == 2 * kDays);
  w.rules().age_by_event = true;
  CHECK(w.removed() == "copied");
  CHECK(row_of(w.plan(), "copied").age_seconds == 30 * kDays);
  CHECK(row_of(w.plan(), "copied-now").decision.reasons[0].rule == rewrite::Rule::kFileChanged);
}

TEST_CASE("prune: the newest file and the last event of all members count") {
  PruneWorld w;
  w.run("job/train", 9 * kDays);
  w.run("job/validation", 8 * kDays);
  w.run("other", kDays);
  w.rules().older_than_seconds = 8 * kDays + 1;
  CHECK(w.removed().empty());
  w.rules().older_than_seconds = 8 * kDays - 1;
  CHECK(w.removed() == "job");
  w.touch(w.event_file_of("job/train"), 6 * kDays);
  CHECK(w.removed().empty());
}

TEST_CASE("prune: --min-steps") {
  PruneWorld w;
  const auto steps = [](std::int64_t last) {
    return [last](RunBuilder& r) { r.scalar("loss", {{0, 1}, {last, 1}}); };
  };
  w.run("short", 9 * kDays, steps(99));
  w.run("long", 9 * kDays, steps(100));
  w.run("young", 1200, steps(1));
  w.run("nothing", 9 * kDays, [](RunBuilder&) {});
  w.run("job/train", 9 * kDays, steps(5));
  w.run("job/validation", 9 * kDays, steps(500));
  w.rules().min_steps = 100;
  CHECK(w.lines() == Lines{"job keep: not-nominated", "long keep: not-nominated",
                           "nothing keep: not-nominated", "short remove: min-steps#99",
                           "young keep: recent"});
}

TEST_CASE("prune: --empty") {
  PruneWorld w;
  w.run("empty", 2 * kDays, [](RunBuilder&) {});
  w.run("young", 23 * kHours, [](RunBuilder&) {});
  w.run("text", 2 * kDays, [](RunBuilder& r) { r.text("note", 0, "x"); });
  w.run("full", 2 * kDays);
  w.run("bare", 2 * kDays, [](RunBuilder& r) { r.version({}); });
  w.rules().empty = true;
  CHECK(w.removed() == "bare empty");
}

TEST_CASE("prune: --max-size takes the oldest first, after the trash") {
  PruneWorld w;
  for (int i = 0; i < 4; ++i) w.run("r" + std::to_string(i), (10 - i) * kDays);
  w.file("r0/model.ckpt", "0123456789", kDays);
  const std::uint64_t each = std::filesystem::file_size(w.at(w.event_file_of("r0")));
  w.rules().max_bytes = 2 * each;
  CHECK(w.lines() == Lines{"r0 remove: max-size#1", "r1 remove: max-size#2",
                           "r2 keep: not-nominated", "r3 keep: not-nominated"});
  w.rules().max_bytes = 4 * each;
  CHECK(w.removed().empty());
  w.options.what = rewrite::What::kDirectory;  // The checkpoint counts, and makes r0 the youngest.
  CHECK(w.removed() == "r1");
  w.rules().max_bytes = 4 * each + 10;
  CHECK(w.removed().empty());

  w.options.what = rewrite::What::kEvents;
  w.rules().max_bytes = 3 * each;
  w.prune();
  CHECK(w.plan().trash_bytes == each);
  CHECK(w.plan().batches_to_empty == 1);
  CHECK(w.removed().empty());
  w.rules().max_bytes = 2 * each;
  CHECK(w.plan().batches_to_empty == 1);
  CHECK(w.removed() == "r1");
  w.rules().max_bytes = 4 * each;
  CHECK(w.plan().batches_to_empty == 0);
}

TEST_CASE("prune: --remove-if") {
  PruneWorld w;
  w.metric("bad", 9 * kDays, "loss", std::numeric_limits<float>::quiet_NaN());
  w.metric("good", 9 * kDays, "loss", 1);
  w.metric("young", 1200, "loss", std::numeric_limits<float>::quiet_NaN());
  w.metric("other", 9 * kDays, "accuracy", 1);
  w.options.remove_if = condition("nan(loss) > 0");
  CHECK(w.lines() == Lines{"bad remove: remove-if=nan(loss) > 0", "good keep: not-nominated",
                           "other keep: not-nominated", "young keep: recent"});
  CHECK(w.plan().warnings.empty());
  // What no trial has is no reason to remove anything, nor to stop.
  w.options.remove_if = condition("nan(lss) > 0");
  CHECK(w.removed().empty());
  const PruneReport report = w.plan();
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0] == "--remove-if: no tag lss in any trial; did you mean loss?");
}

TEST_CASE("prune: --keep-last, --keep-within, --keep and --keep-if") {
  PruneWorld w;
  for (int i = 1; i <= 5; ++i) {
    w.run("r" + std::to_string(i), i * kDays, [&](RunBuilder& r) {
      r.scalar("loss", {{0, 1}, {10, static_cast<float>(i)}});
    });
  }
  SUBCASE("last") {
    w.rules().keep_last = 2;
    CHECK(w.removed() == "r3 r4 r5");
  }
  SUBCASE("within") {
    w.rules().keep_within_seconds = 2 * kDays;
    CHECK(w.removed() == "r4 r5");
  }
  SUBCASE("patterns") {
    w.options.keep = {tree_pattern("r[12]"), tree_pattern("r5")};
    CHECK(w.lines() == Lines{"r1 keep: keep=r[12]", "r2 keep: keep=r[12]", "r3 remove: not-kept",
                             "r4 remove: not-kept", "r5 keep: keep=r5"});
    w.options.keep.push_back(tree_pattern("x*"));
    REQUIRE(w.plan().warnings.size() == 1);
    CHECK(w.plan().warnings[0] == "--keep: no trial matches 'x*'");
  }
  SUBCASE("conditions") {
    w.options.keep_if = {condition("last(loss) > 4"), condition("last(loss) = 1")};
    CHECK(w.removed() == "r2 r3 r4");
    CHECK(row_of(w.plan(), "r5").decision.reasons[0].text == "last(loss) > 4");
  }
  SUBCASE("beside a nomination") {
    w.rules().keep_last = 1;
    w.rules().older_than_seconds = 3 * kDays;
    CHECK(w.removed() == "r4 r5");
  }
}

TEST_CASE("prune: --keep-best by the direction of its name, or as told") {
  PruneWorld w;
  for (int i = 1; i <= 4; ++i) {
    w.run("r" + std::to_string(i), i * kDays, [&](RunBuilder& r) {
      r.scalar("val/accuracy", {{0, static_cast<float>(i)}})
          .scalar("x", {{0, static_cast<float>(1 - i)}});
    });
  }
  const auto best = [&](std::string metric) {
    w.options.keep_best = {{.count = 1, .metric = std::move(metric)}};
    return w.removed();
  };
  CHECK(best("val/accuracy") == "r1 r2 r3");
  CHECK(best("min(val/accuracy)") == "r2 r3 r4");
  CHECK(best("max(x)") == "r2 r3 r4");
  CHECK(best("min(x)") == "r1 r2 r3");
  w.options.keep_best.push_back({.count = 1, .metric = "val/accuracy"});
  w.options.keep_best.push_back({.count = 2, .metric = "max(x)"});
  CHECK(w.removed() == "r3");
  // A name that says no direction is a mistake of the request.
  w.options.keep_best = {{.count = 1, .metric = "x"}};
  CHECK(w.refusal().code == ErrorCode::kUsage);
  CHECK(w.refusal().hint == "write N:max(x) or N:min(x)");
}

TEST_CASE("prune: groups of --by") {
  PruneWorld w;
  const auto job = [&](const std::string& name, double age, const char* optimizer) {
    w.run(name, age, [&](RunBuilder& r) {
      test::with_hparams(r, {{"optimizer", std::string(optimizer)}});
      r.scalar("loss", {{0, 1}});
    });
  };
  job("vision/a", 2 * kDays, "adam");
  job("vision/b", 3 * kDays, "sgd");
  job("text/c", 4 * kDays, "adam");
  job("text/d", 5 * kDays, "sgd");
  w.rules().keep_last = 1;
  CHECK(w.removed() == "text/c text/d vision/b");
  w.options.by = "none";
  CHECK(w.removed() == "text/c text/d vision/b");
  w.options.by = "parent";
  CHECK(w.removed() == "text/d vision/b");
  CHECK(std::get<std::string>(row_of(w.plan(), "text/c").group) == "text");
  w.options.by = "hp.optimizer";
  CHECK(w.removed() == "text/c text/d");
  CHECK(std::get<std::string>(row_of(w.plan(), "text/d").group) == "sgd");
  w.options.layout = Layout::parse("{project}/{run}").value();
  w.options.by = "project";
  CHECK(w.removed() == "text/d vision/b");
  w.options.by = "layout.project";
  CHECK(w.removed() == "text/d vision/b");
  w.options.by = "hp.optimiser";
  const Error unknown = w.refusal();
  CHECK(unknown.code == ErrorCode::kUsage);
}

TEST_CASE("prune: live, recent and open trials stay, and say so") {
  PruneWorld w;
  w.run("recent", kHours - 60);
  w.run("slow", 3 * kHours, [&](RunBuilder& r) {
    r.at(w.now - 6 * kHours).every(kHours).scalar("loss", {{0, 1}, {1, 1}, {2, 1}});
  });
  w.run("open", 9 * kDays);
  w.run("old", 9 * kDays);
  w.open_in(4711, w.event_file_of("open"));
  w.rules().older_than_seconds = 60;
  const PruneReport report = w.plan();
  CHECK(PruneWorld::lines_of(report) == Lines{"old remove: older-than", "open keep: open#4711",
                                              "recent keep: recent", "slow keep: live"});
  CHECK(row_of(report, "slow").live);
  CHECK(row_of(report, "open").open_files == rewrite::OpenFiles::kSeen);
  CHECK(row_of(report, "old").open_files == rewrite::OpenFiles::kNone);
  CHECK(w.removed() == "old");
}

TEST_CASE("prune: where open files are not visible, recent is at least a day") {
  PruneWorld w;
  w.run("a", 23 * kHours);
  w.run("b", 25 * kHours);
  w.run("c", 1200);
  w.rules().older_than_seconds = 2 * kHours;
  CHECK(w.removed() == "a b");
  w.options.proc = w.dir / "nothing";
  CHECK(w.lines() == Lines{"a keep: not-visible", "b remove: older-than", "c keep: recent"});
  CHECK(row_of(w.plan(), "b").open_files == rewrite::OpenFiles::kNotVisible);
}

TEST_CASE("prune: what lies in the future, or has no time at all, is unknown and stays") {
  PruneWorld w;
  w.run("event", -5 * kDays);
  w.touch(w.event_file_of("event"), 9 * kDays);
  w.run("file", 9 * kDays);
  w.touch(w.event_file_of("file"), -3600);
  w.run("none", 9 * kDays, [](RunBuilder& r) { r.version({}); });
  w.touch(w.event_file_of("none"), w.now);
  w.run("old", 9 * kDays);
  w.rules().older_than_seconds = kDays;
  CHECK(w.lines() == Lines{"event skip: future live", "file skip: future", "none skip: no-time",
                           "old remove: older-than"});
  w.clock = std::numeric_limits<double>::quiet_NaN();
  CHECK(w.removed().empty());
}

}  // namespace
}  // namespace tfevents::ops
