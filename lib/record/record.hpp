#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace tfevents {

/// Layout: u64 length · u32 masked CRC-32C of the length · payload · u32 masked CRC-32C of the
/// payload, little-endian. Source: tensorboard/data/server/tf_record.rs.
inline constexpr std::size_t kHeaderBytes = 12;
inline constexpr std::size_t kFramingBytes = 16;

/// One intact record.
struct RecordView {
  std::uint64_t offset = 0;            ///< Of the header, in the (decompressed) stream.
  std::uint64_t length = 0;            ///< Payload bytes.
  const std::byte* payload = nullptr;  ///< Valid until the next call; null for a big record.
  [[nodiscard]] std::uint64_t end() const noexcept { return offset + kFramingBytes + length; }
};

enum class DamageKind : std::uint8_t {
  kLengthCrc,   ///< No header where one should be: record boundaries were lost.
  kDataCrc,     ///< The payload is not what its checksum says.
  kLength,      ///< A length beyond the end of the file, and intact records behind it.
  kCompressed,  ///< The compressed stream itself is broken from here on.
};
/// The rule of a PROBLEM: `length-crc`, `data-crc`, `length`, `compressed`.
const char* to_string(DamageKind kind) noexcept;

/// Bytes [offset, end) hold nothing that can be read; the reader stands behind them.
struct Damage {
  DamageKind kind = DamageKind::kLengthCrc;
  std::uint64_t offset = 0;
  std::uint64_t end = 0;
  /// Payload length, where the range is exactly one record whose header was right.
  std::optional<std::uint64_t> record_length;
};

/// How the stream ends at present. A half-written last record is a state, not damage: call again
/// after growth.
struct Tail {
  enum class Kind : std::uint8_t { kClean, kTruncated, kNul };
  Kind kind = Kind::kClean;
  std::uint64_t offset =
      0;                   ///< Where the unfinished part begins; the end of the stream when clean.
  std::uint64_t have = 0;  ///< Bytes there.
  std::uint64_t need = 0;  ///< Bytes of the whole record, as far as its header tells; 0 for kNul.
};

/// What one call of the reader found.
enum class RecordStep : std::uint8_t {
  kRecord,     ///< record(), payload in memory.
  kBigRecord,  ///< record(), verified, payload through read_payload().
  kDamage,     ///< damage()
  kEnd,        ///< tail()
  kError,      ///< error(): the operating system said no.
};

}  // namespace tfevents
