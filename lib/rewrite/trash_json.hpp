#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/number.hpp"
#include "base/text.hpp"

/// What the .cpp files of the trash share; not for others.
namespace tfevents::rewrite {

/// One flat JSON object on a line of its own, as manifests, journals and locks are made of.
class JsonLine {
 public:
  /// Any bytes. What is not UTF-8 gets U+FFFD, and the bytes themselves in `NAME_base64`.
  JsonLine& text(std::string_view name, std::string_view value) {
    key(name);
    if (is_valid_utf8(value)) return quoted(value);
    quoted(to_valid_utf8(value));
    key(std::string(name) + "_base64");
    return quoted(to_base64(value));
  }
  JsonLine& number(std::string_view name, std::uint64_t value) { return digits(name, value); }
  JsonLine& number(std::string_view name, std::int64_t value) { return digits(name, value); }
  JsonLine& number(std::string_view name, double value) {
    key(name);
    char room[kNumberRoom];
    out_.append(room, write_json_number(room, value));
    return *this;
  }
  JsonLine& yes(std::string_view name) {
    key(name);
    out_ += "true";
    return *this;
  }
  /// With its `\n`. Once only.
  [[nodiscard]] std::string end() { return std::move(out_ += "}\n"); }

 private:
  template <class T>
  JsonLine& digits(std::string_view name, T value) {
    key(name);
    char room[kNumberRoom];
    out_.append(room, write_number(room, value));
    return *this;
  }
  void key(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    quoted(name);
    out_ += ':';
  }
  JsonLine& quoted(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out_ += '"';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') out_ += '\\';
      if (byte >= 0x20) {
        out_ += c;
      } else {
        out_ += "\\u00";
        out_ += kDigits[byte >> 4U];
        out_ += kDigits[byte & 15U];
      }
    }
    out_ += '"';
    return *this;
  }

  std::string out_ = "{";
};

}  // namespace tfevents::rewrite
