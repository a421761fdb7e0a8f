#include <utility>

#include <sys/file.h>

#include "io/directory_posix.hpp"

namespace tfevents::posix {

namespace {

class RealWritableFile final : public WritableFile {
 public:
  RealWritableFile(Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Status write(std::span<const std::byte> bytes) override {
    return write_all(file_.get(), bytes, path_);
  }
  Status sync() override {
    if (retry([&] { return ::fsync(file_.get()); }) != 0) return system_error(errno, path_);
    return ok_status();
  }
  Result<EntryInfo> info() override { return read_entry_info(file_.get(), path_); }
  Result<bool> try_lock() override {
    if (retry([&] { return ::flock(file_.get(), LOCK_EX | LOCK_NB); }) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    return system_error(errno, path_);
  }
  Status clear() override {
    // Opened to append, so the next write finds the start by itself.
    if (retry([&] { return ::ftruncate(file_.get(), 0); }) != 0) return system_error(errno, path_);
    return ok_status();
  }
  Status set_attributes(const EntryInfo& like) override {
    return posix::set_attributes(file_.get(), like, path_);
  }

 private:
  Descriptor file_;
  std::string path_;
};

}  // namespace

std::unique_ptr<WritableFile> to_writable_file(Descriptor file, std::string path) {
  return std::make_unique<RealWritableFile>(std::move(file), std::move(path));
}

}  // namespace tfevents::posix
