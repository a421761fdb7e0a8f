#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "record/reader.hpp"
#include "support/logdir_builder.hpp"
#include "support/resident_bytes.hpp"
#include "unit/event/agreement.hpp"

// Single things the scanner must get right. Each is held against libprotobuf too.

namespace tfevents {
namespace {

using namespace test;
using wire::Encoder;
using wire::Type;

template <class Body>
std::string message(Body&& body) {
  std::string out;
  Encoder to(out);
  body(to);
  return out;
}

/// An event of one value.
std::string event_of(std::string_view value) {
  return message([&](Encoder& e) {
    e.fixed(1, 2.5).varint(2, std::uint64_t{7}).message(5, [&] { e.bytes(1, value); });
  });
}

/// Scans, in memory and as a stream, and checks that libprotobuf says the same.
std::string scan(std::string_view payload) {
  EventScanner scanner;
  const std::string seen = scanned(scanner, payload);
  CHECK(seen == parsed(payload));
  for (const std::size_t most : {1U, 3U, 4096U})
    CHECK(scanned_as_stream(scanner, payload, most) == seen);
  return seen;
}

bool accepts(std::string_view payload) {
  return scan(payload) != "rejected";
}

/// The only value of an event, in memory.
ValueView only_value(EventScanner& scanner, std::string_view payload) {
  REQUIRE(scanner.scan(as_bytes(payload)));
  const EventView& event = scanner.event();
  REQUIRE(event.fast.size() + event.values.size() == 1U);
  return event.fast.empty() ? event.values[0] : to_value_view(event.fast[0]);
}

TEST_CASE("scanner: the empty event") {
  EventScanner scanner;
  REQUIRE(scanner.scan({}));
  CHECK(scanner.event().kind == EventKind::kNothing);
  CHECK(scanner.event().step == 0);
  CHECK(scanner.event().wall_time == 0.0);
  CHECK(accepts(""));
}

TEST_CASE("scanner: the published examples") {
  EventScanner scanner;
  const std::string file = event_file([](RunBuilder& r) {
    r.written_by("w").scalar("loss", {{3, 0.25F}});
  });
  RecordReader reader(memory_source(as_bytes(file)));
  REQUIRE(reader.next() == RecordStep::kRecord);
  REQUIRE(scanner.scan({reader.record().payload, reader.record().length}));
  CHECK(scanner.event().kind == EventKind::kFileVersion);
  CHECK(scanner.event().file_version == "brain.Event:2");
  CHECK(scanner.event().writer == "w");
  CHECK(scanner.event().wall_time == RunBuilder::kStart);
  REQUIRE(reader.next() == RecordStep::kRecord);
  REQUIRE(scanner.scan({reader.record().payload, reader.record().length}));
  REQUIRE(scanner.event().fast.size() == 1U);
  CHECK(scanner.event().fast[0].tag_view() == "loss");
  CHECK(scanner.event().fast[0].value == 0.25F);
  CHECK(scanner.event().fast[0].form == FastForm::kSimple);
  CHECK(scanner.event().step == 3);
  CHECK(scanner.event().writer.empty());
}

TEST_CASE("scanner: negative and great steps, and varints of ten bytes") {
  EventScanner scanner;
  for (const std::int64_t step :
       {std::int64_t{-1}, std::int64_t{-5}, INT64_MIN, INT64_MAX, std::int64_t{1} << 28,
        (std::int64_t{1} << 28) - 1, std::int64_t{1} << 35}) {
    CAPTURE(step);
    const std::string payload = message([&](Encoder& e) {
      e.fixed(1, 1.0).varint(2, step).message(
          5, [&] { e.message(1, [&] { e.text(1, "a").fixed(2, 1.0F); }); });
    });
    REQUIRE(scanner.scan(as_bytes(payload)));
    CHECK(scanner.event().step == step);
    (void)scan(payload);
  }
  // Longer than need be, up to ten bytes; what does not fit 64 bits is dropped.
  const auto step_of = [&](std::string_view varint) {
    std::string payload = "\x10";
    payload += varint;
    (void)scan(payload);
    return scanner.scan(as_bytes(payload)) ? scanner.event().step : -999;
  };
  CHECK(step_of(std::string_view("\x81\x80\x00", 3)) == 1);
  CHECK(step_of(std::string_view("\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00", 10)) == 5);
  CHECK(step_of("\xFB\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01") == -5);
  CHECK(step_of("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7F") == INT64_MIN);
  CHECK(step_of("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01") == -999);
  CHECK(step_of("\x80") == -999);
}

TEST_CASE("scanner: the tag may come last, twice, or be the node's name") {
  EventScanner scanner;
  const auto tag_of = [&](auto body) {
    const std::string payload = event_of(message(body));
    (void)scan(payload);
    return std::string(only_value(scanner, payload).tag);
  };
  CHECK(tag_of([](Encoder& v) { v.fixed(2, 1.0F).text(1, "late"); }) == "late");
  CHECK(tag_of([](Encoder& v) { v.text(1, "one").text(1, "two").fixed(2, 1.0F); }) == "two");
  CHECK(tag_of([](Encoder& v) { v.text(7, "node").fixed(2, 1.0F); }) == "node");
  CHECK(tag_of([](Encoder& v) { v.text(7, "node").text(1, "tag").fixed(2, 1.0F); }) == "tag");
  CHECK(tag_of([](Encoder& v) { v.bytes(1, "").text(7, "node").fixed(2, 1.0F); }) == "node");
  CHECK(tag_of([](Encoder& v) { v.fixed(2, 1.0F); }).empty());
  CHECK(tag_of([](Encoder& v) { v.text(1, "\xFF\xC0").fixed(2, 1.0F); }) == "\xFF\xC0");
}

TEST_CASE(
    "scanner: of two members of a oneof the last counts, and the first leaves nothing behind") {
  EventScanner scanner;
  const std::string tensor = scalar_tensor(Scalar::of(2.0), TensorLayout::kTyped);
  const auto value_of = [&](auto body) {
    const std::string payload = event_of(message([&](Encoder& v) { body(v.text(1, "t")); }));
    (void)scan(payload);
    return only_value(scanner, payload);
  };
  ValueView value = value_of([&](Encoder& v) { v.fixed(2, 1.0F).bytes(8, tensor); });
  CHECK(value.payload == Payload::kTensor);
  CHECK(to_scalar(value.tensor)->f64 == 2.0);
  value = value_of([&](Encoder& v) { v.bytes(8, tensor).fixed(2, 1.0F); });
  CHECK(value.payload == Payload::kSimpleValue);
  CHECK(value.simple_value == 1.0F);
  // A message given twice is merged: two values in the field are no scalar …
  value = value_of([&](Encoder& v) { v.bytes(8, tensor).bytes(8, tensor); });
  CHECK_FALSE(to_scalar(value.tensor));
  // … unless something else stood between.
  value = value_of([&](Encoder& v) { v.bytes(8, tensor).fixed(2, 1.0F).bytes(8, tensor); });
  CHECK(to_scalar(value.tensor)->f64 == 2.0);
  value = value_of([&](Encoder& v) { v.bytes(5, ""); });
  CHECK(value.payload == Payload::kHistogram);
}

TEST_CASE("scanner: of two members of Event.what the last counts") {
  const std::string summary =
      message([](Encoder& s) { s.message(1, [&] { s.text(1, "a").fixed(2, 1.0F); }); });
  EventScanner scanner;
  std::string payload = message(
      [&](Encoder& e) { e.bytes(5, summary).text(3, "v").bytes(5, summary).bytes(5, summary); });
  (void)scan(payload);
  REQUIRE(scanner.scan(as_bytes(payload)));
  CHECK(scanner.event().kind == EventKind::kSummary);
  CHECK(scanner.event().values.size() == 2U);
  CHECK(scanner.event().file_version.empty());
  payload = message([&](Encoder& e) { e.bytes(5, summary).text(4, "graph"); });
  (void)scan(payload);
  REQUIRE(scanner.scan(as_bytes(payload)));
  CHECK(scanner.event().kind == EventKind::kGraphDef);
  CHECK(scanner.event().values.empty());
  CHECK(scanner.event().fast.empty());
  CHECK(scanner.event().blob.size == 5U);
  // The writer belongs to no member, and outlives what is thrown away.
  payload = message([&](Encoder& e) {
    e.message(10, [&] { e.text(1, "writer"); }).bytes(5, summary).text(3, "v");
  });
  CHECK(scan(payload).find("writer 'writer'") != std::string::npos);
}

TEST_CASE("scanner: unknown fields and groups are skipped, broken ones are not") {
  CHECK(accepts(message(
      [](Encoder& e) { e.varint(99, std::uint64_t{1}).bytes(536870911, "x").fixed(2, 1.0F); })));
  CHECK(accepts(message([](Encoder& e) {
    e.tag(20, Type::kStartGroup).varint(1, std::uint64_t{3}).tag(20, Type::kEndGroup);
  })));
  CHECK_FALSE(
      accepts(message([](Encoder& e) { e.tag(20, Type::kStartGroup).tag(21, Type::kEndGroup); })));
  CHECK_FALSE(accepts(message([](Encoder& e) { e.tag(20, Type::kStartGroup); })));
  CHECK_FALSE(accepts(message([](Encoder& e) { e.tag(20, Type::kEndGroup); })));
  CHECK_FALSE(accepts(message([](Encoder& e) { e.raw_varint(std::uint64_t{30} << 3 | 6); })));
  CHECK_FALSE(accepts(message([](Encoder& e) { e.raw_varint(std::uint64_t{30} << 3 | 7); })));
  for (char zero_field = 0; zero_field < 8; ++zero_field)
    CHECK_FALSE(accepts(std::string(1, zero_field) + "\x01\x01\x01"));
  // Tags and lengths take five bytes at most.
  CHECK(accepts(std::string_view("\x90\x80\x80\x80\x00\x05", 6)));
  CHECK_FALSE(accepts(std::string_view("\x90\x80\x80\x80\x80\x00\x05", 7)));
  CHECK(accepts(std::string_view("\x1A\x81\x80\x80\x80\x00v", 7)));
  CHECK_FALSE(accepts(std::string_view("\x1A\x81\x80\x80\x80\x80\x00v", 8)));
  CHECK_FALSE(accepts(std::string_view("\x1A\xFF\xFF\xFF\xFF\x0Fv", 7)));
  CHECK_FALSE(accepts(std::string_view("\x1A\x81\x80\x80\x80\x10v", 7)));
}

TEST_CASE("scanner: nesting as deep as libprotobuf goes, and no deeper") {
  // Groups in the event itself, in a value, and in a tensor.
  for (const int depth : {1, 97, 98, 99, 100, 101, 102, 5000}) {
    CAPTURE(depth);
    const std::string groups = message([&](Encoder& e) {
      for (int i = 0; i < depth; ++i) e.tag(30, Type::kStartGroup);
      for (int i = 0; i < depth; ++i) e.tag(30, Type::kEndGroup);
    });
    CHECK(accepts(groups) == (depth <= 100));
    CHECK(accepts(event_of(groups)) == (depth <= 98));
    CHECK(accepts(event_of(message([&](Encoder& v) { v.bytes(8, groups); }))) == (depth <= 97));
    // Groups in the metadata, which the fast path checks for itself.
    CHECK(accepts(event_of(message([&](Encoder& v) {
            v.text(1, "t").fixed(2, 1.0F).bytes(9, groups);
          }))) == (depth <= 97));
  }
  // Variants hold tensors that hold variants.
  for (const int depth : {1, 47, 48, 49, 50, 51, 3000}) {
    std::string tensor;
    for (int i = 0; i < depth; ++i) {
      std::string outer;
      Encoder to(outer);
      to.message(15, [&] { to.bytes(3, tensor); });
      tensor = std::move(outer);
    }
    CAPTURE(depth);
    CHECK(accepts(event_of(message([&](Encoder& v) { v.bytes(8, tensor); }))) == (depth <= 48));
  }
}

TEST_CASE("scanner: an event of more values than are held gives them one by one") {
  const auto flood = [](std::size_t count) {
    return message([&](Encoder& e) {
      e.fixed(1, 1.0).message(5, [&] {
        for (std::size_t i = 0; i < count; ++i)
          e.message(1,
                    [&] { e.text(1, "tag" + std::to_string(i)).fixed(2, static_cast<float>(i)); });
      });
    });
  };
  EventScanner scanner;
  REQUIRE(scanner.scan(as_bytes(flood(EventScanner::kHeldValues))));
  CHECK_FALSE(scanner.overflowed());
  CHECK(scanner.event().fast.size() + scanner.event().values.size() == EventScanner::kHeldValues);
  const std::string more = flood(EventScanner::kHeldValues + 1);
  REQUIRE(scanner.scan(as_bytes(more)));
  CHECK(scanner.overflowed());
  CHECK(scanner.event().values.empty());
  CHECK(scanner.event().fast.empty());
  std::size_t delivered = 0;
  scanner.for_each_value(as_bytes(more), [&](const ValueView& value) {
    CHECK(value.tag == "tag" + std::to_string(delivered));
    ++delivered;
  });
  CHECK(delivered == EventScanner::kHeldValues + 1);
  (void)scan(more);
  (void)scan(flood(20'000));
  // Values that something else threw away are not delivered.
  (void)scan(more + message([](Encoder& e) { e.text(3, "v"); }));
  (void)scan(more + message([](Encoder& e) { e.text(3, "v"); }) +
             event_of(message([](Encoder& v) { v.text(1, "x"); })));
  (void)scan(message([](Encoder& e) { e.text(3, "v"); }) + more +
             message([](Encoder& e) { e.message(10, [&] { e.text(1, "w"); }); }));
  // And the scanner is as good as new.
  CHECK(only_value(scanner, event_of(message([](Encoder& v) { v.text(1, "x").fixed(2, 1.0F); })))
            .tag == "x");
  CHECK_FALSE(scanner.overflowed());
}

TEST_CASE("scanner: names above 64 KiB are cut and told") {
  EventScanner scanner;
  for (const std::size_t size :
       {kMaxTagBytes - 1, kMaxTagBytes, kMaxTagBytes + 1, kMaxTagBytes * 5}) {
    const std::string payload =
        event_of(message([&](Encoder& v) { v.text(1, std::string(size, 'n')).fixed(2, 1.0F); }));
    CAPTURE(size);
    ValueView value = only_value(scanner, payload);
    CHECK(value.tag.size() == std::min(size, kMaxTagBytes));
    CHECK(value.tag_too_long == (size > kMaxTagBytes));
    (void)scan(payload);
    REQUIRE(scanner.scan_stream(payload.size(), [&](std::uint64_t from, std::span<std::byte> into) {
      return as_text(into).size() == 0
                 ? 0
                 : payload.copy(reinterpret_cast<char*>(into.data()), into.size(), from);
    }));
    CHECK(scanner.event().values[0].tag_too_long == (size > kMaxTagBytes));
  }
}

TEST_CASE("scanner: a stream of one name a million times, or of many long names, takes no memory") {
  // Made as it is asked for: [front][unit × count].
  const auto scan_repeated = [](const std::string& front, const std::string& unit,
                                std::uint64_t count) {
    const std::uint64_t size = front.size() + unit.size() * count;
    EventScanner scanner;
    const std::size_t before = resident_bytes();
    CHECK(scanner.scan_stream(size, [&](std::uint64_t offset, std::span<std::byte> into) {
      std::size_t n = 0;
      for (; n < into.size() && offset + n < size; ++n) {
        const std::uint64_t at = offset + n;
        into[n] = static_cast<std::byte>(
            at < front.size() ? front[at] : unit[(at - front.size()) % unit.size()]);
      }
      return n;
    }));
    if (kMemoryCounts) CHECK(resident_bytes() <= before + (std::size_t{16} << 20));
  };
  const auto field = [](std::uint32_t number, std::string_view value) {
    return message([&](Encoder& e) { e.bytes(number, value); });
  };
  const auto length_of = [](std::uint64_t length) {
    return message([&](Encoder& e) { e.raw_varint(length); });
  };
  scan_repeated("", field(3, "brain.Event:2"), 1'000'000);
  scan_repeated("", field(10, field(1, "some writer's name, not short")), 1'000'000);
  const std::string tag = field(1, std::string(1000, 't'));
  const std::uint64_t value_size = tag.size() * 20'000;
  const std::string value_front = "\x0A" + length_of(value_size);
  scan_repeated("\x2A" + length_of(value_front.size() + value_size) + value_front, tag, 20'000);
  // 3,000 values with a tag of 20,000 bytes each: 60 MB of names.
  const std::string value = field(1, field(1, std::string(20'000, 'x')));
  scan_repeated("\x2A" + length_of(value.size() * 3000), value, 3000);
  scan_repeated("", field(8, field(1, std::string(5000, 'r'))), 10'000);
}

TEST_CASE("scanner: a stream that cannot be had is no event") {
  EventScanner scanner;
  CHECK_FALSE(scanner.scan_stream(
      1000, [](std::uint64_t, std::span<std::byte>) { return std::size_t{0}; }));
  // A payload that ends early although it said more.
  const std::string payload = event_of(message([](Encoder& v) { v.text(1, "x").fixed(2, 1.0F); }));
  CHECK_FALSE(
      scanner.scan_stream(payload.size() + 5, [&](std::uint64_t from, std::span<std::byte> into) {
        return from >= payload.size()
                   ? 0
                   : payload.copy(reinterpret_cast<char*>(into.data()), into.size(), from);
      }));
}

TEST_CASE("scanner: names of kinds") {
  CHECK(std::string(to_string(EventKind::kTaggedRunMetadata)) == "tagged_run_metadata");
  CHECK(std::string(to_string(EventKind::kNothing)) == "nothing");
  CHECK(std::string(to_string(EventKind::kMetaGraphDef)) == "meta_graph_def");
}

}  // namespace
}  // namespace tfevents
