#include "record/resync.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "record/crc32c.hpp"
#include "record/record.hpp"

namespace tfevents {
namespace {

constexpr std::size_t kMaxOpen = 4096;
constexpr std::size_t kFirstChunk = 64;
constexpr std::size_t kMaxChunk = 64 * 1024;

/// A header with a right checksum whose payload has not been judged yet.
struct Candidate {
  std::uint64_t end = 0;     // Offset behind the payload: where its checksum stands.
  std::uint64_t start = 0;   // Offset of the header.
  std::uint32_t before = 0;  // Running register at the start of the payload.
  friend auto operator<=>(const Candidate&, const Candidate&) = default;
};

/// The pass over one stretch of bytes. K is the CRC kernel.
template <class K>
class Pass {
 public:
  Pass(ByteWindow& window, std::uint64_t from, std::optional<std::uint64_t> size)
      : window_(window), size_(size), crc_at_(from) {}

  Result<ResyncResult> run() {
    for (std::size_t chunk = kFirstChunk;; chunk = std::min(chunk * 2, kMaxChunk)) {
      TFEVENTS_TRY(const std::size_t have, window_.fill(chunk + kHeaderBytes));
      const bool last = have < chunk + kHeaderBytes;
      const std::size_t n = last ? have : chunk;
      collect(n, have);
      if (judge(n, have)) {
        TFEVENTS_CHECK(window_.seek(*result_.found));
        return result_;
      }
      window_.advance(n);
      if (last) break;
    }
    note_open_ones();
    result_.end = window_.offset();
    return result_;
  }

 private:
  // Looks for headers at the first n offsets of the window.
  void collect(std::size_t n, std::size_t have) {
    const std::byte* data = window_.data();
    const std::size_t headers = have < kHeaderBytes ? 0 : std::min(n, have - kHeaderBytes + 1);
    for (std::size_t i = 0; i < headers; ++i) {
      const auto length = load_le<std::uint64_t>(data + i);
      if (crc::masked_length<K>(length) == load_le<std::uint32_t>(data + i + 8)) [[unlikely]] {
        note_header(window_.offset() + i, length);
      }
    }
  }

  void note_header(std::uint64_t start, std::uint64_t length) {
    const std::uint64_t payload = start + kHeaderBytes;
    constexpr std::uint64_t kFarthest = std::uint64_t{1} << 62;
    const bool fits = length < kFarthest && (!size_ || payload + length + 4 <= *size_);
    if (fits) {
      starting_.push_back({payload + length, start, 0});
    } else {
      note_unfinished(start, length);
    }
  }

  // Brings the running CRC over the first n bytes of the window, opening and judging candidates on
  // the way.
  bool judge(std::size_t n, std::size_t have) {
    const std::uint64_t limit = window_.offset() + n;
    while (true) {
      const std::uint64_t opens =
          starting_.empty() ? limit + 1 : starting_.front().start + kHeaderBytes;
      const std::uint64_t closes = open_.empty() ? limit + 1 : open_.begin()->end;
      const std::uint64_t event = std::min(opens, closes);
      if (event > limit) break;
      extend_to(event);
      if (opens <= closes) {
        open_candidate();
      } else if (close_candidate(have)) {
        return true;
      }
    }
    extend_to(limit);
    return false;
  }

  void extend_to(std::uint64_t offset) {
    const std::byte* data = window_.data() + (crc_at_ - window_.offset());
    crc_ = K::extend(crc_, data, static_cast<std::size_t>(offset - crc_at_));
    crc_at_ = offset;
  }

  void open_candidate() {
    Candidate candidate = starting_.front();
    starting_.pop_front();
    candidate.before = crc_;
    open_.insert(candidate);
    if (open_.size() > kMaxOpen) open_.erase(std::prev(open_.end()));
  }

  bool close_candidate(std::size_t have) {
    const Candidate candidate = *open_.begin();
    open_.erase(open_.begin());
    const std::size_t at = static_cast<std::size_t>(candidate.end - window_.offset());
    const std::uint64_t length = candidate.end - candidate.start - kHeaderBytes;
    if (at + 4 > have) {  // Only where the size was unknown: the stream ends inside the footer.
      note_unfinished(candidate.start, length);
      return false;
    }
    const std::uint32_t actual = mask_crc(crc::of_range(candidate.before, crc_, length));
    if (actual != load_le<std::uint32_t>(window_.data() + at)) return false;
    result_.found = candidate.start;
    result_.found_length = length;
    return true;
  }

  // Where the size was unknown, what is still open runs past the end.
  void note_open_ones() {
    for (const Candidate& candidate : open_) {
      note_unfinished(candidate.start, candidate.end - candidate.start - kHeaderBytes);
    }
  }

  void note_unfinished(std::uint64_t start, std::uint64_t length) {
    if (result_.unfinished && *result_.unfinished <= start) return;
    result_.unfinished = start;
    result_.unfinished_length = length;
  }

  ByteWindow& window_;
  std::optional<std::uint64_t> size_;
  std::uint32_t crc_ = crc::kInit;
  std::uint64_t crc_at_;
  std::deque<Candidate> starting_;  // Payload not reached by the CRC yet; in order of start.
  std::set<Candidate> open_;        // By end, then start.
  ResyncResult result_;
};

}  // namespace

Result<ResyncResult> resynchronise(ByteWindow& window, std::uint64_t from) {
  TFEVENTS_CHECK(window.seek(from));
  TFEVENTS_TRY(const std::optional<std::uint64_t> size, window.size());
  return with_crc_kernel(
      [&](auto kernel) { return Pass<decltype(kernel)>(window, from, size).run(); });
}

}  // namespace tfevents
