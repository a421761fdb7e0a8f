#pragma once

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rewrite/journal.hpp"
#include "rewrite/trash.hpp"
#include "rewrite/trash_batch.hpp"
#include "rewrite/tree_lock.hpp"
#include "support/temp_dir.hpp"

namespace tfevents::test {

/// Where a world lies. In memory syncing takes no time; a disk gives inodes of removed files to new
/// ones. Where TMPDIR is set, all of them are there.
enum class Ground { kMemory, kDisk };

inline std::unique_ptr<TempDir> temp_dir_on(Ground ground) {
  const bool moved = ground == Ground::kMemory && std::getenv("TMPDIR") == nullptr &&
                     ::access("/dev/shm", W_OK) == 0;
  if (moved) ::setenv("TMPDIR", "/dev/shm", 1);
  auto dir = std::make_unique<TempDir>();
  if (moved) ::unsetenv("TMPDIR");
  return dir;
}

/// What `prune` will do with a tree: files and the directories that they may leave empty.
struct TrashPlan {
  std::vector<rewrite::PlannedFile> files;
  std::vector<rewrite::PlannedDirectory> directories;
};

/// A name, and everything of what is there that a restore has to bring back.
using Snapshot = std::map<std::string, std::string>;

/// A tree of runs with a trash, and the acts of a user in it. Times are those of the real clock,
/// since the lock is compared with it.
struct TrashWorld {
  explicit TrashWorld(Ground ground = Ground::kMemory) : owner(temp_dir_on(ground)) {}

  std::unique_ptr<TempDir> owner;
  TempDir& dir = *owner;
  std::string operand = dir.make_directory("runs");
  double now = static_cast<double>(::time(nullptr));

  [[nodiscard]] static rewrite::Actor actor() {
    return {.uid = ::geteuid(),
            .user = "ann",
            .host = "node",
            .pid = ::getpid(),
            .command = "tfevents prune runs"};
  }

  /// Relative to the operand.
  [[nodiscard]] std::string at(std::string_view name) const {
    return operand + "/" + std::string(name);
  }
  void write(std::string_view name, std::string_view bytes) const {
    dir.write("runs/" + std::string(name), bytes);
  }
  [[nodiscard]] std::string read(std::string_view name) const {
    return dir.read("runs/" + std::string(name));
  }
  [[nodiscard]] bool exists(std::string_view name) const {
    return dir.exists("runs/" + std::string(name));
  }
  /// Sets a modification time, in seconds and nanoseconds that no clock would choose.
  void age(std::string_view name, std::time_t seconds) const {
    const timespec times[2] = {{.tv_sec = seconds - 7, .tv_nsec = 5},
                               {.tv_sec = seconds, .tv_nsec = 123456789}};
    REQUIRE(::utimensat(AT_FDCWD, at(name).c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
  }

  /// Two trials (`a` of two runs, and `b/c`) and what is not of them.
  void build() const {
    write("a/events", "first");
    write("a/events.2", "second");
    write("a/eval/events", "third");
    write("b/c/events", "fourth");
    write("b/model.ckpt", "stays");
    REQUIRE(::chmod(at("a/events").c_str(), 0640) == 0);
    REQUIRE(::chmod(at("a/eval").c_str(), 0750) == 0);
    std::time_t when = 1700000000;
    for (const char* name : {"a/events", "a/events.2", "a/eval/events", "b/c/events",
                             "b/model.ckpt", "a/eval", "a", "b/c", "b"}) {
      age(name, when += 1000);
    }
  }

  [[nodiscard]] EntryInfo info(std::string_view name) const {
    std::string path(name);
    const std::size_t slash = path.rfind('/');
    const std::string parent = slash == std::string::npos ? operand : at(path.substr(0, slash));
    const auto directory = real_sys().open_directory(parent);
    REQUIRE(directory.ok());
    const auto found = (*directory)->info_of(path.substr(slash + 1));
    REQUIRE_MESSAGE(found.ok(), path);
    return *found;
  }
  [[nodiscard]] rewrite::PlannedFile file(const std::string& path, std::string trial) const {
    return {.path = path, .trial = trial, .run = std::move(trial), .info = info(path).file};
  }
  [[nodiscard]] rewrite::PlannedDirectory directory(const std::string& path) const {
    return {.path = path, .info = info(path)};
  }
  /// All of `build` but the checkpoint.
  [[nodiscard]] TrashPlan plan() const {
    return {.files = {file("a/events", "a"), file("a/events.2", "a"), file("a/eval/events", "a"),
                      file("b/c/events", "b/c")},
            .directories = {directory("a"), directory("a/eval"), directory("b/c"), directory("b")}};
  }

  [[nodiscard]] std::unique_ptr<rewrite::Trash> trash(Sys& sys = real_sys()) const {
    auto opened = rewrite::Trash::open_or_create(sys, operand, actor());
    REQUIRE_MESSAGE(opened.ok(), opened.error().message);
    return std::move(opened).value();
  }

  /// Everything below the operand but the trash: type, mode, owner, group, times, content.
  [[nodiscard]] Snapshot snapshot() const {
    namespace fs = std::filesystem;
    Snapshot result;
    for (auto it = fs::recursive_directory_iterator(operand); it != fs::end(it); ++it) {
      const std::string path = it->path().string();
      if (it->path().filename() == ".tfe-trash") {
        it.disable_recursion_pending();
        continue;
      }
      struct stat info {};
      REQUIRE(::lstat(path.c_str(), &info) == 0);
      std::string& text = result[path.substr(operand.size() + 1)];
      text = std::to_string(info.st_mode) + " " + std::to_string(info.st_uid) + " " +
             std::to_string(info.st_gid) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
             std::to_string(info.st_mtim.tv_nsec);
      if (it->is_symlink()) {
        text += " -> " + fs::read_symlink(it->path()).string();
      } else if (it->is_regular_file()) {
        text += " " + std::to_string(info.st_ino) + " " + read(path.substr(operand.size() + 1));
      }
    }
    return result;
  }
};

/// Begins a batch, announces the plan and seals it.
inline Result<std::unique_ptr<rewrite::Batch>> announced(rewrite::Trash& trash, double now,
                                                         const TrashPlan& plan) {
  TFEVENTS_TRY(auto batch, rewrite::Batch::begin(trash, now, "--older-than 7d"));
  for (const auto& directory : plan.directories) TFEVENTS_CHECK(batch->add(directory));
  for (const auto& file : plan.files) {
    if (auto added = batch->add(file); !added.ok()) return std::move(added).error();
  }
  TFEVENTS_CHECK(batch->seal());
  return batch;
}

/// What `prune` does: lock, recover, announce, move, finish, journal. An Error for whatever did not
/// go as planned.
inline Status prune(Sys& sys, const TrashWorld& world, const TrashPlan& plan) {
  TFEVENTS_TRY(auto trash, rewrite::Trash::open_or_create(sys, world.operand, world.actor()));
  TFEVENTS_TRY(const auto lock, rewrite::TreeLock::take(*trash, {.now = world.now}));
  TFEVENTS_TRY(auto recovered, rewrite::recover_trash(*trash));
  if (!recovered.troubles.empty()) return recovered.troubles.front().error;
  TFEVENTS_TRY(auto batch, announced(*trash, world.now, plan));
  Status result = ok_status();
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    auto moved = batch->move(i + 1, plan.files[i]);
    if (moved.result == rewrite::MoveResult::kVanished) continue;
    if (moved.error) result = *moved.error;
  }
  for (auto& error : batch->remove_emptied(plan.directories).errors) result = std::move(error);
  TFEVENTS_CHECK(batch->finish());
  TFEVENTS_CHECK(rewrite::append_journal(*trash, {.act = "prune",
                                                  .time = world.now,
                                                  .batch = batch->id(),
                                                  .policy = "--older-than 7d",
                                                  .files = batch->files(),
                                                  .bytes = batch->bytes(),
                                                  .result = "done"}));
  return result;
}

/// What `trash restore --batch all` (or `trash empty`) does. An Error for whatever is left.
inline Status restore_or_empty(Sys& sys, const TrashWorld& world, bool restore) {
  TFEVENTS_TRY(auto trash, rewrite::Trash::open(sys, world.operand, world.actor()));
  TFEVENTS_TRY(const auto lock, rewrite::TreeLock::take(*trash, {.now = world.now}));
  TFEVENTS_TRY(auto recovered, rewrite::recover_trash(*trash));
  if (!recovered.troubles.empty()) return recovered.troubles.front().error;
  TFEVENTS_TRY(auto report, restore ? rewrite::restore_trash(*trash, {.all = true}, {})
                                    : rewrite::empty_trash(*trash, {}, {}));
  if (!report.troubles.empty()) return report.troubles.front().error;
  if (report.kept > 0) return Error{.code = ErrorCode::kExists, .message = "files were kept"};
  return ok_status();
}

/// The contents of all objects in all batches.
inline std::multimap<std::string, std::string> objects(const TrashWorld& world) {
  namespace fs = std::filesystem;
  std::multimap<std::string, std::string> found;
  if (!world.exists(".tfe-trash")) return found;
  for (const auto& batch : fs::directory_iterator(world.at(".tfe-trash"))) {
    if (!batch.is_directory()) continue;
    for (const auto& object : fs::directory_iterator(batch.path())) {
      const std::string name = object.path().filename().string();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      found.emplace(world.dir.read(object.path().string().substr(world.dir.path().size() + 1)),
                    object.path().string());
    }
  }
  return found;
}

/// What a restore did not bring back: names with what was and what is there. Empty: all is well.
inline std::string difference(const Snapshot& before, const Snapshot& after) {
  std::string text;
  for (const auto& [name, was] : before) {
    const auto is = after.find(name);
    if (is == after.end()) text += "lost " + name + "\n";
    if (is != after.end() && is->second != was) {
      text += name + ": " + was + " is " + is->second + "\n";
    }
  }
  for (const auto& [name, is] : after) {
    if (!before.contains(name)) text += "new " + name + "\n";
  }
  return text;
}

}  // namespace tfevents::test
