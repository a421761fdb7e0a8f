#include "record/reader.hpp"

#include <algorithm>
#include <utility>

#include "record/resync.hpp"

namespace tfevents {
namespace {

// Waste that is always forgiven: no honest file loses this much to bad payloads at its very start.
constexpr std::uint64_t kForgivenWaste = std::uint64_t{16} << 20;

using ExtendFunction = std::uint32_t (*)(std::uint32_t, const std::byte*, std::size_t) noexcept;

// For the slow path, where a call per piece costs nothing.
ExtendFunction extend_function() noexcept {
  return with_crc_kernel([](auto kernel) -> ExtendFunction { return &decltype(kernel)::extend; });
}

bool right_length(const std::byte* header) noexcept {
  return with_crc_kernel([&](auto kernel) {
    return crc::masked_length<decltype(kernel)>(load_le<std::uint64_t>(header)) ==
           load_le<std::uint32_t>(header + 8);
  });
}

bool all_nul(const std::byte* data, std::size_t size) noexcept {
  return std::all_of(data, data + size, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

const char* to_string(DamageKind kind) noexcept {
  switch (kind) {
    case DamageKind::kLengthCrc: return "length-crc";
    case DamageKind::kDataCrc: return "data-crc";
    case DamageKind::kLength: return "length";
    case DamageKind::kCompressed: return "compressed";
  }
  return "length-crc";
}

RecordReader::RecordReader(std::unique_ptr<ByteSource> source, RecordReaderOptions options)
    : window_(std::move(source), options.temp_directory), options_(std::move(options)) {}

RecordStep RecordReader::next() {
  return with_crc_kernel([this](auto kernel) { return next<decltype(kernel)>(); });
}

RecordStep RecordReader::next_slow() {
  auto step = this->step();
  if (step.ok()) return *step;
  error_ = std::move(step).error();
  return RecordStep::kError;
}

Result<RecordStep> RecordReader::step() {
  window_.release();
  TFEVENTS_TRY(const std::size_t have, window_.fill(kHeaderBytes));
  const std::uint64_t start = window_.offset();
  if (have == 0) return end({Tail::Kind::kClean, start, 0, 0});
  if (have < kHeaderBytes) {
    if (all_nul(window_.data(), have)) return end_in_nul(start);
    return end({Tail::Kind::kTruncated, start, have, kHeaderBytes});
  }
  if (!right_length(window_.data())) {
    if (start == 0 && compression_ == Compression::kNone) {
      compression_ = sniff_compression({window_.data(), have});
      if (compression_ != Compression::kNone) {
        window_.inflate(compression_);
        return step();
      }
    }
    TFEVENTS_TRY(const bool nul, only_nul_from(start));
    if (nul) return end_in_nul(start);
    return lost(DamageKind::kLengthCrc, start, start + 1);
  }
  const auto length = load_le<std::uint64_t>(window_.data());
  if (length > std::uint64_t{1} << 62) return unfinished(start, UINT64_MAX);
  const std::uint64_t total = kFramingBytes + length;
  if (total <= kBigRecord && !careful_) return read_in_window(length);
  TFEVENTS_TRY(const std::optional<std::uint64_t> size, window_.size());
  if (size && start + total > *size) return unfinished(start, total);
  if (careful_) return lost(DamageKind::kDataCrc, start, start);
  if (total <= window_.available()) return read_in_window(length);
  return read_in_pieces(length);
}

Result<RecordStep> RecordReader::read_in_window(std::uint64_t length) {
  const std::uint64_t start = window_.offset();
  const std::size_t total = static_cast<std::size_t>(kFramingBytes + length);
  TFEVENTS_TRY(const std::size_t have, window_.fill(total));
  if (have < total) return unfinished(start, total);
  const std::byte* payload = window_.data() + kHeaderBytes;
  if (masked_crc32c({payload, static_cast<std::size_t>(length)}) !=
      load_le<std::uint32_t>(payload + length)) {
    return bad_payload(start, length);
  }
  record_ = {start, length, payload};
  window_.advance(total);
  return RecordStep::kRecord;
}

Result<RecordStep> RecordReader::read_in_pieces(std::uint64_t length) {
  const ExtendFunction extend = extend_function();
  const std::uint64_t start = window_.offset();
  window_.mark(start);
  window_.advance(kHeaderBytes);
  std::uint32_t crc = crc::kInit;
  for (std::uint64_t left = length; left != 0;) {
    TFEVENTS_TRY(const std::size_t have, window_.fill(1));
    if (have == 0) return unfinished(start, kFramingBytes + length);
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left, have));
    crc = extend(crc, window_.data(), n);
    window_.advance(n);
    left -= n;
  }
  TFEVENTS_TRY(const std::size_t have, window_.fill(4));
  if (have < 4) return unfinished(start, kFramingBytes + length);
  if (mask_crc(crc ^ crc::kInit) != load_le<std::uint32_t>(window_.data()))
    return bad_payload(start, length);
  window_.advance(4);
  record_ = {start, length, nullptr};
  return RecordStep::kBigRecord;
}

// The header at `start` was right, the payload is not. Its end can be trusted only if a header, or
// the end of the file, stands there; otherwise bytes may be missing inside.
Result<RecordStep> RecordReader::bad_payload(std::uint64_t start, std::uint64_t length) {
  const std::uint64_t behind = start + kFramingBytes + length;
  window_.mark(start);
  TFEVENTS_CHECK(window_.seek(behind));
  TFEVENTS_TRY(const bool nul, only_nul_from(behind));
  TFEVENTS_TRY(const std::size_t have, window_.fill(kHeaderBytes));
  if (nul && have != 0) return end_in_nul(start);
  const Damage this_record{DamageKind::kDataCrc, start, behind, length};
  if (have == 0 || (have >= kHeaderBytes && right_length(window_.data())))
    return report(this_record);
  charge(length);
  if (have >= kHeaderBytes) return lost(DamageKind::kDataCrc, start, start + 1);
  // A header that has only begun, or the end of a record that begins before it should.
  if (options_.growing) return report(this_record);
  TFEVENTS_TRY(const ResyncResult next, resynchronise(window_, start + 1));
  if (next.found) return report({DamageKind::kDataCrc, start, *next.found, {}});
  TFEVENTS_CHECK(window_.seek(behind));
  return report(this_record);
}

Result<RecordStep> RecordReader::unfinished(std::uint64_t start, std::uint64_t need) {
  const bool searched = known_tail_ == start;
  if (!options_.growing && !searched) {
    window_.mark(start);
    TFEVENTS_TRY(const ResyncResult next, resynchronise(window_, start + 1));
    if (next.found) return report({DamageKind::kLength, start, *next.found, {}});
    known_tail_ = start;
  }
  window_.mark(start);
  TFEVENTS_CHECK(window_.seek(start));
  TFEVENTS_TRY(const std::uint64_t have, bytes_from(start));
  return end({Tail::Kind::kTruncated, start, have, need});
}

Result<RecordStep> RecordReader::lost(DamageKind kind, std::uint64_t start,
                                      std::uint64_t search_from) {
  window_.mark(start);
  TFEVENTS_TRY(const ResyncResult next, resynchronise(window_, search_from));
  if (next.found && *next.found == start) {
    // Careful reading: the record is intact after all.
    careful_ = wasted_ > window_.offset() / 4 + kForgivenWaste / 2;
    if (kFramingBytes + next.found_length <= kBigRecord) return read_in_window(next.found_length);
    return read_in_pieces(next.found_length);
  }
  std::uint64_t damage_end = next.found.value_or(next.end);
  if (!next.found && next.unfinished) {
    known_tail_ = damage_end = *next.unfinished;
    if (damage_end == start) return unfinished(start, kFramingBytes + next.unfinished_length);
  } else if (!next.found && options_.growing) {
    // A header may be arriving: leave what could be the front of one.
    damage_end =
        std::max(start + 1, next.end - std::min<std::uint64_t>(next.end, kHeaderBytes - 1));
  }
  TFEVENTS_CHECK(window_.seek(damage_end));
  return report({kind, start, damage_end, {}});
}

Result<bool> RecordReader::only_nul_from(std::uint64_t offset) {
  if (last_seen_not_nul_ && offset <= *last_seen_not_nul_) return false;
  TFEVENTS_TRY(std::size_t have, window_.fill(kHeaderBytes));
  if (!all_nul(window_.data(), std::min(have, kHeaderBytes))) return false;
  window_.mark(offset);
  while (have != 0) {
    const std::byte* const end = window_.data() + have;
    const std::byte* const other =
        std::find_if(window_.data(), end, [](std::byte b) { return b != std::byte{0}; });
    if (other != end) {
      last_seen_not_nul_ = window_.offset_of(other);
      break;
    }
    window_.advance(have);
    TFEVENTS_TRY(have, window_.fill(1));
  }
  TFEVENTS_CHECK(window_.seek(offset));
  return have == 0;
}

Result<RecordStep> RecordReader::end_in_nul(std::uint64_t offset) {
  window_.mark(offset);
  TFEVENTS_CHECK(window_.seek(offset));
  TFEVENTS_TRY(const std::uint64_t have, bytes_from(offset));
  return end({Tail::Kind::kNul, offset, have, 0});
}

// How many bytes there are from the window's place `offset` to the present end. Does not move.
Result<std::uint64_t> RecordReader::bytes_from(std::uint64_t offset) {
  TFEVENTS_TRY(const std::optional<std::uint64_t> size, window_.size());
  if (size) return *size - std::min(*size, offset);
  std::uint64_t have = 0;
  while (true) {
    TFEVENTS_TRY(const std::size_t n, window_.fill(1));
    if (n == 0) break;
    have += n;
    window_.advance(n);
  }
  TFEVENTS_CHECK(window_.seek(offset));
  return have;
}

Result<RecordStep> RecordReader::end(Tail tail) {
  window_.forget_end();  // Whoever calls again wants to know whether there is more.
  if (window_.broken() && !broken_reported_) {
    // What the decompressor gave before it gave up was read; the rest of the stream cannot be had.
    broken_reported_ = true;
    error_ = *window_.broken();
    TFEVENTS_CHECK(window_.seek(tail.offset + tail.have));
    return report({DamageKind::kCompressed, tail.offset, tail.offset + tail.have, {}});
  }
  tail_ = tail;
  return RecordStep::kEnd;
}

RecordStep RecordReader::report(Damage damage) noexcept {
  damage_ = damage;
  return RecordStep::kDamage;
}

void RecordReader::charge(std::uint64_t bytes) noexcept {
  wasted_ += bytes;
  if (wasted_ > window_.offset() / 2 + kForgivenWaste) careful_ = true;
}

Result<std::size_t> RecordReader::read_payload(std::uint64_t from, std::span<std::byte> into) {
  std::size_t done = 0;
  const std::uint64_t left = record_.length - std::min(record_.length, from);
  into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size())));
  while (done < into.size()) {
    TFEVENTS_TRY(const std::size_t n,
                 window_.read_at(record_.offset + kHeaderBytes + from + done, into.subspan(done)));
    if (n == 0) break;
    done += n;
  }
  return done;
}

}  // namespace tfevents
