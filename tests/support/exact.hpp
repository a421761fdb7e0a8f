#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace tfevents::test {

/// A number of any size times a power of two: sums, differences and products are exact. Slow.
class Exact {
 public:
  Exact() = default;
  /// Finite numbers only.
  explicit Exact(double value) {
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);
    const auto whole = static_cast<std::int64_t>(std::ldexp(fraction, 53));
    *this = Exact(whole);
    exponent_ = exponent - 53;
  }
  explicit Exact(std::int64_t value) : negative_(value < 0) {
    std::uint64_t rest =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    for (; rest != 0; rest >>= 32U) digits_.push_back(static_cast<std::uint32_t>(rest));
  }

  [[nodiscard]] bool zero() const noexcept { return digits_.empty(); }
  [[nodiscard]] bool negative() const noexcept { return negative_ && !zero(); }
  [[nodiscard]] Exact magnitude() const {
    Exact out = *this;
    out.negative_ = false;
    return out;
  }
  /// Times 2^power.
  [[nodiscard]] Exact shifted(int power) const {
    Exact out = *this;
    out.exponent_ += power;
    return out;
  }

  friend Exact operator+(const Exact& a, const Exact& b) {
    const int exponent = std::min(a.exponent_, b.exponent_);
    const Exact x = a.at(exponent), y = b.at(exponent);
    const bool smaller = compare(x.digits_, y.digits_) < 0;
    const Exact &great = smaller ? y : x, &small = smaller ? x : y;
    Exact out = great;
    std::int64_t carry = 0;
    const std::int64_t sign = x.negative_ == y.negative_ ? 1 : -1;
    for (std::size_t i = 0; i < out.digits_.size(); ++i) {
      carry += out.digits_[i];
      if (i < small.digits_.size()) carry += sign * std::int64_t{small.digits_[i]};
      out.digits_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) out.digits_.push_back(static_cast<std::uint32_t>(carry));
    out.trim();
    return out;
  }
  friend Exact operator-(const Exact& a, const Exact& b) {
    Exact minus = b;
    minus.negative_ = !b.negative_;
    return a + minus;
  }
  friend Exact operator*(const Exact& a, const Exact& b) {
    Exact out;
    out.negative_ = a.negative_ != b.negative_;
    out.exponent_ = a.exponent_ + b.exponent_;
    out.digits_.assign(a.digits_.size() + b.digits_.size(), 0);
    for (std::size_t i = 0; i < a.digits_.size(); ++i) {
      std::uint64_t carry = 0;
      for (std::size_t k = 0; k < b.digits_.size() || carry != 0; ++k) {
        carry += out.digits_[i + k];
        if (k < b.digits_.size()) carry += std::uint64_t{a.digits_[i]} * b.digits_[k];
        out.digits_[i + k] = static_cast<std::uint32_t>(carry);
        carry >>= 32U;
      }
    }
    out.trim();
    return out;
  }
  friend bool operator<(const Exact& a, const Exact& b) { return (a - b).negative(); }

  /// log2 of the magnitude, within a unit or so; not of zero.
  [[nodiscard]] int size() const {
    return exponent_ + static_cast<int>(32 * (digits_.size() - 1)) +
           static_cast<int>(std::log2(digits_.back()));
  }
  /// The magnitude over 2^power, to a few digits.
  [[nodiscard]] double about(int power) const {
    double out = 0;
    const std::size_t from = digits_.size() > 4 ? digits_.size() - 4 : 0;
    for (std::size_t i = from; i < digits_.size(); ++i)
      out += std::ldexp(digits_[i], exponent_ + static_cast<int>(32 * i) - power);
    return out;
  }

 private:
  using Digits = std::vector<std::uint32_t>;  // Of base 2^32, the least first.

  static int compare(const Digits& a, const Digits& b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    for (std::size_t i = a.size(); i-- > 0;) {
      if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    }
    return 0;
  }
  // The same number with a lower exponent.
  [[nodiscard]] Exact at(int exponent) const {
    const auto places = static_cast<std::size_t>(exponent_ - exponent);
    Exact out;
    out.negative_ = negative_;
    out.exponent_ = exponent;
    out.digits_.assign(places / 32, 0);
    std::uint64_t carry = 0;
    for (const std::uint32_t digit : digits_) {
      carry += std::uint64_t{digit} << (places % 32);
      out.digits_.push_back(static_cast<std::uint32_t>(carry));
      carry >>= 32U;
    }
    out.digits_.push_back(static_cast<std::uint32_t>(carry));
    out.trim();
    return out;
  }
  void trim() {
    while (!digits_.empty() && digits_.back() == 0) digits_.pop_back();
  }

  Digits digits_;
  int exponent_ = 0;
  bool negative_ = false;
};

/// The double nearest to a number of which is known on which side of any double it lies, ties to
/// the even one; from a guess that is near. `beyond(x)` is -1, 0, 1 where the number is less than,
/// equal to, greater than x. Not negative.
template <class Beyond>
double nearest_double(double guess, Beyond beyond) {
  static constexpr int kLeast = -1074;  // Exponent of the last place of the smallest numbers.
  // Halfway to the next double above, and whether the lower one of the two is even.
  const auto halfway = [](double low, bool& even) {
    int exponent = 0;
    (void)std::frexp(low, &exponent);
    const int place = low == 0 ? kLeast : std::max(exponent - 53, kLeast);
    const auto whole = static_cast<std::int64_t>(std::ldexp(low, -place));
    even = whole % 2 == 0;
    return Exact(2 * whole + 1).shifted(place - 1);
  };
  double out = std::isfinite(guess) ? std::abs(guess) : std::nextafter(HUGE_VAL, 0);
  bool even = false;
  while (std::isfinite(out)) {
    const int side = beyond(halfway(out, even));
    if (side < 0 || (side == 0 && even)) break;
    out = std::nextafter(out, HUGE_VAL);
  }
  while (out > 0) {
    const double below = std::nextafter(out, 0);
    const int side = beyond(halfway(below, even));
    if (side > 0 || (side == 0 && !even)) break;
    out = below;
  }
  return out;
}

/// a / b, rounded once. b is not zero.
inline double rounded_quotient(const Exact& a, const Exact& b) {
  if (a.zero()) return 0;
  const Exact x = a.magnitude(), y = b.magnitude();
  const double guess = std::ldexp(x.about(x.size()) / y.about(y.size()), x.size() - y.size());
  const double out = nearest_double(guess, [&](const Exact& middle) {
    const Exact rest = x - middle * y;
    return rest.zero() ? 0 : rest.negative() ? -1 : 1;
  });
  return a.negative() != b.negative() ? -out : out;
}

/// The square root of a / b, rounded once. Neither is negative, b is not zero.
inline double rounded_root(const Exact& a, const Exact& b) {
  if (a.zero()) return 0;
  const int power = a.size() - b.size(), half = power / 2;
  const double guess = std::ldexp(
      std::sqrt(std::ldexp(a.about(a.size()) / b.about(b.size()), power - 2 * half)), half);
  return nearest_double(guess, [&](const Exact& middle) {
    const Exact rest = a - middle * middle * b;
    return rest.zero() ? 0 : rest.negative() ? -1 : 1;
  });
}

inline double rounded(const Exact& a) {
  return rounded_quotient(a, Exact(std::int64_t{1}));
}

}  // namespace tfevents::test
