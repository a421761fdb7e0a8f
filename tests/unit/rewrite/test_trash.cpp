#include <fstream>

#include "base/text.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using test::announced;
using test::difference;
using test::objects;
using test::prune;
using test::restore_or_empty;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

ErrorCode code_of(const Result<std::unique_ptr<Trash>>& result) {
  REQUIRE_FALSE(result.ok());
  CHECK_FALSE(result.error().hint.empty());
  return result.error().code;
}

TEST_CASE("a trash is made for its owner alone") {
  const TrashWorld world;
  const auto none = Trash::open(real_sys(), world.operand, TrashWorld::actor());
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().code == ErrorCode::kNotFound);
  CHECK_FALSE(world.exists(".tfe-trash"));

  CHECK(world.trash()->batch_ids()->empty());
  CHECK(world.info(".tfe-trash").mode == 0700);
  CHECK(Trash::open(real_sys(), world.operand, TrashWorld::actor()).ok());
}

TEST_CASE("what is no trash of ours is refused and not touched") {
  const TrashWorld world;
  const std::string name = world.at(".tfe-trash");
  const auto opened = [&](std::uint32_t uid = ::geteuid()) {
    Actor actor = TrashWorld::actor();
    actor.uid = uid;
    return Trash::open_or_create(real_sys(), world.operand, actor);
  };
  const auto open_code = [&] { return code_of(opened()); };

  SUBCASE("a link") {
    world.dir.make_directory("elsewhere");
    world.dir.make_link("runs/.tfe-trash", world.dir / "elsewhere");
    REQUIRE(::chmod((world.dir / "elsewhere").c_str(), 0700) == 0);
    CHECK(open_code() == ErrorCode::kRefused);
    CHECK(std::filesystem::is_empty(world.dir / "elsewhere"));
  }
  SUBCASE("a file") {
    world.write(".tfe-trash", "mine");
    CHECK(open_code() == ErrorCode::kRefused);
    CHECK(world.read(".tfe-trash") == "mine");
  }
  SUBCASE("open to others") {
    for (const mode_t mode : {0710U, 0701U, 0770U, 0755U}) {
      REQUIRE((::mkdir(name.c_str(), mode) == 0 || errno == EEXIST));
      REQUIRE(::chmod(name.c_str(), mode) == 0);
      CHECK(open_code() == ErrorCode::kRefused);
      CHECK(world.info(".tfe-trash").mode == mode);
      CHECK(std::filesystem::is_empty(name));
    }
  }
  SUBCASE("of another user") {
    CHECK(world.trash() != nullptr);
    CHECK(code_of(opened(::geteuid() + 1)) == ErrorCode::kRefused);
  }
  SUBCASE("an operand that is a link") {
    world.dir.make_link("link", world.operand);
    const auto linked = Trash::open_or_create(real_sys(), world.dir / "link", TrashWorld::actor());
    CHECK(code_of(linked) == ErrorCode::kRefused);
    CHECK_FALSE(world.exists(".tfe-trash"));
  }
}

TEST_CASE("to the trash and back: the same files, directories, modes and times") {
  const TrashWorld world(test::Ground::kDisk);
  world.build();
  const Snapshot before = world.snapshot();
  const TrashPlan plan = world.plan();
  REQUIRE(prune(real_sys(), world, plan).ok());

  CHECK_FALSE(world.exists("a"));
  CHECK_FALSE(world.exists("b/c"));
  CHECK(world.read("b/model.ckpt") == "stays");
  CHECK(objects(world).size() == 4);
  CHECK(world.read(".tfe-trash/journal.jsonl").find("\"act\":\"prune\"") != std::string::npos);

  REQUIRE(restore_or_empty(real_sys(), world, true).ok());
  CHECK(difference(before, world.snapshot()) == "");
  CHECK(world.trash()->batch_ids()->empty());
  CHECK(restore_or_empty(real_sys(), world, true).ok());  // nothing to do
}

TEST_CASE("emptying takes everything, and what is listed is what is there") {
  const TrashWorld world;
  world.build();
  REQUIRE(prune(real_sys(), world, world.plan()).ok());
  const auto trash = world.trash();
  auto listed = list_trash(*trash);
  REQUIRE(listed.ok());
  REQUIRE(listed->size() == 1);
  const TrashedBatch& batch = listed->front();
  CHECK(is_batch_id(batch.id));
  CHECK(batch.state == BatchState::kDone);
  CHECK(batch.header.time == world.now);
  CHECK(batch.header.who == TrashWorld::actor());
  CHECK(batch.header.policy == "--older-than 7d");
  CHECK(batch.files == 4);
  CHECK(batch.bytes == 5 + 6 + 5 + 6);
  REQUIRE(batch.runs.size() == 2);
  CHECK(batch.runs[0].trial == "a");
  CHECK(batch.runs[0].path == "a");
  CHECK(batch.runs[0].files == 3);
  CHECK(batch.runs[0].bytes == 16);
  CHECK(batch.runs[1].path == "b/c");

  const auto early = empty_trash(*trash, world.now, {});
  REQUIRE(early.ok());
  CHECK(early->batches == 0);
  std::vector<std::string> deleted;
  const auto emptied = empty_trash(*trash, world.now + 1, [&](const TrashedFile& file) {
    CHECK(file.result == TrashResult::kDeleted);
    CHECK(file.batch == batch.id);
    deleted.push_back(file.entry.file.path);
  });
  REQUIRE(emptied.ok());
  CHECK(emptied->batches == 1);
  CHECK(emptied->files == 4);
  CHECK(emptied->bytes == 22);
  CHECK(emptied->kept == 0);
  CHECK(emptied->troubles.empty());
  CHECK(deleted.size() == 4);
  CHECK(list_trash(*trash)->empty());
  CHECK(trash->batch_ids()->empty());
}

TEST_CASE("batches of one second have names of their own, in order") {
  const TrashWorld world;
  const auto trash = world.trash();
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "run" + std::to_string(i) + "/events";
    world.write(name, "x");
    const TrashPlan plan{.files = {world.file(name, "r")}, .directories = {}};
    auto batch = announced(*trash, 1796007601.9, plan);
    REQUIRE(batch.ok());
    CHECK((*batch)->move(1, plan.files[0]).result == MoveResult::kMoved);
    REQUIRE((*batch)->finish().ok());
    ids.push_back((*batch)->id());
  }
  CHECK(ids[0] == "20261130-030001");
  CHECK(ids[1] == "20261130-030001-2");
  CHECK(ids[11] == "20261130-030001-12");
  CHECK(*trash->batch_ids() == ids);
  // The newest, then two that are named.
  REQUIRE(restore_trash(*trash, {}, {}).ok());
  CHECK(world.exists("run11/events"));
  CHECK_FALSE(world.exists("run10/events"));
  REQUIRE(restore_trash(*trash, {.batches = {ids[3], ids[1]}}, {}).ok());
  CHECK(world.exists("run3/events"));
  CHECK(world.exists("run1/events"));
  CHECK(trash->batch_ids()->size() == 9);
}

TEST_CASE("batches are named by people with care") {
  const TrashWorld world;
  const auto trash = world.trash();
  const auto code = [&](std::string id) {
    const auto report = restore_trash(*trash, {.batches = {std::move(id)}}, {});
    REQUIRE_FALSE(report.ok());
    return report.error().code;
  };
  CHECK(restore_trash(*trash, {}, {}).error().code == ErrorCode::kNotFound);
  CHECK(restore_trash(*trash, {.all = true}, {}).ok());
  CHECK(code("20261123-030001") == ErrorCode::kNotFound);
  for (const char* id : {"", ".", "..", "../x", "2026", "20261123-03000", "20261123-030001-",
                         "20261123-030001-x", "20261123-030001/..", "20261123 030001", "lock"}) {
    CAPTURE(id);
    CHECK(code(id) == ErrorCode::kUsage);
  }
}

TEST_CASE("no batch without a usable time") {
  const TrashWorld world;
  const auto trash = world.trash();
  for (const double now : {1e300, -1e18, 0.0 / 0.0}) {
    const auto batch = Batch::begin(*trash, now, "");
    REQUIRE_FALSE(batch.ok());
    CHECK(batch.error().code == ErrorCode::kRefused);
  }
  CHECK(trash->batch_ids()->empty());
}

TEST_CASE("what is not sealed leaves nothing behind; neither does what nothing was moved to") {
  const TrashWorld world;
  world.build();
  const TrashPlan plan = world.plan();
  const auto trash = world.trash();
  {
    auto batch = Batch::begin(*trash, world.now, "");
    REQUIRE(batch.ok());
    REQUIRE((*batch)->add(plan.files[0]).ok());
    CHECK((*batch)->move(1, plan.files[0]).result == MoveResult::kFailed);
    CHECK(list_trash(*trash)->at(0).state == BatchState::kUnfinished);
  }
  CHECK(trash->batch_ids()->empty());
  {
    auto batch = announced(*trash, world.now, plan);
    REQUIRE(batch.ok());
    CHECK(list_trash(*trash)->at(0).state == BatchState::kUnfinished);
    REQUIRE((*batch)->finish().ok());
  }
  CHECK(trash->batch_ids()->empty());
  CHECK(world.exists("a/events"));
}

TEST_CASE("what no restore would take back is not announced") {
  const TrashWorld world;
  world.build();
  const auto trash = world.trash();
  auto batch = Batch::begin(*trash, world.now, "");
  REQUIRE(batch.ok());
  PlannedFile file = world.file("a/events", "a");
  const auto code = [&] { return (*batch)->add(file).error().code; };
  for (const char* path :
       {"", "/a", "a/", "a//b", ".", "a/..", "./a", ".tfe-trash/lock", "a/.tfe-x"}) {
    CAPTURE(path);
    file.path = path;
    CHECK(code() == ErrorCode::kRefused);
  }
  file.path = std::string(300, 'x');
  CHECK(code() == ErrorCode::kRefused);
  file = world.file("a/events", std::string(5000, 't'));
  CHECK(code() == ErrorCode::kRefused);
  file = world.file("a/eval", "a");
  CHECK(code() == ErrorCode::kRefused);
  PlannedDirectory directory = world.directory("a");
  directory.path = "..";
  CHECK_FALSE((*batch)->add(directory).ok());
  directory = {.path = "a/events", .info = world.info("a/events")};
  CHECK_FALSE((*batch)->add(directory).ok());
}

TEST_CASE("names of any bytes, links and other objects go and come back") {
  const TrashWorld world;
  const std::string odd = "r\xff\n\x1b[31m \xe2\x80\xae\"\\/ev\xc3(\x01";
  world.write(odd, "odd");
  world.write("r/" + std::string(255, 'n'), "long");
  world.dir.make_link("runs/r/link", "/nowhere");
  world.dir.make_fifo("runs/r/fifo");
  world.write("r/hard", "two names");
  REQUIRE(::link(world.at("r/hard").c_str(), world.at("other").c_str()) == 0);
  REQUIRE(::chmod(world.at("r/fifo").c_str(), 0604) == 0);
  const Snapshot before = world.snapshot();
  TrashPlan plan;
  for (const std::string& path : {odd, "r/" + std::string(255, 'n'), std::string("r/link"),
                                  std::string("r/fifo"), std::string("r/hard")}) {
    plan.files.push_back(world.file(path, odd));
  }
  plan.directories = {world.directory(odd.substr(0, odd.rfind('/'))), world.directory("r")};
  REQUIRE(prune(real_sys(), world, plan).ok());
  CHECK_FALSE(world.exists("r"));
  CHECK(world.exists("other"));
  const auto listed = list_trash(*world.trash());
  REQUIRE(listed->size() == 1);
  CHECK(listed->at(0).runs.at(0).run == odd);
  CHECK(listed->at(0).files == 5);
  const std::string manifest = world.read(".tfe-trash/" + listed->at(0).id + "/manifest.jsonl");
  CHECK(is_valid_utf8(manifest));
  REQUIRE(restore_or_empty(real_sys(), world, true).ok());
  CHECK(difference(before, world.snapshot()) == "");
}

}  // namespace
}  // namespace tfevents::rewrite
