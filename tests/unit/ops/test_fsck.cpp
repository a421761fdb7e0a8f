// The findings and the arithmetic of fsck.
#include "support/fault_sys.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

std::string ten() {
  return event_file([](RunBuilder& r) { r.scalars("x", 10, kStep); });
}

TEST_CASE("bytes, records and losses add up, whatever is damaged") {
  // Every byte of a file is in an intact record, a damaged range, an undecodable record or a tail.
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    World w;
    std::string file = ten();
    const std::string noise_bytes = noise(64, seed);
    const auto pick = [&](std::size_t i, std::size_t below) {
      return static_cast<std::size_t>(static_cast<unsigned char>(noise_bytes[i])) * 7919 % below;
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
    w.memory.file("/logs/a/events.out.tfevents.1.h", file);
    const ops::FsckReport report = w.fsck();
    CHECK(report.files == 1);
    CHECK(report.bytes == file.size());
    std::uint64_t intact = 0, lost = 0, tail = 0, damages = 0;
    for (const RecordCopy& record : w.records().records) {
      switch (record.type) {
        case ops::RecordRow::Type::kTail: tail = record.have; break;
        case ops::RecordRow::Type::kDamage:
          lost += record.end - record.offset;
          ++damages;
          break;
        case ops::RecordRow::Type::kRecord:
          (record.event.empty() ? lost : intact) += record.length + 16;
          damages += record.event.empty() ? 1U : 0U;
          break;
      }
    }
    CHECK(intact + lost + tail == file.size());
    CHECK(report.bytes_lost == lost);
    CHECK(report.records_lost == damages);
    CHECK(report.errors == damages);
    CHECK(report.rows.size() == report.errors + report.warnings + report.notes);
    CHECK(report.bad_files == (damages != 0 ? 1 : 0));
    CHECK(w.row("a").damage == damages);
    std::uint64_t last = 0;
    for (const Problem& row : report.rows) {
      CHECK(row.offset.value_or(0) >= last);
      last = row.offset.value_or(0);
      CHECK(row.run == "a");
    }
  }
}

TEST_CASE(
    "an unfinished end is live while the run is, or its file was just written; else it warns") {
  const double end = RunBuilder::kStart + 10;
  const auto look = [&](double now, double mtime) {
    World w;
    const std::string file = ten();
    w.memory.file("/logs/a/events.out.tfevents.1.h", truncate_to(file, file.size() - 3), mtime);
    w.now = now;
    const ops::FsckReport report = w.fsck();
    REQUIRE(report.rows.size() == 1);
    CHECK((report.rows[0].severity == Severity::kNote) == (report.notes == 1));
    CHECK(report.outcome.complete);
    return report.rows[0].rule;
  };
  CHECK(look(end + 10, end) == "live-tail");
  CHECK(look(end + 290, 0) == "live-tail");
  CHECK(look(end + 1e6, end + 1e6 - 100) == "live-tail");
  CHECK(look(end + 1e6, end) == "truncated-tail");
}

TEST_CASE("findings past the cap are counted, and cost no memory") {
  World w;
  std::string file;
  const std::string record = framed("");
  for (int i = 0; i < 30'000; ++i) file += flip_byte(framed("abc"), 12) + record;
  w.memory.file("/logs/a/events.out.tfevents.1.h", file);
  const ops::FsckReport report = w.fsck();
  CHECK(report.rows.size() == 10'000);
  CHECK(report.rows_left_out == 20'000);
  CHECK(report.errors == 30'000);
  CHECK(report.records_lost == 30'000);
  CHECK(report.bytes_lost == 30'000 * 19);
  CHECK(report.records == 30'000);
  CHECK(w.row("a").damage == 30'000);
  const ops::LsReport listed = w.ls();
  CHECK(listed.outcome.problems.size() + listed.outcome.more_problems == 30'000);
  CHECK(listed.outcome.problems.size() <= 1000);
}

TEST_CASE("a tree of many runs: sums over all, the same for any number of jobs") {
  World w;
  LogdirBuilder tree;
  for (int i = 0; i < 30; ++i) {
    tree.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.scalars("x", i, kStep);
      if (i % 5 == 1) r.damage([](std::string f) { return flip_byte(std::move(f), 60); });
    });
  }
  tree.write(w.memory, "/logs");
  const ops::FsckReport one = w.fsck();
  CHECK(one.files == 30);
  CHECK(one.records == 30 + 29 * 15 - 6);
  CHECK(one.records_lost == 6);
  CHECK(one.bad_files == 6);
  w.jobs = 8;
  const ops::FsckReport eight = w.fsck();
  REQUIRE(eight.rows.size() == one.rows.size());
  for (std::size_t i = 0; i < one.rows.size(); ++i) CHECK(eight.rows[i].path == one.rows[i].path);
  CHECK(eight.bytes_lost == one.bytes_lost);
}

TEST_CASE("what the walk met is a finding, and what cannot be read") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 3, kStep); });
  w.memory.link("/logs/a/dangling.tfevents", "nowhere");
  CHECK(w.fsck().warnings == 1);
}

TEST_CASE("what cannot be read is no damage, and its bytes are not verified") {
  World w;
  const std::string file = ten();
  w.memory.file("/logs/a/1.tfevents", file).file("/logs/a/2.tfevents", file + "x");
  w.memory.file("/logs/b/3.tfevents", file);
  FaultSys faulty(w.memory);
  w.sys = &faulty;
  const auto look = [&](const std::string& path) {
    faulty.fail_path(path, EACCES);
    const ops::FsckReport report = w.fsck();
    CHECK(report.errors == 1);
    CHECK(report.unreadable == 1);
    CHECK(report.damage() == 0);
    CHECK(report.records_lost == 0);
    CHECK_FALSE(report.outcome.complete);
    CHECK(has_rule(report.rows, "unreadable"));
    return report;
  };
  const ops::FsckReport directory = look("/logs/b");
  CHECK(directory.files == 2);
  CHECK(directory.bad_files == 0);
  CHECK(directory.bad_paths == 1);
  CHECK(directory.bytes == 2 * file.size() + 1);
}

TEST_CASE("a read that fails within a file: what came before it is verified") {
  World w;
  const std::string file = ten();
  w.memory.file("/logs/a/1.tfevents", file).file("/logs/a/2.tfevents", flip_byte(file, 60));
  bool failed = false, both = false;
  for (std::uint64_t n = 0;; ++n) {
    FaultSys faulty(w.memory);
    faulty.limit_reads(100);
    faulty.fail_at(n, EIO);
    w.sys = &faulty;
    ops::FsckOptions options;
    options.select = w.selection();
    const auto report =
        w.with_context([&](const ops::OpContext& c) { return ops::fsck(options, c); });
    if (!faulty.fired()) break;
    if (!report.ok()) continue;  // The operand itself.
    CAPTURE(n);
    CHECK(report->bytes <= 2 * file.size());
    CHECK(report->unreadable + report->damage() == report->errors);
    CHECK(report->bad_files <= report->files);
    CHECK(report->outcome.complete == (report->errors == 0));
    CHECK((report->unreadable != 0) == has_rule(report->rows, "unreadable"));
    failed = failed || report->bytes < 2 * file.size();
    both = both || (report->unreadable == 1 && report->damage() == 1);
  }
  CHECK(failed);
  CHECK(both);
}

TEST_CASE("a Git LFS pointer is named, with what fetches the file") {
  World w;
  w.memory.file("/logs/a/events.out.tfevents.1.h",
                "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n");
  const ops::FsckReport report = w.fsck();
  REQUIRE(report.rows.size() == 1);
  CHECK(report.rows[0].rule == "not-an-event-file");
  CHECK(report.rows[0].hint == "git lfs pull fetches it");
  CHECK(has_rule(w.ls().outcome.problems, "not-an-event-file"));
}

TEST_CASE("writers that begin alike are no copies") {
  World w;
  const std::string version = event_file([](RunBuilder&) {});
  w.memory.file("/logs/a/1.tfevents", version).file("/logs/a/2.tfevents", version);
  w.memory.file("/logs/a/3.tfevents", ten());
  CHECK_FALSE(has_rule(w.fsck().rows, "duplicate-copy"));
}

}  // namespace
}  // namespace tfevents::test
