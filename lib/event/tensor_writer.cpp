#include "event/tensor_writer.hpp"

#include <bit>

#include "event/dtype_info.hpp"
#include "event/encode.hpp"

namespace tfevents {
namespace {

void put_dtype_and_shape(wire::Encoder& tensor, DType dtype, const std::optional<Shape>& shape) {
  tensor.varint(1, static_cast<std::uint64_t>(dtype));
  if (!shape) return;
  tensor.message(2, [&] {
    for (const std::int64_t size : *shape) tensor.message(2, [&] { tensor.varint(1, size); });
  });
}

// int_val and half_val are int32 on the wire: patterns of signed dtypes are extended.
std::uint64_t as_int32(DType dtype, std::uint64_t bits) noexcept {
  switch (dtype) {
    case DType::kInt8:
    case DType::kQint8:
    case DType::kInt4:
    case DType::kInt2:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(bits)});
    case DType::kInt16:
    case DType::kQint16:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(bits)});
    case DType::kInt32:
    case DType::kQint32:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(bits)});
    default: return bits;
  }
}

void put_typed(wire::Encoder& tensor, DType dtype, std::uint64_t bits) {
  const auto packed_varint = [&](std::uint32_t field, std::uint64_t value) {
    tensor.message(field, [&] { tensor.raw_varint(value); });
  };
  const auto packed_fixed = [&](std::uint32_t field, auto value) {
    tensor.message(field, [&] { tensor.raw_fixed(value); });
  };
  switch (info_of(dtype).field) {
    case TensorInfo::kFloat: return packed_fixed(5, static_cast<std::uint32_t>(bits));
    case TensorInfo::kDouble: return packed_fixed(6, bits);
    case TensorInfo::kInt: return packed_varint(7, as_int32(dtype, bits));
    case TensorInfo::kInt64: return packed_varint(10, bits);
    case TensorInfo::kBool: return packed_varint(11, bits);
    case TensorInfo::kHalf: return packed_varint(13, bits);
    case TensorInfo::kUint32: return packed_varint(16, bits);
    case TensorInfo::kUint64: return packed_varint(17, bits);
    case TensorInfo::kFloat8: {
      tensor.message(18, [&] { tensor.raw_fixed(static_cast<std::uint8_t>(bits)); });
      return;
    }
    default: return;
  }
}

}  // namespace

std::uint64_t element_bits(const Scalar& value) noexcept {
  const std::uint8_t bytes = info_of(value.dtype).bytes;
  const std::uint64_t mask = bytes >= 8 ? UINT64_MAX : (std::uint64_t{1} << (8 * bytes)) - 1;
  switch (value.store()) {
    case Scalar::Store::kFloat: return std::bit_cast<std::uint32_t>(value.f32);
    case Scalar::Store::kDouble:
      if (value.dtype == DType::kFloat64) return std::bit_cast<std::uint64_t>(value.f64);
      return narrow(value.f64, value.dtype);
    case Scalar::Store::kSigned: return static_cast<std::uint64_t>(value.i64) & mask;
    case Scalar::Store::kUnsigned: return value.u64;
  }
  return 0;
}

std::string scalar_tensor(const Scalar& value, TensorLayout layout,
                          const std::optional<Shape>& shape) {
  return element_tensor(value.dtype, element_bits(value), layout, shape);
}

std::string element_tensor(DType dtype, std::uint64_t bits, TensorLayout layout,
                           const std::optional<Shape>& shape) {
  std::string out;
  wire::Encoder tensor(out);
  put_dtype_and_shape(tensor, dtype, shape);
  if (layout == TensorLayout::kTyped) {
    put_typed(tensor, dtype, bits);
  } else if (const std::uint8_t size = info_of(dtype).bytes; size != 0) {
    char content[8];
    store_le(content, bits);
    tensor.bytes(4, {content, size});
  }
  return out;
}

std::string content_tensor(DType dtype, std::string_view content, const Shape& shape) {
  std::string out;
  wire::Encoder tensor(out);
  put_dtype_and_shape(tensor, dtype, shape);
  tensor.text(4, content);
  return out;
}

std::string string_tensor(std::span<const std::string_view> elements, const Shape& shape) {
  std::string out;
  wire::Encoder tensor(out);
  put_dtype_and_shape(tensor, DType::kString, shape);
  for (const std::string_view element : elements) tensor.bytes(8, element);
  return out;
}

}  // namespace tfevents
