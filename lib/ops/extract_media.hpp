#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "event/media.hpp"

namespace tfevents::ops {

/// What the first and last bytes of an encoded image or clip say.
struct MediaLook {
  MediaType type;
  bool known = false;  ///< `type` is one that its bytes begin as.
  std::optional<std::pair<std::int64_t, std::int64_t>> size;  ///< Width and height.
  std::string damage;  ///< Why it will not open, in words; empty where nothing shows.
};

/// Looks at both ends; the middle is not decoded. Errors: those of the file.
[[nodiscard]] Result<MediaLook> look_at_media(const StoredValue& value, const Part& part);

}  // namespace tfevents::ops
