#include "record/writer.hpp"

#include "record/crc32c.hpp"
#include "record/record.hpp"

namespace tfevents {

void append_record(std::string& out, std::string_view payload) {
  char header[kHeaderBytes];
  store_le<std::uint64_t>(header, payload.size());
  store_le<std::uint32_t>(header + 8, masked_crc32c(as_bytes({header, 8})));
  char footer[4];
  store_le<std::uint32_t>(footer, masked_crc32c(as_bytes(payload)));
  out.reserve(out.size() + kFramingBytes + payload.size());
  out.append(header, sizeof header).append(payload).append(footer, sizeof footer);
}

}  // namespace tfevents
