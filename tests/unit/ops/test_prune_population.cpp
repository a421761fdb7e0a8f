// Which runs a prune takes for one trial, and what lies beside and below.
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::kDays;
using test::Lines;
using test::PruneWorld;
using test::row_of;
using test::RunBuilder;
using test::tree_pattern;

std::vector<std::string> paths_of(const PruneRow& row) {
  std::vector<std::string> paths;
  for (const rewrite::PlannedFile& file : row.files) paths.push_back(file.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::string> directories_of(const PruneRow& row) {
  std::vector<std::string> paths;
  for (const rewrite::PlannedDirectory& directory : row.directories)
    paths.push_back(directory.path);
  return paths;
}

TEST_CASE("prune: trials of several runs go and stay whole") {
  PruneWorld w;
  w.run("keras/train", 9 * kDays);
  w.run("keras/validation", 9 * kDays);
  w.run("torch", 9 * kDays);
  w.run("torch/1700000000.5", 9 * kDays, [](RunBuilder& r) {
    r.hparams(std::string(kHparamsExperimentTag), "");
    test::with_hparams(r, {{"lr", 0.1}});
  });
  w.run("scalars", 9 * kDays);
  w.run("scalars/loss_train", 9 * kDays, [](RunBuilder& r) { r.scalar("loss", {{0, 1}, {1, 1}}); });
  w.run("scalars/loss_val", 9 * kDays, [](RunBuilder& r) { r.scalar("loss", {{0, 1}, {1, 1}}); });
  w.run("young", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  const PruneReport report = w.plan();
  CHECK(w.removed() == "keras scalars torch");
  CHECK(row_of(report, "keras").runs == Lines{"keras/train", "keras/validation"});
  CHECK(paths_of(row_of(report, "keras")) ==
        Lines{w.event_file_of("keras/train"), w.event_file_of("keras/validation")});
  CHECK(directories_of(row_of(report, "keras")) ==
        Lines{"keras", "keras/train", "keras/validation"});
  CHECK(row_of(report, "torch").runs.size() == 2);
  CHECK(row_of(report, "torch").files.size() == 2);
  CHECK(row_of(report, "scalars").runs.size() == 3);
  // One young member keeps them all.
  w.touch(w.event_file_of("keras/validation"), kDays);
  w.touch(w.event_file_of("torch/1700000000.5"), kDays);
  w.touch(w.event_file_of("scalars/loss_val"), kDays);
  CHECK(w.removed().empty());
  // As do the files of one member that a process has open.
  w.touch(w.event_file_of("keras/validation"), 9 * kDays);
  CHECK(w.removed() == "keras");
  w.open_in(17, w.event_file_of("keras/validation"));
  CHECK(w.removed().empty());
  // Unfolded, each run is asked for itself.
  w.touch(w.event_file_of("scalars/loss_val"), 9 * kDays);
  w.touch(w.event_file_of("scalars/loss_train"), kDays);
  w.options.fold = false;
  CHECK(w.removed() == "keras/train scalars/loss_val");
}

TEST_CASE("prune: a run goes only when all runs below it go") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.run("a/b", 9 * kDays);
  w.run("a/b/c", kDays);
  w.run("a-b", 9 * kDays);
  w.run("d", 9 * kDays);
  w.run("d/e/f", 9 * kDays);
  w.run("g", 9 * kDays);
  w.run("g/young/h", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  const PruneReport report = w.plan();
  CHECK(PruneWorld::lines_of(report) ==
        Lines{"a keep: below=a/b", "a/b keep: below=a/b/c", "a/b/c keep: not-nominated",
              "a-b remove: older-than", "d remove: older-than", "d/e/f remove: older-than",
              "g keep: below=g/young/h", "g/young/h keep: not-nominated"});
  // Each file belongs to one trial alone, also where everything below goes.
  CHECK(row_of(report, "d").files.size() == 1);
  CHECK(directories_of(row_of(report, "d/e/f")) == Lines{"d", "d/e", "d/e/f"});
  w.options.what = rewrite::What::kDirectory;
  w.file("d/x.txt", "x", 9 * kDays);
  w.file("d/e/y.txt", "y", 9 * kDays);
  w.file("d/e/f/z.txt", "z", 9 * kDays);
  CHECK(paths_of(row_of(w.plan(), "d")) == Lines{"d/e/y.txt", w.event_file_of("d"), "d/x.txt"});
  CHECK(paths_of(row_of(w.plan(), "d/e/f")) == Lines{w.event_file_of("d/e/f"), "d/e/f/z.txt"});
}

TEST_CASE("prune: what cannot be removed keeps what lies above it") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.run("a/b", 9 * kDays);
  w.file("a/b/tfevents.link", "", 9 * kDays);
  REQUIRE(::unlink(w.at("a/b/tfevents.link").c_str()) == 0);
  w.dir.make_link("runs/a/b/tfevents.link", w.at(w.event_file_of("a")));
  w.run("c", 9 * kDays);
  w.rules().older_than_seconds = kDays;
  CHECK(w.lines() == Lines{"a keep: below=a/b",
                           "a/b skip: trouble=a/b/tfevents.link is a symbolic link",
                           "c remove: older-than"});
}

TEST_CASE("prune: -r and -x say which trials there are for the rules") {
  PruneWorld w;
  w.run("vision/a", 2 * kDays);
  w.run("vision/b", 3 * kDays);
  w.run("text/c", kDays);
  w.rules().keep_last = 1;
  w.options.select.runs = {tree_pattern("vision/*")};
  CHECK(w.lines() == Lines{"vision/a keep: keep-last#1", "vision/b remove: not-kept"});
  CHECK(w.plan().trials_beside == 1);
  w.options.select.exclude = {tree_pattern("vision/a")};
  CHECK(w.lines() == Lines{"vision/b keep: keep-last#1"});
  w.options.select = {};
  w.options.select.exclude = {tree_pattern("text/*")};
  CHECK(w.removed() == "vision/b");

  // No match is an answer, not an error, and nothing is decided.
  w.options.select = {};
  w.options.select.runs = {tree_pattern("visoin*")};
  const PruneReport none = w.plan();
  CHECK(none.rows.empty());
  CHECK(none.outcome.matched_nothing);
}

TEST_CASE("prune: an excluded run below keeps what lies above it") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.run("a/b/best", 9 * kDays);
  w.run("a/c", 9 * kDays);
  w.run("a-x", 9 * kDays);
  w.rules().older_than_seconds = kDays;
  w.options.select.exclude = {tree_pattern("a/b/best")};
  for (const auto what : {rewrite::What::kEvents, rewrite::What::kDirectory}) {
    w.options.what = what;
    CHECK(w.lines() ==
          Lines{"a keep: below=a/b/best", "a/c remove: older-than", "a-x remove: older-than"});
  }
  // The run of the operand itself lies above all.
  w.run(".", 9 * kDays);
  CHECK(w.lines()[0] == ". keep: below=a");
  w.options.select = {};
  CHECK(w.removed() == ". a a/b/best a/c a-x");
}

TEST_CASE("prune: the run of the operand itself") {
  PruneWorld w;
  w.run(".", 9 * kDays);
  w.run("young", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  CHECK(w.lines()[0] == ". keep: below=young");
  w.touch(w.event_file_of("young"), 9 * kDays);
  w.touch(w.event_file_of("."), kDays);
  CHECK(w.removed().empty());  // The event of young is of yesterday.
  w.rules().age_by_event = true;
  w.rules().older_than_seconds = kDays / 2;
  const PruneReport report = w.plan();
  CHECK(w.removed() == ". young");
  CHECK(row_of(report, ".").directories.empty());
  CHECK(row_of(report, ".").files.size() == 1);
  REQUIRE(report.refusal);
  w.options.allow_empty = true;
  w.prune();
  CHECK(w.exists("."));
  CHECK_FALSE(w.exists("young"));
  CHECK(w.restore().empty());
  CHECK(w.exists("young"));
}

TEST_CASE("prune: with --what dir the run of the operand takes all but the trash") {
  PruneWorld w;
  w.run(".", 9 * kDays);
  w.file("deep/er/notes", "x", 9 * kDays);
  w.file(".tfe-left", "x", 9 * kDays);
  w.rules().older_than_seconds = kDays;
  w.options.what = rewrite::What::kDirectory;
  w.options.allow_empty = true;
  const auto before = w.snapshot();
  const PruneReport report = w.prune();
  CHECK(row_of(report, ".").files.size() == 2);
  CHECK(directories_of(row_of(report, ".")) == Lines{"deep", "deep/er"});
  CHECK_FALSE(w.exists("deep"));
  CHECK(w.exists(".tfe-left"));
  CHECK(w.restore().empty());
  CHECK(test::difference(before, w.snapshot()).empty());
}

TEST_CASE("prune: runs that belong to no trial have rows, and are asked like others") {
  PruneWorld w;
  w.run("search", 9 * kDays,
        [](RunBuilder& r) { r.hparams(std::string(kHparamsExperimentTag), ""); });
  w.run("search/a", 9 * kDays);
  w.run("old/experiment", 9 * kDays,
        [](RunBuilder& r) { r.hparams(std::string(kHparamsExperimentTag), ""); });
  w.run("young", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  const PruneReport report = w.plan();
  CHECK_FALSE(row_of(report, "search").is_trial);
  CHECK_FALSE(row_of(report, "old/experiment").is_trial);
  CHECK(row_of(report, "young").is_trial);
  CHECK(w.removed() == "old/experiment search search/a");
  w.touch(w.event_file_of("search/a"), kDays);
  CHECK(w.removed() == "old/experiment");
}

TEST_CASE("prune: a plan that removes every trial is refused, and can be allowed") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.run("b", 9 * kDays);
  w.run("experiment", kDays,
        [](RunBuilder& r) { r.hparams(std::string(kHparamsExperimentTag), ""); });
  w.rules().older_than_seconds = 7 * kDays;
  PruneReport report = w.plan();  // The plan itself is there, to be looked at.
  CHECK(report.count(Action::kRemove) == 2);
  REQUIRE(report.refusal);
  CHECK(report.refusal->code == ErrorCode::kRefused);
  CHECK(report.refusal->message == "the plan removes all 2 trials");
  CHECK(report.refusal->hint.find("--allow-empty") != std::string::npos);
  CHECK(report.refusal->path == w.operand);
  const Status refused = w.apply(report);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kRefused);
  CHECK_FALSE(w.exists(".tfe-trash"));
  CHECK_FALSE(report.carried_out);

  w.options.allow_empty = true;
  CHECK_FALSE(w.plan().refusal);
  w.options.allow_empty = false;
  // One that stays, for whatever reason, will do; so will one that -x leaves alone.
  w.options.select.exclude = {tree_pattern("b")};
  CHECK(w.removed() == "a");
  CHECK_FALSE(w.plan().refusal);
  w.options.select = {};
  REQUIRE(std::filesystem::remove_all(w.at("b")) > 0);
  REQUIRE(w.plan().refusal);
  CHECK(w.plan().refusal->message == "the plan removes the only trial there is");
  w.run("c", 60);
  CHECK_FALSE(w.plan().refusal);
}

TEST_CASE("prune: a clock that has jumped removes nothing at all") {
  PruneWorld w;
  for (const char* name : {"a", "b", "c"}) w.run(name, 3600.0);
  w.rules().older_than_seconds = 7 * kDays;
  w.clock = w.now + 400 * kDays;
  PruneReport report = w.plan();
  REQUIRE(report.refusal);
  CHECK_FALSE(w.apply(report).ok());
  w.options.allow_empty = true;
  report = w.plan();
  const Status done = w.apply(report);  // Then the lock file tells.
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::kRefused);
  for (const char* name : {"a", "b", "c"}) CHECK(w.exists(w.event_file_of(name)));
}

TEST_CASE("prune: nothing to remove does nothing, and makes nothing") {
  PruneWorld w;
  w.run("a", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  const auto before = w.snapshot();
  const PruneReport report = w.prune();
  CHECK(report.carried_out);
  CHECK_FALSE(report.batch);
  CHECK_FALSE(w.exists(".tfe-trash"));
  CHECK(test::difference(before, w.snapshot()).empty());
}

}  // namespace
}  // namespace tfevents::ops
