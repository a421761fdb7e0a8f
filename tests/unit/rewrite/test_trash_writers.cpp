#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

using test::announced;
using test::difference;
using test::objects;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

/// A file that is held open for writing.
class Writer {
 public:
  explicit Writer(const std::string& path)
      : file_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {
    REQUIRE(file_ >= 0);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { ::close(file_); }

 private:
  int file_;
};

/// A tree with an empty directory in `a`, whose act dies after some moves.
struct Dying {
  Dying() {
    world.build();
    world.dir.make_directory("runs/a/none");
    world.age("a/none", 1700050000);
    world.age("a", 1700060000);
    before = world.snapshot();
    plan = world.plan();
    plan.directories.push_back(world.directory("a/none"));
    trash = world.trash();
  }
  void move(std::size_t files) {
    auto batch = announced(*trash, world.now, plan);
    REQUIRE(batch.ok());
    for (std::size_t i = 0; i < files; ++i) {
      REQUIRE((*batch)->move(i + 1, plan.files[i]).result == MoveResult::kMoved);
    }
  }
  void recover_and_restore(bool restore = true) const {
    REQUIRE(recover_trash(*trash).ok());
    if (!restore) return;
    const auto restored = restore_trash(*trash, {.all = true}, {});
    REQUIRE(restored.ok());
    CHECK(restored->kept == 0);
    CHECK(difference(before, world.snapshot()) == "");
  }

  TrashWorld world;
  Snapshot before;
  TrashPlan plan;
  std::unique_ptr<Trash> trash;
};

TEST_CASE("recovery removes the directories that a crashed act has emptied") {
  Dying dying;
  dying.move(3);  // All of `a`, nothing of `b/c`.
  dying.recover_and_restore(false);
  CHECK_FALSE(dying.world.exists("a"));
  CHECK(dying.world.exists("b/c/events"));
  dying.recover_and_restore();
}

TEST_CASE("recovery removes no directory of a trial that is still there in part") {
  Dying dying;
  dying.move(2);
  dying.recover_and_restore(false);
  CHECK(dying.world.exists("a/eval/events"));
  CHECK(dying.world.exists("a/none"));
  dying.recover_and_restore();
}

TEST_CASE("recovery removes no directory that was put in the place of a listed one") {
  Dying dying;
  dying.move(3);
  REQUIRE(::rename(dying.world.at("a").c_str(), dying.world.at("elsewhere").c_str()) == 0);
  dying.world.dir.make_directory("runs/a");
  dying.recover_and_restore(false);
  CHECK(dying.world.exists("a"));
}

TEST_CASE("a directory that was removed and not noted comes back") {
  Dying dying;
  dying.move(3);
  REQUIRE(::rmdir(dying.world.at("a/none").c_str()) == 0);
  dying.recover_and_restore();
}

TEST_CASE("a directory that two batches have changed gets the time before the first") {
  TrashWorld world;
  world.build();
  const Snapshot before = world.snapshot();
  TrashPlan plan = world.plan();
  TrashPlan first{.files = {plan.files[0]}, .directories = {plan.directories[0]}};
  REQUIRE(test::prune(real_sys(), world, first).ok());
  plan = {.files = {world.file("a/events.2", "a"), world.file("a/eval/events", "a")},
          .directories = {world.directory("a"), world.directory("a/eval")}};
  REQUIRE(test::prune(real_sys(), world, plan).ok());
  REQUIRE_FALSE(world.exists("a"));
  REQUIRE(test::restore_or_empty(real_sys(), world, true).ok());
  CHECK(difference(before, world.snapshot()) == "");
}

TEST_CASE("whether a file is open for writing") {
  TrashWorld world;
  world.build();
  const auto directory = real_sys().open_directory(world.at("a"));
  REQUIRE(directory.ok());
  const auto told = (*directory)->is_being_written("events");
  if (!told) {
    MESSAGE("skipped: this file system does not tell");
    return;
  }
  CHECK_FALSE(*told);
  {
    const Writer writer(world.at("a/events"));
    CHECK((*directory)->is_being_written("events") == true);
    CHECK((*directory)->is_being_written("events.2") == false);
  }
  CHECK((*directory)->is_being_written("events") == false);
  CHECK((*directory)->is_being_written("none") == std::nullopt);
  CHECK((*directory)->is_being_written("eval") == std::nullopt);
  CHECK((*directory)->is_being_written("../a/events") == std::nullopt);
}

TEST_CASE("what is open for writing is not deleted") {
  TrashWorld world;
  world.build();
  if (!(*real_sys().open_directory(world.at("a")))->is_being_written("events")) {
    MESSAGE("skipped: this file system does not tell");
    return;
  }
  {
    const Writer writer(world.at("a/events"));
    REQUIRE(test::prune(real_sys(), world, world.plan()).ok());
    std::string kept;
    const auto emptied = empty_trash(*world.trash(), {}, [&](const TrashedFile& file) {
      if (file.result == TrashResult::kKept) kept += file.entry.file.path + file.error->message;
    });
    REQUIRE(emptied.ok());
    CHECK(emptied->files == 3);
    CHECK(kept == "a/eventsis open for writing");
  }
  CHECK(objects(world).count("first") == 1);
  REQUIRE(test::restore_or_empty(real_sys(), world, false).ok());
  CHECK(objects(world).empty());
}

}  // namespace
}  // namespace tfevents::rewrite
