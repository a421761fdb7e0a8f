#include <cerrno>
#include <functional>

#include "support/fault_sys.hpp"
#include "support/memory_sys.hpp"
#include "unit/io/directory_helpers.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::FaultSys;
using test::names_in;
using test::TempDir;
using test::verdict;

using Names = std::vector<std::string>;

constexpr std::uint64_t kCalls = 23;

template <class T>
Status status_of(Result<T> result) {
  if (!result.ok()) return std::move(result).error();
  return ok_status();
}

/// One of every call, kCalls in all, in a directory that holds an empty `to`; none without the ones
/// before it.
Status call_everything(Sys& sys, const std::string& path) {
  TFEVENTS_TRY(const std::unique_ptr<Directory> here, sys.open_directory(path));
  TFEVENTS_CHECK(status_of(here->info()));
  TFEVENTS_CHECK(status_of(here->list()));
  TFEVENTS_TRY(const std::unique_ptr<Directory> to, here->open_directory("to"));
  TFEVENTS_TRY(const EntryInfo like, here->info_of("to"));
  TFEVENTS_CHECK(to->set_own_attributes(like));
  TFEVENTS_CHECK(here->make_directory("d", 0700));
  TFEVENTS_CHECK(here->set_attributes("d", like));
  TFEVENTS_CHECK(here->remove_directory("d"));
  {
    TFEVENTS_TRY(const std::unique_ptr<WritableFile> file, here->create_file("file", 0600));
    TFEVENTS_CHECK(status_of(file->try_lock()));
    TFEVENTS_CHECK(file->clear());
    TFEVENTS_CHECK(file->write(as_bytes("hello")));
    TFEVENTS_CHECK(file->sync());
    TFEVENTS_CHECK(status_of(file->info()));
    TFEVENTS_CHECK(file->set_attributes(like));
  }
  TFEVENTS_CHECK(status_of(here->open_append("file", 0600)));
  TFEVENTS_CHECK(here->move("file", *to, "1"));
  TFEVENTS_TRY(const std::unique_ptr<OpenFile> file, to->open_read("1"));
  std::vector<std::byte> bytes(5);
  TFEVENTS_CHECK(status_of(file->read(bytes)));
  TFEVENTS_CHECK(status_of(file->info()));
  TFEVENTS_CHECK(to->remove_file("1"));
  return to->sync();
}

TEST_CASE("every call of a directory and of its files counts, and can fail") {
  for (std::uint64_t n = 0;; ++n) {
    CAPTURE(n);
    const TempDir dir;
    dir.make_directory("to");
    FaultSys sys(real_sys());
    sys.fail_at(n, EIO);
    const Status done = call_everything(sys, dir.path());
    if (!sys.fired()) {
      CHECK(verdict(done) == "fine");
      CHECK(n == kCalls);
      CHECK(sys.calls() == kCalls);
      CHECK(sys.open_files() == 0);
      CHECK(names_in(*real_sys().open_directory(dir.path()).value()) == Names{"to"});
      break;
    }
    CHECK(verdict(done) == "io: input/output error");
    CHECK(sys.calls() == n + 1);
    CHECK(done.error().path.starts_with(dir.path()));
  }
}

TEST_CASE("a process dies before call n, having done all calls before it") {
  for (std::uint64_t n = 0; n <= kCalls; ++n) {
    CAPTURE(n);
    const TempDir dir;
    dir.make_directory("to");
    const std::string said = test::in_child([&]() -> std::string {
      FaultSys sys(real_sys());
      sys.act_at(n, [] { ::_exit(9); });
      return verdict(call_everything(sys, dir.path()));
    });
    CHECK(said == (n < kCalls ? " (died)" : "fine"));
    CHECK(dir.exists("d") == (n == 7 || n == 8));
    CHECK(dir.exists("file") == (n >= 10 && n <= 17));
    CHECK(dir.exists("to/1") == (n >= 18 && n <= 21));
  }
}

TEST_CASE("faults have the codes of a real directory, and the path of the entry") {
  const TempDir dir;
  dir.write("runs/file", "x");
  const auto fault = [&](int error) {
    FaultSys sys(real_sys());
    sys.fail_path(dir / "runs/file", error);
    const auto runs = sys.open_directory(dir / "runs").value();
    return verdict(runs->move("file", *runs, "new"));
  };
  CHECK(fault(EEXIST) == "exists: file exists");
  CHECK(fault(ENOTEMPTY) == "exists: directory not empty");
  CHECK(fault(EXDEV) == "refused: lies on another device");
  CHECK(fault(ELOOP) == "refused: is a symbolic link");
  CHECK(fault(ENOENT) == "not-found: no such file or directory");
  CHECK(fault(EROFS) == "io: read-only file system");
  CHECK(dir.exists("runs/file"));
}

TEST_CASE("a disk is full after so many bytes, of all files") {
  const TempDir dir;
  FaultSys sys(real_sys());
  sys.fill_disk_after(8);
  const auto here = sys.open_directory(dir.path()).value();
  const auto a = here->create_file("a", 0600).value();
  const auto b = here->create_file("b", 0600).value();
  CHECK(a->write(as_bytes("12345")).ok());
  const Status full = b->write(as_bytes("12345"));
  CHECK(verdict(full) == "io: no space left on device");
  CHECK(full.error().path == dir / "b");
  CHECK(dir.read("a") == "12345");
  CHECK(dir.read("b") == "123");
  CHECK(a->write({}).ok());
  CHECK_FALSE(a->write(as_bytes("6")).ok());
  CHECK(dir.read("a") == "12345");
}

TEST_CASE("a tree in memory cannot be changed this way") {
  test::MemorySys memory;
  memory.directory("runs");
  CHECK(verdict(memory.open_directory("runs")) == "unsupported: cannot be changed");
}

}  // namespace
}  // namespace tfevents
