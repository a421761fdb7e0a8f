#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "io/source.hpp"

namespace tfevents {

/// A sliding view of a ByteSource: a fixed buffer that the record reader looks at, refilled by
/// read(2).
///
/// It can go back. Plain files read again; streams keep what follows `mark()` in a temporary file,
/// and only when it no longer fits the buffer. Memory: kCapacity, whatever the records. Not
/// thread-safe.
class ByteWindow {
 public:
  static constexpr std::size_t kCapacity = 256 * 1024;

  /// `temp_directory` is where a stream's bytes are kept.
  ByteWindow(std::unique_ptr<ByteSource> source, std::string temp_directory);

  [[nodiscard]] const std::byte* data() const noexcept { return buffer_ + begin_; }
  [[nodiscard]] std::size_t available() const noexcept { return end_ - begin_; }
  /// Stream offset of data()[0].
  [[nodiscard]] std::uint64_t offset() const noexcept { return base_ + begin_; }
  [[nodiscard]] std::uint64_t offset_of(const std::byte* p) const noexcept {
    return base_ + static_cast<std::uint64_t>(p - buffer_);
  }
  /// Drops n <= available() bytes.
  void advance(std::size_t n) noexcept { begin_ += n; }
  /// Moves data() to a pointer into the buffered bytes.
  void advance_to(const std::byte* p) noexcept { begin_ = static_cast<std::size_t>(p - buffer_); }

  /// Tries to make at least `want` (<= kCapacity) bytes available; fewer are there only at the
  /// present end. Moves buffered bytes, so pointers into them die. Returns available().
  Result<std::size_t> fill(std::size_t want);

  /// Moves to a stream offset: anywhere in a plain file, at or behind the mark in a stream.
  Status seek(std::uint64_t offset);

  /// Streams: everything from `offset` on, which is buffered now, can be read again until
  /// `release()`. A mark that stands already stays, since it lies before.
  void mark(std::uint64_t offset) noexcept;
  /// Streams: what was marked is not needed any more, as soon as what is kept has been read again.
  void release() noexcept;

  /// Reads at an offset without moving: anywhere in a plain file, behind the mark in a stream.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into);

  /// Length of the stream at present; nothing where that is unknown. A stream whose end was met
  /// knows it until `forget_end()`: else each of many lengths beyond the end would be read for.
  Result<std::optional<std::uint64_t>> size();
  void forget_end() noexcept { ended_at_.reset(); }

  /// Why the stream ended early: its compressed form is broken. What came before is whole.
  [[nodiscard]] const std::optional<Error>& broken() const noexcept { return broken_; }

  /// Starts over on the inflated stream. Only before anything was dropped (offset() is 0).
  void inflate(Compression compression);

  [[nodiscard]] const std::string& path() const noexcept { return source_->path(); }

 private:
  void move_to_front();
  Result<std::size_t> read_more(std::span<std::byte> into);
  Status keep_until(std::size_t buffer_index);

  std::unique_ptr<ByteSource> source_;
  std::string temp_directory_;
  /// Each thread keeps one buffer for its next window: a tree of small runs opens very many.
  struct GiveBack {
    void operator()(std::byte* buffer) const noexcept;
  };
  static std::unique_ptr<std::byte[], GiveBack> take_buffer();

  std::unique_ptr<std::byte[], GiveBack> storage_;
  std::byte* buffer_;  // In the storage, at the start of a cache line.
  // Buffered bytes are [front_, end_), those before begin_ dropped.
  std::size_t front_ = 0, begin_ = 0, end_ = 0;
  std::uint64_t base_ = 0;  // Stream offset of buffer_[0].
  std::uint64_t next_ = 0;  // Stream offset of the next byte to come into the buffer.
  bool seekable_;
  std::optional<Error> broken_;
  std::optional<std::uint64_t> ended_at_;  // Where reading gave nothing, and has not since.

  // Streams only.
  std::optional<std::uint64_t>
      mark_;  // Bytes from here on are kept: in the spool, then in the buffer.
  std::unique_ptr<SpoolFile> spool_;  // Holds [spool_base_, spool_base_ + spool_->size()).
  std::uint64_t spool_base_ = 0;
};

}  // namespace tfevents
