#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/inotify.h>

#include "support/fault_sys.hpp"
#include "unit/io/directory_helpers.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::Ground;
using test::in_every_way;
using test::names_in;
using test::verdict;

using Names = std::vector<std::string>;

/// Moves take other ways into private directories where the file system cannot rename safely.
void in_every_way_and_mode(const std::function<void(const Ground&, Directory&)>& act) {
  for (const mode_t mode : {0700U, 0755U}) {
    in_every_way([&](const Ground& g) {
      CAPTURE(mode);
      REQUIRE(g.here.make_directory("to", mode).ok());
      const std::unique_ptr<Directory> to = g.open("to");
      act(g, *to);
    });
  }
}

TEST_CASE("an entry of any kind moves, the same inode under its new name") {
  in_every_way_and_mode([](const Ground& g, Directory& to) {
    g.dir.write("file", "x");
    g.dir.write("d/below", "y");
    g.dir.make_link("link", "file");
    g.dir.make_link("dangling", "nowhere");
    g.dir.make_fifo("fifo");
    for (const char* name : {"file", "d", "link", "dangling", "fifo"}) {
      CAPTURE(name);
      const EntryInfo before = *g.here.info_of(name);
      const std::string there = std::string("1-") + name;
      CHECK(verdict(g.here.move(name, to, there)) == "fine");
      CHECK(g.here.info_of(name).error().code == ErrorCode::kNotFound);
      const EntryInfo after = *to.info_of(there);
      CHECK(after.file.id == before.file.id);
      CHECK(after.file.type == before.file.type);
      CHECK(after.file.mtime_ns == before.file.mtime_ns);
      CHECK(after.links == before.links);
      CHECK(verdict(to.move(there, g.here, name)) == "fine");
      CHECK(g.here.info_of(name)->file.id == before.file.id);
      CHECK(verdict(g.here.move(name, g.here, there)) == "fine");
    }
    CHECK(names_in(to).empty());
    CHECK(names_in(g.here) == Names{"1-d", "1-dangling", "1-fifo", "1-file", "1-link", "to"});
    CHECK(g.dir.read("1-d/below") == "y");
  });
}

TEST_CASE("a move replaces nothing, of no kind, by no kind") {
  in_every_way_and_mode([](const Ground& g, Directory& to) {
    g.dir.write("from/file", "mine");
    g.dir.make_directory("from/d");
    g.dir.make_link("from/link", "file");
    g.dir.write("to/file", "theirs");
    g.dir.write("to/full/file", "theirs");
    g.dir.make_directory("to/empty");
    g.dir.make_link("to/link", "file");
    g.dir.make_link("to/dangling", "nowhere");
    g.dir.make_fifo("to/fifo");
    const std::unique_ptr<Directory> from = g.open("from");
    const Names before = names_in(to);
    for (const char* name : {"file", "d", "link"}) {
      for (const std::string& taken : before) {
        CAPTURE(name);
        CAPTURE(taken);
        const FileId id = to.info_of(taken)->file.id;
        const Status refused = from->move(name, to, taken);
        CHECK(verdict(refused) == "exists: file exists");
        CHECK(refused.error().path == g.dir / "to/" + taken);
        CHECK(to.info_of(taken)->file.id == id);
      }
      CHECK(verdict(from->move(name, *from, name)) == "exists: file exists");
    }
    CHECK(names_in(*from) == Names{"d", "file", "link"});
    CHECK(names_in(to) == before);
    CHECK(g.dir.read("to/file") == "theirs");
    // Two names of one inode are two entries.
    REQUIRE(::link((g.dir / "from/file").c_str(), (g.dir / "to/same").c_str()) == 0);
    CHECK(verdict(from->move("file", to, "same")) == "exists: file exists");
    CHECK(from->info_of("file").ok());
  });
}

TEST_CASE("moves that cannot be are errors, and nothing has moved") {
  in_every_way_and_mode([](const Ground& g, Directory& to) {
    g.dir.write("d/file", "x");
    g.dir.write("file", "x");
    const Status missing = g.here.move("none", to, "new");
    CHECK(verdict(missing) == "not-found: no such file or directory");
    CHECK(missing.error().path == g.dir / "none");
    CHECK(g.here.move("none", g.here, "file").error().code == ErrorCode::kNotFound);
    const std::unique_ptr<Directory> d = g.open("d");
    CHECK(verdict(g.here.move("d", *d, "self")) == "io: invalid argument");
    CHECK(verdict(g.here.move("file", to, std::string(256, 'n'))) == "io: file name too long");
    test::FaultSys other(g.sys);
    const auto wrapped = other.open_directory(g.dir / "to");
    CHECK(verdict(g.here.move("file", **wrapped, "new")) ==
          "internal: two directories of different file layers");
    CHECK(names_in(to).empty());
    REQUIRE(::rmdir((g.dir / "to").c_str()) == 0);
    CHECK(g.here.move("file", to, "new").error().code == ErrorCode::kNotFound);
    CHECK(names_in(g.here) == Names{"d", "file"});
  });
}

/// What inotify says of the entries of a directory while `act` runs.
std::uint32_t events_in(const std::string& path, const std::function<void()>& act) {
  const posix::Descriptor watcher(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  REQUIRE(watcher);
  REQUIRE(::inotify_add_watch(watcher.get(), path.c_str(), IN_CREATE | IN_MOVE | IN_DELETE) >= 0);
  act();
  std::uint32_t seen = 0;
  alignas(inotify_event) char buffer[4096];
  const ssize_t size = ::read(watcher.get(), buffer, sizeof(buffer));
  for (ssize_t at = 0; at < size;) {
    inotify_event event{};
    std::memcpy(&event, buffer + at, sizeof(event));
    seen |= event.mask & (IN_CREATE | IN_MOVE | IN_DELETE);
    at += static_cast<ssize_t>(sizeof(event) + event.len);
  }
  return seen;
}

TEST_CASE("without a safe rename, what can be raced for decides the way of a move") {
  const test::TempDir dir;
  test::OldKernelSys links(true);
  test::OldKernelSys no_links(false);
  dir.write("file", "x");
  dir.make_directory("private");
  dir.make_directory("shared");
  dir.make_directory("theirs");
  REQUIRE(::chmod((dir / "private").c_str(), 0700) == 0);
  REQUIRE(::chmod((dir / "shared").c_str(), 0710) == 0);
  REQUIRE(::chmod((dir / "theirs").c_str(), 0700) == 0);
  const auto move_into = [&](Sys& sys, const std::string& name) {
    const auto here = sys.open_directory(dir.path()).value();
    const auto to = here->open_directory(name).value();
    const std::uint32_t seen =
        events_in(dir / name, [&] { CHECK(here->move("file", *to, "1").ok()); });
    CHECK(to->info_of("1")->links == 1);
    CHECK(to->move("1", *here, "file").ok());
    return seen;
  };
  CHECK(move_into(links, "private") == IN_MOVED_TO);
  CHECK(move_into(links, "shared") == IN_CREATE);
  CHECK(move_into(no_links, "shared") == IN_MOVED_TO);
  CHECK(move_into(real_sys(), "shared") == IN_MOVED_TO);
  if (::geteuid() == 0) {
    REQUIRE(::chown((dir / "theirs").c_str(), test::kPlainUser, test::kPlainUser) == 0);
    CHECK(move_into(links, "theirs") == IN_CREATE);
  }
}

TEST_CASE("mode, times and owner are given to an entry, and to what is open") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "x");
    g.dir.make_directory("d");
    g.dir.make_fifo("fifo");
    const std::unique_ptr<WritableFile> file = g.here.create_file("open", 0600).value();
    EntryInfo like = *g.here.info_of("file");
    like.atime_ns = -1;
    like.file.mtime_ns = 1'500'000'000'123'456'789;
    const auto is_like = [&](const EntryInfo& got, mode_t mode) {
      CHECK(got.mode == mode);
      CHECK(got.owner == like.owner);
      CHECK(got.group == like.group);
      CHECK(got.atime_ns == like.atime_ns);
      CHECK(got.file.mtime_ns == like.file.mtime_ns);
    };
    const bool root = ::geteuid() == 0;
    for (const mode_t mode : {0U, 0640U, 01777U, 06755U}) {
      CAPTURE(mode);
      like.mode = mode;
      if (root) like.owner += 1'000;
      if (root) like.group += 2'000;
      for (const char* name : {"file", "d", "fifo"}) {
        CAPTURE(name);
        CHECK(verdict(g.here.set_attributes(name, like)) == "fine");
        is_like(*g.here.info_of(name), mode);
      }
      CHECK(verdict(file->set_attributes(like)) == "fine");
      is_like(*g.here.info_of("open"), mode);
    }
    const std::unique_ptr<Directory> d = g.open("d");
    REQUIRE(g.here.move("d", g.here, "moved").ok());
    like.mode = 0700;
    CHECK(verdict(d->set_own_attributes(like)) == "fine");
    is_like(*g.here.info_of("moved"), 0700);
    for (const std::int64_t far : {std::int64_t{-1'500'000'001}, std::int64_t{-2'000'000'000}}) {
      like.file.mtime_ns = far;
      CHECK(g.here.set_attributes("file", like).ok());
      CHECK(g.here.info_of("file")->file.mtime_ns == far);
    }
  });
}

TEST_CASE("attributes are not given to a link, nor to what it names") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "x");
    g.dir.make_directory("d");
    g.dir.make_link("link", "file");
    g.dir.make_link("to-d", "d");
    g.dir.make_link("dangling", "nowhere");
    const EntryInfo before = *g.here.info_of("file");
    EntryInfo like = before;
    like.mode = 0777;
    like.file.mtime_ns = 0;
    for (const char* name : {"link", "to-d", "dangling"}) {
      const Status refused = g.here.set_attributes(name, like);
      CHECK(verdict(refused) == "refused: is a symbolic link");
      CHECK(refused.error().path == g.dir / name);
    }
    CHECK(g.here.info_of("file")->mode == before.mode);
    CHECK(g.here.info_of("file")->file.mtime_ns == before.file.mtime_ns);
    CHECK(g.here.set_attributes("none", like).error().code == ErrorCode::kNotFound);
  });
}

TEST_CASE("a plain user keeps what they may not give away, without its set-user-id bit") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "x");
    if (::geteuid() == 0) {
      for (const char* name : {"", "file"}) {
        REQUIRE(::chown((g.dir / name).c_str(), test::kPlainUser, test::kPlainUser) == 0);
      }
    }
    const std::string said = test::in_child([&]() -> std::string {
      if (!test::become_nobody()) return "still root";
      EntryInfo like = *g.here.info_of("file");
      like.owner = 12'345;
      like.group = 12'345;
      like.mode = 06750;
      like.file.mtime_ns = 1'000;
      if (const Status set = g.here.set_attributes("file", like); !set.ok()) return verdict(set);
      const EntryInfo got = *g.here.info_of("file");
      if (got.owner != ::geteuid() || got.file.mtime_ns != 1'000) return "owner or time";
      if (got.mode != 0750) return "mode " + std::to_string(got.mode);
      // One that they may not even read.
      like.mode = 0;
      if (!g.here.set_attributes("file", like).ok()) return "mode 0";
      like.mode = 0600;
      if (!g.here.set_attributes("file", like).ok()) return "from mode 0";
      return g.here.info_of("file")->mode == 0600 ? "fine" : "mode";
    });
    CHECK(said == "fine");
  });
}

}  // namespace
}  // namespace tfevents
