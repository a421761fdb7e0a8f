#include "series/call.hpp"

#include <cmath>

namespace tfevents {

const char* to_string(Comparison comparison) noexcept {
  switch (comparison) {
    case Comparison::kLess: return "<";
    case Comparison::kLessEqual: return "<=";
    case Comparison::kGreater: return ">";
    case Comparison::kGreaterEqual: return ">=";
    case Comparison::kEqual: return "==";
    case Comparison::kNotEqual: return "!=";
  }
  return "";
}

bool holds(double left, Comparison comparison, double right) noexcept {
  switch (comparison) {
    case Comparison::kLess: return left < right;
    case Comparison::kLessEqual: return left <= right;
    case Comparison::kGreater: return left > right;
    case Comparison::kGreaterEqual: return left >= right;
    case Comparison::kEqual: return left == right;
    case Comparison::kNotEqual: return left != right;
  }
  return false;
}

const char* to_string(SeriesFunction function) noexcept {
  switch (function) {
    case SeriesFunction::kLast: return "last";
    case SeriesFunction::kFirst: return "first";
    case SeriesFunction::kMin: return "min";
    case SeriesFunction::kMax: return "max";
    case SeriesFunction::kMean: return "mean";
    case SeriesFunction::kMedian: return "median";
    case SeriesFunction::kStd: return "std";
    case SeriesFunction::kCount: return "count";
    case SeriesFunction::kNan: return "nan";
    case SeriesFunction::kSum: return "sum";
    case SeriesFunction::kAt: return "at";
    case SeriesFunction::kArgmin: return "argmin";
    case SeriesFunction::kArgmax: return "argmax";
    case SeriesFunction::kQuantile: return "quantile";
    case SeriesFunction::kSlope: return "slope";
    case SeriesFunction::kAuc: return "auc";
    case SeriesFunction::kFirstStep: return "first_step";
    case SeriesFunction::kRatio: return "ratio";
    case SeriesFunction::kAtBest: return "at_best";
  }
  return "";
}

}  // namespace tfevents
