// Rules of lint about values that no writer of ours makes: events by their bytes.
#include <functional>
#include <optional>
#include <string>

#include "event/encode.hpp"
#include "support/deflated.hpp"
#include "unit/ops/lint_world.hpp"

namespace tfevents::test {
namespace {

using wire::Encoder;

// Field numbers of tensorboard/compat/proto/{event,summary,tensor,histogram}.proto.
struct LintedValue {
  std::string bytes;

  LintedValue& tag(std::string_view name) { return text(1, name); }
  LintedValue& node_name(std::string_view name) { return text(7, name); }
  LintedValue& simple(float number) {
    Encoder(bytes).fixed(2, number);
    return *this;
  }
  LintedValue& metadata(std::string_view plugin, std::uint64_t data_class = 0,
                        std::string_view content = "") {
    Encoder(bytes).message(9, [&] {
      Encoder(bytes).message(1, [&] { Encoder(bytes).text(1, plugin).text(2, content); });
      if (data_class != 0) Encoder(bytes).varint(4, data_class);
    });
    return *this;
  }
  // Of float32, `count` numbers in one dimension; 0: of rank 0 and no number.
  LintedValue& tensor(std::uint64_t count) {
    Encoder(bytes).message(8, [&] {
      Encoder(bytes).varint(1, std::uint64_t{1});
      if (count == 0) return;
      Encoder(bytes).message(
          2, [&] { Encoder(bytes).message(2, [&] { Encoder(bytes).varint(1, count); }); });
      for (std::uint64_t i = 0; i < count; ++i) Encoder(bytes).fixed(5, 1.0F);
    });
    return *this;
  }
  LintedValue& histogram(int limits, int counts) {
    Encoder(bytes).message(5, [&] {
      Encoder(bytes).fixed(3, double(counts));
      for (int i = 0; i < limits; ++i) Encoder(bytes).fixed(6, double(i));
      for (int i = 0; i < counts; ++i) Encoder(bytes).fixed(7, 1.0);
    });
    return *this;
  }
  LintedValue& text(std::uint32_t field, std::string_view content) {
    Encoder(bytes).bytes(field, content);
    return *this;
  }
};

std::string event(std::int64_t step, const LintedValue& value) {
  std::string bytes;
  Encoder(bytes).fixed(1, RunBuilder::kStart + static_cast<double>(step));
  Encoder(bytes).varint(2, step);
  Encoder(bytes).message(5, [&] { Encoder(bytes).bytes(1, value.bytes); });
  return bytes;
}

Lines lint_of(const std::vector<LintedValue>& values) {
  LintWorld w;
  w.run("a", [&](RunBuilder& r) {
    r.scalar("ordinary", {{0, 1}});
    for (std::size_t i = 0; i < values.size(); ++i)
      r.raw(event(static_cast<std::int64_t>(i), values[i]));
  });
  return w.lines();
}

TEST_CASE("plugins: known, unknown, with a class, changing, none") {
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("mine")}) ==
        Lines{"warn unknown-plugin x@0"});
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("tensor")}) ==
        Lines{"warn unknown-plugin x@0"});
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("mine", 2)}) == Lines{});
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("pr_curves")}) == Lines{});
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("")}) == Lines{"warn no-metadata x@0"});
  CHECK(lint_of({LintedValue().tag("x").tensor(2)}) == Lines{"warn no-metadata x@0"});
  CHECK(lint_of({LintedValue().tag("x").tensor(2),
                 LintedValue().tag("x").tensor(2).metadata("pr_curves")}) ==
        Lines{"warn late-metadata x@0"});
  CHECK(lint_of({LintedValue().tag("x").simple(1).metadata("scalars"),
                 LintedValue().tag("x").simple(1).metadata("images")}) ==
        Lines{"warn plugin-conflict x@1", "note plugin-ignored x@1"});
  CHECK(lint_of({LintedValue().tag("x").simple(1).metadata("text")}) ==
        Lines{"note plugin-ignored x@0"});
  CHECK(lint_of({LintedValue().tag("x").simple(1).metadata("scalars")}) == Lines{});
}

TEST_CASE("values that hold nothing, or no single number") {
  CHECK(lint_of({LintedValue().tag("x").metadata("text")}) == Lines{"warn no-value x"});
  CHECK(lint_of({LintedValue().tag("x").tensor(0).metadata("scalars")}) ==
        Lines{"warn not-a-scalar x"});
  CHECK(lint_of({LintedValue().tag("x").tensor(2).metadata("scalars")}) ==
        Lines{"warn not-a-scalar x"});
  CHECK(lint_of({LintedValue().tag("x").tensor(1).metadata("scalars")}) ==
        Lines{"warn scalar-shape x@0"});
}

TEST_CASE("values without a tag") {
  CHECK(lint_of({LintedValue().node_name("x").simple(1)}) == Lines{"warn no-tag x@0"});
  CHECK(lint_of({LintedValue().tag("").node_name("x").simple(1)}) == Lines{"warn no-tag x@0"});
  CHECK(lint_of({LintedValue().simple(1)}) == Lines{"warn no-tag @0"});
  CHECK(lint_of({LintedValue().node_name("x").tag("x").simple(1)}) == Lines{});
}

TEST_CASE("histograms whose limits and counts differ in number") {
  CHECK(lint_of({LintedValue().tag("h").histogram(3, 3), LintedValue().tag("h").histogram(2, 3),
                 LintedValue().tag("h").histogram(3, 2)}) == Lines{"warn histogram-limits h@1"});
  CHECK(lint_of({LintedValue().tag("h").histogram(0, 0)}) == Lines{});
}

TEST_CASE("sessions of hyperparameters: without an end, and twice") {
  const auto start = [](std::string_view content) {
    return LintedValue().tag("_hparams_/session_start_info").metadata("hparams", 0, content);
  };
  const LintedValue end =
      LintedValue().tag("_hparams_/session_end_info").metadata("hparams", 0, "\x22\0");
  CHECK(lint_of({start("\x1a\0"), end}) == Lines{});
  CHECK(lint_of({start("\x1a\0")}) == Lines{"note no-session-end _hparams_/session_start_info"});
  const Lines twice = lint_of({start("a"), start("b"), end});
  CHECK(std::count(twice.begin(), twice.end(),
                   "note repeated-hparams _hparams_/session_start_info") == 1);
}

TEST_CASE("run metadata under the tag of a scalar are of another kind") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    std::string bytes;
    Encoder(bytes).fixed(1, RunBuilder::kStart);
    Encoder(bytes).message(8, [&] { Encoder(bytes).text(1, "x").text(2, "metadata"); });
    r.scalar("x", {{0, 1}}).raw(bytes);
  });
  CHECK(w.lines() == Lines{"warn mixed-kinds x"});
}

TEST_CASE("compressed files are read here, and nowhere else") {
  LintWorld w;
  const std::string file = event_file([](RunBuilder& r) { r.scalar("x", {{1, 1}, {2, 1}}); });
  w.memory.file("/logs/a/events.out.tfevents.1.h", gzipped(file));
  const ops::LintReport report = w.lint();
  CHECK(LintWorld::lines_of(report.rows) == Lines{"warn compressed"});
  CHECK(report.points == 2);
}

TEST_CASE("more series than are wanted: the others are left out, and that is said") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    for (int i = 0; i < 20; ++i) r.scalar("t" + std::to_string(i), {{0, 1}, {0, 1}});
  });
  w.select.max_series = 5;
  const ops::LintReport report = w.lint();
  CHECK(report.series == 5);
  CHECK(report.rows.size() == 5);
  CHECK_FALSE(report.outcome.complete);
}

}  // namespace
}  // namespace tfevents::test
