#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"
#include "event/event.hpp"

namespace tfevents::fast {

// Readers of the shapes that nearly all values have, for the scanner's straight path. Each looks
// only at [p, end), accepts no more than the general parser accepts, and says no to whatever else
// there is. Private to the scanner.

// Reads a varint of at most 10 bytes; null where it does not end in time.
inline const std::byte* read_varint(const std::byte* p, const std::byte* end,
                                    std::uint64_t& value) noexcept {
  if (p == end) return nullptr;
  auto byte = static_cast<std::uint64_t>(*p++);
  value = byte & 0x7F;
  for (unsigned shift = 7; byte >= 0x80; shift += 7) {
    if (p == end || shift >= 70) return nullptr;
    byte = static_cast<std::uint64_t>(*p++);
    if (shift < 64) value |= (byte & 0x7F) << shift;
  }
  return p;
}

// A length of one or two bytes, which is what the fast shapes have; null for anything else.
inline const std::byte* read_short_length(const std::byte* p, const std::byte* end,
                                          std::size_t& length) noexcept {
  if (end - p < 2) return nullptr;
  const auto low = static_cast<std::size_t>(p[0]);
  if (low < 0x80) {
    length = low;
    return p + 1;
  }
  const auto high = static_cast<std::size_t>(p[1]);
  if (high >= 0x80) return nullptr;
  length = (low & 0x7F) | (high << 7);
  return p + 2;
}

constexpr std::byte operator""_b(unsigned long long value) noexcept {
  return static_cast<std::byte>(value);
}

// The value of a float32 tensor of rank 0, in the forms that writers use; null for any other
// tensor.
//   08 01 [12 00] 22 04 f32   tensor_content (TensorFlow)
//   08 01 [12 00] 2a 04 f32   float_val, packed (TensorBoard, PyTorch)
inline bool read_scalar_tensor(const std::byte* p, std::size_t size, float& value) noexcept {
  if (size != 10 && size != 8) return false;
  if (p[0] != 0x08_b || p[1] != 0x01_b) return false;
  if (size == 10) {
    if (p[2] != 0x12_b || p[3] != 0x00_b) return false;
    p += 2;
  }
  if ((p[2] != 0x22_b && p[2] != 0x2A_b) || p[3] != 0x04_b) return false;
  value = load_le<float>(p + 4);
  return true;
}

/// A `Summary.value` field up to the end of its tag. `end` is where the value ends.
struct ValueFront {
  const std::byte* tag;
  std::size_t tag_bytes;
  std::size_t value_bytes;
  const std::byte* end;
};

// Reads `0a LENGTH 0a LENGTH TAG`, all of it within [p, end) and the tag not empty. Two lengths
// below 128, which is nearly all there is, are looked at as one word.
inline bool read_front(const std::byte* p, const std::byte* end, ValueFront& front) noexcept {
  if (end - p < 4) return false;
  const auto word = load_le<std::uint32_t>(p);
  if ((word & 0x80FF80FFU) == 0x000A000AU) [[likely]] {
    front.value_bytes = (word >> 8) & 0xFF;
    front.tag_bytes = word >> 24;
    if (front.value_bytes > static_cast<std::size_t>(end - p) - 2) return false;
    front.end = p + 2 + front.value_bytes;
    front.tag = p + 4;
  } else {
    if (*p != 0x0A_b) return false;
    p = read_short_length(p + 1, end, front.value_bytes);
    if (p == nullptr || front.value_bytes > static_cast<std::size_t>(end - p)) return false;
    front.end = p + front.value_bytes;
    if (front.value_bytes < 2 || *p != 0x0A_b) return false;
    front.tag = read_short_length(p + 1, front.end, front.tag_bytes);
    if (front.tag == nullptr) return false;
  }
  return front.tag_bytes != 0 &&
         front.end - front.tag >= static_cast<std::ptrdiff_t>(front.tag_bytes);
}

/// The `simple_value` or `tensor` field of a value; `end` is what follows it, null for any other
/// field or tensor.
struct Number {
  const std::byte* end;
  float value;
  FastForm form;
};
constexpr Number kNoNumber{nullptr, 0, FastForm::kSimple};

inline Number read_number(const std::byte* p, const std::byte* end) noexcept {
  const auto left = static_cast<std::size_t>(end - p);
  if (left >= 5 && *p == 0x15_b) return {p + 5, load_le<float>(p + 1), FastForm::kSimple};
  // 42 0a 08 01 12 00 22|2a 04 f32, what TensorFlow and TensorBoard write, in one look.
  constexpr std::uint64_t kEitherField = std::uint64_t{0x08} << 48;
  if (left >= 12 && (load_le<std::uint64_t>(p) | kEitherField) == 0x042A'0012'0108'0A42U) {
    return {p + 12, load_le<float>(p + 8), FastForm::kScalarTensor};
  }
  if (left < 10 || *p != 0x42_b) return kNoNumber;
  const auto size = static_cast<std::size_t>(p[1]);
  float value = 0;
  if (size > left - 2 || !read_scalar_tensor(p + 2, size, value)) return kNoNumber;
  return {p + 2 + size, value, FastForm::kScalarTensor};
}

// True when [p, end) is a HistogramProto: doubles, and packed doubles in whole eights.
inline bool is_histogram(const std::byte* p, const std::byte* end) noexcept {
  while (p != end) {
    const auto tag = static_cast<std::uint8_t>(*p);
    std::size_t size = 8;
    if (tag == 0x32 || tag == 0x3A) {  // bucket_limit, bucket
      p = read_short_length(p + 1, end, size);
      if (p == nullptr || size % 8 != 0) return false;
    } else if (tag < 0x08 || tag > 0x29 || (tag & 7) != 1) {
      return false;
    } else {
      ++p;
    }
    if (size > static_cast<std::size_t>(end - p)) return false;
    p += size;
  }
  return true;
}

// The end of a TensorShapeProto's plain dimensions, `12 LENGTH 08 SIZE` each; null for others.
inline bool is_plain_shape(const std::byte* p, const std::byte* end) noexcept {
  while (p != end) {
    if (end - p < 4 || p[0] != 0x12_b || p[1] > 0x04_b || p[2] != 0x08_b) return false;
    const auto size = static_cast<std::ptrdiff_t>(p[1]);
    std::uint64_t dimension = 0;
    if (size < 2 || end - p < size + 2 ||
        read_varint(p + 3, p + 2 + size, dimension) != p + 2 + size)
      return false;
    p += size + 2;
  }
  return true;
}

// True when [p, end) is `08 DTYPE 12 SHAPE 22 CONTENT` with more content than any number has.
inline bool is_big_tensor(const std::byte* p, const std::byte* end) noexcept {
  if (end - p < 14 || p[0] != 0x08_b || p[1] >= 0x80_b || p[2] != 0x12_b) return false;
  std::size_t size = 0;
  p = read_short_length(p + 3, end, size);
  if (p == nullptr || size >= static_cast<std::size_t>(end - p) || !is_plain_shape(p, p + size))
    return false;
  p += size;
  if (*p != 0x22_b) return false;
  p = read_short_length(p + 1, end, size);
  return p != nullptr && size > 16 && size == static_cast<std::size_t>(end - p);
}

// The `histo` or `tensor` field of a value where it holds no single number.
inline Number read_blob(const std::byte* p, const std::byte* end) noexcept {
  if (end - p < 2 || (*p != 0x2A_b && *p != 0x42_b)) return kNoNumber;
  const bool histogram = *p == 0x2A_b;
  std::size_t size = 0;
  p = read_short_length(p + 1, end, size);
  if (p == nullptr || size > static_cast<std::size_t>(end - p)) return kNoNumber;
  const std::byte* const blob_end = p + size;
  if (histogram)
    return is_histogram(p, blob_end) ? Number{blob_end, 0, FastForm::kHistogram} : kNoNumber;
  return is_big_tensor(p, blob_end) ? Number{blob_end, 0, FastForm::kTensor} : kNoNumber;
}

// memcmp without the call, which would cost more than the few bytes there are to compare.
inline bool same_bytes(const std::byte* a, const std::byte* b, std::size_t size) noexcept {
  if (size < 8) return std::memcmp(a, b, size) == 0;
  std::uint64_t different =
      load_le<std::uint64_t>(a + size - 8) ^ load_le<std::uint64_t>(b + size - 8);
  for (std::size_t i = 0; i + 8 <= size; i += 8)
    different |= load_le<std::uint64_t>(a + i) ^ load_le<std::uint64_t>(b + i);
  return different == 0;
}

}  // namespace tfevents::fast
