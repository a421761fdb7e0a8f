#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "event/writer.hpp"
#include "record/reader.hpp"
#include "support/temp_dir.hpp"
#include "tensorboard/event.pb.h"

// What the writer writes, read by libprotobuf.

namespace tfevents {
namespace {

std::vector<pb::Event> events_in(const std::string& file) {
  std::vector<pb::Event> events;
  RecordReader reader(memory_source(as_bytes(file)));
  while (true) {
    const RecordStep step = reader.next();
    if (step == RecordStep::kEnd) break;
    REQUIRE(step == RecordStep::kRecord);
    REQUIRE(events.emplace_back().ParseFromArray(reader.record().payload,
                                                 static_cast<int>(reader.record().length)));
  }
  CHECK(reader.tail().kind == Tail::Kind::kClean);
  return events;
}

EventWriter bare(MetadataPolicy metadata = MetadataPolicy::kFirst) {
  return EventWriter({.file_version = {}, .metadata = metadata});
}

/// The values of the one event that `fill` makes.
template <class Fill>
std::vector<pb::Summary::Value> values_of(Fill&& fill) {
  EventWriter writer = bare();
  writer.summary({5, 1.5}, fill);
  const std::vector<pb::Event> events = events_in(writer.bytes());
  REQUIRE(events.size() == 1U);
  CHECK(events[0].step() == 5);
  CHECK(events[0].wall_time() == 1.5);
  return {events[0].summary().value().begin(), events[0].summary().value().end()};
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

TEST_CASE("writer: byte for byte what TensorBoard writes") {
  EventWriter writer(
      {.wall_time = 1700000000.0, .writer = "tensorboard.summary.writer.event_file_writer"});
  CHECK(
      hex(writer.take()) ==
      "4800000000000000fe92489d0900000040fc54d9411a0d627261696e2e4576656e743a32522e0a2c74656e736f72"
      "626f6172642e73756d6d6172792e7772697465722e6576656e745f66696c655f7772697465720ccc0c95");
  CHECK(writer.bytes().empty());
  writer.scalar({3, 1700000000.5}, "loss", 0.25F);
  CHECK(hex(writer.bytes()) ==
        "1a00000000000000129bd82d0900002040fc54d94110032a0d0a0b0a046c6f7373150000803ebcf29b54");
  EventWriter plain({.wall_time = 1599759586.0});
  CHECK(hex(plain.bytes()) ==
        "1800000000000000a37f4b22090000803899d6d7411a0d627261696e2e4576656e743a32124b36ab");
}

TEST_CASE("writer: the first event") {
  const auto first =
      events_in(EventWriter({.wall_time = 3, .writer = std::string(200, 'w')}).bytes());
  REQUIRE(first.size() == 1U);
  CHECK(first[0].file_version() == "brain.Event:2");
  CHECK(first[0].source_metadata().writer().size() == 128U);
  CHECK(bare().bytes().empty());
  const auto other = events_in(EventWriter({.file_version = "brain.Event:1"}).bytes());
  CHECK(other[0].file_version() == "brain.Event:1");
  CHECK_FALSE(other[0].has_source_metadata());
}

TEST_CASE("writer: scalars in all forms") {
  const auto values = values_of([](SummaryBuilder& s) {
    s.scalar("simple", 1.5F);
    s.scalar("content", Scalar::of(2.5F), ScalarForm::kTensorContent);
    s.scalar("typed", Scalar::of(2.5), ScalarForm::kTensorTyped, {});
    s.scalar("narrowed", Scalar::of(0.1), ScalarForm::kSimpleValue);
    s.scalar("int", Scalar::of(std::int64_t{-7}), ScalarForm::kTensorTyped, Shape{1});
  });
  REQUIRE(values.size() == 5U);
  CHECK(values[0].simple_value() == 1.5F);
  CHECK_FALSE(values[0].has_metadata());
  CHECK(values[1].tensor().tensor_content() == std::string("\0\0\x20\x40", 4));
  CHECK(values[1].tensor().has_tensor_shape());
  CHECK(values[1].metadata().plugin_data().plugin_name() == "scalars");
  CHECK(values[2].tensor().double_val(0) == 2.5);
  CHECK_FALSE(values[2].tensor().has_tensor_shape());
  CHECK(values[3].simple_value() == 0.1F);
  CHECK(values[4].tensor().int64_val(0) == -7);
  CHECK(values[4].tensor().tensor_shape().dim(0).size() == 1);
}

TEST_CASE("writer: metadata by policy") {
  const auto with_metadata = [](MetadataPolicy policy) {
    EventWriter writer = bare(policy);
    writer.set_scalar_form(ScalarForm::kTensorContent);
    for (std::int64_t step = 0; step < 3; ++step) {
      writer.scalar({step, 0}, "a", 1.0F);
      writer.scalar({step, 0}, "b", 1.0F);
    }
    std::string seen;
    for (const pb::Event& event : events_in(writer.bytes()))
      seen += event.summary().value(0).has_metadata() ? 'm' : '-';
    return seen;
  };
  CHECK(with_metadata(MetadataPolicy::kFirst) == "mm----");
  CHECK(with_metadata(MetadataPolicy::kAlways) == "mmmmmm");
  CHECK(with_metadata(MetadataPolicy::kNever) == "------");
}

TEST_CASE("writer: metadata in full") {
  const SummaryMetadata all{.plugin = "p",
                            .content = "c",
                            .display_name = "d",
                            .description = "e",
                            .data_class = DataClass::kBlobSequence};
  const auto values = values_of([&](SummaryBuilder& s) { s.simple_value("t", -0.0F, &all); });
  const pb::SummaryMetadata& metadata = values[0].metadata();
  CHECK(metadata.plugin_data().plugin_name() == "p");
  CHECK(metadata.plugin_data().content() == "c");
  CHECK(metadata.display_name() == "d");
  CHECK(metadata.summary_description() == "e");
  CHECK(metadata.data_class() == 3);
}

TEST_CASE("writer: legacy histograms, images and audio") {
  const double limits[] = {-1, 0, 1}, counts[] = {0, 2, 3};
  const auto values = values_of([&](SummaryBuilder& s) {
    s.histogram("h", {.min = -0.5,
                      .max = 1,
                      .count = 5,
                      .sum = 2,
                      .sum_of_squares = 3,
                      .limits = limits,
                      .counts = counts});
    s.histogram("empty", {});
    s.image("i", {.width = 4, .height = 3, .colorspace = 1, .encoded = "PNG"});
    s.audio("a", {.sample_rate = 44100, .channels = 2, .frames = 7, .encoded = "RIFF"});
  });
  REQUIRE(values.size() == 4U);
  const pb::Histogram& histogram = values[0].histo();
  CHECK(histogram.min() == -0.5);
  CHECK(histogram.num() == 5.0);
  CHECK(histogram.sum_squares() == 3.0);
  CHECK(std::vector<double>(histogram.bucket_limit().begin(), histogram.bucket_limit().end()) ==
        std::vector<double>{-1, 0, 1});
  CHECK(std::vector<double>(histogram.bucket().begin(), histogram.bucket().end()) ==
        std::vector<double>{0, 2, 3});
  CHECK(values[1].has_histo());
  CHECK(values[2].image().width() == 4);
  CHECK(values[2].image().height() == 3);
  CHECK(values[2].image().colorspace() == 1);
  CHECK(values[2].image().encoded_image_string() == "PNG");
  CHECK(values[3].audio().sample_rate() == 44100.0F);
  CHECK(values[3].audio().num_channels() == 2);
  CHECK(values[3].audio().length_frames() == 7);
  CHECK(values[3].audio().content_type() == "audio/wav");
}

TEST_CASE("writer: text, histograms, images and audio as tensors") {
  const std::string_view parts[] = {"one", ""};
  const HistogramBucket buckets[] = {{0, 1, 2}, {1, 2, 3}};
  const auto values = values_of([&](SummaryBuilder& s) {
    s.text("t", "hello").text("torch", "hi", {1});
    s.histogram_tensor("h", buckets).histogram_tensor("none", {});
    s.image_tensor("i", 4, 3, parts).audio_tensor("a", parts);
  });
  REQUIRE(values.size() == 6U);
  CHECK(values[0].tensor().dtype() == 7);
  CHECK(values[0].tensor().string_val(0) == "hello");
  CHECK(values[0].tensor().tensor_shape().dim_size() == 0);
  CHECK(values[0].metadata().plugin_data().plugin_name() == "text");
  CHECK(values[1].tensor().tensor_shape().dim(0).size() == 1);
  CHECK(values[2].tensor().dtype() == 2);
  CHECK(values[2].tensor().tensor_content().size() == 48U);
  CHECK(values[2].tensor().tensor_shape().dim(0).size() == 2);
  CHECK(values[2].tensor().tensor_shape().dim(1).size() == 3);
  CHECK(load_le<double>(values[2].tensor().tensor_content().data() + 40) == 3.0);
  CHECK(values[3].tensor().tensor_shape().dim(0).size() == 0);
  REQUIRE(values[4].tensor().string_val_size() == 4);
  CHECK(values[4].tensor().string_val(0) == "4");
  CHECK(values[4].tensor().string_val(1) == "3");
  CHECK(values[4].tensor().string_val(3).empty());
  CHECK(values[5].metadata().plugin_data().plugin_name() == "audio");
  CHECK(values[5].metadata().plugin_data().content() == "\x10\x0B");
}

TEST_CASE("writer: hparams are metadata alone, or with the placeholder") {
  const auto values = values_of([](SummaryBuilder& s) {
    s.hparams("_hparams_/experiment", "content").hparams("_hparams_/session_start_info", "c", true);
  });
  CHECK(values[0].value_case() == pb::Summary::Value::VALUE_NOT_SET);
  CHECK(values[0].metadata().plugin_data().plugin_name() == "hparams");
  CHECK(values[0].metadata().plugin_data().content() == "content");
  CHECK(values[1].tensor().dtype() == 1);
  CHECK(values[1].tensor().tensor_shape().dim(0).size() == 0);
}

TEST_CASE("writer: a raw value is copied as it is; a summary of nothing is no event") {
  pb::Summary::Value value;
  value.set_tag("x");
  value.set_simple_value(3);
  const auto values =
      values_of([&](SummaryBuilder& s) { s.raw(value.SerializeAsString()).scalar("y", 4); });
  CHECK(values[0].tag() == "x");
  CHECK(values[1].tag() == "y");
  EventWriter writer = bare();
  writer.summary({1, 1}, [](SummaryBuilder&) {});
  CHECK(writer.bytes().empty());
}

TEST_CASE("writer: all other events") {
  EventWriter writer = bare();
  writer.graph_def({-3, 1}, "graph");
  writer.meta_graph_def({0, 1}, "meta");
  writer.run_metadata({2, 1}, "step1", std::string(300, 'r'));
  writer.session_log({9, 1}, SessionStatus::kCheckpoint, "path", "msg");
  writer.log_message({0, 1}, 30, "careful");
  const auto events = events_in(writer.bytes());
  REQUIRE(events.size() == 5U);
  CHECK(events[0].graph_def() == "graph");
  CHECK(events[0].step() == -3);
  CHECK(events[1].meta_graph_def() == "meta");
  CHECK(events[2].tagged_run_metadata().tag() == "step1");
  CHECK(events[2].tagged_run_metadata().run_metadata().size() == 300U);
  CHECK(events[3].session_log().status() == 3);
  CHECK(events[3].session_log().checkpoint_path() == "path");
  CHECK(events[3].session_log().msg() == "msg");
  CHECK(events[4].log_message().level() == 30);
  CHECK(events[4].log_message().message() == "careful");
}

TEST_CASE("writer: messages of every length") {
  for (const std::size_t size :
       {0U, 1U, 100U, 126U, 127U, 128U, 129U, 16'380U, 16'383U, 16'384U, 16'400U, 60'000U}) {
    CAPTURE(size);
    const std::string text(size, 'x');
    const auto values = values_of([&](SummaryBuilder& s) { s.text("t", text); });
    CHECK(values[0].tensor().string_val(0) == text);
  }
  // Beyond what the reader gives in memory.
  EventWriter writer = bare();
  writer.summary({}, [](SummaryBuilder& s) { s.text("t", std::string(3'000'000, 'x')); });
  pb::Event event;
  REQUIRE(event.ParseFromString(writer.bytes().substr(12, writer.bytes().size() - 16)));
  CHECK(event.summary().value(0).tensor().string_val(0).size() == 3'000'000U);
}

TEST_CASE("writer: appends to a file, whole records at a time") {
  const test::TempDir dir;
  EventWriter writer({.wall_time = 1});
  REQUIRE(writer.append_to(dir / "f").ok());
  CHECK(writer.bytes().empty());
  writer.scalar({1, 2}, "a", 3);
  REQUIRE(writer.append_to(dir / "f").ok());
  CHECK(events_in(dir.read("f")).size() == 2U);
  writer.scalar({2, 2}, "a", 3);
  const auto failed = writer.append_to(dir / "no/such/directory");
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().code == ErrorCode::kNotFound);
  CHECK_FALSE(writer.bytes().empty());
}

TEST_CASE("writer: file names") {
  CHECK(event_file_name(1767607200, "node-1", 9, 0) == "events.out.tfevents.1767607200.node-1.9.0");
  CHECK(event_file_name(5, "h.example.org", 1, 12, ".v2") ==
        "events.out.tfevents.0000000005.h.example.org.1.12.v2");
}

}  // namespace
}  // namespace tfevents
