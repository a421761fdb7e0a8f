#include "support/fault_sys.hpp"

#include <algorithm>
#include <utility>

namespace tfevents::test {

class FaultSys::File final : public OpenFile {
 public:
  File(FaultSys& sys, std::unique_ptr<OpenFile> inner, std::string path)
      : sys_(sys), inner_(std::move(inner)), path_(std::move(path)) {
    const std::int64_t now = ++sys_.open_files_;
    std::int64_t most = sys_.most_open_files_;
    while (now > most && !sys_.most_open_files_.compare_exchange_weak(most, now)) {
    }
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() override { --sys_.open_files_; }

  Result<std::size_t> read(std::span<std::byte> into) override {
    TFEVENTS_CHECK(sys_.step(path_));
    return inner_->read(into.first(std::min(into.size(), sys_.most_bytes_)));
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    TFEVENTS_CHECK(sys_.step(path_));
    return inner_->read_at(offset, into.first(std::min(into.size(), sys_.most_bytes_)));
  }
  Result<FileInfo> info() override {
    TFEVENTS_CHECK(sys_.step(path_));
    return inner_->info();
  }

 private:
  FaultSys& sys_;
  std::unique_ptr<OpenFile> inner_;
  std::string path_;
};

void FaultSys::fail_at(std::uint64_t n, int errno_value, bool onward) {
  at_ = n;
  errno_value_ = errno_value;
  onward_ = onward;
}

void FaultSys::fail_path(std::string path, int errno_value) {
  bad_path_ = std::move(path);
  bad_path_errno_ = errno_value;
}

void FaultSys::stop_at(std::uint64_t n, StopFlag& stop) {
  act_at(n, [&stop] { stop.request(); });
}

void FaultSys::act_at(std::uint64_t n, std::function<void()> action) {
  at_ = n;
  action_ = std::move(action);
}

Status FaultSys::step(const std::string& path) {
  const std::uint64_t n = calls_++;
  if (n == at_ || (onward_ && n > at_)) {
    fired_ = true;
    if (action_) action_();
    if (errno_value_ != 0) return system_error(errno_value_, path);
  }
  if (bad_path_errno_ != 0 && path == bad_path_) return system_error(bad_path_errno_, path);
  return ok_status();
}

Result<std::unique_ptr<OpenFile>> FaultSys::open_read(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  TFEVENTS_TRY(std::unique_ptr<OpenFile> file, inner_.open_read(path));
  return std::unique_ptr<OpenFile>(std::make_unique<File>(*this, std::move(file), path));
}

Result<FileInfo> FaultSys::stat(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  return inner_.stat(path);
}

Result<FileInfo> FaultSys::lstat(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  return inner_.lstat(path);
}

Result<Listing> FaultSys::list(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  return inner_.list(path);
}

Result<std::string> FaultSys::real_path(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  return inner_.real_path(path);
}

}  // namespace tfevents::test
