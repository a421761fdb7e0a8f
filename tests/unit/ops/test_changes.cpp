// Files that grow, shrink, go away or are replaced while they are read, and calls that fail. The
// answer is an Error, or right, or it says that it is not complete.
#include <cerrno>

#include "support/fault_sys.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

/// A run whose clean view takes two passes: three files, restarts, repeats.
void write_restarts(RunBuilder& r) {
  r.scalars("x", 40, kStep).next_file().scalars("x", 30, kStep).scalar("x", {{29, 1}, {29, 2}});
  r.image("i", 3).image("i", 2).next_file().scalar("x", {{25, 1}, {26, 2}});
}

struct Changing : World {
  FaultSys small{memory};  // Short reads: more moments to change something at.
  Changing() {
    run("a", write_restarts);
    small.limit_reads(100);
    sys = &small;
  }
  [[nodiscard]] std::vector<std::string> names() {
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : LogdirBuilder().run("a", write_restarts).files())
      paths.push_back("/logs/" + path);
    return paths;
  }
};

TEST_CASE("a file that grows between the passes counts as far as the first pass saw it") {
  for (std::uint64_t read = 0; read < 24; ++read) {
    Changing w;
    const auto undisturbed = to_lines(w.dump(View::kClean).points);
    std::uint64_t grown = 0;
    w.memory.on_read([&](const std::string& path, std::uint64_t) {
      if (grown++ == read) {
        const std::string more = event_file([](RunBuilder& r) {
          r.version({}).scalar("x", {{0, 9}});
        });
        w.memory.append(path, more);
      }
    });
    const Dumped dumped = w.dump(View::kClean);
    CHECK(dumped.outcome().complete);
    // Grown before it was first looked at, the point counts and purges what is before it.
    const auto lines = to_lines(dumped.points);
    const bool either = lines == undisturbed || steps_of(dumped.points, "x").front() == 0;
    CHECK(either);
    for (std::size_t i = 1; i < steps_of(dumped.points, "x").size(); ++i)
      CHECK(steps_of(dumped.points, "x")[i] > steps_of(dumped.points, "x")[i - 1]);
  }
}

/// Disturbs the tree before each read in turn, `times` reads long, and looks at what comes of it.
void disturb(const std::function<void(Changing&, const std::string& path)>& change) {
  Changing still;
  const std::vector<std::string> right = to_lines(still.dump(View::kClean).points);
  std::uint64_t reads = 0;
  still.memory.on_read([&](const std::string&, std::uint64_t) { ++reads; });
  (void)still.dump(View::kClean);
  REQUIRE(reads > 20);
  for (std::uint64_t at = 0; at < reads; ++at) {
    CAPTURE(at);
    Changing w;
    const std::string victim = w.names()[at % 3];
    std::uint64_t n = 0;
    w.memory.on_read([&](const std::string&, std::uint64_t) {
      if (n++ == at) change(w, victim);
    });
    const Dumped dumped = w.dump(View::kClean);
    REQUIRE(dumped.report.ok());
    w.memory.on_read({});
    const std::vector<std::string> after = to_lines(w.dump(View::kClean).points);
    const std::vector<std::string> lines = to_lines(dumped.points);
    // Right as of before, right as of after, or said to be incomplete.
    const bool told = !dumped.outcome().complete || !dumped.outcome().problems.empty();
    const bool fine = lines == right || lines == after || told;
    CHECK(fine);
  }
}

TEST_CASE("replaced, shortened and removed files") {
  SUBCASE("replaced") {
    disturb([](Changing& w, const std::string& path) {
      w.memory.file(path, event_file([](RunBuilder& r) { r.scalars("x", 5, kStep); }));
    });
  }
  SUBCASE("shortened") {
    disturb([](Changing& w, const std::string& path) { w.memory.truncate(path, 500); });
  }
  SUBCASE("emptied") {
    disturb([](Changing& w, const std::string& path) { w.memory.truncate(path, 0); });
  }
  SUBCASE("removed") {
    disturb([](Changing& w, const std::string& path) { w.memory.remove(path); });
  }
}

TEST_CASE("a file that is replaced at every look is given up after three times, and told") {
  for (const bool series : {true, false}) {
    Changing w;
    w.select.view = View::kClean;
    const std::string path = w.names()[0];
    const std::string bytes = LogdirBuilder().run("a", write_restarts).files().begin()->second;
    w.memory.on_read([&](const std::string& read, std::uint64_t) {
      if (read != path) w.memory.file(path, bytes);  // Between its own readings.
    });
    const Dumped dumped = w.dump(View::kClean);
    REQUIRE(dumped.report.ok());
    CHECK(has_rule(dumped.outcome().problems, "changed-while-reading"));
    CHECK_FALSE(dumped.outcome().complete);
    CHECK(dumped.points.empty());
    const ops::LsReport listed = w.ls(series);
    CHECK(has_rule(listed.outcome.problems, "changed-while-reading"));
    CHECK_FALSE(listed.outcome.complete);
    REQUIRE(listed.rows.size() == 1);
    CHECK(listed.rows[0].run == "a");
  }
}

TEST_CASE("a file replaced twice, then left alone, is read in the end") {
  Changing w;
  const auto right = to_lines(w.dump(View::kClean).points);
  const std::string path = w.names()[0];
  const std::string bytes = LogdirBuilder().run("a", write_restarts).files().begin()->second;
  int left = 2;
  bool others = false;
  w.memory.on_read([&](const std::string& read, std::uint64_t) {
    others = others || read != path;
    if (read == path && others && left > 0) others = false;
    if (read != path && left > 0 && others) {
      w.memory.file(path, bytes);
      --left;
      others = false;
    }
  });
  const Dumped dumped = w.dump(View::kClean);
  CHECK(to_lines(dumped.points) == right);
  CHECK(dumped.outcome().complete);
}

/// What an operation gave: the same text for the same answer, and whether it is said to be whole.
struct Answer {
  bool error = false, complete = true;
  std::string text;
};

/// Fails each call of the system in turn: never a crash, never a wrong answer that claims to be
/// right.
void fail_each(World& w, const std::function<Answer(World&)>& ask) {
  const Answer right = ask(w);
  REQUIRE_FALSE(right.error);
  for (const int code : {EIO, EACCES, ENOENT, EMFILE}) {
    for (const bool onward : {false, true}) {
      for (std::uint64_t n = 0;; ++n) {
        CAPTURE(code);
        CAPTURE(n);
        CAPTURE(onward);
        FaultSys faulty(w.memory);
        faulty.limit_reads(700);
        faulty.fail_at(n, code, onward);
        w.sys = &faulty;
        const Answer answer = ask(w);
        w.sys = &w.memory;
        CHECK(faulty.open_files() == 0);
        if (!faulty.fired()) {
          CHECK(answer.text == right.text);
          CHECK(answer.complete == right.complete);
          break;
        }
        // What is not there any more was never there, as far as a walk can tell.
        const bool vanished = code == ENOENT;
        const bool fine = answer.error || !answer.complete || answer.text == right.text || vanished;
        CHECK(fine);
      }
    }
  }
}

Answer of(const Dumped& dumped) {
  if (!dumped.report.ok()) return {true, false, ""};
  Answer answer{false, dumped.outcome().complete, ""};
  for (const std::string& line : to_lines(dumped.points)) answer.text += line + "\n";
  for (const RecordCopy& record : dumped.records)
    answer.text += record.path + std::to_string(record.offset) + record.event + "\n";
  return answer;
}

struct SmallTree : World {
  SmallTree() {
    run("a", write_restarts);
    run("b/c", [](RunBuilder& r) { r.scalars("x", 20, kStep); });
    memory.link("/logs/link", "b");
  }
};

TEST_CASE("every call fails in turn: dump") {
  for (const View view : {View::kRaw, View::kClean}) {
    SmallTree w;
    w.select.view = view;
    fail_each(w, [](World& world) { return of(world.dump()); });
    w.select.last = 3;
    fail_each(w, [](World& world) { return of(world.dump()); });
  }
}

TEST_CASE("every call fails in turn: dump --records, --last of it") {
  SmallTree w;
  fail_each(w, [](World& world) { return of(world.records()); });
  w.select.last = 2;
  fail_each(w, [](World& world) { return of(world.records()); });
}

TEST_CASE("every call fails in turn: ls") {
  for (const bool series : {false, true}) {
    SmallTree w;
    w.select.view = View::kClean;
    fail_each(w, [&](World& world) {
      const auto report = world.try_ls(series);
      if (!report.ok()) return Answer{true, false, ""};
      Answer answer{false, report->outcome.complete, ""};
      for (const ops::LsRow& row : report->rows) {
        answer.text += row.run + " " + std::to_string(row.tags) + " " +
                       std::to_string(row.last_step.value_or(-1)) + "\n";
        for (const ops::SeriesRow& one : row.series)
          answer.text += one.tag + std::to_string(one.points) + "\n";
      }
      return answer;
    });
  }
}

TEST_CASE("every call fails in turn: fsck") {
  SmallTree w;
  fail_each(w, [](World& world) {
    ops::FsckOptions options;
    options.select = world.selection();
    const auto report =
        world.with_context([&](const ops::OpContext& c) { return ops::fsck(options, c); });
    if (!report.ok()) return Answer{true, false, ""};
    bool errors = report->errors != 0;
    return Answer{false, report->outcome.complete && !errors,
                  std::to_string(report->records) + " " + std::to_string(report->files)};
  });
}

TEST_CASE("asked to stop at any call, an operation ends without an answer") {
  for (std::uint64_t n = 0;; ++n) {
    SmallTree w;
    StopFlag& stop = w.stop;
    FaultSys sys(w.memory);
    sys.stop_at(n, stop);
    w.sys = &sys;
    const Dumped dumped = w.dump(View::kClean);
    if (!sys.fired()) {
      CHECK(dumped.report.ok());
      break;
    }
    REQUIRE_FALSE(dumped.report.ok());
    CHECK(dumped.report.error().code == ErrorCode::kCancelled);
    CHECK(w.try_ls().ok() == false);
  }
}

}  // namespace
}  // namespace tfevents::test
