#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "event/scanner.hpp"
#include "tensorboard/event.pb.h"

namespace tfevents::test {

// The same event as the scanner and as libprotobuf see it, written down in the same words.
// Everything that the scanner promises is in there: kinds, steps, bits of times and numbers, names,
// metadata.

inline std::string hex(std::uint64_t bits) {
  char text[17];
  std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(bits));
  return text;
}

inline std::string front_of(std::string_view name) {
  return "'" + std::string(name.substr(0, kMaxTagBytes)) + "'";
}

inline std::string describe(const std::optional<Scalar>& scalar) {
  if (!scalar) return "-";
  const std::uint64_t bits = scalar->store() == Scalar::Store::kFloat
                                 ? std::bit_cast<std::uint32_t>(scalar->f32)
                                 : scalar->u64;
  return std::string(to_string(scalar->dtype)) + ":" + hex(bits);
}

inline std::string describe_event(double wall_time, std::int64_t step, EventKind kind,
                                  std::string_view file_version, std::string_view writer,
                                  std::int32_t status, std::string_view run_metadata_tag,
                                  std::uint64_t blob_bytes) {
  return hex(std::bit_cast<std::uint64_t>(wall_time)) + " " + std::to_string(step) + " " +
         to_string(kind) + " version " + front_of(file_version) + " writer " + front_of(writer) +
         " status " + std::to_string(status) + " tag " + front_of(run_metadata_tag) + " blob " +
         std::to_string(blob_bytes) + "\n";
}

inline std::string describe_value(std::string_view tag, Payload payload, float simple_value,
                                  const std::optional<Scalar>& scalar, bool has_metadata,
                                  std::string_view plugin, std::string_view content,
                                  std::uint32_t data_class) {
  std::string text = front_of(tag) + " payload " + std::to_string(static_cast<int>(payload));
  if (payload == Payload::kSimpleValue)
    text += " " + hex(std::bit_cast<std::uint32_t>(simple_value));
  if (payload == Payload::kTensor) text += " " + describe(scalar);
  if (has_metadata)
    text += " metadata " + front_of(plugin) + front_of(content) + " " + std::to_string(data_class);
  return text + "\n";
}

/// `with_size`: also how many bytes the value has, which libprotobuf does not tell.
inline std::string describe(const ValueView& value, bool with_size, std::string_view payload) {
  const BytesPlace& content = value.metadata.content;
  const std::string size = with_size ? std::to_string(value.place.size) + " " : "";
  return size + describe_value(value.tag, value.payload, value.simple_value,
                               value.payload == Payload::kTensor ? to_scalar(value.tensor)
                                                                 : std::optional<Scalar>{},
                               value.has_metadata, value.metadata.plugin,
                               content.data != nullptr
                                   ? as_text({content.data, content.size})
                                   : payload.substr(content.offset, content.size),
                               value.metadata.data_class);
}

/// The event that was scanned last; `again` delivers the values of an event that holds too many.
template <class Again>
std::string describe(const EventScanner& scanner, bool with_size, std::string_view payload,
                     Again&& again) {
  const EventView& event = scanner.event();
  std::string text;
  const bool fast = !event.fast.empty();
  text += describe_event(
      event.wall_time, event.step, event.kind, fast ? std::string_view{} : event.file_version,
      event.writer, fast ? 0 : static_cast<std::int32_t>(event.session_status),
      fast ? std::string_view{} : event.run_metadata_tag, fast ? 0 : event.blob.size);
  for (const FastValue& value : event.fast)
    text += describe(to_value_view(value), with_size, payload);
  for (const ValueView& value : event.values) text += describe(value, with_size, payload);
  if (scanner.overflowed())
    again([&](const ValueView& value) { text += describe(value, with_size, payload); });
  return text;
}

/// `rejected`, or the event as EventScanner::scan sees it.
inline std::string scanned(EventScanner& scanner, std::string_view payload,
                           bool with_size = false) {
  if (!scanner.scan(as_bytes(payload))) return "rejected";
  return describe(scanner, with_size, payload, [&](const EventScanner::ValueFunction& function) {
    scanner.for_each_value(as_bytes(payload), function);
  });
}

/// The same by scan_stream, in parts of at most `most` bytes whose sizes depend on the offset.
inline std::string scanned_as_stream(EventScanner& scanner, std::string_view payload,
                                     std::size_t most, bool with_size = false) {
  const auto fetch = [=](std::uint64_t offset, std::span<std::byte> into) {
    const std::size_t left = payload.size() - std::min<std::size_t>(payload.size(), offset);
    const std::size_t n = std::min({left, into.size(), 1 + offset * 2654435761U % most});
    if (n != 0) std::memcpy(into.data(), payload.data() + offset, n);
    return n;
  };
  if (!scanner.scan_stream(payload.size(), fetch)) return "rejected";
  return describe(scanner, with_size, payload, [&](const EventScanner::ValueFunction& function) {
    scanner.for_each_value(payload.size(), fetch, function);
  });
}

/// What a TensorProto is to the scanner.
inline TensorInfo tensor_info(const pb::TensorProto& tensor) {
  using F = TensorInfo;
  TensorInfo info;
  const std::int32_t number = tensor.dtype();
  const std::int32_t dtype = number > 100 ? number - 100 : number;
  if (dtype > 0 && dtype <= 33) info.dtype = static_cast<DType>(dtype);
  info.unknown_rank = tensor.tensor_shape().unknown_rank();
  info.rank = static_cast<std::uint32_t>(tensor.tensor_shape().dim_size());
  for (const auto& dim : tensor.tensor_shape().dim()) {
    info.has_unknown_dim = info.has_unknown_dim || dim.size() < 0;
    if (dim.size() < 0) continue;
    const auto size = static_cast<std::uint64_t>(dim.size());
    const bool too_many = size != 0 && info.elements > (std::uint64_t{1} << 63) / size;
    info.elements = too_many ? std::uint64_t{1} << 63 : info.elements * size;
  }
  info.content_bytes = tensor.tensor_content().size();
  info.content = {};
  std::memcpy(info.content.data(), tensor.tensor_content().data(),
              std::min<std::size_t>(info.content.size(), tensor.tensor_content().size()));
  const auto field = [&](F::Field which, const auto& values, auto bits_of) {
    info.counts[which] = static_cast<std::uint64_t>(values.size());
    if (values.size() != 0) info.first[which] = bits_of(values.Get(0));
  };
  const auto extend = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const auto single = [](float value) {
    return std::uint64_t{std::bit_cast<std::uint32_t>(value)};
  };
  const auto wide = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  field(F::kFloat, tensor.float_val(), single);
  field(F::kDouble, tensor.double_val(), wide);
  field(F::kInt, tensor.int_val(), extend);
  field(F::kString, tensor.string_val(), [](const std::string&) { return std::uint64_t{0}; });
  field(F::kScomplex, tensor.scomplex_val(), single);
  field(F::kInt64, tensor.int64_val(), extend);
  field(F::kBool, tensor.bool_val(), [](bool value) { return std::uint64_t{value}; });
  field(F::kDcomplex, tensor.dcomplex_val(), wide);
  field(F::kHalf, tensor.half_val(), extend);
  field(F::kUint32, tensor.uint32_val(), [](std::uint32_t value) { return std::uint64_t{value}; });
  field(F::kUint64, tensor.uint64_val(), [](std::uint64_t value) { return value; });
  for (const std::int32_t half : tensor.half_val())
    info.half_is_wide = info.half_is_wide || half < 0 || half > 0xFFFF;
  info.counts[F::kFloat8] = tensor.float8_val().size();
  if (!tensor.float8_val().empty())
    info.first[F::kFloat8] = static_cast<std::uint8_t>(tensor.float8_val()[0]);
  return info;
}

inline Payload payload_of(const pb::Summary::Value& value) {
  switch (value.value_case()) {
    case pb::Summary::Value::kSimpleValue: return Payload::kSimpleValue;
    case pb::Summary::Value::kObsoleteOldStyleHistogram: return Payload::kObsolete;
    case pb::Summary::Value::kImage: return Payload::kImage;
    case pb::Summary::Value::kHisto: return Payload::kHistogram;
    case pb::Summary::Value::kAudio: return Payload::kAudio;
    case pb::Summary::Value::kTensor: return Payload::kTensor;
    default: return Payload::kNone;
  }
}

inline std::string describe(const pb::Summary::Value& value) {
  const Payload payload = payload_of(value);
  return describe_value(value.tag().empty() ? value.node_name() : value.tag(), payload,
                        value.simple_value(),
                        payload == Payload::kTensor ? to_scalar(tensor_info(value.tensor()))
                                                    : std::optional<Scalar>{},
                        value.has_metadata(), value.metadata().plugin_data().plugin_name(),
                        value.metadata().plugin_data().content(),
                        static_cast<std::uint32_t>(value.metadata().data_class()));
}

/// `rejected`, or the event as libprotobuf sees it.
inline std::string parsed(std::string_view payload) {
  pb::Event event;
  if (!event.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return "rejected";
  static constexpr EventKind kKinds[] = {EventKind::kNothing,           EventKind::kNothing,
                                         EventKind::kNothing,           EventKind::kFileVersion,
                                         EventKind::kGraphDef,          EventKind::kSummary,
                                         EventKind::kLogMessage,        EventKind::kSessionLog,
                                         EventKind::kTaggedRunMetadata, EventKind::kMetaGraphDef};
  std::string text = describe_event(event.wall_time(), event.step(), kKinds[event.what_case()],
                                    event.file_version(), event.source_metadata().writer(),
                                    event.session_log().status(), event.tagged_run_metadata().tag(),
                                    event.graph_def().size() + event.meta_graph_def().size() +
                                        event.tagged_run_metadata().run_metadata().size());
  for (const auto& value : event.summary().value()) text += describe(value);
  return text;
}

}  // namespace tfevents::test
