#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

namespace fs = std::filesystem;
using test::announced;
using test::difference;
using test::objects;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

/// An act that ended after it had moved the first two files.
struct Crashed {
  Crashed() {
    world.build();
    before = world.snapshot();
    plan = world.plan();
    trash = world.trash();
    auto batch = announced(*trash, world.now, plan);
    REQUIRE(batch.ok());
    id = (*batch)->id();
    for (const std::size_t i : {0U, 1U}) {
      REQUIRE((*batch)->move(i + 1, plan.files[i]).result == MoveResult::kMoved);
    }
  }
  [[nodiscard]] std::string in_batch(const std::string& name) const {
    return ".tfe-trash/" + id + "/" + name;
  }
  TrashReport recover() const {
    auto report = recover_trash(*trash);
    REQUIRE(report.ok());
    return std::move(report).value();
  }

  TrashWorld world;
  Snapshot before;
  TrashPlan plan;
  std::unique_ptr<Trash> trash;
  std::string id;
};

TEST_CASE("what was trashed stays trashed, and the batch can be used again") {
  const Crashed crashed;
  CHECK(list_trash(*crashed.trash)->at(0).state == BatchState::kUnfinished);
  CHECK(list_trash(*crashed.trash)->at(0).files == 2);
  // Neither restored nor emptied before.
  for (const auto& report :
       {restore_trash(*crashed.trash, {}, {}), empty_trash(*crashed.trash, {}, {})}) {
    REQUIRE(report.ok());
    REQUIRE(report->troubles.size() == 1);
    CHECK(report->troubles[0].error.code == ErrorCode::kRefused);
    CHECK(report->troubles[0].error.message == "was not finished");
  }
  CHECK(objects(crashed.world).size() == 2);

  const TrashReport report = crashed.recover();
  CHECK(report.batches == 1);
  CHECK(report.files == 0);
  CHECK(report.troubles.empty());
  CHECK(list_trash(*crashed.trash)->at(0).state == BatchState::kDone);
  CHECK(objects(crashed.world).size() == 2);
  CHECK(crashed.recover().batches == 0);
  CHECK(restore_trash(*crashed.trash, {}, {})->files == 2);
  CHECK(difference(crashed.before, crashed.world.snapshot()) == "");
}

TEST_CASE("what is not what it must be goes back to its place") {
  const Crashed crashed;
  const TrashWorld& world = crashed.world;
  world.dir.append("runs/" + crashed.in_batch("1"), " and more");
  const TrashReport report = crashed.recover();
  CHECK(report.files == 1);
  CHECK(report.kept == 0);
  CHECK(world.read("a/events") == "first and more");
  CHECK(objects(world).size() == 1);
}

TEST_CASE("where its place is taken or gone, it stays as a stray") {
  const Crashed crashed;
  const TrashWorld& world = crashed.world;
  world.dir.append("runs/" + crashed.in_batch("1"), " and more");
  world.dir.append("runs/" + crashed.in_batch("2"), " and more");
  SUBCASE("taken") {
    world.write("a/events", "taken");
    world.write("a/events.2", "taken");
  }
  SUBCASE("gone") {
    fs::remove_all(world.at("a"));
  }
  SUBCASE("the manifest has a torn line") {
    fs::remove_all(world.at("a"));
    world.dir.append("runs/" + crashed.in_batch("manifest.jsonl"), "{\"type\":\"go");
  }
  const TrashReport report = crashed.recover();
  CHECK(report.files == 0);
  CHECK(report.kept == 2);
  CHECK(report.troubles.empty());
  CHECK(objects(world).size() == 2);
  CHECK(world.read(crashed.in_batch("5")) == "first and more");
  CHECK(world.read(crashed.in_batch("6")) == "second and more");
  CHECK(list_trash(*crashed.trash)->at(0).files == 2);
  CHECK(empty_trash(*crashed.trash, {}, {})->files == 0);
  fs::remove_all(world.at("a"));
  CHECK(restore_trash(*crashed.trash, {}, {})->files == 2);
  CHECK(world.read("a/events") == "first and more");
  CHECK(crashed.trash->batch_ids()->empty());
}

TEST_CASE("a batch that was only begun, or is almost gone, is taken away") {
  const TrashWorld world;
  const auto trash = world.trash();
  for (const char* names : {"", "manifest.new", "done", "manifest.new done"}) {
    CAPTURE(names);
    world.dir.make_directory("runs/.tfe-trash/20260101-000000");
    for (const char* name : {"manifest.new", "done"}) {
      if (std::string(names).find(name) != std::string::npos) {
        world.write(".tfe-trash/20260101-000000/" + std::string(name), "{\"ty");
      }
    }
    const auto report = recover_trash(*trash);
    REQUIRE(report.ok());
    CHECK(report->troubles.empty());
    CHECK(trash->batch_ids()->empty());
  }
}

TEST_CASE("with a directory among its own names a batch is nothing of ours") {
  const TrashWorld world;
  const auto trash = world.trash();
  world.write(".tfe-trash/20260101-000000/manifest.new/file", "x");
  world.write(".tfe-trash/20260101-000001/made", "x");
  CHECK(recover_trash(*trash)->troubles.size() == 2);
  CHECK(world.read(".tfe-trash/20260101-000000/manifest.new/file") == "x");
  CHECK(world.read(".tfe-trash/20260101-000001/made") == "x");
}

}  // namespace
}  // namespace tfevents::rewrite
