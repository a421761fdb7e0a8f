#include <charconv>
#include <cmath>

#include "base/number.hpp"
#include "series/accumulator.hpp"

namespace tfevents {

const char* to_string(Absence absence) noexcept {
  switch (absence) {
    case Absence::kNone: return "";
    case Absence::kMissingTag: return "missing-tag";
    case Absence::kAmbiguousTag: return "ambiguous-tag";
    case Absence::kEmptyWindow: return "empty-window";
    case Absence::kNever: return "never";
  }
  return "";
}

double as_printed(float value) noexcept {
  const double exact = static_cast<double>(value);
  // Through the text itself, so that it cannot differ from what is printed; std::to_chars writes
  // more digits than the shortest for great floats.
  constexpr float kWhole = 0x1p24F;
  if (!std::isfinite(value)) return exact;
  if (std::abs(value) < kWhole && std::trunc(value) == value) return exact;
  char text[kNumberRoom];
  double printed = exact;
  std::from_chars(text, write_number(text, value), printed);
  return printed;
}

double as_printed(const Sample& sample) noexcept {
  return sample.float32 ? as_printed(static_cast<float>(sample.value)) : sample.value;
}

}  // namespace tfevents
