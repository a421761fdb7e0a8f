#include "logdir/decoded_value.hpp"

#include <utility>

#include "event/outline.hpp"

namespace tfevents {
namespace {

/// Of a plugin's metadata; more than this is not looked at.
constexpr std::uint64_t kMaxContent = kMaxHparamsBytes;

Result<std::vector<std::byte>> read_content(const StoredValue& stored, const Part& part) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(part.size, kMaxContent)));
  TFEVENTS_TRY(const std::size_t read, stored.read(part.offset, bytes));
  bytes.resize(read);
  return bytes;
}

DecodedValue elided(const StoredValue& stored, const ValueOutline& outline) {
  if (outline.payload != Payload::kTensor) return {Elided{stored.size(), {}, {}}, {}};
  const TensorOutline& tensor = outline.tensor;
  return {Elided{stored_bytes(tensor), tensor.dtype, tensor.shape}, {}};
}

Result<GraphSize> graph_size(const StoredValue& stored) {
  TFEVENTS_TRY(const std::uint64_t nodes, count_nodes(stored, stored.form(), {0, stored.size()}));
  return GraphSize{stored.size(), nodes};
}

/// Run metadata or a Keras model: the one string of a tensor.
Result<GraphSize> graph_size(const StoredValue& stored, const ValueOutline& outline, Kind kind) {
  if (outline.tensor.strings.empty()) return GraphSize{};
  const Part& part = outline.tensor.strings.front();
  if (kind == Kind::kGraphs) return GraphSize{part.size, {}};
  TFEVENTS_TRY(const std::uint64_t nodes, count_nodes(stored, StoredForm::kRunMetadata, part));
  return GraphSize{part.size, nodes};
}

/// Kinds whose values are tensors.
class TensorDecoder {
 public:
  TensorDecoder(const StoredValue& stored, const ValueOutline& outline, std::string_view tag)
      : stored_(stored), outline_(outline), tag_(tag) {}

  Result<DecodedValue> decode(Kind kind) {
    TFEVENTS_TRY(Tensor tensor, load_tensor(stored_, outline_.tensor));
    DecodedValue value{Elided{}, tensor.problem()};
    switch (kind) {
      case Kind::kText:
        // Other things than strings under plugin text are tensors, not nothing.
        if (tensor.element() == Tensor::Element::kText)
          value.what = Text{std::move(tensor)};
        else
          value.what = std::move(tensor);
        break;
      case Kind::kPrCurves: {
        TFEVENTS_TRY(value.what, placed(to_pr_curves(std::move(tensor))));
        break;
      }
      case Kind::kMesh: {
        TFEVENTS_TRY(const std::vector<std::byte> content,
                     read_content(stored_, outline_.plugin_content));
        value.what = Mesh{mesh_metadata(content, tag_), std::move(tensor)};
        break;
      }
      case Kind::kCustomScalars: {
        const bool one = tensor.element() == Tensor::Element::kText && tensor.size() != 0;
        TFEVENTS_TRY(value.what, placed(parse_layout(one ? as_bytes(tensor.text(0)) : Bytes())));
        break;
      }
      default: value.what = std::move(tensor);
    }
    return value;
  }

 private:
  // With the offset of the record.
  template <class T>
  Result<T> placed(Result<T> result) const {
    if (result.ok()) return result;
    Error error = std::move(result).error();
    error.offset = stored_.record_offset();
    return error;
  }

  const StoredValue& stored_;
  const ValueOutline& outline_;
  std::string_view tag_;
};

DecodedValue with_problem(Histogram histogram) {
  std::string problem = histogram.problem;
  return {std::move(histogram), std::move(problem)};
}

Result<DecodedValue> decode_hparams(const StoredValue& stored, const ValueOutline& outline) {
  if (outline.plugin_content.size > kMaxHparamsBytes) return elided(stored, outline);
  TFEVENTS_TRY(const std::vector<std::byte> content, read_content(stored, outline.plugin_content));
  Result<HparamsData> data = parse_hparams(content);
  if (data.ok()) return DecodedValue{std::move(*data), {}};
  Error error = std::move(data).error();
  error.offset = stored.record_offset();
  return error;
}

Result<DecodedValue> decode_any(const StoredValue& stored, Kind kind, std::string_view tag,
                                std::uint64_t limit) {
  if (stored.form() != StoredForm::kValue) {
    TFEVENTS_TRY(const GraphSize size, graph_size(stored));
    return DecodedValue{size, {}};
  }
  TFEVENTS_TRY(const ValueOutline outline, outline_of(stored));
  switch (kind) {
    case Kind::kImages: {
      TFEVENTS_TRY(Images images, find_images(stored, outline));
      std::string problem = images.problem;
      return DecodedValue{std::move(images), std::move(problem)};
    }
    case Kind::kAudio: {
      TFEVENTS_TRY(Clips clips, find_clips(stored, outline));
      std::string problem = clips.problem;
      return DecodedValue{std::move(clips), std::move(problem)};
    }
    case Kind::kGraphs:
    case Kind::kRunMetadata: {
      TFEVENTS_TRY(const GraphSize size, graph_size(stored, outline, kind));
      return DecodedValue{size, {}};
    }
    case Kind::kHparams: return decode_hparams(stored, outline);
    case Kind::kHistograms: {
      if (stored.size() > limit) return elided(stored, outline);
      TFEVENTS_TRY(Histogram histogram, decode_histogram(stored, outline));
      return with_problem(std::move(histogram));
    }
    default: break;
  }
  if (outline.payload != Payload::kTensor || stored_bytes(outline.tensor) > limit ||
      outline.tensor.counts[TensorInfo::kString] > TensorOutline::kMaxStrings) {
    return elided(stored, outline);
  }
  return TensorDecoder(stored, outline, tag).decode(kind);
}

}  // namespace

Status decode_value_into(DecodedValue& value, const StoredValue& stored, Kind kind,
                         std::string_view tag, std::uint64_t limit) {
  if (kind == Kind::kHistograms && stored.form() == StoredForm::kValue && stored.size() <= limit) {
    auto* histogram = std::get_if<Histogram>(&value.what);
    if (histogram == nullptr) histogram = &value.what.emplace<Histogram>();
    if (decode_plain_histogram(stored, *histogram)) {
      value.problem = histogram->problem;
      return ok_status();
    }
  }
  value = {};  // Its memory is free before that of the next one is taken.
  TFEVENTS_TRY(value, decode_any(stored, kind, tag, limit));
  return ok_status();
}

Result<DecodedValue> decode_value(const StoredValue& stored, Kind kind, std::string_view tag,
                                  std::uint64_t limit) {
  DecodedValue value;
  TFEVENTS_CHECK(decode_value_into(value, stored, kind, tag, limit));
  return value;
}

}  // namespace tfevents
