#include <algorithm>

#include <doctest/doctest.h>
#include <malloc.h>

#include "io/source.hpp"
#include "support/scripted_source.hpp"
#include "unit/io/io_helpers.hpp"

namespace tfevents {
namespace {

using test::gzipped;
using test::read_all;
using test::ReadAll;
using test::ScriptedSource;
using test::some_text;
using test::zlibbed;

ReadAll inflate(std::string_view bytes, Compression compression, std::size_t room = 4096) {
  const auto source = inflate_source(memory_source(as_bytes(bytes), "f.gz"), compression);
  return read_all(*source, room);
}

TEST_CASE("gzip and zlib, whole") {
  const std::string text = some_text(200'000);
  for (const std::size_t room : {std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20U}) {
    CHECK(inflate(gzipped(text), Compression::kGzip, room).bytes == text);
    CHECK(inflate(zlibbed(text), Compression::kZlib, room).bytes == text);
  }
  CHECK_FALSE(inflate(gzipped(text), Compression::kGzip).error);
  CHECK(inflate(gzipped(""), Compression::kGzip).bytes.empty());
  CHECK(inflate(text, Compression::kNone).bytes == text);
}

TEST_CASE("an inflated stream has no size and cannot be read again") {
  const std::string packed = gzipped("x");
  const auto source = inflate_source(memory_source(as_bytes(packed), "f.gz"), Compression::kGzip);
  CHECK(source->path() == "f.gz");
  CHECK_FALSE(source->size().value());
  CHECK_FALSE(source->can_read_at());
  std::vector<std::byte> room(1);
  CHECK(source->read_at(0, room).error().code == ErrorCode::kUnsupported);
}

TEST_CASE("members follow each other, empty ones and padding among them") {
  const std::string members = gzipped("one ") + gzipped("") + gzipped("two ") + gzipped("three");
  CHECK(inflate(members, Compression::kGzip).bytes == "one two three");
  const ReadAll padded = inflate(members + std::string(100, '\0'), Compression::kGzip);
  CHECK(padded.bytes == "one two three");
  CHECK_FALSE(padded.error);
}

TEST_CASE("cut at every byte: what is there, and no error") {
  const std::string text = some_text(500);
  for (const Compression kind : {Compression::kGzip, Compression::kZlib}) {
    const std::string packed =
        kind == Compression::kGzip ? gzipped(text) + gzipped("tail") : zlibbed(text);
    const std::string whole = kind == Compression::kGzip ? text + "tail" : text;
    std::size_t last = 0;
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
      const ReadAll all = inflate(std::string_view(packed).substr(0, cut), kind);
      CHECK_FALSE(all.error);
      CHECK(whole.starts_with(all.bytes));
      CHECK(all.bytes.size() >= last);
      last = all.bytes.size();
    }
    CHECK(last == whole.size());
  }
}

TEST_CASE("growing in pieces of any size gives the same as all at once") {
  const std::string text = some_text(3000);
  const std::string packed = gzipped(text) + gzipped("tail");
  for (const std::size_t piece : {1U, 2U, 3U, 10U, 500U}) {
    auto script = std::make_unique<ScriptedSource>();
    script->give_in_pieces(packed, piece);
    const ScriptedSource& played = *script;
    const auto source = inflate_source(std::move(script), Compression::kGzip);
    std::string bytes;
    while (!played.finished()) {
      const ReadAll all = read_all(*source, 100);
      CHECK_FALSE(all.error);
      bytes += all.bytes;
    }
    bytes += read_all(*source, 100).bytes;
    CHECK(bytes == text + "tail");
  }
}

TEST_CASE("garbage behind a complete member") {
  for (const char* garbage : {"garbage", "\x1f", "\x1f\x8b\x07 not deflate", "\x1fzzz"}) {
    const ReadAll all = inflate(gzipped("text") + garbage, Compression::kGzip);
    CHECK(all.bytes == "text");
    if (std::string_view(garbage).size() == 1) {
      CHECK_FALSE(all.error);  // may still become a member
      continue;
    }
    REQUIRE(all.error);
    CHECK(all.error->code == ErrorCode::kFormat);
    CHECK(all.error->offset == 4U);
    CHECK(all.error->path == "f.gz");
    CAPTURE(garbage);
  }
  CHECK(inflate(gzipped("text") + "garbage", Compression::kGzip).error->message ==
        "garbage after the end of the gzip stream");
  CHECK(inflate(zlibbed("text") + zlibbed("more"), Compression::kZlib).error->message ==
        "garbage after the end of the zlib stream");
  const std::string after_padding = gzipped("text") + std::string(9, '\0') + gzipped("more");
  CHECK(inflate(after_padding, Compression::kGzip).error);
}

TEST_CASE("every flipped bit: the truth up to an error, or nothing worse") {
  const std::string text = some_text(400);
  for (const Compression kind : {Compression::kGzip, Compression::kZlib}) {
    const std::string packed = kind == Compression::kGzip ? gzipped(text) : zlibbed(text);
    for (std::size_t bit = 0; bit < packed.size() * 8; ++bit) {
      std::string damaged = packed;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
      const auto source = inflate_source(memory_source(as_bytes(damaged), "f"), kind);
      const ReadAll all = read_all(*source, 64);
      if (all.error) {
        CHECK(all.error->code == ErrorCode::kFormat);
        CHECK(all.error->offset == all.bytes.size());
        CHECK(read_all(*source).error->message == all.error->message);  // and nothing more
        CHECK(read_all(*source).bytes.empty());
      } else {
        // Header fields without meaning, or a stream that seems to go on.
        CHECK((text.starts_with(all.bytes) || all.bytes.size() != text.size()));
      }
    }
  }
}

TEST_CASE("errors of the inner source come through, and reading goes on after them") {
  const std::string packed = gzipped("hello");
  auto script = std::make_unique<ScriptedSource>();
  Error error;
  error.code = ErrorCode::kIo;
  script->give(packed.substr(0, 9)).fail(error).give(packed.substr(9));
  const auto source = inflate_source(std::move(script), Compression::kGzip);
  const ReadAll first = read_all(*source);
  CHECK(first.error->code == ErrorCode::kIo);
  CHECK(first.bytes + read_all(*source).bytes == "hello");
}

TEST_CASE("a gigabyte of zeros takes time, not memory") {
  constexpr std::uint64_t kSize = std::uint64_t{1} << 30U;
  constexpr std::size_t kMember = std::size_t{64} << 20U;
  std::string packed;
  {
    const std::string member = gzipped(std::string(kMember, '\0'));
    for (std::uint64_t size = 0; size < kSize; size += kMember) packed += member;
  }
  CHECK(packed.size() < kSize / 900);
  const auto source = inflate_source(memory_source(as_bytes(packed)), Compression::kGzip);
  const std::size_t before = ::mallinfo2().uordblks;
  std::size_t most = before;
  std::vector<std::byte> room(std::size_t{256} << 10U);
  std::uint64_t total = 0;
  while (true) {
    const Result<std::size_t> count = source->read(room);
    REQUIRE(count.ok());
    if (*count == 0) break;
    total += *count;
    if (total % kMember < room.size()) most = std::max(most, std::size_t{::mallinfo2().uordblks});
  }
  CHECK(total == kSize);
  CHECK(most - before < std::size_t{1} << 20U);
}

}  // namespace
}  // namespace tfevents
