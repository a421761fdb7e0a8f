#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fault_sys.hpp"
#include "support/memory_sys.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/io_helpers.hpp"
#include "unit/io/walk_helpers.hpp"

namespace tfevents {
namespace {

using test::described;
using test::FaultSys;
using test::Lines;
using test::MemorySys;
using test::TempDir;

/// Something of everything.
void build_tree(MemorySys& sys) {
  sys.file("/r/a/tfevents", "")
      .file("/r/b/c/tfevents", "")
      .link("/r/b/loop", "..")
      .link("/r/l", "a");
  sys.link("/r/o", "/out")
      .file("/out/x/tfevents", "")
      .link("/r/a/tfevents.l", "/out/file")
      .file("/out/file", "");
}

TEST_CASE("an unreadable directory is a problem, the rest is read") {
  MemorySys memory;
  build_tree(memory);
  FaultSys sys(memory);
  sys.fail_path("/r/b", EACCES);
  const WalkResult result = test::walk_all_ways(sys, "/r");
  CHECK(described(result) == Lines{".:", "a: tfevents tfevents.l", "o: (+1) @", "o/x: tfevents @",
                                   "error unreadable /r/b lost", "note duplicate-name /r/l"});
  CHECK(result.problems[0].message == "directory not read: permission denied");
}

TEST_CASE("an unreadable directory on a real disk, and its other names") {
  const TempDir dir;
  dir.write("secret/tfevents", "");
  dir.make_link("l", "secret");
  const std::string secret = dir / "secret";
  REQUIRE(::chmod(secret.c_str(), 0) == 0);
  std::optional<WalkResult> result;
  {
    const test::AsNobody nobody({dir.path(), secret});
    result = test::walk_all_ways(real_sys(), dir.path());
  }
  REQUIRE(::chmod(secret.c_str(), 0700) == 0);
  CHECK(described(*result) == Lines{".:", "error unreadable " + secret + " lost"});
  CHECK(result->problems[0].hint->starts_with("it belongs to user "));
}

TEST_CASE("a link that nobody can follow may hide a run") {
  MemorySys memory;
  memory.link("/r/private", "/home/x").directory("/home/x");
  FaultSys sys(memory);
  sys.fail_path("/r/private", EACCES);
  CHECK(test::walked(sys, "/r") == Lines{".:", "error unreadable /r/private lost"});
}

TEST_CASE("failing at every single call: an error, a problem, or no difference") {
  MemorySys memory;
  build_tree(memory);
  for (const bool hide : {false, true}) {
    if (hide) memory.hide_types();
    const Lines whole = test::walked(memory, "/r");
    for (const bool onward : {false, true}) {
      for (std::uint64_t n = 0;; ++n) {
        FaultSys sys(memory);
        sys.fail_at(n, EIO, onward);
        const StopFlag stop;
        const Result<WalkResult> result = walk(sys, "/r", {.jobs = 1}, stop);
        if (!sys.fired()) {
          CHECK(described(result.value()) == whole);
          break;
        }
        if (!result.ok()) {
          CHECK(n == 0);
          CHECK(result.error().message == "input/output error");
          continue;
        }
        const Lines lines = described(*result);
        const bool told = std::any_of(result->problems.begin(), result->problems.end(),
                                      [](const Problem& problem) { return problem.lost_data; });
        CAPTURE(n);
        CHECK((told || lines == whole));
      }
    }
  }
}

TEST_CASE("failing anywhere under many threads crashes nothing") {
  MemorySys memory;
  build_tree(memory);
  for (std::uint64_t n = 0; n < 40; ++n) {
    FaultSys sys(memory);
    sys.fail_at(n, EMFILE);
    const StopFlag stop;
    const Result<WalkResult> result = walk(sys, "/r", {.jobs = 16}, stop);
    CHECK((result.ok() || n == 0));
  }
}

TEST_CASE("stopping at every single call") {
  MemorySys memory;
  build_tree(memory);
  for (const unsigned jobs : {1U, 8U}) {
    for (std::uint64_t n = 0;; ++n) {
      FaultSys sys(memory);
      StopFlag stop;
      sys.stop_at(n, stop);
      const Result<WalkResult> result = walk(sys, "/r", {.jobs = jobs}, stop);
      if (!sys.fired()) {
        CHECK(result.ok());
        break;
      }
      // Late in the walk there may be nothing left to stop.
      if (!result.ok()) CHECK(result.error().code == ErrorCode::kCancelled);
    }
  }
}

TEST_CASE("directories that vanish, or become files, while the walk is on its way") {
  for (std::uint64_t n = 0; n < 20; ++n) {
    MemorySys memory;
    build_tree(memory);
    FaultSys sys(memory);
    sys.act_at(n, [&] { memory.remove("/r/b").remove("/r/a").file("/r/a", "now a file"); });
    const StopFlag stop;
    const Result<WalkResult> result = walk(sys, "/r", {.jobs = 1}, stop);
    REQUIRE(result.ok());
    for (const Problem& problem : result->problems) CHECK_FALSE(problem.lost_data);
  }
}

TEST_CASE("a tree deeper than any path is a problem at the place where it ends") {
  const TempDir dir;
  const int before = ::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(::chdir(dir.path().c_str()) == 0);
  // More bytes than a path may have, in few levels.
  const std::string name(200, 'd');
  for (int i = 0; i < 40; ++i) {
    REQUIRE(::mkdir(name.c_str(), 0700) == 0);
    REQUIRE(::chdir(name.c_str()) == 0);
  }
  REQUIRE(::fchdir(before) == 0);
  ::close(before);
  const WalkResult result = test::walk_all_ways(real_sys(), dir.path());
  CHECK(result.directories.size() > 15);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].rule == "unreadable");
  CHECK(result.problems[0].lost_data);
  CHECK(result.problems[0].message == "directory not read: file name too long");
}

/// Knows how many calls are in the air.
class CountingSys final : public Sys {
 public:
  explicit CountingSys(Sys& inner) : inner_(inner) {}
  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override {
    opened = true;
    return inner_.open_read(path);
  }
  Result<FileInfo> stat(const std::string& path) override { return inner_.stat(path); }
  Result<FileInfo> lstat(const std::string& path) override { return inner_.lstat(path); }
  Result<Listing> list(const std::string& path) override {
    const int now = ++listing_;
    int highest = most;
    while (now > highest && !most.compare_exchange_weak(highest, now)) {
    }
    Result<Listing> result = inner_.list(path);
    --listing_;
    return result;
  }
  Result<std::string> real_path(const std::string& path) override { return inner_.real_path(path); }
  Result<std::unique_ptr<Directory>> open_directory(const std::string& path) override {
    return inner_.open_directory(path);
  }

  std::atomic<int> most{0};
  std::atomic<bool> opened{false};

 private:
  Sys& inner_;
  std::atomic<int> listing_{0};
};

TEST_CASE("never more directories open than jobs, and no file at all") {
  const TempDir dir;
  for (int i = 0; i < 500; ++i) dir.write("run" + std::to_string(i) + "/tfevents", "");
  for (const int jobs : {1, 3, 16}) {
    CountingSys sys(real_sys());
    const StopFlag stop;
    CHECK(walk(sys, dir.path(), {.jobs = static_cast<unsigned>(jobs)}, stop)->directories.size() ==
          501);
    CHECK(sys.most <= jobs);
    CHECK_FALSE(sys.opened);
  }
}

}  // namespace
}  // namespace tfevents
