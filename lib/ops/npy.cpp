#include "ops/npy.hpp"

#include <cstdint>

#include "base/bytes.hpp"
#include "event/tensor_writer.hpp"

namespace tfevents::ops {
namespace {

template <class T>
void append(std::string& out, T value) {
  char bytes[sizeof(T)];
  store_le(bytes, value);
  out.append(bytes, sizeof bytes);
}

/// The bits of a whole number, whatever it is kept in.
std::uint64_t whole_number(const Scalar& value) noexcept {
  switch (value.store()) {
    case Scalar::Store::kSigned: return static_cast<std::uint64_t>(value.i64);
    case Scalar::Store::kUnsigned: return value.u64;
    default: break;
  }
  // A tensor of whole numbers whose elements are in a field of floats.
  const double number = value.as_double();
  if (!(number > -9.2e18 && number < 9.2e18)) return 0;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
}

}  // namespace

NpyType npy_type(DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat32: return {"<f4", 4, true};
    case DType::kFloat64: return {"<f8", 8, true};
    case DType::kFloat16: return {"<f2", 2, true};
    case DType::kInt32:
    case DType::kQint32: return {"<i4", 4, true};
    case DType::kUint32: return {"<u4", 4, true};
    case DType::kInt16:
    case DType::kQint16: return {"<i2", 2, true};
    case DType::kUint16:
    case DType::kQuint16: return {"<u2", 2, true};
    case DType::kInt8:
    case DType::kQint8:
    case DType::kInt4:
    case DType::kInt2: return {"|i1", 1, true};
    case DType::kUint8:
    case DType::kQuint8:
    case DType::kUint4:
    case DType::kUint2: return {"|u1", 1, true};
    case DType::kInt64: return {"<i8", 8, true};
    case DType::kUint64: return {"<u8", 8, true};
    case DType::kBool: return {"|b1", 1, false};  // Files may hold other bytes than 0 and 1.
    case DType::kComplex64: return {"<c8", 8, true};
    case DType::kComplex128: return {"<c16", 16, true};
    case DType::kBfloat16:
    case DType::kFloat8E5M2:
    case DType::kFloat8E4M3FN:
    case DType::kFloat8E4M3FNUZ:
    case DType::kFloat8E4M3B11FNUZ:
    case DType::kFloat8E5M2FNUZ: return {"<f4", 4, false};
    default: return {};
  }
}

std::string npy_header(const NpyType& type, const Shape& shape) {
  std::string text =
      "{'descr': '" + std::string(type.descr) + "', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : " ") + std::to_string(shape[i]) +
            (i + 1 < shape.size() || i == 0 ? "," : "");
  text += "), }";
  // The elements begin at a multiple of 64.
  constexpr std::size_t kFront = 10;
  text.append(63 - (kFront + text.size()) % 64, ' ');
  text += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  append(out, static_cast<std::uint16_t>(text.size()));
  return out + text;
}

void append_npy(std::string& out, const NpyType& type, const Tensor& tensor, std::uint64_t i) {
  switch (type.descr[1]) {
    case 'c': {
      const std::complex<double> value = tensor.complex(i);
      if (type.bytes == 16) {
        append(out, value.real());
        append(out, value.imag());
      } else {
        append(out, static_cast<float>(value.real()));
        append(out, static_cast<float>(value.imag()));
      }
      return;
    }
    case 'f': {
      const double value = tensor.number(i).as_double();
      if (type.bytes == 8) return append(out, value);
      if (type.bytes == 4) return append(out, static_cast<float>(value));
      return append(out,
                    static_cast<std::uint16_t>(element_bits(Scalar::of(value, DType::kFloat16))));
    }
    default: {
      char bytes[8];
      store_le(bytes, whole_number(tensor.number(i)));
      out.append(bytes, type.bytes);
    }
  }
}

}  // namespace tfevents::ops
