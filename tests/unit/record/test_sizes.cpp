#include <string>

#include <doctest/doctest.h>

#include "support/resident_bytes.hpp"
#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// Records around every limit of the reader: pieces of 64 KiB, the window of 256 KiB, and far
// beyond.

namespace tfevents {
namespace {

using namespace test;

void check_same_everywhere(const std::string& file, const Transcript& expected) {
  CHECK(read_all(file) == expected);
  CHECK(read_all(std::make_unique<TestSource>(file, false)) == expected);
}

TEST_CASE("records around the limits are read wherever they lie in the window") {
  for (const std::size_t around : {64 * kKiB, 128 * kKiB, 192 * kKiB, 256 * kKiB, kMiB}) {
    for (const int delta : {-29, -17, -16, -15, -13, -12, -5, -4, -3, -1, 0, 1, 4, 12, 16, 17}) {
      const std::size_t size = around + static_cast<std::size_t>(delta);
      for (const std::size_t before : {std::size_t{0}, std::size_t{100}, 200 * kKiB}) {
        CAPTURE(size);
        CAPTURE(before);
        const std::string first = noise(before, 1), big = noise(size, 2);
        const std::string file = framed(first) + framed(big) + framed("after");
        const std::uint64_t second = first.size() + kFramingBytes;
        const std::uint64_t third = second + big.size() + kFramingBytes;
        check_same_everywhere(
            file, {record_line(0, first), record_line(second, big), record_line(third, "after"),
                   tail_line({Tail::Kind::kClean, file.size(), 0, 0})});

        // Its damaged twins: a flipped byte near the end, and a cut.
        check_same_everywhere(
            flip_byte(file, third - 6, 1),
            {record_line(0, first), damage_line(DamageKind::kDataCrc, second, third),
             record_line(third, "after"), tail_line({Tail::Kind::kClean, file.size(), 0, 0})});
        check_same_everywhere(
            truncate_to(file, third - 2),
            {record_line(0, first), tail_line({Tail::Kind::kTruncated, second, big.size() + 14,
                                               big.size() + kFramingBytes})});
        check_same_everywhere(
            remove_range(file, second + kHeaderBytes + 7, 10),
            {record_line(0, first), damage_line(DamageKind::kDataCrc, second, third - 10),
             record_line(third - 10, "after"),
             tail_line({Tail::Kind::kClean, file.size() - 10, 0, 0})});
      }
    }
  }
}

TEST_CASE("a big record's payload is read in any parts, in any order") {
  const std::string big = noise(700 * kKiB, 3);
  for (const bool seekable : {true, false}) {
    RecordReader reader(
        std::make_unique<TestSource>(framed("a") + framed(big) + framed("b"), seekable));
    REQUIRE(reader.next() == RecordStep::kRecord);
    REQUIRE(reader.next() == RecordStep::kBigRecord);
    CHECK(reader.record().payload == nullptr);
    CHECK(reader.record().length == big.size());
    const auto part = [&](std::uint64_t from, std::size_t count) {
      std::string out(count, '\0');
      const std::span<std::byte> into{reinterpret_cast<std::byte*>(out.data()), out.size()};
      out.resize(reader.read_payload(from, into).value());
      return out;
    };
    CHECK(part(0, 10) == big.substr(0, 10));
    CHECK(part(699 * kKiB, 5000) == big.substr(699 * kKiB));
    CHECK(part(1, 500'000) == big.substr(1, 500'000));
    CHECK(part(big.size(), 5).empty());
    CHECK(part(UINT64_MAX, 5).empty());
    CHECK(part(17, 1) == big.substr(17, 1));
    REQUIRE(reader.next() == RecordStep::kRecord);
    CHECK(reader.record().length == 1U);
    CHECK(reader.next() == RecordStep::kEnd);
  }
}

TEST_CASE("a record of 1 GiB is verified and read in constant memory") {
  // Zeros between a header and a footer that are made for them.
  const std::uint64_t length = std::uint64_t{1} << 30;
  const std::uint32_t crc = crc::shift(crc::kInit, length) ^ crc::kInit;
  std::string footer(4, '\0');
  store_le(footer.data(), mask_crc(crc));
  const std::string head = framed("first") + header_claiming(length),
                    tail = footer + framed("last");
  const std::uint64_t tail_at = head.size() + length;
  const auto content = [&](std::uint64_t offset, std::span<std::byte> into) {
    std::memset(into.data(), 0, into.size());
    const auto copy = [&](std::string_view what, std::uint64_t at) {
      const std::uint64_t from = std::max(offset, at);
      const std::uint64_t to = std::min<std::uint64_t>(offset + into.size(), at + what.size());
      if (from < to)
        std::memcpy(into.data() + (from - offset), what.data() + (from - at), to - from);
    };
    copy(head, 0);
    copy(tail, tail_at);
  };
  const std::size_t before = resident_bytes();
  auto control = std::make_shared<SourceControl>();
  RecordReader reader(std::make_unique<TestSource>(tail_at + tail.size(), content, true, control));
  CHECK(reader.next() == RecordStep::kRecord);
  CHECK(reader.next() == RecordStep::kBigRecord);
  CHECK(reader.record().length == length);
  std::array<std::byte, 64> some{};
  CHECK(reader.read_payload(length - 10, some).value() == 10U);
  CHECK(reader.next() == RecordStep::kRecord);
  CHECK(payload_of(reader).value() == "last");
  CHECK(reader.next() == RecordStep::kEnd);
  CHECK(control->bytes_read <= length + length / 100);
  if (kMemoryCounts) CHECK(resident_bytes() <= before + 4 * kMiB);
}

}  // namespace
}  // namespace tfevents
