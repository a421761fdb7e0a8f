#include <string>

#include <doctest/doctest.h>

#include "unit/record/sources.hpp"
#include "unit/record/transcript.hpp"

// One test for each thing that can stand at the place where a record should begin, beside its
// undamaged twin.

namespace tfevents {
namespace {

using namespace test;

const std::string kA = framed("first payload"), kB = framed("second"), kC = framed("the third one");
const std::size_t kBehindA = kA.size(), kBehindB = kA.size() + kB.size();
const std::string kWhole = kA + kB + kC;

std::string clean_end(std::uint64_t offset) {
  return tail_line({Tail::Kind::kClean, offset, 0, 0});
}
std::string nul_end(std::uint64_t offset, std::uint64_t have) {
  return tail_line({Tail::Kind::kNul, offset, have, 0});
}
std::string truncated_end(std::uint64_t offset, std::uint64_t have, std::uint64_t need) {
  return tail_line({Tail::Kind::kTruncated, offset, have, need});
}
const std::string kReadA = record_line(0, "first payload");
const std::string kReadB = record_line(kBehindA, "second");
const std::string kReadC = record_line(kBehindB, "the third one");
const std::string kReadEnd = clean_end(kWhole.size());

TEST_CASE("framing is that of the published examples") {
  CHECK(framed("") == std::string("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xD8\xEA\x82\xA2", 16));
  CHECK(framed("\x1A\x11"
               "CRC test, one two")
            .substr(31) == "\x8A\xD0\x94\x57");
}

TEST_CASE("an undamaged file") {
  CHECK(read_all(kWhole) == Transcript{kReadA, kReadB, kReadC, kReadEnd});
  CHECK(read_all("") == Transcript{clean_end(0)});
  CHECK(read_all(framed("")) == Transcript{record_line(0, ""), clean_end(16)});
}

TEST_CASE("reading at the end again says the same") {
  RecordReader reader(memory_source(as_bytes(kA)));
  CHECK(read_on(reader) == Transcript{kReadA, clean_end(kBehindA)});
  CHECK(read_on(reader) == Transcript{clean_end(kBehindA)});
  CHECK(reader.offset() == kBehindA);
}

TEST_CASE("a record's view says where it lies") {
  RecordReader reader(memory_source(as_bytes(kWhole)));
  REQUIRE(reader.next() == RecordStep::kRecord);
  REQUIRE(reader.next() == RecordStep::kRecord);
  CHECK(reader.record().offset == kBehindA);
  CHECK(reader.record().end() == kBehindB);
  CHECK(reader.offset() == kBehindB);
}

TEST_CASE("a cut header is a tail") {
  for (std::size_t have = 1; have < kHeaderBytes; ++have) {
    CAPTURE(have);
    CHECK(read_all(kA + kB.substr(0, have)) ==
          Transcript{kReadA, truncated_end(kBehindA, have, kHeaderBytes)});
  }
}

TEST_CASE("a cut payload or footer is a tail") {
  for (std::size_t have = kHeaderBytes; have < kB.size(); ++have) {
    CAPTURE(have);
    CHECK(read_all(kA + kB.substr(0, have)) ==
          Transcript{kReadA, truncated_end(kBehindA, have, kB.size())});
  }
}

TEST_CASE("a wrong length checksum loses the boundaries until the next intact record") {
  for (const std::size_t at :
       {std::size_t{0}, std::size_t{3}, std::size_t{7}, std::size_t{8}, std::size_t{11}}) {
    CAPTURE(at);
    CHECK(read_all(flip_byte(kWhole, kBehindA + at)) ==
          Transcript{kReadA, damage_line(DamageKind::kLengthCrc, kBehindA, kBehindB), kReadC,
                     kReadEnd});
  }
}

TEST_CASE("a wrong length checksum at the end loses the rest") {
  CHECK(read_all(flip_byte(kWhole, kBehindB + 8)) ==
        Transcript{kReadA, kReadB, damage_line(DamageKind::kLengthCrc, kBehindB, kWhole.size()),
                   kReadEnd});
}

TEST_CASE("a wrong payload checksum costs this record alone") {
  for (const std::size_t at :
       {std::size_t{12}, std::size_t{17}, std::size_t{18}, std::size_t{21}}) {
    CAPTURE(at);
    RecordReader reader(memory_source(as_bytes(kWhole)));
    CHECK(read_all(flip_byte(kWhole, kBehindA + at)) ==
          Transcript{kReadA, damage_line(DamageKind::kDataCrc, kBehindA, kBehindB), kReadC,
                     kReadEnd});
  }
}

TEST_CASE("damage that is exactly one record tells its length") {
  const std::string file = flip_byte(kWhole, kBehindA + 13);
  RecordReader reader(memory_source(as_bytes(file)));
  REQUIRE(reader.next() == RecordStep::kRecord);
  REQUIRE(reader.next() == RecordStep::kDamage);
  CHECK(reader.damage().record_length == 6U);
  CHECK(reader.offset() == kBehindB);
}

TEST_CASE("a wrong payload checksum in the last record is damage up to the end") {
  CHECK(read_all(flip_byte(kWhole, kBehindB + 14)) ==
        Transcript{kReadA, kReadB, damage_line(DamageKind::kDataCrc, kBehindB, kWhole.size()),
                   kReadEnd});
}

TEST_CASE("a bad record behind which a record has only begun") {
  CHECK(read_all(flip_byte(kA + kB, kBehindA + 14) + kC.substr(0, 5)) ==
        Transcript{kReadA, damage_line(DamageKind::kDataCrc, kBehindA, kBehindB),
                   truncated_end(kBehindB, 5, kHeaderBytes)});
}

TEST_CASE("bytes missing inside a payload do not cost the next record") {
  for (std::size_t missing = 1; missing <= 6; ++missing) {
    CAPTURE(missing);
    CHECK(records_of(read_all(remove_range(kWhole, kBehindA + kHeaderBytes, missing))) ==
          Transcript{kReadA, record_line(kBehindB - missing, "the third one")});
  }
}

TEST_CASE("garbage before, between and behind the records") {
  for (const std::size_t count : {1U, 5U, 11U, 12U, 13U, 100U, 5000U}) {
    CAPTURE(count);
    const std::string garbage = noise(count, 7);
    CHECK(read_all(garbage + kA) == Transcript{damage_line(DamageKind::kLengthCrc, 0, count),
                                               record_line(count, "first payload"),
                                               clean_end(count + kBehindA)});
    CHECK(read_all(insert_garbage(kA + kB, kBehindA, garbage)) ==
          Transcript{kReadA, damage_line(DamageKind::kLengthCrc, kBehindA, kBehindA + count),
                     record_line(kBehindA + count, "second"), clean_end(kBehindB + count)});
    const Transcript behind = read_all(kA + garbage);
    if (count < kHeaderBytes) {
      CHECK(behind == Transcript{kReadA, truncated_end(kBehindA, count, kHeaderBytes)});
    } else {
      CHECK(behind == Transcript{kReadA,
                                 damage_line(DamageKind::kLengthCrc, kBehindA, kBehindA + count),
                                 clean_end(kBehindA + count)});
    }
  }
}

TEST_CASE("a tail of zeros is no damage, whatever its length") {
  for (const std::size_t count : {1U, 4U, 11U, 12U, 13U, 4096U, 300'000U, 1'000'000U}) {
    CAPTURE(count);
    CHECK(read_all(append_nul(kA, count)) == Transcript{kReadA, nul_end(kBehindA, count)});
    CHECK(read_all(append_nul("", count)) == Transcript{nul_end(0, count)});
  }
}

TEST_CASE("a hole of zeros is damage") {
  for (const std::size_t count : {1U, 12U, 4096U, 300'000U}) {
    CAPTURE(count);
    CHECK(read_all(append_nul(kA, count) + kB) ==
          Transcript{kReadA, damage_line(DamageKind::kLengthCrc, kBehindA, kBehindA + count),
                     record_line(kBehindA + count, "second"), clean_end(kBehindB + count)});
  }
}

TEST_CASE("a last record that was only partly written before the zeros belongs to them") {
  const std::string half = kB.substr(0, 14) + std::string(4, '\0');
  CHECK(read_all(kA + append_nul(half, 500)) ==
        Transcript{kReadA, nul_end(kBehindA, half.size() + 500)});
  // Exactly the record and no zero behind it: a record with a wrong checksum.
  CHECK(read_all(kA + half + std::string(4, '\0')) ==
        Transcript{kReadA, damage_line(DamageKind::kDataCrc, kBehindA, kBehindB),
                   clean_end(kBehindB)});
}

TEST_CASE("lengths beyond everything, with right checksums, are tails and cost nothing") {
  for (const std::uint64_t length :
       {std::uint64_t{100}, std::uint64_t{1} << 40, std::uint64_t{1} << 62,
        (std::uint64_t{1} << 62) + 1, std::uint64_t{1} << 63, UINT64_MAX - 16, UINT64_MAX}) {
    CAPTURE(length);
    const std::uint64_t need = length > std::uint64_t{1} << 62 ? UINT64_MAX : length + 16;
    const std::string tail = header_claiming(length) + "abc";
    for (const bool seekable : {true, false}) {
      CHECK(read_all(std::make_unique<TestSource>(kA + tail, seekable)) ==
            Transcript{kReadA, truncated_end(kBehindA, tail.size(), need)});
      CHECK(read_all(std::make_unique<TestSource>(kA + tail + kB + kC, seekable)) ==
            Transcript{kReadA, damage_line(DamageKind::kLength, kBehindA, kBehindA + tail.size()),
                       record_line(kBehindA + tail.size(), "second"),
                       record_line(kBehindB + tail.size(), "the third one"),
                       clean_end(kWhole.size() + tail.size())});
    }
  }
}

TEST_CASE("behind lost boundaries a record that could still be completed is a tail") {
  const std::string file = kA + noise(40, 3) + kB.substr(0, 15);
  CHECK(read_all(file) == Transcript{kReadA,
                                     damage_line(DamageKind::kLengthCrc, kBehindA, kBehindA + 40),
                                     truncated_end(kBehindA + 40, 15, kB.size())});
}

TEST_CASE("two files in one are the records of both") {
  CHECK(read_all(kWhole + kWhole).size() == 7U);
  CHECK(records_of(read_all(truncate_to(kWhole, kWhole.size() - 3) + kWhole)).size() == 5U);
}

TEST_CASE("names of damage") {
  CHECK(std::string(to_string(DamageKind::kLengthCrc)) == "length-crc");
  CHECK(std::string(to_string(DamageKind::kDataCrc)) == "data-crc");
  CHECK(std::string(to_string(DamageKind::kLength)) == "length");
  CHECK(std::string(to_string(DamageKind::kCompressed)) == "compressed");
}

}  // namespace
}  // namespace tfevents
