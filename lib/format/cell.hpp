#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "format/csv_writer.hpp"
#include "format/json_writer.hpp"
#include "format/paint.hpp"

namespace tfevents {

/// One value of a table, typed until a renderer turns it into text: `1.2 MiB` for people, `1258291`
/// for machines.
///
///     Cell::bytes(row.bytes)   Cell::duration(row.age_seconds)
///     Cell::text(row.run).role(Role::kBad)
///
/// Factories that take an optional make a null cell of an empty one. A plain value type.
class Cell {
 public:
  struct Bytes {
    std::uint64_t count;
  };
  struct Duration {
    double seconds;
  };
  struct Time {
    double epoch_seconds;
  };
  using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, float,
                             std::string, Bytes, Duration, Time>;

  /// Null: blank for people, absent for machines.
  Cell() = default;

  /// Text or a name as raw bytes; each renderer escapes it in its way.
  static Cell text(std::string_view raw) { return Cell(std::string(raw)); }
  template <std::same_as<std::optional<std::string>> T>
  static Cell text(const T& raw) {
    return raw ? Cell(*raw) : Cell();
  }
  static Cell boolean(bool value) { return Cell(value); }
  /// Shown in groups of three digits.
  static Cell integer(std::int64_t value) { return Cell(value); }
  static Cell integer(std::optional<std::int64_t> value) { return value ? Cell(*value) : Cell(); }
  static Cell count(std::uint64_t value) { return Cell(value); }
  static Cell count(std::optional<std::uint64_t> value) { return value ? Cell(*value) : Cell(); }
  /// Shown as the shortest text of its type.
  static Cell real(double value) { return Cell(value); }
  static Cell real(float value) { return Cell(value); }
  static Cell real(std::optional<double> value) { return value ? Cell(*value) : Cell(); }
  static Cell real(std::optional<float> value) { return value ? Cell(*value) : Cell(); }
  /// A size in bytes, shown as `1.2 MiB`.
  static Cell bytes(std::uint64_t value) { return Cell(Bytes{value}); }
  static Cell bytes(std::optional<std::uint64_t> value) { return value ? bytes(*value) : Cell(); }
  /// Seconds, shown as `8h41m`.
  static Cell duration(double seconds) { return Cell(Duration{seconds}); }
  static Cell duration(std::optional<double> seconds) {
    return seconds ? duration(*seconds) : Cell();
  }
  /// Epoch seconds, shown in local time.
  static Cell time(double epoch_seconds) { return Cell(Time{epoch_seconds}); }
  static Cell time(std::optional<double> epoch_seconds) {
    return epoch_seconds ? time(*epoch_seconds) : Cell();
  }

  /// Colour for people. Returns the cell, to chain.
  Cell role(Role role) && {
    role_ = role;
    return std::move(*this);
  }
  /// What people read instead of the value; machines still get the value.
  Cell shown_as(std::string_view text) && {
    shown_ = std::string(text);
    return std::move(*this);
  }
  /// Text before the value, for people only, that eliding leaves alone (the lines of a tree).
  /// Trusted: not escaped.
  Cell after(std::string_view prefix) && {
    prefix_ = std::string(prefix);
    return std::move(*this);
  }

  [[nodiscard]] const Value& value() const noexcept { return value_; }
  [[nodiscard]] Role role() const noexcept { return role_; }
  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }
  [[nodiscard]] bool is_null() const noexcept {
    return std::holds_alternative<std::monostate>(value_);
  }
  /// Numbers, sizes, durations: what stands right-aligned.
  [[nodiscard]] bool is_numeric() const noexcept;
  [[nodiscard]] bool is_real() const noexcept;

  /// For people: one line, safe for a terminal, without prefix and colour. `significant` > 0 rounds
  /// reals that have more digits than that.
  [[nodiscard]] std::string human(int significant = 0) const;

 private:
  explicit Cell(Value value) : value_(std::move(value)) {}

  Value value_;
  Role role_ = Role::kPlain;
  std::optional<std::string> shown_;
  std::string prefix_;
};

/// The machine value of a cell: raw seconds, bytes and epoch seconds; text as a JSON string.
void write_cell(JsonWriter& writer, const Cell& cell);
void write_cell(CsvWriter& writer, const Cell& cell);

}  // namespace tfevents
