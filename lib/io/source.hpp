#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "io/sys.hpp"

namespace tfevents {

/// A stream of bytes: a file, memory, standard input, or one of them inflated.
///
/// `read` may return fewer bytes than asked for; 0 means "nothing more for now": a growing file may
/// give more later, and readers resume there. Not thread-safe.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// Fills the front of `into` (not empty) and returns how many bytes, 0 at the (present) end.
  /// Errors: kIo; kFormat for a broken compressed stream, with the offset in the decompressed
  /// stream.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;

  /// Total bytes of the stream now, where that is known (a plain file, memory).
  virtual Result<std::optional<std::uint64_t>> size() = 0;

  /// Reads again bytes that `read` has given before. Plain files and memory: always. Pipes and
  /// inflated streams: kUnsupported.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  [[nodiscard]] virtual bool can_read_at() const noexcept = 0;

  /// The name in messages.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
};

enum class Compression : std::uint8_t { kNone, kGzip, kZlib };

/// `gzip`, `zlib` or `none`.
const char* to_string(Compression compression) noexcept;

/// A plain file, from its start. `limit` caps the stream (pass 2 of a two-pass reading stops where
/// pass 1 stopped).
std::unique_ptr<ByteSource> file_source(std::unique_ptr<OpenFile> file, std::string path,
                                        std::optional<std::uint64_t> limit = {});

/// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes,
                                          std::string path = "memory");

/// Inflates a gzip (multi-member) or zlib stream as it is read, in constant memory. A stream that
/// simply stops is a (present) end like any other, and reading goes on when `inner` grows; garbage
/// after a complete member is kFormat, zero bytes there are padding. Broken data is kFormat at
/// every later call too.
std::unique_ptr<ByteSource> inflate_source(std::unique_ptr<ByteSource> inner,
                                           Compression compression);

/// What the first bytes of a stream (at least 2, better 12) look like. The caller knows that they
/// are no valid record header.
[[nodiscard]] Compression sniff_compression(std::span<const std::byte> head) noexcept;

/// An unlinked temporary file that grows by append and reads anywhere: spooled standard input, big
/// records of streams, long restart histories. Errors: kIo, the message names the directory and
/// TMPDIR.
class SpoolFile {
 public:
  /// `directory` is $TMPDIR or its default, which only the program's front end knows.
  static Result<std::unique_ptr<SpoolFile>> create(const std::string& directory);
  virtual ~SpoolFile() = default;
  /// All of it or an Error; after an Error the file holds what it held before.
  virtual Status append(std::span<const std::byte> bytes) = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
};

/// Standard input as a source that can be read again: everything read is also kept in a SpoolFile.
/// `std::shared_ptr` of the store lets a second pass open a new source over the same bytes.
class SpooledInput {
 public:
  virtual ~SpooledInput() = default;
  /// A source from byte 0: reads what is spooled, then from the descriptor. One at a time.
  virtual std::unique_ptr<ByteSource> open() = 0;
};
/// `temp_directory` is where SpoolFile::create makes the store, once there is a byte to keep.
std::shared_ptr<SpooledInput> spooled_input(int descriptor, std::string name,
                                            std::string temp_directory);

/// Standard input read once, straight through, nothing kept.
std::unique_ptr<ByteSource> descriptor_source(int descriptor, std::string name);

}  // namespace tfevents
