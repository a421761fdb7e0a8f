#include "output.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "base/bytes.hpp"
#include "progress.hpp"

namespace tfevents::cli {
namespace {

constexpr std::size_t kDrainAt = 64 << 10;

Error write_error(int number) {
  return {.code = ErrorCode::kIo,
          .message = "cannot write the answer: " + std::generic_category().message(number),
          .path = "standard output"};
}

}  // namespace

Result<std::unique_ptr<Output>> Output::open(const Target& target) {
  std::unique_ptr<Output> output(new Output(target));
  if (target.file && *target.file != "-") {
    TFEVENTS_TRY(output->file_, AtomicFile::create(*target.file));
  }
  output->buffer_.reserve(kDrainAt + (kDrainAt >> 3));
  return output;
}

Status Output::drain() {
  if (buffer_.size() < kDrainAt && !tty()) return ok_status();
  return flush();
}

Status Output::flush() {
  if (!failed_ && !buffer_.empty()) {
    Status written = write(buffer_);
    if (!written.ok()) failed_ = std::move(written).error();
  }
  buffer_.clear();
  if (failed_) return *failed_;
  return ok_status();
}

Status Output::write(std::string_view text) {
  if (file_ != nullptr) return file_->write(as_bytes(text));
  if (target_.tty && target_.progress != nullptr) target_.progress->finish();
  if (target_.tty && target_.for_terminal != nullptr) {
    return write_descriptor(target_.for_terminal(text));
  }
  return write_descriptor(text);
}

Status Output::write_descriptor(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(target_.descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      broken_pipe_ = true;
      return Error{.code = ErrorCode::kCancelled, .message = "the reader of the answer has gone"};
    } else if (errno != EINTR) {
      return write_error(errno);
    }
  }
  return ok_status();
}

void Output::discard() noexcept {
  buffer_.clear();
  file_.reset();
}

Status Output::finish() {
  TFEVENTS_CHECK(flush());
  if (file_ != nullptr) return file_->commit();
  // Network file systems report a full disk only here. A descriptor that was closed from the start
  // (`>&-`) has failed above, unless there was nothing to write.
  const int copy = ::dup(target_.descriptor);
  if (copy < 0) return ok_status();
  if (::close(copy) != 0 && errno != EINTR) return write_error(errno);
  return ok_status();
}

}  // namespace tfevents::cli
