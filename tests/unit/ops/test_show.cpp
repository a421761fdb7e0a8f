#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ops/show.hpp"
#include "unit/ops/world.hpp"

namespace tfevents {
namespace {

using test::RunBuilder;

/// `show` upon a World.
class ShowWorld : public test::World {
 public:
  std::vector<std::string> texts, hists;

  Result<ops::ShowReport> try_show() {
    ops::ShowOptions options{.select = selection(), .texts = texts, .hists = hists};
    return with_context([&](const ops::OpContext& c) { return ops::show_runs(options, c); });
  }
  ops::ShowReport show() {
    auto report = try_show();
    REQUIRE_MESSAGE(report.ok(), report.error().message);
    return std::move(*report);
  }
  ops::ShownRun only() {
    ops::ShowReport report = show();
    REQUIRE(report.runs.size() == 1);
    return std::move(report.runs.front());
  }
};

std::vector<std::string> names_of(const ops::ShowReport& report) {
  std::vector<std::string> names;
  for (const ops::ShownRun& run : report.runs) names.push_back(run.row.run);
  return names;
}

const ops::SeriesDetail& detail_of(const ops::ShownRun& run, const std::string& tag) {
  const auto found = std::find_if(run.details.begin(), run.details.end(),
                                  [&](const ops::SeriesDetail& one) { return one.tag == tag; });
  REQUIRE(found != run.details.end());
  return *found;
}

std::string text_of(const ops::ShownValue& value) {
  const auto* const text = std::get_if<Text>(&value.value.what);
  return text == nullptr || text->strings.size() == 0 ? "" : std::string(text->strings.text(0));
}

using Strings = std::vector<std::string>;

TEST_CASE("show: rows and series are those of ls --tags, in both views") {
  for (const View view : {View::kClean, View::kRaw}) {
    ShowWorld world;
    world.run("a", [](RunBuilder& r) {
      r.scalars("loss", 100, [](std::int64_t i) { return 1.0F / static_cast<float>(i + 1); });
      r.scalar("loss", {{99, 7}, {99, 8}});
      r.number("wide", 3, Scalar::of(std::int64_t{1} << 60)).image("pic", 5).histogram("w", 7);
      r.number("loss", 100, Scalar::of(0.25));
      r.next_file()
          .scalars(
              "loss", 30, [](std::int64_t) { return 0.5F; }, 2)
          .text("t", 1, "x");
    });
    world.select.view = view;
    const ops::LsRow wanted = world.row("a");
    const ops::ShownRun run = world.only();
    CHECK(run.row.last_step == wanted.last_step);
    CHECK(run.row.bytes == wanted.bytes);
    CHECK(run.row.tags == wanted.tags);
    REQUIRE(run.row.series.size() == wanted.series.size());
    for (std::size_t i = 0; i < wanted.series.size(); ++i) {
      const ops::SeriesRow a = run.row.series[i], b = wanted.series[i];
      CAPTURE(b.tag);
      CHECK(a.tag == b.tag);
      CHECK(a.kind == b.kind);
      CHECK(a.dtype == b.dtype);
      CHECK(a.points == b.points);
      CHECK(a.dropped == b.dropped);
      CHECK(a.duplicates == b.duplicates);
      CHECK(a.nonfinite == b.nonfinite);
      CHECK(a.bytes == b.bytes);
      CHECK(a.first_step == b.first_step);
      CHECK(a.last_step == b.last_step);
      CHECK(a.min_step == b.min_step);
      CHECK(a.max_step == b.max_step);
      CHECK(a.mean == b.mean);
      CHECK(a.last.has_value() == b.last.has_value());
      if (a.last && b.last) CHECK(a.last->as_double() == b.last->as_double());
    }
  }
}

TEST_CASE("show: restarts, overlapping writers, and steps that go back in a file") {
  ShowWorld world;
  world.run("restart", [](RunBuilder& r) {
    r.scalar("loss", {{0, 1}, {10, 1}, {20, 1}}).scalar("acc", {{0, 1}, {20, 1}});
    r.next_file().scalar("loss", {{15, 1}, {30, 1}}).scalar("acc", {{10, 2}});
  });
  world.run("overlap", [](RunBuilder& r) {
    r.at(RunBuilder::kStart).scalar("loss", {{0, 1}, {1, 1}, {2, 1}, {3, 1}});
    r.at(RunBuilder::kStart + 1).next_file().scalar("loss", {{0, 1}, {1, 1}, {2, 1}, {3, 1}});
  });
  world.run("within", [](RunBuilder& r) { r.scalar("loss", {{5, 1}, {3, 1}, {4, 1}, {1, 1}}); });
  world.run("plain", [](RunBuilder& r) {
    r.scalar("loss", {{0, 1}}).next_file().scalar("loss", {{1, 1}}).scalar("other", {{0, 1}});
  });
  world.select.runs = {Pattern::parse_or_name("**", Pattern::Scope::kTree)};
  const ops::ShowReport report = world.show();
  REQUIRE(names_of(report) == Strings{"overlap", "plain", "restart", "within"});
  const auto& overlap = report.runs[0].backs;
  REQUIRE(overlap.size() == 1);
  CHECK(overlap[0].overlap_seconds > 1);
  CHECK(report.runs[1].backs.empty());
  const auto& restart = report.runs[2].backs;
  REQUIRE(restart.size() == 1);
  CHECK(restart[0].step == 10);
  CHECK(restart[0].times == 2);
  CHECK_FALSE(restart[0].within_file);
  CHECK(restart[0].overlap_seconds == 0);
  CHECK(report.runs[2].dropped.restart == 2);
  const auto& within = report.runs[3].backs;
  REQUIRE(within.size() == 1);
  CHECK(within[0].within_file);
  CHECK(within[0].times == 2);
  CHECK(within[0].step == 1);
}

TEST_CASE("show: the last value that counts is looked at, whatever was dropped") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) {
    r.text("t", 0, "first").text("t", 5, "gone").text("t", 5, "again").text("t", 9, "gone too");
    r.next_file().text("t", 7, "resumed").text("t", 7, "at last").histogram("w", 3);
  });
  CHECK(detail_of(world.only(), "t").last->text == "at last");
  CHECK(detail_of(world.only(), "w").last->what == ops::ValueSketch::What::kHistogram);
  world.texts = {"t@5", "t", "t@0"};
  world.hists = {"w"};
  const ops::ShownRun run = world.only();
  REQUIRE(run.values.size() == 4);
  CHECK(text_of(run.values[0]) == "again");
  CHECK(text_of(run.values[1]) == "at last");
  CHECK(text_of(run.values[2]) == "first");
  CHECK(std::holds_alternative<Histogram>(run.values[3].value.what));
  // A step of the raw view alone.
  world.hists = {};
  world.texts = {"t@9"};
  CHECK(world.show().outcome.matched_nothing);
  world.select.view = View::kRaw;
  CHECK(text_of(world.only().values.at(0)) == "gone too");
}

TEST_CASE("show: a selection of points is a selection of what is looked at") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) { r.text("t", 0, "a").text("t", 1, "b").text("t", 2, "c"); });
  world.select.last_step = 1;
  CHECK(detail_of(world.only(), "t").last->text == "b");
  world.texts = {"t"};
  CHECK(text_of(world.only().values.at(0)) == "b");
}

TEST_CASE("show: a tag that is named like TAG@STEP wins") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) { r.text("t", 3, "step").text("t@3", 0, "name"); });
  world.texts = {"t@3"};
  const ops::ShownRun run = world.only();
  REQUIRE(run.values.size() == 1);
  CHECK(text_of(run.values[0]) == "name");
  CHECK(ops::parse_request("t@-5", false).step == -5);
  CHECK_FALSE(ops::parse_request("t@", false).step);
  CHECK_FALSE(ops::parse_request("t@5x", false).step);
}

TEST_CASE("show: what is asked for and not there is said") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) { r.scalar("loss", {{0, 1}}).text("config", 3, "x"); });
  const auto said = [&](const std::string& text) {
    world.texts = {text};
    const ops::Outcome outcome = world.show().outcome;
    CHECK(outcome.matched_nothing);
    return outcome.nothing + "|" + outcome.hint;
  };
  CHECK(said("confg") == "no text confg in a|did you mean config?");
  CHECK(said("loss") == "loss holds scalars, no text|");
  CHECK(said("config@4") == "no text config at step 4|its 1 points are at steps 3 to 3");
}

TEST_CASE("show: which runs an operand stands for") {
  ShowWorld world;
  const auto fill = [](RunBuilder& r) { r.scalar("loss", {{0, 1}}); };
  world.run("job", fill).run("job/train", fill).run("job/validation", fill).run("job/old/x", fill);
  world.run("keras/train", fill).run("keras/validation", fill);
  world.run("deep/er/only", fill);
  const auto shown = [&](const std::string& operand) {
    world.select.operands = {operand};
    return names_of(world.show());
  };
  CHECK(shown("/logs/job") == Strings{".", "train", "validation"});
  CHECK(world.show().runs[0].below == 1);
  CHECK(shown("/logs/keras") == Strings{"train", "validation"});
  CHECK(shown("/logs/deep") == Strings{"er/only"});
  world.select.operands = {"/logs"};
  const auto several = world.try_show();
  REQUIRE_FALSE(several.ok());
  CHECK(several.error().code == ErrorCode::kUsage);
  CHECK(several.error().message == "no run itself: 7 runs lie below it");
  world.select.runs = {Pattern::parse_or_name("keras/*", Pattern::Scope::kTree)};
  CHECK(names_of(world.show()) == Strings{"keras/train", "keras/validation"});
  world.select.runs = {};
  world.select.operands = {"/logs/deep", "/logs/job/train"};
  CHECK(names_of(world.show()) == Strings{"/logs/deep/er/only", "/logs/job/train"});
}

TEST_CASE("show: files, writers and tails") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) {
    r.written_by("the writer").scalar("loss", {{0, 1}, {1, 1}});
    r.next_file().scalar("loss", {{2, 1}, {3, 1}}).truncate_last(5);
  });
  const ops::ShownRun run = world.only();
  REQUIRE(run.files.size() == 2);
  CHECK(run.files[0].writer == "the writer");
  CHECK(run.files[0].records == 3);
  CHECK(run.files[0].start_time == RunBuilder::kStart);
  CHECK(run.files[0].tail == Tail::Kind::kClean);
  CHECK(run.files[1].tail == Tail::Kind::kTruncated);
  CHECK(run.files[1].records == 2);
}

TEST_CASE("show: damage leaves the rest, and makes the answer incomplete") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) {
    r.text("t", 0, "kept").text("t", 1, "hit").damage([](std::string file) {
      return test::flip_byte(std::move(file), file.size() - 6);
    });
    r.scalar("loss", {{2, 1}});
  });
  const ops::ShowReport report = world.show();
  CHECK_FALSE(report.outcome.complete);
  CHECK(report.runs.front().row.damage == 1);
  CHECK(detail_of(report.runs.front(), "t").last->text == "kept");
}

TEST_CASE("show: what lies beside the event files, by kind") {
  CHECK(ops::side_kind("plugins/profile/2026_01_05_10_00_00/host.xplane.pb") == "profile");
  CHECK(ops::side_kind("host_9.1767607200.pt.trace.json.gz") == "profile");
  CHECK(ops::side_kind("projector_config.pbtxt") == "projector");
  CHECK(ops::side_kind("00005/default/tensors.tsv") == "projector");
  CHECK(ops::side_kind("plugins/org_tensorflow_tensorboard_projector/x.tsv") == "projector");
  CHECK(ops::side_kind("checkpoints/epoch=3.ckpt") == "checkpoints");
  CHECK(ops::side_kind("model.ckpt-100.index") == "checkpoints");
  CHECK(ops::side_kind("plugins/mine/data") == "mine");
  CHECK(ops::side_kind("plugins/stray") == "");
  CHECK(ops::side_kind("hparams.yaml") == "");
  CHECK(ops::side_kind("0005/default/tensors.tsv") == "");
  CHECK(ops::side_kind("") == "");
  ShowWorld world;
  world.run("a", [](RunBuilder& r) {
    r.scalar("loss", {{0, 1}}).side_file("best.pt", "12345").side_file("notes.txt", "1");
    r.side_file("plugins/profile/x/h.xplane.pb", "123");
  });
  const ops::SideFiles side = world.only().side;
  REQUIRE(side.plugins.size() == 2);
  CHECK(side.plugins.at("checkpoints").bytes == 5);
  CHECK(side.plugins.at("profile").files == 1);
  CHECK(side.foreign.files == 1);
  CHECK(side.foreign.bytes == 1);
}

TEST_CASE("show: a sparkline for the first series, and rows for all") {
  ShowWorld world;
  constexpr std::size_t kMore = 10;
  world.run("a", [](RunBuilder& r) {
    for (std::size_t i = 0; i < ops::kMostDetailed + kMore; ++i)
      r.scalar("s" + std::to_string(i), {{0, 1}});
  });
  const ops::ShownRun run = world.only();
  CHECK(run.row.series.size() == ops::kMostDetailed + kMore);
  CHECK(run.details.size() == ops::kMostDetailed);
}

TEST_CASE("show: NaN and gaps are known") {
  ShowWorld world;
  world.run("a", [](RunBuilder& r) {
    r.scalars("loss", 40, [](std::int64_t i) { return i < 30 ? 1.0F : std::nanf(""); });
    r.scalars("gap", 15, [](std::int64_t) { return 1.0F; });
    r.scalar("gap", {{500, 1}, {501, 1}, {502, 1}, {503, 1}, {504, 1}, {505, 1}});
  });
  const ops::ShownRun run = world.only();
  CHECK(run.row.nonfinite == 10);
  CHECK(detail_of(run, "loss").first_nonfinite == 30);
  REQUIRE(detail_of(run, "gap").gap);
  CHECK(detail_of(run, "gap").gap->from == 14);
  CHECK(detail_of(run, "gap").gap->to == 500);
}

}  // namespace
}  // namespace tfevents
