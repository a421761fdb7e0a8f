#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tfevents {

/// Room that any `write_*` below needs.
inline constexpr std::size_t kNumberRoom = 40;

/// Writes the shortest text that round-trips the stored type, and returns the end. Integral values
/// have no
/// `.0`; non-finite ones print `nan inf -inf`. Exponents only where shorter reading demands (below
/// 1e-4 or from 1e16). Callers provide kNumberRoom bytes. Thread-safe, locale-free, no allocation.
char* write_number(char* to, float value) noexcept;
char* write_number(char* to, double value) noexcept;
char* write_number(char* to, std::int64_t value) noexcept;
char* write_number(char* to, std::uint64_t value) noexcept;

/// As write_number, but non-finite values are the JSON strings `"NaN" "Infinity" "-Infinity"` with
/// their quotes.
char* write_json_number(char* to, float value) noexcept;
char* write_json_number(char* to, double value) noexcept;

/// As text, for places where speed does not matter.
[[nodiscard]] std::string to_text(float value);
[[nodiscard]] std::string to_text(double value);
[[nodiscard]] std::string to_text(std::int64_t value);
[[nodiscard]] std::string to_text(std::uint64_t value);

/// `55100` as `55 100`: groups of three, separated by a plain blank; for tables for
/// people.
[[nodiscard]] std::string human_integer(std::int64_t value);

/// `1 run`, `55100 runs`: a number with the noun that belongs to it.
[[nodiscard]] std::string counted(std::uint64_t n, std::string_view one, std::string_view many);

}  // namespace tfevents
