#include <atomic>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "io/source.hpp"
#include "support/fault_sys.hpp"
#include "support/memory_sys.hpp"
#include "support/scripted_source.hpp"
#include "support/temp_dir.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::FaultSys;
using test::MemorySys;
using test::read_all;
using test::ScriptedSource;
using test::TempDir;

std::unique_ptr<ByteSource> open(Sys& sys, const std::string& path,
                                 std::optional<std::uint64_t> limit = {}) {
  return file_source(sys.open_read(path).value(), path, limit);
}

TEST_CASE("a file source reads all, knows its size, reads again") {
  const TempDir dir;
  const std::string text = test::some_text(100'000);
  const std::unique_ptr<ByteSource> source = open(real_sys(), dir.write("f", text));
  CHECK(read_all(*source).bytes == text);
  CHECK(source->size().value() == text.size());
  CHECK(source->can_read_at());
  CHECK(test::read_at(*source, 99'990, 100) == text.substr(99'990));
  CHECK(source->path() == dir / "f");
  dir.append("f", "more");
  CHECK(read_all(*source).bytes == "more");
  CHECK(source->size().value() == text.size() + 4);
}

TEST_CASE("a limit caps reading, reading again and the size") {
  MemorySys sys;
  sys.file("/f", "0123456789");
  const std::unique_ptr<ByteSource> source = open(sys, "/f", 4);
  CHECK(read_all(*source, 3).bytes == "0123");
  CHECK(source->size().value() == 4U);
  CHECK(test::read_at(*source, 2, 10) == "23");
  CHECK(test::read_at(*source, 4, 10).empty());
  CHECK(test::read_at(*source, 400, 10).empty());
  sys.append("/f", "x");
  CHECK(read_all(*source).bytes.empty());
  sys.truncate("/f", 1);
  CHECK(source->size().value() == 1U);
  CHECK(read_all(*open(sys, "/f", 0)).bytes.empty());
  CHECK(read_all(*open(sys, "/f", 1000)).bytes == "0");
}

TEST_CASE("short reads and failures at every call: an Error, or all of it") {
  MemorySys memory;
  const std::string text = test::some_text(300);
  memory.file("/f", text);
  for (const std::size_t most : {1U, 7U, 64U, 1000U}) {
    for (std::uint64_t n = 0;; ++n) {
      FaultSys sys(memory);
      sys.limit_reads(most);
      sys.fail_at(n, EIO);
      Result<std::unique_ptr<OpenFile>> file = sys.open_read("/f");
      if (!file.ok()) {
        CHECK(n == 0);
        continue;
      }
      const std::unique_ptr<ByteSource> source = file_source(std::move(*file), "/f");
      const test::ReadAll all = read_all(*source);
      if (n == 1) CHECK_FALSE(source->can_read_at());  // it could not find out
      if (!sys.fired()) {
        CHECK(all.bytes == text);
        CHECK_FALSE(all.error);
        break;
      }
      CHECK(text.starts_with(all.bytes));
      CHECK((all.error.has_value() || all.bytes == text));
      if (all.error) CHECK(all.error->message == "input/output error");
    }
  }
}

TEST_CASE("a special file has no size and cannot be read again") {
  MemorySys sys;
  sys.special("/pipe");
  const std::unique_ptr<ByteSource> source = open(sys, "/pipe");
  CHECK_FALSE(source->size().value());
  CHECK_FALSE(source->can_read_at());
}

TEST_CASE("memory") {
  const std::string text = "hello";
  const std::unique_ptr<ByteSource> source = memory_source(as_bytes(text));
  CHECK(source->path() == "memory");
  CHECK(read_all(*source, 2).bytes == text);
  CHECK(read_all(*source, 2).bytes.empty());
  CHECK(test::read_at(*source, 3, 9) == "lo");
  CHECK(test::read_at(*source, 5, 9).empty());
  CHECK(test::read_at(*source, ~std::uint64_t{0}, 9).empty());
  CHECK(source->size().value() == 5U);
  CHECK(read_all(*memory_source({})).bytes.empty());
}

TEST_CASE("a descriptor reads through, and says what is wrong") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(::write(ends[1], "abc", 3) == 3);
  ::close(ends[1]);
  const std::unique_ptr<ByteSource> source = descriptor_source(ends[0], "standard input");
  CHECK(read_all(*source).bytes == "abc");
  CHECK_FALSE(source->size().value());
  CHECK_FALSE(source->can_read_at());
  std::vector<std::byte> room(4);
  CHECK(source->read_at(0, room).error().code == ErrorCode::kUnsupported);
  ::close(ends[0]);
  const Error closed = source->read(room).error();
  CHECK(closed.code == ErrorCode::kIo);
  CHECK(closed.message == "bad file descriptor");
  CHECK(closed.path == "standard input");
}

std::atomic<int> signals_seen{0};

TEST_CASE("signals do not end a read, nor does a silent non-blocking pipe") {
  for (const int flags : {O_CLOEXEC, O_CLOEXEC | O_NONBLOCK}) {
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) { ++signals_seen; };  // without SA_RESTART
    REQUIRE(::sigaction(SIGUSR1, &action, &before) == 0);
    signals_seen = 0;
    int ends[2];
    REQUIRE(::pipe2(ends, flags) == 0);
    const pthread_t reader = ::pthread_self();
    std::thread writer([&] {
      while (signals_seen < 20) {
        ::pthread_kill(reader, SIGUSR1);
        std::this_thread::yield();
      }
      CHECK(::write(ends[1], "late", 4) == 4);
      ::close(ends[1]);
    });
    const std::unique_ptr<ByteSource> source = descriptor_source(ends[0], "pipe");
    const test::ReadAll all = read_all(*source);
    writer.join();
    CHECK(all.bytes == "late");
    CHECK_FALSE(all.error);
    ::close(ends[0]);
    ::sigaction(SIGUSR1, &before, nullptr);
  }
}

TEST_CASE("sniffing") {
  const auto sniff = [](std::string_view head) { return sniff_compression(as_bytes(head)); };
  CHECK(sniff("") == Compression::kNone);
  CHECK(sniff("\x1f") == Compression::kNone);
  CHECK(sniff("\x1f\x8b") == Compression::kGzip);
  CHECK(sniff("\x1f\x8b\x08") == Compression::kGzip);
  CHECK(sniff("\x1f\x8b\x07") == Compression::kNone);
  CHECK(sniff(test::gzipped("x")) == Compression::kGzip);
  CHECK(sniff(test::zlibbed("x")) == Compression::kZlib);
  for (const char* level : {"\x78\x01", "\x78\x5e", "\x78\x9c", "\x78\xda"}) {
    CHECK(sniff(level) == Compression::kZlib);
  }
  CHECK(sniff("\x78\x02") == Compression::kNone);
  CHECK(sniff(std::string_view("\x18\0\0\0\0\0\0\0\xa3\x7f\x4b\x22", 12)) == Compression::kNone);
  CHECK(std::string(to_string(Compression::kGzip)) == "gzip");
  CHECK(std::string(to_string(Compression::kZlib)) == "zlib");
  CHECK(std::string(to_string(Compression::kNone)) == "none");
}

TEST_CASE("the scripted source plays its script") {
  Error error;
  error.message = "no";
  ScriptedSource source;
  source.give("abc").end().fail(error).give("d");
  CHECK(read_all(source, 2).bytes == "abc");
  CHECK(read_all(source).error->message == "no");
  CHECK(read_all(source).bytes == "d");
  CHECK(source.finished());
  CHECK(test::read_at(source, 1, 9) == "bcd");
  source.give_in_pieces("12345", 2);
  CHECK(read_all(source).bytes == "12");
  CHECK(read_all(source).bytes == "34");
  CHECK(read_all(source).bytes == "5");
}

}  // namespace
}  // namespace tfevents
