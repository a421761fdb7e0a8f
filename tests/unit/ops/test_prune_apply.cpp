// Carrying plans out: what moves, what is emptied, what is left alone since it changed.
#include <set>

#include <sys/file.h>

#include "support/fault_sys.hpp"
#include "support/old_kernel_sys.hpp"
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::add_three_old;
using test::FaultSys;
using test::kDays;
using test::kPlainUser;
using test::Lines;
using test::objects;
using test::PruneWorld;
using test::result_of;
using test::row_of;
using test::RunBuilder;

std::vector<std::string> journal_of(const PruneWorld& w) {
  std::vector<std::string> lines;
  std::string text = w.read(".tfe-trash/journal.jsonl");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<rewrite::TrashedBatch> batches_of(const PruneWorld& w) {
  auto batches = rewrite::list_trash(*w.trash());
  REQUIRE(batches.ok());
  return std::move(*batches);
}

TEST_CASE("prune: moves what was planned, removes what got empty, and says so") {
  PruneWorld w;
  add_three_old(w);
  const auto before = w.snapshot();
  const PruneReport report = w.prune();
  CHECK(report.carried_out);
  CHECK(result_of(report, "a") == "trashed");
  CHECK(result_of(report, "b/c") == "trashed");
  CHECK(result_of(report, "b/d") == "trashed");
  CHECK(result_of(report, "young") == "-");
  CHECK(w.told == Lines{"b/d trashed", "b/c trashed", "a trashed"});
  CHECK_FALSE(w.exists("a"));
  CHECK_FALSE(w.exists("b"));  // That both have left empty.
  CHECK(w.exists(w.event_file_of("young")));
  CHECK(objects(w).size() == 4);
  CHECK(report.bytes_trashed == report.bytes_to_go());
  CHECK(report.bytes_freed == 0);

  const auto batches = batches_of(w);
  REQUIRE(batches.size() == 1);
  CHECK(batches[0].id == report.batch);
  CHECK(batches[0].state == rewrite::BatchState::kDone);
  CHECK(batches[0].header.policy == "--older-than 7d");
  CHECK(batches[0].header.time == w.now);
  CHECK(batches[0].bytes == report.bytes_trashed);
  std::set<std::string> trials, runs;
  for (const rewrite::TrashedRun& run : batches[0].runs) {
    trials.insert(run.trial);
    runs.insert(run.run);
  }
  CHECK(trials == std::set<std::string>{"a", "b/c", "b/d"});
  CHECK(runs == std::set<std::string>{"a", "b/c", "b/d/train", "b/d/validation"});

  const auto journal = journal_of(w);
  REQUIRE(journal.size() == 1);
  for (const char* part :
       {R"("act":"prune")", R"("policy":"--older-than 7d")", R"("files":4)", R"("result":"done")",
        R"("user":"ann")", R"("command":"tfevents prune runs")"})
    CHECK(has(journal[0], part));
  CHECK(has(journal[0], "\"batch\":\"" + *report.batch + "\""));
  CHECK(has(journal[0], "\"bytes\":" + std::to_string(report.bytes_trashed)));

  CHECK(w.restore().empty());
  CHECK(test::difference(before, w.snapshot()).empty());
}

TEST_CASE("prune: an old kernel does the same") {
  for (const bool hard_links : {true, false}) {
    PruneWorld w;
    add_three_old(w);
    const auto before = w.snapshot();
    test::OldKernelSys sys(hard_links);
    PruneReport report = w.plan(sys);
    REQUIRE(w.apply(report, sys).ok());
    CHECK(report.failures.empty());
    CHECK(objects(w).size() == 4);
    CHECK_FALSE(w.exists("b"));
    CHECK(w.restore().empty());
    CHECK(test::difference(before, w.snapshot()).empty());
  }
}

TEST_CASE("prune: directories stay that hold something else, and the operand always") {
  PruneWorld w;
  w.run("a", 9 * kDays);
  w.file("a/model.ckpt", "stays", 9 * kDays);
  w.file("b/notes", "stays", 9 * kDays);
  w.run("b/c", 9 * kDays);
  w.run("d/e/f", 9 * kDays);
  w.dir.make_directory("runs/d/empty");
  w.rules().older_than_seconds = kDays;
  w.options.allow_empty = true;
  const PruneReport report = w.prune();
  CHECK(report.count(Action::kRemove) == 3);
  CHECK(row_of(report, "a").foreign_names == Lines{"model.ckpt"});
  CHECK(w.read("a/model.ckpt") == "stays");
  CHECK(w.read("b/notes") == "stays");
  CHECK_FALSE(w.exists("b/c"));
  CHECK_FALSE(w.exists("d/e"));
  CHECK(w.exists("d/empty"));  // It was empty before; nobody asked.
  CHECK(w.exists("."));
  // Once it has got empty, only the trash is looked after.
  const PruneReport none = w.prune();
  CHECK(none.rows.empty());
  CHECK(none.warnings == Lines{"no run is left, only the trash"});
  CHECK(objects(w).size() == 3);
  w.options.trash_keep_seconds = 0;
  CHECK(w.prune().bytes_freed > 0);
  CHECK(objects(w).empty());
}

TEST_CASE("prune: --trash-keep 0 deletes at once, and older batches with it") {
  PruneWorld w;
  add_three_old(w);
  w.options.trash_keep_seconds = 0;
  w.run("old", 20 * kDays);
  const std::uint64_t old_bytes = std::filesystem::file_size(w.at(w.event_file_of("old")));
  w.rules().older_than_seconds = 15 * kDays;
  w.options.trash_keep_seconds = 7 * kDays;
  w.prune();
  CHECK(objects(w).size() == 1);
  w.rules().older_than_seconds = 7 * kDays;
  w.options.trash_keep_seconds = 0;
  w.told.clear();
  const PruneReport report = w.prune();
  CHECK(result_of(report, "a") == "deleted");
  CHECK(result_of(report, "b/d") == "deleted");
  CHECK(report.bytes_trashed == 0);
  CHECK(report.bytes_freed == report.bytes_to_go() + old_bytes);
  CHECK(objects(w).empty());
  CHECK(batches_of(w).empty());
  CHECK_FALSE(w.exists("b"));
  const auto journal = journal_of(w);
  REQUIRE(journal.size() == 3);
  CHECK(has(journal[1], R"("act":"prune")"));
  CHECK(has(journal[2], R"("act":"empty")"));
  CHECK(has(journal[2], R"("files":5)"));
  CHECK(has(journal[2], R"("result":"done")"));
}

/// Puts a trial into a batch of some age.
void trash_at(PruneWorld& w, const std::string& name, double age) {
  w.run(name, 90 * kDays);
  const auto trash = w.trash();
  const test::TrashPlan plan{.files = {w.TrashWorld::file(w.event_file_of(name), name)},
                             .directories = {w.directory(name)}};
  auto batch = test::announced(*trash, w.now - age, plan);
  REQUIRE(batch.ok());
  REQUIRE((*batch)->move(1, plan.files[0]).result == rewrite::MoveResult::kMoved);
  (void)(*batch)->remove_emptied(plan.directories);
  REQUIRE((*batch)->finish().ok());
}

TEST_CASE("prune: ends by emptying what was kept long enough") {
  PruneWorld w;
  w.run("young", kDays);
  w.rules().older_than_seconds = 7 * kDays;
  trash_at(w, "x", 8 * kDays);
  trash_at(w, "y", 7 * kDays + 1);
  trash_at(w, "z", 7 * kDays - 1);
  const PruneReport report = w.prune();  // Also where nothing is to go.
  CHECK(report.count(Action::kRemove) == 0);
  CHECK(batches_of(w).size() == 1);
  CHECK(batches_of(w)[0].runs.at(0).run == "z");
  CHECK(report.bytes_freed > 0);
  CHECK(report.bytes_trashed == 0);
  CHECK_FALSE(report.batch);
  CHECK(has(journal_of(w).back(), R"("act":"empty")"));
  CHECK(has(journal_of(w).back(), R"("files":2)"));
}

TEST_CASE("prune: --max-size gives up the oldest batches before their time") {
  PruneWorld w;
  w.run("young", kDays);
  const std::uint64_t each = std::filesystem::file_size(w.at(w.event_file_of("young")));
  trash_at(w, "x", 3 * kDays);
  trash_at(w, "y", 2 * kDays);
  trash_at(w, "z", 1 * kDays);
  w.rules().max_bytes = 2 * each;
  const PruneReport report = w.prune();
  CHECK(report.batches_to_empty == 2);
  REQUIRE(batches_of(w).size() == 1);
  CHECK(batches_of(w)[0].runs.at(0).run == "z");
  CHECK(report.bytes_freed == 2 * each);
  CHECK(report.count(Action::kRemove) == 0);
  // With 0 left, the trials go too; into a batch that stays.
  w.run("older", 2 * kDays);
  w.rules().max_bytes = each;
  const PruneReport next = w.prune();
  CHECK(result_of(next, "older") == "trashed");
  REQUIRE(batches_of(w).size() == 1);
  CHECK(batches_of(w)[0].id == next.batch);
}

TEST_CASE("prune: batches that came or went since the plan are not taken for others") {
  PruneWorld w;
  w.run("young", kDays);
  const std::uint64_t each = std::filesystem::file_size(w.at(w.event_file_of("young")));
  trash_at(w, "x", 3 * kDays);
  trash_at(w, "y", 2 * kDays);
  w.rules().max_bytes = 2 * each;
  PruneReport report = w.plan();
  CHECK(report.batches_to_empty == 1);
  // Somebody else has emptied the oldest meanwhile.
  REQUIRE(rewrite::empty_trash(*w.trash(), w.now - 2.5 * kDays, {}).ok());
  REQUIRE(w.apply(report).ok());
  CHECK(report.bytes_freed == 0);
  REQUIRE(batches_of(w).size() == 1);
  CHECK(batches_of(w)[0].runs.at(0).run == "y");
}

TEST_CASE("prune: one directory that refuses does not stop the others") {
  PruneWorld w;
  add_three_old(w);
  REQUIRE(::chmod(w.dir.path().c_str(), 0755) == 0);
  w.options.proc = "/nonexistent";
  if (::geteuid() == 0) {
    REQUIRE(::chown(w.operand.c_str(), kPlainUser, kPlainUser) == 0);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(w.operand))
      REQUIRE(::chown(entry.path().c_str(), kPlainUser, kPlainUser) == 0);
  }
  REQUIRE(::chmod(w.at("b/c").c_str(), 0555) == 0);
  const std::string said = test::in_child([&]() -> std::string {
    if (!test::become_nobody()) return "cannot give up root";
    PruneReport report = w.plan();
    const Status done = w.apply(report);
    if (!done.ok()) return done.error().message;
    std::string text;
    for (const PruneRow& row : report.rows)
      text += row.trial + " " + result_of(report, row.trial) + "\n";
    return text + std::to_string(report.failures.size());
  });
  const std::string file = w.event_file_of("b/c");
  CHECK(said == "a trashed\nb/c failed: " + w.at(file) + ": permission denied\nb/d trashed\n" +
                    "young -\n0");
  CHECK(has(journal_of(w)[0], R"("result":"partly")"));
}

TEST_CASE("prune: a stop comes between two trials") {
  PruneWorld w;
  add_three_old(w);
  trash_at(w, "x", 30 * kDays);
  PruneReport report = w.plan();
  const PruneDoing doing{.actor = PruneWorld::actor(),
                         .proc = w.options.proc,
                         .on_row = [&](const PruneRow&) { w.stop->request(); }};
  const Status done =
      w.with_context(real_sys(), [&](const OpContext& c) { return apply_prune(report, doing, c); });
  CHECK(done.ok());
  CHECK(result_of(report, "b/d") == "trashed");
  CHECK(result_of(report, "b/c") == "skipped: stopped before its turn");
  CHECK(result_of(report, "a") == "skipped: stopped before its turn");
  CHECK(report.batch);
  CHECK(batches_of(w).size() == 2);  // Nor was anything emptied.
  CHECK(batches_of(w)[1].state == rewrite::BatchState::kDone);
  CHECK(has(journal_of(w)[0], R"("result":"partly")"));
}

TEST_CASE("prune: while somebody else holds the lock nothing is touched") {
  PruneWorld w;
  add_three_old(w);
  (void)w.trash();
  w.write(".tfe-trash/lock", "{\"pid\":4711}");
  const int held = ::open(w.at(".tfe-trash/lock").c_str(), O_RDWR);
  REQUIRE(held >= 0);
  REQUIRE(::flock(held, LOCK_EX | LOCK_NB) == 0);
  const auto before = w.snapshot();
  PruneReport report = w.plan();
  Status done = w.apply(report);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::kRefused);
  CHECK(has(done.error().message, "4711"));
  CHECK(w.waited == 0);
  w.lock_wait = 2;
  done = w.apply(report);
  CHECK_FALSE(done.ok());
  CHECK(w.waited == 2);
  CHECK_FALSE(report.carried_out);
  CHECK(w.told.empty());
  CHECK(test::difference(before, w.snapshot()).empty());
  CHECK(batches_of(w).empty());
  ::close(held);
  CHECK(w.apply(report).ok());
  CHECK(result_of(report, "a") == "trashed");
}

TEST_CASE("prune: with clocks that disagree nothing is done") {
  for (const double ahead : {3600.0, -3600.0}) {
    PruneWorld w;
    add_three_old(w);
    w.clock = w.now + ahead;
    const auto before = w.snapshot();
    PruneReport report = w.plan();
    CHECK(report.count(Action::kRemove) == 3);
    const Status done = w.apply(report);
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == ErrorCode::kRefused);
    CHECK(has(done.error().message, "clock"));
    CHECK_FALSE(report.carried_out);
    CHECK(test::difference(before, w.snapshot()).empty());
    CHECK(batches_of(w).empty());
  }
}

TEST_CASE("prune: a trash that is not ours is refused before anything moves") {
  PruneWorld w;
  add_three_old(w);
  w.dir.make_link("runs/.tfe-trash", w.dir.make_directory("elsewhere"));
  PruneReport report = w.plan();
  const Status done = w.apply(report);
  REQUIRE_FALSE(done.ok());
  CHECK(done.error().code == ErrorCode::kRefused);
  CHECK(w.exists(w.event_file_of("a")));
  CHECK(std::filesystem::is_empty(w.dir / "elsewhere"));
}

TEST_CASE("prune: what crashed before is finished first") {
  PruneWorld w;
  add_three_old(w);
  {
    // An act that ended between its announcement and its first move.
    const auto trash = w.trash();
    const std::string name = w.event_file_of("a");
    const test::TrashPlan plan{.files = {w.TrashWorld::file(name, "a")}, .directories = {}};
    auto batch = test::announced(*trash, w.now - 60, plan);
    REQUIRE(batch.ok());
  }
  CHECK(batches_of(w).size() == 1);
  const PruneReport report = w.prune();
  REQUIRE(batches_of(w).size() == 1);
  CHECK(batches_of(w)[0].id == report.batch);
}

}  // namespace
}  // namespace tfevents::ops
