#include "event/scalar.hpp"

#include <bit>
#include <optional>

#include "event/dtype_info.hpp"
#include "event/event.hpp"

namespace tfevents {
namespace {

// One element as it lies in tensor_content.
Scalar from_content(const std::byte* data, DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat32: return Scalar::of(load_le<float>(data));
    case DType::kFloat64: return Scalar::of(load_le<double>(data));
    case DType::kUint64: return Scalar::of(load_le<std::uint64_t>(data));
    case DType::kInt64: return Scalar::of(load_le<std::int64_t>(data));
    case DType::kInt32:
    case DType::kQint32: return Scalar::of(std::int64_t{load_le<std::int32_t>(data)}, dtype);
    case DType::kUint32: return Scalar::of(std::int64_t{load_le<std::uint32_t>(data)}, dtype);
    case DType::kInt16:
    case DType::kQint16: return Scalar::of(std::int64_t{load_le<std::int16_t>(data)}, dtype);
    case DType::kUint16:
    case DType::kQuint16: return Scalar::of(std::int64_t{load_le<std::uint16_t>(data)}, dtype);
    case DType::kInt8:
    case DType::kQint8:
    case DType::kInt4:
    case DType::kInt2: return Scalar::of(std::int64_t{load_le<std::int8_t>(data)}, dtype);
    case DType::kBool: return Scalar::of(std::int64_t{load_le<std::uint8_t>(data) != 0}, dtype);
    case DType::kFloat16:
    case DType::kBfloat16: return Scalar::of(widen(load_le<std::uint16_t>(data), dtype), dtype);
    case DType::kFloat8E5M2:
    case DType::kFloat8E4M3FN:
    case DType::kFloat8E4M3FNUZ:
    case DType::kFloat8E4M3B11FNUZ:
    case DType::kFloat8E5M2FNUZ:
      return Scalar::of(widen(load_le<std::uint8_t>(data), dtype), dtype);
    default: return Scalar::of(std::int64_t{load_le<std::uint8_t>(data)}, dtype);
  }
}

// One element as the typed field `field` holds it; `dtype` is what the tensor says it is.
std::optional<Scalar> from_field(const TensorInfo& tensor, TensorInfo::Field field) noexcept {
  const std::uint64_t bits = tensor.first[field];
  switch (field) {
    case TensorInfo::kFloat:
      return Scalar::of(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case TensorInfo::kDouble: return Scalar::of(std::bit_cast<double>(bits));
    case TensorInfo::kInt:
    case TensorInfo::kInt64:
    case TensorInfo::kUint32: return Scalar::of(static_cast<std::int64_t>(bits), tensor.dtype);
    case TensorInfo::kUint64: return Scalar::of(bits);
    case TensorInfo::kBool: return Scalar::of(std::int64_t{bits != 0}, DType::kBool);
    case TensorInfo::kHalf: {
      const auto raw = static_cast<std::uint32_t>(bits);
      const double value = tensor.half_is_wide ? static_cast<double>(std::bit_cast<float>(raw))
                                               : widen(raw, tensor.dtype);
      return Scalar::of(value, tensor.dtype);
    }
    case TensorInfo::kFloat8:
      return Scalar::of(widen(static_cast<std::uint32_t>(bits), tensor.dtype), tensor.dtype);
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<Scalar> to_scalar(const TensorInfo& tensor) noexcept {
  const DTypeInfo& info = info_of(tensor.dtype);
  if (info.bytes == 0) return std::nullopt;
  const bool open_shape = tensor.unknown_rank || tensor.has_unknown_dim;
  if (!open_shape && tensor.elements != 1) return std::nullopt;
  if (tensor.content_bytes != 0) {
    if (tensor.content_bytes != info.bytes) return std::nullopt;
    return from_content(tensor.content.data(), tensor.dtype);
  }
  TensorInfo::Field field = info.field;
  if (tensor.counts[field] == 0) {
    // torch stores uint8 in uint32_val: where the proper field is empty and one other has data,
    // that is meant.
    int others = 0;
    for (std::size_t i = 0; i < tensor.counts.size(); ++i) {
      if (tensor.counts[i] == 0) continue;
      ++others;
      field = static_cast<TensorInfo::Field>(i);
    }
    if (others != 1) return std::nullopt;
  }
  if (tensor.counts[field] != 1) return std::nullopt;
  return from_field(tensor, field);
}

}  // namespace tfevents
