#include "event/writer.hpp"

#include <cerrno>
#include <cmath>
#include <fstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "event/encode.hpp"
#include "io/sys.hpp"
#include "record/writer.hpp"

namespace tfevents {
namespace {

using wire::Encoder;

constexpr std::size_t kMaxWriterBytes = 128;  // Readers ignore longer ones (event_util.py).

void put_metadata(Encoder& value, const SummaryMetadata& metadata) {
  value.message(9, [&] {
    value.message(1, [&] { value.text(1, metadata.plugin).text(2, metadata.content); });
    value.text(2, metadata.display_name).text(3, metadata.description);
    if (metadata.data_class != DataClass::kUnknown)
      value.varint(4, static_cast<std::uint64_t>(metadata.data_class));
  });
}

// Numbers that are zero by default are left out, as proto3 writers do; -0 is not the default.
template <class T>
void put_fixed(Encoder& to, std::uint32_t field, T value) {
  if (value != 0 || std::signbit(value)) to.fixed(field, value);
}
void put_varint(Encoder& to, std::uint32_t field, std::int64_t value) {
  if (value != 0) to.varint(field, value);
}

void put_packed(Encoder& to, std::uint32_t field, std::span<const double> values) {
  if (values.empty()) return;
  to.message(field, [&] {
    for (const double value : values) to.raw_fixed(value);
  });
}

}  // namespace

template <class Body>
SummaryBuilder& SummaryBuilder::value(Body&& body) {
  Encoder summary(out_);
  summary.message(1, [&] { body(summary); });
  return *this;
}

SummaryBuilder& SummaryBuilder::scalar(std::string_view tag, float value) {
  if (writer_.options_.scalar_form == ScalarForm::kSimpleValue) return simple_value(tag, value);
  return scalar(tag, Scalar::of(value), writer_.options_.scalar_form);
}

SummaryBuilder& SummaryBuilder::scalar(std::string_view tag, const Scalar& value, ScalarForm form,
                                       const std::optional<Shape>& shape) {
  if (form == ScalarForm::kSimpleValue)
    return simple_value(tag, static_cast<float>(value.as_double()));
  const TensorLayout layout =
      form == ScalarForm::kTensorContent ? TensorLayout::kContent : TensorLayout::kTyped;
  return tensor(tag, scalar_tensor(value, layout, shape), {.plugin = "scalars"});
}

SummaryBuilder& SummaryBuilder::simple_value(std::string_view tag, float number,
                                             const SummaryMetadata* metadata) {
  return value([&](Encoder& to) {
    to.text(1, tag).fixed(2, number);
    if (metadata != nullptr && writer_.wants_metadata(tag)) put_metadata(to, *metadata);
  });
}

SummaryBuilder& SummaryBuilder::text(std::string_view tag, std::string_view text,
                                     const Shape& shape) {
  return tensor(tag, string_tensor({&text, 1}, shape), {.plugin = "text"});
}

SummaryBuilder& SummaryBuilder::histogram(std::string_view tag, const HistogramData& histogram) {
  return value([&](Encoder& to) {
    to.text(1, tag).message(5, [&] {
      put_fixed(to, 1, histogram.min);
      put_fixed(to, 2, histogram.max);
      put_fixed(to, 3, histogram.count);
      put_fixed(to, 4, histogram.sum);
      put_fixed(to, 5, histogram.sum_of_squares);
      put_packed(to, 6, histogram.limits);
      put_packed(to, 7, histogram.counts);
    });
  });
}

SummaryBuilder& SummaryBuilder::image(std::string_view tag, const ImageData& image) {
  return value([&](Encoder& to) {
    to.text(1, tag).message(4, [&] {
      put_varint(to, 1, image.height);
      put_varint(to, 2, image.width);
      put_varint(to, 3, image.colorspace);
      to.text(4, image.encoded);
    });
  });
}

SummaryBuilder& SummaryBuilder::audio(std::string_view tag, const AudioData& audio) {
  return value([&](Encoder& to) {
    to.text(1, tag).message(6, [&] {
      put_fixed(to, 1, audio.sample_rate);
      put_varint(to, 2, audio.channels);
      put_varint(to, 3, audio.frames);
      to.text(4, audio.encoded).text(5, audio.content_type);
    });
  });
}

SummaryBuilder& SummaryBuilder::histogram_tensor(std::string_view tag,
                                                 std::span<const HistogramBucket> buckets) {
  std::string content;
  Encoder rows(content);
  for (const HistogramBucket& bucket : buckets)
    rows.raw_fixed(bucket.left).raw_fixed(bucket.right).raw_fixed(bucket.count);
  const Shape shape{static_cast<std::int64_t>(buckets.size()), 3};
  return tensor(tag, content_tensor(DType::kFloat64, content, shape), {.plugin = "histograms"});
}

SummaryBuilder& SummaryBuilder::image_tensor(std::string_view tag, std::int32_t width,
                                             std::int32_t height,
                                             std::span<const std::string_view> encoded) {
  const std::string width_text = fmt::to_string(width), height_text = fmt::to_string(height);
  std::vector<std::string_view> elements{width_text, height_text};
  elements.insert(elements.end(), encoded.begin(), encoded.end());
  const Shape shape{static_cast<std::int64_t>(elements.size())};
  return tensor(tag, string_tensor(elements, shape), {.plugin = "images"});
}

SummaryBuilder& SummaryBuilder::audio_tensor(std::string_view tag,
                                             std::span<const std::string_view> encoded) {
  std::string content;  // AudioPluginData: encoding 2 is WAV (11).
  Encoder(content).varint(2, std::uint64_t{11});
  const Shape shape{static_cast<std::int64_t>(encoded.size())};
  return tensor(tag, string_tensor(encoded, shape), {.plugin = "audio", .content = content});
}

SummaryBuilder& SummaryBuilder::hparams(std::string_view tag, std::string_view content,
                                        bool placeholder) {
  return value([&](Encoder& to) {
    to.text(1, tag);
    if (placeholder) to.bytes(8, content_tensor(DType::kFloat32, {}, {0}));
    put_metadata(to, {.plugin = "hparams", .content = std::string(content)});
  });
}

SummaryBuilder& SummaryBuilder::tensor(std::string_view tag, std::string_view serialized,
                                       const SummaryMetadata& metadata) {
  return value([&](Encoder& to) {
    to.text(1, tag).bytes(8, serialized);
    if (writer_.wants_metadata(tag)) put_metadata(to, metadata);
  });
}

SummaryBuilder& SummaryBuilder::raw(std::string_view serialized_value) {
  Encoder(out_).bytes(1, serialized_value);
  return *this;
}

EventWriter::EventWriter(Options options) : options_(std::move(options)) {
  if (options_.file_version)
    file_version(options_.wall_time, *options_.file_version, options_.writer);
}

// Writers put wall_time always and step where it is not 0, then what happened.
template <class What>
void EventWriter::put(EventTime at, What&& what) {
  payload_.clear();
  Encoder event(payload_);
  event.fixed(1, at.wall_time);
  put_varint(event, 2, at.step);
  what(event);
  append_record(bytes_, payload_);
}

void EventWriter::put_summary(EventTime at) {
  put(at, [&](Encoder& event) { event.bytes(5, summary_); });
}

void EventWriter::file_version(double wall_time, std::string_view version,
                               std::string_view writer) {
  put({0, wall_time}, [&](Encoder& event) {
    event.bytes(3, version);
    writer = writer.substr(0, kMaxWriterBytes);
    if (!writer.empty()) event.message(10, [&] { event.bytes(1, writer); });
  });
}

void EventWriter::graph_def(EventTime at, std::string_view serialized) {
  put(at, [&](Encoder& event) { event.bytes(4, serialized); });
}

void EventWriter::meta_graph_def(EventTime at, std::string_view serialized) {
  put(at, [&](Encoder& event) { event.bytes(9, serialized); });
}

void EventWriter::run_metadata(EventTime at, std::string_view tag, std::string_view serialized) {
  put(at,
      [&](Encoder& event) { event.message(8, [&] { event.text(1, tag).text(2, serialized); }); });
}

void EventWriter::session_log(EventTime at, SessionStatus status, std::string_view checkpoint_path,
                              std::string_view message) {
  put(at, [&](Encoder& event) {
    event.message(7, [&] {
      put_varint(event, 1, static_cast<std::int64_t>(status));
      event.text(2, checkpoint_path).text(3, message);
    });
  });
}

void EventWriter::log_message(EventTime at, std::int32_t level, std::string_view message) {
  put(at, [&](Encoder& event) {
    event.message(6, [&] {
      put_varint(event, 1, level);
      event.text(2, message);
    });
  });
}

void EventWriter::raw(std::string_view payload) {
  append_record(bytes_, payload);
}

std::string EventWriter::take() {
  return std::exchange(bytes_, {});
}

Status EventWriter::append_to(const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file.write(bytes_.data(), static_cast<std::streamsize>(bytes_.size())).flush();
  if (!file) return system_error(errno, path);
  bytes_.clear();
  return ok_status();
}

bool EventWriter::wants_metadata(std::string_view tag) {
  if (options_.metadata == MetadataPolicy::kNever) return false;
  if (options_.metadata == MetadataPolicy::kAlways) return true;
  if (described_.find(tag) != described_.end()) return false;
  described_.emplace(tag);
  return true;
}

std::string event_file_name(std::int64_t seconds, std::string_view host, std::int64_t pid,
                            std::int64_t counter, std::string_view suffix) {
  return fmt::format("events.out.tfevents.{:010}.{}.{}.{}{}", seconds, host, pid, counter, suffix);
}

}  // namespace tfevents
