#include <filesystem>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "event/scanner.hpp"
#include "record/reader.hpp"
#include "support/damage.hpp"
#include "support/logdir_builder.hpp"

// The builders that all other tests stand on.

namespace tfevents {
namespace {

using namespace test;

/// `step:kind` of every event, and what else was read.
std::string outline(const std::string& file) {
  RecordReader reader(memory_source(as_bytes(file)));
  EventScanner scanner;
  std::string text;
  while (true) {
    const RecordStep step = reader.next();
    if (step == RecordStep::kEnd) break;
    if (step == RecordStep::kDamage) {
      text += std::string("[") + to_string(reader.damage().kind) + "] ";
    } else {
      REQUIRE(scanner.scan({reader.record().payload, reader.record().length}));
      text += std::to_string(scanner.event().step) + ":" + to_string(scanner.event().kind) + " ";
    }
  }
  return text + (reader.tail().kind == Tail::Kind::kClean ? "." : "…");
}

TEST_CASE("builders: a run in one file") {
  const std::string file = event_file([](RunBuilder& r) {
    r.scalar("loss", {{0, 1.0F}, {10, 0.5F}})
        .text("note", 0, "hi")
        .session(SessionStatus::kStart, 4);
  });
  CHECK(outline(file) == "0:file_version 0:summary 10:summary 0:summary 4:session_log .");
}

TEST_CASE("builders: damage strikes what was written so far") {
  CHECK(outline(event_file([](RunBuilder& r) {
          r.scalar("a", {{1, 1}, {2, 2}}).truncate_last(3);
        })) == "0:file_version 1:summary …");
  CHECK(outline(event_file([](RunBuilder& r) {
          r.scalar("a", {{1, 1}})
              .damage([](std::string f) {
                const std::size_t at = f.size() - 6;
                return flip_byte(std::move(f), at);
              })
              .scalar("a", {{2, 2}});
        })) == "0:file_version [data-crc] 2:summary .");
  CHECK_THROWS_AS((void)flip_byte("abc", 3), std::out_of_range);
}

TEST_CASE("builders: a tree on disk, in memory, and as a map") {
  LogdirBuilder tree;
  tree.run("train",
           [](RunBuilder& r) {
             r.scalar("loss", {{0, 1}}).next_file().scalar("loss", {{1, 1}});
           })
      .run("a/eval",
           [](RunBuilder& r) {
             r.version({}).suffix(".v2").host("h", 3).scalar("loss", {{0, 1}});
           })
      .run(".", [](RunBuilder& r) { r.side_file("notes.txt", "hello"); });
  const auto files = tree.files();
  const std::string train = "train/events.out.tfevents.";
  CHECK(files.count(train + "1767607200.node-1.9.0") == 1U);
  CHECK(files.count(train + "1767607202.node-1.9.1") == 1U);
  CHECK(files.count("a/eval/events.out.tfevents.1767607200.h.3.0.v2") == 1U);
  CHECK(files.count("events.out.tfevents.1767607200.node-1.9.0") == 1U);
  CHECK(files.count("notes.txt") == 1U);
  CHECK(files.size() == 5U);

  const TempDir dir;
  CHECK(tree.write(dir) == dir.path());
  MemorySys sys;
  tree.write(sys, "/logs");
  for (const auto& [path, bytes] : files) {
    CHECK(dir.read(path) == bytes);
    CHECK(sys.stat("/logs/" + path).value().size == bytes.size());
  }
}

TEST_CASE("builders: a name given again goes on in a further file") {
  LogdirBuilder tree;
  tree.run("r",
           [](RunBuilder& r) {
             r.scalar("a", {{0, 1}});
           })
      .run("r", [](RunBuilder& r) {
        r.scalar("a", {{1, 1}});
      });
  CHECK(tree.files().size() == 2U);
}

TEST_CASE("damage: the vocabulary") {
  CHECK(truncate_to("abcdef", 2) == "ab");
  CHECK(remove_range("abcdef", 1, 2) == "adef");
  CHECK(zero_range("abc", 1, 1) == std::string("a\0c", 3));
  CHECK(insert_garbage("ad", 1, "bc") == "abcd");
  CHECK(append_nul("a", 2) == std::string("a\0\0", 3));
  CHECK(flip_byte("a", 0, 0x20) == "A");
  CHECK(noise(100, 1) == noise(100, 1));
  CHECK(noise(100, 1) != noise(100, 2));
  const std::string record = framed("payload");
  CHECK(fix_crc(flip_byte(record, 13), 0) == framed("p\x9Eyload"));
  CHECK(record_offsets(record + record) ==
        std::vector<std::size_t>{0, record.size(), 2 * record.size()});
  CHECK(header_claiming(7) == record.substr(0, 12));
}

}  // namespace
}  // namespace tfevents
