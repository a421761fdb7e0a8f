#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/result.hpp"
#include "event/event.hpp"
#include "event/histogram.hpp"
#include "event/tensor_writer.hpp"

namespace tfevents {

/// When an event happened.
struct EventTime {
  std::int64_t step = 0;
  double wall_time = 0;  ///< Seconds since the epoch.
};

/// `SummaryMetadata.data_class`.
enum class DataClass : std::uint8_t { kUnknown = 0, kScalar = 1, kTensor = 2, kBlobSequence = 3 };

/// What a SummaryMetadata says. Source: tensorboard/compat/proto/summary.proto.
struct SummaryMetadata {
  std::string plugin;
  std::string content = {};  ///< Serialized, as the plugin defines it.
  std::string display_name = {};
  std::string description = {};  ///< Markdown.
  DataClass data_class = DataClass::kUnknown;
};

/// When values carry their metadata. TensorBoard's servers look at the first value of a tag only.
enum class MetadataPolicy : std::uint8_t {
  kFirst,   ///< With the first value of a tag: TensorFlow 1, PyTorch.
  kAlways,  ///< With every value: TensorFlow 2.
  kNever,   ///< Left out: broken files, and later files of TensorFlow 1 runs.
};

/// `HistogramProto`: bucket i counts the values up to limits[i]. Source:
/// tensorboard/compat/proto/histogram.proto.
struct HistogramData {
  double min = 0, max = 0, count = 0, sum = 0, sum_of_squares = 0;
  std::span<const double> limits;  ///< [k]
  std::span<const double> counts;  ///< [k]
};

struct ImageData {
  std::int32_t width = 0, height = 0;
  std::int32_t colorspace = 3;  ///< 1 grey, 3 RGB, 4 RGBA.
  std::string_view encoded;     ///< PNG, JPEG, GIF, …
};

struct AudioData {
  float sample_rate = 0;
  std::int64_t channels = 1, frames = 0;
  std::string_view encoded;
  std::string_view content_type = "audio/wav";
};

/// Gathers the values of one event. Made by EventWriter::summary.
///
/// Tags are written as they are; TensorBoard wants valid UTF-8.
class SummaryBuilder {
 public:
  /// A float32 in the writer's form.
  SummaryBuilder& scalar(std::string_view tag, float value);
  /// A number of any dtype. kSimpleValue stores the nearest float32.
  SummaryBuilder& scalar(std::string_view tag, const Scalar& value, ScalarForm form,
                         const std::optional<Shape>& shape = Shape{});
  /// One `simple_value`, with metadata where given.
  SummaryBuilder& simple_value(std::string_view tag, float value,
                               const SummaryMetadata* metadata = nullptr);
  /// `shape` {} as TensorFlow 2 writes it, {1} as PyTorch does.
  SummaryBuilder& text(std::string_view tag, std::string_view text, const Shape& shape = {});

  /// The legacy forms, without metadata.
  SummaryBuilder& histogram(std::string_view tag, const HistogramData& histogram);
  SummaryBuilder& image(std::string_view tag, const ImageData& image);
  SummaryBuilder& audio(std::string_view tag, const AudioData& audio);

  /// Float64 [k, 3].
  SummaryBuilder& histogram_tensor(std::string_view tag, std::span<const HistogramBucket> buckets);
  /// String [2 + n]: width, height, then the encoded images.
  SummaryBuilder& image_tensor(std::string_view tag, std::int32_t width, std::int32_t height,
                               std::span<const std::string_view> encoded);
  /// String [n]: encoded clips (WAV).
  SummaryBuilder& audio_tensor(std::string_view tag, std::span<const std::string_view> encoded);

  /// A value that is all metadata, as PyTorch writes hparams: `content` is a serialized
  /// HParamsPluginData. With `placeholder` the empty float32 tensor of TensorBoard's own writer.
  SummaryBuilder& hparams(std::string_view tag, std::string_view content, bool placeholder = false);

  /// Any serialized TensorProto, its metadata by the writer's policy.
  SummaryBuilder& tensor(std::string_view tag, std::string_view serialized,
                         const SummaryMetadata& metadata);
  /// A serialized Summary.Value, copied as it is.
  SummaryBuilder& raw(std::string_view serialized_value);

 private:
  friend class EventWriter;
  SummaryBuilder(class EventWriter& writer, std::string& out) : writer_(writer), out_(out) {}
  template <class Body>
  SummaryBuilder& value(Body&& body);

  EventWriter& writer_;
  std::string& out_;  // The Summary being built.
};

/// Writes event files that TensorBoard reads, into memory. Not thread-safe.
///
/// The first record is a `file_version` event: without it TensorBoard's Python reader throws away
/// what is out of order (tensorboard/backend/event_processing/plugin_event_accumulator.py).
class EventWriter {
 public:
  struct Options {
    std::optional<std::string> file_version = "brain.Event:2";  ///< None: no such event.
    double wall_time = 0;  ///< Of that event; the start time of the run.
    std::string writer =
        {};  ///< Its `source_metadata.writer`, at most 128 bytes; left out if empty.
    ScalarForm scalar_form = ScalarForm::kSimpleValue;
    MetadataPolicy metadata = MetadataPolicy::kFirst;
  };

  explicit EventWriter(Options options);
  EventWriter() : EventWriter(Options{}) {}

  /// One event with all values that `fill` adds. No event where it adds none.
  template <class Fill>
  void summary(EventTime at, Fill&& fill) {
    summary_.clear();
    SummaryBuilder builder(*this, summary_);
    fill(builder);
    if (!summary_.empty()) put_summary(at);
  }
  /// One event with one float32.
  void scalar(EventTime at, std::string_view tag, float value) {
    summary(at, [&](SummaryBuilder& s) { s.scalar(tag, value); });
  }

  void file_version(double wall_time, std::string_view version, std::string_view writer = {});
  void graph_def(EventTime at, std::string_view serialized);
  void meta_graph_def(EventTime at, std::string_view serialized);
  /// `TaggedRunMetadata`: a serialized RunMetadata and its name.
  void run_metadata(EventTime at, std::string_view tag, std::string_view serialized);
  void session_log(EventTime at, SessionStatus status, std::string_view checkpoint_path = {},
                   std::string_view message = {});
  /// The deprecated `LogMessage`; `level` 20 is INFO.
  void log_message(EventTime at, std::int32_t level, std::string_view message);
  /// A payload copied as it is, whatever it may be.
  void raw(std::string_view payload);

  /// From now on.
  void set_scalar_form(ScalarForm form) noexcept { options_.scalar_form = form; }
  void set_metadata(MetadataPolicy policy) noexcept { options_.metadata = policy; }

  /// What was written since the last `take`.
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  /// The same, and the writer goes on with an empty buffer: more of the same file.
  [[nodiscard]] std::string take();
  /// Appends bytes() to a file, made where there is none, and empties the buffer. Errors: kIo; the
  /// buffer stays as it was.
  Status append_to(const std::string& path);

 private:
  friend class SummaryBuilder;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  template <class What>
  void put(EventTime at, What&& what);
  void put_summary(EventTime at);
  // Whether the next value of a tag carries metadata; remembers the tag.
  bool wants_metadata(std::string_view tag);

  Options options_;
  std::string bytes_;
  std::string summary_, payload_;  // Reused from event to event.
  std::unordered_set<std::string, Hash, std::equal_to<>> described_;
};

/// `events.out.tfevents.<seconds, 10 digits>.<host>.<pid>.<counter><suffix>`, the name that
/// TensorBoard's and PyTorch's writers use. `suffix` is appended as it is (`.v2`).
/// Source: tensorboard/summary/writer/event_file_writer.py.
[[nodiscard]] std::string event_file_name(std::int64_t seconds, std::string_view host,
                                          std::int64_t pid, std::int64_t counter,
                                          std::string_view suffix = {});

}  // namespace tfevents
