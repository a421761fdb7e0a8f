#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace tfevents {

/// TensorBoard's smoothing of a curve (STATISTICS 6), bit for bit: an exponential average without
/// the bias of its start. A whole series is drawn as it is where the weight is 0 or where every
/// value equals the first: smoothed() knows that, a Smoother sees one value at a time and cannot.
class Smoother {
 public:
  /// `weight` as of effective_weight().
  explicit Smoother(double weight) noexcept;

  /// The curve at the next value. Non-finite values pass through and leave no trace.
  double next(double y) noexcept {
    if (!std::isfinite(y)) return y;
    last_ = last_ * weight_ + (1 - weight_) * y;
    if (settled_) return last_;
    return last_ / debias();
  }

  /// The weight that counts: 0 for one that is not finite, else clamped to 0..1.
  [[nodiscard]] static double effective_weight(double weight) noexcept;

 private:
  double debias() noexcept;

  double weight_;
  double last_ = 0;
  std::uint64_t count_ = 0;
  bool settled_ = false;  // Nothing is left of the bias: dividing by 1 from here on.
};

/// Whether every value so far `==` the first. NaN never equals itself.
class SameSoFar {
 public:
  void add(double y) noexcept {
    if (empty_) first_ = y;
    empty_ = false;
    same_ = same_ && y == first_;
  }
  /// True before the first value.
  [[nodiscard]] bool same() const noexcept { return same_; }

 private:
  double first_ = 0;
  bool empty_ = true, same_ = true;
};

/// The curve that TensorBoard draws for a series.
[[nodiscard]] std::vector<double> smoothed(std::span<const double> values, double weight);

}  // namespace tfevents
