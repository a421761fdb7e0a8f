#pragma once

#include <cmath>

namespace tfevents {

/// A number of about 106 bits: the sum of two doubles, the second below half a unit of the first's
/// last place. For sums of products that cancel. Finite numbers below 2^960 only; needs arithmetic
/// that is not contracted to fused multiply-add.
struct DoubleDouble {
  double high = 0, low = 0;

  /// Exact (Knuth).
  [[nodiscard]] static DoubleDouble sum(double a, double b) noexcept {
    const double high = a + b;
    const double of_b = high - a;
    return {high, (a - (high - of_b)) + (b - of_b)};
  }
  [[nodiscard]] static DoubleDouble difference(double a, double b) noexcept { return sum(a, -b); }

  /// Exact (Dekker, Veltkamp): std::fma would be a slow call where the processor has none.
  [[nodiscard]] static DoubleDouble product(double a, double b) noexcept {
    const DoubleDouble x = halves(a), y = halves(b);
    const double high = a * b;
    return {high, ((x.high * y.high - high) + x.high * y.low + x.low * y.high) + x.low * y.low};
  }

  DoubleDouble& operator+=(DoubleDouble other) noexcept {
    const DoubleDouble highs = sum(high, other.high), lows = sum(low, other.low);
    const DoubleDouble first = normal(highs.high, highs.low + lows.high);
    return *this = normal(first.high, first.low + lows.low);
  }
  friend DoubleDouble operator-(DoubleDouble a, DoubleDouble b) noexcept {
    return a += {-b.high, -b.low};
  }
  friend DoubleDouble operator*(DoubleDouble a, DoubleDouble b) noexcept {
    const DoubleDouble first = product(a.high, b.high);
    return normal(first.high, first.low + (a.high * b.low + a.low * b.high));
  }
  friend DoubleDouble operator/(DoubleDouble a, DoubleDouble b) noexcept {
    const double first = a.high / b.high;
    const DoubleDouble rest = a - b * DoubleDouble{first, 0};
    return normal(first, rest.high / b.high);
  }
  /// Of a number that is not negative.
  [[nodiscard]] static DoubleDouble root(DoubleDouble square) noexcept {
    const double first = std::sqrt(square.high);
    if (!(first > 0)) return {first, 0};
    const DoubleDouble rest = square - product(first, first);
    return normal(first, rest.high / (2 * first));
  }
  /// By a power of two.
  void scale(double factor) noexcept {
    high *= factor;
    low *= factor;
  }
  [[nodiscard]] double value() const noexcept { return high + low; }

 private:
  // `high` is the greater one, or zero.
  [[nodiscard]] static DoubleDouble normal(double high, double low) noexcept {
    const double total = high + low;
    return {total, low - (total - high)};
  }
  [[nodiscard]] static DoubleDouble halves(double a) noexcept {
    const double spread = 134217729.0 * a;  // 2^27 + 1
    const double high = spread - (spread - a);
    return {high, a - high};
  }
};

}  // namespace tfevents
