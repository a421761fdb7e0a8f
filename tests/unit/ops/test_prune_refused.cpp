// What prune refuses as a whole, and what it leaves alone since nothing certain is known of it.
#include <sched.h>
#include <sys/mount.h>

#include "support/fault_sys.hpp"
#include "unit/ops/prune_world.hpp"

namespace tfevents::ops {
namespace {

using rewrite::Action;
using test::become_nobody;
using test::condition;
using test::FaultSys;
using test::kDays;
using test::Lines;
using test::PruneWorld;
using test::row_of;
using test::RunBuilder;

/// Two old trials and a young one, all with a metric and a hyperparameter.
void add_two_old(const PruneWorld& w) {
  const auto job = [&](const std::string& name, double age) {
    w.run(name, age, [](RunBuilder& r) {
      test::with_hparams(r, {{"lr", 0.1}});
      r.scalar("val/accuracy", {{0, 1}});
    });
  };
  job("a", 9 * kDays);
  job("b", 9 * kDays);
  job("young", kDays);
}

TEST_CASE("prune: without any rule nothing is planned") {
  PruneWorld w;
  add_two_old(w);
  const Error error = w.refusal();
  CHECK(error.code == ErrorCode::kRefused);
  CHECK(error.message == "no rule says what to remove");
  CHECK(error.hint.find("--older-than 7d") != std::string::npos);
  w.options.by = "parent";
  w.rules().age_by_event = true;
  CHECK(w.refusal().code == ErrorCode::kRefused);
}

TEST_CASE("prune: a keep rule about what no trial has is refused, and what is near is named") {
  PruneWorld w;
  add_two_old(w);
  const auto keep_best = [&](std::string metric) {
    w.options.keep_if.clear();
    w.options.keep_best = {{.count = 1, .metric = std::move(metric)}};
    return w.refusal();
  };
  const auto keep_if = [&](const char* text) {
    w.options.keep_best.clear();
    w.options.keep_if = {condition("last(val/accuracy) > 0"), condition(text)};
    return w.refusal();
  };
  w.rules().older_than_seconds = kDays;  // Whatever else would remove something.
  for (const Error& error :
       {keep_best("val/acuracy"), keep_best("max(val/acuracy)"),
        keep_best("max(val/acuracy) - min(val/acuracy)"), keep_if("last(val/acuracy) > 0.5")}) {
    CAPTURE(error.message);
    CHECK(error.code == ErrorCode::kRefused);
    CHECK(error.message.starts_with("--keep-"));
    CHECK(error.message.find("val/acuracy") != std::string::npos);
    CHECK(error.hint.find("val/accuracy") != std::string::npos);
  }
  const Error name = keep_if("hp.lrr > 0");
  CHECK(name.code == ErrorCode::kRefused);
  CHECK(name.message.starts_with("--keep-if: "));
  CHECK(name.message.find("lrr") != std::string::npos);
  CHECK(name.hint.find("lr") != std::string::npos);
  CHECK(keep_best("last(val/accuracy) > last(val/loss)").code != ErrorCode::kInternal);
  CHECK_FALSE(w.exists(".tfe-trash"));

  // One trial that has it is enough.
  w.metric("c", 9 * kDays, "val/acuracy", 1);
  w.options.keep_best.clear();
  w.options.keep_if = {condition("last(val/acuracy) > 0.5")};
  CHECK(w.removed() == "a b");
}

TEST_CASE("prune: a condition is no metric") {
  PruneWorld w;
  add_two_old(w);
  w.options.keep_best = {{.count = 1, .metric = "max(val/accuracy) > 0"}};
  const Error error = w.refusal();
  CHECK(error.code == ErrorCode::kUsage);
}

TEST_CASE("prune: operands that nobody can mean") {
  PruneWorld w;
  add_two_old(w);
  w.rules().older_than_seconds = 7 * kDays;
  const auto code_of = [&](std::string operand) {
    w.options.operand = std::move(operand);
    return w.refusal().code;
  };
  SUBCASE("a link, however it is written") {
    w.dir.make_link("link", w.operand);
    for (const char* name : {"link", "link/", "link//"}) {
      CAPTURE(name);
      CHECK(code_of(w.dir / name) == ErrorCode::kRefused);
      CHECK(w.refusal().message.find("symbolic link") != std::string::npos);
      CHECK(w.refusal().hint.find(w.operand) != std::string::npos);
    }
  }
  SUBCASE("the whole file system") {
    for (const char* name : {"/", "//", "/.", "/tmp/.."}) {
      CAPTURE(name);
      CHECK(code_of(name) == ErrorCode::kRefused);
      CHECK_FALSE(w.refusal().hint.empty());
    }
  }
  SUBCASE("home") {
    w.dir.make_link("home", w.operand);
    for (const std::string& home : {w.operand, w.operand + "/", w.dir / "home"}) {
      w.options.home = home;
      CHECK(code_of(w.operand + "/") == ErrorCode::kRefused);
      CHECK(w.refusal().message == "is a home directory");
      CHECK_FALSE(w.refusal().hint.empty());
    }
    w.options.home = w.dir.path();
    CHECK(w.removed() == "a b");
    w.options.home = w.dir / "nowhere";
    CHECK(w.removed() == "a b");
  }
  SUBCASE("nothing to be found") {
    CHECK(code_of(w.dir.make_directory("empty")) == ErrorCode::kRefused);
    CHECK(w.refusal().message == "no run lies below it");
    CHECK_FALSE(w.refusal().hint.empty());
    CHECK(code_of(w.dir / "nowhere") == ErrorCode::kNotFound);
    CHECK(code_of(w.dir.write("file", "x")) == ErrorCode::kUsage);
    CHECK(code_of(w.at(w.event_file_of("a"))) == ErrorCode::kUsage);
    CHECK(code_of(w.dir.make_fifo("fifo")) == ErrorCode::kUsage);
  }
  SUBCASE("slashes at the end are none of it") {
    w.options.operand = w.operand + "//";
    CHECK(w.plan().operand == w.operand);
    CHECK(w.removed() == "a b");
  }
}

TEST_CASE("prune: a stop ends the planning") {
  PruneWorld w;
  add_two_old(w);
  w.rules().older_than_seconds = 7 * kDays;
  w.stop->request();
  CHECK(w.refusal().code == ErrorCode::kCancelled);
}

TEST_CASE("prune: what cannot be read is unknown, named, and stays") {
  PruneWorld w;
  add_two_old(w);
  w.run("file", 9 * kDays);
  w.run("file", 10 * kDays, [](RunBuilder& r) { r.scalar("more", {{0, 1}}); });
  w.run("directory", 9 * kDays);
  w.file("directory/inside/notes", "x", 9 * kDays);
  w.run("elsewhere/inside/run", 9 * kDays);
  w.run("unlisted", 9 * kDays);
  w.run("unlisted/sub", 9 * kDays);
  w.rules().older_than_seconds = 7 * kDays;
  w.options.proc = "/nonexistent";  // Of another user nothing is visible anyway.
  REQUIRE(::chmod(w.dir.path().c_str(), 0755) == 0);
  REQUIRE(::chmod(w.at(w.event_file_of("file")).c_str(), 0) == 0);
  REQUIRE(::chmod(w.at("directory/inside").c_str(), 0) == 0);
  REQUIRE(::chmod(w.at("elsewhere/inside").c_str(), 0) == 0);
  REQUIRE(::chmod(w.at("unlisted/sub").c_str(), 0644) == 0);
  const std::string said = test::in_child([&]() -> std::string {
    if (!become_nobody()) return "cannot give up root";
    const auto report = w.try_plan();
    if (!report.ok()) return report.error().message;
    std::string text = report->outcome.complete ? "complete\n" : "incomplete\n";
    for (const std::string& line : PruneWorld::lines_of(*report)) text += line + "\n";
    for (const Problem& problem : report->outcome.problems)
      text += problem.rule + " " + problem.path.value_or("") + "\n";
    return text;
  });
  REQUIRE(::chmod(w.at("directory/inside").c_str(), 0755) == 0);
  REQUIRE(::chmod(w.at("elsewhere/inside").c_str(), 0755) == 0);
  REQUIRE(::chmod(w.at("unlisted/sub").c_str(), 0755) == 0);
  CAPTURE(said);
  const auto has = [&](const std::string& text) { return said.find(text) != std::string::npos; };
  CHECK(has("incomplete\n"));
  CHECK(has("a remove: older-than\n"));
  CHECK(has("file skip: trouble=" + w.at(w.event_file_of("file")) + ": permission denied\n"));
  CHECK(has("directory skip: trouble=" + w.at("directory/inside") +
            ": directory not read: permission denied\n"));
  CHECK(has("unlisted skip: trouble=" + w.at("unlisted/sub")));
  CHECK(has("unreadable " + w.at("elsewhere/inside") + "\n"));
  CHECK_FALSE(has("died"));
}

TEST_CASE("prune: what cannot be read is not forgotten behind a thousand other problems") {
  PruneWorld w;
  add_two_old(w);
  for (int i = 0; i < 11; ++i) {
    w.run("bad" + std::to_string(i), 9 * kDays, [](RunBuilder& r) {
      r.scalar("loss", {{0, 1}, {1, 1}});
      for (int record = 0; record < 120; ++record) r.raw("\xff");
    });
  }
  w.run("z", 9 * kDays);
  w.rules().older_than_seconds = 7 * kDays;
  w.options.proc = "/nonexistent";
  REQUIRE(::chmod(w.dir.path().c_str(), 0755) == 0);
  REQUIRE(::chmod(w.at(w.event_file_of("z")).c_str(), 0) == 0);
  const std::string said = test::in_child([&]() -> std::string {
    if (!become_nobody()) return "cannot give up root";
    const auto report = w.try_plan();
    if (!report.ok()) return report.error().message;
    if (report->outcome.more_problems == 0) return "all problems were told";
    return PruneWorld::lines_of(*report).back() + "\n" + PruneWorld::lines_of(*report)[2];
  });
  CHECK(said == "z skip: trouble=" + w.at(w.event_file_of("z")) +
                    ": permission denied\nbad0 remove: older-than");
}

TEST_CASE("prune: links are not gone through") {
  PruneWorld w;
  add_two_old(w);
  w.rules().older_than_seconds = 7 * kDays;
  w.dir.write("outside/run/" + std::filesystem::path(w.event_file_of("a")).filename().string(),
              w.read(w.event_file_of("a")));
  SUBCASE("a run behind a link") {
    w.dir.make_link("runs/link", w.dir / "outside");
    w.rules().age_by_event = true;
    REQUIRE(::utimensat(AT_FDCWD,
                        (w.dir / "outside/run/" +
                         std::filesystem::path(w.event_file_of("a")).filename().string())
                            .c_str(),
                        nullptr, 0) == 0);
    const timespec old[2] = {{.tv_sec = 1000000, .tv_nsec = 0}, {.tv_sec = 1000000, .tv_nsec = 0}};
    for (const auto& entry : std::filesystem::directory_iterator(w.dir / "outside/run"))
      REQUIRE(::utimensat(AT_FDCWD, entry.path().c_str(), old, 0) == 0);
    for (const auto what : {rewrite::What::kEvents, rewrite::What::kDirectory}) {
      w.options.what = what;
      CHECK(w.lines() == Lines{"a remove: older-than", "b remove: older-than",
                               "link/run skip: trouble=link/run is a symbolic link",
                               "young keep: not-nominated"});
    }
  }
  SUBCASE("an event file that is a link") {
    w.run("c", 9 * kDays);
    const std::string name = w.event_file_of("a") + ".2";
    w.dir.make_link("runs/" + name, w.at(w.event_file_of("c")));
    CHECK(w.lines()[0] == "a skip: trouble=" + name + " is a symbolic link");
    REQUIRE(::unlink(w.at(name).c_str()) == 0);
    w.dir.make_link("runs/" + name, "nowhere");
    CHECK(w.lines()[0] == "a skip: trouble=" + name + " is a symbolic link");
  }
  SUBCASE("a directory below a run that is a link") {
    w.dir.make_link("runs/a/checkpoints", w.dir / "outside");
    w.rules().age_by_event = true;
    CHECK(w.removed() == "b");  // The run behind it stays, and so does what lies above.
    REQUIRE(std::filesystem::remove_all(w.dir / "outside/run") > 0);
    w.dir.write("outside/notes", "theirs");
    w.options.what = rewrite::What::kDirectory;
    w.rules().age_by_event = false;
    w.touch("a/checkpoints", 9 * kDays);
    w.prune();
    CHECK_FALSE(w.exists("a"));
    CHECK(w.dir.read("outside/notes") == "theirs");
    CHECK(w.restore().empty());
    CHECK(w.exists("a/checkpoints"));
  }
}

TEST_CASE("prune: mounts are not crossed") {
  PruneWorld w;
  add_two_old(w);
  w.rules().older_than_seconds = 7 * kDays;
  w.options.proc = "/nonexistent";
  w.dir.make_directory("runs/a/mounted");
  w.dir.make_directory("runs/b/sub");
  w.touch("a/mounted", 9 * kDays);
  w.run("kept", 9 * kDays);
  const std::string said = test::in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", w.at("a/mounted").c_str(), "tmpfs", 0, nullptr) != 0 ||
        ::mount("none", w.at("b/sub").c_str(), "tmpfs", 0, nullptr) != 0)
      return "not permitted";
    w.file("a/mounted/notes", "x", 9 * kDays);
    w.run("b/sub", 9 * kDays);
    std::string text;
    for (const auto what : {rewrite::What::kEvents, rewrite::What::kDirectory}) {
      w.options.what = what;
      const auto report = w.try_plan();
      if (!report.ok()) return report.error().message;
      for (const std::string& line : PruneWorld::lines_of(*report)) text += line + "\n";
      for (const std::string& warning : report->warnings) text += "warning " + warning + "\n";
      if (report->outcome.complete) text += "complete\n";
    }
    return text;
  });
  if (said == "not permitted") {
    MESSAGE("skipped: mounts are not permitted here");
    return;
  }
  const std::string below =
      "b keep: below=b/sub\nb/sub skip: trouble=b/sub lies on another device\n"
      "kept remove: older-than\nyoung keep: not-nominated\n";
  CHECK(said == "a remove: older-than\n" + below + "warning " + w.at("a/mounted") +
                    ": lies on another device: what is in it is not counted, and stays\n" +
                    "a skip: trouble=a/mounted lies on another device\n" + below);
}

TEST_CASE("prune: a tree that changes at any moment of the planning") {
  struct Change {
    const char* said;
    std::function<void(const PruneWorld&, const std::string& file)> make;
  };
  const std::vector<Change> changes = {
      {"changed while it was read",
       [](const PruneWorld& w, const std::string& file) {
         w.dir.append("runs/" + file, std::string("\0\0", 2));
         w.touch(file, 9 * kDays);
       }},
      {"has only just appeared",
       [](const PruneWorld& w, const std::string& file) { w.file(file + ".2", "", 9 * kDays); }},
      {"has vanished",
       [](const PruneWorld& w, const std::string& file) {
         REQUIRE(::rename(w.at(file).c_str(), (w.dir / "moved").c_str()) == 0);
       }},
      {"is a symbolic link",
       [](const PruneWorld& w, const std::string& file) {
         REQUIRE(::rename(w.at(file).c_str(), (w.dir / "moved").c_str()) == 0);
         w.dir.make_link("runs/" + file, w.dir / "moved");
       }},
      {"is a symbolic link", [](const PruneWorld& w, const std::string&) {
         REQUIRE(::rename(w.at("a").c_str(), (w.dir / "away").c_str()) == 0);
         w.dir.make_link("runs/a", w.dir / "away");
       }}};
  // Of a run that is bare everything is known before it is read, and only moving it looks again.
  bool bare = false;
  SUBCASE("a run with plugin data") {}
  SUBCASE("a run with event files alone") {
    bare = true;
  }
  for (const Change& change : changes) {
    CAPTURE(change.said);
    bool seen = bare;
    for (std::uint64_t n = 0;; ++n) {
      CAPTURE(n);
      PruneWorld w;
      add_two_old(w);
      w.rules().older_than_seconds = 7 * kDays;
      if (!bare) w.file("a/plugins/profile/x", "p", 9 * kDays);
      const std::string file = w.event_file_of("a");
      FaultSys sys(real_sys());
      sys.act_at(n, [&] { change.make(w, file); });
      auto planned = w.try_plan(sys);
      if (!sys.fired()) break;
      REQUIRE_MESSAGE(planned.ok(), planned.error().message);
      PruneReport& report = *planned;
      CHECK(row_of(report, "b").decision.action == Action::kRemove);
      for (const PruneRow& row : report.rows) {
        if (row.trial == "a")
          seen = seen || row.decision.reasons[0].text.find(change.said) != std::string::npos;
      }
      CHECK(w.apply(report).ok());
      CHECK_FALSE(w.exists("b"));
      // Only what was looked at as it is now has gone, and all of it.
      const auto trashed = test::objects(w);
      if (report.rows[0].trial == "a" && report.rows[0].result == PruneResult::kTrashed) {
        CHECK_FALSE(w.exists("a"));
        CHECK(trashed.size() == 1 + report.rows[0].files.size());
        if (w.dir.exists("moved")) FAIL("trashed what had moved away");
      } else {
        CHECK(trashed.size() == 1);
        CHECK((w.exists(file) || w.dir.exists("moved")));
      }
    }
    CHECK(seen);
  }
}

}  // namespace
}  // namespace tfevents::ops
