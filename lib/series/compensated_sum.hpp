#pragma once

#include <cmath>
#include <cstdint>

#include "series/double_double.hpp"

namespace tfevents {

/// Sum of finite doubles by Neumaier's compensation: right to the last bit or two for millions of
/// numbers, whatever cancels, and for numbers whose plain sum would overflow on the way.
class CompensatedSum {
 public:
  void add(double number) noexcept {
    if (std::abs(number) >= kHuge) [[unlikely]] {
      huge_.add(number * kShrink);
      return;
    }
    plain_.add(number);
  }
  void add(const CompensatedSum& other) noexcept {
    plain_.add(other.plain_);
    huge_.add(other.huge_);
  }

  /// Infinite where the sum itself is no double.
  [[nodiscard]] double total() const noexcept { return plain_.total() + huge_.total() / kShrink; }
  /// The sum over `count`: never beyond the greatest number that was added.
  [[nodiscard]] double mean(std::uint64_t count) const noexcept {
    return plain_.mean(count) + huge_.mean(count) / kShrink;
  }

 private:
  struct Neumaier {
    double sum = 0, compensation = 0;

    void add(double number) noexcept {
      const double next = sum + number;
      compensation +=
          std::abs(sum) >= std::abs(number) ? (sum - next) + number : (number - next) + sum;
      sum = next;
    }
    void add(const Neumaier& other) noexcept {
      add(other.sum);
      add(other.compensation);
    }
    [[nodiscard]] double total() const noexcept { return sum + compensation; }
    [[nodiscard]] double mean(std::uint64_t count) const noexcept {
      const DoubleDouble divisor{static_cast<double>(count), 0};
      return (DoubleDouble::sum(sum, compensation) / divisor).value();
    }
  };

  // Numbers whose sum could overflow are added up 2^64 times smaller.
  static constexpr double kHuge = 0x1p960, kShrink = 0x1p-64;
  Neumaier plain_, huge_;
};

}  // namespace tfevents
