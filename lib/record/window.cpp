#include "record/window.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace tfevents {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kBufferBytes = ByteWindow::kCapacity + 3 * kLine;

std::unique_ptr<std::byte[]>& spare_buffer() noexcept {
  thread_local std::unique_ptr<std::byte[]> spare;
  return spare;
}

/// Gives bytes that were read already, then the rest of the stream they came from.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::vector<std::byte> prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    if (given_ == prefix_.size()) return rest_->read(into);
    const std::size_t n = std::min(into.size(), prefix_.size() - given_);
    std::memcpy(into.data(), prefix_.data() + given_, n);
    given_ += n;
    return n;
  }
  Result<std::optional<std::uint64_t>> size() override { return std::optional<std::uint64_t>{}; }
  Result<std::size_t> read_at(std::uint64_t, std::span<std::byte>) override {
    return Error{.code = ErrorCode::kUnsupported,
                 .message = "a stream cannot be read again",
                 .path = path()};
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return false; }
  [[nodiscard]] const std::string& path() const noexcept override { return rest_->path(); }

 private:
  std::vector<std::byte> prefix_;
  std::size_t given_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

}  // namespace

ByteWindow::ByteWindow(std::unique_ptr<ByteSource> source, std::string temp_directory)
    : source_(std::move(source)),
      temp_directory_(std::move(temp_directory)),
      storage_(take_buffer()),
      buffer_(storage_.get() + (-reinterpret_cast<std::uintptr_t>(storage_.get()) & (kLine - 1))),
      seekable_(source_->can_read_at()) {}

std::unique_ptr<std::byte[], ByteWindow::GiveBack> ByteWindow::take_buffer() {
  std::unique_ptr<std::byte[]>& spare = spare_buffer();
  if (spare == nullptr) spare = std::make_unique_for_overwrite<std::byte[]>(kBufferBytes);
  return std::unique_ptr<std::byte[], GiveBack>(spare.release());
}

void ByteWindow::GiveBack::operator()(std::byte* buffer) const noexcept {
  std::unique_ptr<std::byte[]>& spare = spare_buffer();
  std::unique_ptr<std::byte[]> returned(buffer);
  if (spare == nullptr) spare = std::move(returned);
}

Result<std::size_t> ByteWindow::read_more(std::span<std::byte> into) {
  if (seekable_) return source_->read_at(next_, into);
  if (spool_ != nullptr && next_ < spool_base_ + spool_->size()) {
    const std::uint64_t left = spool_base_ + spool_->size() - next_;
    return spool_->read_at(
        next_ - spool_base_,
        into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()))));
  }
  return source_->read(into);
}

// Streams: moves bytes of the buffer before `buffer_index` that are marked and not kept yet to the
// spool.
Status ByteWindow::keep_until(std::size_t buffer_index) {
  const std::uint64_t limit = base_ + buffer_index;
  if (seekable_ || !mark_ || limit <= *mark_) return ok_status();
  if (spool_ == nullptr) {
    TFEVENTS_TRY(auto spool, SpoolFile::create(temp_directory_));
    spool_ = std::move(spool);
    spool_base_ = std::max(*mark_, base_ + front_);
  }
  const std::uint64_t kept = spool_base_ + spool_->size();
  if (limit <= kept) return ok_status();
  const std::size_t from = static_cast<std::size_t>(kept - base_);
  return spool_->append({buffer_ + from, buffer_index - from});
}

// Makes room behind the buffered bytes, and lets them end where a cache line does: the kernel
// copies up to 15 % faster to the start of one.
void ByteWindow::move_to_front() {
  std::size_t front = -available() & (kLine - 1);
  if (offset() < front) front = 0;
  const std::size_t buffered = available();
  std::memmove(buffer_ + front, buffer_ + begin_, buffered);
  base_ = offset() - front;
  front_ = begin_ = front;
  end_ = front + buffered;
}

Result<std::size_t> ByteWindow::fill(std::size_t want) {
  if (available() >= want) return available();
  if (begin_ != front_) {
    TFEVENTS_CHECK(keep_until(begin_));
    move_to_front();
  }
  while (available() < want) {
    // Whole pages, so that the next read begins with one; what is left over is taken if need be.
    const std::size_t room = front_ + kCapacity - end_;
    auto n = read_more({buffer_ + end_, room < kPage ? room : room / kPage * kPage});
    if (!n.ok() && n.error().code == ErrorCode::kFormat) {
      broken_ = std::move(n).error();
      ended_at_ = next_;
      break;
    }
    if (!n.ok()) return std::move(n).error();
    if (*n == 0) {
      ended_at_ = next_;
      break;
    }
    end_ += *n;
    next_ += *n;
    if (ended_at_ && next_ > *ended_at_) ended_at_.reset();
  }
  return available();
}

Result<std::optional<std::uint64_t>> ByteWindow::size() {
  TFEVENTS_TRY(const std::optional<std::uint64_t> size, source_->size());
  return size ? size : ended_at_;
}

Status ByteWindow::seek(std::uint64_t offset) {
  if (offset >= base_ + front_ && offset <= base_ + end_) {
    begin_ = static_cast<std::size_t>(offset - base_);
    return ok_status();
  }
  if (!seekable_) {
    TFEVENTS_CHECK(keep_until(end_));
    const bool kept =
        spool_ != nullptr && offset >= spool_base_ && offset <= spool_base_ + spool_->size();
    if (!kept) {
      return Error{.code = ErrorCode::kInternal,
                   .message = "seek outside the kept part of a stream",
                   .path = path()};
    }
  }
  base_ = next_ = offset;
  front_ = begin_ = end_ = 0;
  return ok_status();
}

void ByteWindow::mark(std::uint64_t offset) noexcept {
  if (!seekable_ && !mark_) mark_ = offset;
}

void ByteWindow::release() noexcept {
  // While kept bytes are being read again the spool must stay whole: what it holds lies ahead.
  if (spool_ != nullptr && next_ < spool_base_ + spool_->size()) return;
  spool_.reset();
  mark_.reset();
}

Result<std::size_t> ByteWindow::read_at(std::uint64_t offset, std::span<std::byte> into) {
  if (offset >= base_ + front_ && offset < base_ + end_) {
    const std::size_t from = static_cast<std::size_t>(offset - base_);
    const std::size_t n = std::min(into.size(), end_ - from);
    std::memcpy(into.data(), buffer_ + from, n);
    return n;
  }
  if (seekable_) return source_->read_at(offset, into);
  if (spool_ == nullptr || offset < spool_base_) {
    return Error{.code = ErrorCode::kInternal,
                 .message = "read outside the kept part of a stream",
                 .path = path()};
  }
  const std::uint64_t left =
      spool_base_ + spool_->size() - std::min(offset, spool_base_ + spool_->size());
  return spool_->read_at(
      offset - spool_base_,
      into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size()))));
}

void ByteWindow::inflate(Compression compression) {
  if (!seekable_) {
    std::vector<std::byte> prefix(buffer_, buffer_ + end_);
    source_ = std::make_unique<PrefixedSource>(std::move(prefix), std::move(source_));
  }
  source_ = inflate_source(std::move(source_), compression);
  seekable_ = false;
  front_ = begin_ = end_ = 0;
  base_ = next_ = 0;
  mark_.reset();
  spool_.reset();
}

}  // namespace tfevents
