#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/scalar.hpp"

namespace tfevents {

/// Sizes of the dimensions, outermost first; empty for rank 0.
using Shape = std::vector<std::int64_t>;

/// Where the numbers of a tensor lie.
enum class TensorLayout : std::uint8_t {
  kContent,  ///< `tensor_content`, raw little-endian: TensorFlow.
  kTyped,    ///< The repeated field of the dtype, packed: TensorBoard, PyTorch.
};

/// How the writer stores one number.
enum class ScalarForm : std::uint8_t {
  kSimpleValue,    ///< `simple_value`, float32, no metadata: every reader understands it.
  kTensorContent,  ///< A tensor of rank 0 in `tensor_content`: TensorFlow 2.
  kTensorTyped,    ///< A tensor in the field of its dtype: TensorBoard, PyTorch's `new_style`.
};

/// The pattern of `value` in the format of its dtype: as many low bits as an element has. Narrow
/// float formats round to the nearest, ties to even; what is too great becomes infinity, or NaN in
/// formats without one. Integers keep their low bits.
[[nodiscard]] std::uint64_t element_bits(const Scalar& value) noexcept;

/// A serialized TensorProto of one element. No `shape`: the tensor_shape field is left out, as
/// PyTorch does. Dtypes that hold no single number give a tensor without a value.
/// Source: tensorboard/compat/proto/tensor.proto.
[[nodiscard]] std::string scalar_tensor(const Scalar& value, TensorLayout layout,
                                        const std::optional<Shape>& shape = Shape{});
/// The same from a bit pattern of any dtype.
[[nodiscard]] std::string element_tensor(DType dtype, std::uint64_t bits, TensorLayout layout,
                                         const std::optional<Shape>& shape = Shape{});
/// A serialized TensorProto with the elements as they are in `content`, raw and little-endian.
[[nodiscard]] std::string content_tensor(DType dtype, std::string_view content, const Shape& shape);
/// A serialized TensorProto of dtype string.
[[nodiscard]] std::string string_tensor(std::span<const std::string_view> elements,
                                        const Shape& shape);

}  // namespace tfevents
