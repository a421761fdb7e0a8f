#include "event/stored_value.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace tfevents {

Result<std::size_t> StoredValue::read(std::uint64_t from, std::span<std::byte> into) const {
  if (from >= place_.size) return std::size_t{0};
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(place_.size - from, into.size()));
  if (!in_memory()) return records_->read_payload(place_.offset + from, into.first(size));
  if (size != 0) std::memcpy(into.data(), place_.data + from, size);
  return size;
}

Result<Bytes> StoredValue::load(std::uint64_t limit, std::vector<std::byte>& room) const {
  if (place_.size > limit) {
    return Error{.code = ErrorCode::kLimit,
                 .message = "a value of " + std::to_string(place_.size) + " bytes, above the " +
                            std::to_string(limit) + " that are read at once",
                 .offset = offset_};
  }
  if (in_memory()) return bytes();
  room.resize(static_cast<std::size_t>(place_.size));
  TFEVENTS_TRY(const std::size_t read, this->read(0, room));
  if (read != room.size()) {
    return Error{.code = ErrorCode::kChanged,
                 .message = "the file became shorter while it was read",
                 .offset = offset_};
  }
  return Bytes(room);
}

Error format_error(const StoredValue& value, std::string message) {
  return Error{
      .code = ErrorCode::kFormat, .message = std::move(message), .offset = value.record_offset()};
}

}  // namespace tfevents
