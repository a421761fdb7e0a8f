#include <cerrno>
#include <fstream>

#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

namespace fs = std::filesystem;
using test::difference;
using test::objects;
using test::prune;
using test::restore_or_empty;
using test::Snapshot;
using test::TrashPlan;
using test::TrashWorld;

/// A world whose plan is in the trash.
struct Pruned {
  Pruned() {
    world.build();
    before = world.snapshot();
    plan = world.plan();
    REQUIRE(prune(real_sys(), world, plan).ok());
    trash = world.trash();
    id = trash->batch_ids()->at(0);
  }
  /// Path of a file of the batch, below the operand.
  [[nodiscard]] std::string in_batch(const std::string& name) const {
    return ".tfe-trash/" + id + "/" + name;
  }
  TrashReport restore() {
    seen.clear();
    auto report = restore_trash(*trash, {}, visitor());
    REQUIRE(report.ok());
    return std::move(report).value();
  }
  TrashReport empty() {
    seen.clear();
    auto report = empty_trash(*trash, {}, visitor());
    REQUIRE(report.ok());
    return std::move(report).value();
  }
  TrashVisitor visitor() {
    return [this](const TrashedFile& file) {
      CHECK((file.error != nullptr) ==
            (file.result == TrashResult::kKept || file.result == TrashResult::kFailed));
      seen[file.entry.file.path] = {file.result, file.error != nullptr ? *file.error : Error()};
    };
  }

  TrashWorld world;
  Snapshot before;
  TrashPlan plan;
  std::unique_ptr<Trash> trash;
  std::string id;
  std::map<std::string, std::pair<TrashResult, Error>> seen;
};

TEST_CASE("nothing goes into a directory that has another owner since") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root gives directories away");
    return;
  }
  Pruned p;
  // Somebody renamed a directory of their own to where one was.
  fs::create_directories(p.world.at("a"));
  REQUIRE(::chown(p.world.at("a").c_str(), 65534, 65534) == 0);
  const TrashReport report = p.restore();
  CHECK(report.kept == 3);
  CHECK(p.seen.at("a/events").second.code == ErrorCode::kRefused);
  CHECK(p.seen.at("a/events.2").first == TrashResult::kKept);
  CHECK(fs::is_empty(p.world.at("a")));
  CHECK(p.world.exists("b/c/events"));
  REQUIRE(::chown(p.world.at("a").c_str(), 0, 0) == 0);
  CHECK(p.restore().kept == 0);
  CHECK(p.world.exists("a/events"));
}

TEST_CASE("what is there again is not overwritten, the others come back, and later it too") {
  Pruned p;
  p.world.write("a/events", "newer");
  SUBCASE("a file") {}
  SUBCASE("a directory") {
    fs::remove(p.world.at("a/events"));
    fs::create_directory(p.world.at("a/events"));
  }
  SUBCASE("a link to nothing") {
    fs::remove(p.world.at("a/events"));
    p.world.dir.make_link("runs/a/events", "nothing");
  }
  const Snapshot there = p.world.snapshot();
  const TrashReport report = p.restore();
  CHECK(report.files == 3);
  CHECK(report.kept == 1);
  CHECK(report.troubles.empty());
  CHECK(p.seen["a/events"].first == TrashResult::kKept);
  CHECK(p.seen["a/events"].second.code == ErrorCode::kExists);
  CHECK(p.seen["a/events"].second.message == "there is one again");
  CHECK(p.seen["a/events"].second.path == p.world.at("a/events"));
  CHECK(p.world.snapshot()["a/events"] == there.at("a/events"));
  CHECK(p.world.read("a/eval/events") == "third");
  CHECK(objects(p.world).size() == 1);
  CHECK(list_trash(*p.trash)->at(0).files == 1);

  fs::remove_all(p.world.at("a/events"));
  CHECK(p.restore().files == 1);
  CHECK(p.seen.size() == 1);
  CHECK(p.world.read("a/events") == "first");
  CHECK(p.trash->batch_ids()->empty());
}

TEST_CASE("a link on the way is not followed, nor another file replaced by a directory") {
  Pruned p;
  p.world.dir.make_directory("outside");
  SUBCASE("a link") {
    p.world.dir.make_link("runs/a", p.world.dir / "outside");
  }
  SUBCASE("a link within the tree") {
    p.world.dir.make_link("runs/a", "b");
  }
  SUBCASE("a file") {
    p.world.write("a", "file");
  }
  const TrashReport report = p.restore();
  CHECK(report.files == 1);
  CHECK(report.kept == 3);
  CHECK(p.seen["a/events"].first == TrashResult::kFailed);
  CHECK(p.world.read("b/c/events") == "fourth");
  CHECK(fs::is_empty(p.world.dir / "outside"));
  CHECK(objects(p.world).size() == 3);
  fs::remove(p.world.at("a"));
  CHECK(p.restore().files == 3);
  CHECK(p.trash->batch_ids()->empty());
}

TEST_CASE("directories that somebody made again keep what they got") {
  Pruned p;
  fs::create_directories(p.world.at("a/eval"));
  REQUIRE(::chmod(p.world.at("a").c_str(), 0711) == 0);
  p.world.age("a", 1750000000);
  const auto info = p.world.info("a");
  CHECK(p.restore().files == 4);
  const auto after = p.world.info("a");
  CHECK(after.mode == 0711);
  CHECK(after.file.mtime_ns == info.file.mtime_ns);
}

TEST_CASE("an object that was written on in the trash comes back, and is never emptied") {
  Pruned p;
  p.world.dir.append("runs/" + p.in_batch("1"), " and more");
  CHECK(p.empty().files == 3);
  CHECK(p.seen["a/events"].first == TrashResult::kKept);
  CHECK(p.seen["a/events"].second.message == "changed since it was trashed");
  CHECK(p.seen["a/events"].second.hint == "restore it");
  CHECK(p.seen["b/c/events"].first == TrashResult::kDeleted);
  CHECK(p.restore().files == 1);
  CHECK(p.seen["a/events"].first == TrashResult::kRestoredChanged);
  CHECK(p.world.read("a/events") == "first and more");
  CHECK(p.trash->batch_ids()->empty());
}

TEST_CASE("an object that is another one is neither restored nor emptied") {
  Pruned p;
  const std::string object = p.world.at(p.in_batch("1"));
  // The old one is kept, or its inode could be the new one's.
  fs::rename(object, p.world.dir / "kept");
  SUBCASE("a file") {
    p.world.write(p.in_batch("1"), "first");
  }
  SUBCASE("a link") {
    p.world.dir.make_link("runs/" + p.in_batch("1"), p.world.dir / "kept");
  }
  SUBCASE("a directory") {
    fs::create_directory(object);
  }
  CHECK(p.restore().files == 3);
  CHECK(p.seen["a/events"].first == TrashResult::kKept);
  CHECK(p.seen["a/events"].second.code == ErrorCode::kChanged);
  CHECK_FALSE(p.world.exists("a/events"));
  CHECK(p.empty().files == 0);
  CHECK(p.seen["a/events"].first == TrashResult::kKept);
  CHECK(p.world.exists(p.in_batch("1")));
  CHECK(p.world.dir.read("kept") == "first");
}

TEST_CASE("what a manifest does not list is left alone, and said") {
  for (const bool restore : {true, false}) {
    Pruned p;
    p.world.write(p.in_batch("99"), "planted");
    p.world.write(p.in_batch("note.txt"), "planted");
    const TrashReport report = restore ? p.restore() : p.empty();
    CHECK(report.files == 4);
    REQUIRE(report.troubles.size() == 1);
    CHECK(report.troubles[0].batch == p.id);
    CHECK(report.troubles[0].error.code == ErrorCode::kRefused);
    CHECK(p.world.read(p.in_batch("99")) == "planted");
    // It is still a whole batch, of nothing.
    CHECK(list_trash(*p.trash)->at(0).state == BatchState::kDone);
    CHECK(list_trash(*p.trash)->at(0).files == 0);
    fs::remove(p.world.at(p.in_batch("99")));
    fs::remove(p.world.at(p.in_batch("note.txt")));
    CHECK((restore ? p.restore() : p.empty()).troubles.empty());
    CHECK(p.trash->batch_ids()->empty());
  }
}

/// The manifest of the batch, changed.
void rewrite_manifest(const Pruned& p, std::string_view from, std::string_view to) {
  std::string text = p.world.read(p.in_batch("manifest.jsonl"));
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  p.world.write(p.in_batch("manifest.jsonl"), text.replace(at, from.size(), to));
}

TEST_CASE("a manifest that is not what it must be: nothing is touched") {
  Pruned p;
  SUBCASE("a path that leaves the tree") {
    rewrite_manifest(p, "a/events.2", "../../canary");
  }
  SUBCASE("an absolute path") {
    rewrite_manifest(p, "a/events.2", "/tmp/canary");
  }
  SUBCASE("into the trash") {
    rewrite_manifest(p, "a/events.2", ".tfe-trash/lock");
  }
  SUBCASE("an empty part") {
    rewrite_manifest(p, "a/events.2", "a//events");
  }
  SUBCASE("a NUL") {
    rewrite_manifest(p, "a/events.2", "a/\\u0000b");
  }
  SUBCASE("a line less") {
    rewrite_manifest(p, "\n{\"type\":\"file\"", "\n\n{\"type\":\"file\"");
  }
  SUBCASE("a seal that counts otherwise") {
    rewrite_manifest(p, "\"files\":4", "\"files\":5");
  }
  SUBCASE("another batch") {
    rewrite_manifest(p, p.id, "20200101-000000");
  }
  SUBCASE("a number twice") {
    rewrite_manifest(p, "\"number\":2", "\"number\":1");
  }
  SUBCASE("cut") {
    fs::resize_file(p.world.at(p.in_batch("manifest.jsonl")), 1000);
  }
  SUBCASE("empty") {
    fs::resize_file(p.world.at(p.in_batch("manifest.jsonl")), 0);
  }
  SUBCASE("none") {
    fs::remove(p.world.at(p.in_batch("manifest.jsonl")));
  }
  SUBCASE("a directory") {
    fs::remove(p.world.at(p.in_batch("manifest.jsonl")));
    fs::create_directory(p.world.at(p.in_batch("manifest.jsonl")));
  }
  SUBCASE("a link") {
    fs::rename(p.world.at(p.in_batch("manifest.jsonl")), p.world.dir / "manifest");
    p.world.dir.make_link("runs/" + p.in_batch("manifest.jsonl"), p.world.dir / "manifest");
  }
  SUBCASE("a FIFO") {
    fs::remove(p.world.at(p.in_batch("manifest.jsonl")));
    p.world.dir.make_fifo("runs/" + p.in_batch("manifest.jsonl"));
  }
  const Snapshot there = p.world.snapshot();
  const auto listed = list_trash(*p.trash);
  REQUIRE(listed.ok());
  REQUIRE(listed->size() == 1);
  CHECK(listed->at(0).id == p.id);
  CHECK(listed->at(0).state == BatchState::kDamaged);
  CHECK_FALSE(listed->at(0).trouble.empty());
  CHECK(listed->at(0).runs.empty());

  const TrashReport restored = p.restore();
  CHECK(restored.files == 0);
  CHECK(restored.troubles.size() == 1);
  const TrashReport emptied = p.empty();
  CHECK(emptied.files == 0);
  CHECK(emptied.troubles.size() == 1);
  const auto recovered = recover_trash(*p.trash);
  REQUIRE(recovered.ok());
  CHECK(recovered->files == 0);
  CHECK(difference(there, p.world.snapshot()) == "");
  CHECK(objects(p.world).size() == 4);
  CHECK(p.seen.empty());
}

TEST_CASE("what is planted as a batch is damaged, and left as it is") {
  const TrashWorld world;
  const auto trash = world.trash();
  world.write(".tfe-trash/20260101-000000", "a file");
  world.dir.make_link("runs/.tfe-trash/20260101-000001", world.dir.path());
  world.write(".tfe-trash/20260101-000002/1", "an object");
  world.write(".tfe-trash/20260101-000002/done", "");
  world.write(".tfe-trash/20260101-000003/1", "an object");
  world.write(".tfe-trash/not-a-batch/1", "an object");
  const auto listed = list_trash(*trash);
  REQUIRE(listed.ok());
  REQUIRE(listed->size() == 4);
  for (const TrashedBatch& batch : *listed) {
    CHECK(batch.state == BatchState::kDamaged);
    CHECK_FALSE(batch.trouble.empty());
  }
  CHECK(restore_trash(*trash, {.all = true}, {})->troubles.size() == 4);
  CHECK(empty_trash(*trash, {}, {})->troubles.size() == 4);
  CHECK(recover_trash(*trash)->troubles.size() == 4);
  CHECK(trash->batch_ids()->size() == 4);
  CHECK(objects(world).size() == 3);
  CHECK(world.read(".tfe-trash/20260101-000000") == "a file");
}

TEST_CASE("device numbers may change with a mount") {
  Pruned p;
  std::string text = p.world.read(p.in_batch("manifest.jsonl"));
  const std::string device = "\"dev\":" + std::to_string(p.trash->device());
  for (std::size_t at = 0; (at = text.find(device, at)) != std::string::npos;) {
    text.replace(at, device.size(), "\"dev\":123456789");
  }
  p.world.write(p.in_batch("manifest.jsonl"), text);
  CHECK(restore_or_empty(real_sys(), p.world, true).ok());
  CHECK(difference(p.before, p.world.snapshot()) == "");
}

TEST_CASE("a file that is at both places by the same inode is restored") {
  // What a crash between link and unlink leaves.
  Pruned p;
  fs::create_directories(p.world.at("a"));
  REQUIRE(::link(p.world.at(p.in_batch("1")).c_str(), p.world.at("a/events").c_str()) == 0);
  CHECK(p.restore().files == 4);
  CHECK(p.world.read("a/events") == "first");
  CHECK(p.trash->batch_ids()->empty());
}

TEST_CASE("batches of several acts come back together") {
  const TrashWorld world;
  world.build();
  const Snapshot before = world.snapshot();
  const TrashPlan plan = world.plan();
  for (const auto& file : plan.files) {
    TrashPlan one{.files = {file}, .directories = {}};
    for (const auto& directory : plan.directories) {
      if (world.exists(directory.path)) one.directories.push_back(world.directory(directory.path));
    }
    REQUIRE(prune(real_sys(), world, one).ok());
  }
  CHECK(world.trash()->batch_ids()->size() == 4);
  CHECK_FALSE(world.exists("a"));
  REQUIRE(restore_or_empty(real_sys(), world, true).ok());
  // But the time of a directory that was removed is the one that the last act saw.
  Snapshot after = world.snapshot();
  REQUIRE(after.contains("a"));
  after["a"] = before.at("a");
  CHECK(difference(before, after) == "");
  CHECK(world.info("a").mode == 0755);
}

TEST_CASE("a directory that held nothing comes back too, but not one that we left") {
  const TrashWorld world;
  world.write("a/events", "x");
  world.dir.make_directory("runs/a/plugins/profile");
  REQUIRE(::chmod(world.at("a/plugins").c_str(), 0751) == 0);
  world.age("a/plugins/profile", 1600000000);
  world.age("a/plugins", 1600000001);
  world.write("b/events", "y");
  world.age("a", 1600000002);
  const Snapshot before = world.snapshot();
  TrashPlan plan{.files = {world.file("a/events", "a"), world.file("b/events", "b")},
                 .directories = {world.directory("a"), world.directory("a/plugins"),
                                 world.directory("a/plugins/profile"), world.directory("b")}};
  world.dir.append("runs/b/events", "y");  // stays, and so does its directory
  REQUIRE(prune(real_sys(), world, plan).ok());
  CHECK_FALSE(world.exists("a"));
  fs::remove_all(world.at("b"));
  REQUIRE(restore_or_empty(real_sys(), world, true).ok());
  CHECK_FALSE(world.exists("b"));
  Snapshot expected = before;
  expected.erase("b");
  expected.erase("b/events");
  CHECK(difference(expected, world.snapshot()) == "");
}

TEST_CASE("as root: files and directories get their owners back") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can give files away");
    return;
  }
  const TrashWorld world;
  world.build();
  for (const char* name : {"a", "a/eval", "a/eval/events", "b/c"}) {
    REQUIRE(::chown(world.at(name).c_str(), 1234, 5678) == 0);
  }
  REQUIRE(::chmod(world.at("a/eval").c_str(), 02770) == 0);
  const Snapshot before = world.snapshot();
  REQUIRE(prune(real_sys(), world, world.plan()).ok());
  REQUIRE(restore_or_empty(real_sys(), world, true).ok());
  CHECK(difference(before, world.snapshot()) == "");
}

}  // namespace
}  // namespace tfevents::rewrite
