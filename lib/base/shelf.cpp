#include "base/shelf.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace tfevents {
namespace {

// There may be many shelves with little on each: blocks begin small and grow.
constexpr std::size_t kFirstBlock = 512;
constexpr std::size_t kMostBlock = 64 * 1024;

}  // namespace

const char* Shelf::keep(std::string_view bytes) {
  return keep(bytes, 1);
}

const char* Shelf::keep(std::string_view bytes, std::size_t alignment) {
  const std::lock_guard lock(mutex_);
  const auto misplaced = reinterpret_cast<std::uintptr_t>(free_) % alignment;
  std::size_t gap = misplaced == 0 ? 0 : alignment - misplaced;
  if (gap + bytes.size() >= left_) {
    block_size_ = std::clamp(2 * block_size_, kFirstBlock, kMostBlock);
    if (bytes.size() > block_size_ / 4) {
      // A block of its own; what follows may still fit into the one begun.
      auto& own = blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(bytes.size()));
      std::memcpy(own.get(), bytes.data(), bytes.size());
      return reinterpret_cast<const char*>(own.get());
    }
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block_size_));
    free_ = blocks_.back().get();
    left_ = block_size_;
    gap = 0;
  }
  free_ += gap;
  std::byte* const place = free_;
  if (!bytes.empty()) std::memcpy(place, bytes.data(), bytes.size());
  free_ += bytes.size();
  left_ -= gap + bytes.size();
  return reinterpret_cast<const char*>(place);
}

}  // namespace tfevents
