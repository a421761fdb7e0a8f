#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "base/number.hpp"
#include "base/text.hpp"

namespace tfevents {
namespace {

constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;
constexpr double kWeek = 7 * kDay;

/// What was typed, safe to quote in a message of one line.
std::string quoted(std::string_view text) {
  return "'" + elide_middle(printable(text), 60) + "'";
}

/// Takes `digits[.digits]` off the front; empty when there is none. No sign, no exponent, no `inf`.
std::string_view take_decimal(std::string_view& text) noexcept {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == 0) return {};
  if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
    ++end;
    while (end < text.size() && is_digit(text[end])) ++end;
  }
  const std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

/// The value of such a decimal; none when it is out of range.
std::optional<double> to_double(std::string_view decimal) noexcept {
  double value = 0;
  const auto [end, error] = std::from_chars(decimal.data(), decimal.data() + decimal.size(), value,
                                            std::chars_format::fixed);
  if (error != std::errc() || end != decimal.data() + decimal.size()) return std::nullopt;
  return value;
}

/// Reads exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) noexcept {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = 10 * value + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) noexcept {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// Seconds of one unit of a duration; 0 when there is no such unit.
double unit_seconds(char unit) noexcept {
  switch (unit) {
    case 's': return 1;
    case 'm': return kMinute;
    case 'h': return kHour;
    case 'd': return kDay;
    case 'w': return kWeek;
    default: return 0;
  }
}

constexpr double kLongestSeconds = 1e12;  // 31,000 years; sums below it keep their fractions.

/// The sum of `number unit` pairs: none for bad syntax, infinity for what is too long.
std::optional<double> read_duration(std::string_view text) noexcept {
  if (text == "0") return 0.0;
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const std::string_view number = take_decimal(text);
    if (number.empty() || text.empty()) return std::nullopt;
    const double unit = unit_seconds(text.front());
    if (unit == 0) return std::nullopt;
    text.remove_prefix(1);
    sum += to_double(number).value_or(std::numeric_limits<double>::infinity()) * unit;
  }
  return sum <= kLongestSeconds ? sum : std::numeric_limits<double>::infinity();
}

/// A calendar time as typed, before its zone is applied.
struct Civil {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  double fraction = 0;
  std::optional<int> offset_seconds;  ///< None: local time.
};

/// Takes `Z`, `+02:00`, `+0200` or `+02` (or nothing: local time); false when it is something else.
bool take_zone(std::string_view& text, Civil& civil) noexcept {
  if (text.empty()) return true;
  if (take(text, 'Z') || take(text, 'z')) {
    civil.offset_seconds = 0;
    return true;
  }
  const bool east = text.front() == '+';
  if (!take(text, '+') && !take(text, '-')) return false;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23) return false;
  int minutes = 0;
  if (!text.empty()) {
    take(text, ':');
    const auto digits = take_digits(text, 2);
    if (!digits || *digits > 59) return false;
    minutes = *digits;
  }
  const int seconds = (*hours * 60 + minutes) * 60;
  civil.offset_seconds = east ? seconds : -seconds;
  return true;
}

/// Reads `HH:MM[:SS[.fraction]][zone]`.
bool take_clock(std::string_view& text, Civil& civil) noexcept {
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = take_digits(text, 2);
  if (!minute) return false;
  civil.hour = *hour;
  civil.minute = *minute;
  if (take(text, ':')) {
    const auto second = take_digits(text, 2);
    if (!second) return false;
    civil.second = *second;
    if (take(text, '.')) {
      double unit = 0.1;
      if (text.empty() || !is_digit(text.front())) return false;
      for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), unit /= 10) {
        civil.fraction += unit * (text.front() - '0');
      }
    }
  }
  return take_zone(text, civil);
}

/// Syntax only; ranges are checked by to_epoch.
std::optional<Civil> read_civil(std::string_view text) noexcept {
  Civil civil;
  const auto year = take_digits(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  civil.year = *year;
  civil.month = *month;
  civil.day = *day;
  if (text.empty()) return civil;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  if (!take_clock(text, civil) || !text.empty()) return std::nullopt;
  return civil;
}

Result<double> to_epoch(const Civil& civil, std::string_view text) {
  const std::chrono::year_month_day date{std::chrono::year{civil.year},
                                         std::chrono::month{static_cast<unsigned>(civil.month)},
                                         std::chrono::day{static_cast<unsigned>(civil.day)}};
  if (!date.ok()) return usage(fmt::format("{} is no time: there is no such day", quoted(text)));
  if (civil.hour > 23 || civil.minute > 59 || civil.second > 59) {
    return usage(fmt::format("{} is no time: the clock ends at 23:59:59", quoted(text)));
  }
  if (civil.offset_seconds) {
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    const int clock = (civil.hour * 60 + civil.minute) * 60 + civil.second - *civil.offset_seconds;
    return static_cast<double>(days) * kDay + clock + civil.fraction;
  }
  std::tm local{};
  local.tm_year = civil.year - 1900;
  local.tm_mon = civil.month - 1;
  local.tm_mday = civil.day;
  local.tm_hour = civil.hour;
  local.tm_min = civil.minute;
  local.tm_sec = civil.second;
  local.tm_isdst = -1;
  return static_cast<double>(std::mktime(&local)) + civil.fraction;
}

/// `-12.5` or `12`, all of `text`.
std::optional<double> read_epoch(std::string_view text) noexcept {
  const bool negative = take(text, '-');
  const std::string_view number = take_decimal(text);
  if (number.empty() || !text.empty()) return std::nullopt;
  const auto value = to_double(number);
  if (!value) return std::nullopt;
  return negative ? -*value : *value;
}

/// Bytes of a size suffix in lower case; 0 when there is no such suffix.
std::uint64_t suffix_bytes(std::string_view suffix) noexcept {
  if (suffix.empty() || suffix == "b") return 1;
  constexpr std::string_view kPrefixes = "kmgtp";
  const std::size_t power = kPrefixes.find(suffix.front());
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = suffix.substr(1);
  if (!rest.empty() && rest != "ib" && rest != "b") return 0;
  const std::uint64_t base = rest == "b" ? 1000 : 1024;
  std::uint64_t bytes = base;
  for (std::size_t i = 0; i < power; ++i) bytes *= base;
  return bytes;
}

/// Years that four digits can show, with a day to spare for zones; false for NaN.
bool has_calendar(double epoch_seconds) noexcept {
  return epoch_seconds > -62'135'510'400.0 && epoch_seconds < 253'402'214'400.0;
}

std::string format_tm(const std::tm& time, bool seconds, char separator) {
  std::string out =
      fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}", time.tm_year + 1900, time.tm_mon + 1,
                  time.tm_mday, separator, time.tm_hour, time.tm_min);
  if (seconds) out += fmt::format(":{:02}", time.tm_sec);
  return out;
}

}  // namespace

double SystemClock::now() const {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Result<double> parse_duration(std::string_view text) {
  const auto seconds = read_duration(text);
  if (!seconds) {
    return usage(fmt::format("{} is no duration; write 90s, 30m, 12h, 7d, 2w or sums such as 1d12h",
                             quoted(text)));
  }
  if (!std::isfinite(*seconds))
    return usage(fmt::format("{} is too long a duration", quoted(text)));
  return *seconds;
}

Result<double> parse_time(std::string_view text, double now) {
  if (!text.empty() && text.front() == '@') {
    if (const auto epoch = read_epoch(text.substr(1))) return *epoch;
    return usage(fmt::format("{} is no time; after @ stand seconds since 1970, as @1700000000.5",
                             quoted(text)));
  }
  if (const auto ago = read_duration(text)) {
    if (!std::isfinite(*ago)) return usage(fmt::format("{} is too long ago", quoted(text)));
    return now - *ago;
  }
  if (const auto civil = read_civil(text)) return to_epoch(*civil, text);
  return usage(fmt::format(
      "{} is no time; write 2026-11-20, 2026-11-20T09:14:05 (local; Z or +02:00 behind it), "
      "@1700000000 or a duration such as 3d, meaning ago",
      quoted(text)));
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto bad = [&] {
    return usage(
        fmt::format("{} is no size; write 512, 20M, 1.5G (or 20MiB) in powers of 1024, or 20MB in "
                    "powers of 1000",
                    quoted(text)));
  };
  std::string_view rest = text;
  const std::string_view number = take_decimal(rest);
  constexpr std::size_t kLongestSuffix = 3;
  if (number.empty() || rest.size() > kLongestSuffix) return bad();
  std::string suffix(rest);
  for (char& c : suffix) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  const std::uint64_t unit = suffix_bytes(suffix);
  const std::size_t point = number.find('.');
  if (unit == 0 || (unit == 1 && point != std::string_view::npos)) return bad();

  // Whole units exactly; only the fraction of one goes through floating point.
  const auto too_large = [&] { return usage(fmt::format("{} is too large a size", quoted(text))); };
  const std::string_view whole = number.substr(0, point);
  std::uint64_t units = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), units);
  if (error != std::errc() || end != whole.data() + whole.size()) return too_large();
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(units, unit, &bytes)) return too_large();
  if (point != std::string_view::npos) {
    const std::string fraction = "0" + std::string(number.substr(point));
    const double extra = std::round(to_double(fraction).value_or(0) * static_cast<double>(unit));
    if (__builtin_add_overflow(bytes, static_cast<std::uint64_t>(extra), &bytes))
      return too_large();
  }
  return bytes;
}

std::string human_duration(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  if (seconds < 0) return seconds > -0.05 ? "0s" : "-" + human_duration(-seconds);
  if (seconds < 0.05) return "0s";
  if (seconds < 0.95) return fmt::format("{:.1f}s", seconds);
  const double whole = std::floor(std::max(seconds, 1.0));
  // Wall times come from strangers: a number of any length would push everything else off the
  // screen.
  if (whole >= 1000 * 365.25 * kDay) return ">999y";
  if (whole >= 10 * kWeek) return fmt::format("{:.0f}w", std::floor(whole / kWeek));
  if (whole >= 2 * kDay) return fmt::format("{:.0f}d", std::floor(whole / kDay));
  const auto two = [](int value, int unit, const char* big, const char* small, int small_unit) {
    const int rest = value % unit / small_unit;
    return rest == 0 ? fmt::format("{}{}", value / unit, big)
                     : fmt::format("{}{}{}{}", value / unit, big, rest, small);
  };
  const int value = static_cast<int>(whole);
  if (whole >= kDay) return two(value, 86400, "d", "h", 3600);
  if (whole >= kHour) return two(value, 3600, "h", "m", 60);
  // From five minutes on the seconds are less than a third of a percent a piece: noise to a reader.
  if (whole >= 5 * kMinute) return fmt::format("{}m", value / 60);
  if (whole >= kMinute) return two(value, 60, "m", "s", 1);
  return fmt::format("{}s", value);
}

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array<const char*, 6> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  for (const char* unit : kUnits) {
    // Compared after rounding, so that neither `10.0` nor `1000` can appear.
    const double tenths = std::round(value * 10);
    if (tenths < 100) return fmt::format("{:.1f} {}", tenths / 10, unit);
    if (std::round(value) < 1000) return fmt::format("{:.0f} {}", std::round(value), unit);
    value /= 1024;
  }
  return "16 EiB";  // Not reached: 2^64 is 16 EiB.
}

std::string human_time(double epoch_seconds, bool precise) {
  if (!has_calendar(epoch_seconds)) return "@" + to_text(epoch_seconds);
  const auto whole = static_cast<std::time_t>(std::floor(epoch_seconds));
  std::tm local{};
  if (localtime_r(&whole, &local) == nullptr) return "@" + to_text(epoch_seconds);
  std::string out = format_tm(local, precise, ' ');
  if (precise) {
    const long minutes = local.tm_gmtoff / 60;
    const long distance = minutes < 0 ? -minutes : minutes;
    out += fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
  }
  return out;
}

std::string iso_time(double epoch_seconds) {
  if (!has_calendar(epoch_seconds)) return "@" + to_text(epoch_seconds);
  const auto whole = static_cast<std::time_t>(std::floor(epoch_seconds));
  std::tm utc{};
  if (gmtime_r(&whole, &utc) == nullptr) return "@" + to_text(epoch_seconds);
  return format_tm(utc, true, 'T') + "Z";
}

}  // namespace tfevents
