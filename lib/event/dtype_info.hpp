#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

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

/// One element as it lies in tensor_content: info_of(dtype).bytes bytes, which are not 0.
[[nodiscard]] Scalar element_of_content(const std::byte* data, DType dtype) noexcept;

/// One element of a typed field, given its bits; `dtype` is what the tensor says it is.
/// `half_is_wide`: some element of half_val has more than 16 bits. Nothing: the field holds no
/// numbers of that dtype.
[[nodiscard]] std::optional<Scalar> element_of_field(std::uint64_t bits, TensorInfo::Field field,
                                                     DType dtype, bool half_is_wide) noexcept;

/// The number of a bit pattern of a narrow float dtype, exactly.
[[nodiscard]] double widen(std::uint32_t bits, DType dtype) noexcept;

/// The bit pattern nearest to a number, ties to even. Overflow gives infinity, or NaN where the
/// format has none.
[[nodiscard]] std::uint32_t narrow(double value, DType dtype) noexcept;

}  // namespace tfevents
