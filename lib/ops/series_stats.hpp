#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "event/scalar.hpp"
#include "ops/ls.hpp"

namespace tfevents::ops {

/// A Scalar without its type: half its size.
class ScalarBits {
 public:
  ScalarBits() = default;
  explicit ScalarBits(const Scalar& value) noexcept {
    switch (value.store()) {
      case Scalar::Store::kFloat: bits_ = std::bit_cast<std::uint32_t>(value.f32); break;
      case Scalar::Store::kDouble: bits_ = std::bit_cast<std::uint64_t>(value.f64); break;
      case Scalar::Store::kSigned: bits_ = static_cast<std::uint64_t>(value.i64); break;
      case Scalar::Store::kUnsigned: bits_ = value.u64; break;
    }
  }
  explicit ScalarBits(float value) noexcept : bits_(std::bit_cast<std::uint32_t>(value)) {}
  /// The number where it was a float32.
  [[nodiscard]] float as_float() const noexcept {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits_));
  }
  /// The number, of the type that it had.
  [[nodiscard]] Scalar as(DType dtype) const noexcept {
    Scalar value;
    value.dtype = dtype;
    switch (value.store()) {
      case Scalar::Store::kFloat:
        value.f32 = std::bit_cast<float>(static_cast<std::uint32_t>(bits_));
        break;
      case Scalar::Store::kDouble: value.f64 = std::bit_cast<double>(bits_); break;
      case Scalar::Store::kSigned: value.i64 = static_cast<std::int64_t>(bits_); break;
      case Scalar::Store::kUnsigned: value.u64 = bits_; break;
    }
    return value;
  }

 private:
  std::uint64_t bits_ = 0;
};

/// Running statistics of one series: what the `series` object shows. 128 bytes.
class SeriesStats {
 public:
  void add_scalar(std::int64_t step, Scalar value, std::uint64_t bytes) {
    add_blob(step, bytes);
    const ScalarBits bits(value);
    if (points_ == 1) {
      first_ = bits;
      dtype_ = value.dtype;
    }
    if (value.dtype != dtype_) mixed_ = true;
    last_ = bits;
    last_dtype_ = value.dtype;
    const double number = value.as_double();
    if (!std::isfinite(number)) {
      ++nonfinite_;
      return;
    }
    const Scalar min = min_.as(min_dtype_), max = max_.as(max_dtype_);
    if (finite_++ == 0 || number < min.as_double() || less_in_last_digits(value, min)) {
      min_ = bits;
      min_dtype_ = value.dtype;
      min_step_ = step;
    }
    if (finite_ == 1 || number > max.as_double() || less_in_last_digits(max, value)) {
      max_ = bits;
      max_dtype_ = value.dtype;
      max_step_ = step;
    }
    if (std::abs(number) >= kHuge) [[unlikely]] {
      huge_sum_ += number * kShrink;
      return;
    }
    // Neumaier's compensated sum.
    const double sum = sum_ + number;
    compensation_ +=
        std::abs(sum_) >= std::abs(number) ? (sum_ - sum) + number : (number - sum) + sum_;
    sum_ = sum;
  }

  /// As add_scalar: what nearly all points are, at a third of the time.
  [[gnu::always_inline]] void add_float(std::int64_t step, float value, std::uint64_t bytes) {
    constexpr float kMost = std::numeric_limits<float>::max();
    // What is out of the ordinary (another type, NaN, the first finite one) goes the long way.
    if (!(std::abs(value) <= kMost) || finite_ == 0 || mixed_ || dtype_ != DType::kFloat32)
        [[unlikely]] {
      return add_scalar(step, Scalar::of(value), bytes);
    }
    ++points_;
    last_step_ = step;
    bytes_ += bytes;
    last_ = ScalarBits(value);
    ++finite_;
    // Steps and values are set without a jump that nobody can foretell.
    const bool less = value < min_.as_float();
    const bool greater = value > max_.as_float();
    if (less | greater) {
      (less ? min_ : max_) = last_;
      (less ? min_step_ : max_step_) = step;
    }
    add_up(static_cast<double>(value));
  }
  /// A float32 that lies between the least and the greatest number so far. Only where another one
  /// follows: what is said of the last point is left to that.
  [[gnu::always_inline]] void add_between(double value, std::uint64_t bytes) {
    ++points_;
    ++finite_;
    bytes_ += bytes;
    add_up(value);
  }

  void add_blob(std::int64_t step, std::uint64_t bytes) {
    if (points_++ == 0) first_step_ = step;
    last_step_ = step;
    bytes_ += bytes;
  }

  [[nodiscard]] std::uint64_t points() const noexcept { return points_; }
  [[nodiscard]] std::uint64_t nonfinite() const noexcept { return nonfinite_; }
  [[nodiscard]] std::optional<std::int64_t> last_step() const noexcept {
    return points_ == 0 ? std::nullopt : std::optional(last_step_);
  }

  /// Fills the numbers of a row; `scalars` tells whether the series has values.
  void fill(SeriesRow& row, bool scalars) const;

 private:
  // The same error as Neumaier's, without a comparison (Knuth's TwoSum).
  [[gnu::always_inline]] void add_up(double number) {
    const double sum = sum_ + number, added = sum - sum_;
    compensation_ += (sum_ - (sum - added)) + (number - added);
    sum_ = sum;
  }
  // Widened, 64-bit integers lose their last digits.
  static bool less_in_last_digits(Scalar a, Scalar b) noexcept {
    if (a.dtype != b.dtype) return false;
    if (a.dtype == DType::kInt64) return a.i64 < b.i64;
    return a.dtype == DType::kUint64 && a.u64 < b.u64;
  }

  std::uint64_t points_ = 0, finite_ = 0, nonfinite_ = 0, bytes_ = 0;
  std::int64_t first_step_ = 0, last_step_ = 0, min_step_ = 0, max_step_ = 0;
  ScalarBits first_, last_, min_, max_;
  // Numbers whose sum could overflow are added up 2^64 times smaller.
  static constexpr double kHuge = 0x1p960, kShrink = 0x1p-64;
  double sum_ = 0, compensation_ = 0, huge_sum_ = 0;
  DType dtype_ = DType::kFloat32;  // Of the first.
  DType last_dtype_ = DType::kFloat32, min_dtype_ = DType::kFloat32, max_dtype_ = DType::kFloat32;
  bool mixed_ = false;
};

}  // namespace tfevents::ops
