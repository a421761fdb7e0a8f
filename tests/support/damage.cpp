#include "support/damage.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "base/bytes.hpp"
#include "record/crc32c.hpp"
#include "record/record.hpp"
#include "record/writer.hpp"

namespace tfevents::test {
namespace {

void check_range(const std::string& bytes, std::size_t offset, std::size_t count) {
  if (offset > bytes.size() || count > bytes.size() - offset)
    throw std::out_of_range("damage outside the file");
}

}  // namespace

std::string flip_byte(std::string bytes, std::size_t offset, std::uint8_t bits) {
  check_range(bytes, offset, 1);
  bytes[offset] = static_cast<char>(bytes[offset] ^ bits);
  return bytes;
}

std::string truncate_to(std::string bytes, std::size_t size) {
  check_range(bytes, 0, size);
  bytes.resize(size);
  return bytes;
}

std::string remove_range(std::string bytes, std::size_t offset, std::size_t count) {
  check_range(bytes, offset, count);
  return bytes.erase(offset, count);
}

std::string zero_range(std::string bytes, std::size_t offset, std::size_t count) {
  check_range(bytes, offset, count);
  return bytes.replace(offset, count, count, '\0');
}

std::string insert_garbage(std::string bytes, std::size_t offset, std::string_view garbage) {
  check_range(bytes, offset, 0);
  return bytes.insert(offset, garbage);
}

std::string noise(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string bytes(count, '\0');
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random() >> 56); });
  return bytes;
}

std::string append_nul(std::string bytes, std::size_t count) {
  return bytes.append(count, '\0');
}

std::string fix_crc(std::string bytes, std::size_t offset) {
  check_range(bytes, offset, kHeaderBytes);
  char* const header = bytes.data() + offset;
  const auto length = load_le<std::uint64_t>(header);
  store_le(header + 8, masked_crc32c(as_bytes({header, 8})));
  const std::size_t left = bytes.size() - offset - kHeaderBytes;
  if (left >= 4 && length <= left - 4) {
    char* const payload = header + kHeaderBytes;
    store_le(payload + length,
             masked_crc32c(as_bytes({payload, static_cast<std::size_t>(length)})));
  }
  return bytes;
}

std::string framed(std::string_view payload) {
  std::string record;
  append_record(record, payload);
  return record;
}

std::string header_claiming(std::uint64_t length) {
  std::string header(kHeaderBytes, '\0');
  store_le(header.data(), length);
  return fix_crc(header, 0);
}

std::vector<std::size_t> record_offsets(std::string_view bytes) {
  std::vector<std::size_t> offsets{0};
  while (offsets.back() < bytes.size()) {
    offsets.push_back(offsets.back() + kFramingBytes +
                      load_le<std::uint64_t>(bytes.data() + offsets.back()));
  }
  return offsets;
}

}  // namespace tfevents::test
