#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace tfevents {

/// `-o FILE`: written beside its target under a `.tfe-*` name and renamed over it by `commit`;
/// without commit the target is untouched and the temporary file is removed. A crash at any instant
/// leaves the old or the new file, and at worst a `.tfe-*` file.
///
/// A name that ends in `.gz` is compressed (gzip, no time stamp, so equal input gives equal bytes).
/// A link is written through: the file it leads to is replaced. Special files (`/dev/stdout`,
/// `/dev/null`, a FIFO) are written directly. Not thread-safe.
class AtomicFile {
 public:
  /// Errors: kUsage for a directory or an empty name; kNotFound, kIo.
  static Result<std::unique_ptr<AtomicFile>> create(const std::string& path);
  virtual ~AtomicFile() = default;
  /// Buffered: an Error may belong to bytes of earlier calls. After an Error every later call fails
  /// too.
  virtual Status write(std::span<const std::byte> bytes) = 0;
  /// Flushes, fsyncs, renames, fsyncs the directory. The mode of an existing target is kept. Once
  /// only.
  virtual Status commit() = 0;
};

}  // namespace tfevents
