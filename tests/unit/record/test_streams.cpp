#include <random>
#include <string>

#include <doctest/doctest.h>

#include "support/deflated.hpp"
#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// The same bytes by every way in: a file, a pipe, small pieces, compressed.

namespace tfevents {
namespace {

using namespace test;

std::string compressed(std::string_view bytes, Compression how) {
  return how == Compression::kGzip ? gzipped(bytes) : zlibbed(bytes);
}

/// Files with records of many sizes and wounds of many kinds.
std::string mixed_file(std::uint32_t seed) {
  std::mt19937_64 random(seed);
  std::string file;
  for (int i = 0; i < 30; ++i) {
    const std::size_t most = random() % 8 == 0 ? 400'000 : 300;
    std::string record = framed(noise(random() % most, random()));
    switch (random() % 12) {
      case 0: record = flip_byte(record, random() % record.size()); break;
      case 1: record = remove_range(record, random() % record.size(), 1); break;
      case 2: record += noise(random() % 50, random()); break;
      case 3: record += std::string(random() % 100'000, '\0'); break;
      case 4: record = header_claiming(random() % 500'000) + record; break;
      case 5: record = header_claiming(random() << random() % 40) + record; break;
      default: break;
    }
    file += record;
  }
  if (random() % 3 == 0) file.resize(file.size() - random() % 20);
  if (random() % 5 == 0) file.append(random() % 300'000, '\0');
  return file;
}

TEST_CASE("streams: all ways into the same bytes give the same") {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    const std::string file = mixed_file(seed);
    const Transcript expected = read_all(file);
    CHECK(read_all(std::make_unique<TestSource>(file, true)) == expected);
    CHECK(read_all(std::make_unique<TestSource>(file, false)) == expected);
    for (const std::size_t most : {7U, 1000U, 100'000U}) {
      if (most == 7 && seed % 10 != 0) continue;  // slow
      for (const bool seekable : {true, false}) {
        auto source = std::make_unique<TestSource>(file, seekable);
        source->in_cuts(most, seed);
        CHECK(read_all(std::move(source)) == expected);
      }
    }
    for (const Compression how : {Compression::kGzip, Compression::kZlib}) {
      const std::string packed = compressed(file, how);
      CHECK(read_all(packed) == expected);
      auto pipe = std::make_unique<TestSource>(packed, false);
      pipe->in_cuts(5000, seed);
      CHECK(read_all(std::move(pipe)) == expected);
    }
  }
}

TEST_CASE("streams: compression is recognised and told") {
  const std::string file = framed("hello") + framed("world");
  const auto compression_of = [](const std::string& bytes) {
    RecordReader reader(memory_source(as_bytes(bytes)));
    CHECK(records_of(read_on(reader)).size() == 2U);
    return reader.compression();
  };
  CHECK(compression_of(file) == Compression::kNone);
  CHECK(compression_of(compressed(file, Compression::kGzip)) == Compression::kGzip);
  CHECK(compression_of(compressed(file, Compression::kZlib)) == Compression::kZlib);
  const std::string half = compressed(framed("hello"), Compression::kGzip);
  CHECK(compression_of(half + compressed(framed("world"), Compression::kGzip)) ==
        Compression::kGzip);
}

TEST_CASE("streams: what only looks compressed is damage") {
  const std::string two_bytes = "\x1F\x8B" + noise(500, 4);
  CHECK(read_all(two_bytes + framed("x")) ==
        Transcript{damage_line(DamageKind::kLengthCrc, 0, two_bytes.size()),
                   record_line(two_bytes.size(), "x"),
                   tail_line({Tail::Kind::kClean, two_bytes.size() + 17, 0, 0})});
  const std::string header = std::string("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10) + "\xFF\xFF\xFF";
  const Transcript lines = read_all(header + framed("x"));
  CHECK(lines == Transcript{damage_line(DamageKind::kCompressed, 0, 0),
                            tail_line({Tail::Kind::kClean, 0, 0, 0})});
}

TEST_CASE("streams: a compressed file that stops is read as far as it goes") {
  std::string file;
  for (int i = 0; i < 200; ++i) file += framed(noise(100, static_cast<std::uint64_t>(i)));
  const std::string packed = compressed(file, Compression::kGzip);
  const Transcript all = records_of(read_all(packed));
  for (std::size_t size = 30; size < packed.size(); size += 97) {
    CAPTURE(size);
    const Transcript lines = read_all(truncate_to(packed, size));
    const Transcript records = records_of(lines);
    REQUIRE(records.size() <= all.size());
    CHECK(std::equal(records.begin(), records.end(), all.begin()));
    CHECK(lines.back().starts_with("end "));
    CHECK(lines.size() == records.size() + 1);
  }
}

TEST_CASE("streams: a broken compressed file is damage from there on, told once") {
  for (const std::size_t unfinished : {0U, 7U, 14U, 3000U, 600'000U}) {
    CAPTURE(unfinished);
    const std::string whole = framed("one") + framed(noise(3000, 1));
    const std::string front = truncate_to(framed(noise(700'000, 2)), unfinished);
    const std::string packed = compressed(whole + front, Compression::kGzip) + "no gzip member";
    RecordReader reader(memory_source(as_bytes(packed)));
    const Transcript lines = read_on(reader);
    CHECK(records_of(lines) == records_of(read_all(whole)));
    REQUIRE(lines.size() == 4U);
    CHECK(lines[2] ==
          damage_line(DamageKind::kCompressed, whole.size(), whole.size() + unfinished));
    CHECK(lines[3] == tail_line({Tail::Kind::kClean, whole.size() + unfinished, 0, 0}));
    CHECK(reader.error().code == ErrorCode::kFormat);
  }
}

TEST_CASE("streams: a read that fails is an error; the reader goes on where it stood") {
  const std::string file = framed(noise(300'000, 1)) + flip_byte(framed("abc"), 13) +
                           framed("defg") + header_claiming(1'000'000) + framed("x") +
                           framed(noise(70'000, 2));
  const Transcript expected = read_all(file);
  for (const bool seekable : {true, false}) {
    for (std::uint64_t call = 0; call < 40; ++call) {
      CAPTURE(call);
      auto control = std::make_shared<SourceControl>();
      control->fail_at_call = call;
      auto source = std::make_unique<TestSource>(file, seekable, control);
      source->in_cuts(60'000, 8);
      RecordReader reader(std::move(source));
      Transcript lines = read_on(reader);
      if (control->calls <= call) break;
      CHECK(lines.back() == "error read failed");
      lines.pop_back();
      REQUIRE(lines.size() <= expected.size());
      CHECK(std::equal(lines.begin(), lines.end(), expected.begin()));
      // Never a record that is not there, and always an end.
      const Transcript rest = read_on(reader, 100);
      CHECK(rest.back().starts_with("end "));
    }
  }
}

TEST_CASE("streams: no room for what must be kept is an error") {
  RecordReader reader(std::make_unique<TestSource>(framed(noise(700'000, 1)), false),
                      {.temp_directory = "/nonexistent/directory"});
  CHECK(reader.next() == RecordStep::kError);
  CHECK(reader.error().code != ErrorCode::kInternal);
}

}  // namespace
}  // namespace tfevents
