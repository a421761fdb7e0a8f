#include "event/known_value.hpp"

#include <algorithm>
#include <cstring>

namespace tfevents {

bool KnownValue::learn(const FastValue& value) noexcept {
  // `0a LENGTH 0a TAG_LENGTH TAG` with lengths of one byte, which stand where these bytes are.
  const auto* const tag = reinterpret_cast<const std::byte*>(value.tag);
  const std::byte* const field = tag - 4;
  const std::size_t size = std::size_t{2} + value.bytes;
  if (size > kMostBytes || field[0] != std::byte{0x0A} ||
      static_cast<std::size_t>(field[1]) != value.bytes || field[2] != std::byte{0x0A} ||
      static_cast<std::size_t>(field[3]) != value.tag_bytes) {
    forget();
    return false;
  }
  if (size == size_ && matches(field)) return true;
  forget();
  // `15 NUMBER`, or `42 LENGTH TENSOR` of which the number is the end.
  std::size_t number = std::size_t{4} + value.tag_bytes + 1;
  if (value.form == FastForm::kScalarTensor)
    number += static_cast<std::size_t>(field[number]) - 3;
  else if (value.form != FastForm::kSimple)
    return false;

  text_.fill(std::byte{0});
  std::memcpy(text_.data(), field, size);
  const auto mask = [](std::size_t bytes) {  // The first so many bytes of a word.
    return bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * bytes)) - 1;
  };
  front_last_ = static_cast<std::uint8_t>(std::max<std::size_t>(number, 8) - 8);
  front_mask_ = mask(number);
  back_mask_ = ~mask(8 - std::min<std::size_t>(size - number - 4, 8));
  number_ = static_cast<std::uint8_t>(number);
  size_ = static_cast<std::uint8_t>(size);
  return true;
}

}  // namespace tfevents
