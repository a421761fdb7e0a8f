#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "io/source.hpp"
#include "record/crc32c.hpp"
#include "record/record.hpp"
#include "record/window.hpp"

namespace tfevents {

struct RecordReaderOptions {
  /// The stream may grow (`dump --follow`): a length beyond the end is not searched for intact
  /// records behind it.
  bool growing = false;
  /// Where parts of a stream are kept that must be read twice.
  std::string temp_directory = "/tmp";
};

/// Reads framed records, verifying both checksums of each, and goes on after damage.
///
/// Gzip and zlib streams are recognised and inflated. Records above kBigRecord bytes that do not
/// lie whole in the window are checked in pieces and never buffered. Work is linear in the bytes of
/// the stream whatever they are, and memory constant (a crafted chain of headers costs no more than
/// noise). Resumes after kEnd. Not thread-safe.
class RecordReader {
 public:
  explicit RecordReader(std::unique_ptr<ByteSource> source, RecordReaderOptions options = {});

  /// The next record, damage, or the end. K is the CRC kernel of the calling loop
  /// (`with_crc_kernel`).
  template <class K>
  [[nodiscard, gnu::always_inline]] inline RecordStep next() {
    const std::byte* header = window_.data();
    const std::size_t have = window_.available();
    if (have >= kFramingBytes && !careful_) [[likely]] {
      const auto length = load_le<std::uint64_t>(header);
      if (crc::masked_length<K>(length) == load_le<std::uint32_t>(header + 8) &&
          length <= have - kFramingBytes) [[likely]] {
        const std::byte* payload = header + kHeaderBytes;
        if (crc::masked<K>(payload, length) == load_le<std::uint32_t>(payload + length))
            [[likely]] {
          record_ = {window_.offset(), length, payload};
          window_.advance(kFramingBytes + length);
          return RecordStep::kRecord;
        }
      }
    }
    return next_slow();
  }
  /// The same for callers that do not care about speed.
  [[nodiscard]] RecordStep next();

  [[nodiscard]] const RecordView& record() const noexcept { return record_; }
  [[nodiscard]] const Damage& damage() const noexcept { return damage_; }
  [[nodiscard]] const Tail& tail() const noexcept { return tail_; }
  [[nodiscard]] const Error& error() const noexcept { return error_; }

  /// Bytes `from` … of the payload of the big record just returned; fewer than asked for only at
  /// its end.
  Result<std::size_t> read_payload(std::uint64_t from, std::span<std::byte> into);

  /// `read_payload` for parsers: gives how many bytes were read, 0 where there are none to be had.
  /// Valid as long as record().
  [[nodiscard]] auto payload_fetcher() noexcept {
    return [this](std::uint64_t from, std::span<std::byte> into) -> std::size_t {
      const Result<std::size_t> read = read_payload(from, into);
      return read.ok() ? *read : 0;
    };
  }

  /// Goes on at a record boundary known from an earlier reading of the same plain file.
  Status seek(std::uint64_t offset) { return window_.seek(offset); }

  /// Where the next record is expected.
  [[nodiscard]] std::uint64_t offset() const noexcept { return window_.offset(); }
  [[nodiscard]] Compression compression() const noexcept { return compression_; }
  /// Tells that the stream is (not) expected to grow any more.
  void set_growing(bool growing) noexcept {
    options_.growing = growing;
    known_tail_.reset();
  }

  /// Records up to this size are completed in the window rather than read in pieces.
  static constexpr std::size_t kBigRecord = 64 * 1024;

 private:
  RecordStep next_slow();
  Result<RecordStep> step();
  Result<RecordStep> read_in_window(std::uint64_t length);
  Result<RecordStep> read_in_pieces(std::uint64_t length);
  Result<RecordStep> bad_payload(std::uint64_t start, std::uint64_t length);
  Result<RecordStep> unfinished(std::uint64_t start, std::uint64_t need);
  Result<RecordStep> lost(DamageKind kind, std::uint64_t start, std::uint64_t search_from);
  Result<bool> only_nul_from(std::uint64_t offset);
  Result<RecordStep> end_in_nul(std::uint64_t offset);
  Result<std::uint64_t> bytes_from(std::uint64_t offset);
  Result<RecordStep> end(Tail tail);
  RecordStep report(Damage damage) noexcept;
  void charge(std::uint64_t bytes) noexcept;

  ByteWindow window_;
  RecordReaderOptions options_;
  Compression compression_ = Compression::kNone;
  RecordView record_;
  Damage damage_;
  Tail tail_;
  Error error_;
  // Bytes read in vain by records whose payload was bad. Above a share of the progress the reader
  // becomes careful: it trusts no length before the record is verified, so crafted headers cannot
  // make it read far ahead again and again.
  std::uint64_t wasted_ = 0;
  bool careful_ = false;
  std::optional<std::uint64_t>
      known_tail_;  // An unfinished record here was searched for successors already.
  // Zeros up to here are no tail: many bad records may end in the same run of zeros, which is
  // walked once.
  std::optional<std::uint64_t> last_seen_not_nul_;
  bool broken_reported_ = false;
};

}  // namespace tfevents
