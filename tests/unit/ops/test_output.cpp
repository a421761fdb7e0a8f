// What reaches the stream of a dump: the same for any number of jobs, all of it or an Error, and
// the records as they stand in the files.
#include <atomic>
#include <thread>

#include <unistd.h>

#include "ops/ordered_output.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

/// `runs` runs of very different sizes, some with restarts, damage, several files.
struct Forest : World {
  explicit Forest(int runs) {
    LogdirBuilder tree;
    for (int i = 0; i < runs; ++i) {
      tree.run("r" + std::to_string(i * 7 % runs), [i](RunBuilder& r) {
        r.scalars("x", i % 5 == 0 ? 4000 : i % 17, kStep).text("t", 1, "hello");
        if (i % 3 == 0) r.next_file().scalars("x", 9, kStep).image("i", 1);
        if (i % 4 == 0)
          r.damage([](std::string f) { return flip_byte(std::move(f), f.size() / 2); });
      });
    }
    tree.write(memory, "/logs");
  }
};

TEST_CASE("points, records, problems and counts are the same for any number of jobs") {
  for (const int runs : {1, 2, 7, 40}) {
    CAPTURE(runs);
    Forest w(runs);
    for (const View view : {View::kRaw, View::kClean}) {
      w.select.view = view;
      w.jobs = 1;
      const Dumped one = w.dump();
      const std::vector<std::string> lines = to_lines(one.points);
      const Dumped one_records = w.records();
      const std::string one_bytes = w.records(ops::DumpOptions::What::kBytes).text;
      for (const unsigned jobs : {2U, 3U, 16U}) {
        CAPTURE(jobs);
        w.jobs = jobs;
        const Dumped other = w.dump();
        CHECK(to_lines(other.points) == lines);
        CHECK(other.report->rows == one.report->rows);
        CHECK(other.outcome().problems.size() == one.outcome().problems.size());
        for (std::size_t i = 0; i < one.outcome().problems.size(); ++i)
          CHECK(other.outcome().problems[i].path == one.outcome().problems[i].path);
        CHECK(other.outcome().dropped.size() == one.outcome().dropped.size());
        const Dumped records = w.records();
        REQUIRE(records.records.size() == one_records.records.size());
        for (std::size_t i = 0; i < records.records.size(); ++i) {
          CHECK(records.records[i].offset == one_records.records[i].offset);
          CHECK(records.records[i].path == one_records.records[i].path);
        }
        CHECK(w.records(ops::DumpOptions::What::kBytes).text == one_bytes);
      }
    }
  }
}

TEST_CASE("runs come in natural order, whatever was read first") {
  Forest w(23);
  w.jobs = 16;
  std::vector<std::string> runs;
  for (const PointRow& point : w.dump(View::kRaw).points) {
    if (runs.empty() || runs.back() != point.run) runs.push_back(point.run);
  }
  std::vector<std::string> expected;
  for (int i = 0; i < 23; ++i) expected.push_back("r" + std::to_string(i));
  CHECK(runs == expected);
}

TEST_CASE("a stream that breaks at any write stops everything with its error") {
  Forest w(12);
  for (const unsigned jobs : {1U, 4U}) {
    w.jobs = jobs;
    for (int at = 0;; ++at) {
      CAPTURE(at);
      Recorder recorder;
      int writes = 0;
      ops::DumpOptions options;
      options.select = w.selection();
      const auto broken = [&](std::string_view) -> Status {
        CHECK(writes <= at);
        if (writes++ == at) return Error{.code = ErrorCode::kIo, .message = "disk full"};
        return ok_status();
      };
      const auto report = w.with_context(
          [&](const ops::OpContext& c) { return ops::dump(options, recorder, broken, c); });
      if (writes <= at) {
        CHECK(report.ok());
        CHECK(at > 10);
        break;
      }
      REQUIRE_FALSE(report.ok());
      CHECK(report.error().message == "disk full");
    }
  }
}

TEST_CASE("slots end up in order, workers ahead wait") {
  std::string text;
  std::atomic<std::size_t> most{0};
  ops::OrderedOutput output(8, [&](std::string_view part) {
    text += part;
    return ok_status();
  });
  std::vector<std::thread> workers;
  for (std::size_t slot = 0; slot < 8; ++slot) {
    workers.emplace_back([&, slot] {
      if (slot == 0) std::this_thread::yield();
      for (int i = 0; i < 40; ++i)
        output.append(slot, std::string(100'000, static_cast<char>('a' + slot)));
      output.finish(slot);
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(output.status().ok());
  REQUIRE(text.size() == std::size_t{8} * 40 * 100'000);
  CHECK(std::is_sorted(text.begin(), text.end()));
}

TEST_CASE("slots that end without text, and in any order") {
  std::string text;
  ops::OrderedOutput output(4, [&](std::string_view part) {
    text += part;
    return ok_status();
  });
  output.append(3, "d");
  output.finish(3);
  output.finish(1);
  output.append(2, "c");
  CHECK(text.empty());
  output.finish(0);
  CHECK(text == "c");
  output.append(2, "c");
  CHECK(text == "cc");
  output.finish(2);
  CHECK(text == "ccd");
}

/// A pipe that `bytes` flow through.
class Stream {
 public:
  explicit Stream(std::string bytes) : bytes_(std::move(bytes)) {
    REQUIRE(pipe(ends_) == 0);
    writer_ = std::thread([this] {
      for (std::size_t at = 0; at < bytes_.size();) {
        const ssize_t n = ::write(ends_[1], bytes_.data() + at, bytes_.size() - at);
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
      }
      close(ends_[1]);
    });
  }
  ~Stream() {
    writer_.join();
    close(ends_[0]);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  [[nodiscard]] int reader() const { return ends_[0]; }

 private:
  std::string bytes_;
  int ends_[2] = {-1, -1};
  std::thread writer_;
};

TEST_CASE("standard input gives what the file gives, in both views, damaged or not") {
  for (const bool damaged : {false, true}) {
    CAPTURE(damaged);
    std::string bytes = event_file([](RunBuilder& r) {
      r.scalars("x", 3000, kStep).scalars("x", 2000, kStep).scalar("x", {{1999, 1}, {1999, 2}});
      r.image("i", 1, std::string(200'000, 'i')).image("i", 1);
    });
    if (damaged) bytes = truncate_to(flip_byte(bytes, bytes.size() / 3), bytes.size() - 9);
    World file;
    file.memory.file("/f", bytes);
    file.select.operands = {"/f"};
    World piped;
    piped.select.operands = {"-"};
    const auto named = [](std::vector<PointRow> points) {
      for (PointRow& point : points) point.run = "-";
      return to_lines(points);
    };
    for (const View view : {View::kRaw, View::kClean}) {
      file.select.last.reset();
      piped.select.last.reset();
      const Stream stream(bytes);
      piped.standard_input = stream.reader();
      const Dumped from_pipe = piped.dump(view), from_file = file.dump(view);
      CHECK(to_lines(from_pipe.points) == named(from_file.points));
      CHECK(from_pipe.outcome().complete == from_file.outcome().complete);
      CHECK(from_pipe.outcome().complete == !damaged);
      file.select.last = 5;
      piped.select.last = 5;
      const Stream again(bytes);
      piped.standard_input = again.reader();
      CHECK(to_lines(piped.dump(view).points) == named(file.dump(view).points));
    }
    const Stream for_ls(bytes), for_fsck(bytes), for_records(bytes);
    piped.select = {};
    piped.select.operands = {"-"};
    file.select = {};
    file.select.operands = {"/f"};
    piped.standard_input = for_ls.reader();
    CHECK(piped.series("-", "x").points == file.series(".", "x").points);
    piped.standard_input = for_fsck.reader();
    CHECK(piped.fsck().records == file.fsck().records);
    piped.standard_input = for_records.reader();
    CHECK(piped.records().records.size() == file.records().records.size());
  }
}

TEST_CASE("--raw: the bytes of intact records, which read again are the same records") {
  World w;
  w.run("a", [](RunBuilder& r) {
    r.scalars("x", 50, kStep).image("i", 1, std::string(300'000, 'i'));
    r.event(9, [](SummaryBuilder& s) { s.scalar("x", 9).text("t", "text"); });
    r.raw("no event at all\xFF");
  });
  const auto files = LogdirBuilder().files();
  const Dumped raw = w.records(ops::DumpOptions::What::kBytes);
  CHECK(raw.report->rows == 54);
  World again;
  again.memory.file("/logs/a/events.out.tfevents.1.h", raw.text);
  CHECK(to_lines(again.dump(View::kRaw).points) == to_lines(w.dump(View::kRaw).points));
  CHECK(again.records(ops::DumpOptions::What::kBytes).text == raw.text);
  // Of a damaged file only what is intact.
  const std::string wounded = flip_byte(raw.text, record_offsets(raw.text)[5] + 13);
  again.memory.file("/logs/a/events.out.tfevents.1.h", wounded);
  CHECK(again.records(ops::DumpOptions::What::kBytes).text ==
        remove_range(raw.text, record_offsets(raw.text)[5],
                     record_offsets(raw.text)[6] - record_offsets(raw.text)[5]));
}

TEST_CASE("--records: a row a record, damaged range and tail, with offsets") {
  World w;
  const std::string good = event_file([](RunBuilder& r) {
    r.scalars("x", 5, kStep).event(7, [](SummaryBuilder& s) { s.scalar("x", 7).scalar("y", 8); });
    r.session(SessionStatus::kStart, 8).graph("graph").histogram("h", 3);
  });
  const std::vector<std::size_t> at = record_offsets(good);
  std::string file = flip_byte(good, at[3] + 13);
  file = insert_garbage(file, at[5], "garbage") + "half";
  w.memory.file("/logs/a/events.out.tfevents.1.h", file);
  const auto records = w.records().records;
  REQUIRE(records.size() == 12);
  CHECK(records[0].event == "file_version");
  CHECK(records[1].offset == at[1]);
  CHECK(records[1].length == at[2] - at[1] - 16);
  CHECK_FALSE(records[3].data_ok);
  CHECK(records[3].offset == at[3]);
  CHECK(records[3].event.empty());
  CHECK(records[3].values.empty());
  CHECK(records[5].type == ops::RecordRow::Type::kDamage);
  CHECK(records[5].damage == "length-crc");
  CHECK(records[5].end == at[5] + 7);
  REQUIRE(records[7].values.size() == 2);
  CHECK(records[7].values[1].tag == "y");
  CHECK(records[7].values[1].kind == "scalars");
  CHECK(records[8].event == "session_log");
  CHECK(records[9].values.at(0).tag == "__run_graph__");
  CHECK(records[10].values.at(0).kind == "histograms");
  CHECK(records[11].type == ops::RecordRow::Type::kTail);
  CHECK(records[11].have == 4);
}

TEST_CASE("--records --last N counts by file, and damage of every file is told") {
  World w;
  w.run("a", [](RunBuilder& r) {
    const auto wound = [](std::string f) { return flip_byte(std::move(f), 60); };
    r.scalars("x", 5, kStep).damage(wound).next_file().scalars("x", 5, kStep).damage(wound);
    r.next_file().scalars("x", 5, kStep).damage(wound);
  });
  w.select.last = 2;
  const Dumped dumped = w.records();
  CHECK(dumped.records.size() == 6);
  CHECK(dumped.outcome().problems.size() == 3);
  CHECK_FALSE(dumped.outcome().complete);
  CHECK(w.records(ops::DumpOptions::What::kBytes).outcome().problems.size() == 3);
  w.select.last = 0;
  CHECK(w.records().records.empty());
  w.select.last = 100;
  CHECK(w.records().records.size() == 18);
}

TEST_CASE("--records with a selection lists the records that hold it") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 5, kStep).scalar("y", {{1, 1}, {2, 2}, {9, 3}}); });
  w.select.tags.push_back(*Pattern::parse("y", Pattern::Scope::kName));
  CHECK(w.records().records.size() == 3);
  w.select.first_step = 2;
  CHECK(w.records().records.size() == 2);
  w.select.last = 1;
  CHECK(w.records().records.size() == 1);
}

}  // namespace
}  // namespace tfevents::test
