#include "event/outline.hpp"

#include <optional>
#include <span>
#include <string_view>

#include "event/wire.hpp"

namespace tfevents {
namespace {

constexpr std::uint64_t kMaxText = 64 * 1024, kMaxContentType = 256;

DType to_dtype(std::uint64_t raw) noexcept {
  auto number = static_cast<std::int32_t>(raw);
  if (number > 100) number -= 100;  // *_REF
  const bool known = number > 0 && number <= static_cast<std::int32_t>(DType::kFloat4E2M1FN);
  return known ? static_cast<DType>(number) : DType::kInvalid;
}

/// Walks one Summary.Value. Fields merge as protobuf merges them.
template <class Reader>
class Outliner {
 public:
  /// `begin`: where the value starts, in memory.
  Outliner(Reader& in, const std::byte* begin) : in_(in), begin_(begin) {}

  bool walk() {
    return fields([&](wire::Tag tag) { return value_field(tag); });
  }
  ValueOutline outline;
  bool too_many_dimensions = false;

 private:
  using Type = wire::Type;

  [[nodiscard]] std::uint64_t position() const noexcept {
    return in_.data() != nullptr ? static_cast<std::uint64_t>(in_.data() - begin_) : in_.offset();
  }
  bool skip(wire::Tag tag) { return wire::skip_field(in_, tag, wire::kMaxDepth); }

  template <class Field>
  bool fields(Field&& field) {
    while (!in_.done()) {
      wire::Tag tag;
      if (!wire::read_tag(in_, tag) || !field(tag)) return false;
    }
    return true;
  }
  // A length-delimited message; `part` is where it lies.
  template <class Field>
  bool message(Part& part, Field&& field) {
    typename Reader::Limit outer{};
    if (!wire::read_length(in_, part.size)) return false;
    part.offset = position();
    if (!in_.enter(part.size, outer) || !fields(field)) return false;
    in_.leave(outer);
    return true;
  }
  template <class Field>
  bool message(Field&& field) {
    Part ignored;
    return message(ignored, field);
  }
  bool part(Part& out) {
    if (!wire::read_length(in_, out.size)) return false;
    out.offset = position();
    return in_.skip(out.size);
  }
  bool text(std::string& out, std::uint64_t most) {
    std::string_view view;
    std::uint64_t length = 0;
    if (!wire::read_length(in_, length) || !in_.view(length, most, view)) return false;
    out = view;
    // A stream keeps what it has shown: of a name given a million times that is all of them.
    std::string_view none;
    in_.forget_all_but(none);
    return true;
  }
  template <class T>
  bool integer(T& out) {
    std::uint64_t raw = 0;
    if (!in_.varint(raw)) return false;
    out = static_cast<T>(raw);
    return true;
  }

  void become(Payload payload) {
    if (outline.payload == payload) return;
    outline.payload = payload;
    outline.image = {};
    outline.audio = {};
    outline.histogram = {};
    outline.merged_histogram = false;
    outline.tensor = {};
  }

  bool value_field(wire::Tag tag) {
    if (tag.field == 2 && tag.type == Type::kFixed32) {
      become(Payload::kSimpleValue);
      return in_.skip(4);
    }
    if (tag.type != Type::kBytes) return skip(tag);
    switch (tag.field) {
      case 3: become(Payload::kObsolete); return skip(tag);
      case 4: become(Payload::kImage); return message([&](wire::Tag t) { return image_field(t); });
      case 5:
        become(Payload::kHistogram);
        outline.merged_histogram |= outline.histogram.size != 0;
        return part(outline.histogram);
      case 6: become(Payload::kAudio); return message([&](wire::Tag t) { return audio_field(t); });
      case 8:
        become(Payload::kTensor);
        outline.tensor.merged |= outline.tensor.message.size != 0;
        return message(outline.tensor.message, [&](wire::Tag t) { return tensor_field(t); });
      case 9: return message([&](wire::Tag t) { return metadata_field(t); });
      default: return skip(tag);
    }
  }

  bool image_field(wire::Tag tag) {
    ImageOutline& image = outline.image;
    if (tag.type == Type::kBytes && tag.field == 4) return part(image.encoded);
    if (tag.type != Type::kVarint) return skip(tag);
    switch (tag.field) {
      case 1: return integer(image.height);
      case 2: return integer(image.width);
      case 3: return integer(image.colorspace);
      default: return skip(tag);
    }
  }

  bool audio_field(wire::Tag tag) {
    AudioOutline& audio = outline.audio;
    if (tag.type == Type::kFixed32 && tag.field == 1) return in_.fixed(audio.sample_rate);
    if (tag.type == Type::kVarint && tag.field == 2) return integer(audio.channels);
    if (tag.type == Type::kVarint && tag.field == 3) return integer(audio.frames);
    if (tag.type == Type::kBytes && tag.field == 4) return part(audio.encoded);
    if (tag.type == Type::kBytes && tag.field == 5)
      return text(audio.content_type, kMaxContentType);
    return skip(tag);
  }

  bool metadata_field(wire::Tag tag) {
    if (tag.type != Type::kBytes) return skip(tag);
    if (tag.field == 2) return text(outline.display_name, kMaxText);
    if (tag.field == 3) return text(outline.description, kMaxText);
    if (tag.field != 1) return skip(tag);
    return message([&](wire::Tag t) {
      if (t.type != Type::kBytes) return skip(t);
      if (t.field == 1) return text(outline.plugin, kMaxText);
      return t.field == 2 ? part(outline.plugin_content) : skip(t);
    });
  }

  bool tensor_field(wire::Tag tag) {
    TensorOutline& tensor = outline.tensor;
    switch (tag.field) {
      case 1: {
        std::uint64_t raw = 0;
        if (tag.type != Type::kVarint) return skip(tag);
        if (!in_.varint(raw)) return false;
        tensor.dtype = to_dtype(raw);
        return true;
      }
      case 2:
        if (tag.type != Type::kBytes) return skip(tag);
        return message([&](wire::Tag t) { return shape_field(t); });
      case 4: return tag.type == Type::kBytes ? part(tensor.content) : skip(tag);
      case 5: return fixed_elements(tag, Type::kFixed32, 4, TensorInfo::kFloat);
      case 6: return fixed_elements(tag, Type::kFixed64, 8, TensorInfo::kDouble);
      case 7: return varint_elements(tag, TensorInfo::kInt);
      case 8: return string_element(tag);
      case 9: return fixed_elements(tag, Type::kFixed32, 4, TensorInfo::kScomplex);
      case 10: return varint_elements(tag, TensorInfo::kInt64);
      case 11: return varint_elements(tag, TensorInfo::kBool);
      case 12: return fixed_elements(tag, Type::kFixed64, 8, TensorInfo::kDcomplex);
      case 13: return varint_elements(tag, TensorInfo::kHalf);
      case 16: return varint_elements(tag, TensorInfo::kUint32);
      case 17: return varint_elements(tag, TensorInfo::kUint64);
      case 18: {
        if (tag.type != Type::kBytes) return skip(tag);
        Part bytes;
        if (!part(bytes)) return false;
        tensor.counts[TensorInfo::kFloat8] = bytes.size;
        return true;
      }
      default: return skip(tag);
    }
  }

  bool shape_field(wire::Tag tag) {
    TensorOutline& tensor = outline.tensor;
    if (tag.field == 3 && tag.type == Type::kVarint) {
      std::uint64_t raw = 0;
      if (!in_.varint(raw)) return false;
      tensor.unknown_rank = raw != 0;
      return true;
    }
    if (tag.field != 2 || tag.type != Type::kBytes) return skip(tag);
    std::int64_t size = 0;
    const bool ok = message([&](wire::Tag t) {
      return t.field == 1 && t.type == Type::kVarint ? integer(size) : skip(t);
    });
    too_many_dimensions = tensor.shape.size() >= TensorOutline::kMaxRank;
    if (!ok || too_many_dimensions) return false;
    tensor.shape.push_back(size);
    return true;
  }

  bool fixed_elements(wire::Tag tag, Type one, std::uint64_t bytes, TensorInfo::Field field) {
    std::uint64_t size = bytes;
    if (tag.type == Type::kBytes) {
      if (!wire::read_length(in_, size) || size % bytes != 0) return false;
    } else if (tag.type != one) {
      return skip(tag);
    }
    outline.tensor.counts[field] += size / bytes;
    return in_.skip(size);
  }

  bool varint_elements(wire::Tag tag, TensorInfo::Field field) {
    std::uint64_t raw = 0;
    std::uint64_t& count = outline.tensor.counts[field];
    if (tag.type == Type::kVarint) {
      ++count;
      return in_.varint(raw);
    }
    if (tag.type != Type::kBytes) return skip(tag);
    std::uint64_t size = 0;
    typename Reader::Limit outer{};
    if (!wire::read_length(in_, size) || !in_.enter(size, outer)) return false;
    for (; !in_.done(); ++count) {
      if (!in_.varint(raw)) return false;
    }
    in_.leave(outer);
    return true;
  }

  bool string_element(wire::Tag tag) {
    if (tag.type != Type::kBytes) return skip(tag);
    Part element;
    if (!part(element)) return false;
    TensorOutline& tensor = outline.tensor;
    ++tensor.counts[TensorInfo::kString];
    tensor.string_bytes += element.size;
    if (tensor.strings.size() < TensorOutline::kMaxStrings) tensor.strings.push_back(element);
    return true;
  }

  Reader& in_;
  const std::byte* begin_;
};

template <class Reader>
Result<ValueOutline> walked(Outliner<Reader>& outliner, const StoredValue& value) {
  if (outliner.walk()) return std::move(outliner.outline);
  return Error{.code = ErrorCode::kFormat,
               .message = outliner.too_many_dimensions
                              ? "a tensor of more than 254 dimensions"
                              : "the value is not what its record says it is",
               .offset = value.record_offset()};
}

}  // namespace

Result<ValueOutline> outline_of(const StoredValue& value) {
  if (value.in_memory()) {
    wire::SpanReader in(value.bytes());
    Outliner<wire::SpanReader> outliner(in, value.bytes().data());
    return walked(outliner, value);
  }
  std::optional<Error> error;
  wire::StreamReader in(value.size(),
                        [&](std::uint64_t from, std::span<std::byte> into) -> std::size_t {
                          const Result<std::size_t> read = value.read(from, into);
                          if (!read.ok()) error = read.error();
                          return read.ok() ? *read : 0;
                        });
  Outliner<wire::StreamReader> outliner(in, nullptr);
  auto outline = walked(outliner, value);
  if (error) return *error;
  return outline;
}

}  // namespace tfevents
