// How operands become runs and runs get their names: PRODUCT "Runs, views, trials".
#include <algorithm>
#include <cerrno>

#include <doctest/doctest.h>

#include "logdir/run.hpp"
#include "support/fault_sys.hpp"
#include "support/memory_sys.hpp"

namespace tfevents::test {
namespace {

using Lines = std::vector<std::string>;

/// `name (what people read) path: files` of each run; `name` alone where people read the same.
struct Tree {
  MemorySys memory;
  Sys* sys = &memory;
  Selection select;
  unsigned jobs = 1;

  Tree& file(const std::string& path) {
    memory.file(path, "x");
    return *this;
  }
  Tree& run(const std::string& path) { return file(path + "/events.out.tfevents.1.h"); }

  Result<Discovery> find() {
    StopFlag stop;
    return discover(select, *sys, jobs, stop);
  }
  Lines runs(std::vector<std::string> operands = {}) {
    select.operands = std::move(operands);
    const auto found = find();
    REQUIRE_MESSAGE(found.ok(), found.error().message);
    Lines lines;
    for (const Run& run : found->runs) {
      std::string line = run.name;
      if (run.people_name() != run.name) line += " (" + run.people_name() + ")";
      line += " " + run.path + ":";
      for (std::size_t file = 0; file < run.files.size(); ++file)
        line += " " + run.files[file].name;
      lines.push_back(line);
    }
    return lines;
  }
  Lines names(std::vector<std::string> operands = {}) {
    Lines names;
    for (const std::string& line : runs(std::move(operands)))
      names.push_back(line.substr(0, line.find(" /")));
    return names;
  }
  Error error(std::vector<std::string> operands) {
    select.operands = std::move(operands);
    auto found = find();
    REQUIRE_FALSE(found.ok());
    return std::move(found).error();
  }
  Lines problems(std::vector<std::string> operands = {}) {
    select.operands = std::move(operands);
    const auto found = find();
    REQUIRE(found.ok());
    Lines lines;
    for (const Problem& problem : found->problems)
      lines.push_back(std::string(to_string(problem.severity)) + " " + problem.rule + " " +
                      problem.path.value_or("") + (problem.lost_data ? " lost" : ""));
    return lines;
  }
};

TEST_CASE("one operand: names are relative to it, its own is `.`") {
  Tree t;
  t.run("/logs").run("/logs/a").run("/logs/a/b").run("/logs/c.d");
  CHECK(t.runs({"/logs"}) ==
        Lines{". (/logs) /logs: events.out.tfevents.1.h", "a /logs/a: events.out.tfevents.1.h",
              "a/b /logs/a/b: events.out.tfevents.1.h", "c.d /logs/c.d: events.out.tfevents.1.h"});
  CHECK(t.names({"logs"}) ==
        Lines{". (logs) logs: events.out.tfevents.1.h", "a logs/a: events.out.tfevents.1.h",
              "a/b logs/a/b: events.out.tfevents.1.h", "c.d logs/c.d: events.out.tfevents.1.h"});
}

TEST_CASE("an operand that is a run is named as it was given, never `.` alone for people") {
  Tree t;
  t.run("/logs/vit/base");
  CHECK(t.runs({"logs/vit/base"}) ==
        Lines{". (logs/vit/base) logs/vit/base: events.out.tfevents.1.h"});
  CHECK(t.runs({"logs/vit/base/"}).at(0).starts_with(". (logs/vit/base) logs/vit/base"));
  CHECK(t.runs({"/logs/vit/base///"}).at(0).starts_with(". (/logs/vit/base) "));
}

TEST_CASE("paths of files do not double the slash of an operand") {
  Tree t;
  t.run("/logs/a");
  t.select.operands = {"logs/"};
  const auto found = t.find();
  REQUIRE(found.ok());
  CHECK(found->runs.at(0).path_of(0) == "logs/a/events.out.tfevents.1.h");
  CHECK(found->runs.at(0).name == "a");
}

TEST_CASE("`.` and `..` have the name of the directory for people") {
  Tree t;
  t.run("/");
  t.run("/logs");
  CHECK(t.names({"/logs/.."}).at(0).starts_with(". (/logs/..)"));
  CHECK(t.names({"."}) ==
        Lines{". (/) .: events.out.tfevents.1.h", "logs ./logs: events.out.tfevents.1.h"});
}

TEST_CASE("several operands: names begin with the operand as given") {
  Tree t;
  t.run("/one").run("/one/a").run("/two/a").run("/two/b");
  CHECK(t.names({"one", "two/"}) ==
        Lines{"one one: events.out.tfevents.1.h", "one/a one/a: events.out.tfevents.1.h",
              "two/a two/a: events.out.tfevents.1.h", "two/b two/b: events.out.tfevents.1.h"});
  CHECK(t.runs({"/two/b", "/one/a"}) ==
        Lines{"/one/a /one/a: events.out.tfevents.1.h", "/two/b /two/b: events.out.tfevents.1.h"});
}

TEST_CASE("a run that two operands lead to is there once, and nothing is wrong") {
  Tree t;
  t.run("/logs/a").run("/logs/b");
  CHECK(t.runs({"logs", "logs/a"}).size() == 2);
  CHECK(t.runs({"logs/a", "logs"}).size() == 2);
  CHECK(t.runs({"logs", "logs"}).size() == 2);
  CHECK(t.runs({"logs", "/logs", "./logs/"}).size() == 2);
  CHECK(t.problems({"logs", "logs/a"}).empty());
  CHECK(t.problems({"logs", "logs"}).empty());
  t.memory.link("/link", "logs");
  CHECK(t.runs({"logs", "link"}).size() == 2);
}

TEST_CASE("an event file, or any file, as operand") {
  Tree t;
  t.file("/logs/events.out.tfevents.1.h").file("/logs/other.bin");
  CHECK(t.runs({"logs/other.bin"}) == Lines{". (logs/other.bin) logs/other.bin: other.bin"});
  CHECK(t.runs({"logs/events.out.tfevents.1.h", "logs/other.bin"}) ==
        Lines{"logs/events.out.tfevents.1.h logs/events.out.tfevents.1.h: "
              "events.out.tfevents.1.h",
              "logs/other.bin logs/other.bin: other.bin"});
  CHECK(t.runs({"logs/other.bin", "/logs/other.bin"}).size() == 1);
  t.select.operands = {"logs/other.bin"};
  CHECK(t.find()->runs.at(0).path_of(0) == "logs/other.bin");
}

TEST_CASE("standard input is the run `-`, once, beside others") {
  Tree t;
  t.run("/logs/a");
  CHECK(t.runs({"-"}) == Lines{"- -: -"});
  CHECK(t.runs({"-", "-", "logs"}).size() == 2);
  t.memory.file("/-", "x");
  CHECK(t.find()->runs.at(0).standard_input);
  CHECK(t.runs({"./-"}) == Lines{". (./-) ./-: -"});
}

TEST_CASE("without an operand the log directory is read") {
  Tree t;
  t.run("/logs/a");
  t.select.logdir = "/logs";
  CHECK(t.names() == Lines{"a"});
  CHECK(t.find()->operands == Lines{"/logs"});
}

TEST_CASE("what is no path is looked up as a run's name below the log directory") {
  Tree t;
  t.run("/base/vit/seed0").run("/base/vit/seed1").run("/here/vit");
  t.select.logdir = "/base";
  CHECK(t.runs({"vit/seed0"}) == Lines{"vit/seed0 /base/vit/seed0: events.out.tfevents.1.h"});
  CHECK(t.names({"vit"}) == Lines{"vit/seed0", "vit/seed1"});
  CHECK(t.names({"vit/seed1/", "vit/seed0"}) == Lines{"vit/seed0", "vit/seed1"});
  // A path wins.
  t.run("/vit");
  CHECK(t.runs({"vit"}).at(0).starts_with(". (vit) vit:"));
  CHECK(t.error({"/vit/seed0"}).code == ErrorCode::kNotFound);
}

TEST_CASE("what does not exist is an error that names the nearest") {
  Tree t;
  t.run("/logs/baseline").run("/logs/resnet");
  CHECK(t.error({"lgos"}).hint == "did you mean logs?");
  CHECK(t.error({"logs/basline"}).hint == "did you mean logs/baseline?");
  CHECK(t.error({"/logs/resnt"}).hint == "did you mean /logs/resnet?");
  CHECK(t.error({"something/else/entirely"}).hint.empty());
  t.select.logdir = "/logs";
  CHECK(t.error({"resmet"}).hint == "did you mean resnet?");
  const Error error = t.error({"resmet"});
  CHECK(error.code == ErrorCode::kNotFound);
  CHECK(error.path == "resmet");
  CHECK(t.error({"logs", "none"}).path == "none");
}

TEST_CASE("what we make ourselves in a tree is skipped") {
  Tree t;
  t.run("/logs/.tfe-trash/20260101/0").run("/logs/a/.tfe-tmp").run("/logs/a");
  t.file("/logs/a/.tfe-lock.tfevents").file("/logs/.tfe-x.tfevents");
  CHECK(t.runs({"/logs"}) == Lines{"a /logs/a: events.out.tfevents.1.h"});
}

TEST_CASE("hidden directories and odd names are runs like any other") {
  Tree t;
  t.run("/logs/.hidden").run("/logs/--option").run("/logs/new\nline").run("/logs/a b");
  t.run("/logs/\xFF\xFE").run("/logs/\xE2\x80\xAEright").run("/logs/x.tfevents");
  const Lines names = t.names({"/logs"});
  CHECK(names.size() == 7);
  for (const char* name : {".hidden", "--option", "new\nline", "a b", "\xFF\xFE", "x.tfevents"})
    CHECK(std::count(names.begin(), names.end(), name) == 1);
}

TEST_CASE("files in the order of their names as bytes") {
  Tree t;
  for (const char* name : {"b.tfevents", "a.tfevents.10", "a.tfevents.9", "B.tfevents"})
    t.file(std::string("/logs/") + name);
  CHECK(t.runs({"/logs"}) ==
        Lines{". (/logs) /logs: B.tfevents a.tfevents.10 a.tfevents.9 b.tfevents"});
}

TEST_CASE("runs in natural order of their names") {
  Tree t;
  for (const char* name : {"version_10", "version_2", "version_2/sub", "Version_1", "version_02"})
    t.run(std::string("/logs/") + name);
  CHECK(t.names({"/logs"}) ==
        Lines{"Version_1", "version_02", "version_2", "version_2/sub", "version_10"});
}

TEST_CASE("links: followed, each run once, loops met once") {
  Tree t;
  t.run("/logs/b").run("/elsewhere/c");
  t.memory.link("/logs/a", "b").link("/logs/out", "/elsewhere").link("/logs/b/loop", "..");
  t.memory.link("/logs/self", "self").link("/logs/b/gone.tfevents", "nowhere");
  CHECK(t.names({"/logs"}) == Lines{"b", "out/c"});
  // A link as operand is followed, under its own name.
  CHECK(t.names({"/logs/a"}).at(0).starts_with(". (/logs/a)"));
  t.memory.link("/logs/b/linked.tfevents", "/elsewhere/c/events.out.tfevents.1.h");
  CHECK(t.runs({"/logs"}).at(0).ends_with("events.out.tfevents.1.h linked.tfevents"));
}

TEST_CASE("a FIFO, a socket: an error as operand, a note in a tree") {
  Tree t;
  t.run("/logs/a");
  t.memory.special("/logs/a/fifo.tfevents");
  CHECK(t.runs({"/logs"}).at(0).ends_with(": events.out.tfevents.1.h"));
  CHECK(t.problems({"/logs"}) == Lines{"note odd-file /logs/a/fifo.tfevents"});
  CHECK(t.error({"/logs/a/fifo.tfevents"}).code == ErrorCode::kUnsupported);
  // The same where directory entries tell no types.
  t.memory.hide_types();
  CHECK(t.problems({"/logs"}) == Lines{"note odd-file /logs/a/fifo.tfevents"});
  CHECK(t.runs({"/logs"}).size() == 1);
}

TEST_CASE("unreadable: an error as operand, a finding below") {
  Tree t;
  t.run("/logs/a").run("/logs/b").file("/logs/b/z.tfevents");
  FaultSys faulty(t.memory);
  t.sys = &faulty;
  faulty.fail_path("/logs", EACCES);
  CHECK(t.error({"/logs"}).code == ErrorCode::kIo);
  faulty.fail_path("/logs/b", EACCES);
  CHECK(t.names({"/logs"}) == Lines{"a"});
  CHECK(t.problems({"/logs"}) == Lines{"error unreadable /logs/b lost"});
  faulty.fail_path("/logs/b/z.tfevents", EACCES);
  CHECK(t.error({"/logs/b/z.tfevents"}).code == ErrorCode::kIo);
  CHECK(t.names({"/logs"}).size() == 2);
  CHECK(t.problems({"/logs"}) == Lines{"error unreadable /logs/b/z.tfevents lost"});
}

TEST_CASE("-r and -x choose runs by the names that are printed") {
  Tree t;
  t.run("/logs/vit/seed0").run("/logs/vit/seed1").run("/logs/resnet").run("/logs/\xFFx");
  const auto pattern = [](const char* text) {
    return *Pattern::parse(text, Pattern::Scope::kTree);
  };
  t.select.runs = {pattern("vit")};
  CHECK(t.names({"/logs"}) == Lines{"vit/seed0", "vit/seed1"});
  CHECK(t.find()->runs_seen == 4);
  t.select.exclude = {pattern("*/seed1")};
  CHECK(t.names({"/logs"}) == Lines{"vit/seed0"});
  t.select.runs = {pattern("\\xffx")};
  CHECK(t.names({"/logs"}) == Lines{"\xFFx"});
  t.select = {};
  t.select.runs = {pattern("/logs/resnet")};
  CHECK(t.names({"/logs/resnet"}).size() == 1);
  t.select.runs = {pattern(".")};
  CHECK(t.names({"/logs/resnet"}).size() == 1);
}

TEST_CASE("the answer is the same for any number of jobs") {
  Tree t;
  for (int i = 0; i < 200; ++i) t.run("/logs/" + std::to_string(i % 13) + "/" + std::to_string(i));
  const Lines one = t.runs({"/logs"});
  for (const unsigned jobs : {2U, 16U}) {
    t.jobs = jobs;
    CHECK(t.runs({"/logs"}) == one);
  }
  CHECK(one.size() == 200);
}

}  // namespace
}  // namespace tfevents::test
