#include <doctest/doctest.h>
#include <sys/stat.h>

#include "io/new_directory.hpp"
#include "support/temp_dir.hpp"

namespace tfevents {
namespace {

using test::TempDir;

TEST_CASE("a directory is made, or taken over where it is empty") {
  const TempDir dir;
  for (int i = 0; i < 2; ++i) {
    const Result<NewDirectory> made = NewDirectory::create(dir / "new");
    REQUIRE(made.ok());
    CHECK(made->path() == dir / "new");
    CHECK(dir.exists("new"));
  }
  CHECK(NewDirectory::create(dir / "slash/").ok());
  dir.make_link("link", dir / "new");
  CHECK(NewDirectory::create(dir / "link").ok());
}

TEST_CASE("what holds anything, or is no directory, is refused and not touched") {
  const TempDir dir;
  dir.write("full/.hidden", "mine");
  dir.write("file", "mine");
  dir.make_link("dangling", dir / "nowhere");
  for (const char* name : {"full", "file"}) {
    const Result<NewDirectory> refused = NewDirectory::create(dir / name);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::kUsage);
    CHECK(refused.error().path == dir / name);
    CHECK_FALSE(refused.error().hint.empty());
  }
  CHECK(NewDirectory::create("").error().code == ErrorCode::kUsage);
  CHECK_FALSE(NewDirectory::create(dir / "dangling").ok());
  CHECK_FALSE(dir.exists("nowhere"));
  CHECK(NewDirectory::create(dir / "no/parent").error().code == ErrorCode::kNotFound);
  CHECK(dir.read("full/.hidden") == "mine");
}

TEST_CASE("directories below are new, and an empty one is taken away again") {
  const TempDir dir;
  const NewDirectory made = NewDirectory::create(dir / "new").value();
  CHECK(made.add_directory("run").value() == dir / "new/run");
  CHECK_FALSE(made.add_directory("run").ok());
  made.remove_if_empty();
  CHECK(dir.exists("new/run"));
  const NewDirectory other = NewDirectory::create(dir / "other").value();
  other.remove_if_empty();
  CHECK_FALSE(dir.exists("other"));
  dir.make_directory("theirs");
  NewDirectory::create(dir / "theirs").value().remove_if_empty();
  CHECK(dir.exists("theirs"));
}

}  // namespace
}  // namespace tfevents
