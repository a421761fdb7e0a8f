// `dump --follow` with a scripted wait: what is added to a tree comes out once, in order.
#include <deque>

#include "support/deflated.hpp"
#include "unit/ops/world.hpp"

namespace tfevents::test {
namespace {

std::string points(std::int64_t first, std::int64_t last, bool version = false) {
  return event_file([&](RunBuilder& r) {
    if (!version) r.version({});
    for (std::int64_t step = first; step <= last; ++step)
      r.scalar("x", {{step, static_cast<float>(step)}});
  });
}

/// A followed tree: each step of the script is done between two looks, then what came is checked.
struct Followed : World {
  std::string file = "/logs/a/events.out.tfevents.1.h";
  std::vector<std::string> problems;
  std::vector<Steps> looks;  ///< What each look gave, by the steps of its points.
  std::vector<std::string> runs;

  std::deque<std::function<void()>> script;

  Followed& then(std::function<void()> change) {
    script.push_back(std::move(change));
    return *this;
  }

  Result<ops::DumpReport> follow() {
    ops::DumpOptions options;
    options.select = selection();
    options.select.view = View::kRaw;
    options.follow = true;
    Recorder recorder;
    std::string text;
    const auto end_look = [&] {
      Steps steps;
      for (const PointRow& row : recorder.in_order(text)) {
        steps.push_back(row.step);
        runs.push_back(row.run);
      }
      looks.push_back(steps);
      text.clear();
    };
    options.wait = [&] {
      end_look();
      if (script.empty()) return false;
      script.front()();
      script.pop_front();
      return true;
    };
    options.on_problem = [&](const Problem& problem) { problems.push_back(problem.rule); };
    const auto write = [&](std::string_view part) {
      text += part;
      return ok_status();
    };
    return with_context(
        [&](const ops::OpContext& c) { return ops::dump(options, recorder, write, c); });
  }
};

TEST_CASE("a growing file: what is there, then what is added, each once") {
  Followed w;
  w.memory.file(w.file, points(0, 2, true));
  w.then([&] { w.memory.append(w.file, points(3, 3)); });
  w.then([] {});
  w.then([&] { w.memory.append(w.file, points(4, 6)); });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1, 2}, {3}, {}, {4, 5, 6}});
  CHECK(report->rows == 7);
  CHECK(report->outcome.complete);
  CHECK(w.problems.empty());
}

TEST_CASE("12 #4: a record in two parts, cut anywhere, comes when it is whole") {
  const std::string record = points(3, 3);
  for (std::size_t cut = 1; cut < record.size(); ++cut) {
    CAPTURE(cut);
    for (const int quiet_looks : {0, 1, 3}) {
      Followed w;
      w.memory.file(w.file, points(0, 2, true) + record.substr(0, cut));
      for (int i = 0; i < quiet_looks; ++i) w.then([] {});
      w.then([&] { w.memory.append(w.file, record.substr(cut)); });
      w.then([&] { w.memory.append(w.file, points(4, 4)); });
      const auto report = w.follow();
      REQUIRE(report.ok());
      CHECK(w.looks.front() == Steps{0, 1, 2});
      CHECK(w.looks[w.looks.size() - 2] == Steps{3});
      CHECK(w.looks.back() == Steps{4});
      CHECK(w.problems.empty());
      CHECK(report->outcome.complete);
    }
  }
}

TEST_CASE("byte by byte") {
  const std::string all = points(0, 3, true);
  Followed w;
  w.memory.file(w.file, "");
  for (const char c : all) w.then([&w, c] { w.memory.append(w.file, std::string(1, c)); });
  REQUIRE(w.follow().ok());
  Steps steps;
  for (const Steps& look : w.looks) steps.insert(steps.end(), look.begin(), look.end());
  CHECK(steps == Steps{0, 1, 2, 3});
  CHECK(w.problems.empty());
}

TEST_CASE("12 #5, #25: what is added to a file that has a later one beside it is picked up") {
  const std::string record = points(3, 3);
  Followed w;
  w.memory.file(w.file, points(0, 2, true) + record.substr(0, 20));
  w.memory.file("/logs/a/events.out.tfevents.2.h", points(10, 11, true));
  w.then([&] { w.memory.append(w.file, record.substr(20)); });
  w.then([&] { w.memory.append(w.file, points(4, 4)); });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1, 2, 10, 11}, {3}, {4}});
  CHECK(w.problems.empty());
}

TEST_CASE("12 #24: new files and new runs, wherever they sort") {
  Followed w;
  w.memory.file("/logs/m/events.out.tfevents.5.h", points(0, 1, true));
  w.then([&] { w.memory.file("/logs/m/events.out.tfevents.1.h", points(10, 11, true)); });
  w.then([&] { w.memory.file("/logs/a/events.out.tfevents.1.h", points(20, 20, true)); });
  w.then([&] {
    w.memory.append("/logs/m/events.out.tfevents.5.h", points(2, 2));
    w.memory.append("/logs/m/events.out.tfevents.1.h", points(12, 12));
    w.memory.file("/logs/z/deep/events.out.tfevents.1.h", points(30, 30, true));
  });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1}, {10, 11}, {20}, {12, 2, 30}});
  CHECK(w.runs.back() == "z/deep");
  CHECK(report->runs == 3);
}

TEST_CASE("a tree that holds nothing yet") {
  Followed w;
  w.memory.directory("/logs");
  w.then([&] { w.memory.file(w.file, points(0, 1, true)); });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{}, {0, 1}});
  CHECK_FALSE(report->outcome.matched_nothing);
}

TEST_CASE("12 #74: a file that was replaced or became shorter is read again from its start") {
  // With a note.
  SUBCASE("replaced by a longer one") {
    Followed w;
    w.memory.file(w.file, points(0, 2, true));
    w.then([&] { w.memory.file(w.file, points(10, 20, true)); });
    w.then([&] { w.memory.append(w.file, points(21, 21)); });
    REQUIRE(w.follow().ok());
    CHECK(w.looks ==
          std::vector<Steps>{{0, 1, 2}, {10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, {21}});
    CHECK(w.problems == std::vector<std::string>{"file-replaced"});
  }
  SUBCASE("replaced by one of the same size") {
    Followed w;
    w.memory.file(w.file, points(1, 3, true));
    w.then([&] { w.memory.file(w.file, points(5, 7, true)); });
    REQUIRE(w.follow().ok());
    CHECK(w.looks == std::vector<Steps>{{1, 2, 3}, {5, 6, 7}});
    CHECK(w.problems == std::vector<std::string>{"file-replaced"});
  }
  SUBCASE("shorter, then grown") {
    Followed w;
    w.memory.file(w.file, points(0, 5, true));
    w.then([&] { w.memory.truncate(w.file, 0); });
    w.then([&] { w.memory.append(w.file, points(7, 8, true)); });
    REQUIRE(w.follow().ok());
    CHECK(w.looks == std::vector<Steps>{{0, 1, 2, 3, 4, 5}, {}, {7, 8}});
    CHECK(w.problems == std::vector<std::string>{"file-replaced"});
  }
  SUBCASE("cut off where the last record was half there") {
    Followed w;
    w.memory.file(w.file, points(0, 2, true) + std::string(5, '\x01'));
    w.then([&] { w.memory.truncate(w.file, points(0, 2, true).size()); });
    w.then([&] { w.memory.append(w.file, points(3, 3)); });
    REQUIRE(w.follow().ok());
    CHECK(w.looks.back() == Steps{3});
  }
}

TEST_CASE("a file that goes, and comes back") {
  Followed w;
  w.memory.file(w.file, points(0, 2, true));
  w.memory.file("/logs/a/events.out.tfevents.2.h", points(5, 5, true));
  w.then([&] { w.memory.remove(w.file); });
  w.then([&] { w.memory.append("/logs/a/events.out.tfevents.2.h", points(6, 6)); });
  w.then([&] { w.memory.file(w.file, points(8, 8, true)); });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1, 2, 5}, {}, {6}, {8}});
  CHECK(report->outcome.complete);
}

TEST_CASE("the whole tree goes, and comes back") {
  Followed w;
  w.memory.file(w.file, points(0, 1, true));
  w.then([&] { w.memory.remove("/logs/a"); });
  w.then([&] { w.memory.file(w.file, points(4, 5, true)); });
  REQUIRE(w.follow().ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1}, {}, {4, 5}});
}

TEST_CASE("a compressed file that grows: no point twice, none missed") {
  const std::string all = gzipped(points(0, 400, true));
  Followed w;
  w.memory.file(w.file, all.substr(0, all.size() / 3));
  w.then([&] { w.memory.append(w.file, all.substr(all.size() / 3, all.size() / 3)); });
  w.then([] {});
  w.then([&] { w.memory.append(w.file, all.substr(2 * (all.size() / 3))); });
  w.then([&] { w.memory.append(w.file, gzipped(points(401, 403))); });  // A further member.
  REQUIRE(w.follow().ok());
  Steps steps, expected;
  for (const Steps& look : w.looks) steps.insert(steps.end(), look.begin(), look.end());
  for (std::int64_t i = 0; i <= 403; ++i) expected.push_back(i);
  CHECK(steps == expected);
  CHECK(w.problems.empty());
}

TEST_CASE("damage is told once, and reading goes on behind it") {
  Followed w;
  const std::string start = points(0, 4, true);
  w.memory.file(w.file, flip_byte(start, record_offsets(start)[3] + 14));
  w.then([] {});
  w.then([&] { w.memory.append(w.file, points(5, 6)); });
  const auto report = w.follow();
  REQUIRE(report.ok());
  CHECK(w.looks == std::vector<Steps>{{0, 1, 3, 4}, {}, {5, 6}});
  CHECK(w.problems == std::vector<std::string>{"data-crc"});
  CHECK_FALSE(report->outcome.complete);
}

TEST_CASE("a length beyond the end is a tail while the file grows, and damage when it has ended") {
  Followed w;
  const std::string lying = header_claiming(1'000'000);
  w.memory.file(w.file, points(0, 1, true) + lying + points(2, 3));
  w.then([] {});
  w.then([] {});
  w.then([&] { w.memory.append(w.file, points(4, 4)); });
  w.then([] {});
  const auto report = w.follow();
  REQUIRE(report.ok());
  Steps steps;
  for (const Steps& look : w.looks) steps.insert(steps.end(), look.begin(), look.end());
  CHECK(w.looks[0] == Steps{0, 1});
  CHECK(steps == Steps{0, 1, 2, 3, 4});
  CHECK(w.problems == std::vector<std::string>{"length"});
}

TEST_CASE("garbage at the end that turns out to be half a record") {
  // The first half of a record may look like anything; only what follows tells.
  const std::string record =
      event_file([](RunBuilder& r) { r.version({}).image("i", 7, std::string(3000, 'z')); });
  Followed w;
  w.memory.file(w.file, points(0, 1, true) + record.substr(0, 2000));
  w.then([] {}).then([] {}).then([] {});
  w.then([&] { w.memory.append(w.file, record.substr(2000) + points(8, 8)); });
  REQUIRE(w.follow().ok());
  CHECK(w.looks.back() == Steps{7, 8});
  CHECK(w.problems.empty());
}

TEST_CASE("zeros set aside at the end, filled later") {
  const std::string start = points(0, 1, true), more = points(2, 3);
  Followed w;
  w.memory.file(w.file, append_nul(start, 4096));
  w.then([] {});
  w.then([&] { w.memory.overwrite(w.file, start.size(), more); });
  w.then([&] { w.memory.append(w.file, std::string(10, '\0')); });
  REQUIRE(w.follow().ok());
  Steps steps;
  for (const Steps& look : w.looks) steps.insert(steps.end(), look.begin(), look.end());
  CHECK(steps == Steps{0, 1, 2, 3});
}

TEST_CASE("selection holds while following") {
  Followed w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {5, 2}}).scalar("y", {{1, 1}}); });
  w.select.tags.push_back(*Pattern::parse("x", Pattern::Scope::kName));
  w.select.first_step = 1;
  w.then([&] { w.memory.file("/logs/a/z.tfevents", points(3, 4, true)); });
  w.then([&] { w.memory.file("/logs/b/z.tfevents", points(0, 1, true)); });
  REQUIRE(w.follow().ok());
  CHECK(w.looks == std::vector<Steps>{{5}, {3, 4}, {1}});
}

TEST_CASE("standard input cannot be followed") {
  Followed w;
  w.select.operands = {"-"};
  const auto report = w.follow();
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().code == ErrorCode::kUsage);
}

TEST_CASE("an operand that does not exist is an error at the start") {
  Followed w;
  w.select.operands = {"/none"};
  CHECK_FALSE(w.follow().ok());
}

TEST_CASE("a stream that breaks ends it") {
  World w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  ops::DumpOptions options;
  options.select = w.selection();
  options.follow = true;
  options.wait = [] { return true; };
  Recorder recorder;
  const auto broken = [](std::string_view) -> Status {
    return Error{.code = ErrorCode::kIo, .message = "broken pipe"};
  };
  const auto report = w.with_context(
      [&](const ops::OpContext& c) { return ops::dump(options, recorder, broken, c); });
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().message == "broken pipe");
}

}  // namespace
}  // namespace tfevents::test
