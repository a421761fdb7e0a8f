#include "format/cell.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace tfevents {
namespace {

/// Thousands groups in the whole part of a number without an exponent (`1 700 000 000.5`), as
/// integers have them.
std::string group_whole_part(std::string number) {
  if (number.find_first_not_of("-0123456789.") != std::string::npos) return number;
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::size_t first = number.front() == '-' ? 1 : 0;
  constexpr std::size_t kLongestWhole = 18;
  if (point - first > kLongestWhole || point == first) return number;
  std::int64_t whole = 0;
  for (std::size_t i = first; i < point; ++i) whole = 10 * whole + (number[i] - '0');
  return number.substr(0, first) + human_integer(whole) + number.substr(point);
}

template <std::floating_point T>
std::string human_real(T value, int significant) {
  std::string exact = to_text(value);
  if (significant > 0 && std::isfinite(value) && value != 0) {
    // Fixed notation, because `g` turns 55100.3 into 5.51e+04.
    const double magnitude = std::floor(std::log10(std::fabs(static_cast<double>(value))));
    std::string rounded;
    if (magnitude < -4 || magnitude >= 16) {
      rounded = fmt::format("{:.{}e}", value, significant - 1);
    } else {
      rounded =
          fmt::format("{:.{}f}", value, std::max(0, significant - 1 - static_cast<int>(magnitude)));
    }
    if (rounded.size() < exact.size()) exact = std::move(rounded);
  }
  return group_whole_part(std::move(exact));
}

std::string human_count(std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(INT64_MAX)) return to_text(value);
  return human_integer(static_cast<std::int64_t>(value));
}

/// Calls `visit` with the value as a machine sees it: unit types become plain numbers.
template <class Visit>
void visit_machine(const Cell::Value& value, Visit visit) {
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::same_as<T, Cell::Bytes>) {
          visit(v.count);
        } else if constexpr (std::same_as<T, Cell::Duration>) {
          visit(v.seconds);
        } else if constexpr (std::same_as<T, Cell::Time>) {
          visit(v.epoch_seconds);
        } else {
          visit(v);
        }
      },
      value);
}

}  // namespace

bool Cell::is_real() const noexcept {
  return std::holds_alternative<double>(value_) || std::holds_alternative<float>(value_);
}

bool Cell::is_numeric() const noexcept {
  return is_real() || std::holds_alternative<std::int64_t>(value_) ||
         std::holds_alternative<std::uint64_t>(value_) || std::holds_alternative<Bytes>(value_) ||
         std::holds_alternative<Duration>(value_);
}

std::string Cell::human(int significant) const {
  if (shown_) return printable(*shown_);
  return std::visit(
      [&](const auto& v) -> std::string {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::same_as<T, std::monostate>) {
          return {};
        } else if constexpr (std::same_as<T, bool>) {
          return v ? "true" : "false";
        } else if constexpr (std::same_as<T, std::int64_t>) {
          return human_integer(v);
        } else if constexpr (std::same_as<T, std::uint64_t>) {
          return human_count(v);
        } else if constexpr (std::floating_point<T>) {
          return human_real(v, significant);
        } else if constexpr (std::same_as<T, std::string>) {
          return printable(v);
        } else if constexpr (std::same_as<T, Bytes>) {
          return human_bytes(v.count);
        } else if constexpr (std::same_as<T, Duration>) {
          return human_duration(v.seconds);
        } else {
          return human_time(v.epoch_seconds, false);
        }
      },
      value_);
}

void write_cell(JsonWriter& writer, const Cell& cell) {
  visit_machine(cell.value(), [&](const auto& v) {
    if constexpr (std::same_as<std::decay_t<decltype(v)>, std::monostate>) {
      writer.null();
    } else {
      writer.value(v);
    }
  });
}

void write_cell(CsvWriter& writer, const Cell& cell) {
  visit_machine(cell.value(), [&](const auto& v) {
    if constexpr (std::same_as<std::decay_t<decltype(v)>, std::monostate>) {
      writer.absent();
    } else {
      writer.value(v);
    }
  });
}

}  // namespace tfevents
