// du: every byte in exactly one row.
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include "support/fault_sys.hpp"
#include "unit/ops/du_world.hpp"
#include "unit/ops/value_bytes.hpp"

namespace tfevents::test {
namespace {

using Lines = std::vector<std::string>;

const auto kStep = [](std::int64_t i) { return static_cast<float>(i); };
constexpr const char* kFile = "/logs/a/events.out.tfevents.1.h";

/// Raw, as `du` reads.
struct Usage : DuWorld {
  Usage() { select = raw_selection(); }
};

std::string gzipped(const std::string& bytes, int window_bits = 31) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(bytes.size() + 1024, '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string ten() {
  return event_file([](RunBuilder& r) { r.version({}).scalars("x", 10, kStep); });
}

/// A file with something of every kind.
void write_much(RunBuilder& r) {
  r.scalars("loss", 20, kStep).form(ScalarForm::kTensorContent).scalars("tf2", 5, kStep);
  r.histogram("h", 1).image("i", 1, std::string(300, 'p')).audio("s", 2).text("t", 3, "words");
  r.hparams("_hparams_/session_start_info", "x").graph(std::string(200, 'g'));
  r.session(SessionStatus::kStop).event(9, [](SummaryBuilder& s) {
    s.scalar("a", 1).text("b", std::string(1000, 'y')).scalar("loss", 3);
  });
  r.number("int", 4, Scalar::of(std::int64_t{7}));
  r.raw(field(8, field(1, "step1") + field(2, std::string(150, 'm'))));
  r.raw(field(9, std::string(20'000, 'M')));
}

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
    const std::string packed = gzipped(ten(), window_bits);
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

TEST_CASE("points that are chosen have no pseudo-kinds, and compressed ones are told") {
  Usage w;
  const std::string file = event_file([](RunBuilder& r) {
    r.scalars("x", 10, kStep).scalars("other", 5, kStep).text("t", 1, "t");
  });
  w.memory.file(kFile, gzipped(file)).file("/logs/a/events.out.tfevents.2.h", file);
  w.select.tags = {Pattern::parse_or_name("x", Pattern::Scope::kName)};
  const ops::DuReport report = w.du();
  CHECK(lines_of(report) == Lines{"- scalars - 100 10 1"});
  CHECK(report.points_only);
  CHECK(report.compressed_values == 10);
  CHECK(report.bytes == 100);
  w.select.last = 3;
  CHECK(lines_of(w.du()) == Lines{"- scalars - 30 3 1"});
  w.select.last.reset();
  w.select.tags.clear();
  w.select.kinds = {"text"};
  CHECK(w.du().values == 1);
  CHECK(w.du().compressed_values == 1);
  w.select.kinds.clear();
  w.select.tags = {Pattern::parse_or_name("y*", Pattern::Scope::kName)};
  const ops::DuReport none = w.du();
  CHECK(none.rows.empty());
  CHECK(none.compressed_values == 0);
  CHECK(none.outcome.matched_nothing);
  CHECK(none.runs == 0);
}

TEST_CASE("steps, last and the clean view count the points that ls counts") {
  Usage w;
  w.run("a", [](RunBuilder& r) {
    r.version({}).scalars("x", 20, kStep).next_file().version({});
    r.scalar("x", {{10, 1}, {11, 2}, {11, 3}});
    r.image("i", 4).image("i", 3);
  });
  w.grouped(false, true, true);
  w.select.view = View::kClean;
  const ops::DuReport clean = w.du();
  CHECK(clean.values == 13);
  REQUIRE(clean.outcome.dropped.size() == 1);
  CHECK(clean.outcome.dropped[0].duplicates == 1);
  CHECK(clean.outcome.dropped[0].restart == 11);
  w.select.view = View::kRaw;
  CHECK(w.du().values == 25);
  w.select.first_step = 11;
  CHECK(lines_of(w.du()) == Lines{"- scalars x 110 11 1"});
  w.select.view = View::kClean;
  CHECK(lines_of(w.du()) == Lines{"- scalars x 10 1 1"});
  w.select.first_step.reset();
  w.select.last = 2;
  CHECK(w.du().values == 3);
  w.select.view = View::kRaw;
  CHECK(w.du().values == 4);
  w.select.last.reset();
  w.select.first_wall = 9e9;
  CHECK(w.du().outcome.matched_nothing);
}

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

TEST_CASE("rows of many runs: what --by says is one row, for any number of jobs") {
  Usage w;
  LogdirBuilder tree;
  for (int i = 0; i < 12; ++i) {
    tree.run("r" + std::to_string(i), [i](RunBuilder& r) {
      r.version({}).scalars("x", 5, kStep).scalars(i % 2 == 0 ? "even" : "odd", 2, kStep);
      if (i == 3) r.text("x", 9, "also a text");
    });
  }
  tree.write(w.memory, "/logs");
  w.grouped(false, false, true);
  Lines lines = lines_of(w.du());
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].starts_with("- - - "));
  CHECK(lines[0].ends_with(" 0 12"));
  CHECK(lines[1].starts_with("- - x "));
  CHECK(lines[1].ends_with(" 61 12"));
  CHECK(lines[2] == "- - even " + std::to_string(12 * 13) + " 12 6");
  CHECK(lines[3] == "- - odd " + std::to_string(12 * 12) + " 12 6");

  w.grouped(false, true, false);
  CHECK(lines_of(w.du())[1].ends_with(" 84 12"));
  CHECK(lines_of(w.du())[2].ends_with(" 1 1"));

  w.grouped(true, false, false);
  lines = lines_of(w.du());
  REQUIRE(lines.size() == 12);
  CHECK(lines[0].starts_with("r3 - - "));
  CHECK(lines[0].ends_with(" 8 1"));
  CHECK(lines[1].starts_with("r0 - - "));  // Equal ones by name, in natural order.
  CHECK(lines[5].starts_with("r8 - - "));
  CHECK(lines[6].starts_with("r10 - - "));
  CHECK(lines[7].starts_with("r1 - - "));

  w.grouped(true, true, true);
  const Lines one = lines_of(w.du());
  CHECK(one.size() == 12 * 3 + 1);
  w.jobs = 8;
  for (int i = 0; i < 5; ++i) CHECK(lines_of(w.du()) == one);
}

TEST_CASE("a run of empty files has a row only where rows are runs") {
  Usage w;
  w.memory.file("/logs/a/1.tfevents", "").file("/logs/b/1.tfevents", ten());
  CHECK(w.du().rows.size() == 2);
  CHECK(w.du().runs == 2);
  w.grouped(true, false, false);
  CHECK(lines_of(w.du())[1] == "a - - 0 0 1");
  w.grouped(true, true, false);
  CHECK(w.du().rows.size() == 2);
}

TEST_CASE("sorting and the limit: what is left out is summed up") {
  Usage w;
  w.run("a", [](RunBuilder& r) {
    r.version({}).scalars("t10", 4, kStep).scalars("t2", 6, kStep).scalars("t1", 6, kStep);
  });
  w.grouped(false, true, true);
  const auto tags = [&] {
    std::string text;
    for (const ops::DuReport report = w.du(); const ops::DuRow& row : report.rows)
      text += std::string(row.tag.value_or("-")) + " ";
    return text;
  };
  CHECK(tags() == "- t1 t2 t10 ");
  w.greatest_first = false;
  CHECK(tags() == "t10 t1 t2 - ");
  w.sort = ops::DuSort::kTag;
  CHECK(tags() == "t1 t2 t10 - ");
  w.greatest_first = true;
  CHECK(tags() == "t10 t2 t1 - ");
  w.sort = ops::DuSort::kValues;
  CHECK(tags() == "t1 t2 t10 - ");
  w.sort = ops::DuSort::kKind;
  CHECK(tags() == "t1 t2 t10 - ");
  w.greatest_first = false;
  CHECK(tags() == "- t1 t2 t10 ");
  w.sort = ops::DuSort::kSize;
  w.greatest_first = true;
  const std::uint64_t all = w.du().bytes;
  w.limit = 1;
  const ops::DuReport report = w.du();
  CHECK(report.rows.size() == 1);
  CHECK(report.bytes == all);
  CHECK(report.more.rows == 3);
  CHECK(report.more.bytes == all - sum_of(report));
  w.limit = 0;
  CHECK(w.du().more.bytes == all);
  w.limit = 9;
  CHECK(w.du().more.rows == 0);
}

TEST_CASE("a plugin may call itself what it likes") {
  Usage w;
  const std::string value =
      tag_of("p") + field(8, std::string("\x08\x07")) + metadata_of("(framing)");
  w.memory.file(kFile, framed(field(5, field(1, value))));
  std::vector<bool> pseudo;
  const ops::DuReport report = w.du();
  for (const ops::DuRow& row : report.rows) {
    CHECK(row.kind == "(framing)");
    pseudo.push_back(row.pseudo);
  }
  CHECK(pseudo == std::vector<bool>{false, true});
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

TEST_CASE("runs that activity leaves out are in no sum") {
  Usage w;
  w.run("a", [](RunBuilder& r) { r.scalars("x", 5, kStep); });
  w.run("b", [](RunBuilder& r) { r.scalars("x", 5, kStep); });
  w.memory.file("/logs/a/other", "12345").file("/logs/b/other", "12");
  w.select.runs = {Pattern::parse_or_name("b", Pattern::Scope::kTree)};
  CHECK(w.du().runs == 1);
  CHECK(w.du().foreign.bytes == 2);
  w.select.runs.clear();
  CHECK(w.du().foreign.bytes == 7);
  w.select.live = true;
  const ops::DuReport none = w.du();
  CHECK(none.runs == 0);
  CHECK(none.bytes == 0);
  CHECK(none.foreign.files == 0);
  CHECK(none.outcome.matched_nothing);
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
