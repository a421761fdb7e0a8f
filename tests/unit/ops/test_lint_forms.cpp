// What TensorBoard hides or alters: each rule on the smallest run that has it, and on a twin
// without.
#include <limits>

#include "unit/ops/lint_world.hpp"

namespace tfevents::test {
namespace {

Lines lint_of(const std::function<void(RunBuilder&)>& fill) {
  LintWorld w;
  w.run("a", fill);
  return w.lines();
}

TEST_CASE("scalars of every type and shape") {
  const auto number = [](const Scalar& value, const Shape& shape = {}) {
    return lint_of([&](RunBuilder& r) {
      r.metadata(MetadataPolicy::kAlways);
      r.number("x", 3, value, ScalarForm::kTensorContent, shape);
    });
  };
  CHECK(number(Scalar::of(1.0F)) == Lines{});
  CHECK(number(Scalar::of(1.0F), {1}) == Lines{"warn scalar-shape x@3"});
  CHECK(number(Scalar::of(1.0F), {1, 1}) == Lines{"warn scalar-shape x@3"});
  CHECK(number(Scalar::of(1.0)) == Lines{"warn scalar-dtype x@3"});
  CHECK(number(Scalar::of(std::int64_t{1})) == Lines{"warn scalar-dtype x@3"});
  CHECK(number(Scalar::of(std::int64_t{1}, DType::kBool)) == Lines{"warn scalar-dtype x@3"});
  CHECK(number(Scalar::of(1.0, DType::kFloat16)) == Lines{"warn scalar-dtype x@3"});
  CHECK(number(Scalar::of(1.0), {1}) == Lines{"warn scalar-dtype x@3"});
}

TEST_CASE("a form that comes late is found: not only the first value is looked at") {
  CHECK(lint_of([](RunBuilder& r) {
          r.metadata(MetadataPolicy::kAlways).form(ScalarForm::kTensorContent);
          for (std::int64_t i = 0; i < 500; ++i) r.scalar("x", {{i, 1}});
          r.number("x", 500, Scalar::of(1.0F), ScalarForm::kTensorContent, {1});
          for (std::int64_t i = 501; i < 600; ++i) r.scalar("x", {{i, 1}});
        }) == Lines{"warn scalar-shape x@500"});
}

TEST_CASE("tensors without metadata, now or later") {
  const auto bare = [](RunBuilder& r) {
    r.metadata(MetadataPolicy::kNever).number("x", 3, Scalar::of(1.0F));
  };
  CHECK(lint_of(bare) == Lines{"warn no-metadata x@3"});
  CHECK(lint_of([&](RunBuilder& r) {
          bare(r);
          r.metadata(MetadataPolicy::kAlways).number("x", 4, Scalar::of(1.0F));
        }) == Lines{"warn late-metadata x@3"});
  // A simple_value says by itself what it is.
  CHECK(lint_of([](RunBuilder& r) {
          r.metadata(MetadataPolicy::kNever).scalar("x", {{3, 1}});
        }) == Lines{});
}

TEST_CASE("one tag for two kinds") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.scalar("x", {{1, 1}, {2, 1}}).image("x", 3);
    r.scalar("y", {{1, 1}}).image("z", 1);
  });
  const ops::LintReport report = w.lint();
  CHECK(LintWorld::lines_of(report.rows) == Lines{"warn mixed-kinds x"});
  CHECK(report.rows[0].message.starts_with("2 scalars and 1 images under one tag"));
  CHECK(report.series == 4);
}

TEST_CASE("times that are none") {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  CHECK(lint_of([](RunBuilder& r) {
          r.scalar("x", {{1, 1}});
          r.at(std::numeric_limits<double>::quiet_NaN()).scalar("x", {{2, 1}});
          r.at(RunBuilder::kStart + 9).scalar("x", {{3, 1}});
        }) == Lines{"error wall-time-nan x@2"});
  CHECK(lint_of([](RunBuilder& r) {
          r.scalar("x", {{1, 1}}).at(-kInfinite).scalar("x", {{2, 1}});
        }) == Lines{"warn wall-time-infinite x@2"});
}

TEST_CASE("tags that are not UTF-8") {
  CHECK(lint_of([](RunBuilder& r) {
          r.scalar("x\xFF", {{1, 1}});
        }) == Lines{"error invalid-utf8 x\xFF"});
}

TEST_CASE("files: empty, compressed by nobody, copied, out of order, at the same time") {
  LintWorld w;
  const std::string file = event_file([](RunBuilder& r) { r.scalar("x", {{1, 1}, {2, 1}}); });
  w.memory.file("/logs/a/events.out.tfevents.1.h", file);
  w.memory.file("/logs/a/events.out.tfevents.2.h", "");
  CHECK(w.lines() == Lines{"note empty-file"});
  w.memory.file("/logs/a/events.out.tfevents.2.h", file);
  CHECK(w.lines() == Lines{"warn duplicate-copy", "note step-back x@1"});
  const auto at = [](double wall, std::int64_t step) {
    return event_file([&](RunBuilder& r) {
      r.at(wall).scalar("x", {{step, 1}, {step + 1, 1}, {step + 2, 1}});
    });
  };
  w.memory.file("/logs/a/events.out.tfevents.1.h", at(1.7e9, 1));
  w.memory.file("/logs/a/events.out.tfevents.2.h", at(1.7e9 + 1, 4));
  CHECK(w.lines() == Lines{"warn overlapping-writers"});
  w.memory.file("/logs/a/events.out.tfevents.2.h", at(1.7e9 - 100, 4));
  CHECK(w.lines() == Lines{"warn file-order"});
  w.memory.file("/logs/a/events.out.tfevents.2.h", at(1.7e9 + 100, 4));
  CHECK(w.lines() == Lines{});
}

TEST_CASE("versions: none, another one, several") {
  CHECK(lint_of([](RunBuilder& r) {
          r.version(std::nullopt).scalar("x", {{1, 1}});
        }) == Lines{"note no-version"});
  CHECK(lint_of([](RunBuilder& r) {
          r.version("brain.Event:1").scalar("x", {{1, 1}});
        }) == Lines{"note odd-version"});
  CHECK(lint_of([](RunBuilder& r) {
          r.scalar("x", {{1, 1}});
          r.version("brain.Event:1").next_file().scalar("x", {{2, 1}});
        }) == Lines{"note odd-version", "note mixed-versions"});
  CHECK(lint_of([](RunBuilder& r) {
          r.version(std::nullopt).raw("").scalar("x", {{1, 1}});
        }) == Lines{"note empty-record", "note no-version"});
}

TEST_CASE("with a choice of tags nothing about files is said") {
  LintWorld w;
  w.run("a", [](RunBuilder& r) {
    r.version(std::nullopt).scalar("x", {{1, 1}, {1, 2}}).scalar("y", {{1, 1}, {1, 2}});
  });
  w.select.tags = {Pattern::parse("x", Pattern::Scope::kName).value()};
  CHECK(w.lines() == Lines{"warn all-one-step x@1"});
  CHECK(w.lint().series == 1);
}

TEST_CASE("a damaged file: what is intact is looked at, and never twice") {
  const std::string whole = event_file([](RunBuilder& r) {
    r.metadata(MetadataPolicy::kAlways);
    for (std::int64_t i = 0; i < 20; ++i)
      r.number("x", i, Scalar::of(1.0F), ScalarForm::kTensorContent, {1});
    r.text("t", 3, "words").histogram("h", 1);
  });
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    CAPTURE(at);
    LintWorld w;
    w.memory.file("/logs/a/events.out.tfevents.1.h", flip_byte(whole, at));
    const Lines flipped = w.lines();
    CHECK(std::count_if(flipped.begin(), flipped.end(), [](const std::string& line) {
            return line.find("scalar-shape") != std::string::npos;
          }) == 1);
    w.memory.file("/logs/a/events.out.tfevents.1.h", truncate_to(whole, at));
    CHECK(w.try_lint().ok());
  }
}

}  // namespace
}  // namespace tfevents::test
