// du: files that grow, shrink or cannot be read, and standard input.
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "support/fault_sys.hpp"
#include "unit/ops/du_files.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("a file that is cut off between the passes starts the run again, three times") {
  for (const bool once : {true, false}) {
    CAPTURE(once);
    Usage w;
    w.select.view = View::kClean;
    w.memory.file(kFile, ten());
    std::uint64_t reads = 0;
    FaultSys sys(w.memory);
    sys.limit_reads(100);
    std::uint64_t size = ten().size();
    w.memory.on_read([&](const std::string& path, std::uint64_t) {
      if (++reads % 7 != 6 || (once && reads > 6) || size < 20) return;
      w.memory.truncate(path, size -= 5);
    });
    w.sys = &sys;
    const ops::DuReport report = w.du();
    CHECK(report.outcome.complete == once);
    CHECK(has_rule(report.outcome.problems, "changed-while-reading") == !once);
  }
}

// Fails every read from n on, for each n; `damaged`: whether the file itself is. Returns how often
// a part of the file was read.
std::uint64_t read_in_part(const std::string& file, std::size_t most_read, bool damaged) {
  std::uint64_t parts = 0;
  bool whole = false;
  for (std::uint64_t n = 0; !whole; ++n) {
    CAPTURE(n);
    Usage w;
    w.memory.file(kFile, file);
    FaultSys sys(w.memory);
    sys.limit_reads(most_read);
    sys.fail_at(n, EIO, true);
    w.sys = &sys;
    const auto report = w.try_du();
    whole = !sys.fired();
    if (!report.ok()) continue;
    const std::uint64_t read = sum_of(*report);
    CHECK(read <= file.size());
    CHECK(bytes_of(*report, "(tail)") == 0);
    if (report->outcome.complete) CHECK(read == file.size());
    if (read < file.size() || damaged) CHECK_FALSE(report->outcome.complete);
    if (read != 0 && read != file.size()) ++parts;
    NaiveUsage naive;
    naive.add_file(truncate_to(file, static_cast<std::size_t>(read)));
    CHECK(naive.tail == 0);
    // A big record was verified, and could not be read again to be decoded.
    if (bytes_of(*report, "(damaged)") > naive.damaged &&
        has_rule(report->outcome.problems, "undecodable"))
      continue;
    CHECK(bytes_of(*report, "(framing)") == naive.framing);
    CHECK(bytes_of(*report, "(damaged)") == naive.damaged);
  }
  return parts;
}

TEST_CASE("what cannot be read counts up to the last record before it, and is named") {
  CHECK(read_in_part(event_file(write_much), 1000, false) > 3);
  // Within a record that is read in pieces, and on the way behind one that is damaged.
  const std::string big = event_file([](RunBuilder& r) {
    r.scalars("x", 3, kStep).image("i", 1, noise(400'000, 3)).scalars("x", 3, kStep);
    r.image("i", 2, noise(400'000, 4)).scalars("x", 3, kStep);
  });
  CHECK(read_in_part(big, 30'000, false) > 3);
  CHECK(read_in_part(flip_byte(big, 200'000), 30'000, true) > 3);
  CHECK(read_in_part(flip_byte(big, record_offsets(big)[4] + 1), 30'000, true) > 3);
}

TEST_CASE("a file that grows counts as far as it was read") {
  Usage w;
  w.memory.file(kFile, ten());
  std::uint64_t reads = 0;
  w.memory.on_read([&](const std::string& path, std::uint64_t) {
    if (reads++ == 0) w.memory.append(path, ten());
  });
  const ops::DuReport report = w.du();
  CHECK(sum_of(report) == ten().size());
  CHECK(report.outcome.complete);
}

TEST_CASE("standard input: its bytes, compressed ones as they came") {
  for (const bool packed : {false, true}) {
    const std::string bytes = packed ? gzipped(ten()) : ten() + "tail";
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    REQUIRE(write(pipe_ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    close(pipe_ends[1]);
    Usage w;
    w.select.operands = {"-"};
    w.standard_input = pipe_ends[0];
    const ops::DuReport report = w.du();
    CHECK(sum_of(report) == bytes.size());
    CHECK(bytes_of(report, packed ? "(compressed)" : "(tail)") == (packed ? bytes.size() : 4));
    CHECK(report.values == 10);
    CHECK(report.foreign.files == 0);
    close(pipe_ends[0]);
  }
}

TEST_CASE("standard input that cannot be read is an error") {
  Usage w;
  w.select.operands = {"-"};
  w.standard_input = open("/", O_RDONLY | O_CLOEXEC);
  REQUIRE(w.standard_input >= 0);
  CHECK_FALSE(w.try_du().ok());
  w.select.last = 1;
  CHECK_FALSE(w.try_du().ok());
  close(w.standard_input);
}

TEST_CASE("stopped means stopped") {
  Usage w;
  w.memory.file(kFile, event_file(write_much)).file("/logs/a/other", "12345");
  bool fired = true;
  for (std::uint64_t n = 0; fired; ++n) {
    FaultSys sys(w.memory);
    StopFlag stop;
    sys.stop_at(n, stop);
    ops::DuOptions options;
    options.select = w.selection();
    const FixedClock clock(w.now);
    const auto report =
        ops::disk_usage(options, {.sys = sys, .clock = clock, .stop = stop, .jobs = 1});
    fired = sys.fired();
    if (!fired) {
      CHECK(report.ok());
    } else if (!report.ok()) {
      CHECK(report.error().code == ErrorCode::kCancelled);
    }
  }
}

}  // namespace
}  // namespace tfevents::test
