#pragma once

#include <cstdint>
#include <string>

namespace tfevents::test {

/// Serialized parts of a Summary.Value, where a test wants what the writer does not write.
inline std::string field(int number, const std::string& bytes) {
  std::string out;
  for (std::uint64_t n :
       {static_cast<std::uint64_t>(number) << 3 | 2U, static_cast<std::uint64_t>(bytes.size())}) {
    while (n >= 0x80) {
      out += static_cast<char>(n | 0x80);
      n >>= 7;
    }
    out += static_cast<char>(n);
  }
  return out + bytes;
}
inline std::string fixed32(int number, float value) {
  std::string out(1, static_cast<char>(number << 3 | 5));
  return out.append(reinterpret_cast<const char*>(&value), 4);
}
inline std::string metadata_of(const std::string& plugin, int data_class = 0) {
  std::string out = field(1, field(1, plugin));
  if (data_class != 0) out += {'\x20', static_cast<char>(data_class)};
  return field(9, out);
}
inline std::string tag_of(const std::string& tag) {
  return field(1, tag);
}

}  // namespace tfevents::test
