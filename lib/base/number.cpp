#include "base/number.hpp"

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

template <class T>
char* write_real(char* to, T value) noexcept {
  if (std::isfinite(value)) return write_finite(to, value);
  if (std::isnan(value)) return put(to, "nan");  // Never `-nan`: the sign of a NaN means nothing.
  return value > 0 ? put(to, "inf") : put(to, "-inf");
}

template <class T>
char* write_json_real(char* to, T value) noexcept {
  if (std::isfinite(value)) return write_finite(to, value);
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
  constexpr std::size_t kUngrouped = 4;
  if (digits.size() - first <= kUngrouped) return digits;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) out += ' ';
    out += digits[i];
  }
  return out;
}

}  // namespace tfevents
