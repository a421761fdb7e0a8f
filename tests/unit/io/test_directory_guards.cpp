#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "unit/io/directory_helpers.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::Ground;
using test::in_child;
using test::in_every_way;
using test::kLink;
using test::names_in;
using test::TempDir;
using test::verdict;

using Names = std::vector<std::string>;

constexpr auto kOtherDevice = "refused: lies on another device";

TEST_CASE("what is open stays what it is when links take the places on the way to it") {
  in_every_way([](const Ground& g) {
    g.dir.write("runs/a/file", "ours");
    g.dir.write("outside/a/file", "theirs");
    const std::unique_ptr<Directory> runs = g.open("runs");
    const std::unique_ptr<Directory> a = runs->open_directory("a").value();
    REQUIRE(::rename((g.dir / "runs").c_str(), (g.dir / "moved").c_str()) == 0);
    g.dir.make_link("runs", "outside");
    CHECK(a->create_file("new", 0600).ok());
    CHECK(a->move("file", *runs, "file").ok());
    CHECK(runs->open_directory("a").ok());
    CHECK(names_in(*g.open("outside")) == Names{"a"});
    CHECK(g.dir.read("outside/a/file") == "theirs");
    CHECK(g.dir.read("moved/file") == "ours");
    CHECK(g.dir.exists("moved/a/new"));
    CHECK(verdict(g.here.open_directory("runs")) == kLink);
    // The directory itself replaced.
    REQUIRE(::rename((g.dir / "moved/a").c_str(), (g.dir / "away").c_str()) == 0);
    g.dir.make_link("moved/a", g.dir / "outside/a");
    CHECK(a->remove_file("new").ok());
    CHECK(verdict(runs->open_directory("a")) == kLink);
    CHECK(a->remove_file("file").error().code == ErrorCode::kNotFound);
    CHECK(g.dir.read("outside/a/file") == "theirs");
  });
}

/// Own mounts in this process only; false where that is not permitted.
bool alone_with_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

bool mount_tmpfs(const std::string& path) {
  return ::mount("none", path.c_str(), "tmpfs", 0, nullptr) == 0;
}

bool mount_again(const std::string& from, const std::string& to) {
  return ::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0;
}

std::string among_mounts(const Ground& outer) {
  if (!alone_with_mounts() || !mount_tmpfs(outer.dir / "tmpfs")) return "not permitted";
  // What was opened before still shows the mounts of before.
  const auto here = outer.sys.open_directory(outer.dir.path()).value();
  const Ground g{.sys = outer.sys, .dir = outer.dir, .here = *here, .modern = outer.modern};
  if (!mount_again(g.dir / "d", g.dir / "bound") ||
      !mount_again(g.dir / "file", g.dir / "bound-file")) {
    return "not permitted";
  }
  if (verdict(g.here.open_directory("tmpfs")) != kOtherDevice) return "tmpfs opened";
  const auto tmpfs = g.sys.open_directory(g.dir / "tmpfs");  // an operand may be a mount
  if (!tmpfs.ok() || !(*tmpfs)->make_directory("d", 0700).ok()) return "tmpfs as an operand";
  if (!(*tmpfs)->open_directory("d").ok()) return "below an operand";
  const Status into = g.here.move("file", **tmpfs, "file");
  if (verdict(into) != kOtherDevice || into.error().path != g.dir / "file") return "moved across";
  if (verdict(g.here.move("d", **tmpfs, "new")) != kOtherDevice) return "directory moved across";
  if (!names_in(**tmpfs).empty() && names_in(**tmpfs) != Names{"d"}) return "something arrived";
  if (g.here.move("tmpfs", g.here, "new").ok()) return "moved a mount";
  if (g.here.remove_directory("tmpfs").ok()) return "removed a mount";
  // The same device, mounted twice.
  const auto bound = g.here.open_directory("bound");
  if (g.modern && verdict(bound) != kOtherDevice) return "bound directory opened";
  const auto operand = g.sys.open_directory(g.dir / "bound");
  if (verdict(g.here.move("file", **operand, "file")) != kOtherDevice) return "moved into bound";
  if (g.modern && verdict(g.here.open_read("bound-file")) != kOtherDevice) return "bound file read";
  if (g.modern && verdict(g.here.open_append("bound-file", 0600)) != kOtherDevice) {
    return "bound file written";
  }
  const EntryInfo like = *g.here.info_of("file");
  if (g.modern && verdict(g.here.set_attributes("tmpfs", like)) != kOtherDevice) {
    return "attributes of a mount";
  }
  return "fine";
}

TEST_CASE("no mount is entered") {
  in_every_way([](const Ground& g) {
    for (const char* name : {"tmpfs", "bound", "d"}) g.dir.make_directory(name);
    g.dir.write("file", "x");
    g.dir.write("bound-file", "y");
    const std::string said = in_child([&] { return among_mounts(g); });
    if (said == "not permitted") {
      MESSAGE("skipped: mounts are not permitted here");
    } else {
      CHECK(said == "fine");
    }
    CHECK(g.dir.read("file") == "x");
  });
}

TEST_CASE("without /proc, attributes are given to what is open only") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "x");
    g.dir.make_directory("d");
    const std::string said = in_child([&]() -> std::string {
      if (!alone_with_mounts() || !mount_tmpfs("/proc")) return "not permitted";
      EntryInfo like = *g.here.info_of("file");
      like.mode = 0604;
      const Status refused = g.here.set_attributes("file", like);
      if (verdict(refused) != "unsupported: its attributes cannot be changed without /proc") {
        return verdict(refused);
      }
      like.mode = g.here.info_of("file")->mode;
      if (g.here.set_attributes("file", like).ok()) return "times";
      like.mode = 0705;
      if (!g.here.open_directory("d").value()->set_own_attributes(like).ok()) return "directory";
      if (g.here.info_of("d")->mode != 0705) return "mode";
      return g.here.open_append("file", 0600).value()->set_attributes(like).ok() ? "fine" : "file";
    });
    if (said == "not permitted") {
      MESSAGE("skipped: mounts are not permitted here");
    } else {
      CHECK(said == "fine");
    }
  });
}

/// What a user sees who may not write in `closed`, whose `file` is theirs, nor change `roots`.
std::string as_a_plain_user(const Ground& g) {
  const bool was_root = ::geteuid() == 0;
  if (!test::become_nobody()) return "still root";
  const std::unique_ptr<Directory> closed = g.here.open_directory("closed").value();
  const std::string denied = "io: permission denied";
  const auto create = closed->create_file("new", 0600);
  if (verdict(create) != denied) return "create_file";
  if (create.error().path != g.dir / "closed/new" || create.error().hint.empty()) return "hint";
  if (verdict(closed->open_append("new", 0600)) != denied) return "open_append";
  if (verdict(closed->make_directory("new", 0700)) != denied) return "make_directory";
  if (verdict(closed->move("file", g.here, "file")) != denied) return "move from";
  if (verdict(g.here.move("mine", *closed, "mine")) != denied) return "move to";
  if (verdict(closed->remove_file("file")) != denied) return "remove_file";
  if (verdict(closed->remove_directory("d")) != denied) return "remove_directory";
  if (names_in(*closed) != Names{"d", "file"}) return "closed changed";
  if (verdict(g.here.open_directory("unreadable")) != denied) return "open_directory";
  if (verdict(g.sys.open_directory(g.dir / "unreadable")) != denied) return "Sys::open_directory";
  if (!was_root) return "fine";
  // A sticky directory: everybody makes names there, and takes only their own away.
  const std::unique_ptr<Directory> sticky = g.here.open_directory("sticky").value();
  const std::string forbidden = "io: operation not permitted";
  if (verdict(sticky->move("roots", g.here, "roots")) != forbidden) return "move of root's";
  // Into a directory that is not private, by way of a second name.
  const std::unique_ptr<Directory> shared = g.here.open_directory("shared").value();
  if (verdict(sticky->move("roots", *shared, "roots")) != forbidden) return "move to shared";
  if (!names_in(*shared).empty()) return "a second name stays";
  if (verdict(sticky->set_attributes("roots", *g.here.info_of("mine"))) != forbidden)
    return "attributes";
  return "fine";
}

TEST_CASE("a user who may not is told so, and nothing changes") {
  in_every_way([](const Ground& g) {
    g.dir.write("closed/file", "x");
    g.dir.make_directory("closed/d");
    g.dir.write("mine", "x");
    g.dir.make_directory("unreadable");
    g.dir.make_directory("shared");
    g.dir.write("sticky/roots", "x");
    if (::geteuid() == 0) {
      for (const char* name : {"", "mine", "closed/file", "closed", "unreadable", "shared"}) {
        REQUIRE(::chown((g.dir / name).c_str(), test::kPlainUser, test::kPlainUser) == 0);
      }
    } else {
      MESSAGE("not root: the sticky directory is left out");
    }
    REQUIRE(::chmod((g.dir / "sticky").c_str(), 01777) == 0);
    REQUIRE(::chmod((g.dir / "sticky/roots").c_str(), 0666) == 0);
    REQUIRE(::chmod((g.dir / "closed").c_str(), 0555) == 0);
    REQUIRE(::chmod((g.dir / "unreadable").c_str(), 0) == 0);
    CHECK(in_child([&] { return as_a_plain_user(g); }) == "fine");
    CHECK(g.dir.exists("sticky/roots"));
    REQUIRE(::chmod((g.dir / "closed").c_str(), 0755) == 0);
    REQUIRE(::chmod((g.dir / "unreadable").c_str(), 0755) == 0);
  });
}

TEST_CASE("a lock is seen by other processes, and ends with its holder") {
  in_every_way([](const Ground& g) {
    const auto attempt = [&]() -> std::string {
      const std::unique_ptr<WritableFile> file = g.here.open_append("lock", 0600).value();
      const Result<bool> locked = file->try_lock();
      if (!locked.ok()) return verdict(locked);
      return *locked ? "locked" : "held";
    };
    CHECK(attempt() == "locked");
    {
      const std::unique_ptr<WritableFile> file = g.here.open_append("lock", 0600).value();
      CHECK(file->try_lock().value());
      CHECK(file->try_lock().value());
      CHECK(attempt() == "held");
      CHECK(in_child(attempt) == "held");
    }
    CHECK(in_child([&]() -> std::string {
            auto file = g.here.open_append("lock", 0600).value();
            const bool locked = file->try_lock().value();
            static_cast<void>(file.release());  // dies holding it
            return locked ? "locked" : "held";
          }) == "locked");
    CHECK(attempt() == "locked");
  });
}

/// Answers `call` with `error` from now on, in this process, as sandboxes do.
bool forbid(int call, int error) {
  const auto result = SECCOMP_RET_ERRNO | static_cast<unsigned>(error);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, result),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{.len = std::size(filter), .filter = filter};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_CASE("calls that a kernel, a sandbox or a file system lacks are done in other ways") {
  struct Lack {
    int openat2, renameat2;
  };
  for (const Lack lack : {Lack{ENOSYS, ENOSYS}, Lack{EPERM, EINVAL}, Lack{E2BIG, EINVAL}}) {
    CAPTURE(lack.openat2);
    const TempDir dir;
    dir.write("d/file", "x");
    dir.make_directory("to");
    dir.make_link("link", "d");
    const std::string said = in_child([&]() -> std::string {
      if (!forbid(SYS_openat2, lack.openat2) || !forbid(SYS_renameat2, lack.renameat2)) {
        return "not permitted";
      }
      const auto here = real_sys().open_directory(dir.path()).value();
      const auto d = here->open_directory("d");
      if (!d.ok()) return verdict(d);
      if (const auto link = here->open_directory("link"); verdict(link) != kLink) {
        return verdict(link);
      }
      const auto to = here->open_directory("to").value();
      if (const Status moved = (*d)->move("file", *to, "1"); !moved.ok()) return verdict(moved);
      return verdict(here->move("d", *to, "1"));
    });
    if (said == "not permitted") {
      MESSAGE("skipped: no system call filters here");
      continue;
    }
    CHECK(said == "exists: file exists");
    CHECK(dir.read("to/1") == "x");
  }
}

TEST_CASE("where directories cannot be synced, they need not be") {
  CHECK(real_sys().open_directory("/proc").value()->sync().ok());
}

TEST_CASE("entries that come and go while a directory is used are no trouble") {
  in_every_way([](const Ground& g) {
    std::atomic<bool> stop{false};
    std::thread other([&] {
      const std::string path = g.dir / "file";
      while (!stop) {
        const posix::Descriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        ::unlink(path.c_str());
      }
    });
    std::string trouble;
    for (int round = 0; round < 2'000; ++round) {
      const auto entries = g.here.list();
      if (!entries.ok()) trouble = verdict(entries);
      const auto file = g.here.open_append("file", 0600);
      if (!file.ok() && file.error().code != ErrorCode::kChanged) trouble = verdict(file);
    }
    stop = true;
    other.join();
    CHECK(trouble == "");
  });
}

/// An enemy who swaps `victim`, a directory, with `link`, which leads to `outside`, as fast as can
/// be, until the end of the scope.
class Swapper {
 public:
  explicit Swapper(const TempDir& dir)
      : victim_(dir / "victim"), link_(dir / "link"), thread_([this] {
          while (!stop_) {
            ::syscall(SYS_renameat2, AT_FDCWD, victim_.c_str(), AT_FDCWD, link_.c_str(),
                      RENAME_EXCHANGE);
            // The other must find a directory now and then, and time to do something in it.
            for (int i = 0; i < 20; ++i) std::this_thread::yield();
          }
        }) {}
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;
  ~Swapper() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::string victim_, link_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

/// What a command does in a directory: it makes, moves away, looks, moves back and removes.
/// Returns the first thing that went wrong.
std::string work_in(Directory& victim, Directory& kept) {
  if (!victim.create_file("file", 0600).ok()) return "create_file";
  if (!victim.move("file", kept, "1").ok()) return "move";
  if (!victim.move("stay", kept, "2").ok()) return "move of stay";
  if (!kept.move("2", victim, "stay").ok()) return "move back";
  if (!kept.remove_file("1").ok()) return "remove_file";
  if (!victim.make_directory("d", 0755).ok()) return "make_directory";
  if (!victim.remove_directory("d").ok()) return "remove_directory";
  return {};
}

/// How often to race; TFEVENTS_RACES asks for more.
int rounds_of_races() {
  const char* wanted = std::getenv("TFEVENTS_RACES");
  return wanted != nullptr ? std::atoi(wanted) : 20'000;
}

TEST_CASE("a race: nothing appears or vanishes behind a link that is swapped in") {
  in_every_way([](const Ground& g) {
    g.dir.write("victim/stay", "ours");
    g.dir.write("outside/stay", "theirs");
    g.dir.make_link("link", g.dir / "outside");
    REQUIRE(g.here.make_directory("kept", 0700).ok());
    const std::unique_ptr<Directory> kept = g.open("kept");
    EntryInfo like = *g.here.info_of("kept");
    like.file.mtime_ns = 0;
    const struct stat before = test::lstat_of(g.dir / "outside");
    int opened = 0, refused = 0;
    std::string trouble;
    {
      const Swapper swapper(g.dir);
      // A round in a directory takes far longer than one that is refused, so there are fewer.
      const int rounds = rounds_of_races();
      const auto enough = [&] { return opened >= rounds / 40 && refused >= rounds / 200; };
      for (int round = 0; round < rounds || (round < 100 * rounds && !enough()); ++round) {
        const auto victim = g.here.open_directory("victim");
        const Status set = g.here.set_attributes("victim", like);
        if (!set.ok() && verdict(set) != kLink) trouble = verdict(set);
        if (!victim.ok()) {
          // The words are found by a second look, when it may be a directory again.
          const std::string said = verdict(victim);
          if (said != kLink && said != "not-found: not a directory") trouble = said;
          ++refused;
          std::this_thread::yield();
          continue;
        }
        ++opened;
        if (const std::string wrong = work_in(**victim, *kept); !wrong.empty()) trouble = wrong;
      }
    }
    CHECK(trouble == "");
    CHECK(opened > 0);
    CHECK(refused > 0);
    CHECK(names_in(*g.open("outside")) == Names{"stay"});
    CHECK(g.dir.read("outside/stay") == "theirs");
    const struct stat after = test::lstat_of(g.dir / "outside");
    CHECK(after.st_mtim.tv_sec == before.st_mtim.tv_sec);
    CHECK(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
    CHECK(after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
    CHECK(names_in(*kept).empty());
  });
}

}  // namespace
}  // namespace tfevents
