#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace tfevents::wire {

// The protocol-buffers wire format, read from untrusted bytes. A reader never looks past its limit,
// never allocates by a length it was told, and accepts exactly what protobuf's own parser accepts
// (tests/unit/event compares the two). Source: protobuf.dev/programming-guides/encoding.

enum class Type : std::uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kStartGroup = 3,
  kEndGroup = 4,
  kFixed32 = 5
};

/// Deepest nesting of messages and groups, as protobuf's default.
inline constexpr int kMaxDepth = 100;

struct Tag {
  std::uint32_t field = 0;
  Type type = Type::kVarint;
};

/// Reads a message that lies whole in memory.
class SpanReader {
 public:
  explicit SpanReader(Bytes bytes) noexcept
      : at_(bytes.data()), limit_(bytes.data() + bytes.size()) {}

  [[nodiscard]] bool done() const noexcept { return at_ == limit_; }
  [[nodiscard]] std::uint64_t left() const noexcept {
    return static_cast<std::uint64_t>(limit_ - at_);
  }
  /// Where the reader is: a pointer here, an offset from the beginning in a stream.
  [[nodiscard]] const std::byte* data() const noexcept { return at_; }
  [[nodiscard]] static constexpr std::uint64_t offset() noexcept { return 0; }

  bool varint(std::uint64_t& value) noexcept {
    value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      if (at_ == limit_) return false;
      const auto byte = static_cast<std::uint64_t>(*at_++);
      if (shift < 64) value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  template <class T>
  bool fixed(T& value) noexcept {
    if (left() < sizeof(T)) return false;
    value = load_le<T>(at_);
    at_ += sizeof(T);
    return true;
  }
  bool skip(std::uint64_t n) noexcept {
    if (left() < n) return false;
    at_ += n;
    return true;
  }
  /// The next n bytes as a view; at most `keep` of them are there to be looked at in a stream.
  bool view(std::uint64_t n, std::uint64_t keep, std::string_view& out) noexcept {
    if (left() < n) return false;
    out = as_text({at_, static_cast<std::size_t>(std::min(n, keep))});
    at_ += n;
    return true;
  }
  /// Narrows the reader to the next n bytes; `leave` restores the limit returned in `outer`.
  using Limit = const std::byte*;
  bool enter(std::uint64_t n, Limit& outer) noexcept {
    if (left() < n) return false;
    outer = limit_;
    limit_ = at_ + n;
    return true;
  }
  void leave(Limit outer) noexcept { limit_ = outer; }
  [[nodiscard]] static constexpr std::size_t kept_bytes() noexcept { return 0; }
  void forget_all_but(std::string_view& /*survivor*/) noexcept {}

 private:
  const std::byte* at_;
  const std::byte* limit_;
};

/// Reads a message of any size through a small buffer. Views are copies that live until `forget()`.
class StreamReader {
 public:
  /// Gives bytes of the message from an offset on; 0 bytes means that they cannot be had.
  using Fetch = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> into)>;

  StreamReader(std::uint64_t size, Fetch fetch)
      : limit_(size), fetch_(std::move(fetch)), buffer_(kBuffer) {}

  [[nodiscard]] bool done() const noexcept { return at_ == limit_; }
  [[nodiscard]] std::uint64_t left() const noexcept { return limit_ - at_; }
  [[nodiscard]] static constexpr const std::byte* data() noexcept { return nullptr; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return at_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
      std::uint8_t byte = 0;
      if (!fixed(byte)) return false;
      if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  template <class T>
  bool fixed(T& value) {
    std::byte raw[sizeof(T)];
    if (left() < sizeof(T) || !copy(raw, sizeof(T))) return false;
    value = load_le<T>(raw);
    return true;
  }
  bool skip(std::uint64_t n) noexcept {
    if (left() < n) return false;
    at_ += n;
    return true;
  }
  bool view(std::uint64_t n, std::uint64_t keep, std::string_view& out) {
    if (left() < n) return false;
    const std::size_t kept = static_cast<std::size_t>(std::min({n, keep, std::uint64_t{kMaxKept}}));
    std::string& copy_of = slot(out);
    kept_bytes_ += kept - std::min(kept, copy_of.size());
    copy_of.assign(kept, '\0');
    if (kept != 0 && !copy(reinterpret_cast<std::byte*>(copy_of.data()), kept)) return false;
    at_ += n - kept;
    out = copy_of;
    return true;
  }
  using Limit = std::uint64_t;
  bool enter(std::uint64_t n, Limit& outer) noexcept {
    if (left() < n) return false;
    outer = limit_;
    limit_ = at_ + n;
    return true;
  }
  void leave(Limit outer) noexcept { limit_ = outer; }
  /// Bytes of the views so far.
  [[nodiscard]] std::size_t kept_bytes() const noexcept { return kept_bytes_; }
  /// Lets all views die but this one, which may move.
  void forget_all_but(std::string_view& survivor) {
    std::string kept;
    for (std::string& copy_of : kept_) {
      if (survivor.empty() || copy_of.data() != survivor.data()) continue;
      kept = std::move(copy_of);
      break;
    }
    kept_.clear();
    kept_bytes_ = kept.size();
    survivor = {};
    if (!kept.empty()) survivor = kept_.emplace_back(std::move(kept));
  }
  /// Lets all views die.
  void forget() noexcept {
    kept_.clear();
    kept_bytes_ = 0;
  }

 private:
  static constexpr std::size_t kBuffer = 4096;
  static constexpr std::size_t kMaxKept = 64 * 1024 + 1;

  // Where the copy for a view goes: a field given again takes the place of the one before, so that
  // a message made of one repeated name costs no memory.
  std::string& slot(std::string_view before) {
    const std::size_t recent = std::min<std::size_t>(kept_.size(), 8);
    for (std::size_t i = kept_.size() - recent; i < kept_.size(); ++i) {
      if (!before.empty() && kept_[i].data() == before.data()) return kept_[i];
    }
    return kept_.emplace_back();
  }

  bool copy(std::byte* to, std::size_t n) {
    while (n != 0) {
      if (at_ < buffer_at_ || at_ >= buffer_at_ + buffered_) {
        buffer_at_ = at_;
        buffered_ = fetch_(at_, buffer_);
        if (buffered_ == 0) {
          failed_ = true;
          return false;
        }
      }
      const std::size_t from = static_cast<std::size_t>(at_ - buffer_at_);
      const std::size_t part = std::min(n, buffered_ - from);
      std::memcpy(to, buffer_.data() + from, part);
      to += part;
      n -= part;
      at_ += part;
    }
    return true;
  }

  std::uint64_t at_ = 0, limit_;
  Fetch fetch_;
  std::vector<std::byte> buffer_;
  std::uint64_t buffer_at_ = 0;
  std::size_t buffered_ = 0;
  bool failed_ = false;
  std::deque<std::string> kept_;  // A deque: growing it moves no string.
  std::size_t kept_bytes_ = 0;
};

/// The rest of a varint of at most 5 bytes whose first byte was `front`, which says that more
/// follow.
template <class Reader>
[[gnu::noinline]] bool read_varint32_rest(Reader& in, std::uint64_t front, std::uint64_t& value) {
  value = front & 0x7F;
  for (unsigned shift = 7; shift < 35; shift += 7) {
    std::uint8_t byte = 0;
    if (!in.fixed(byte)) return false;
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

/// A field's tag: at most 5 bytes, field number not 0, a known wire type.
template <class Reader>
[[gnu::always_inline]] inline bool read_tag(Reader& in, Tag& tag) {
  std::uint8_t byte = 0;
  if (!in.fixed(byte)) return false;
  std::uint64_t raw = byte;
  if (byte >= 0x80 && !read_varint32_rest(in, byte, raw)) return false;
  const auto low = static_cast<std::uint32_t>(raw);
  tag = {low >> 3, static_cast<Type>(low & 7U)};
  return tag.field != 0 && (low & 7U) <= 5;
}

/// The length of a length-delimited field: at most 5 bytes on the wire, as protobuf reads it, and
/// within the limit.
template <class Reader>
[[gnu::always_inline]] inline bool read_length(Reader& in, std::uint64_t& length) {
  std::uint8_t byte = 0;
  if (!in.fixed(byte)) return false;
  length = byte;
  if (byte >= 0x80 && !read_varint32_rest(in, byte, length)) return false;
  return length <= in.left();
}

template <class Reader>
bool skip_field(Reader& in, Tag tag, int depth);

/// Skips fields up to the end of group `field`.
template <class Reader>
bool skip_group(Reader& in, std::uint32_t field, int depth) {
  if (depth <= 0) return false;
  while (!in.done()) {
    Tag tag;
    if (!read_tag(in, tag)) return false;
    if (tag.type == Type::kEndGroup) return tag.field == field;
    if (!skip_field(in, tag, depth - 1)) return false;
  }
  return false;
}

/// Skips a field nobody asked for.
template <class Reader>
bool skip_field(Reader& in, Tag tag, int depth) {
  std::uint64_t n = 0;
  switch (tag.type) {
    case Type::kVarint: return in.varint(n);
    case Type::kFixed64: return in.skip(8);
    case Type::kBytes: return read_length(in, n) && in.skip(n);
    case Type::kStartGroup: return skip_group(in, tag.field, depth);
    case Type::kEndGroup: return false;
    case Type::kFixed32: return in.skip(4);
  }
  return false;
}

}  // namespace tfevents::wire
