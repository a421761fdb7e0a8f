#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "event/scalar.hpp"
#include "event/tensor.hpp"

namespace tfevents::ops {

/// How the elements of a tensor lie in a `.npy` file. Source: numpy/lib/format.py.
struct NpyType {
  std::string_view descr;  ///< As `<f4`; empty: numpy has no such elements.
  std::size_t bytes = 0;   ///< Of one element.
  bool same = false;       ///< As in tensor_content: the bytes can be copied.
};

/// Narrow floats that numpy does not have become float32, which holds them exactly; small integers
/// take a byte.
[[nodiscard]] NpyType npy_type(DType dtype) noexcept;

/// What stands before the elements, in row-major order.
[[nodiscard]] std::string npy_header(const NpyType& type, const Shape& shape);

/// Appends element i of a tensor of numbers.
void append_npy(std::string& out, const NpyType& type, const Tensor& tensor, std::uint64_t i);

}  // namespace tfevents::ops
