#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace tfevents {

/// An array that grows without moving, by chunks of 32 elements: a million series cost little more
/// than their own size, and one of a few leaves no big hole on the heap between what is kept.
template <class T>
class Chunked {
 public:
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return chunks_[i / kChunk][i % kChunk]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept {
    return chunks_[i / kChunk][i % kChunk];
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Makes elements up to index i exist.
  void reach(std::size_t i) {
    while (chunks_.size() * kChunk <= i) chunks_.push_back(std::make_unique<T[]>(kChunk));
    if (size_ <= i) size_ = i + 1;
  }
  /// Frees the memory of elements below index i, by whole chunks: they are not read again.
  void release_below(std::size_t i) noexcept {
    for (; released_ < i / kChunk; ++released_) chunks_[released_].reset();
  }

 private:
  static constexpr std::size_t kChunk = 32;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
  std::size_t released_ = 0;  // Chunks.
};

}  // namespace tfevents
