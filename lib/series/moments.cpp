#include "series/moments.hpp"

#include <cmath>

namespace tfevents::folds {
namespace {

// `to - from` without overflow; rounded beyond 2^53.
double distance(std::int64_t from, std::int64_t to) noexcept {
  const auto start = static_cast<std::uint64_t>(from), end = static_cast<std::uint64_t>(to);
  return to >= from ? static_cast<double>(end - start) : -static_cast<double>(start - end);
}

// The sum of (a - mean a)(b - mean b), from the sums of a*b, a and b.
DoubleDouble centred(DoubleDouble products, DoubleDouble a, DoubleDouble b,
                     std::uint64_t count) noexcept {
  return products - a * b / DoubleDouble{static_cast<double>(count), 0};
}

}  // namespace

SeriesValue Total::result() const {
  if (tally_.finite() == 0) return tally_.absent(Absence::kEmptyWindow);
  return tally_.over_window(mean_ ? tally_.rounded(sum_.mean(tally_.finite())) : sum_.total());
}

void Deviation::add(const Sample& sample) noexcept {
  if (!tally_.add(sample)) return;
  const DoubleDouble distance = distances_.next(sample.value, [this](double factor) {
    sum_.scale(factor);
    squares_.scale(factor);
    squares_.scale(factor);
  });
  sum_ += distance;
  squares_ += distance * distance;
}

SeriesValue Deviation::result() const {
  if (tally_.finite() < 2) return tally_.absent(Absence::kEmptyWindow);
  const DoubleDouble squares = centred(squares_, sum_, sum_, tally_.finite());
  if (squares.high <= 0) return tally_.over_window(0);
  const DoubleDouble others{static_cast<double>(tally_.finite() - 1), 0};
  return tally_.over_window(distances_.in_full(DoubleDouble::root(squares / others).value()));
}

void Slope::add(const Sample& sample) noexcept {
  if (!tally_.add(sample)) return;
  if (tally_.finite() == 1) first_step_ = sample.step;
  const DoubleDouble y = distances_.next(sample.value, [this](double factor) {
    values_.scale(factor);
    products_.scale(factor);
  });
  const DoubleDouble x{distance(first_step_, sample.step), 0};
  steps_ += x;
  step_squares_ += x * x;
  values_ += y;
  products_ += x * y;
}

SeriesValue Slope::result() const {
  const std::uint64_t count = tally_.finite();
  if (count < 2) return tally_.absent(Absence::kEmptyWindow);
  const DoubleDouble spread = centred(step_squares_, steps_, steps_, count);
  if (spread.high <= 0) return tally_.absent(Absence::kEmptyWindow);  // One step alone.
  const DoubleDouble slope = centred(products_, steps_, values_, count) / spread;
  return tally_.over_window(distances_.in_full(slope.value()));
}

void Area::add(const Sample& sample) noexcept {
  if (!tally_.add(sample)) return;
  const double half_width = tally_.finite() == 1 ? 0 : distance(step_, sample.step) / 2;
  add_area(half_width, value_);
  add_area(half_width, sample.value);
  step_ = sample.step;
  value_ = sample.value;
}

void Area::add_area(double width, double height) noexcept {
  const bool great = std::abs(height) >= kGreat;
  const DoubleDouble area = DoubleDouble::product(width, great ? height * kShrink : height);
  CompensatedSum& sum = great ? great_ : plain_;
  sum.add(area.high);
  sum.add(area.low);
}

SeriesValue Area::result() const {
  if (tally_.finite() < 2) return tally_.absent(Absence::kEmptyWindow);
  return tally_.over_window(plain_.total() + great_.total() / kShrink);
}

}  // namespace tfevents::folds
