#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"

namespace tfevents {

/// `-o FILE`: written beside its target under a `.tfe-*` name and renamed over it by `commit`; without commit the
/// target is untouched and the temporary file is removed.
///
/// A name that ends in `.gz` is compressed (gzip, no time stamp, so equal input gives equal bytes).
class AtomicFile {
 public:
  static Result<std::unique_ptr<AtomicFile>> create(const std::string& path);
  virtual ~AtomicFile() = default;
  virtual Status write(std::span<const std::byte> bytes) = 0;
  /// Flushes, fsyncs, renames, fsyncs the directory. The mode of an existing target is kept.
  virtual Status commit() = 0;
};

}  // namespace tfevents
