// A value that is known but for its number: recognised exactly where scanning it would give the
// same.
#include <bit>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "event/known_value.hpp"
#include "event/scanner.hpp"

namespace tfevents::test {
namespace {

enum class ValueShape { kSimple, kContent, kContentWithShape, kPacked, kPackedWithShape };
constexpr ValueShape kShapes[] = {ValueShape::kSimple, ValueShape::kContent,
                                  ValueShape::kContentWithShape, ValueShape::kPacked,
                                  ValueShape::kPackedWithShape};

std::string event_of(double wall_time, std::uint64_t step, const std::string& tag, ValueShape shape,
                     float number, const std::string& metadata) {
  std::string out;
  wire::Encoder event(out);
  event.fixed(1, wall_time).varint(2, step).message(5, [&] {
    event.message(1, [&] {
      event.bytes(1, tag);
      if (shape == ValueShape::kSimple) {
        event.fixed(2, number);
      } else {
        event.message(8, [&] {
          event.varint(1, std::uint64_t{1});
          if (shape == ValueShape::kContentWithShape || shape == ValueShape::kPackedWithShape)
            event.bytes(2, "");
          const bool content =
              shape == ValueShape::kContent || shape == ValueShape::kContentWithShape;
          event.message(content ? 4 : 5, [&] { event.raw_fixed(number); });
        });
      }
      if (!metadata.empty()) event.bytes(9, metadata);
    });
  });
  return out;
}

std::string metadata_of(const std::string& plugin, const std::string& description = {}) {
  std::string out;
  wire::Encoder metadata(out);
  metadata.message(1, [&] { metadata.text(1, plugin); }).text(3, description);
  return out;
}

// The payload alone in memory of exactly its size, so that a sanitizer sees every byte too many.
struct Exact {
  explicit Exact(const std::string& bytes)
      : memory(std::make_unique<std::byte[]>(bytes.size())), size(bytes.size()) {
    std::memcpy(memory.get(), bytes.data(), size);
  }
  [[nodiscard]] Bytes view() const { return {memory.get(), size}; }

  std::unique_ptr<std::byte[]> memory;
  std::size_t size;
};

TEST_CASE("a known value is recognised with any number, and no other byte may differ") {
  std::size_t learned = 0;
  for (std::size_t length = 1; length <= 90; ++length) {
    for (const ValueShape shape : kShapes) {
      for (const std::string& metadata :
           {std::string(), std::string("\x0a\x00", 2), metadata_of("scalars"),
            metadata_of("scalars", "what it is")}) {
        const std::string tag(length, 'q');
        const Exact first(event_of(1.5, 7, tag, shape, 0.25F, metadata));
        EventScanner scanner;
        REQUIRE(scanner.scan(first.view()));
        REQUIRE(scanner.event().fast.size() == 1);
        KnownValue known;
        PlainEvent event;
        if (!known.learn(scanner.event().fast.front())) {
          CHECK(known.size() == 0);
          CHECK(2 + scanner.event().fast.front().bytes > KnownValue::kMostBytes);
          continue;
        }
        ++learned;
        const std::string next = event_of(2.5, 300, tag, shape, -3.5F, metadata);
        const Exact second(next);
        REQUIRE(read_plain_event(second.view(), event));
        CHECK(event.wall_time == 2.5);
        CHECK(event.step == 300);
        const auto front = static_cast<std::size_t>(event.values - second.memory.get());
        REQUIRE(known.size() == second.size - front);
        CHECK(known.value_bytes() == scanner.event().fast.front().bytes);
        CHECK(known.matches(event.values));
        CHECK(known.number(event.values) == -3.5F);
        for (std::size_t at = front; at < next.size(); ++at) {
          std::string changed = next;
          changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
          const Exact other(changed);
          const bool matches = known.matches(other.memory.get() + front);
          const float number = known.number(other.memory.get() + front);
          const bool of_number = matches && std::bit_cast<std::uint32_t>(number) !=
                                                std::bit_cast<std::uint32_t>(-3.5F);
          // The four bytes of the number may be anything, and are what changed where they do.
          CHECK(matches == of_number);
        }
        std::size_t free = 0;
        for (std::size_t at = front; at < next.size(); ++at) {
          std::string changed = next;
          changed[at] = static_cast<char>(changed[at] ^ 1);
          const Exact other(changed);
          free += known.matches(other.memory.get() + front) ? 1U : 0U;
        }
        CHECK(free == 4);
      }
    }
  }
  CHECK(learned > 1000);
}

TEST_CASE("lengths written in more bytes than they need are read, and not remembered") {
  // 09 … 10 01 2a LENGTH 0a 8a 00 0a 03 a/b 15 …
  std::string payload("\x09", 1);
  payload.append(8, '\x11');
  wire::Encoder out(payload);
  out.varint(2, std::uint64_t{1}).message(5, [&] {
    payload.append("\x0a\x8a", 2).push_back('\0');
    out.bytes(1, "a/b").fixed(2, 1.0F);
  });
  EventScanner scanner;
  const Exact exact(payload);
  REQUIRE(scanner.scan(exact.view()));
  REQUIRE(scanner.event().fast.size() == 1);
  KnownValue known;
  CHECK_FALSE(known.learn(scanner.event().fast.front()));
  CHECK(known.size() == 0);
}

TEST_CASE("what the front of a plain event says is what the scanner says") {
  std::mt19937_64 random(11);
  std::size_t plain = 0;
  for (int round = 0; round < 200'000; ++round) {
    const std::uint64_t step = random() >> (random() % 64);
    std::string bytes = event_of(static_cast<double>(random() % 1000), step,
                                 std::string(random() % 200, 't'), kShapes[random() % 5], 1.0F, {});
    for (std::uint64_t changes = random() % 3; changes != 0; --changes)
      bytes[random() % std::min<std::size_t>(bytes.size(), 20)] = static_cast<char>(random());
    if (random() % 8 == 0) bytes.resize(random() % (bytes.size() + 1));
    const Exact exact(bytes);
    PlainEvent event;
    if (!read_plain_event(exact.view(), event)) continue;
    EventScanner scanner;
    if (!scanner.scan(exact.view())) continue;
    ++plain;
    CHECK(std::bit_cast<std::uint64_t>(scanner.event().wall_time) ==
          std::bit_cast<std::uint64_t>(event.wall_time));
    CHECK(scanner.event().step == event.step);
    CHECK(scanner.event().kind == EventKind::kSummary);
  }
  CHECK(plain > 20'000);
}

}  // namespace
}  // namespace tfevents::test
