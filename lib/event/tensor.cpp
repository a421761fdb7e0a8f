#include "event/tensor.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "event/dtype_info.hpp"
#include "tensorboard/summary.pb.h"

namespace tfevents {
namespace {

constexpr std::uint64_t kUnbounded = UINT64_MAX;

/// Bytes of one element in tensor_content; 0 where there is no such form.
std::uint64_t content_bytes(DType dtype) noexcept {
  if (dtype == DType::kComplex64) return 8;
  if (dtype == DType::kComplex128) return 16;
  return info_of(dtype).bytes;
}

/// Bytes that one element of a typed field stands for.
std::uint64_t field_bytes(TensorInfo::Field field) noexcept {
  switch (field) {
    case TensorInfo::kDouble:
    case TensorInfo::kInt64:
    case TensorInfo::kUint64:
    case TensorInfo::kDcomplex: return 8;
    case TensorInfo::kBool:
    case TensorInfo::kFloat8: return 1;
    default: return 4;
  }
}

/// The field that the elements are in; kFields where there are none.
TensorInfo::Field field_of(const TensorOutline& tensor) noexcept {
  const TensorInfo::Field proper = info_of(tensor.dtype).field;
  if (proper != TensorInfo::kFields && tensor.counts[proper] != 0) return proper;
  TensorInfo::Field found = TensorInfo::kFields;
  for (std::size_t i = 0; i < tensor.counts.size(); ++i) {
    if (tensor.counts[i] == 0) continue;
    if (found != TensorInfo::kFields) return TensorInfo::kFields;
    found = static_cast<TensorInfo::Field>(i);
  }
  return found;
}

/// What a shape asks for; nothing where a size is not known.
std::optional<std::uint64_t> elements_of(const Shape& shape) noexcept {
  const auto has = [&](auto&& what) { return std::any_of(shape.begin(), shape.end(), what); };
  if (has([](std::int64_t size) { return size < 0; })) return std::nullopt;
  if (has([](std::int64_t size) { return size == 0; })) return 0;
  std::uint64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (elements > (std::uint64_t{1} << 63) / static_cast<std::uint64_t>(size)) return kUnbounded;
    elements *= static_cast<std::uint64_t>(size);
  }
  return elements;
}

Result<std::vector<std::byte>> read_part(const StoredValue& value, const Part& part) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(part.size));
  TFEVENTS_TRY(const std::size_t read, value.read(part.offset, bytes));
  if (read == bytes.size()) return bytes;
  return Error{.code = ErrorCode::kChanged,
               .message = "the file became shorter while it was read",
               .offset = value.record_offset()};
}

/// What a message with these elements takes at most: each has a tag, and a length or a varint of
/// ten bytes. There is room for the shape and for metadata beside it; what nobody knows is not
/// read.
std::uint64_t most_message_bytes(const TensorOutline& tensor) noexcept {
  constexpr std::uint64_t kBesides = std::uint64_t{1} << 20;
  std::uint64_t bytes = kBesides + tensor.string_bytes + tensor.content.size;
  for (const std::uint64_t count : tensor.counts) bytes += count * 11;
  return bytes;
}

/// The message with its typed fields. Tensors that come in pieces are merged as protobuf merges.
Result<pb::TensorProto> parse_typed(const StoredValue& value, const TensorOutline& outline) {
  const Part part = outline.merged ? Part{0, value.size()} : outline.message;
  if (part.size > most_message_bytes(outline)) {
    return Error{.code = ErrorCode::kLimit,
                 .message = "a tensor of " + std::to_string(part.size) + " bytes, of which " +
                            std::to_string(stored_bytes(outline)) + " are elements",
                 .offset = value.record_offset()};
  }
  TFEVENTS_TRY(const std::vector<std::byte> bytes, read_part(value, part));
  const auto size = static_cast<int>(std::min<std::uint64_t>(bytes.size(), INT32_MAX));
  pb::TensorProto tensor;
  bool ok = bytes.size() <= INT32_MAX;
  if (ok && outline.merged) {
    pb::Summary::Value whole;
    ok = whole.ParseFromArray(bytes.data(), size);
    if (ok) tensor.Swap(whole.mutable_tensor());
  } else if (ok) {
    ok = tensor.ParseFromArray(bytes.data(), size);
  }
  if (ok) return tensor;
  return Error{.code = ErrorCode::kFormat,
               .message = "the tensor is not what its record says it is",
               .offset = value.record_offset()};
}

}  // namespace

struct Tensor::Typed {
  pb::TensorProto message;
  TensorInfo::Field field = TensorInfo::kFields;
  bool half_is_wide = false;

  [[nodiscard]] std::uint64_t bits(std::uint64_t at) const noexcept {
    const int i = static_cast<int>(at);
    switch (field) {
      case TensorInfo::kFloat: return std::bit_cast<std::uint32_t>(message.float_val(i));
      case TensorInfo::kDouble: return std::bit_cast<std::uint64_t>(message.double_val(i));
      case TensorInfo::kInt: return as_bits(message.int_val(i));
      case TensorInfo::kInt64: return as_bits(message.int64_val(i));
      case TensorInfo::kBool: return message.bool_val(i) ? 1 : 0;
      case TensorInfo::kHalf: return static_cast<std::uint32_t>(message.half_val(i));
      case TensorInfo::kUint32: return message.uint32_val(i);
      case TensorInfo::kUint64: return message.uint64_val(i);
      case TensorInfo::kFloat8:
        return static_cast<std::uint8_t>(message.float8_val()[static_cast<std::size_t>(i)]);
      default: return 0;
    }
  }
  /// Elements, two numbers each where they are complex.
  [[nodiscard]] std::uint64_t count() const noexcept {
    switch (field) {
      case TensorInfo::kFloat: return size_of(message.float_val());
      case TensorInfo::kDouble: return size_of(message.double_val());
      case TensorInfo::kInt: return size_of(message.int_val());
      case TensorInfo::kInt64: return size_of(message.int64_val());
      case TensorInfo::kBool: return size_of(message.bool_val());
      case TensorInfo::kHalf: return size_of(message.half_val());
      case TensorInfo::kUint32: return size_of(message.uint32_val());
      case TensorInfo::kUint64: return size_of(message.uint64_val());
      case TensorInfo::kFloat8: return size_of(message.float8_val());
      case TensorInfo::kString: return size_of(message.string_val());
      case TensorInfo::kScomplex: return size_of(message.scomplex_val()) / 2;
      case TensorInfo::kDcomplex: return size_of(message.dcomplex_val()) / 2;
      default: return 0;
    }
  }

 private:
  template <class Values>
  static std::uint64_t size_of(const Values& values) noexcept {
    return static_cast<std::uint64_t>(values.size());
  }
  static std::uint64_t as_bits(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value);
  }
};

Tensor::Tensor() noexcept = default;
Tensor::Tensor(Tensor&&) noexcept = default;
Tensor& Tensor::operator=(Tensor&&) noexcept = default;
Tensor::~Tensor() = default;

Scalar Tensor::number(std::uint64_t i) const noexcept {
  if (stored_ == 0) {
    const std::byte zeros[16] = {};
    return element_of_content(zeros, dtype_);
  }
  const std::uint64_t at = std::min(i, stored_ - 1);
  if (typed_ == nullptr)
    return element_of_content(content_.data() + at * content_bytes(dtype_), dtype_);
  return element_of_field(typed_->bits(at), typed_->field, dtype_, typed_->half_is_wide)
      .value_or(Scalar());
}

std::complex<double> Tensor::complex(std::uint64_t i) const noexcept {
  if (stored_ == 0) return {};
  const std::uint64_t at = std::min(i, stored_ - 1);
  const bool narrow = narrow_complex();
  if (typed_ != nullptr) {
    const int real = static_cast<int>(2 * at);
    const pb::TensorProto& message = typed_->message;
    if (narrow) return {message.scomplex_val(real), message.scomplex_val(real + 1)};
    return {message.dcomplex_val(real), message.dcomplex_val(real + 1)};
  }
  const std::byte* const data = content_.data() + at * content_bytes(dtype_);
  if (narrow) return {load_le<float>(data), load_le<float>(data + 4)};
  return {load_le<double>(data), load_le<double>(data + 8)};
}

std::string_view Tensor::text(std::uint64_t i) const noexcept {
  if (stored_ == 0) return {};
  return typed_->message.string_val(static_cast<int>(std::min(i, stored_ - 1)));
}

// Brings the shape and the elements that are there together.
void Tensor::fit() {
  size_ = stored_;
  const auto open = std::count_if(shape_.begin(), shape_.end(), [](auto size) { return size < 0; });
  if (open == 1) {
    // The one unknown size follows from the others.
    const auto place =
        std::find_if(shape_.begin(), shape_.end(), [](auto size) { return size < 0; });
    *place = 1;
    const std::uint64_t others = elements_of(shape_).value_or(0);
    const bool divides = others != 0 && stored_ % others == 0;
    *place = divides ? static_cast<std::int64_t>(stored_ / others) : -1;
  }
  const std::optional<std::uint64_t> wanted = elements_of(shape_);
  if (!wanted) {
    problem_ = "the shape has sizes that are not known";
  } else if (*wanted < stored_) {
    size_ = *wanted;
    problem_ = std::to_string(stored_) + " elements for a shape of " + std::to_string(*wanted);
  } else if (*wanted > stored_) {
    // One stands for all; TensorFlow continues with the last, or with zeros.
    const std::uint64_t last = element_ == Element::kText ? text(stored_).size() : 0;
    const bool fills = *wanted <= kMaxFilled && *wanted * last <= kMaxFilledBytes;
    if (fills) size_ = *wanted;
    if (fills && stored_ == 1) return;
    problem_ = "a shape of " +
               (*wanted == kUnbounded ? std::string("2^63 or more") : std::to_string(*wanted)) +
               " elements, of which " + std::to_string(stored_) + " are there";
  }
}

std::uint64_t stored_bytes(const TensorOutline& tensor) noexcept {
  if (tensor.content.size != 0) return tensor.content.size;
  const TensorInfo::Field field = field_of(tensor);
  if (field == TensorInfo::kFields) return 0;
  if (field == TensorInfo::kString) return tensor.string_bytes;
  return tensor.counts[field] * field_bytes(field);
}

Result<Tensor> load_tensor(const StoredValue& value, const TensorOutline& outline) {
  Tensor tensor;
  tensor.dtype_ = outline.dtype;
  tensor.shape_ = outline.shape;
  if (outline.dtype == DType::kComplex64 || outline.dtype == DType::kComplex128)
    tensor.element_ = Tensor::Element::kComplex;
  else if (content_bytes(outline.dtype) != 0)
    tensor.element_ = Tensor::Element::kNumber;
  else if (outline.dtype == DType::kString)
    tensor.element_ = Tensor::Element::kText;

  const std::uint64_t bytes = content_bytes(outline.dtype);
  std::string torn;
  if (outline.content.size != 0 && bytes != 0) {
    TFEVENTS_TRY(tensor.content_, read_part(value, outline.content));
    tensor.stored_ = outline.content.size / bytes;
    if (outline.content.size % bytes != 0)
      torn = std::to_string(outline.content.size) + " bytes are no whole number of elements";
  } else if (const TensorInfo::Field field = field_of(outline); field != TensorInfo::kFields) {
    auto typed = std::make_unique<Tensor::Typed>();
    TFEVENTS_TRY(typed->message, parse_typed(value, outline));
    typed->field = field;
    const auto& halves = typed->message.half_val();
    typed->half_is_wide = std::any_of(halves.begin(), halves.end(),
                                      [](std::int32_t bits) { return bits < 0 || bits > 0xFFFF; });
    const bool complex = tensor.element_ == Tensor::Element::kComplex;
    const bool fits =
        complex ? field == info_of(outline.dtype).field
        : tensor.element_ == Tensor::Element::kText
            ? field == TensorInfo::kString
            : tensor.element_ == Tensor::Element::kNumber &&
                  element_of_field(0, field, outline.dtype, typed->half_is_wide).has_value();
    if (fits) {
      tensor.stored_ = typed->count();
      if (complex && outline.counts[field] % 2 != 0)
        torn = std::to_string(outline.counts[field]) + " parts are no whole number of elements";
      tensor.typed_ = std::move(typed);
    }
  }
  if (outline.unknown_rank && outline.shape.empty())
    tensor.shape_ = {static_cast<std::int64_t>(tensor.stored_)};
  // Torch's new style has no shape at all, and means rank 0.
  tensor.fit();
  if (tensor.problem_.empty()) tensor.problem_ = std::move(torn);
  return tensor;
}

}  // namespace tfevents
