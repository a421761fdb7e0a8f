#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "event/event.hpp"

namespace tfevents {

// Writers repeat themselves: two events of a scalar differ in the wall time, the step and the
// number, and in nothing else. Once the scanner has understood one of them, comparing the rest of
// the next one with it says the same as scanning it, in a third of the time.

/// An event as nearly all are: wall time, step, and a summary that fills the rest.
struct PlainEvent {
  double wall_time = 0;               ///< Epoch seconds.
  std::int64_t step = 0;              ///< Below 2^28.
  const std::byte* values = nullptr;  ///< Where the fields of the summary begin.
};

/// Reads the front of `09 WALL_TIME 10 STEP 2a LENGTH VALUES`, where VALUES end with the payload.
/// False: the event is of another form, or no event at all.
[[gnu::always_inline]] inline bool read_plain_event(Bytes payload, PlainEvent& event) noexcept {
  // 9 wall time, 1 + 4 step, 1 + 2 summary: what is looked at before the lengths are known.
  constexpr std::size_t kLeast = 17;
  const std::byte* const p = payload.data();
  if (payload.size() < kLeast || p[0] != std::byte{0x09} || p[9] != std::byte{0x10}) return false;
  const auto varint = load_le<std::uint32_t>(p + 10);
  const std::uint32_t stops = ~varint & 0x80808080U;  // The top bit is clear in the last byte.
  if (stops == 0) return false;
  const std::uint32_t bits = varint & (stops ^ (stops - 1));
  event.step =
      (bits & 0x7F) | ((bits >> 1) & 0x3F80) | ((bits >> 2) & 0x1FC000) | ((bits >> 3) & 0xFE00000);
  const std::byte* const q = p + 11 + std::countr_zero(stops) / 8;
  if (*q != std::byte{0x2A}) return false;
  std::size_t length = static_cast<std::size_t>(q[1]);
  event.values = q + 2;
  if (length >= 0x80) {
    const auto high = static_cast<std::size_t>(q[2]);
    if (high >= 0x80) return false;
    length = (length & 0x7F) | (high << 7);
    ++event.values;
  }
  event.wall_time = load_le<double>(p + 1);
  return length == static_cast<std::size_t>(p + payload.size() - event.values);
}

/// The bytes of a `Summary.value` field that holds a float32, all but the number: what the next
/// value of the same series looks like.
class KnownValue {
 public:
  /// Values whose fields are longer are not remembered.
  static constexpr std::size_t kMostBytes = 96;

  /// Remembers a value of a payload that the scanner has just read, one of form kSimple or
  /// kScalarTensor. False, and nothing is remembered: it is too long, or its lengths are written in
  /// an unusual way.
  bool learn(const FastValue& value) noexcept;
  void forget() noexcept { size_ = 0; }

  /// Length of the field in bytes; 0 where nothing is remembered.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Length of the Value itself: without the field's own tag and length.
  [[nodiscard]] std::uint64_t value_bytes() const noexcept { return size_ - 2U; }
  /// True when the field at `p`, of which size() bytes can be read, is this value but for its
  /// number: the scanner would then give the same again, with `number(p)`.
  [[nodiscard, gnu::always_inline]] bool matches(const std::byte* p) const noexcept {
    // Words from the front and one that ends with the text: all of them within the field, since a
    // number of four bytes follows the front and at least four bytes precede the back.
    std::uint64_t differs = difference(p, front_last_) & front_mask_;
    for (std::size_t i = 0; i < front_last_; i += 8) differs |= difference(p, i);
    if (number_ + 4U != size_) {
      const std::size_t last = size_ - 8U;
      differs |= difference(p, last) & back_mask_;
      for (std::size_t i = number_ + 4U; i < last; i += 8) differs |= difference(p, i);
    }
    return differs == 0;
  }
  [[nodiscard]] float number(const std::byte* p) const noexcept {
    return load_le<float>(p + number_);
  }

 private:
  [[gnu::always_inline]] std::uint64_t difference(const std::byte* p,
                                                  std::size_t i) const noexcept {
    return load_le<std::uint64_t>(p + i) ^ load_le<std::uint64_t>(text_.data() + i);
  }

  std::uint8_t size_ = 0;
  std::uint8_t number_ = 0;      // Where the four bytes of the number stand.
  std::uint8_t front_last_ = 0;  // Where the last word of what precedes them begins.
  std::uint64_t front_mask_ = 0, back_mask_ = 0;  // Of the words at both ends.
  std::array<std::byte, kMostBytes> text_{};
};

}  // namespace tfevents
