#include <doctest/doctest.h>

#include "cli/env.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/value_parsers.hpp"
#include "cli_helpers.hpp"

namespace tfevents::cli {
namespace {

TEST_CASE("exit statuses: 2 before 4 before 1 before 3 before 0") {
  constexpr ExitCode kOrder[] = {ExitCode::kBug, ExitCode::kFailed,  ExitCode::kRefused,
                                 ExitCode::kNo,  ExitCode::kPartial, ExitCode::kOk};
  for (std::size_t i = 0; i < std::size(kOrder); ++i) {
    for (std::size_t j = i; j < std::size(kOrder); ++j) {
      CHECK(worse(kOrder[i], kOrder[j]) == kOrder[i]);
      CHECK(worse(kOrder[j], kOrder[i]) == kOrder[i]);
    }
  }
  CHECK(to_int(ExitCode::kOk) == 0);
  CHECK(to_int(ExitCode::kNo) == 1);
  CHECK(to_int(ExitCode::kFailed) == 2);
  CHECK(to_int(ExitCode::kPartial) == 3);
  CHECK(to_int(ExitCode::kRefused) == 4);
  CHECK(to_int(ExitCode::kBug) == 70);
  CHECK(exit_code_of(ErrorCode::kUsage) == ExitCode::kFailed);
  CHECK(exit_code_of(ErrorCode::kInternal) == ExitCode::kBug);
}

TEST_CASE("ranges of steps") {
  CHECK(parse_steps("1:5").value() == StepRange{1, 5});
  CHECK(parse_steps("-5:-1").value() == StepRange{-5, -1});
  CHECK(parse_steps("3:").value() == StepRange{3, {}});
  CHECK(parse_steps(":7").value() == StepRange{{}, 7});
  CHECK(parse_steps("4").value() == StepRange{4, 4});
  CHECK(parse_steps("-9223372036854775808:9223372036854775807").ok());
  for (const char* bad :
       {"", ":", "a:b", "1:2:3", "5:1", "1.5:", "1 :2", "+1:", "9223372036854775808:"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_steps(bad).ok());
  }
}

TEST_CASE("ranges of times") {
  CHECK(parse_wall("@1..@2", 0).value() == WallRange{1.0, 2.0});
  CHECK(parse_wall("10s..", 100).value() == WallRange{90.0, {}});
  CHECK(parse_wall("..@1.5", 0).value() == WallRange{{}, 1.5});
  for (const char* bad : {"", "..", "@1", "@2..@1", "x..y"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_wall(bad, 0).ok());
  }
}

TEST_CASE("colour: flag, NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM, terminal") {
  CHECK(decide_color(When::kAuto, true, {}));
  CHECK_FALSE(decide_color(When::kAuto, false, {}));
  CHECK_FALSE(decide_color(When::kAuto, true, {{"TERM", "dumb"}}));
  CHECK_FALSE(decide_color(When::kAuto, true, {{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}));
  CHECK(decide_color(When::kAuto, true, {{"NO_COLOR", ""}}));
  CHECK(decide_color(When::kAuto, false, {{"CLICOLOR_FORCE", "1"}}));
  CHECK(decide_color(When::kAuto, false, {{"FORCE_COLOR", "3"}, {"TERM", "dumb"}}));
  CHECK_FALSE(decide_color(When::kAuto, false, {{"FORCE_COLOR", "0"}}));
  CHECK(decide_color(When::kAlways, false, {{"NO_COLOR", "1"}}));
  CHECK_FALSE(decide_color(When::kNever, true, {{"FORCE_COLOR", "1"}}));
}

TEST_CASE("width: terminal, COLUMNS, 80") {
  CHECK(decide_width(120, {{"COLUMNS", "60"}}) == 120);
  CHECK(decide_width(0, {{"COLUMNS", "60"}}) == 60);
  CHECK(decide_width(0, {{"COLUMNS", "x"}}) == 80);
  CHECK(decide_width(0, {{"COLUMNS", "0"}}) == 80);
  CHECK(decide_width(0, {}) == 80);
}

TEST_CASE("--now and -j") {
  test::MemorySys sys;
  const StopFlag stop;
  Env env({.processors = 3}, sys, stop);
  GlobalOptions global;
  global.now = TimePoint{"@42.5"};
  CHECK(env.apply(global).ok());
  CHECK(env.now() == 42.5);
  CHECK(env.context().jobs == 3);
  global.jobs = 7;
  CHECK(env.apply(global).ok());
  CHECK(env.context().jobs == 7);
  global.jobs = 5000;
  CHECK_FALSE(env.apply(global).ok());
}

TEST_CASE("progress says what is known") {
  using Numbers = TerminalProgress::Numbers;
  CHECK(TerminalProgress::line(Numbers{.files = 3, .bytes = 1 << 20}) == "3 files · 1.0 MiB");
  CHECK(TerminalProgress::line(Numbers{.files = 3,
                                       .bytes = 1 << 20,
                                       .expected_files = 15,
                                       .expected_bytes = 4 << 20,
                                       .seconds = 2}) ==
        "3 of 15 files · 1.0 MiB of 4.0 MiB · 512 KiB/s");
}

TEST_CASE("progress is silent when it is off, and below half a second") {
  const test::Capture err;
  {
    TerminalProgress progress(err.descriptor());
    progress.expect(1, 1);
    progress.advance(1, 1);
    progress.enable(true);
    progress.advance(1, 1);
    progress.finish();
  }
  CHECK(err.text().empty());
}

}  // namespace
}  // namespace tfevents::cli
