#include <string>

#include <doctest/doctest.h>

#include "unit/event/stored.hpp"
#include "unit/event/value_agreement.hpp"
#include "unit/event/wire_generator.hpp"

// What a value that is no scalar holds, against libprotobuf, and in little memory.

namespace tfevents {
namespace {

using namespace test;

/// Values are only ever looked into when the scanner, which reads as libprotobuf does, has accepted
/// their event: what libprotobuf takes must be seen the same; the rest must only be survived.
bool check_agreement(const std::string& bytes) {
  const Stored stored(bytes);
  const std::string ours = seen_value(stored.whole()), theirs = parsed_value(bytes);
  CHECK(seen_value(stored.in_pieces()) == ours);
  if (theirs != "not a value" && ours != theirs)
    FAIL_CHECK("ours:     " << ours << "\nprotobuf: " << theirs);
  return theirs != "not a value";
}

TEST_CASE("outline: as libprotobuf reads values, whole, in pieces and damaged") {
  WireGenerator generator(3);
  std::size_t accepted = 0;
  constexpr std::size_t kRounds = 4'000;
  for (std::size_t i = 0; i < kRounds; ++i) {
    // Two of them in a row merge: sub-messages field by field, repeated fields end to end.
    const std::string value = generator.value() + generator.value();
    accepted += check_agreement(value) ? 1U : 0U;
    for (int k = 0; k < 2; ++k) check_agreement(generator.mutate(value));
  }
  CHECK(accepted > kRounds / 2);
}

TEST_CASE("outline: numbers packed, one by one and mixed") {
  std::string tensor, value;
  wire::Encoder to(tensor);
  to.varint(1, std::uint64_t{1}).tag(5, wire::Type::kFixed32).raw_fixed(1.5F);
  to.message(5, [&] { to.raw_fixed(2.5F).raw_fixed(3.5F); }).tag(5, wire::Type::kFixed32);
  to.raw_fixed(4.5F).message(2, [&] { to.message(2, [&] { to.varint(1, std::uint64_t{4}); }); });
  CHECK(check_agreement(tensor_value(tensor)));
  CHECK(tensor_words(Stored(tensor_value(tensor))) == "float32 [4] 1.5 2.5 3.5 4.5");
}

TEST_CASE("outline: a tensor in several pieces is merged, whichever of them are empty") {
  std::string type, first, second;
  wire::Encoder(type).varint(1, std::uint64_t{1});
  wire::Encoder(first).message(2, [&] {
    wire::Encoder(first).message(2, [&] { wire::Encoder(first).varint(1, std::uint64_t{2}); });
  });
  wire::Encoder(first).fixed(5, 1.5F);
  wire::Encoder(second).fixed(5, 2.5F);
  std::string value;
  wire::Encoder(value).bytes(8, "").bytes(8, type).bytes(8, first).bytes(8, "").bytes(8, second);
  CHECK(check_agreement(value));
  CHECK(tensor_words(Stored(value)) == "float32 [2] 1.5 2.5");
  // Another payload in between: what stood before it is gone.
  std::string again = value;
  wire::Encoder(again).fixed(2, 1.0F).bytes(8, type).bytes(8, second);
  CHECK(tensor_words(Stored(again)) == "float32 [] 2.5");
}

TEST_CASE("outline: a histogram in two pieces is merged") {
  std::string one, two, value;
  wire::Encoder(one).fixed(1, -1.0).fixed(2, 9.0).fixed(6, 0.0).fixed(7, 1.0);
  wire::Encoder(two).fixed(2, 1.0).fixed(6, 1.0).fixed(7, 2.0);
  wire::Encoder(value).bytes(5, one).bytes(5, two);
  CHECK(check_agreement(value));
  const Stored stored(value);
  CHECK(stored.both([](const StoredValue& v) {
    const auto histogram = decode_histogram(v, *outline_of(v));
    REQUIRE(histogram.ok());
    CHECK(histogram->max == 1);
    std::string out;
    for (const HistogramBucket& b : histogram->buckets)
      out += to_text(b.left) + " " + to_text(b.right) + " " + to_text(b.count) + "; ";
    return out;
  }) == "-1 0 1; 0 1 2; ");
}

TEST_CASE("outline: more than 254 dimensions are refused, wherever they stop") {
  const auto with_rank = [](std::size_t rank) {
    std::string shape, tensor;
    for (std::size_t i = 0; i < rank; ++i) wire::Encoder(shape).bytes(2, "\x08\x01");
    wire::Encoder(tensor).varint(1, std::uint64_t{1}).bytes(2, shape).fixed(5, 1.0F);
    return Stored(tensor_value(tensor));
  };
  const auto outcome = [](const StoredValue& value) {
    const auto outline = outline_of(value);
    return outline.ok() ? std::to_string(outline->tensor.shape.size()) : words(outline.error());
  };
  CHECK(with_rank(254).both(outcome) == "254");
  CHECK(with_rank(255).both(outcome) == "error: a tensor of more than 254 dimensions");
  CHECK(with_rank(1'000'000).both(outcome) == "error: a tensor of more than 254 dimensions");
}

TEST_CASE("outline: a million strings are counted, and the first of them held") {
  std::string tensor;
  wire::Encoder(tensor).varint(1, std::uint64_t{7});
  for (int i = 0; i < 1'000'000; ++i) wire::Encoder(tensor).bytes(8, "ab");
  const Stored stored(tensor_value(tensor));
  CHECK(stored.both([](const StoredValue& value) {
    const auto outline = outline_of(value);
    REQUIRE(outline.ok());
    CHECK(outline->tensor.string_bytes == 2'000'000);
    return std::to_string(outline->tensor.counts[TensorInfo::kString]) + " " +
           std::to_string(outline->tensor.strings.size());
  }) == "1000000 65536");
}

TEST_CASE("outline: of a name given again and again the last counts, cut where it is too long") {
  std::string value, metadata;
  for (int i = 0; i < 40; ++i) wire::Encoder(metadata).bytes(2, std::string(70'000, 'a'));
  wire::Encoder(metadata).bytes(2, std::string(70'000, 'z')).bytes(3, "last");
  wire::Encoder(value).bytes(9, metadata);
  CHECK(check_agreement(value));
  CHECK(Stored(value).both([](const StoredValue& v) {
    const auto outline = outline_of(v);
    return std::to_string(outline->display_name.size()) + outline->display_name.front() +
           outline->description;
  }) == "65536zlast");
}

TEST_CASE("outline: what is cut anywhere is said, with its record") {
  std::string tensor;
  wire::Encoder(tensor).varint(1, std::uint64_t{1}).bytes(4, "12345678");
  const std::string whole = tensor_value(tensor, "mesh", "content");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Stored stored(whole.substr(0, size));
    const std::string said = stored.both([](const StoredValue& value) {
      const auto outline = outline_of(value);
      return outline.ok() ? "a value" : words(outline.error());
    });
    // Only between two fields is the front of a value one.
    const bool fits = size == tensor.size() + 2;
    CHECK(said == (fits ? "a value" : "error: the value is not what its record says it is"));
  }
}

TEST_CASE("outline: a file that becomes shorter while it is read is an error of the file") {
  std::string tensor;
  wire::Encoder(tensor).varint(1, std::uint64_t{1}).bytes(4, std::string(100'000, 'a'));
  const Stored stored(tensor_value(tensor));
  // More than the record has: as if its end had gone.
  const BytesPlace beyond{nullptr, Stored::kBefore + RecordReader::kBigRecord + 10, 100'100};
  const StoredValue gone(StoredForm::kValue, beyond, stored.records(), 0, 0);
  std::vector<std::byte> room;
  const auto loaded = gone.load(1 << 20, room);
  REQUIRE(!loaded.ok());
  CHECK(loaded.error().code == ErrorCode::kChanged);
  CHECK(gone.load(1000, room).error().code == ErrorCode::kLimit);
  CHECK(!outline_of(gone).ok());
}

}  // namespace
}  // namespace tfevents
