#include <doctest/doctest.h>

#include "io/source.hpp"
#include "support/fault_sys.hpp"
#include "support/memory_sys.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::FaultSys;
using test::MemorySys;

TEST_CASE("paths, links and errors are as on a disk") {
  MemorySys sys;
  sys.file("/a/b/f", "text", 1.5).link("/a/l", "b/../b").link("/abs", "/a/b").link("/self", "self");
  CHECK(sys.stat("/a/l/f")->size == 4);
  CHECK(sys.stat("a//b/./f")->mtime_ns == 1'500'000'000);
  CHECK(sys.stat("/abs/f")->id == sys.stat("/a/b/f")->id);
  CHECK(sys.lstat("/abs")->type == FileType::kSymlink);
  CHECK(sys.lstat("/abs/")->type == FileType::kDirectory);
  CHECK(sys.real_path("/a/l/../l/f").value() == "/a/b/f");
  CHECK(sys.real_path("/..").value() == "/");
  CHECK(sys.stat("/no").error().code == ErrorCode::kNotFound);
  CHECK(sys.stat("/a/b/f/x").error().message == "not a directory");
  CHECK(sys.stat("/a/b/f/").error().message == "not a directory");
  CHECK(is_link_loop(sys.stat("/self").error()));
  CHECK(sys.stat(std::string(5000, 'x')).error().message == "file name too long");
  CHECK(sys.list("/a")->entries.size() == 2);
  CHECK(sys.list("/a/b/f").error().code == ErrorCode::kNotFound);
}

TEST_CASE("changes between reads") {
  MemorySys sys;
  sys.file("/f", "0123456789");
  const auto source = file_source(sys.open_read("/f").value(), "/f");
  sys.on_read([&](const std::string& path, std::uint64_t n) {
    CHECK(path == "/f");
    if (n == 1) sys.append("/f", "ab");
    if (n == 2) sys.file("/f", "new");  // another inode: the open one stays
  });
  CHECK(test::read_all(*source, 6).bytes == "0123456789ab");
  CHECK(test::read_all(*file_source(sys.open_read("/f").value(), "/f")).bytes == "new");
  sys.truncate("/f", 1).overwrite("/f", 0, "N").touch("/f", 2);
  CHECK(sys.stat("/f")->size == 1);
  sys.remove("/f");
  CHECK_FALSE(sys.stat("/f").ok());
}

TEST_CASE("the failing Sys counts, fails, acts") {
  MemorySys memory;
  memory.file("/f", "text").file("/g", "text");
  FaultSys sys(memory);
  sys.fail_at(1, EIO);
  CHECK(sys.stat("/f").ok());
  CHECK(sys.stat("/f").error().message == "input/output error");
  CHECK(sys.stat("/f").ok());
  CHECK(sys.fired());
  CHECK(sys.calls() == 3);
  {
    const auto file = sys.open_read("/f").value();
    CHECK(sys.open_files() == 1);
  }
  CHECK(sys.open_files() == 0);
  CHECK(sys.most_open_files() == 1);

  FaultSys dead(memory);
  dead.fail_at(1, EIO, true);
  CHECK(dead.stat("/f").ok());
  CHECK_FALSE(dead.stat("/f").ok());
  CHECK_FALSE(dead.stat("/g").ok());

  FaultSys picky(memory);
  picky.fail_path("/g", EACCES);
  CHECK(picky.stat("/f").ok());
  CHECK(picky.open_read("/g").error().message == "permission denied");

  StopFlag stop;
  FaultSys stopping(memory);
  stopping.stop_at(1, stop);
  CHECK(stopping.stat("/f").ok());
  CHECK_FALSE(stop.requested());
  CHECK(stopping.stat("/f").ok());
  CHECK(stop.requested());
}

}  // namespace
}  // namespace tfevents
