#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace tfevents {

/// What an expression evaluates to. Null: absent, or unknown.
using Value = std::variant<std::monostate, bool, double, std::string>;

enum class ValueType : std::uint8_t {
  kUnknown,  ///< Known only when evaluated: a hyperparameter.
  kBool,
  kNumber,
  kText,
};
/// `true or false`, `number`, `text`.
[[nodiscard]] const char* to_string(ValueType type) noexcept;

[[nodiscard]] inline bool is_null(const Value& value) noexcept {
  return std::holds_alternative<std::monostate>(value);
}
/// True only for the value true: null counts as not true.
[[nodiscard]] inline bool is_true(const Value& value) noexcept {
  const bool* truth = std::get_if<bool>(&value);
  return truth != nullptr && *truth;
}

}  // namespace tfevents
