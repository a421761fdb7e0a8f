#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "event/graph.hpp"
#include "event/wire.hpp"

/// What the readers of graphs share; not for other layers.
namespace tfevents::wire {

/// A field of a message that lies in memory.
struct Field {
  std::uint32_t number = 0;
  Type type = Type::kVarint;
  Bytes bytes = {};                ///< What a length-delimited field holds.
  Bytes whole = {};                ///< The field with its tag.
  std::uint64_t number_value = 0;  ///< Of a varint.

  /// It is this sub-message, string or run of bytes.
  [[nodiscard]] bool is(std::uint32_t n) const noexcept {
    return number == n && type == Type::kBytes;
  }
};

/// Calls `visit(field)` for the fields of one message, not of those inside. False: it is no
/// message, or a call has said so.
template <class Visit>
bool for_each_field(Bytes message, Visit visit) {
  SpanReader in(message);
  while (!in.done()) {
    const std::byte* const begin = in.data();
    Tag tag;
    if (!read_tag(in, tag)) return false;
    Field field{.number = tag.field, .type = tag.type};
    if (tag.type == Type::kBytes) {
      std::uint64_t length = 0;
      if (!read_length(in, length)) return false;
      field.bytes = {in.data(), static_cast<std::size_t>(length)};
      if (!in.skip(length)) return false;
    } else if (tag.type == Type::kVarint) {
      if (!in.varint(field.number_value)) return false;
    } else if (!skip_field(in, tag, kMaxDepth)) {
      return false;
    }
    field.whole = {begin, static_cast<std::size_t>(in.data() - begin)};
    if (!visit(static_cast<const Field&>(field))) return false;
  }
  return true;
}

/// The Error of bytes that are no such message.
[[nodiscard]] inline Error not_decodable(GraphForm form, std::uint64_t at) {
  return {.code = ErrorCode::kFormat,
          .message = std::string("no ") + to_string(form) + ", or nested too deep, from byte " +
                     std::to_string(at) + " of it on",
          .offset = at};
}

}  // namespace tfevents::wire
