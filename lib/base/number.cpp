#include "base/number.hpp"

#include <bit>
#include <cmath>
#include <cstring>

#include <fmt/compile.h>

namespace tfevents {
namespace {

template <std::size_t N>
char* put(char* to, const char (&text)[N]) noexcept {
  std::memcpy(to, text, N - 1);
  return to + N - 1;
}

// fmt prints the shortest digits of the argument's own type and switches to exponents below 1e-4
// and from 1e16 on, for float and double alike; it ignores the locale. Tests hold it to that, since
// later versions differ for float.
template <class T>
char* write_finite(char* to, T value) noexcept {
  try {
    return fmt::format_to(to, FMT_COMPILE("{}"), value);
  } catch (...) {  // Never: nothing is allocated on this path. It lets the compiler see so.
    return to;
  }
}

// Doubles in [2^30, 2^31), which all wall times of 2004 to 2038 are, have 22 bits behind the point:
// whole seconds and k/2^22. Seven decimals tell neighbours apart and six never do both, so the
// shortest text is the one multiple of ten among the sevenths decimals that round to k, or else the
// nearest of them. Four times as fast as the general way, and the same digits.
constexpr bool is_epoch_like(double value) noexcept {
  return value >= 1073741824.0 && value < 2147483648.0;
}

char* write_epoch_like(char* to, double value) noexcept {
  constexpr std::uint64_t kScale = 10'000'000;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const std::uint64_t mantissa = (bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1} << 52);
  const std::uint64_t seconds = mantissa >> 22;
  const std::uint64_t k = mantissa & ((1U << 22) - 1);
  to = write_finite(to, seconds);
  if (k == 0) return to;
  // In units of 10^-7 / 2^23: the middle, and half the distance to the neighbours on both sides.
  const std::uint64_t middle = 2 * k * kScale;
  const std::uint64_t low = (middle - kScale + (1U << 23) - 1) >> 23;
  const std::uint64_t high = (middle + kScale) >> 23;
  std::uint64_t digits = high / 10 * 10;
  if (digits < low) {
    const std::uint64_t rounded = middle + (1U << 22);
    digits = rounded >> 23;
    const bool tie = (rounded & ((1U << 23) - 1)) == 0;
    if (tie) digits &= ~std::uint64_t{1};  // To even.
  }
  if (digits == 0 || digits >= kScale)
    return nullptr;  // Next to a whole second: the general way knows.
  *to = '.';
  auto left = static_cast<std::uint32_t>(digits);
  for (int place = 7; place >= 1; --place) {
    to[place] = static_cast<char>('0' + left % 10);
    left /= 10;
  }
  to += 8;
  while (to[-1] == '0') --to;
  return to;
}

// Writes a finite real; the fast way where there is one.
char* write_shortest(char* to, float value) noexcept {
  return write_finite(to, value);
}
char* write_shortest(char* to, double value) noexcept {
  if (is_epoch_like(value)) {
    if (char* const end = write_epoch_like(to, value)) return end;
  }
  return write_finite(to, value);
}

template <class T>
char* write_real(char* to, T value) noexcept {
  if (std::isfinite(value)) return write_shortest(to, value);
  if (std::isnan(value)) return put(to, "nan");  // Never `-nan`: the sign of a NaN means nothing.
  return value > 0 ? put(to, "inf") : put(to, "-inf");
}

template <class T>
char* write_json_real(char* to, T value) noexcept {
  if (std::isfinite(value)) return write_shortest(to, value);
  if (std::isnan(value)) return put(to, "\"NaN\"");
  return value > 0 ? put(to, "\"Infinity\"") : put(to, "\"-Infinity\"");
}

template <class T>
std::string as_string(T value) {
  char room[kNumberRoom];
  return {room, write_number(room, value)};
}

}  // namespace

char* write_number(char* to, float value) noexcept {
  return write_real(to, value);
}
char* write_number(char* to, double value) noexcept {
  return write_real(to, value);
}
char* write_number(char* to, std::int64_t value) noexcept {
  return write_finite(to, value);
}
char* write_number(char* to, std::uint64_t value) noexcept {
  return write_finite(to, value);
}

char* write_json_number(char* to, float value) noexcept {
  return write_json_real(to, value);
}
char* write_json_number(char* to, double value) noexcept {
  return write_json_real(to, value);
}

std::string to_text(float value) {
  return as_string(value);
}
std::string to_text(double value) {
  return as_string(value);
}
std::string to_text(std::int64_t value) {
  return as_string(value);
}
std::string to_text(std::uint64_t value) {
  return as_string(value);
}

std::string human_integer(std::int64_t value) {
  std::string digits = to_text(value);
  const std::size_t first = value < 0 ? 1 : 0;
  constexpr std::size_t kUngrouped = 3;
  if (digits.size() - first <= kUngrouped) return digits;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) out += ' ';
    out += digits[i];
  }
  return out;
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return to_text(n).append(" ").append(n == 1 ? one : many);
}

}  // namespace tfevents
