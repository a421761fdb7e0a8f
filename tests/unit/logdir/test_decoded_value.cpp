#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/encode.hpp"
#include "event/writer.hpp"
#include "logdir/decoded_value.hpp"
#include "logdir/point_reader.hpp"
#include "logdir/view.hpp"
#include "support/damage.hpp"
#include "support/logdir_builder.hpp"
#include "unit/event/stored.hpp"

// Values of every kind through one door, and how sinks that look into them meet the clean view.

namespace tfevents {
namespace {

using namespace test;

/// What a value became, in a word, with its problem.
std::string kind_of(const DecodedValue& value) {
  static constexpr const char* kNames[] = {"elided", "histogram", "images", "clips",
                                           "text",   "tensor",    "curves", "mesh",
                                           "graph",  "hparams",   "layout"};
  return kNames[value.what.index()] + (value.problem.empty() ? "" : " ! " + value.problem);
}

std::string decoded(const Stored& stored, Kind kind, std::string_view tag = "t",
                    std::uint64_t limit = kPrintedBytes) {
  return stored.both([&](const StoredValue& value) {
    const auto decoded = decode_value(value, kind, tag, limit);
    return decoded.ok() ? kind_of(*decoded) : words(decoded.error());
  });
}

std::string floats(std::size_t count, const Shape& shape) {
  return content_tensor(DType::kFloat32, std::string(count * 4, '\0'), shape);
}

TEST_CASE("decoded: each kind is what it says") {
  const std::string_view strings[] = {"4", "3", "GIF89a"};
  const std::string text = string_tensor(strings, {3});
  CHECK(decoded(Stored(tensor_value(text)), Kind::kText) == "text");
  CHECK(decoded(Stored(tensor_value(text)), Kind::kImages) == "images");
  CHECK(decoded(Stored(tensor_value(text)), Kind::kAudio) == "clips");
  CHECK(decoded(Stored(tensor_value(text)), Kind::kPlugin) == "tensor");
  CHECK(decoded(Stored(tensor_value(floats(18, {6, 3}))), Kind::kPrCurves) == "curves");
  CHECK(decoded(Stored(tensor_value(floats(9, {1, 3, 3}))), Kind::kMesh, "m_VERTEX") == "mesh");
  CHECK(decoded(Stored(tensor_value(floats(6, {2, 3}))), Kind::kHistograms) == "histogram");
  CHECK(decoded(Stored(tensor_value(floats(6, {2, 3}))), Kind::kTensors) == "tensor");
  // Other things than strings under plugin text are tensors.
  CHECK(decoded(Stored(tensor_value(floats(6, {2, 3}))), Kind::kText) == "tensor");
  const std::string_view empty[] = {""};
  CHECK(decoded(Stored(tensor_value(string_tensor(empty, {}))), Kind::kCustomScalars) == "layout");
  CHECK(decoded(Stored(tensor_value("", "hparams")), Kind::kHparams) == "hparams");
  CHECK(decoded(Stored("\x0A\x02\x0A", StoredForm::kGraph), Kind::kGraphs) ==
        "error: the graph is not what its record says it is");
  CHECK(decoded(Stored("", StoredForm::kGraph), Kind::kGraphs) == "graph");
  CHECK(decoded(Stored("", StoredForm::kRunMetadata), Kind::kRunMetadata) == "graph");
}

TEST_CASE("decoded: what does not fit together is said, with the value") {
  const std::string_view strings[] = {"4", "3", "GIF89a"};
  CHECK(decoded(Stored(tensor_value(string_tensor(strings, {9}))), Kind::kImages) ==
        "images ! 3 strings for a shape of [9]");
  CHECK(decoded(Stored(tensor_value(string_tensor(strings, {9}))), Kind::kAudio) ==
        "clips ! 3 strings for a shape of [9]");
  CHECK(decoded(Stored(tensor_value(floats(2, {7}))), Kind::kTensors) ==
        "tensor ! a shape of 7 elements, of which 2 are there");
  CHECK(decoded(Stored(tensor_value(floats(4, {2, 3}))), Kind::kHistograms) ==
        "histogram ! a shape of 6 elements, of which 4 are there");
}

TEST_CASE("decoded: errors have the place of their record") {
  CHECK(decoded(Stored(tensor_value(floats(18, {3, 6}))), Kind::kPrCurves) ==
        "error: the curves are no table of six rows of numbers");
  const std::string_view layout[] = {"\xFF"};
  CHECK(decoded(Stored(tensor_value(string_tensor(layout, {}))), Kind::kCustomScalars) ==
        "error: the layout is no layout of charts");
  CHECK(decoded(Stored(tensor_value("", "hparams", "\x08\x05")), Kind::kHparams) ==
        "error: hparams of version 5");
  CHECK(decoded(Stored("\xFF"), Kind::kText) ==
        "error: the value is not what its record says it is");
}

TEST_CASE("decoded: above the limit a value is elided, with its shape") {
  const Stored stored(tensor_value(floats(16'385, {16'385})));
  CHECK(decoded(stored, Kind::kTensors) == "elided");
  CHECK(decoded(stored, Kind::kTensors, "t", 65'540) == "tensor");
  const auto value = decode_value(stored.in_pieces(), Kind::kTensors, "t");
  REQUIRE(value.ok());
  const auto& elided = std::get<Elided>(value->what);
  CHECK(elided.bytes == 65'540);
  CHECK(elided.dtype == DType::kFloat32);
  CHECK(elided.shape == Shape{16'385});
  // Very many empty strings are no bytes, and no small value either.
  std::vector<std::string_view> empty(70'000);
  CHECK(decoded(Stored(tensor_value(string_tensor(empty, {70'000}))), Kind::kText) == "elided");
  // Of other payloads: as many bytes as the value has.
  std::string histogram;
  wire::Encoder(histogram).bytes(5, std::string(70'000, '\0'));
  const auto large = decode_value(Stored(histogram).whole(), Kind::kHistograms, "t");
  REQUIRE(large.ok());
  CHECK(std::get<Elided>(large->what).bytes == histogram.size());
  // A kind that its bytes are not: nothing of it is read.
  CHECK(decoded(Stored(histogram), Kind::kText) == "elided");
}

/// A sink that notes what it is asked to keep and what it is given.
struct KeepingSink {
  struct Text {
    std::string text;
    int* alive;
    Text(std::string t, int* count) : text(std::move(t)), alive(count) { ++*alive; }
    ~Text() { --*alive; }
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
  };
  using Kept = std::unique_ptr<Text>;

  std::vector<std::string> seen;
  int alive = 0, most_alive = 0, kept = 0;

  void on_series(SeriesId) {}
  void on_float(SeriesId, std::int64_t step, double, float, std::uint64_t) {
    seen.push_back("number " + std::to_string(step));
  }
  void on_scalar(SeriesId, std::int64_t, double, Scalar, std::uint64_t) {}
  void on_stored(SeriesId, std::int64_t step, double, const StoredValue& value) {
    seen.push_back(std::to_string(step) + " " + text_of(value));
  }
  Kept keep(SeriesId, std::int64_t, double, const StoredValue& value) {
    ++kept;
    auto text = std::make_unique<Text>(text_of(value), &alive);
    most_alive = std::max(most_alive, alive);
    return text;
  }
  void on_kept(SeriesId, std::int64_t step, double, Kept text) {
    REQUIRE(text != nullptr);
    seen.push_back(std::to_string(step) + " " + text->text);
  }
  [[nodiscard]] static bool stopped() { return false; }

  static std::string text_of(const StoredValue& value) {
    const auto outline = outline_of(value);
    REQUIRE(outline.ok());
    const auto tensor = load_tensor(value, outline->tensor);
    REQUIRE(tensor.ok());
    return std::string(tensor->text(0));
  }
};
static_assert(LooksIntoValues<KeepingSink>);
static_assert(!LooksIntoValues<QuietSink>);

/// The clean view of one run of the tree, or the raw one.
KeepingSink view_of(MemorySys& sys, View view, const Selection& filter = {},
                    std::optional<std::uint64_t> last = {}) {
  Selection selection;
  selection.operands = {"/logs"};
  const StopFlag stop;
  const auto found = discover(selection, sys, 1, stop);
  REQUIRE(found.ok());
  REQUIRE(found->runs.size() == 1);
  RunReading reading(sys, found->runs[0], {});
  Observation observation("/tmp");
  ObservingSink observing{observation};
  REQUIRE(PointReader(reading, observing, {}).read_all().ok());
  const Observation* const clean = view == View::kClean ? &observation : nullptr;
  PointCounts counts;
  if (last) {
    CountingSink counting{counts};
    ViewSink<CountingSink> sink(reading.tags, clean, PointFilter(filter), {}, nullptr, counting);
    REQUIRE(PointReader(reading, sink, {.again = true}).read_all().ok());
    sink.finish();
  }
  KeepingSink keeping;
  {
    ViewSink<KeepingSink> sink(reading.tags, clean, PointFilter(filter), last, &counts, keeping);
    REQUIRE(PointReader(reading, sink, {.again = true}).read_all().ok());
    sink.finish();
    CHECK(sink.status().ok());
  }
  CHECK(keeping.alive == 0);
  return keeping;
}

using Seen = std::vector<std::string>;

TEST_CASE("kept: of repeated steps the last is given, from what was kept in time") {
  MemorySys sys;
  LogdirBuilder()
      .run("a",
           [](RunBuilder& r) {
             r.text("t", 1, "one").text("t", 1, "again").text("t", 1, "last").text("t", 2, "two");
             r.text("plain", 1, "p").scalar("loss", {{1, 0.5F}, {1, 0.25F}});
           })
      .write(sys, "/logs");
  const KeepingSink clean = view_of(sys, View::kClean);
  CHECK(clean.seen == Seen{"1 last", "1 p", "2 two", "number 1"});
  CHECK(clean.most_alive == 1);
  const KeepingSink raw = view_of(sys, View::kRaw);
  CHECK(raw.seen == Seen{"1 one", "1 again", "1 last", "2 two", "1 p", "number 1", "number 1"});
  CHECK(raw.kept == 0);
}

TEST_CASE("kept: a restart drops what it repeats, and no more than one value a series is kept") {
  MemorySys sys;
  LogdirBuilder()
      .run(
          "a",
          [](RunBuilder& r) {
            for (int i = 0; i < 50; ++i) r.text("t", i, "old " + std::to_string(i));
            r.next_file().text("t", 48, "new 48").text("t", 48, "newer 48").text("t", 49, "new 49");
          })
      .write(sys, "/logs");
  const KeepingSink clean = view_of(sys, View::kClean);
  REQUIRE(clean.seen.size() == 50);
  CHECK(clean.seen[47] == "47 old 47");
  CHECK(clean.seen[48] == "48 newer 48");
  CHECK(clean.seen[49] == "49 new 49");
  CHECK(clean.most_alive <= 2);
}

TEST_CASE("kept: what the filters leave out is not looked at") {
  MemorySys sys;
  LogdirBuilder()
      .run("a",
           [](RunBuilder& r) {
             for (int i = 0; i < 10; ++i) r.text("t", i, "a").text("t", i, std::to_string(i));
           })
      .write(sys, "/logs");
  Selection filter;
  filter.first_step = 8;
  const KeepingSink few = view_of(sys, View::kClean, filter);
  CHECK(few.seen == Seen{"8 8", "9 9"});
  CHECK(few.kept == 4);
  CHECK(view_of(sys, View::kClean, {}, 1).seen == Seen{"9 9"});
}

TEST_CASE("kept: damage between the points of a series loses only its own record") {
  MemorySys sys;
  LogdirBuilder()
      .run("a",
           [](RunBuilder& r) {
             r.text("t", 1, "one").text("t", 1, "broken");
             const std::size_t end = r.bytes().size();
             r.damage([&](std::string file) { return flip_byte(file, end - 6); });
             r.text("t", 2, "two").text("t", 2, "two again");
           })
      .write(sys, "/logs");
  CHECK(view_of(sys, View::kClean).seen == Seen{"1 one", "2 two again"});
}

}  // namespace
}  // namespace tfevents
