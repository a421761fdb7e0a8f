#include "series/accumulator.hpp"

#include <memory>
#include <utility>
#include <variant>

#include "series/best.hpp"
#include "series/isolation.hpp"
#include "series/moments.hpp"
#include "series/picks.hpp"
#include "series/quantile.hpp"
#include "series/windows.hpp"

namespace tfevents {
namespace {

using folds::Area;
using folds::AtBest;
using folds::Best;
using folds::Counter;
using folds::Deviation;
using folds::Pick;
using folds::Quantile;
using folds::Slope;
using folds::Total;
using folds::WindowFeed;

// A family of functions each. A variant, not a virtual call: most of them take a nanosecond or two
// a point.
using Fold = std::variant<Pick, Counter, Best, Total, Quantile, Deviation, Slope, Area, AtBest>;

Fold make_fold(const SeriesCall& call) {
  switch (call.function) {
    case SeriesFunction::kLast:
    case SeriesFunction::kFirst:
    case SeriesFunction::kAt:
    case SeriesFunction::kFirstStep: return Pick(call);
    case SeriesFunction::kMin:
    case SeriesFunction::kArgmin: return Best(call, Direction::kMin);
    case SeriesFunction::kMax:
    case SeriesFunction::kArgmax: return Best(call, Direction::kMax);
    case SeriesFunction::kMean:
    case SeriesFunction::kSum: return Total(call);
    case SeriesFunction::kMedian:
    case SeriesFunction::kQuantile: return Quantile(call);
    case SeriesFunction::kStd: return Deviation();
    case SeriesFunction::kCount:
    case SeriesFunction::kNan:
    case SeriesFunction::kRatio: return Counter(call);
    case SeriesFunction::kSlope: return Slope();
    case SeriesFunction::kAuc: return Area();
    case SeriesFunction::kAtBest: return AtBest(call);
  }
  return Pick(call);
}

void add_to(Fold& fold, const Sample& sample) {
  std::visit([&](auto& family) { family.add(sample); }, fold);
}

}  // namespace

class SeriesAccumulator::Impl {
 public:
  explicit Impl(const SeriesCall& call) : window_(call.window), fold_(make_fold(call)) {
    if (call.isolation) {
      const bool least = call.function == SeriesFunction::kMin;
      isolation_ = std::make_unique<Isolation>(least ? Direction::kMin : Direction::kMax);
    }
  }

  void add(const Sample& sample) {
    if (isolation_ != nullptr) isolation_->add(sample);
    window_.add(sample, [this](const Sample& point) { add_to(fold_, point); });
  }
  void add_metric(const Sample& sample) {
    if (AtBest* at_best = std::get_if<AtBest>(&fold_)) at_best->add_metric(sample);
  }
  [[nodiscard]] SeriesValue result() const {
    SeriesValue value = of_window();
    if (isolation_ != nullptr) value.isolated_by = isolation_->margin();
    return value;
  }

 private:
  [[nodiscard]] SeriesValue of_window() const {
    if (!window_.keeps_all()) return result_of(fold_);
    Fold over_rest = fold_;
    window_.rest([&](const Sample& point) { add_to(over_rest, point); });
    return result_of(over_rest);
  }
  static SeriesValue result_of(const Fold& fold) {
    return std::visit([](const auto& family) { return family.result(); }, fold);
  }

  WindowFeed window_;
  Fold fold_;
  std::unique_ptr<Isolation> isolation_;  // Where it was asked for.
};

SeriesAccumulator::SeriesAccumulator(const SeriesCall& call)
    : impl_(std::make_unique<Impl>(call)) {}
SeriesAccumulator::SeriesAccumulator(SeriesAccumulator&&) noexcept = default;
SeriesAccumulator& SeriesAccumulator::operator=(SeriesAccumulator&&) noexcept = default;
SeriesAccumulator::~SeriesAccumulator() = default;

void SeriesAccumulator::add(const Sample& sample) {
  impl_->add(sample);
}
void SeriesAccumulator::add_metric(const Sample& sample) {
  impl_->add_metric(sample);
}
SeriesValue SeriesAccumulator::result() const {
  return impl_->result();
}

}  // namespace tfevents
