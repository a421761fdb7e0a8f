// du: every byte in exactly one row.
#include "unit/ops/du_files.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("a value counts with its field's tag and length, the rest of a record is framing") {
  Usage w;
  // Payload: 9 bytes of time, 2 of step (none for step 0), 2 of the summary, the field.
  const std::string value = tag_of("x") + fixed32(2, 1);  // 3 + 5
  const std::string long_value = tag_of(std::string(200, 'y')) + fixed32(2, 1);
  const std::string time = "\x09" + std::string(8, '\0');
  const std::string first = framed(time + "\x10\x01" + field(5, field(1, value)));
  const std::string second = framed(time + field(5, field(1, value) + field(1, long_value)));
  const std::string version = framed(time + field(3, "brain.Event:2"));
  w.memory.file(kFile, version + first + second);
  w.grouped(false, true, true);
  const ops::DuReport report = w.du();
  const std::uint64_t of_long = long_value.size() + 3;  // 208 takes two bytes of length.
  const std::uint64_t framing = version.size() + (16 + 9 + 2 + 2) + (16 + 9 + 3);
  CHECK(lines_of(report) ==
        Lines{"- scalars " + std::string(200, 'y') + " " + std::to_string(of_long) + " 1 1",
              "- (framing) - " + std::to_string(framing) + " 0 1", "- scalars x 20 2 1"});
  CHECK(report.bytes == version.size() + first.size() + second.size());
  CHECK(report.values == 3);
  CHECK(report.files == 1);
  CHECK(report.runs == 1);
  CHECK(report.outcome.complete);
}

TEST_CASE("graphs and run metadata count with the field that holds them") {
  Usage w;
  const std::string graph = framed(field(4, std::string(300, 'g')));
  const std::string meta = framed(field(8, field(1, "step1") + field(2, std::string(10, 'm'))));
  const std::string empty = framed(field(8, field(1, "step2")));
  w.memory.file(kFile, graph + meta + empty);
  w.grouped(false, true, true);
  CHECK(lines_of(w.du()) == Lines{"- graphs __run_graph__ 303 1 1", "- (framing) - 66 0 1",
                                  "- run_metadata step1 12 1 1", "- run_metadata step2 0 1 1"});
  CHECK(graph.size() + meta.size() + empty.size() == 303 + 66 + 12);
}

TEST_CASE("what an independent walk of the bytes counts, tag by tag") {
  Usage w;
  const std::string file = event_file(write_much);
  w.memory.file(kFile, file);
  NaiveUsage naive;
  naive.add_file(file);
  w.grouped(false, false, true);
  std::uint64_t without_tag = 0;
  std::map<std::string, std::uint64_t> seen;
  for (const ops::DuReport report = w.du(); const ops::DuRow& row : report.rows) {
    if (row.tag) seen[std::string(*row.tag)] += row.bytes;
    if (!row.tag) without_tag += row.bytes;
  }
  CHECK(seen == naive.by_tag);
  CHECK(seen.size() == 13);
  CHECK(without_tag == naive.framing);
  w.grouped(false, true, false);
  CHECK(sum_of(w.du()) == file.size());
}

TEST_CASE("whatever is damaged, rows sum to the size, and each part is what it should be") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    std::string file = event_file(write_much);
    const std::string dice = noise(64, seed);
    const auto pick = [&](std::size_t i, std::size_t below) {
      std::uint32_t number = 0;
      std::memcpy(&number, dice.data() + 4 * i, sizeof number);
      return static_cast<std::size_t>(number) % below;
    };
    for (std::size_t wound = 0; wound < 1 + seed % 4; ++wound) {
      switch (pick(wound, 6)) {
        case 0: file = flip_byte(file, pick(wound + 8, file.size())); break;
        case 1: file = insert_garbage(file, pick(wound + 8, file.size()), noise(20, seed)); break;
        case 2: file = remove_range(file, pick(wound + 8, file.size() - 20), 17); break;
        case 3: file = zero_range(file, pick(wound + 8, file.size() - 40), 40); break;
        case 4: file = append_nul(file, pick(wound + 8, 100)); break;
        default: file = truncate_to(file, file.size() - pick(wound + 8, 50)); break;
      }
    }
    Usage w;
    w.memory.file(kFile, file);
    NaiveUsage naive;
    naive.add_file(file);
    const ops::DuReport report = w.du();
    CHECK(sum_of(report) == file.size());
    CHECK(report.bytes == file.size());
    CHECK(bytes_of(report, "(framing)") == naive.framing);
    CHECK(bytes_of(report, "(damaged)") == naive.damaged);
    CHECK(bytes_of(report, "(tail)") == naive.tail);
    CHECK(report.outcome.complete == (naive.damaged == 0));
    CHECK(w.fsck().bytes_lost == naive.damaged);
  }
}

TEST_CASE("records without points: nothing of them gets lost") {
  Usage w;
  const std::string nothing = field(5, field(1, tag_of("empty")));  // A value without a value.
  const std::string cleared = field(5, field(1, tag_of("x") + fixed32(2, 1))) + field(6, "");
  const std::string no_event = std::string(5, '\xFF');
  const std::string file = framed(nothing) + framed("") + framed(cleared) + framed(no_event);
  w.memory.file(kFile, file);
  const ops::DuReport report = w.du();
  CHECK(lines_of(report) == Lines{"- (framing) - " + std::to_string(file.size() - 21) + " 0 1",
                                  "- (damaged) - 21 0 1"});
}

TEST_CASE("an event of very many values, one that does not fit into the window") {
  Usage w;
  const std::string file = event_file([](RunBuilder& r) {
    r.event(1, [](SummaryBuilder& s) {
      for (int i = 0; i < 5000; ++i) s.scalar("v" + std::to_string(i % 7), 1);
    });
    r.image("big", 2, noise(3'000'000, 5));
    r.event(3, [](SummaryBuilder& s) {
      for (int i = 0; i < 5000; ++i) s.text("t", std::string(300, 'x'));
    });
  });
  w.memory.file(kFile, file);
  NaiveUsage naive;
  naive.add_file(file);
  const ops::DuReport report = w.du();
  CHECK(report.values == 10'001);
  CHECK(sum_of(report) == file.size());
  CHECK(bytes_of(report, "images") == naive.by_tag["big"]);
  CHECK(bytes_of(report, "text") == naive.by_tag["t"]);
  CHECK(bytes_of(report, "(framing)") == naive.framing);
}

TEST_CASE("limits leave points out, and their bytes are framing") {
  Usage w;
  w.select.max_series = 2;
  const std::string file = event_file([](RunBuilder& r) {
    r.scalars("a", 3, kStep).scalars("b", 3, kStep).scalars("c", 3, kStep);
    r.scalar(std::string(70'000, 'l'), {{1, 1}});
  });
  w.memory.file(kFile, file);
  const ops::DuReport report = w.du();
  CHECK(sum_of(report) == file.size());
  CHECK(report.values == 6);
  CHECK(bytes_of(report, "(framing)") > 70'000);
  CHECK_FALSE(report.outcome.complete);
}

TEST_CASE("a compressed file counts whole, with its size on disk and all of its values") {
  for (const int window_bits : {31, 15}) {
    CAPTURE(window_bits);
    Usage w;
    const std::string packed = deflated(ten(), window_bits);
    w.memory.file(kFile, packed).file("/logs/a/events.out.tfevents.2.h", ten());
    const ops::DuReport report = w.du();
    CHECK(bytes_of(report, "(compressed)") == packed.size());
    CHECK(sum_of(report) == packed.size() + ten().size());
    CHECK(report.values == 20);
    w.grouped(false, true, true);
    CHECK(lines_of(w.du()).at(1) == "- (compressed) - " + std::to_string(packed.size()) + " 10 1");

    // Broken, cut off, with something behind it: still whole.
    for (const std::string& broken :
         {truncate_to(packed, packed.size() / 2), packed + "garbage", flip_byte(packed, 40)}) {
      Usage b;
      b.memory.file(kFile, broken);
      const ops::DuReport of_broken = b.du();
      CHECK(sum_of(of_broken) == broken.size());
      CHECK(bytes_of(of_broken, "(compressed)") == broken.size());
    }
  }
}

TEST_CASE("what is no event file at all is damage") {
  Usage w;
  w.memory.file(kFile, "version https://git-lfs.github.com/spec/v1\n");
  const ops::DuReport report = w.du();
  CHECK(lines_of(report) == Lines{"- (damaged) - 43 0 1"});
  REQUIRE(report.outcome.problems.size() == 1);
  CHECK(report.outcome.problems[0].rule == "not-an-event-file");
  CHECK(report.outcome.problems[0].hint.has_value());
}

}  // namespace
}  // namespace tfevents::test
