#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tfevents::test {

// What can happen to a file, as functions from bytes to bytes, so that wounds read in order:
// `append_nul(flip_byte(file, 30), 512)`. Offsets beyond the end throw std::out_of_range.

/// Bits of one byte turned over.
[[nodiscard]] std::string flip_byte(std::string bytes, std::size_t offset,
                                    std::uint8_t bits = 0xFF);
/// Only the first `size` bytes.
[[nodiscard]] std::string truncate_to(std::string bytes, std::size_t size);
/// Bytes that were never written: [offset, offset + count) taken out, the rest moves up.
[[nodiscard]] std::string remove_range(std::string bytes, std::size_t offset, std::size_t count);
/// [offset, offset + count) overwritten with zeros: a block lost in a crash.
[[nodiscard]] std::string zero_range(std::string bytes, std::size_t offset, std::size_t count);
/// Foreign bytes put in before `offset`.
[[nodiscard]] std::string insert_garbage(std::string bytes, std::size_t offset,
                                         std::string_view garbage);
/// `count` bytes of noise that depends on `seed` alone.
[[nodiscard]] std::string noise(std::size_t count, std::uint64_t seed);
/// A tail of zeros: blocks set aside and never filled.
[[nodiscard]] std::string append_nul(std::string bytes, std::size_t count);
/// Both checksums of the record at `offset` made right for what its length and payload are now. A
/// payload that runs past the end gets a right length checksum only.
[[nodiscard]] std::string fix_crc(std::string bytes, std::size_t offset);

/// One framed record around `payload`.
[[nodiscard]] std::string framed(std::string_view payload);
/// The 12 bytes of a header with a right checksum, whatever length it claims.
[[nodiscard]] std::string header_claiming(std::uint64_t length);

/// Where the records of an undamaged file begin, and its size as the last one.
[[nodiscard]] std::vector<std::size_t> record_offsets(std::string_view bytes);

}  // namespace tfevents::test
