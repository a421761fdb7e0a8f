#pragma once

#include <cstdint>

#include "event/event.hpp"
#include "event/scalar.hpp"

/// What the .cpp files of this layer share about element types; not for other layers.
namespace tfevents {

/// How one element lies in tensor_content and in the typed fields.
/// Source: tensorboard/compat/proto/tensor.proto.
struct DTypeInfo {
  const char* name;
  std::uint8_t bytes;       ///< Of one element in tensor_content; 0: no plain number.
  TensorInfo::Field field;  ///< The typed field of this dtype; kFields: none.
};

/// Of kInvalid for numbers without a name.
[[nodiscard]] const DTypeInfo& info_of(DType dtype) noexcept;

/// The number of a bit pattern of a narrow float dtype, exactly.
[[nodiscard]] double widen(std::uint32_t bits, DType dtype) noexcept;

/// The bit pattern nearest to a number, ties to even. Overflow gives infinity, or NaN where the
/// format has none.
[[nodiscard]] std::uint32_t narrow(double value, DType dtype) noexcept;

}  // namespace tfevents
