#include "series/smoothing.hpp"

#include <algorithm>

namespace tfevents {

Smoother::Smoother(double weight) noexcept : weight_(effective_weight(weight)) {
  settled_ = weight_ == 1;  // Its sum stays 0, and there is no bias to take away.
}

double Smoother::effective_weight(double weight) noexcept {
  return std::isfinite(weight) ? std::clamp(weight, 0.0, 1.0) : 0;
}

// A power, not a running product: their last digits differ.
double Smoother::debias() noexcept {
  const double left = std::pow(weight_, static_cast<double>(++count_));
  settled_ = left < 0x1p-54;
  return 1 - left;
}

std::vector<double> smoothed(std::span<const double> values, double weight) {
  std::vector<double> out(values.begin(), values.end());
  SameSoFar so_far;
  for (const double y : values) so_far.add(y);
  if (so_far.same() || Smoother::effective_weight(weight) == 0) return out;
  Smoother smoother(weight);
  for (double& y : out) y = smoother.next(y);
  return out;
}

}  // namespace tfevents
