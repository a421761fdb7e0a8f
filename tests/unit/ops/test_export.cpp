// Points on their way out: sorted, side by side, one series alone.
#include <cmath>
#include <limits>

#include <unistd.h>

#include "support/fault_sys.hpp"
#include "unit/ops/export_world.hpp"

namespace tfevents::test {
namespace {

TEST_CASE("scalars of all runs in natural order, of a run in the order of its records") {
  ExportWorld w;
  w.run("r10", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  w.run("r2", [](RunBuilder& r) {
    r.event(3, [](SummaryBuilder& s) { s.scalar("b", 0.1F).text("t", "words").scalar("a", 2); });
    r.histogram("h", 4).image("i", 4).scalar("b", {{9, 4}});
  });
  CHECK(w.text() == "#\nr2 b 3 0.1\nr2 a 3 2\nr2 b 9 4\nr10 x 0 1\n");
}

TEST_CASE("the clean view drops what a restart repeats, the raw one keeps it") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}, {2, 3}}).next_file().scalar("x", {{1, 20}, {1, 21}, {2, 30}});
  });
  CHECK(w.text() == "#\nr x 0 1\nr x 1 21\nr x 2 30\n");
  w.select.view = View::kRaw;
  CHECK(w.text() == "#\nr x 0 1\nr x 1 2\nr x 2 3\nr x 1 20\nr x 1 21\nr x 2 30\n");
  w.select.last = 1;
  CHECK(w.text() == "#\nr x 2 30\n");
}

TEST_CASE("integers are exact, and so are the ends of all types") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.number("i", INT64_MIN, Scalar::of(INT64_MAX)).number("i", INT64_MAX, Scalar::of(INT64_MIN));
    r.number("u", 0, Scalar::of(UINT64_MAX)).number("d", 1, Scalar::of(5e-324));
    r.scalar("f", {{0, std::numeric_limits<float>::quiet_NaN()}, {1, -INFINITY}, {2, -0.0F}});
  });
  const std::string lines =
      "r i -9223372036854775808 9223372036854775807\nr i 9223372036854775807 "
      "-9223372036854775808\nr u 0 18446744073709551615\nr d 1 5e-324\nr f 0 nan\nr f 1 -inf\n"
      "r f 2 -0\n";
  CHECK(w.text() == "#\n" + lines);
  w.options.wide = true;
  CHECK(w.text() ==
        "# d f i u\nr -9223372036854775808 - - 9223372036854775807 -\nr 0 - nan - "
        "18446744073709551615\nr 1 5e-324 -inf - -\nr 2 - -0 - -\nr 9223372036854775807 - - "
        "-9223372036854775808 -\n");
}

TEST_CASE("--sort: by its keys in their order, equal points as they were written") {
  ExportWorld w;
  w.select.view = View::kRaw;
  w.run("r", [](RunBuilder& r) {
    r.scalar("v10", {{1, 1}, {0, 2}}).scalar("v2", {{1, 3}, {0, 4}, {1, 5}});
  });
  w.run("s", [](RunBuilder& r) { r.scalar("a", {{0, 6}}); });
  w.options.sort = {{Field::kTag}};
  CHECK(w.text() == "#\nr v2 1 3\nr v2 0 4\nr v2 1 5\nr v10 1 1\nr v10 0 2\ns a 0 6\n");
  w.options.sort = {{Field::kTag, true}, {Field::kStep}};
  CHECK(w.text() == "#\nr v10 0 2\nr v10 1 1\nr v2 0 4\nr v2 1 3\nr v2 1 5\ns a 0 6\n");
  w.options.sort = {{Field::kStep, true}};
  CHECK(w.text() == "#\nr v10 1 1\nr v2 1 3\nr v2 1 5\nr v10 0 2\nr v2 0 4\ns a 0 6\n");
  w.options.sort = {{Field::kWallTime, true}};
  CHECK(w.text() == "#\nr v2 1 5\nr v2 0 4\nr v2 1 3\nr v10 0 2\nr v10 1 1\ns a 0 6\n");
}

TEST_CASE("--sort wall: NaN is the greatest") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    r.at(nan).scalar("x", {{0, 1}}).at(50).scalar("x", {{1, 2}});
    r.at(nan).scalar("x", {{2, 3}}).at(20).scalar("x", {{3, 4}});
  });
  w.options.sort = {{Field::kWallTime}};
  CHECK(w.text() == "#\nr x 3 4\nr x 1 2\nr x 0 1\nr x 2 3\n");
}

TEST_CASE("--wide: a row a step, a column for each tag of the selection") {
  ExportWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("v10", {{0, 1}, {2, 2}}).scalar("v2", {{0, 3}, {1, 4}}).text("t", 1, "no column");
  });
  w.run("b", [](RunBuilder& r) { r.scalar("other", {{7, 5}}); });
  w.run("c", [](RunBuilder& r) { r.histogram("h", 1); });
  w.options.wide = true;
  CHECK(w.text() == "# other v2 v10\na 0 - 3 1\na 1 - 4 -\na 2 - - 2\nb 7 5 - -\n");
  w.select.runs = {Pattern::parse("a", Pattern::Scope::kTree).value()};
  CHECK(w.text() == "# v2 v10\na 0 3 1\na 1 4 -\na 2 - 2\n");
}

TEST_CASE("--wide: of several points of a step the last is shown, and the others are counted") {
  ExportWorld w;
  w.run("r", [](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}})
        .next_file()
        .scalar("x", {{0, 10}, {0, 11}})
        .scalar("y", {{0, 5}});
  });
  w.options.wide = true;
  w.select.view = View::kRaw;
  const Exported raw = w.exported();
  CHECK(raw.text == "# x y\nr 0 11 5\nr 1 2 -\n");
  CHECK(raw.report->overridden == 2);
  w.select.view = View::kClean;
  const Exported clean = w.exported();
  CHECK(clean.text == "# x y\nr 0 11 5\n");
  CHECK(clean.report->overridden == 0);
}

TEST_CASE("a tag that comes while a wide table is written has a column, or is counted") {
  bool seen_late = false, seen_in_time = false;
  for (std::uint64_t n = 0;; ++n) {
    ExportWorld w;
    w.run("r", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {1, 2}}); });
    w.run("s", [](RunBuilder& r) { r.scalar("x", {{5, 7}}); });
    FaultSys sys(w.memory);
    const auto grow = [&] {
      LogdirBuilder()
          .run("s",
               [](RunBuilder& r) {
                 r.scalar("x", {{5, 7}}).scalar("new", {{6, 8}});
               })
          .write(w.memory, "/logs");
    };
    sys.act_at(n, grow);
    w.sys = &sys;
    w.options.wide = true;
    const Exported all = w.exported();
    REQUIRE(all.report.ok());
    if (!sys.fired()) break;
    CAPTURE(n);
    const bool column = all.text.find("new") != std::string::npos;
    const bool value = all.text.find(" 8") != std::string::npos;
    CHECK((!value || column));
    if (all.report->late > 0) {
      CHECK_FALSE(column);
      seen_late = true;
    }
    seen_in_time = seen_in_time || value;
  }
  CHECK(seen_late);
  CHECK(seen_in_time);
}

TEST_CASE("one series: told apart by run and tag, and named where there are more") {
  ExportWorld w;
  w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}).text("t", 0, "no scalar"); });
  w.options.one_series = true;
  CHECK(w.text() == "#\na x 0 1\n");
  w.run("b", [](RunBuilder& r) {
    r.scalar("x\n", {{0, 1}}).scalar("y", {{0, 1}});
    for (int i = 0; i < 9; ++i) r.scalar("z" + std::to_string(i), {{0, 1}});
  });
  const Exported all = w.exported();
  REQUIRE_FALSE(all.report.ok());
  CHECK(all.text.empty());
  CHECK(all.report.error().code == ErrorCode::kUsage);
  CHECK(all.report.error().message ==
        "the format has room for one series, and the selection has 12: a x, b x\\n, b y, b z0, b "
        "z1, …");
  w.select.tags = {Pattern::parse("z8", Pattern::Scope::kName).value()};
  CHECK(w.text() == "#\nb z8 0 1\n");
  w.select.tags = {Pattern::parse("none", Pattern::Scope::kName).value()};
  const Exported none = w.exported();
  CHECK(none.text == "#\n");
  CHECK(none.outcome().matched_nothing);
}

TEST_CASE("runs that activity filters leave out have neither columns nor series") {
  ExportWorld w;
  w.run("old", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
  w.run("new", [](RunBuilder& r) { r.at(RunBuilder::kStart + 86000).scalar("y", {{0, 2}}); });
  w.select.active_since = RunBuilder::kStart + 80000;
  w.options.wide = true;
  CHECK(w.text() == "# y\nnew 0 2\n");
  w.options.wide = false;
  w.options.one_series = true;
  CHECK(w.text() == "#\nnew y 0 2\n");
}

TEST_CASE("damage is skipped and said, the end of a live file is not") {
  for (const int shape : {0, 1, 2}) {
    CAPTURE(shape);
    ExportWorld w;
    w.options.wide = shape == 1;
    if (shape == 2) w.options.sort = {{Field::kTag}};
    w.run("live", [](RunBuilder& r) { r.scalar("x", {{0, 1}, {1, 2}}).truncate_last(5); });
    const Exported whole = w.exported();
    CHECK(whole.text.find("live 0 ") + whole.text.find("live x 0 ") != std::string::npos);
    CHECK(whole.outcome().complete);
    w.run("bad", [](RunBuilder& r) {
      r.scalar("x", {{0, 1}});
      r.damage([](std::string f) { return flip_byte(std::move(f), f.size() - 6); });
      r.scalar("x", {{1, 2}});
    });
    const Exported damaged = w.exported();
    CHECK_FALSE(damaged.outcome().complete);
    CHECK(has_rule(damaged.outcome().problems, "data-crc"));
    CHECK(damaged.text.find(shape == 1 ? "bad 1 2" : "bad x 1 2") != std::string::npos);
    CHECK(damaged.text.find(shape == 1 ? "bad 0" : "bad x 0") == std::string::npos);
  }
}

TEST_CASE("a stream that breaks at any write stops every shape with its error") {
  for (const int shape : {0, 1, 2}) {
    ExportWorld w;
    plant(w, 11);
    w.options.wide = shape == 1;
    if (shape == 2) w.options.sort = {{Field::kStep}};
    w.options.select = w.selection();
    w.options.select.kinds = {"scalars"};
    for (const unsigned jobs : {1U, 4U}) {
      w.jobs = jobs;
      for (int at = 0;; ++at) {
        PlainFormat format;
        int writes = 0;
        const auto broken = [&](std::string_view) -> Status {
          CHECK(writes <= at);
          if (writes++ == at) return Error{.code = ErrorCode::kIo, .message = "disk full"};
          return ok_status();
        };
        const auto report = w.with_context([&](const ops::OpContext& c) {
          return ops::export_points(w.options, format, broken, c);
        });
        if (writes <= at) {
          CHECK(report.ok());
          CHECK(at > 3);
          break;
        }
        REQUIRE_FALSE(report.ok());
        CHECK(report.error().message == "disk full");
      }
    }
  }
}

TEST_CASE("standard input is read in several goes, also from a pipe") {
  const std::string file = event_file([](RunBuilder& r) {
    r.scalar("x", {{0, 1}, {1, 2}, {1, 3}}).scalar("y", {{1, 5}});
  });
  for (const bool wide : {true, false}) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    REQUIRE(write(ends[1], file.data(), file.size()) == static_cast<ssize_t>(file.size()));
    close(ends[1]);
    ExportWorld w;
    w.select.operands = {"-"};
    w.standard_input = ends[0];
    w.options.wide = wide;
    w.options.one_series = !wide;
    if (!wide) w.select.tags = {Pattern::parse("x", Pattern::Scope::kName).value()};
    CHECK(w.text() == (wide ? "# x y\n- 0 1 -\n- 1 3 5\n" : "#\n- x 0 1\n- x 1 3\n"));
    close(ends[0]);
  }
}

TEST_CASE("what the system refuses at any call is an error, or said in the answer") {
  for (const bool wide : {false, true}) {
    for (std::uint64_t n = 0;; ++n) {
      CAPTURE(n);
      ExportWorld w;
      w.run("a", [](RunBuilder& r) { r.scalar("x", {{0, 1}}); });
      w.run("b", [](RunBuilder& r) { r.scalar("x", {{0, 2}}); });
      FaultSys sys(w.memory);
      sys.fail_at(n, EIO);
      w.sys = &sys;
      w.options.wide = wide;
      const Exported all = w.exported();
      const bool whole = all.text == (wide ? "# x\na 0 1\nb 0 2\n" : "#\na x 0 1\nb x 0 2\n");
      if (!sys.fired()) {
        CHECK(whole);
        break;
      }
      CHECK((!all.report.ok() || whole || !all.outcome().complete || all.report->late > 0));
    }
  }
}

}  // namespace
}  // namespace tfevents::test
