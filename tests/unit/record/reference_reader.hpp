#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "record/record.hpp"
#include "unit/record/transcript.hpp"

namespace tfevents::test {

/// The rules of reading after damage, written down once more as plainly as they can be: no windows,
/// no running checksums, every question answered by looking at the whole file. Quadratic, for small
/// files that do not grow.
class ReferenceReader {
 public:
  explicit ReferenceReader(std::string_view file) : file_(file) {}

  Transcript read() {
    std::uint64_t at = 0;
    Transcript lines;
    while (true) {
      const std::uint64_t left = file_.size() - at;
      if (left == 0) return end(lines, {Tail::Kind::kClean, at, 0, 0});
      if (only_nul(at)) return end(lines, {Tail::Kind::kNul, at, left, 0});
      if (left < kHeaderBytes) return end(lines, {Tail::Kind::kTruncated, at, left, kHeaderBytes});
      if (!header(at)) {
        at = lost(lines, DamageKind::kLengthCrc, at);
      } else if (!fits(at)) {
        const std::optional<std::uint64_t> next = first_intact(at + 1);
        if (!next) return end(lines, {Tail::Kind::kTruncated, at, left, claimed(at)});
        lines.push_back(damage_line(DamageKind::kLength, at, *next));
        at = *next;
      } else if (intact(at)) {
        lines.push_back(record_line(at, payload(at)));
        at = end_of(at);
      } else {
        const std::uint64_t behind = end_of(at);
        if (behind < file_.size() && only_nul(behind))
          return end(lines, {Tail::Kind::kNul, at, left, 0});
        const std::optional<std::uint64_t> next = first_intact(at + 1);
        const std::uint64_t rest = file_.size() - behind;
        const bool other_boundary = rest != 0 && rest < kHeaderBytes && next;
        if (other_boundary || rest < kHeaderBytes || header(behind)) {
          lines.push_back(damage_line(DamageKind::kDataCrc, at, other_boundary ? *next : behind));
          at = other_boundary ? *next : behind;
        } else {
          at = lost(lines, DamageKind::kDataCrc, at);
        }
      }
    }
  }

 private:
  static Transcript end(Transcript lines, const Tail& tail) {
    lines.push_back(tail_line(tail));
    return lines;
  }

  // The next intact record wins, else the first record that could still be completed, else nothing.
  std::uint64_t lost(Transcript& lines, DamageKind kind, std::uint64_t at) const {
    std::uint64_t until = file_.size();
    if (const auto next = first_intact(at + 1)) {
      until = *next;
    } else {
      for (std::uint64_t i = file_.size(); i-- > at + 1;) {
        if (header(i) && !fits(i)) until = i;
      }
    }
    lines.push_back(damage_line(kind, at, until));
    return until;
  }

  // Of all intact records the one that ends first; of two the one that begins first.
  [[nodiscard]] std::optional<std::uint64_t> first_intact(std::uint64_t from) const {
    std::optional<std::uint64_t> best;
    for (std::uint64_t i = from; i + kFramingBytes <= file_.size(); ++i) {
      if (header(i) && fits(i) && intact(i) && (!best || end_of(i) < end_of(*best))) best = i;
    }
    return best;
  }

  [[nodiscard]] bool only_nul(std::uint64_t at) const {
    return file_.find_first_not_of('\0', at) == std::string_view::npos;
  }
  [[nodiscard]] bool header(std::uint64_t at) const {
    return at + kHeaderBytes <= file_.size() && masked_crc32c(as_bytes(file_.substr(at, 8))) ==
                                                    load_le<std::uint32_t>(file_.data() + at + 8);
  }
  [[nodiscard]] std::uint64_t length(std::uint64_t at) const {
    return load_le<std::uint64_t>(file_.data() + at);
  }
  [[nodiscard]] std::uint64_t claimed(std::uint64_t at) const {
    return length(at) > std::uint64_t{1} << 62 ? UINT64_MAX : length(at) + kFramingBytes;
  }
  [[nodiscard]] bool fits(std::uint64_t at) const {
    const std::uint64_t left = file_.size() - at;
    return left >= kFramingBytes && length(at) <= left - kFramingBytes;
  }
  [[nodiscard]] std::uint64_t end_of(std::uint64_t at) const {
    return at + kFramingBytes + length(at);
  }
  [[nodiscard]] std::string_view payload(std::uint64_t at) const {
    return file_.substr(at + kHeaderBytes, length(at));
  }
  [[nodiscard]] bool intact(std::uint64_t at) const {
    return masked_crc32c(as_bytes(payload(at))) ==
           load_le<std::uint32_t>(file_.data() + end_of(at) - 4);
  }

  std::string_view file_;
};

}  // namespace tfevents::test
