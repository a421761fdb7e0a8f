#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace tfevents {

using Bytes = std::span<const std::byte>;

/// Reads a little-endian T from unaligned memory. The caller has checked that sizeof(T) bytes
/// exist.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] inline T load_le(const void* from) noexcept {
  static_assert(std::endian::native == std::endian::little,
                "big-endian hosts need byte swaps here");
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/// Writes a T as little-endian to unaligned memory.
template <class T>
requires std::is_trivially_copyable_v<T>
inline void store_le(void* to, T value) noexcept {
  static_assert(std::endian::native == std::endian::little,
                "big-endian hosts need byte swaps here");
  std::memcpy(to, &value, sizeof(T));
}

[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tfevents
