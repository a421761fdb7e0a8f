#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include <grp.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support/child.hpp"
#include "support/trash_world.hpp"

namespace tfevents::rewrite {
namespace {

namespace fs = std::filesystem;
using test::announced;
using test::kPlainUser;
using test::TrashPlan;
using test::TrashWorld;

constexpr int kRuns = 4;

/// Rounds of a race: a few for every day, TFEVENTS_RACES for a night.
int rounds() {
  const char* wanted = std::getenv("TFEVENTS_RACES");
  return wanted == nullptr ? 2000 : std::atoi(wanted);
}

int rename_at(const std::string& from, const std::string& to, unsigned flags) {
  return static_cast<int>(
      ::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags));
}

void spew(const std::string& path, const std::string& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return;
  static_cast<void>(!::write(file, bytes.data(), bytes.size()));
  ::close(file);
}

/// Somebody who may write in the tree, and wants us to do something elsewhere. Never destroys
/// anything: what is missing afterwards was lost by us.
class Enemy {
 public:
  Enemy(const TrashWorld& world, std::string canary, bool drop_rights)
      : world_(world), canary_(std::move(canary)) {
    thread_ = std::thread([this, drop_rights] {
      // Only of this thread: the library's functions would change all of them.
      if (drop_rights) {
        static_cast<void>(::syscall(SYS_setgroups, 0, nullptr));
        static_cast<void>(::syscall(SYS_setresgid, kPlainUser, kPlainUser, kPlainUser));
        static_cast<void>(::syscall(SYS_setresuid, kPlainUser, kPlainUser, kPlainUser));
      }
      while (!over_) act();
    });
  }
  Enemy(const Enemy&) = delete;
  Enemy& operator=(const Enemy&) = delete;
  ~Enemy() {
    over_ = true;
    thread_.join();
  }

 private:
  void act() {
    const std::string number = std::to_string(random_() % kRuns);
    const std::string run = world_.at("run" + number);
    const std::string away = world_.dir / ("away" + number);
    switch (random_() % 8) {
      case 0: swap_for_link(run, away); break;
      case 1: swap_for_link(run + "/sub", run + "/hidden"); break;
      case 2:
        if (rename_at(run, away, RENAME_NOREPLACE) == 0) std::this_thread::yield();
        rename_at(away, run, RENAME_NOREPLACE);
        break;
      case 3:
        if (rename_at(run + "/events", run + "/other", RENAME_EXCHANGE) == 0) {
          std::this_thread::yield();
          rename_at(run + "/events", run + "/other", RENAME_EXCHANGE);
        }
        break;
      case 4:
        if (rename_at(run + "/sub/events", run + "/events", RENAME_NOREPLACE) == 0) {
          rename_at(run + "/events", run + "/sub/events", RENAME_NOREPLACE);
        }
        break;
      case 5: swap_for_link(world_.at(".tfe-trash"), world_.at(".tfe-away")); break;
      case 6: plant(); break;
      default: tidy();
    }
  }

  /// Or they would soon stand in their own way, and there would be no race any more.
  void tidy() {
    for (int i = 0; i < kRuns; ++i) {
      const std::string run = world_.at("run" + std::to_string(i));
      bring_back(world_.dir / ("away" + std::to_string(i)), run);
      bring_back(run + "/hidden", run + "/sub");
    }
    bring_back(world_.at(".tfe-away"), world_.at(".tfe-trash"));
  }

  /// Also where we have made it again meanwhile: then the files that it holds.
  static void bring_back(const std::string& away, const std::string& to) {
    struct stat info {};
    if (::lstat(to.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) ::unlink(to.c_str());
    if (rename_at(away, to, RENAME_NOREPLACE) == 0) return;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(away, error)) {
      const std::string name = entry.path().filename().string();
      if (rename_at(entry.path().string(), to + "/" + name, RENAME_NOREPLACE) != 0 &&
          entry.is_directory(error)) {
        bring_back(entry.path().string(), to + "/" + name);
      }
    }
    ::rmdir(away.c_str());
  }

  void swap_for_link(const std::string& what, const std::string& away) {
    if (rename_at(what, away, RENAME_NOREPLACE) != 0) return;
    if (::symlink(canary_.c_str(), what.c_str()) == 0) {
      std::this_thread::yield();
      ::unlink(what.c_str());
    }
    rename_at(away, what, RENAME_NOREPLACE);
  }

  /// Batches and numbers, where they can be written.
  void plant() {
    const std::string trash = world_.at(".tfe-trash");
    const std::string batch = trash + "/20200101-000000";
    if (::mkdir(trash.c_str(), 0700) != 0 && random_() % 8 != 0) return;
    if (::mkdir(batch.c_str(), 0700) == 0) {
      ManifestFile entry{.number = 1, .file = world_file("../canary/planted"), .stray = false};
      spew(batch + "/manifest.jsonl",
           header() + to_manifest_line(entry) + to_manifest_line(ManifestSeal{1, 0}));
      spew(batch + "/done", "");
      spew(batch + "/1", "planted");
    }
    for (const char* name : {"manifest.jsonl", "manifest.new", "done", "1"}) {
      ::unlink((batch + "/" + name).c_str());
    }
    ::rmdir(batch.c_str());
    ::rmdir(trash.c_str());
  }

  static std::string header() {
    ManifestHeader header;
    header.batch = "20200101-000000";
    return to_manifest_line(header);
  }
  static PlannedFile world_file(std::string path) {
    PlannedFile file;
    file.path = std::move(path);
    file.info.type = FileType::kRegular;
    return file;
  }

  const TrashWorld& world_;
  std::string canary_;
  std::mt19937 random_{7};
  std::atomic<bool> over_{false};
  std::thread thread_;
};

/// All regular files below a directory, by content; links are not followed.
std::multimap<std::string, std::string> files_below(const std::string& path) {
  std::multimap<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_symlink() || !entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    found.emplace(std::string{std::istreambuf_iterator<char>(file), {}}, entry.path().string());
  }
  return found;
}

/// Everything that is owned by the user of the tree.
void give_away(const std::string& path) {
  REQUIRE(::lchown(path.c_str(), kPlainUser, kPlainUser) == 0);
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    REQUIRE(::lchown(entry.path().c_str(), kPlainUser, kPlainUser) == 0);
  }
}

/// How much was really done, so that a race which never got anywhere is noticed.
struct Done {
  std::uint64_t moved = 0;
  std::uint64_t restored = 0;
  std::uint64_t deleted = 0;
  std::uint64_t refused = 0;  ///< Acts that found the tree in no state to begin.
};

std::string to_text(const Done& done) {
  return std::to_string(done.moved) + " moves, " + std::to_string(done.restored) + " restores, " +
         std::to_string(done.refused) + " refused";
}

void act_once(const TrashWorld& world, const TrashPlan& plan, bool empty, Done& done) {
  auto trash = Trash::open_or_create(real_sys(), world.operand, TrashWorld::actor());
  if (!trash.ok() || !TreeLock::take(**trash, {.now = world.now}).ok()) {
    ++done.refused;
    return;
  }
  static_cast<void>(recover_trash(**trash));
  if (auto batch = announced(**trash, world.now, plan); batch.ok()) {
    for (std::size_t i = 0; i < plan.files.size(); ++i) {
      static_cast<void>((*batch)->move(i + 1, plan.files[i]));
    }
    done.moved += (*batch)->files();
    static_cast<void>((*batch)->remove_emptied(plan.directories));
    static_cast<void>((*batch)->finish());
  }
  const auto report =
      empty ? empty_trash(**trash, {}, {}) : restore_trash(**trash, {.all = true}, {});
  if (report.ok()) (empty ? done.deleted : done.restored) += report->files;
}

/// Returns what is wrong afterwards. `enemy_is_another`: we are root, and they are not.
std::string race(bool enemy_is_another, bool empty, Done& done) {
  const TrashWorld world;
  const std::string canary = world.dir.make_directory("canary/sub");
  for (const char* name : {"canary/events", "canary/other", "canary/sub/events", "canary/1"}) {
    world.dir.write(name, std::string("canary ") + name);
  }
  std::vector<std::string> contents;
  std::size_t planned = 0;
  for (int i = 0; i < kRuns; ++i) {
    const std::string run = "run" + std::to_string(i);
    for (const char* name : {"/events", "/sub/events", "/other", "/sub/kept"}) {
      contents.push_back(run + name);
      world.write(run + name, contents.back());
    }
  }
  REQUIRE(::chmod(world.dir.path().c_str(), 0777) == 0);
  if (enemy_is_another) give_away(world.operand);
  const auto canary_before = files_below(world.dir / "canary");

  TrashPlan plan;
  const auto plan_run = [&](const std::string& run) {
    for (const char* name : {"/events", "/sub/events"}) {
      plan.files.push_back(world.file(run + name, run));
    }
    plan.directories.push_back(world.directory(run));
    plan.directories.push_back(world.directory(run + "/sub"));
  };
  for (int i = 0; i < kRuns; ++i) plan_run("run" + std::to_string(i));
  planned = plan.files.size();
  {
    const Enemy enemy(world, world.dir / "canary", enemy_is_another);
    const auto wanted = static_cast<std::uint64_t>(rounds());
    for (std::uint64_t i = 0; i - done.refused < wanted && i < 2000 * wanted; ++i) {
      const std::uint64_t refused = done.refused;
      act_once(world, plan, empty, done);
      if (done.refused != refused) std::this_thread::yield();
    }
  }

  std::string wrong;
  if (files_below(world.dir / "canary") != canary_before) wrong += "the canary is not as it was\n";
  const auto found = files_below(world.dir.path());
  std::size_t lost = 0;
  for (const std::string& content : contents) {
    const std::size_t count = found.count(content);
    if (count > 1) wrong += content + " is there twice\n";
    if (count == 1) continue;
    ++lost;
    const bool may_go = empty && content.ends_with("events");
    if (!may_go) wrong += content + " is lost\n";
  }
  if (lost > (empty ? planned : 0)) wrong += "too many are lost\n";
  return wrong;
}

TEST_CASE("an enemy in the tree, while root moves and restores: nothing else is touched or lost") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can have an enemy of another user");
    return;
  }
  Done done;
  CHECK(race(true, false, done) == "");
  CHECK(done.moved > 0);
  CHECK(done.restored > 0);
  MESSAGE(to_text(done));
  Done emptied;
  CHECK(race(true, true, emptied) == "");
}

TEST_CASE("an enemy in the tree, while a plain user moves and restores") {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Done done;
    std::string said = "not a plain user";
    if (::geteuid() != 0 ||
        (::setgroups(0, nullptr) == 0 && ::setgid(kPlainUser) == 0 && ::setuid(kPlainUser) == 0)) {
      said = race(false, false, done);
      if (done.moved == 0 || done.restored == 0) said += "nothing was done\n";
      if (std::getenv("TFEVENTS_RACES") != nullptr) {
        std::fprintf(stderr, "plain user: %s\n", to_text(done).c_str());
      }
      said += race(false, true, done);
    }
    const bool written =
        ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t count = ::read(ends[0], said.data(), said.size());
  ::close(ends[0]);
  said.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(said == "");
}

}  // namespace
}  // namespace tfevents::rewrite
