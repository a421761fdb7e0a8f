#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/number.hpp"
#include "event/scalar.hpp"

namespace tfevents::render {

// What the fast writers of points share: text into a buffer on the stack, without allocation.

/// Copies `text` to `to` and returns the end, as all of these do.
inline char* put(char* to, std::string_view text) noexcept {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// The value as it was stored. Needs kNumberRoom.
inline char* put_scalar(char* to, Scalar value, bool json) noexcept {
  switch (value.store()) {
    case Scalar::Store::kFloat:
      return json ? write_json_number(to, value.f32) : write_number(to, value.f32);
    case Scalar::Store::kDouble:
      return json ? write_json_number(to, value.f64) : write_number(to, value.f64);
    case Scalar::Store::kSigned: return write_number(to, value.i64);
    case Scalar::Store::kUnsigned: return write_number(to, value.u64);
  }
  return to;
}

/// The text of the wall time written last: values of one event share theirs.
class WallText {
 public:
  char* put(char* to, double wall, bool json) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(wall);
    if (bits != bits_ || size_ == 0) {
      bits_ = bits;
      char* const end = json ? write_json_number(text_, wall) : write_number(text_, wall);
      size_ = static_cast<std::size_t>(end - text_);
    }
    std::memcpy(to, text_, size_);
    return to + size_;
  }

 private:
  std::uint64_t bits_ = 0;
  std::size_t size_ = 0;
  char text_[kNumberRoom];
};

/// Room for a line's numbers and what stands between them.
inline constexpr std::size_t kLineRoom = 3 * kNumberRoom + 64;

}  // namespace tfevents::render
