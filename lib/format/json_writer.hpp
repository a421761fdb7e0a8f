#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tfevents {

/// Appends `text` as a JSON string with its quotes (RFC 8259): quotes, backslashes and control
/// characters escaped, everything else, U+2028 included, as it is. Each maximal invalid part of
/// UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Streams compact JSON (`{"a":1}`, no blanks) to the end of a buffer that the caller owns, drains
/// and keeps alive.
///
/// There is no object model: calls become text at once, so the caller keeps the order legal (a key
/// before every value of an object, each begin with its end; asserted as far as that is free). Not
/// thread-safe.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(&out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  /// Exact, as decimal digits.
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  /// The shortest text of the given type; non-finite ones are the strings "NaN" "Infinity"
  /// "-Infinity".
  JsonWriter& number(double value);
  JsonWriter& number(float value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  /// One whole value that is JSON already, as a pre-escaped string.
  JsonWriter& raw(std::string_view json);

  /// Ends a line of JSON lines; only between whole values.
  JsonWriter& end_line();

  /// Any of the values above by its type; an empty optional is null.
  template <class T>
  JsonWriter& value(const T& v) {
    if constexpr (std::same_as<T, bool>) {
      return boolean(v);
    } else if constexpr (std::signed_integral<T>) {
      return number(static_cast<std::int64_t>(v));
    } else if constexpr (std::unsigned_integral<T>) {
      return number(static_cast<std::uint64_t>(v));
    } else if constexpr (std::floating_point<T>) {
      return number(v);
    } else if constexpr (std::same_as<T, std::nullopt_t>) {
      return null();
    } else {
      return string(std::string_view(v));
    }
  }
  template <class T>
  JsonWriter& value(const std::optional<T>& v) {
    return v ? value(*v) : null();
  }

  /// `"name":value` inside an object.
  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  template <class T>
  JsonWriter& write(T value);

  std::string* out_;
  bool needs_comma_ = false;
  int depth_ = 0;
};

/// Writes `"name":"text"` for a name of raw bytes and, only where they are not valid UTF-8,
/// `"name_base64":"…"` beside the text with its U+FFFD.
void name_fields(JsonWriter& writer, std::string_view name, std::string_view bytes);

/// As name_fields; an absent name is null. A template, so that a std::string is no optional by
/// accident.
template <std::same_as<std::optional<std::string>> T>
void name_fields(JsonWriter& writer, std::string_view name, const T& bytes) {
  if (bytes) {
    name_fields(writer, name, std::string_view(*bytes));
  } else {
    writer.key(name).null();
  }
}

}  // namespace tfevents
