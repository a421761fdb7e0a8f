#pragma once

#include <cstdint>

namespace tfevents {

/// Element types of a tensor, numbered as on the wire.
/// Source: tensorboard/compat/proto/types.proto.
enum class DType : std::uint8_t {
  kInvalid = 0,
  kFloat32 = 1,
  kFloat64 = 2,
  kInt32 = 3,
  kUint8 = 4,
  kInt16 = 5,
  kInt8 = 6,
  kString = 7,
  kComplex64 = 8,
  kInt64 = 9,
  kBool = 10,
  kQint8 = 11,
  kQuint8 = 12,
  kQint32 = 13,
  kBfloat16 = 14,
  kQint16 = 15,
  kQuint16 = 16,
  kUint16 = 17,
  kComplex128 = 18,
  kFloat16 = 19,
  kResource = 20,
  kVariant = 21,
  kUint32 = 22,
  kUint64 = 23,
  kFloat8E5M2 = 24,
  kFloat8E4M3FN = 25,
  kFloat8E4M3FNUZ = 26,
  kFloat8E4M3B11FNUZ = 27,
  kFloat8E5M2FNUZ = 28,
  kInt4 = 29,
  kUint4 = 30,
  kInt2 = 31,
  kUint2 = 32,
  kFloat4E2M1FN = 33,
};

/// `float32`, `bfloat16`, …; `unknown` for numbers without a name.
const char* to_string(DType dtype) noexcept;

/// One number as it was stored. 16 bytes, passed by value.
///
/// Which member holds it follows from `dtype`: f32 for float32; f64 for float64 and for the narrow
/// float types, which widen exactly; u64 for uint64; i64 for every other integer and for bool (0 or
/// 1).
struct Scalar {
  DType dtype = DType::kFloat32;
  union {
    float f32;
    double f64;
    std::int64_t i64;
    std::uint64_t u64;
  };

  Scalar() : f64(0) {}
  static Scalar of(float value) noexcept {
    Scalar s;
    s.dtype = DType::kFloat32;
    s.f32 = value;
    return s;
  }
  static Scalar of(double value, DType dtype = DType::kFloat64) noexcept {
    Scalar s;
    s.dtype = dtype;
    s.f64 = value;
    return s;
  }
  static Scalar of(std::int64_t value, DType dtype = DType::kInt64) noexcept {
    Scalar s;
    s.dtype = dtype;
    s.i64 = value;
    return s;
  }
  static Scalar of(std::uint64_t value) noexcept {
    Scalar s;
    s.dtype = DType::kUint64;
    s.u64 = value;
    return s;
  }

  enum class Store : std::uint8_t { kFloat, kDouble, kSigned, kUnsigned };
  [[nodiscard]] Store store() const noexcept {
    switch (dtype) {
      case DType::kFloat32: return Store::kFloat;
      case DType::kUint64: return Store::kUnsigned;
      case DType::kFloat64:
      case DType::kFloat16:
      case DType::kBfloat16:
      case DType::kFloat8E5M2:
      case DType::kFloat8E4M3FN:
      case DType::kFloat8E4M3FNUZ:
      case DType::kFloat8E4M3B11FNUZ:
      case DType::kFloat8E5M2FNUZ:
      case DType::kFloat4E2M1FN: return Store::kDouble;
      default: return Store::kSigned;
    }
  }
  /// Widened; 64-bit integers round.
  [[nodiscard]] double as_double() const noexcept {
    switch (store()) {
      case Store::kFloat: return static_cast<double>(f32);
      case Store::kDouble: return f64;
      case Store::kSigned: return static_cast<double>(i64);
      case Store::kUnsigned: return static_cast<double>(u64);
    }
    return f64;
  }
};

}  // namespace tfevents
