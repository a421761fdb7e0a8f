#include "event/scalar.hpp"

#include <bit>
#include <optional>

#include "event/dtype_info.hpp"
#include "event/event.hpp"

namespace tfevents {
namespace {

bool is_integer(DType dtype) noexcept {
  const TensorInfo::Field field = info_of(dtype).field;
  return field == TensorInfo::kInt || field == TensorInfo::kInt64 || field == TensorInfo::kUint32;
}

// An integer of a typed field. A tensor that says it holds floats does not make them floats.
Scalar from_integer(std::int64_t value, DType dtype, DType of_field) noexcept {
  if (dtype == DType::kBool) return Scalar::of(std::int64_t{value != 0}, dtype);
  return Scalar::of(value, is_integer(dtype) ? dtype : of_field);
}

}  // namespace

Scalar element_of_content(const std::byte* data, DType dtype) noexcept {
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

std::optional<Scalar> element_of_field(std::uint64_t bits, TensorInfo::Field field, DType dtype,
                                       bool half_is_wide) noexcept {
  const auto integer = static_cast<std::int64_t>(bits);
  const auto pattern = static_cast<std::uint32_t>(bits);
  switch (field) {
    case TensorInfo::kFloat: return Scalar::of(std::bit_cast<float>(pattern));
    case TensorInfo::kDouble: return Scalar::of(std::bit_cast<double>(bits));
    case TensorInfo::kInt: return from_integer(integer, dtype, DType::kInt32);
    case TensorInfo::kInt64: return from_integer(integer, dtype, DType::kInt64);
    case TensorInfo::kUint32: return from_integer(integer, dtype, DType::kUint32);
    case TensorInfo::kUint64: return Scalar::of(bits);
    case TensorInfo::kBool: return Scalar::of(std::int64_t{bits != 0}, DType::kBool);
    case TensorInfo::kHalf:
      if (info_of(dtype).field != TensorInfo::kHalf) return std::nullopt;
      if (half_is_wide)
        return Scalar::of(static_cast<double>(std::bit_cast<float>(pattern)), dtype);
      return Scalar::of(widen(pattern, dtype), dtype);
    case TensorInfo::kFloat8:
      if (info_of(dtype).field != TensorInfo::kFloat8) return std::nullopt;
      return Scalar::of(widen(pattern, dtype), dtype);
    default: return std::nullopt;
  }
}

std::optional<Scalar> to_scalar(const TensorInfo& tensor) noexcept {
  const DTypeInfo& info = info_of(tensor.dtype);
  if (info.bytes == 0) return std::nullopt;
  // Of a shape with open dimensions the others must allow one element.
  if (!tensor.unknown_rank && tensor.elements != 1) return std::nullopt;
  if (tensor.content_bytes != 0) {
    if (tensor.content_bytes != info.bytes) return std::nullopt;
    return element_of_content(tensor.content.data(), tensor.dtype);
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
  return element_of_field(tensor.first[field], field, tensor.dtype, tensor.half_is_wide);
}

}  // namespace tfevents
