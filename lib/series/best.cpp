#include "series/best.hpp"

#include <algorithm>
#include <cmath>

#include "series/picks.hpp"

namespace tfevents::folds {

bool MovingMean::add(double value) {
  if (block_.size() == width_) {
    ends_.resize(width_);
    CompensatedSum end;
    for (std::size_t place = width_; place-- > 0;) {
      end.add(block_[place]);
      ends_[place] = end;
    }
    block_.clear();
    block_sum_ = {};
  }
  block_.push_back(value);
  block_sum_.add(value);
  return block_.size() == width_ || !ends_.empty();
}

double MovingMean::mean() const noexcept {
  CompensatedSum sum = block_sum_;
  if (block_.size() < width_) sum.add(ends_[block_.size()]);
  return sum.mean(width_);
}

CurveExtreme::CurveExtreme(const SeriesCall& call, Direction direction)
    : width_(call.mean_of > 1 ? call.mean_of : 0),
      smoother_(call.smooth),
      means_(width_),
      curve_(direction),
      unsmoothed_(direction) {}

void CurveExtreme::add(const Sample& sample) {
  if (width_ == 0) {
    add_smoothed(sample);
  } else if (std::isfinite(sample.value)) {
    add_mean(sample);
  }
}

void CurveExtreme::add_smoothed(const Sample& sample) {
  so_far_.add(sample.value);
  if (so_far_.same() && std::isfinite(sample.value)) unsmoothed_.offer(sample);
  Sample point = sample;
  point.value = smoother_.next(sample.value);
  point.float32 = false;
  if (std::isfinite(point.value) && curve_.offer(point)) raw_ = sample;
}

void CurveExtreme::add_mean(const Sample& sample) {
  floats_ = sample.float32 ? std::min(floats_ + 1, width_) : 0;
  if (!means_.add(sample.value)) return;
  Sample point = sample;
  point.value = means_.mean();
  point.float32 = floats_ == width_;
  if (point.float32) point.value = static_cast<double>(static_cast<float>(point.value));
  if (curve_.offer(point)) raw_ = sample;
}

const Sample* CurveExtreme::best() const noexcept {
  return drawn_as_it_is() ? unsmoothed_.best() : curve_.best();
}

const Sample& CurveExtreme::raw() const noexcept {
  return drawn_as_it_is() ? *unsmoothed_.best() : raw_;
}

Best::Best(const SeriesCall& call, Direction direction)
    : extreme_(direction),
      asks_step_(call.function == SeriesFunction::kArgmin ||
                 call.function == SeriesFunction::kArgmax) {
  if (call.mean_of > 1 || Smoother::effective_weight(call.smooth) > 0)
    curve_ = std::make_unique<CurveExtreme>(call, direction);
}

Best::Best(const Best& other)
    : tally_(other.tally_), extreme_(other.extreme_), asks_step_(other.asks_step_) {
  if (other.curve_) curve_ = std::make_unique<CurveExtreme>(*other.curve_);
}

SeriesValue Best::result() const {
  const Sample* point = best();
  if (point == nullptr) return tally_.absent(Absence::kEmptyWindow);
  SeriesValue out = tally_.absent(Absence::kNone);
  out.step = point->step;
  out.wall_time = point->wall_time;
  if (asks_step_) {
    out.value = out.raw = static_cast<double>(point->step);
  } else {
    out.value = as_printed(*point);
    out.raw = curve_ ? as_printed(curve_->raw()) : out.value;
  }
  return out;
}

void AtBest::add(const Sample& sample) {
  while (!points_.empty() && points_.back().step >= sample.step) points_.pop_back();
  points_.push_back(sample);
}

SeriesValue AtBest::result() const {
  const Sample* best = metric_.best();
  if (best == nullptr) return SeriesValue::missing(Absence::kEmptyWindow);
  const auto after =
      std::upper_bound(points_.begin(), points_.end(), best->step,
                       [](std::int64_t step, const Sample& point) { return step < point.step; });
  if (after == points_.begin()) return SeriesValue::missing(Absence::kEmptyWindow);
  return picked(after[-1]);
}

}  // namespace tfevents::folds
