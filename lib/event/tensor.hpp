#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "event/outline.hpp"
#include "event/scalar.hpp"
#include "event/stored_value.hpp"
#include "event/tensor_writer.hpp"

namespace tfevents {

/// The elements of a tensor, in row-major order, as far as there are any: a shape sizes nothing.
/// Owns its bytes.
///
/// Elements come from tensor_content, else from the typed field of the dtype, else, where that is
/// empty, from the one other field that has data (torch stores uint8 in uint32_val). One element
/// stands for all of a shape and too few are continued with the last, as TensorFlow has it, up to
/// kMaxFilled elements (strings: up to kMaxFilledBytes too); what is above the shape is left out.
/// half_val above 16 bits are float32 patterns (torch). Sources: tensorboard/util/tensor_util.py,
/// tensorflow/core/framework/tensor.cc, FORMAT 4.1.
class Tensor {
 public:
  /// Some bytes that claim a great shape must not become a great text.
  static constexpr std::uint64_t kMaxFilled = 4096, kMaxFilledBytes = 65536;

  /// What an element is.
  enum class Element : std::uint8_t { kNumber, kComplex, kText, kNone };

  Tensor() noexcept;
  Tensor(Tensor&&) noexcept;
  Tensor& operator=(Tensor&&) noexcept;
  ~Tensor();

  [[nodiscard]] DType dtype() const noexcept { return dtype_; }
  /// As the writer gives it, a single unknown size worked out from the elements; of unknown rank,
  /// one dimension.
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  [[nodiscard]] Element element() const noexcept { return element_; }
  /// Elements that number(), complex() or text() give.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// True when size() is what the shape asks for.
  [[nodiscard]] bool whole() const noexcept { return problem_.empty(); }
  /// What does not fit together, in words; empty where all does.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// Element i < size(), of the kind that element() says.
  [[nodiscard]] Scalar number(std::uint64_t i) const noexcept;
  [[nodiscard]] std::complex<double> complex(std::uint64_t i) const noexcept;
  [[nodiscard]] std::string_view text(std::uint64_t i) const noexcept;
  /// A complex64 has parts that are float32.
  [[nodiscard]] bool narrow_complex() const noexcept { return dtype_ == DType::kComplex64; }

 private:
  friend Result<Tensor> load_tensor(const StoredValue&, const TensorOutline&);
  struct Typed;  // Numbers of a typed field.

  void fit();

  DType dtype_ = DType::kInvalid;
  Shape shape_;
  Element element_ = Element::kNone;
  std::uint64_t size_ = 0;
  std::uint64_t stored_ = 0;  // Elements that are there.
  std::string problem_;
  std::vector<std::byte> content_;
  std::unique_ptr<Typed> typed_;
};

/// Bytes of the elements as they are stored; what the limit on printed values is about.
[[nodiscard]] std::uint64_t stored_bytes(const TensorOutline& tensor) noexcept;

/// Reads the elements. Memory follows the bytes that are stored: ask stored_bytes() first. Errors:
/// kFormat, kLimit (a message that is mostly something else), those of the file.
[[nodiscard]] Result<Tensor> load_tensor(const StoredValue& value, const TensorOutline& outline);

}  // namespace tfevents
