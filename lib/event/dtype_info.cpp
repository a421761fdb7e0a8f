#include "event/dtype_info.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace tfevents {
namespace {

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

std::uint32_t narrow(double value, const NarrowFloat& format) noexcept {
  const std::uint32_t greatest_exponent = (1U << format.exponent_bits) - 1;
  const std::uint32_t one = 1U << format.mantissa_bits;
  const std::uint32_t sign =
      std::signbit(value) ? 1U << (format.mantissa_bits + format.exponent_bits) : 0;
  const std::uint32_t infinity = greatest_exponent << format.mantissa_bits;
  const std::uint32_t nan = format.unsigned_zero
                                ? 1U << (format.mantissa_bits + format.exponent_bits)
                            : format.has_infinity ? infinity | one >> 1
                                                  : infinity | (one - 1);
  const std::uint32_t overflow = format.has_infinity ? sign | infinity : nan;
  if (std::isnan(value)) return nan;
  if (std::isinf(value)) return overflow;
  if (value == 0) return format.unsigned_zero ? 0 : sign;
  const int exponent = std::max(std::ilogb(value), 1 - format.bias);
  if (exponent > format.bias + static_cast<int>(greatest_exponent)) return overflow;
  // Rounding up to the next power of two carries into the exponent by itself.
  const auto units = static_cast<std::uint32_t>(
      std::nearbyint(std::ldexp(std::abs(value), format.mantissa_bits - exponent)));
  const std::uint32_t bits =
      (static_cast<std::uint32_t>(exponent + format.bias) << format.mantissa_bits) + units - one;
  const std::uint32_t last_finite = format.has_infinity    ? infinity - 1
                                    : format.unsigned_zero ? infinity | (one - 1)
                                                           : infinity | (one - 2);
  if (bits > last_finite) return overflow;
  return bits == 0 && format.unsigned_zero ? 0 : sign | bits;
}

std::optional<NarrowFloat> format_of(DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat16: return NarrowFloat{5, 10, 15, true, false};
    case DType::kBfloat16: return NarrowFloat{8, 7, 127, true, false};
    case DType::kFloat8E5M2: return NarrowFloat{5, 2, 15, true, false};
    case DType::kFloat8E4M3FN: return NarrowFloat{4, 3, 7, false, false};
    case DType::kFloat8E4M3FNUZ: return NarrowFloat{4, 3, 8, false, true};
    case DType::kFloat8E4M3B11FNUZ: return NarrowFloat{4, 3, 11, false, true};
    case DType::kFloat8E5M2FNUZ: return NarrowFloat{5, 2, 16, false, true};
    default: return std::nullopt;
  }
}

}  // namespace

const char* to_string(DType dtype) noexcept {
  const auto index = static_cast<std::size_t>(dtype);
  return index < kDTypes.size() ? kDTypes[index].name : "unknown";
}

const DTypeInfo& info_of(DType dtype) noexcept {
  const auto index = static_cast<std::size_t>(dtype);
  return kDTypes[index < kDTypes.size() ? index : 0];
}

double widen(std::uint32_t bits, DType dtype) noexcept {
  // bfloat16 is the upper half of a float32, so its NaN keep their sign and payload.
  if (dtype == DType::kBfloat16) return static_cast<double>(std::bit_cast<float>(bits << 16));
  const std::optional<NarrowFloat> format = format_of(dtype);
  return format ? widen(bits, *format) : static_cast<double>(std::bit_cast<float>(bits << 16));
}

std::uint32_t narrow(double value, DType dtype) noexcept {
  const std::optional<NarrowFloat> format = format_of(dtype);
  return format ? narrow(value, *format) : 0;
}

}  // namespace tfevents
