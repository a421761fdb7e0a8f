#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tfevents {

/// Where the current time comes from, so that tests have one of their own.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Epoch seconds, UTC.
  [[nodiscard]] virtual double now() const = 0;
};

/// The system's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] double now() const override;
};

/// A clock that stands still (`--now TIME`, tests).
class FixedClock final : public Clock {
 public:
  explicit FixedClock(double now) : now_(now) {}
  [[nodiscard]] double now() const override { return now_; }

 private:
  double now_;
};

/// `90s 30m 12h 7d 2w`, sums (`1d12h`), fractions (`1.5h`); `m` is minutes, a day 24 h, `0` needs
/// no unit. Returns seconds (0 to 1e12). Errors: kUsage, for this and the two below.
[[nodiscard]] Result<double> parse_duration(std::string_view text);

/// ISO 8601 date or date and time (`2026-11-20`, `2026-11-20T09:14[:05[.5]]`, blank instead of `T`;
/// `Z` or `+02:00`, local without a zone), `@EPOCH`, or a duration meaning "ago". Returns epoch
/// seconds.
[[nodiscard]] Result<double> parse_time(std::string_view text, double now);

/// `1.5G`, `512`, `20MiB`: K M G T (and KiB …) = 1024^n, kB MB GB TB = 1000^n, B; case does not
/// matter. Fractions of a unit round to the nearest byte. Returns bytes.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// For people: `0.4s` `8s` `5m` `8h41m` `3d` `12w`; at most two units, the second only below two
/// days and, for seconds, below five minutes; parts that are not shown are cut off, not rounded.
/// `?` for what is not finite.
[[nodiscard]] std::string human_duration(double seconds);

/// For people: `0 B` `912 B` `23 KiB` `1.2 MiB` `18 GiB`: three digits at most, binary units.
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// Local time for people: `2026-11-20 09:14` (with seconds and zone offset where `precise`).
/// `@EPOCH` outside the years 1 to 9999.
[[nodiscard]] std::string human_time(double epoch_seconds, bool precise);

/// UTC, `2026-11-20T09:14:05Z`, fractions cut off. `@EPOCH` outside the years 1 to 9999.
[[nodiscard]] std::string iso_time(double epoch_seconds);

}  // namespace tfevents
