#include "event/scalar.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "event/event.hpp"

namespace tfevents {
namespace {

/// How one element lies in tensor_content and in the typed fields.
struct DTypeInfo {
  const char* name;
  std::uint8_t bytes;       ///< Of one element in tensor_content; 0: no plain number.
  TensorInfo::Field field;  ///< The typed field of this dtype.
};

constexpr std::array<DTypeInfo, 34> kDTypes{{
    {"invalid", 0, TensorInfo::kFields},
    {"float32", 4, TensorInfo::kFloat},
    {"float64", 8, TensorInfo::kDouble},
    {"int32", 4, TensorInfo::kInt},
    {"uint8", 1, TensorInfo::kInt},
    {"int16", 2, TensorInfo::kInt},
    {"int8", 1, TensorInfo::kInt},
    {"string", 0, TensorInfo::kString},
    {"complex64", 0, TensorInfo::kScomplex},
    {"int64", 8, TensorInfo::kInt64},
    {"bool", 1, TensorInfo::kBool},
    {"qint8", 1, TensorInfo::kInt},
    {"quint8", 1, TensorInfo::kInt},
    {"qint32", 4, TensorInfo::kInt},
    {"bfloat16", 2, TensorInfo::kHalf},
    {"qint16", 2, TensorInfo::kInt},
    {"quint16", 2, TensorInfo::kInt},
    {"uint16", 2, TensorInfo::kInt},
    {"complex128", 0, TensorInfo::kDcomplex},
    {"float16", 2, TensorInfo::kHalf},
    {"resource", 0, TensorInfo::kFields},
    {"variant", 0, TensorInfo::kFields},
    {"uint32", 4, TensorInfo::kUint32},
    {"uint64", 8, TensorInfo::kUint64},
    {"float8_e5m2", 1, TensorInfo::kFloat8},
    {"float8_e4m3fn", 1, TensorInfo::kFloat8},
    {"float8_e4m3fnuz", 1, TensorInfo::kFloat8},
    {"float8_e4m3b11fnuz", 1, TensorInfo::kFloat8},
    {"float8_e5m2fnuz", 1, TensorInfo::kFloat8},
    {"int4", 1, TensorInfo::kInt},
    {"uint4", 1, TensorInfo::kInt},
    {"int2", 1, TensorInfo::kInt},
    {"uint2", 1, TensorInfo::kInt},
    {"float4_e2m1fn", 0, TensorInfo::kFields},
}};

/// A binary floating-point format narrower than float32.
struct NarrowFloat {
  int exponent_bits, mantissa_bits, bias;
  bool has_infinity;   ///< The greatest exponent means infinity and NaN, as in IEEE 754.
  bool unsigned_zero;  ///< "UZ": the pattern of -0 is the one NaN.
};

double widen(std::uint32_t bits, const NarrowFloat& format) noexcept {
  const std::uint32_t mantissa_mask = (1U << format.mantissa_bits) - 1;
  const std::uint32_t exponent_mask = (1U << format.exponent_bits) - 1;
  const std::uint32_t mantissa = bits & mantissa_mask;
  const std::uint32_t exponent = (bits >> format.mantissa_bits) & exponent_mask;
  const bool negative = (bits >> (format.mantissa_bits + format.exponent_bits)) != 0;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (format.unsigned_zero && negative && exponent == 0 && mantissa == 0) return nan;
  if (format.has_infinity && exponent == exponent_mask) {
    if (mantissa != 0) return nan;
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  }
  // "FN" formats give all but one pattern of the greatest exponent to finite numbers.
  if (!format.has_infinity && !format.unsigned_zero && exponent == exponent_mask &&
      mantissa == mantissa_mask)
    return nan;
  const double fraction = std::ldexp(static_cast<double>(mantissa), -format.mantissa_bits);
  const double magnitude = exponent == 0
                               ? std::ldexp(fraction, 1 - format.bias)
                               : std::ldexp(1 + fraction, static_cast<int>(exponent) - format.bias);
  return negative ? -magnitude : magnitude;
}

double widen(std::uint32_t bits, DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat16: return widen(bits, NarrowFloat{5, 10, 15, true, false});
    case DType::kFloat8E5M2: return widen(bits, NarrowFloat{5, 2, 15, true, false});
    case DType::kFloat8E4M3FN: return widen(bits, NarrowFloat{4, 3, 7, false, false});
    case DType::kFloat8E4M3FNUZ: return widen(bits, NarrowFloat{4, 3, 8, false, true});
    case DType::kFloat8E4M3B11FNUZ: return widen(bits, NarrowFloat{4, 3, 11, false, true});
    case DType::kFloat8E5M2FNUZ: return widen(bits, NarrowFloat{5, 2, 16, false, true});
    default: return static_cast<double>(std::bit_cast<float>(bits << 16));  // bfloat16
  }
}

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

const char* to_string(DType dtype) noexcept {
  const auto index = static_cast<std::size_t>(dtype);
  return index < kDTypes.size() ? kDTypes[index].name : "unknown";
}

std::optional<Scalar> to_scalar(const TensorInfo& tensor) noexcept {
  const DTypeInfo& info = kDTypes[static_cast<std::size_t>(tensor.dtype)];
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
