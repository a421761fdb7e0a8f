#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "event/wire.hpp"

namespace tfevents::wire {

/// Appends fields of protocol-buffers messages to a string, in the order of the calls and zeros
/// included: what is left out is the caller's choice. Source:
/// protobuf.dev/programming-guides/encoding.
class Encoder {
 public:
  explicit Encoder(std::string& out) noexcept : out_(out) {}

  /// Also for bool and enums. Negative int32 and int64 take ten bytes, as protobuf writes them.
  Encoder& varint(std::uint32_t field, std::uint64_t value) {
    tag(field, Type::kVarint);
    return raw_varint(value);
  }
  Encoder& varint(std::uint32_t field, std::int64_t value) {
    return varint(field, static_cast<std::uint64_t>(value));
  }
  /// A 4- or 8-byte number: float, double, fixed32, fixed64.
  template <class T>
  Encoder& fixed(std::uint32_t field, T value) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    tag(field, sizeof(T) == 4 ? Type::kFixed32 : Type::kFixed64);
    return raw_fixed(value);
  }
  /// `string`, `bytes`, a message that is serialized already, or packed numbers.
  Encoder& bytes(std::uint32_t field, std::string_view value) {
    tag(field, Type::kBytes);
    raw_varint(value.size());
    out_.append(value);
    return *this;
  }
  /// The same, where an empty value is the default and left out.
  Encoder& text(std::uint32_t field, std::string_view value) {
    return value.empty() ? *this : bytes(field, value);
  }
  /// A sub-message, or packed numbers, that `body` appends.
  template <class Body>
  Encoder& message(std::uint32_t field, Body&& body) {
    tag(field, Type::kBytes);
    const std::size_t at = out_.size();
    out_.push_back('\0');  // Most messages are short: one byte is room enough for their length.
    body();
    put_length(at, out_.size() - at - 1);
    return *this;
  }

  Encoder& tag(std::uint32_t field, Type type) {
    return raw_varint(std::uint64_t{field} << 3 | static_cast<std::uint64_t>(type));
  }
  Encoder& raw_varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
    return *this;
  }
  template <class T>
  Encoder& raw_fixed(T value) {
    char raw[sizeof(T)];
    store_le(raw, value);
    out_.append(raw, sizeof raw);
    return *this;
  }

 private:
  // Writes a length over the byte at `at`, making room where it needs more than that one.
  void put_length(std::size_t at, std::size_t length) {
    if (length >= 0x80) {
      std::size_t more = 0;
      for (std::size_t rest = length >> 7; rest != 0; rest >>= 7) ++more;
      out_.insert(at, more, '\0');
    }
    for (; length >= 0x80; length >>= 7) out_[at++] = static_cast<char>(length | 0x80);
    out_[at] = static_cast<char>(length);
  }

  std::string& out_;
};

}  // namespace tfevents::wire
