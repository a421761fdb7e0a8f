#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "event/event.hpp"
#include "record/reader.hpp"

namespace tfevents {

/// Which message the bytes of a StoredValue are. Source: tensorboard/compat/proto/event.proto.
enum class StoredForm : std::uint8_t {
  kValue,        ///< A `Summary.Value`, tag and metadata included.
  kGraph,        ///< A `GraphDef`.
  kMetaGraph,    ///< A `MetaGraphDef`.
  kRunMetadata,  ///< A `RunMetadata`; its tag is the series'.
};

/// A value that is no scalar, as it lies in its record: what a decoder starts from. It may be of
/// any size; nothing of it is copied before somebody asks. Lives during the call that gives it.
class StoredValue {
 public:
  /// `records` stands at the record that `place` is in; it is asked where the bytes are not in
  /// memory. `file` counts the files of the run, `offset` is where the record begins in it.
  StoredValue(StoredForm form, const BytesPlace& place, RecordReader* records, std::size_t file,
              std::uint64_t offset) noexcept
      : form_(form), place_(place), records_(records), file_(file), offset_(offset) {}

  [[nodiscard]] StoredForm form() const noexcept { return form_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return place_.size; }
  [[nodiscard]] std::size_t file() const noexcept { return file_; }
  [[nodiscard]] std::uint64_t record_offset() const noexcept { return offset_; }

  [[nodiscard]] bool in_memory() const noexcept {
    return place_.data != nullptr || place_.size == 0;
  }
  /// All of it; only where it is in memory.
  [[nodiscard]] Bytes bytes() const noexcept {
    return {place_.data, static_cast<std::size_t>(place_.size)};
  }

  /// Bytes from `from` on; fewer than asked for only at the end. Errors: those of the file.
  [[nodiscard]] Result<std::size_t> read(std::uint64_t from, std::span<std::byte> into) const;

  /// All of it, in `room` where it is not in memory. Errors: kLimit above `limit` bytes; those of
  /// the file.
  [[nodiscard]] Result<Bytes> load(std::uint64_t limit, std::vector<std::byte>& room) const;

 private:
  StoredForm form_;
  BytesPlace place_;
  RecordReader* records_;
  std::size_t file_;
  std::uint64_t offset_;
};

/// Of a value that is not what its record says it is: kFormat.
[[nodiscard]] Error format_error(const StoredValue& value, std::string message);

}  // namespace tfevents
