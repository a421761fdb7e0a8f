#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tfevents {

/// Keeps many small things in blocks for as long as it lives. Kept each by itself, between others
/// that come and go, they would leave the heap full of holes that nothing fits into.
///
/// Different threads may put things there at a time.
class Shelf {
 public:
  /// A copy that stays where it is.
  const char* keep(std::string_view bytes);
  /// The same for an array of what can be copied byte by byte.
  template <class T>
  const T* keep(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::string_view bytes(reinterpret_cast<const char*>(items.data()), items.size_bytes());
    return reinterpret_cast<const T*>(keep(bytes, alignof(T)));
  }

 private:
  const char* keep(std::string_view bytes, std::size_t alignment);

  std::mutex mutex_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0, block_size_ = 0;
};

}  // namespace tfevents
