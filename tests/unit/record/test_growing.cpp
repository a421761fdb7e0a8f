#include <random>
#include <string>

#include <doctest/doctest.h>

#include "support/scripted_source.hpp"
#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// Files that change while they are read.

namespace tfevents {
namespace {

using namespace test;

struct Grown {
  std::shared_ptr<SourceControl> control = std::make_shared<SourceControl>();
  std::unique_ptr<RecordReader> reader;

  Grown(const std::string& file, bool seekable, bool growing) {
    control->visible = 0;
    reader = std::make_unique<RecordReader>(std::make_unique<TestSource>(file, seekable, control),
                                            RecordReaderOptions{.growing = growing});
  }
  Transcript read_to(std::uint64_t visible) {
    control->visible = visible;
    return read_on(*reader, 1000);
  }
};

TEST_CASE("growing: byte by byte, every record comes once, as soon as it is whole") {
  const std::string file = framed("one") + framed("") + framed(noise(300, 1)) + framed("four");
  const Transcript expected = records_of(read_all(file));
  const std::vector<std::size_t> offsets = record_offsets(file);
  for (const bool seekable : {true, false}) {
    for (const bool growing : {true, false}) {
      Grown grown(file, seekable, growing);
      Transcript records;
      for (std::size_t size = 0; size <= file.size(); ++size) {
        const Transcript lines = grown.read_to(size);
        const Transcript fresh = records_of(lines);
        records.insert(records.end(), fresh.begin(), fresh.end());
        REQUIRE(lines.size() == fresh.size() + 1);
        std::size_t whole = 0;
        while (whole + 1 < offsets.size() && offsets[whole + 1] <= size) ++whole;
        REQUIRE(records.size() == whole);
      }
      CHECK(records == expected);
    }
  }
}

TEST_CASE("growing: big records in big steps") {
  const std::string file = framed(noise(900'000, 1)) + framed("x") + framed(noise(200'000, 2));
  const Transcript expected = records_of(read_all(file));
  std::mt19937 random(7);
  for (const bool seekable : {true, false}) {
    Grown grown(file, seekable, true);
    Transcript records;
    for (std::uint64_t size = 0; size < file.size();) {
      size = std::min<std::uint64_t>(file.size(), size + random() % 150'000);
      const Transcript fresh = records_of(grown.read_to(size));
      records.insert(records.end(), fresh.begin(), fresh.end());
    }
    CHECK(records == expected);
  }
}

TEST_CASE("growing: zeros set aside are filled in their place later") {
  const std::string before = append_nul(framed("one"), 100);
  std::string after = framed("one") + framed("two");
  after.resize(before.size(), '\0');
  bool filled = false;
  const auto content = [&](std::uint64_t offset, std::span<std::byte> into) {
    std::memcpy(into.data(), (filled ? after : before).data() + offset, into.size());
  };
  RecordReader reader(std::make_unique<TestSource>(before.size(), content, true),
                      {.growing = true});
  CHECK(read_on(reader).back().starts_with("end nul 19 100"));
  CHECK(read_on(reader).back().starts_with("end nul 19 100"));
  filled = true;
  CHECK(records_of(read_on(reader)) == Transcript{record_line(19, "two")});
}

TEST_CASE("growing: a length beyond the end is not searched behind until growing is over") {
  const std::string bad = header_claiming(5000) + "abc";
  const std::string file = framed("a") + bad + framed("b") + framed("c");
  for (const bool seekable : {true, false}) {
    CAPTURE(seekable);
    Grown grown(file, seekable, true);
    const std::uint64_t at = framed("a").size();
    CHECK(grown.read_to(file.size()) ==
          Transcript{record_line(0, "a"),
                     tail_line({Tail::Kind::kTruncated, at, file.size() - at, 5016})});
    CHECK(grown.read_to(file.size()).size() == 1U);
    grown.reader->set_growing(false);
    const Transcript rest = grown.read_to(file.size());
    CHECK(rest.front() == damage_line(DamageKind::kLength, at, at + bad.size()));
    CHECK(records_of(rest).size() == 2U);
  }
}

TEST_CASE("growing: behind lost boundaries the front of a header is waited for") {
  const std::string head = framed("a") + noise(100, 3), next = framed("b");
  for (const bool seekable : {true, false}) {
    for (std::size_t cut = 1; cut < next.size(); ++cut) {
      CAPTURE(cut);
      Grown grown(head + next, seekable, true);
      Transcript lines = grown.read_to(head.size() + cut);
      CHECK(lines.front() == record_line(0, "a"));
      CHECK(lines.back().starts_with("end "));
      const Transcript more = grown.read_to(head.size() + next.size());
      CHECK(records_of(more) == Transcript{record_line(head.size(), "b")});
      CHECK(more.back().starts_with("end clean"));
    }
  }
}

TEST_CASE("growing: polling a file that does not grow reads next to nothing") {
  std::string file = framed("a") + header_claiming(std::uint64_t{1} << 40) + noise(3'000'000, 1);
  auto control = std::make_shared<SourceControl>();
  RecordReader reader(std::make_unique<TestSource>(file, true, control), {.growing = true});
  (void)read_on(reader);
  const std::uint64_t before = control->bytes_read;
  for (int i = 0; i < 20; ++i) CHECK(read_on(reader).size() == 1U);
  CHECK(control->bytes_read - before <= 20 * std::uint64_t{ByteWindow::kCapacity});
}

TEST_CASE("shrinking: a file that gets shorter while it is read ends early and does no harm") {
  std::string file;
  for (std::uint64_t i = 0; i < 40; ++i) file += framed(noise(i % 5 == 0 ? 90'000 : 40'000, i));
  const Transcript expected = records_of(read_all(file));
  for (const bool seekable : {true, false}) {
    for (std::uint64_t to = 0; to < file.size(); to += 91'003) {
      CAPTURE(to);
      auto control = std::make_shared<SourceControl>();
      RecordReader reader(std::make_unique<TestSource>(file, seekable, control));
      Transcript lines;
      for (int i = 0; i < 10; ++i) lines.push_back(step_line(reader, reader.next()));
      control->visible = to;
      const Transcript rest = read_on(reader, 1000);
      lines.insert(lines.end(), rest.begin(), rest.end());
      const Transcript records = records_of(lines);
      REQUIRE(records.size() <= expected.size());
      CHECK(std::equal(records.begin(), records.end(), expected.begin()));
      CHECK(lines.back().starts_with("end "));
    }
  }
}

TEST_CASE("shrinking: while a damaged part is searched") {
  const std::string file = framed("a") + noise(2'000'000, 1) + framed("b");
  auto control = std::make_shared<SourceControl>();
  for (std::uint64_t call = 1; call < 30; ++call) {
    control = std::make_shared<SourceControl>();
    auto source = std::make_unique<TestSource>(file, true, control);
    source->in_cuts(200'000, 3);
    RecordReader reader(std::move(source));
    CHECK(reader.next() == RecordStep::kRecord);
    control->visible = 1'000'000;
    CHECK(reader.next() == RecordStep::kDamage);
    CHECK(reader.damage().end <= 1'000'000U);
    CHECK(reader.next() == RecordStep::kEnd);
  }
}

/// A scripted stream without the means to read again.
class OneWay final : public ByteSource {
 public:
  explicit OneWay(ScriptedSource& script) : script_(script) {}
  Result<std::size_t> read(std::span<std::byte> into) override { return script_.read(into); }
  Result<std::optional<std::uint64_t>> size() override { return script_.size(); }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return Error{.code = ErrorCode::kUnsupported, .message = "not seekable"};
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return false; }
  [[nodiscard]] const std::string& path() const noexcept override { return script_.path(); }

 private:
  ScriptedSource& script_;
};

TEST_CASE("growing: a scripted stream with early ends gives what the whole gives") {
  std::string file;
  for (std::uint64_t i = 0; i < 30; ++i) file += framed(noise(i * 37, i));
  const Transcript expected = records_of(read_all(file));
  for (const std::size_t size : {1U, 13U, 100U, 999U}) {
    ScriptedSource script;
    script.give_in_pieces(file, size);
    RecordReader reader(std::make_unique<OneWay>(script), {.growing = true});
    Transcript records;
    while (!script.finished()) {
      const Transcript fresh = records_of(read_on(reader));
      records.insert(records.end(), fresh.begin(), fresh.end());
    }
    const Transcript fresh = records_of(read_on(reader));
    records.insert(records.end(), fresh.begin(), fresh.end());
    CHECK(records == expected);
  }
}

}  // namespace
}  // namespace tfevents
