#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "event/scalar.hpp"
#include "ops/ls.hpp"

namespace tfevents::ops {

/// Running statistics of one series: what the `series` object shows. 168 bytes.
class SeriesStats {
 public:
  void add_scalar(std::int64_t step, Scalar value, std::uint64_t bytes) {
    add_blob(step, bytes);
    if (points_ == 1) {
      first_ = value;
      dtype_ = value.dtype;
    }
    if (value.dtype != dtype_) mixed_ = true;
    last_ = value;
    const double number = value.as_double();
    if (!std::isfinite(number)) {
      ++nonfinite_;
      return;
    }
    if (finite_++ == 0 || number < min_.as_double() || less_in_last_digits(value, min_)) {
      min_ = value;
      min_step_ = step;
    }
    if (finite_ == 1 || number > max_.as_double() || less_in_last_digits(max_, value)) {
      max_ = value;
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
  // Widened, 64-bit integers lose their last digits.
  static bool less_in_last_digits(Scalar a, Scalar b) noexcept {
    if (a.dtype != b.dtype) return false;
    if (a.dtype == DType::kInt64) return a.i64 < b.i64;
    return a.dtype == DType::kUint64 && a.u64 < b.u64;
  }

  std::uint64_t points_ = 0, finite_ = 0, nonfinite_ = 0, bytes_ = 0;
  std::int64_t first_step_ = 0, last_step_ = 0, min_step_ = 0, max_step_ = 0;
  Scalar first_, last_, min_, max_;
  // Numbers whose sum could overflow are added up 2^64 times smaller.
  static constexpr double kHuge = 0x1p960, kShrink = 0x1p-64;
  double sum_ = 0, compensation_ = 0, huge_sum_ = 0;
  DType dtype_ = DType::kFloat32;
  bool mixed_ = false;
};

}  // namespace tfevents::ops
