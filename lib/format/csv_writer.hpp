#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tfevents {

/// Appends one CSV field (RFC 4180): quoted only where it holds a comma, a quote or a line end.
/// Invalid bytes are written `\xHH`, so the result is valid UTF-8.
void append_csv_field(std::string& out, std::string_view text);

/// Streams CSV to the end of a buffer that the caller owns, drains and keeps alive. Not
/// thread-safe.
///
/// An absent value is an empty field, a non-finite number `nan`, `inf` or `-inf`. A row that would
/// be an empty line is written `""`: many readers skip empty lines.
class CsvWriter {
 public:
  /// `line_end` is "\n", or "\r\n" for the dialect of TensorBoard; it must outlive the writer.
  explicit CsvWriter(std::string& out, std::string_view line_end = "\n") noexcept
      : out_(&out), line_end_(line_end) {}

  /// One row of texts.
  CsvWriter& header(std::span<const std::string> names);

  CsvWriter& text(std::string_view value);
  CsvWriter& number(std::int64_t value);
  CsvWriter& number(std::uint64_t value);
  CsvWriter& number(double value);
  CsvWriter& number(float value);
  CsvWriter& boolean(bool value);
  CsvWriter& absent();
  /// One whole field that is escaped already.
  CsvWriter& raw(std::string_view field);
  CsvWriter& end_row();

  /// Any of the values above by its type; an empty optional is absent.
  template <class T>
  CsvWriter& value(const T& v) {
    if constexpr (std::same_as<T, bool>) {
      return boolean(v);
    } else if constexpr (std::signed_integral<T>) {
      return number(static_cast<std::int64_t>(v));
    } else if constexpr (std::unsigned_integral<T>) {
      return number(static_cast<std::uint64_t>(v));
    } else if constexpr (std::floating_point<T>) {
      return number(v);
    } else {
      return text(std::string_view(v));
    }
  }
  template <class T>
  CsvWriter& value(const std::optional<T>& v) {
    return v ? value(*v) : absent();
  }

 private:
  void separate();
  template <class T>
  CsvWriter& write(T value);

  std::string* out_;
  std::string_view line_end_;
  bool row_begun_ = false;
  bool row_blank_ = true;  ///< One empty field so far, or none.
};

}  // namespace tfevents
