#include <array>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/atomic_file.hpp"
#include "io/sys.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/directory_helpers.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::mode_of;
using test::TempDir;

Status write_file(const std::string& path, std::string_view text) {
  TFEVENTS_TRY(const std::unique_ptr<AtomicFile> file, AtomicFile::create(path));
  TFEVENTS_CHECK(file->write(as_bytes(text)));
  return file->commit();
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  const Listing listing = real_sys().list(path).value();
  for (const DirEntry& entry : listing.entries) names.push_back(entry.name);
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("nothing appears before commit, all of it after") {
  const TempDir dir;
  const std::unique_ptr<AtomicFile> file = AtomicFile::create(dir / "out").value();
  REQUIRE(file->write(as_bytes("hello ")).ok());
  REQUIRE(file->write({}).ok());
  CHECK_FALSE(dir.exists("out"));
  const Names names = names_in(dir.path());
  REQUIRE(names.size() == 1);
  CHECK(names[0].starts_with(".tfe-"));
  CHECK(names[0].find("tfevents") == std::string::npos);
  REQUIRE(file->write(as_bytes("world")).ok());
  REQUIRE(file->commit().ok());
  CHECK(dir.read("out") == "hello world");
  CHECK(names_in(dir.path()) == Names{"out"});
  CHECK(file->commit().error().code == ErrorCode::kInternal);
  CHECK(file->write(as_bytes("x")).error().code == ErrorCode::kInternal);
  CHECK(dir.read("out") == "hello world");
}

TEST_CASE("big pieces, small pieces, and none") {
  const TempDir dir;
  const std::string text = test::some_text(1'000'000);
  for (const std::size_t piece : {1'000'000U, 131'072U, 131'071U, 999U}) {
    const std::unique_ptr<AtomicFile> file = AtomicFile::create(dir / "out").value();
    for (std::size_t i = 0; i < text.size(); i += piece) {
      REQUIRE(file->write(as_bytes(std::string_view(text).substr(i, piece))).ok());
    }
    REQUIRE(file->commit().ok());
    CHECK(dir.read("out") == text);
  }
  REQUIRE(write_file(dir / "empty", "").ok());
  CHECK(dir.read("empty").empty());
}

TEST_CASE("without commit the target stays and nothing is left") {
  const TempDir dir;
  dir.write("out", "old");
  {
    const std::unique_ptr<AtomicFile> file = AtomicFile::create(dir / "out").value();
    REQUIRE(file->write(as_bytes("new")).ok());
  }
  CHECK(dir.read("out") == "old");
  CHECK(names_in(dir.path()) == Names{"out"});
}

TEST_CASE("modes: the umask for new files, the old mode for replaced ones") {
  const TempDir dir;
  const mode_t before = ::umask(027);
  REQUIRE(write_file(dir / "new", "x").ok());
  CHECK(mode_of(dir / "new") == 0640);
  for (const mode_t mode : {0600U, 0666U, 0755U, 0604U}) {
    dir.write("old", "x");
    REQUIRE(::chmod((dir / "old").c_str(), mode) == 0);
    REQUIRE(write_file(dir / "old", "y").ok());
    CHECK(mode_of(dir / "old") == mode);
  }
  ::umask(before);
}

TEST_CASE("a link is written through, dangling or not") {
  const TempDir dir;
  dir.write("d/real", "old");
  dir.make_link("l", "d/l2");
  dir.make_link("d/l2", dir / "d/real");
  REQUIRE(write_file(dir / "l", "new").ok());
  CHECK(dir.read("d/real") == "new");
  CHECK(real_sys().lstat(dir / "l")->type == FileType::kSymlink);
  CHECK(names_in(dir / "d") == Names{"l2", "real"});

  dir.make_link("dangling", "d/made");
  REQUIRE(write_file(dir / "dangling", "made").ok());
  CHECK(dir.read("d/made") == "made");

  dir.make_link("self", "self");
  CHECK(is_link_loop(write_file(dir / "self", "x").error()));
}

TEST_CASE("what is no output file") {
  const TempDir dir;
  dir.make_directory("d");
  dir.make_link("l", "d");
  for (const std::string& path : {dir / "d", dir / "d/", dir / "l", dir / "new/", dir / "d/.."}) {
    CAPTURE(path);
    const Error error = AtomicFile::create(path).error();
    CHECK(error.code == ErrorCode::kUsage);
    CHECK(error.path == path);
  }
  CHECK(AtomicFile::create("").error().code == ErrorCode::kUsage);
  CHECK(AtomicFile::create(dir / "no/such").error().code == ErrorCode::kNotFound);
  CHECK(AtomicFile::create(dir.write("f", "") + "/x").error().code == ErrorCode::kNotFound);
  CHECK(names_in(dir / "d").empty());
}

TEST_CASE("special files are written in place") {
  REQUIRE(write_file("/dev/null", "x").ok());
  CHECK(real_sys().stat("/dev/null")->type == FileType::kOther);
  CHECK(mode_of("/dev/null") == 0666);

  const TempDir dir;
  const std::string fifo = dir.make_fifo("fifo");
  std::string got;
  std::thread reader([&] {
    const int number = ::open(fifo.c_str(), O_RDONLY | O_CLOEXEC);
    got = test::read_all(*descriptor_source(number, "fifo")).bytes;
    ::close(number);
  });
  CHECK(write_file(fifo, "through the pipe").ok());
  reader.join();
  CHECK(got == "through the pipe");
  CHECK(names_in(dir.path()) == Names{"fifo"});
}

TEST_CASE("a descriptor's name appends to its file instead of replacing it") {
  const TempDir dir;
  const std::string path = dir.write("log", "before ");
  const int number = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  const FileId id = real_sys().stat(path)->id;
  REQUIRE(write_file("/dev/fd/" + std::to_string(number), "after").ok());
  ::close(number);
  CHECK(dir.read("log") == "before after");
  CHECK(real_sys().stat(path)->id == id);
}

TEST_CASE("a full device is an error at the latest at commit") {
  const Error full = write_file("/dev/full", "x").error();
  CHECK(full.code == ErrorCode::kIo);
  CHECK(full.message == "no space left on device");
  CHECK(full.path == "/dev/full");
  const std::unique_ptr<AtomicFile> file = AtomicFile::create("/dev/full").value();
  CHECK_FALSE(file->write(as_bytes(test::some_text(1'000'000))).ok());
  CHECK_FALSE(file->write(as_bytes("x")).ok());
  CHECK_FALSE(file->commit().ok());
}

TEST_CASE("a disk that fills up at any byte leaves the target and no rest") {
  const TempDir dir;
  const std::string text = test::some_text(300'000);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, SIG_IGN);
  for (const rlim_t room : {rlim_t{0}, rlim_t{1}, rlim_t{131'072}, rlim_t{299'999}}) {
    dir.write("out", "old");
    rlimit limit = before;
    limit.rlim_cur = room;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    const Status written = write_file(dir / "out", text);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    REQUIRE_FALSE(written.ok());
    CHECK(written.error().path == dir / "out");
    CHECK(dir.read("out") == "old");
    CHECK(names_in(dir.path()) == Names{"out"});
  }
  ::signal(SIGXFSZ, SIG_DFL);
}

TEST_CASE("killed in the middle: the old file, and one temporary file") {
  const TempDir dir;
  dir.write("out", "old");
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    Result<std::unique_ptr<AtomicFile>> file = AtomicFile::create(dir / "out");
    const std::string text(1'000'000, 'n');
    const bool ok = file.ok() && (*file)->write(as_bytes(text)).ok();
    if (::write(ends[1], ok ? "y" : "n", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char written = 0;
  REQUIRE(::read(ends[0], &written, 1) == 1);
  CHECK(written == 'y');
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  CHECK(dir.read("out") == "old");
  const Names names = names_in(dir.path());
  REQUIRE(names.size() == 2);
  CHECK(names[0].starts_with(".tfe-"));
}

TEST_CASE("a write-protected file means it") {
  const TempDir dir;
  dir.write("out", "old");
  REQUIRE(::chmod((dir / "out").c_str(), 0444) == 0);
  const test::AsNobody nobody({dir.path(), dir / "out"});
  CHECK(write_file(dir / "out", "new").error().message == "permission denied");
  CHECK(dir.read("out") == "old");
}

TEST_CASE("a directory that may not be written is named") {
  const TempDir dir;
  dir.write("d/out", "old");
  REQUIRE(::chmod((dir / "d").c_str(), 0555) == 0);
  {
    const test::AsNobody nobody({dir.path(), dir / "d", dir / "d/out"});
    for (const char* name : {"d/out", "d/new"}) {
      const Error error = write_file(dir / name, "new").error();
      CHECK(error.message == "permission denied");
      CHECK(error.path == dir / "d");
      CHECK_FALSE(error.hint.empty());
    }
  }
  CHECK(dir.read("d/out") == "old");
  REQUIRE(::chmod((dir / "d").c_str(), 0755) == 0);
}

TEST_CASE(".gz compresses, reproducibly") {
  const TempDir dir;
  const std::string text = test::some_text(500'000);
  REQUIRE(write_file(dir / "a.json.gz", text).ok());
  const std::string packed = dir.read("a.json.gz");
  CHECK(packed.size() < text.size());
  // Magic, deflate, no flags, no time, no extra flags, system unknown.
  CHECK(packed.substr(0, 10) == std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
  const auto source = inflate_source(memory_source(as_bytes(packed)), Compression::kGzip);
  const test::ReadAll all = test::read_all(*source);
  CHECK(all.bytes == text);
  CHECK_FALSE(all.error);

  // In other pieces, under another name.
  const std::unique_ptr<AtomicFile> file = AtomicFile::create(dir / "b.gz").value();
  for (std::size_t i = 0; i < text.size(); i += 777) {
    REQUIRE(file->write(as_bytes(std::string_view(text).substr(i, 777))).ok());
  }
  REQUIRE(file->write({}).ok());
  REQUIRE(file->commit().ok());
  CHECK(dir.read("b.gz") == packed);

  REQUIRE(write_file(dir / "empty.gz", "").ok());
  const std::string empty = dir.read("empty.gz");
  CHECK(empty.size() == 20);
  {
    const std::unique_ptr<AtomicFile> dropped = AtomicFile::create(dir / "a.json.gz").value();
    REQUIRE(dropped->write(as_bytes("x")).ok());
  }
  CHECK(dir.read("a.json.gz") == packed);
}

}  // namespace
}  // namespace tfevents
