// Which files of other processes are open, by a procfs made of links, and by the real one.
#include <csignal>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/open_files.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/directory_helpers.hpp"

namespace tfevents {
namespace {

using test::TempDir;

FileId id_of(const std::string& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return {.device = info.st_dev, .inode = info.st_ino};
}

TEST_CASE("open files: regular files of that name, the least process first") {
  const TempDir dir;
  const std::string events = dir.write("logs/events.out.tfevents.1", "x");
  const std::string model = dir.write("logs/model.ckpt", "x");
  const std::string below = dir.write("tfevents/notes", "x");
  const std::string fifo = dir.make_fifo("tfevents.fifo");
  dir.make_link("proc/1/fd/0", "/dev/null");
  dir.make_link("proc/1/fd/1", "pipe:[tfevents]");
  dir.make_link("proc/1/fd/2", dir / "gone.tfevents");
  dir.make_link("proc/12/fd/4", events);
  dir.make_link("proc/3/fd/17", events);
  dir.make_link("proc/3/fd/18", model);
  dir.make_link("proc/3/fd/19", below);
  dir.make_link("proc/3/fd/20", fifo);
  dir.make_link("proc/3/fd/21", dir.make_directory("dir.tfevents"));
  dir.make_link("proc/self/fd/5", model);
  dir.write("proc/version", "x");

  const OpenFileTable table = scan_open_files("tfevents", dir / "proc");
  CHECK(table.complete);
  CHECK(table.files.size() == 1);
  CHECK(table.process_of(id_of(events)) == 3);
  CHECK_FALSE(table.process_of(id_of(model)));

  const OpenFileTable all = scan_open_files("", dir / "proc");
  CHECK(all.files.size() == 3);
  CHECK(all.process_of(id_of(model)) == 3);
  CHECK(all.process_of(id_of(below)) == 3);
}

TEST_CASE("open files: this process does not count") {
  const TempDir dir;
  const std::string events = dir.write("x.tfevents", "x");
  dir.make_directory("proc/1/fd");
  dir.make_link("proc/" + std::to_string(::getpid()) + "/fd/3", events);
  const OpenFileTable table = scan_open_files("tfevents", dir / "proc");
  CHECK(table.complete);
  CHECK(table.files.empty());
}

TEST_CASE("open files: a procfs that shows less than everything is not complete") {
  const TempDir dir;
  const std::string events = dir.write("x.tfevents", "x");
  CHECK_FALSE(scan_open_files("tfevents", dir / "proc").complete);  // none at all
  dir.make_directory("proc");
  CHECK_FALSE(scan_open_files("tfevents", dir / "proc").complete);  // of nobody
  dir.make_link("proc/7/fd/3", events);
  CHECK_FALSE(scan_open_files("tfevents", dir / "proc").complete);  // without the first process
  dir.make_directory("proc/1/fd");
  CHECK(scan_open_files("tfevents", dir / "proc").complete);
  // A process that ended meanwhile.
  dir.make_directory("proc/8");
  CHECK(scan_open_files("tfevents", dir / "proc").complete);
  // Of somebody else.
  dir.make_directory("proc/2/fd");
  REQUIRE(::chmod((dir / "proc/2/fd").c_str(), 0) == 0);
  REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
  const std::string said = test::in_child([&]() -> std::string {
    if (!test::become_nobody()) return "cannot give up root";
    const OpenFileTable table = scan_open_files("tfevents", dir / "proc");
    return std::string(table.complete ? "complete" : "incomplete") + " " +
           std::to_string(table.files.size());
  });
  CHECK(said == "incomplete 1");
  REQUIRE(::chmod((dir / "proc/2/fd").c_str(), 0755) == 0);
}

// As for root in a container: it may list what others have open, and not look at it.
TEST_CASE("open files: a descriptor that cannot be looked at may be any file") {
  const TempDir dir;
  const std::string events = dir.write("x.tfevents", "x");
  dir.make_link("proc/1/fd/3", events);
  dir.make_link("proc/1/fd/5", dir / "gone.tfevents");
  CHECK(scan_open_files("tfevents", dir / "proc").complete);
  dir.write("proc/1/fd/4", "no link");
  const OpenFileTable table = scan_open_files("tfevents", dir / "proc");
  CHECK_FALSE(table.complete);
  CHECK(table.process_of(id_of(events)) == 1);
}

TEST_CASE("open files: nor is it known where a link of procfs leads that cannot be followed") {
  const TempDir dir;
  dir.make_link("loop.tfevents", dir / "loop.tfevents");
  dir.make_link("proc/1/fd/3", dir / "loop.tfevents");
  CHECK_FALSE(scan_open_files("tfevents", dir / "proc").complete);
}

TEST_CASE("open files: the real /proc knows what a child has open") {
  if (::access("/proc/self/fd", R_OK) != 0) {
    MESSAGE("skipped: no /proc here");
    return;
  }
  const TempDir dir;
  const std::string events = dir.write("a \n.tfevents", "x");
  int ready[2] = {-1, -1};
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const int file = ::open(events.c_str(), O_RDONLY);
    const bool told = file >= 0 && ::write(ready[1], "x", 1) == 1;
    while (told) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(scan_open_files("tfevents").process_of(id_of(events)) == child);
  CHECK_FALSE(scan_open_files("no such name").process_of(id_of(events)));
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  ::close(ready[0]);
  ::close(ready[1]);
  CHECK_FALSE(scan_open_files("tfevents").process_of(id_of(events)));
}

TEST_CASE("open files: local file systems are known, all others are taken for shared") {
  CHECK(is_shared_file_system("/no/such/path"));
  struct statfs info {};
  constexpr std::uint32_t kExt = 0xEF53, kTmpfs = 0x01021994;
  bool any = false;
  for (const char* path : {"/dev/shm", "/tmp", "/", "/run"}) {
    if (::statfs(path, &info) != 0) continue;
    const auto type = static_cast<std::uint32_t>(info.f_type);
    if (type != kExt && type != kTmpfs) continue;
    CAPTURE(path);
    CHECK_FALSE(is_shared_file_system(path));
    any = true;
  }
  if (!any) MESSAGE("skipped: neither tmpfs nor ext4 here");
  // Nobody keeps runs in procfs; it is one that is not in the list.
  if (::statfs("/proc", &info) == 0 && static_cast<std::uint32_t>(info.f_type) == 0x9FA0)
    CHECK(is_shared_file_system("/proc"));
}

}  // namespace
}  // namespace tfevents
