#include <algorithm>
#include <limits>
#include <vector>

#include <zlib.h>

#include "io/source.hpp"

namespace tfevents {

namespace {

/// Compressed bytes read at once: all the memory there is beside zlib's own 40 KiB.
constexpr std::size_t kInputRoom = std::size_t{64} << 10U;
constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;  // zlib counts in 32 bits

class InflateSource final : public ByteSource {
 public:
  InflateSource(std::unique_ptr<ByteSource> inner, Compression compression)
      : inner_(std::move(inner)), gzip_(compression == Compression::kGzip), input_(kInputRoom) {}
  InflateSource(const InflateSource&) = delete;
  InflateSource& operator=(const InflateSource&) = delete;
  ~InflateSource() override {
    if (started_) ::inflateEnd(&zlib_);
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    if (broken_) return *broken_;
    if (!started_) TFEVENTS_CHECK(start());
    into = into.first(std::min(into.size(), kMostAtOnce));
    // Until there is a byte: members may be empty, and headers are long.
    while (true) {
      if (zlib_.avail_in == 0) {
        TFEVENTS_TRY(const std::size_t more, inner_->read(input_));
        if (more == 0) return std::size_t{0};
        zlib_.next_in = reinterpret_cast<Bytef*>(input_.data());
        zlib_.avail_in = static_cast<uInt>(more);
      }
      if (between_members_ && !enter_member()) {
        if (broken_) return *broken_;
        continue;
      }
      const std::size_t count = inflate_some(into);
      produced_ += count;
      // What came out before the break is good; the break is told at the next call.
      if (broken_) broken_->offset = produced_;
      if (count > 0) return count;
      if (broken_) return *broken_;
    }
  }

  Result<std::optional<std::uint64_t>> size() override { return std::optional<std::uint64_t>(); }
  Result<std::size_t> read_at(std::uint64_t /*offset*/, std::span<std::byte> /*into*/) override {
    return make_error(ErrorCode::kUnsupported, "a compressed stream cannot be read again");
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return false; }
  [[nodiscard]] const std::string& path() const noexcept override { return inner_->path(); }

 private:
  [[nodiscard]] Error make_error(ErrorCode code, std::string message) const {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.path = inner_->path();
    return error;
  }

  void break_off(ErrorCode code, std::string message) {
    broken_ = make_error(code, std::move(message));
    broken_->offset = produced_;
  }

  Status start() {
    constexpr int kWindowBits = 15;
    constexpr int kGzipFlag = 16;
    if (::inflateInit2(&zlib_, gzip_ ? kWindowBits + kGzipFlag : kWindowBits) != Z_OK) {
      return make_error(ErrorCode::kLimit, "not enough memory to decompress");
    }
    started_ = true;
    return ok_status();
  }

  /// At the end of a member with input left: padding, another member, or garbage. True when
  /// inflating can go on.
  bool enter_member() {
    while (zlib_.avail_in > 0 && *zlib_.next_in == 0) {  // padding, as gzip(1) takes it
      ++zlib_.next_in;
      --zlib_.avail_in;
      padded_ = true;
    }
    if (zlib_.avail_in == 0) return false;
    constexpr Bytef kGzipFirst = 0x1f;
    if (!gzip_ || padded_ || *zlib_.next_in != kGzipFirst) {
      break_off(ErrorCode::kFormat, garbage_text());
      return false;
    }
    ::inflateReset(&zlib_);
    between_members_ = false;
    first_member_ = false;
    return true;
  }

  std::size_t inflate_some(std::span<std::byte> into) {
    zlib_.next_out = reinterpret_cast<Bytef*>(into.data());
    zlib_.avail_out = static_cast<uInt>(into.size());
    const int outcome = ::inflate(&zlib_, Z_NO_FLUSH);
    switch (outcome) {
      case Z_OK:
      case Z_BUF_ERROR: break;  // needs more input
      case Z_STREAM_END: between_members_ = true; break;
      case Z_NEED_DICT:
        break_off(ErrorCode::kFormat, "the zlib stream needs a dictionary that is not in it");
        break;
      case Z_MEM_ERROR: break_off(ErrorCode::kLimit, "not enough memory to decompress"); break;
      default: break_off(ErrorCode::kFormat, broken_text()); break;
    }
    return into.size() - zlib_.avail_out;
  }

  [[nodiscard]] std::string garbage_text() const {
    return std::string("garbage after the end of the ") + (gzip_ ? "gzip" : "zlib") + " stream";
  }

  [[nodiscard]] std::string broken_text() const {
    const std::string detail = zlib_.msg == nullptr ? "unknown" : zlib_.msg;
    // A byte that happens to look like the start of another member is still garbage.
    if (!first_member_ && zlib_.total_out == 0 && detail == "incorrect header check") {
      return garbage_text();
    }
    return std::string("broken ") + (gzip_ ? "gzip" : "zlib") + " stream: " + detail;
  }

  std::unique_ptr<ByteSource> inner_;
  bool gzip_;
  std::vector<std::byte> input_;
  z_stream zlib_{};
  bool started_ = false;
  bool between_members_ = false;
  bool first_member_ = true;
  bool padded_ = false;  ///< Zero bytes were seen after a member: nothing but zeros may follow.
  std::uint64_t produced_ = 0;
  std::optional<Error> broken_;
};

}  // namespace

std::unique_ptr<ByteSource> inflate_source(std::unique_ptr<ByteSource> inner,
                                           Compression compression) {
  if (compression == Compression::kNone) return inner;
  return std::make_unique<InflateSource>(std::move(inner), compression);
}

}  // namespace tfevents
