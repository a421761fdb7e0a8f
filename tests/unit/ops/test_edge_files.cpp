// FORMAT section 12, what a file, a directory or a run can be. The column "our tool", one test a
// row:
//   1-14, 22-25, 74, 77 here (4, 5, 24, 25 and 74 with `--follow`: test_follow.cpp)
//   15-21               here; more of it in unit/logdir/test_discover.cpp
//   26-40, 64-66, 75, 76 test_edge_steps.cpp
//   41-59               test_edge_values.cpp
// Later work: 47-49 (numbers of tensors of rank 1 and more), 60-63 (buckets of histograms):
// decoding of media; 67-73: the hparams table; the notes of `lint` in 11, 14, 27-29, 35, 41, 42,
// 52, 55.
#include "support/deflated.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

constexpr const char* kTag = "loss";

std::string ten_points() {
  return event_file([](RunBuilder& r) {
    r.scalars(kTag, 10, [](std::int64_t i) { return static_cast<float>(i); });
  });
}

constexpr std::size_t kPointBytes = 42;  // A record of `loss`, but for step 0.

/// Ten points, steps 0 to 9, and the file with something done to it.
struct TenPoints : World {
  std::string file = ten_points();
  std::vector<std::size_t> at = record_offsets(file);  // [0] version, [1] step 0, …

  TenPoints& with(const std::string& bytes) {
    memory.file("/logs/a/events.out.tfevents.1.h", bytes);
    return *this;
  }
  Steps steps() { return steps_of(dump(View::kRaw).points, kTag); }
  bool complete() {
    const bool of_dump = dump(View::kRaw).outcome().complete;
    CHECK(ls().outcome.complete == of_dump);
    return of_dump;
  }
};

const Steps kAll{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
const Steps kNot5{0, 1, 2, 3, 4, 6, 7, 8, 9};

TEST_CASE("12 #1: a file of 0 bytes is an empty run") {
  World w;
  w.memory.file("/logs/a/events.out.tfevents.1.h", "");
  CHECK(w.row("a").state == ops::RunState::kEmpty);
  CHECK(w.ls().outcome.complete);
  CHECK_FALSE(w.ls().outcome.matched_nothing);
  CHECK(w.findings() == std::vector<std::string>{"empty-file"});
}

TEST_CASE("12 #2: cut inside the header, the data before it counts and nothing is damaged") {
  TenPoints w;
  for (std::size_t have = 1; have < 12; ++have) {
    w.with(truncate_to(w.file, w.at[10] + have));
    CHECK(w.steps() == Steps{0, 1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(w.complete());
    CHECK(w.row("a").damage == 0);
    CHECK(w.findings() == std::vector<std::string>{"truncated-tail@" + std::to_string(w.at[10]) +
                                                   "+" + std::to_string(have)});
  }
}

TEST_CASE("12 #3: cut inside payload or footer, the same, and the missing bytes are told") {
  TenPoints w;
  for (std::size_t have = 12; have < kPointBytes; ++have) {
    w.with(truncate_to(w.file, w.at[10] + have));
    CHECK(w.steps() == Steps{0, 1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(w.complete());
    const auto rows = w.fsck().rows;
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].rule == "truncated-tail");
    CHECK(rows[0].message == std::to_string(have) + " of " + std::to_string(kPointBytes) +
                                 " bytes of the last record are there");
  }
}

TEST_CASE("12 #6: a payload checksum that is wrong, the record is skipped and reported") {
  TenPoints w;
  for (std::size_t byte = 12; byte < kPointBytes; ++byte) {
    w.with(flip_byte(w.file, w.at[6] + byte, 1));
    CHECK(w.steps() == kNot5);
    CHECK_FALSE(w.complete());
    CHECK(w.row("a").damage == 1);
    CHECK(w.findings() == std::vector<std::string>{"data-crc@" + std::to_string(w.at[6]) + "+" +
                                                   std::to_string(kPointBytes)});
  }
}

TEST_CASE("12 #7: the same when the payload is garbage") {
  TenPoints w;
  std::string file = w.file;
  for (std::size_t byte = 12; byte < kPointBytes - 4; ++byte) file[w.at[6] + byte] = '\xFF';
  CHECK(w.with(file).steps() == kNot5);
  CHECK_FALSE(w.complete());
}

TEST_CASE("12 #8: a length checksum that is wrong, the reader finds its way and reports the gap") {
  TenPoints w;
  for (std::size_t byte = 0; byte < 12; ++byte) {
    w.with(flip_byte(w.file, w.at[6] + byte, 0x10));
    CHECK(w.steps() == kNot5);
    CHECK_FALSE(w.complete());
    CHECK(w.findings() == std::vector<std::string>{"length-crc@" + std::to_string(w.at[6]) + "+" +
                                                   std::to_string(kPointBytes)});
  }
}

TEST_CASE("12 #9: a bad file, the good one behind it is read") {
  TenPoints w;
  w.with(std::string(500, 'x'));
  w.memory.file("/logs/a/events.out.tfevents.2.h", w.file);
  CHECK(w.steps() == kAll);
  CHECK_FALSE(w.complete());
  CHECK(w.findings() == std::vector<std::string>{"not-an-event-file@0+500"});
}

TEST_CASE("12 #10: right checksums around what is no event") {
  TenPoints w;
  w.with(insert_garbage(w.file, w.at[6], framed("\x0F\xFF nonsense")));
  CHECK(w.steps() == kAll);
  CHECK_FALSE(w.complete());
  CHECK(w.row("a").damage == 1);
  CHECK(w.findings().at(0).starts_with("undecodable@"));
}

TEST_CASE("12 #11: a record without payload is no point and no start") {
  TenPoints w;
  w.with(framed("") + w.file);
  CHECK(w.steps() == kAll);
  CHECK(w.complete());
  CHECK(w.row("a").first_time == RunBuilder::kStart);
  CHECK(w.findings().empty());
}

TEST_CASE("12 #12: zeros at the end are a tail") {
  TenPoints w;
  for (const std::size_t zeros : {1U, 11U, 12U, 16U, 4096U, 300'000U}) {
    w.with(append_nul(w.file, zeros));
    CHECK(w.steps() == kAll);
    CHECK(w.complete());
    CHECK(w.row("a").damage == 0);
    CHECK(w.findings() == std::vector<std::string>{"nul-tail@" + std::to_string(w.file.size()) +
                                                   "+" + std::to_string(zeros)});
  }
}

TEST_CASE("12 #13: gzip and zlib are inflated, under any name") {
  for (const int bits : {15 + 16, 15}) {
    TenPoints w;
    w.with(deflated(w.file, bits));
    CHECK(w.steps() == kAll);
    CHECK(w.complete());
    CHECK(w.findings().empty());
    const std::string named = deflated(w.file, bits);
    w.memory.file("/logs/a/events.out.tfevents.2.h.gz", named);
    CHECK(w.steps().size() == 20);
    CHECK(steps_of(w.dump(View::kClean).points, kTag) == kAll);
    w.with(truncate_to(named, named.size() / 2));  // A compressed file that still grows.
    CHECK(w.complete());
  }
}

TEST_CASE("12 #14: a copy beside the original is told by fsck, and clean shows it once") {
  TenPoints w;
  w.with(w.file);
  w.memory.file("/logs/a/events.out.tfevents.1.h.bak", w.file);
  CHECK(w.steps().size() == 20);
  CHECK(steps_of(w.dump(View::kClean).points, kTag) == kAll);
  CHECK(w.findings() == std::vector<std::string>{"duplicate-copy"});
  w.memory.file("/logs/a/events.out.tfevents.1.h.bak", truncate_to(w.file, w.at[7]));
  CHECK(w.findings() == std::vector<std::string>{"duplicate-copy"});
  // The shorter copy sorts behind: as in TensorBoard, its end hides what the whole file has more.
  CHECK(steps_of(w.dump(View::kClean).points, kTag) == Steps{0, 1, 2, 3, 4, 5});
  w.memory.file("/logs/a/events.out.tfevents.1.h.bak", flip_byte(w.file, w.file.size() - 1));
  CHECK_FALSE(has_rule(w.fsck().rows, "duplicate-copy"));
}

TEST_CASE("12 #15: a directory named like an event file is a directory") {
  TenPoints w;
  w.memory.file("/logs/x.tfevents/events.out.tfevents.1.h", w.file);
  w.with(w.file);
  w.memory.directory("/logs/a/events.out.tfevents.0.h");
  CHECK(w.ls().rows.size() == 2);
  CHECK(w.row("x.tfevents").files == 1);
  CHECK(w.row("a").files == 1);
  CHECK(w.complete());
}

TEST_CASE("12 #16: a profiler's marker alone makes a run without data") {
  World w;
  w.run("a", [](RunBuilder& r) { r.suffix(".profile-empty"); });
  CHECK(w.row("a").profile);
  CHECK(w.row("a").state == ops::RunState::kEmpty);
  w.run("a", [](RunBuilder& r) { r.host("other").scalar(kTag, {{1, 1}}); });
  CHECK_FALSE(w.row("a").profile);
}

TEST_CASE("12 #17: hidden directories are walked") {
  World w;
  w.run(".ckpt", [](RunBuilder& r) { r.scalar(kTag, {{1, 1}}); });
  CHECK(w.row().run == ".ckpt");
}

TEST_CASE("12 #18: a link to a run is followed, the run listed once, with a note") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalar(kTag, {{1, 1}}); });
  w.memory.link("/logs/0-link", "a");
  CHECK(w.row().run == "a");
  CHECK(has_rule(w.ls().outcome.problems, "duplicate-name"));
  CHECK(w.ls().outcome.complete);
}

TEST_CASE("12 #19: a loop of links is met once, with a note") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalar(kTag, {{1, 1}}); });
  w.memory.link("/logs/a/up", "..");
  CHECK(w.row().run == "a");
  CHECK(has_rule(w.ls().outcome.problems, "symlink-loop"));
  CHECK(w.ls().outcome.complete);
}

TEST_CASE("12 #20: events directly in the log directory are the run `.`") {
  World w;
  w.run(".", [](RunBuilder& r) { r.scalar(kTag, {{1, 1}}); });
  CHECK(w.row().run == ".");
  CHECK(w.row().people_name() == "/logs");
}

TEST_CASE("12 #21: an event file as operand, whatever its name") {
  TenPoints w;
  w.memory.file("/somewhere/renamed.bin", w.file);
  w.select.operands = {"/somewhere/renamed.bin"};
  CHECK(w.steps() == kAll);
  CHECK(w.row().run == ".");
  CHECK(w.row().people_name() == "/somewhere/renamed.bin");
}

TEST_CASE("12 #22: what is no regular file is left alone, with a note") {
  TenPoints w;
  w.with(w.file);
  w.memory.special("/logs/a/fifo.tfevents");
  w.memory.special("/logs/only/fifo.tfevents");
  CHECK(w.steps() == kAll);
  CHECK(w.complete());
  CHECK(w.ls().rows.size() == 1);
  CHECK(has_rule(w.ls().outcome.problems, "odd-file"));
}

TEST_CASE("12 #23: files of one second are read in the order of their names as text") {
  World w;
  const auto part = [](float value) {
    return event_file([&](RunBuilder& r) { r.scalar(kTag, {{1, value}}); });
  };
  w.memory.file("/logs/a/events.out.tfevents.1.h.999.0.v2", part(999));
  w.memory.file("/logs/a/events.out.tfevents.1.h.1000.0.v2", part(1000));
  CHECK(values_of(w.dump(View::kRaw).points, kTag) == std::vector<double>{1000, 999});
  CHECK(values_of(w.dump(View::kClean).points, kTag) == std::vector<double>{999});
}

TEST_CASE("12 #77: a length of 2^40 with a right checksum allocates nothing") {
  TenPoints w;
  const std::string huge = header_claiming(std::uint64_t{1} << 40);
  w.with(w.file + huge);
  CHECK(w.steps() == kAll);
  CHECK(w.complete());
  CHECK(w.findings().size() == 1);
  CHECK(w.findings().at(0).starts_with("truncated-tail@"));
  // With intact records behind it, it is damage (FORMAT 1.3).
  w.with(insert_garbage(w.file, w.at[6], huge));
  CHECK(w.steps() == kAll);
  CHECK_FALSE(w.complete());
  CHECK(w.findings() == std::vector<std::string>{"length@" + std::to_string(w.at[6]) + "+12"});
}

}  // namespace
}  // namespace tfevents::test
