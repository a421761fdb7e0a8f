#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "event/scalar.hpp"

namespace tfevents {

/// A tensor as far as the scanner looks: type, shape, and what is needed to read one number out of
/// it. Source: tensorboard/compat/proto/tensor.proto.
struct TensorInfo {
  /// The typed fields, by the way a single value of each is kept in `first`.
  enum Field : std::uint8_t {
    kFloat,
    kDouble,
    kInt,
    kString,
    kScomplex,
    kInt64,
    kBool,
    kDcomplex,
    kHalf,
    kUint32,
    kUint64,
    kFloat8,
    kFields
  };

  /// For places that are filled before they are read: a scalar TensorFlow writes has no use for 240
  /// zeros.
  struct Uninitialized {};

  DType dtype;
  bool unknown_rank;
  bool has_unknown_dim;  ///< Some dimension is negative.
  bool half_is_wide;     ///< Some half_val is no 16-bit pattern: torch's float32 bits (FORMAT 4.1).
  std::uint32_t rank;
  std::uint64_t elements;             ///< Product of the known dimensions; saturates at 2^63.
  std::uint64_t content_bytes;        ///< Size of tensor_content.
  std::array<std::byte, 16> content;  ///< Its first bytes.
  std::array<std::uint64_t, kFields> counts;  ///< Values in each typed field (bytes in kFloat8).
  std::array<std::uint64_t, kFields>
      first;  ///< Bits of the first value of each; set where counts is not 0.

  /// An empty tensor of rank 0.
  TensorInfo() noexcept { reset(); }
  explicit TensorInfo(Uninitialized /*unused*/) noexcept {}  // NOLINT: filled by reset()
  void reset() noexcept {
    dtype = DType::kInvalid;
    unknown_rank = has_unknown_dim = half_is_wide = false;
    rank = 0;
    elements = 1;
    content_bytes = 0;
    counts = {};
  }
};

/// The number in a tensor of exactly one numeric element, or nothing. Any rank; complex numbers and
/// strings are no scalars. Source: tensorboard/util/tensor_util.py, and the robustness rules of
/// FORMAT 4.1.
[[nodiscard]] std::optional<Scalar> to_scalar(const TensorInfo& tensor) noexcept;

/// Which member of `Summary.Value.value` was set last on the wire.
enum class Payload : std::uint8_t {
  kNone,
  kSimpleValue,
  kObsolete,
  kImage,
  kHistogram,
  kAudio,
  kTensor
};

/// Where bytes of an event are that the scanner passes over. Of an event in memory `data` points to
/// them; of one that comes in parts it is null, and they begin at `offset` of the payload.
struct BytesPlace {
  const std::byte* data = nullptr;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What `SummaryMetadata` says. Views live as long as the event.
/// Source: tensorboard/compat/proto/summary.proto.
struct MetadataView {
  std::string_view plugin;
  BytesPlace content;            ///< Serialized, as the plugin defines it; its size may be 0.
  std::uint32_t data_class = 0;  ///< 0 unknown, 1 scalar, 2 tensor, 3 blob sequence.
};

/// One `Summary.Value`. Views live until the next event is scanned.
struct ValueView {
  std::string_view tag;       ///< `tag`, else `node_name`, else empty.
  bool tag_too_long = false;  ///< Above kMaxTagBytes: `tag` holds its front only.
  Payload payload = Payload::kNone;
  bool has_metadata = false;
  MetadataView metadata;
  float simple_value = 0;
  TensorInfo tensor{TensorInfo::Uninitialized{}};  ///< Set where payload is kTensor.
  BytesPlace place;                                ///< The serialized Value.

  /// As new, without touching the tensor.
  void reset() noexcept {
    tag = {};
    tag_too_long = false;
    payload = Payload::kNone;
    has_metadata = false;
    metadata = {};
    simple_value = 0;
    place = {};
  }
};

/// The shapes that nearly all values have, read without the general parser.
enum class FastForm : std::uint8_t {
  kSimple,        ///< `simple_value`.
  kScalarTensor,  ///< A float32 tensor of rank 0 with one value.
  kHistogram,     ///< `histo`.
  kTensor,        ///< A tensor that holds more than one number, as bytes.
};

/// A value of one of those shapes. Points into the record.
struct FastValue {
  const char* tag;
  std::uint32_t tag_bytes;
  float value;                ///< Of the first two forms.
  const std::byte* metadata;  ///< The serialized SummaryMetadata, null where there is none.
  std::uint32_t metadata_bytes;
  std::uint32_t bytes;  ///< Of the serialized Value.
  FastForm form;

  FastValue() = default;
  // Only so that a vector can build one in its place: clang 14 cannot do that with an aggregate.
  // NOLINTBEGIN(readability-identifier-naming)
  FastValue(const char* tag_, std::uint32_t tag_bytes_, float value_, const std::byte* metadata_,
            std::uint32_t metadata_bytes_, std::uint32_t bytes_, FastForm form_) noexcept
      : tag(tag_),
        tag_bytes(tag_bytes_),
        value(value_),
        metadata(metadata_),
        metadata_bytes(metadata_bytes_),
        bytes(bytes_),
        form(form_) {}
  // NOLINTEND(readability-identifier-naming)

  [[nodiscard]] std::string_view tag_view() const noexcept { return {tag, tag_bytes}; }
  /// The serialized Value. It begins with the tag's field, whose length takes a byte or two; the
  /// first of two is above 0x7F, which the field's number is not.
  [[nodiscard]] BytesPlace place() const noexcept {
    const auto* const at = reinterpret_cast<const std::byte*>(tag);
    return {at - (at[-2] == std::byte{0x0A} ? 2 : 3), 0, bytes};
  }
};

/// Names above this are a `limit` problem of their run.
inline constexpr std::size_t kMaxTagBytes = 64 * 1024;

/// Which member of `Event.what` was set last on the wire. Source:
/// tensorboard/compat/proto/event.proto.
enum class EventKind : std::uint8_t {
  kNothing,
  kFileVersion,
  kGraphDef,
  kSummary,
  kLogMessage,
  kSessionLog,
  kTaggedRunMetadata,
  kMetaGraphDef
};
/// `nothing`, `file_version`, `graph_def`, `summary`, …: the names of `dump --records`.
const char* to_string(EventKind kind) noexcept;

/// `SessionLog.status`.
enum class SessionStatus : std::int32_t {
  kUnspecified = 0,
  kStart = 1,
  kStop = 2,
  kCheckpoint = 3
};

/// One event as the scanner sees it. Reused from event to event: views and vectors live until the
/// next scan.
struct EventView {
  double wall_time = 0;  ///< Seconds since the epoch; any bit pattern.
  std::int64_t step = 0;
  EventKind kind = EventKind::kNothing;
  std::string_view file_version;
  std::string_view writer;  ///< `source_metadata.writer`.
  SessionStatus session_status = SessionStatus::kUnspecified;
  std::string_view run_metadata_tag;
  BytesPlace blob;                ///< The graph_def, meta_graph_def or run metadata, serialized.
  std::vector<FastValue> fast;    ///< All values, when every one had a common shape …
  std::vector<ValueView> values;  ///< … else all of them here.
};

}  // namespace tfevents
