#include <cerrno>
#include <cstdio>

#include "base/number.hpp"
#include "support/fault_sys.hpp"
#include "support/old_kernel_sys.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

namespace fs = std::filesystem;
using test::announced;
using test::difference;
using test::FaultSys;
using test::objects;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

/// A batch of one file, announced.
struct OneFile {
  explicit OneFile(const std::string& path = "a/events", Sys& sys = real_sys()) {
    world.build();
    plan.files = {world.file(path, "a")};
    plan.directories = {world.directory("a"), world.directory("a/eval")};
    trash = world.trash(sys);
    auto begun = announced(*trash, world.now, plan);
    REQUIRE(begun.ok());
    batch = std::move(begun).value();
  }
  [[nodiscard]] MoveOutcome move() const { return batch->move(1, plan.files[0]); }
  void rename(std::string_view from, std::string_view to) const {
    REQUIRE(std::rename(world.at(from).c_str(), world.at(to).c_str()) == 0);
  }

  TrashWorld world;
  TrashPlan plan;
  std::unique_ptr<Trash> trash;
  std::unique_ptr<Batch> batch;
};

TEST_CASE("a file that is not what was planned stays") {
  OneFile one;
  const TrashWorld& world = one.world;
  SUBCASE("grown") {
    world.dir.append("runs/a/events", "more");
  }
  SUBCASE("touched") {
    world.age("a/events", 1800000000);
  }
  SUBCASE("rewritten at the same size and time") {
    one.rename("a/events", "kept");  // or its inode could be the new file's
    world.write("a/events", "FIRST");
    world.age("a/events", 1700001000);
  }
  SUBCASE("a link to it") {
    one.rename("a/events", "a/moved");
    world.dir.make_link("runs/a/events", "moved");
  }
  SUBCASE("a directory") {
    one.rename("a/events", "a/moved");
    world.dir.make_directory("runs/a/events");
  }
  SUBCASE("a FIFO") {
    one.rename("a/events", "a/moved");
    world.dir.make_fifo("runs/a/events");
  }
  SUBCASE("its directory is a link now") {
    one.rename("a", "moved");
    world.dir.make_link("runs/a", "moved");
  }
  const Snapshot before = world.snapshot();
  const MoveOutcome outcome = one.move();
  CHECK(outcome.result == MoveResult::kChanged);
  CHECK_FALSE(outcome.error);
  CHECK(one.batch->files() == 0);
  CHECK(one.batch->finish().ok());
  CHECK(difference(before, world.snapshot()) == "");
  CHECK(objects(world).empty());
  CHECK(one.trash->batch_ids()->empty());
}

TEST_CASE("a file that is gone is no trouble") {
  OneFile one;
  SUBCASE("itself") {
    fs::remove(one.world.at("a/events"));
  }
  SUBCASE("its directory") {
    one.rename("a", "elsewhere");
  }
  SUBCASE("a file in place of its directory") {
    one.rename("a", "elsewhere");
    one.world.write("a", "a file");
  }
  CHECK(one.move().result == MoveResult::kVanished);
  CHECK(one.batch->finish().ok());
}

TEST_CASE("what was not announced is not moved") {
  OneFile one;
  CHECK(one.batch->move(0, one.plan.files[0]).result == MoveResult::kFailed);
  CHECK(one.batch->move(2, one.plan.files[0]).result == MoveResult::kFailed);
  PlannedFile file = one.plan.files[0];
  file.path = "../runs/a/events";
  CHECK(one.batch->move(1, file).result == MoveResult::kFailed);
  CHECK(one.world.exists("a/events"));
}

TEST_CASE("a number that is taken in the batch is not overwritten") {
  OneFile one;
  one.world.write(".tfe-trash/" + one.batch->id() + "/1", "planted");
  const MoveOutcome outcome = one.move();
  CHECK(outcome.result == MoveResult::kFailed);
  REQUIRE(outcome.error);
  CHECK(outcome.error->code == ErrorCode::kExists);
  CHECK(one.world.read("a/events") == "first");
  CHECK(one.world.read(".tfe-trash/" + one.batch->id() + "/1") == "planted");
  CHECK(one.batch->finish().ok());
  // It is nothing that was trashed: no act touches it.
  std::vector<TrashResult> seen;
  const auto visit = [&](const TrashedFile& file) { seen.push_back(file.result); };
  REQUIRE(restore_trash(*one.trash, {}, visit).ok());
  REQUIRE(empty_trash(*one.trash, {}, visit).ok());
  CHECK(seen == std::vector{TrashResult::kKept, TrashResult::kKept});
  CHECK(one.world.read(".tfe-trash/" + one.batch->id() + "/1") == "planted");
}

/// Runs the move of a file and, before its nth call, `act`; for every n.
template <class Act, class Check>
void at_every_call_of_a_move(Act act, Check check, std::uint64_t least = 3) {
  std::uint64_t swaps = 0;
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    FaultSys sys(real_sys());
    OneFile one("a/events", sys);
    sys.act_at(sys.calls() + n, [&] { act(one); });
    const MoveOutcome outcome = one.move();
    if (!sys.fired()) break;
    swaps += outcome.result != MoveResult::kMoved ? 1 : 0;
    const Status finished = one.batch->finish();
    CHECK(finished.ok());
    check(one, outcome);
  }
  CHECK(swaps >= least);
}

TEST_CASE("a file that takes its place at any instant goes back") {
  at_every_call_of_a_move(
      [](OneFile& one) {
        if (one.world.exists("a/events")) one.rename("a/events", "a/first");
        one.rename("b/model.ckpt", "a/events");
      },
      [](OneFile& one, const MoveOutcome& outcome) {
        CHECK(outcome.result != MoveResult::kStray);
        CHECK(outcome.result != MoveResult::kFailed);
        CHECK(one.world.read("a/events") == "stays");
        const bool kept = one.world.exists("a/first");
        CHECK(kept == (outcome.result != MoveResult::kMoved));
        CHECK(objects(one.world).count("stays") == 0);
        CHECK(objects(one.world).count("first") == (kept ? 0 : 1));
      });
}

TEST_CASE("a directory or a link that takes its place at any instant goes back") {
  for (const bool directory : {true, false}) {
    CAPTURE(directory);
    at_every_call_of_a_move(
        [&](OneFile& one) {
          if (one.world.exists("a/events")) one.rename("a/events", "a/first");
          if (directory) {
            one.rename("b", "a/events");
          } else {
            one.world.dir.make_link("runs/a/events", one.world.dir.path());
          }
        },
        [&](OneFile& one, const MoveOutcome& outcome) {
          CHECK(outcome.result != MoveResult::kFailed);
          CHECK(fs::is_symlink(one.world.at("a/events")) != directory);
          if (directory) CHECK(one.world.read("a/events/model.ckpt") == "stays");
        });
  }
}

TEST_CASE("what a writer adds at any instant is not lost") {
  at_every_call_of_a_move(
      [](OneFile& one) {
        const auto trashed = objects(one.world);
        const auto it = trashed.find("first");
        if (it == trashed.end()) {
          one.world.dir.append("runs/a/events", " and more");
        } else {
          one.world.dir.append(it->second.substr(one.world.dir.path().size() + 1), " and more");
        }
      },
      [](OneFile& one, const MoveOutcome& outcome) {
        if (outcome.result == MoveResult::kChanged) {
          CHECK(one.world.read("a/events") == "first and more");
        } else {
          CHECK(objects(one.world).count("first and more") == 1);
        }
      });
}

TEST_CASE("moves go to the directory that was opened, wherever it is by now") {
  at_every_call_of_a_move(
      [](OneFile& one) {
        one.rename("a", "elsewhere");
        one.rename("b", "a");
        one.world.write("a/events", "not planned");
      },
      [](OneFile& one, const MoveOutcome& outcome) {
        CHECK(one.world.read("a/events") == "not planned");
        CHECK(one.world.exists("elsewhere/events") == (outcome.result != MoveResult::kMoved));
      },
      1);
}

/// Before the call that moves, another file takes the place; before the one that gives back, its
/// name is taken too. Then `check(one)`.
template <class Check>
void with_stray(Check check) {
  for (std::uint64_t n = 0;; ++n) {
    FaultSys sys(real_sys());
    OneFile one("a/events", sys);
    sys.act_at(sys.calls() + n, [&] {
      if (!one.world.exists("a/events")) return;
      one.rename("a/events", "a/first");
      one.rename("b/model.ckpt", "a/events");
      // Behind the move comes a look at what has arrived.
      sys.act_at(sys.calls() + 1, [&] { one.world.write("a/events", "taken"); });
    });
    const MoveOutcome outcome = one.move();
    REQUIRE(sys.fired());
    if (outcome.result != MoveResult::kStray) continue;
    REQUIRE(outcome.error);
    CHECK(outcome.error->message.find("put back") != std::string::npos);
    return check(one);
  }
}

TEST_CASE("a stray is kept under its own name, listed, restored, and never emptied") {
  with_stray([](const OneFile& one) {
    REQUIRE(one.batch->finish().ok());
    CHECK(one.world.read("a/events") == "taken");
    CHECK(one.world.read("a/first") == "first");
    CHECK(one.world.read(".tfe-trash/" + one.batch->id() + "/2") == "stays");

    const auto listed = list_trash(*one.trash);
    REQUIRE(listed.ok());
    REQUIRE(listed->size() == 1);
    CHECK(listed->at(0).state == BatchState::kDone);
    CHECK(listed->at(0).files == 1);

    const auto emptied = empty_trash(*one.trash, {}, {});
    REQUIRE(emptied.ok());
    CHECK(emptied->files == 0);
    CHECK(emptied->kept == 1);

    std::string why;
    const auto visit = [&](const TrashedFile& file) {
      CHECK(file.entry.stray);
      why = file.error != nullptr ? file.error->message : "";
    };
    CHECK(restore_trash(*one.trash, {}, visit)->kept == 1);
    CHECK(why == "there is one again");
    one.rename("a/events", "a/taken");
    CHECK(restore_trash(*one.trash, {}, visit)->files == 1);
    CHECK(why.empty());
    CHECK(one.world.read("a/events") == "stays");
    CHECK(one.world.read("a/taken") == "taken");
    CHECK(one.trash->batch_ids()->empty());
  });
}

TEST_CASE("directories that were emptied go, deepest first, and no other") {
  OneFile one("a/eval/events");
  const TrashWorld& world = one.world;
  REQUIRE(one.move().result == MoveResult::kMoved);
  std::uint64_t expected = 1;
  SUBCASE("one is not empty") {}
  SUBCASE("all are empty") {
    fs::remove(world.at("a/events"));
    fs::remove(world.at("a/events.2"));
    expected = 2;
  }
  SUBCASE("somebody writes again") {
    world.write("a/eval/new", "");
    expected = 0;
  }
  SUBCASE("it is another directory") {
    one.rename("a/eval", "old");
    fs::create_directory(world.at("a/eval"));
    expected = 0;
  }
  SUBCASE("it is a link") {
    one.rename("a/eval", "old");
    world.dir.make_link("runs/a/eval", world.at("old"));
    expected = 0;
  }
  SUBCASE("it is gone") {
    fs::remove(world.at("a/eval"));
    expected = 0;
  }
  const Batch::Emptied emptied = one.batch->remove_emptied(one.plan.directories);
  CHECK(emptied.removed == expected);
  CHECK(emptied.errors.empty());
  CHECK(world.exists("a") == (expected < 2));
  CHECK(fs::exists(world.operand));
}

TEST_CASE("without renaming that never replaces, and without openat2") {
  for (const bool hard_links : {true, false}) {
    test::OldKernelSys sys(hard_links);
    const TrashWorld world;
    world.build();
    const Snapshot before = world.snapshot();
    REQUIRE(test::prune(sys, world, world.plan()).ok());
    CHECK(objects(world).size() == 4);
    REQUIRE(test::restore_or_empty(sys, world, true).ok());
    CHECK(difference(before, world.snapshot()) == "");
  }
}

TEST_CASE("another device is not entered") {
  // Only a mount makes one, which needs root: see the tests of Directory. Here the plan says so.
  OneFile one;
  one.plan.files[0].info.id.device += 1;
  CHECK(one.move().result == MoveResult::kChanged);
  CHECK(one.world.exists("a/events"));
}

}  // namespace
}  // namespace tfevents::rewrite
