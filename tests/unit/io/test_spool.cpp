#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "io/source.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::read_all;
using test::TempDir;

/// Files may not grow past `bytes` while this lives: a full disk without one.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::signal(SIGXFSZ, SIG_IGN);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  rlimit before_{};
};

std::string read_spool(SpoolFile& spool, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> buffer(size);
  const Result<std::size_t> count = spool.read_at(offset, buffer);
  return count.ok() ? std::string(as_text(Bytes(buffer).first(*count))) : "error";
}

TEST_CASE("a spool grows, reads anywhere, shrinks, and leaves nothing behind") {
  const TempDir dir;
  {
    const std::unique_ptr<SpoolFile> spool = SpoolFile::create(dir.path()).value();
    CHECK(read_spool(*spool, 0, 9).empty());
    REQUIRE(spool->append(as_bytes("hello ")).ok());
    REQUIRE(spool->append({}).ok());
    REQUIRE(spool->append(as_bytes("world")).ok());
    CHECK(spool->size() == 11);
    CHECK(read_spool(*spool, 3, 5) == "lo wo");
    CHECK(read_spool(*spool, 9, 5) == "ld");
    CHECK(read_spool(*spool, 900, 5).empty());
    REQUIRE(spool->truncate(5).ok());
    CHECK(read_spool(*spool, 0, 100) == "hello");
    REQUIRE(spool->append(as_bytes("!")).ok());
    CHECK(read_spool(*spool, 0, 100) == "hello!");
    CHECK_FALSE(spool->truncate(100).ok());
    CHECK(real_sys().list(dir.path())->entries.empty());
  }
  CHECK(real_sys().list(dir.path())->entries.empty());
}

TEST_CASE("a spool that cannot be made names the directory and TMPDIR") {
  for (const char* directory : {"/nonexistent/dir", "/dev/null", "/proc", ""}) {
    const Result<std::unique_ptr<SpoolFile>> spool = SpoolFile::create(directory);
    CAPTURE(directory);
    REQUIRE_FALSE(spool.ok());
    CHECK(spool.error().code == ErrorCode::kIo);
    CHECK(spool.error().path == directory);
    CHECK(spool.error().message.find(directory) != std::string::npos);
    CHECK(spool.error().hint.find("TMPDIR") != std::string::npos);
  }
}

TEST_CASE("a failed append leaves what was there, and the next may work") {
  const TempDir dir;
  const std::unique_ptr<SpoolFile> spool = SpoolFile::create(dir.path()).value();
  REQUIRE(spool->append(as_bytes("kept")).ok());
  {
    const FileSizeLimit limit(6);
    const Status full = spool->append(as_bytes("too much"));
    REQUIRE_FALSE(full.ok());
    CHECK(full.error().message.find(dir.path()) != std::string::npos);
    CHECK(full.error().hint.find("TMPDIR") != std::string::npos);
  }
  CHECK(spool->size() == 4);
  CHECK(read_spool(*spool, 0, 100) == "kept");
  REQUIRE(spool->append(as_bytes(" too")).ok());
  CHECK(read_spool(*spool, 0, 100) == "kept too");
}

/// A pipe with bytes in it and its writing end still open.
struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    finish();
    ::close(ends[0]);
  }
  void give(std::string_view bytes) {
    REQUIRE(::write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  void finish() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2] = {-1, -1};
};

TEST_CASE("standard input twice") {
  const TempDir dir;
  Pipe pipe;
  pipe.give("hello world");
  const std::shared_ptr<SpooledInput> input = spooled_input(pipe.ends[0], "-", dir.path());

  // The first pass stops in the middle.
  std::unique_ptr<ByteSource> source = input->open();
  CHECK(source->path() == "-");
  CHECK(source->can_read_at());
  CHECK_FALSE(source->size().value());
  std::vector<std::byte> room(5);
  CHECK(source->read(room).value() == 5);
  CHECK(test::read_at(*source, 1, 4) == "ello");
  // Reading at a place that has not come yet reads on.
  CHECK(test::read_at(*source, 5, 6) == " world");
  CHECK(test::read_at(*source, 0, 100) == "hello world");
  CHECK(source->read(room).value() == 5);
  CHECK(as_text(Bytes(room)) == " worl");

  // The second replays and goes on.
  pipe.give("!");
  pipe.finish();
  source = input->open();
  CHECK(read_all(*source, 3).bytes == "hello world!");
  CHECK(source->size().value() == 12U);
  CHECK(read_all(*input->open()).bytes == "hello world!");
  CHECK(test::read_at(*source, 6, 100) == "world!");
}

TEST_CASE("empty standard input needs no temporary directory") {
  Pipe pipe;
  pipe.finish();
  const auto input = spooled_input(pipe.ends[0], "-", "/nonexistent");
  CHECK(read_all(*input->open()).bytes.empty());
  CHECK_FALSE(read_all(*input->open()).error);
}

TEST_CASE("bytes that could not be kept are an error for every pass") {
  Pipe pipe;
  pipe.give("hello");
  const auto input = spooled_input(pipe.ends[0], "-", "/nonexistent");
  const auto source = input->open();
  CHECK(read_all(*source).error->message.find("/nonexistent") != std::string::npos);
  CHECK(read_all(*source).error);
  CHECK(read_all(*input->open()).error);
}

TEST_CASE("a full temporary directory in the middle") {
  const TempDir dir;
  Pipe pipe;
  pipe.give("0123456789");
  const auto input = spooled_input(pipe.ends[0], "-", dir.path());
  const FileSizeLimit limit(6);
  const auto source = input->open();
  const test::ReadAll all = read_all(*source, 4);
  CHECK(all.bytes == "0123");
  REQUIRE(all.error);
  CHECK(all.error->code == ErrorCode::kIo);
  CHECK(read_all(*input->open()).bytes == "0123");
  CHECK(read_all(*input->open()).error);
}

}  // namespace
}  // namespace tfevents
