#include <cerrno>

#include <fcntl.h>

#include "unit/io/directory_helpers.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::Ground;
using test::in_every_way;
using test::kLink;
using test::mode_of;
using test::names_in;
using test::TempDir;
using test::Umask;
using test::verdict;

using Names = std::vector<std::string>;

TEST_CASE("a directory is opened by its path, not by a link's") {
  in_every_way([](const Ground& g) {
    g.dir.write("runs/a/file", "x");
    g.dir.make_link("link", "runs");
    g.dir.make_link("dangling", "nowhere");
    g.dir.make_link("self", "self");
    for (const char* end : {"", "/", "//", "/.", "/./", "/.//."}) {
      CAPTURE(end);
      const auto opened = g.sys.open_directory(g.dir / "runs" + end);
      REQUIRE(opened.ok());
      CHECK((*opened)->path() == g.dir / "runs");
      CHECK(names_in(**opened) == Names{"a"});

      const auto refused = g.sys.open_directory(g.dir / "link" + end);
      CHECK(verdict(refused) == kLink);
      CHECK(refused.error().path == g.dir / "link");
      CHECK(refused.error().hint == "name the directory itself: " + g.dir / "runs");
    }
    CHECK(g.sys.open_directory(g.dir / "link/a").ok());
    CHECK(g.sys.open_directory(g.dir / "link/a/..").ok());
    const auto dangling = g.sys.open_directory(g.dir / "dangling/");
    CHECK(verdict(dangling) == kLink);
    CHECK(dangling.error().hint == "it leads nowhere");
    CHECK(verdict(g.sys.open_directory(g.dir / "self")) == kLink);
    CHECK(is_link_loop(g.sys.open_directory(g.dir / "self/a").error()));
    CHECK(verdict(g.sys.open_directory(g.dir / "none")) == "not-found: no such file or directory");
    CHECK(verdict(g.sys.open_directory(g.dir / "runs/a/file")) == "not-found: not a directory");
    CHECK(g.sys.open_directory("").error().code == ErrorCode::kNotFound);
    CHECK(verdict(g.sys.open_directory(g.dir / "runs" + std::string("\0x", 2))) ==
          "io: invalid argument");
    for (const std::string name : {".", "./", "/", "//", "/."}) {
      CAPTURE(name);
      const auto opened = g.sys.open_directory(name);
      REQUIRE(opened.ok());
      CHECK((*opened)->path() == name.substr(0, 1));
      CHECK((*opened)->info()->file.id == g.sys.stat(name)->id);
    }
  });
}

TEST_CASE("what is no name of an entry never reaches the system") {
  in_every_way([](const Ground& g) {
    g.dir.write("a/b", "x");
    g.dir.write("file", "x");
    const EntryInfo like = *g.here.info_of("file");
    for (const std::string& name :
         {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("/"),
          std::string("a/"), std::string("/etc"), std::string("fi\0le", 5)}) {
      CAPTURE(name);
      const std::vector<std::string> verdicts = {verdict(g.here.info_of(name)),
                                                 verdict(g.here.open_directory(name)),
                                                 verdict(g.here.open_read(name)),
                                                 verdict(g.here.create_file(name, 0600)),
                                                 verdict(g.here.open_append(name, 0600)),
                                                 verdict(g.here.make_directory(name, 0700)),
                                                 verdict(g.here.move(name, g.here, "n")),
                                                 verdict(g.here.move("file", g.here, name)),
                                                 verdict(g.here.remove_file(name)),
                                                 verdict(g.here.remove_directory(name)),
                                                 verdict(g.here.set_attributes(name, like))};
      for (const std::string& said : verdicts) CHECK(said == "internal: not the name of an entry");
    }
    CHECK(g.here.open_read("..").error().path == g.dir.path());
    CHECK(names_in(g.here) == Names{"a", "file"});
  });
}

TEST_CASE("info is what lstat says") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "12345");
    g.dir.make_link("link", "file");
    REQUIRE(::link((g.dir / "file").c_str(), (g.dir / "second").c_str()) == 0);
    REQUIRE(::chmod((g.dir / "file").c_str(), 04640) == 0);
    const struct stat info = test::lstat_of(g.dir / "file");
    const EntryInfo got = *g.here.info_of("file");
    CHECK(got.file.type == FileType::kRegular);
    CHECK(got.file.id == FileId{info.st_dev, info.st_ino});
    CHECK(got.file.size == 5);
    CHECK(got.file.mtime_ns == info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec);
    CHECK(got.atime_ns == info.st_atim.tv_sec * 1'000'000'000 + info.st_atim.tv_nsec);
    CHECK(got.ctime_ns == info.st_ctim.tv_sec * 1'000'000'000 + info.st_ctim.tv_nsec);
    CHECK(got.mode == 04640);
    CHECK(got.owner == ::geteuid());
    CHECK(got.group == info.st_gid);
    CHECK(got.links == 2);
    CHECK(g.here.info_of("link")->file.type == FileType::kSymlink);
    const auto missing = g.here.info_of("none");
    CHECK(missing.error().code == ErrorCode::kNotFound);
    CHECK(missing.error().path == g.dir / "none");
    CHECK(g.here.info()->file.id == g.sys.stat(g.dir.path())->id);
    CHECK(g.here.info()->mode == 0700);
  });
}

TEST_CASE("a list has every entry with its type, each time anew") {
  in_every_way([](const Ground& g) {
    const std::string longest(255, 'n');
    const Names odd = {"new\nline", "-", "\x80\xff", "..."};
    g.dir.write("b", "x");
    g.dir.make_directory("a");
    g.dir.make_link("c", "a");
    g.dir.make_fifo("d");
    const std::vector<DirEntry> entries = *g.here.list();
    REQUIRE(entries.size() == 4);
    CHECK(names_in(g.here) == Names{"a", "b", "c", "d"});
    CHECK(entries[0].type == FileType::kDirectory);
    CHECK(entries[1].type == FileType::kRegular);
    CHECK(entries[2].type == FileType::kSymlink);
    CHECK(entries[3].type == FileType::kOther);
    for (const std::string& name : odd) g.dir.write(name, "x");
    CHECK(names_in(g.here) == Names{"-", "...", "a", "b", "c", "d", "new\nline", "\x80\xff"});
    for (int i = 0; i < 2'000; ++i) g.dir.write("many" + std::to_string(i), "");
    CHECK(g.here.list()->size() == 2'008);
    CHECK(names_in(*g.open("a")).empty());
  });
}

TEST_CASE("names are bytes, up to 255 of them") {
  in_every_way([](const Ground& g) {
    REQUIRE(g.here.make_directory("to", 0755).ok());
    const std::unique_ptr<Directory> to = g.open("to");
    for (const std::string& name :
         {std::string(255, 'n'), std::string("new\nline"), std::string("\x80\xff"),
          std::string("-rf"), std::string("..."), std::string(" ")}) {
      CAPTURE(name);
      CHECK(g.here.create_file(name, 0600).ok());
      CHECK(g.here.open_read(name).ok());
      CHECK(g.here.move(name, *to, name).ok());
      CHECK(names_in(*to) == Names{name});
      CHECK(to->remove_file(name).ok());
      CHECK(to->make_directory(name, 0700).ok());
      CHECK(to->open_directory(name).ok());
      CHECK(to->remove_directory(name).ok());
    }
    CHECK(verdict(g.here.create_file(std::string(256, 'n'), 0600)) == "io: file name too long");
  });
}

TEST_CASE("a directory below is opened, a link to one is not") {
  in_every_way([](const Ground& g) {
    g.dir.write("a/b/file", "x");
    g.dir.make_link("link", "a");
    g.dir.make_link("dangling", "nowhere");
    g.dir.make_link("a/up", "..");
    const std::unique_ptr<Directory> a = g.open("a");
    CHECK(a->path() == g.dir / "a");
    const auto b = a->open_directory("b");
    REQUIRE(b.ok());
    CHECK((*b)->path() == g.dir / "a/b");
    CHECK(names_in(**b) == Names{"file"});
    CHECK(verdict(g.here.open_directory("link")) == kLink);
    CHECK(g.here.open_directory("link").error().path == g.dir / "link");
    CHECK(verdict(g.here.open_directory("dangling")) == kLink);
    CHECK(verdict(a->open_directory("up")) == kLink);
    CHECK(verdict((*b)->open_directory("file")) == "not-found: not a directory");
    CHECK(g.here.open_directory("none").error().code == ErrorCode::kNotFound);
  });
}

TEST_CASE("a file is read, a link is not followed, a FIFO not waited for") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "hello");
    g.dir.make_link("link", "file");
    g.dir.make_fifo("fifo");
    g.dir.make_directory("d");
    const auto file = g.here.open_read("file");
    REQUIRE(file.ok());
    std::vector<std::byte> bytes(10);
    CHECK((*file)->read(bytes).value() == 5);
    CHECK(as_text(Bytes(bytes).first(5)) == "hello");
    CHECK((*file)->read_at(4, bytes).value() == 1);
    CHECK((*file)->info()->id == g.here.info_of("file")->file.id);
    const auto fifo = g.here.open_read("fifo");
    REQUIRE(fifo.ok());
    CHECK((*fifo)->info()->type == FileType::kOther);
    CHECK(g.here.open_read("d").value()->info()->type == FileType::kDirectory);
    CHECK(verdict(g.here.open_read("link")) == kLink);
    CHECK(g.here.open_read("none").error().code == ErrorCode::kNotFound);
    CHECK(g.here.open_read("none").error().path == g.dir / "none");
  });
}

TEST_CASE("a new file has its mode and what is written to it") {
  in_every_way([](const Ground& g) {
    for (const mode_t mask : {0U, 022U, 0777U}) {
      const Umask umask(mask);
      const std::string name = "m" + std::to_string(mask);
      REQUIRE(g.here.create_file(name, 0640).ok());
      CHECK(mode_of(g.dir / name) == 0640);
    }
    const std::unique_ptr<WritableFile> file = g.here.create_file("new", 0600).value();
    CHECK(file->write(as_bytes("hello ")).ok());
    CHECK(file->write({}).ok());
    CHECK(file->write(as_bytes("world")).ok());
    CHECK(file->sync().ok());
    CHECK(g.dir.read("new") == "hello world");
    CHECK(file->info()->file.size == 11);
    CHECK(file->info()->file.id == g.here.info_of("new")->file.id);
    CHECK(file->clear().ok());
    CHECK(file->write(as_bytes("again")).ok());
    CHECK(g.dir.read("new") == "again");
    REQUIRE(g.here.move("new", g.here, "moved").ok());
    CHECK(file->write(as_bytes("!")).ok());
    CHECK(g.dir.read("moved") == "again!");
  });
}

TEST_CASE("nothing new is made where the name is taken") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "mine");
    g.dir.make_directory("d");
    g.dir.make_link("link", "file");
    g.dir.make_link("dangling", "nowhere");
    g.dir.make_fifo("fifo");
    for (const char* name : {"file", "d", "link", "dangling", "fifo"}) {
      CAPTURE(name);
      CHECK(verdict(g.here.create_file(name, 0600)) == "exists: file exists");
      CHECK(verdict(g.here.make_directory(name, 0700)) == "exists: file exists");
      CHECK(g.here.create_file(name, 0600).error().path == g.dir / name);
    }
    CHECK(g.dir.read("file") == "mine");
    CHECK_FALSE(g.dir.exists("nowhere"));
  });
}

TEST_CASE("a file grows, and only a regular one") {
  in_every_way([](const Ground& g) {
    const Umask umask(077);
    {
      const auto made = g.here.open_append("log", 0644);
      REQUIRE(made.ok());
      CHECK((*made)->write(as_bytes("one\n")).ok());
    }
    CHECK(mode_of(g.dir / "log") == 0644);
    const auto again = g.here.open_append("log", 0600);
    REQUIRE(again.ok());
    g.dir.append("log", "two\n");
    CHECK((*again)->write(as_bytes("three\n")).ok());
    CHECK(g.dir.read("log") == "one\ntwo\nthree\n");
    CHECK(mode_of(g.dir / "log") == 0644);

    constexpr auto kOther = "refused: is not a regular file";
    g.dir.make_link("link", "log");
    g.dir.make_link("dangling", "nowhere");
    g.dir.make_fifo("fifo");
    g.dir.make_directory("d");
    CHECK(verdict(g.here.open_append("link", 0600)) == kLink);
    CHECK(verdict(g.here.open_append("dangling", 0600)) == kLink);
    CHECK_FALSE(g.dir.exists("nowhere"));
    CHECK(verdict(g.here.open_append("d", 0600)) == kOther);
    CHECK(verdict(g.here.open_append("fifo", 0600)) == kOther);
    const auto reader = g.here.open_read("fifo");
    CHECK(verdict(g.here.open_append("fifo", 0600)) == kOther);
    CHECK(g.here.open_append("fifo", 0600).error().path == g.dir / "fifo");
  });
}

TEST_CASE("a new directory has its mode, whatever the umask and its parent say") {
  in_every_way([](const Ground& g) {
    for (const mode_t mask : {0U, 022U, 077U, 0777U}) {
      const Umask umask(mask);
      const std::string name = "m" + std::to_string(mask);
      CHECK(verdict(g.here.make_directory(name, 0775)) == "fine");
      CHECK(mode_of(g.dir / name) == 0775);
    }
    REQUIRE(::chmod((g.dir / "m0").c_str(), 02775) == 0);
    const std::unique_ptr<Directory> parent = g.open("m0");
    CHECK(verdict(parent->make_directory("private", 0700)) == "fine");
    CHECK(mode_of(g.dir / "m0/private") == 0700);
    REQUIRE(::rmdir((g.dir / "m0/private").c_str()) == 0);
    REQUIRE(::rmdir((g.dir / "m0").c_str()) == 0);
    CHECK(parent->make_directory("gone", 0700).error().code == ErrorCode::kNotFound);
  });
}

TEST_CASE("a directory that took the place of a new one keeps its mode") {
  const TempDir dir;
  const auto try_on = [&](mode_t there, mode_t wanted) {
    const std::string path = dir.make_directory("d");
    REQUIRE(::chmod(path.c_str(), there) == 0);
    const posix::Descriptor opened(::open(path.c_str(), O_PATH | O_DIRECTORY));
    const std::string said = verdict(posix::set_mode_of_new_directory(opened.get(), wanted, path));
    return said + ", " + std::to_string(mode_of(path) == there);
  };
  constexpr auto kReplaced = "refused: has another owner or mode than it was made with, 1";
  CHECK(try_on(0755, 0700) == kReplaced);
  CHECK(try_on(01700, 0777) == kReplaced);
  CHECK(try_on(0700, 0755) == "fine, 0");
  CHECK(try_on(02700, 0700) == "fine, 0");
  if (::geteuid() == 0) {
    REQUIRE(::chown((dir / "d").c_str(), test::kPlainUser, test::kPlainUser) == 0);
    CHECK(try_on(0700, 0755) == kReplaced);
    CHECK(try_on(0700, 0700) == "fine, 1");
  }
}

TEST_CASE("entries are removed, each kind by its own call") {
  in_every_way([](const Ground& g) {
    g.dir.write("file", "x");
    g.dir.write("full/file", "x");
    g.dir.make_directory("empty");
    g.dir.make_link("link", "empty");
    g.dir.make_fifo("fifo");
    CHECK(verdict(g.here.remove_directory("full")) == "exists: directory not empty");
    CHECK(g.here.remove_directory("full").error().path == g.dir / "full");
    CHECK(verdict(g.here.remove_directory("link")) == kLink);
    CHECK(verdict(g.here.remove_directory("file")) == "not-found: not a directory");
    CHECK(verdict(g.here.remove_file("empty")) == "io: is a directory");
    CHECK(g.here.remove_file("none").error().code == ErrorCode::kNotFound);
    CHECK(g.here.remove_directory("none").error().code == ErrorCode::kNotFound);
    CHECK(names_in(g.here) == Names{"empty", "fifo", "file", "full", "link"});
    CHECK(g.here.remove_file("file").ok());
    CHECK(g.here.remove_file("link").ok());
    CHECK(g.here.remove_file("fifo").ok());
    CHECK(g.here.remove_directory("empty").ok());
    CHECK(names_in(g.here) == Names{"full"});
    CHECK(g.here.sync().ok());
  });
}

}  // namespace
}  // namespace tfevents
