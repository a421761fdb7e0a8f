#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "event/event.hpp"
#include "event/wire.hpp"

namespace tfevents {

/// The general parser of one Event message, over a SpanReader or a StreamReader. Private to the
/// scanner.
///
/// Every known message is walked to its end, so that an event is accepted exactly when protobuf
/// would accept it; fields are merged as protobuf merges them (the last scalar wins, repeated
/// messages merge, setting another member of a `oneof` clears the one before). Sink:
/// `begin_value()` gives a fresh ValueView for each value, in wire order, `end_value()` says that
/// it is filled, and `on_clear()` that all values so far turned out not to count.
template <class Reader, class Sink>
class EventParser {
 public:
  EventParser(Reader& in, EventView& event, Sink& sink) : in_(in), event_(event), sink_(sink) {}

  bool parse() {
    return fields(wire::kMaxDepth,
                  [&](wire::Tag tag, int depth) { return event_field(tag, depth); });
  }

  /// Reads a SummaryMetadata alone, as deep as it lies in an event.
  bool parse_metadata(MetadataView& metadata) {
    return fields(wire::kMaxDepth - 3,
                  [&](wire::Tag tag, int depth) { return metadata_field(tag, depth, metadata); });
  }

 private:
  // Reads the fields of a message up to the reader's limit.
  template <class Field>
  bool fields(int depth, Field&& field) {
    if (depth < 0) return false;
    while (!in_.done()) {
      wire::Tag tag;
      if (!wire::read_tag(in_, tag) || !field(tag, depth)) return false;
    }
    return true;
  }

  // Reads a length-delimited sub-message.
  template <class Field>
  bool message(int depth, Field&& field) {
    std::uint64_t length = 0;
    typename Reader::Limit outer{};
    if (!wire::read_length(in_, length) || !in_.enter(length, outer)) return false;
    if (!fields(depth - 1, field)) return false;
    in_.leave(outer);
    return true;
  }

  bool skip(wire::Tag tag, int depth) { return wire::skip_field(in_, tag, depth); }

  bool text(std::string_view& out, std::uint64_t keep = kMaxTagBytes + 1) {
    std::uint64_t length = 0;
    return wire::read_length(in_, length) && in_.view(length, keep, out);
  }

  bool sized_bytes(std::uint64_t& size) { return wire::read_length(in_, size) && in_.skip(size); }

  bool passed_bytes(BytesPlace& place) {
    if (!wire::read_length(in_, place.size)) return false;
    place.data = in_.data();
    place.offset = in_.offset();
    return in_.skip(place.size);
  }

  bool event_field(wire::Tag tag, int depth) {
    using wire::Type;
    if (tag.field == 1 && tag.type == Type::kFixed64) return in_.fixed(event_.wall_time);
    if (tag.field == 2 && tag.type == Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      event_.step = static_cast<std::int64_t>(raw);
      return true;
    }
    if (tag.type != Type::kBytes) return skip(tag, depth);
    switch (tag.field) {
      case 3: become(EventKind::kFileVersion); return text(event_.file_version);
      case 4: become(EventKind::kGraphDef); return passed_bytes(event_.blob);
      case 5:
        become(EventKind::kSummary);
        return message(depth, [&](wire::Tag t, int d) { return summary_field(t, d); });
      case 6:
        become(EventKind::kLogMessage);
        return message(depth, [&](wire::Tag t, int d) { return skip(t, d); });
      case 7:
        become(EventKind::kSessionLog);
        return message(depth, [&](wire::Tag t, int d) { return session_field(t, d); });
      case 8:
        become(EventKind::kTaggedRunMetadata);
        return message(depth, [&](wire::Tag t, int d) { return run_metadata_field(t, d); });
      case 9: become(EventKind::kMetaGraphDef); return passed_bytes(event_.blob);
      case 10: return message(depth, [&](wire::Tag t, int d) { return source_field(t, d); });
      default: return skip(tag, depth);
    }
  }

  // Sets the member of Event.what; another one than before starts empty.
  void become(EventKind kind) {
    if (event_.kind == kind) return;
    event_.kind = kind;
    event_.session_status = SessionStatus::kUnspecified;
    event_.run_metadata_tag = {};
    event_.file_version = {};
    event_.blob = {};
    sink_.on_clear();
  }

  bool session_field(wire::Tag tag, int depth) {
    if (tag.field != 1 || tag.type != wire::Type::kVarint) return skip(tag, depth);
    std::uint64_t raw = 0;
    if (!in_.varint(raw)) return false;
    event_.session_status = static_cast<SessionStatus>(static_cast<std::int32_t>(raw));
    return true;
  }

  bool run_metadata_field(wire::Tag tag, int depth) {
    if (tag.type != wire::Type::kBytes) return skip(tag, depth);
    if (tag.field == 1) return text(event_.run_metadata_tag);
    if (tag.field == 2) return passed_bytes(event_.blob);
    return skip(tag, depth);
  }

  bool source_field(wire::Tag tag, int depth) {
    if (tag.field == 1 && tag.type == wire::Type::kBytes) return text(event_.writer);
    return skip(tag, depth);
  }

  bool summary_field(wire::Tag tag, int depth) {
    if (tag.field != 1 || tag.type != wire::Type::kBytes) return skip(tag, depth);
    std::string_view node_name;
    std::uint64_t length = 0;
    typename Reader::Limit outer{};
    if (!wire::read_length(in_, length) || !in_.enter(length, outer)) return false;
    ValueView& value = sink_.begin_value();
    value.place = {in_.data(), in_.offset(), length};
    if (!fields(depth - 1, [&](wire::Tag t, int d) { return value_field(t, d, value, node_name); }))
      return false;
    in_.leave(outer);
    if (value.tag.empty()) value.tag = node_name;
    if (value.tag.size() > kMaxTagBytes) {
      value.tag_too_long = true;
      value.tag = value.tag.substr(0, kMaxTagBytes);
    }
    sink_.end_value();
    return true;
  }

  bool value_field(wire::Tag tag, int depth, ValueView& value, std::string_view& node_name) {
    using wire::Type;
    if (tag.field == 2 && tag.type == Type::kFixed32) {
      value.payload = Payload::kSimpleValue;
      return in_.fixed(value.simple_value);
    }
    if (tag.type != Type::kBytes) return skip(tag, depth);
    std::uint64_t ignored = 0;
    switch (tag.field) {
      case 1: return text(value.tag);
      case 3: value.payload = Payload::kObsolete; return sized_bytes(ignored);
      case 4:
        value.payload = Payload::kImage;
        return message(depth, [&](wire::Tag t, int d) { return skip(t, d); });
      case 5:
        value.payload = Payload::kHistogram;
        return message(depth, [&](wire::Tag t, int d) { return histogram_field(t, d); });
      case 6:
        value.payload = Payload::kAudio;
        return message(depth, [&](wire::Tag t, int d) { return skip(t, d); });
      case 7: return text(node_name);
      case 8:
        if (value.payload != Payload::kTensor) value.tensor.reset();
        value.payload = Payload::kTensor;
        return message(depth, [&](wire::Tag t, int d) { return tensor_field(t, d, value.tensor); });
      case 9:
        value.has_metadata = true;
        return message(depth,
                       [&](wire::Tag t, int d) { return metadata_field(t, d, value.metadata); });
      default: return skip(tag, depth);
    }
  }

  bool metadata_field(wire::Tag tag, int depth, MetadataView& metadata) {
    if (tag.field == 4 && tag.type == wire::Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      metadata.data_class = static_cast<std::uint32_t>(raw);
      return true;
    }
    if (tag.field != 1 || tag.type != wire::Type::kBytes) return skip(tag, depth);
    return message(depth, [&](wire::Tag t, int d) {
      if (t.type != wire::Type::kBytes) return skip(t, d);
      if (t.field == 1) return text(metadata.plugin);
      return t.field == 2 ? passed_bytes(metadata.content) : skip(t, d);
    });
  }

  // Packed doubles must come in whole eights; everything else in a histogram is skipped.
  bool histogram_field(wire::Tag tag, int depth) {
    if ((tag.field != 6 && tag.field != 7) || tag.type != wire::Type::kBytes)
      return skip(tag, depth);
    std::uint64_t length = 0;
    return wire::read_length(in_, length) && length % 8 == 0 && in_.skip(length);
  }

  bool tensor_field(wire::Tag tag, int depth, TensorInfo& tensor) {
    using wire::Type;
    using F = TensorInfo;
    switch (tag.field) {
      case 1: {
        if (tag.type != Type::kVarint) return skip(tag, depth);
        std::uint64_t raw = 0;
        if (!in_.varint(raw)) return false;
        tensor.dtype = to_dtype(static_cast<std::int32_t>(raw));
        return true;
      }
      case 2:
        if (tag.type != Type::kBytes) return skip(tag, depth);
        return message(depth, [&](wire::Tag t, int d) { return shape_field(t, d, tensor); });
      case 4: return tag.type == Type::kBytes ? content(tensor) : skip(tag, depth);
      case 5: return repeated_fixed<std::uint32_t>(tag, depth, tensor, F::kFloat);
      case 6: return repeated_fixed<std::uint64_t>(tag, depth, tensor, F::kDouble);
      case 7: return repeated_varint(tag, depth, tensor, F::kInt);
      case 8: return counted_bytes(tag, depth, tensor, F::kString);
      case 9: return repeated_fixed<std::uint32_t>(tag, depth, tensor, F::kScomplex);
      case 10: return repeated_varint(tag, depth, tensor, F::kInt64);
      case 11: return repeated_varint(tag, depth, tensor, F::kBool);
      case 12: return repeated_fixed<std::uint64_t>(tag, depth, tensor, F::kDcomplex);
      case 13: return repeated_varint(tag, depth, tensor, F::kHalf);
      case 14:
        if (tag.type != Type::kBytes) return skip(tag, depth);
        return message(depth, [&](wire::Tag t, int d) { return resource_field(t, d); });
      case 15:
        if (tag.type != Type::kBytes) return skip(tag, depth);
        return message(depth, [&](wire::Tag t, int d) { return variant_field(t, d); });
      case 16: return repeated_varint(tag, depth, tensor, F::kUint32);
      case 17: return repeated_varint(tag, depth, tensor, F::kUint64);
      case 18: return tag.type == Type::kBytes ? float8(tensor) : skip(tag, depth);
      default: return skip(tag, depth);
    }
  }

  static DType to_dtype(std::int32_t raw) noexcept {
    if (raw > 100) raw -= 100;  // *_REF
    const bool known = raw > 0 && raw <= static_cast<std::int32_t>(DType::kFloat4E2M1FN);
    return known ? static_cast<DType>(raw) : DType::kInvalid;
  }

  bool shape_field(wire::Tag tag, int depth, TensorInfo& tensor) {
    if (tag.field == 3 && tag.type == wire::Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      tensor.unknown_rank = raw != 0;
      return true;
    }
    if (tag.field != 2 || tag.type != wire::Type::kBytes) return skip(tag, depth);
    std::int64_t size = 0;
    const bool ok = message(depth, [&](wire::Tag t, int d) {
      if (t.field != 1 || t.type != wire::Type::kVarint) return skip(t, d);
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      size = static_cast<std::int64_t>(raw);
      return true;
    });
    if (!ok) return false;
    ++tensor.rank;
    constexpr std::uint64_t kMost = std::uint64_t{1} << 63;
    if (size < 0) {
      tensor.has_unknown_dim = true;
    } else if (size != 0 && tensor.elements > kMost / static_cast<std::uint64_t>(size)) {
      tensor.elements = kMost;
    } else {
      tensor.elements *= static_cast<std::uint64_t>(size);
    }
    return true;
  }

  bool content(TensorInfo& tensor) {
    std::string_view front;
    if (!wire::read_length(in_, tensor.content_bytes) ||
        !in_.view(tensor.content_bytes, tensor.content.size(), front)) {
      return false;
    }
    tensor.content = {};
    std::copy_n(reinterpret_cast<const std::byte*>(front.data()), front.size(),
                tensor.content.begin());
    return true;
  }

  bool float8(TensorInfo& tensor) {
    std::string_view front;
    std::uint64_t length = 0;
    if (!wire::read_length(in_, length) || !in_.view(length, 1, front)) return false;
    tensor.counts[TensorInfo::kFloat8] = length;
    if (!front.empty()) tensor.first[TensorInfo::kFloat8] = static_cast<std::uint8_t>(front[0]);
    return true;
  }

  bool counted_bytes(wire::Tag tag, int depth, TensorInfo& tensor, TensorInfo::Field field) {
    if (tag.type != wire::Type::kBytes) return skip(tag, depth);
    std::uint64_t length = 0;
    ++tensor.counts[field];
    return sized_bytes(length);
  }

  template <class T>
  bool repeated_fixed(wire::Tag tag, int depth, TensorInfo& tensor, TensorInfo::Field field) {
    constexpr auto kOne = sizeof(T) == 4 ? wire::Type::kFixed32 : wire::Type::kFixed64;
    std::uint64_t bytes = sizeof(T);
    if (tag.type == wire::Type::kBytes) {
      if (!wire::read_length(in_, bytes) || bytes % sizeof(T) != 0) return false;
      if (bytes == 0) return true;
    } else if (tag.type != kOne) {
      return skip(tag, depth);
    }
    T value{};
    if (!in_.fixed(value)) return false;
    if (tensor.counts[field] == 0) tensor.first[field] = value;
    tensor.counts[field] += bytes / sizeof(T);
    return in_.skip(bytes - sizeof(T));
  }

  bool repeated_varint(wire::Tag tag, int depth, TensorInfo& tensor, TensorInfo::Field field) {
    const auto one = [&] {
      std::uint64_t value = 0;
      if (!in_.varint(value)) return false;
      if (field == TensorInfo::kInt || field == TensorInfo::kHalf) {
        value =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
      } else if (field == TensorInfo::kUint32) {
        value = static_cast<std::uint32_t>(value);
      }
      if (field == TensorInfo::kHalf && value > 0xFFFF) tensor.half_is_wide = true;
      if (tensor.counts[field]++ == 0) tensor.first[field] = value;
      return true;
    };
    if (tag.type == wire::Type::kVarint) return one();
    if (tag.type != wire::Type::kBytes) return skip(tag, depth);
    std::uint64_t length = 0;
    typename Reader::Limit outer{};
    if (!wire::read_length(in_, length) || !in_.enter(length, outer)) return false;
    while (!in_.done()) {
      if (!one()) return false;
    }
    in_.leave(outer);
    return true;
  }

  bool resource_field(wire::Tag tag, int depth) {
    if (tag.field != 6 || tag.type != wire::Type::kBytes) return skip(tag, depth);
    return message(depth, [&](wire::Tag t, int d) {
      if (t.field != 2 || t.type != wire::Type::kBytes) return skip(t, d);
      TensorInfo ignored;
      return message(d, [&](wire::Tag t2, int d2) { return shape_field(t2, d2, ignored); });
    });
  }

  bool variant_field(wire::Tag tag, int depth) {
    if (tag.field != 3 || tag.type != wire::Type::kBytes) return skip(tag, depth);
    return message(depth, [&](wire::Tag t, int d) {
      TensorInfo ignored;
      return tensor_field(t, d, ignored);
    });
  }

  Reader& in_;
  EventView& event_;
  Sink& sink_;
};

}  // namespace tfevents
