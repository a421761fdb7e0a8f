#include "support/fault_sys.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/directory_posix.hpp"

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

class FaultSys::OutFile final : public WritableFile {
 public:
  OutFile(FaultSys& sys, std::unique_ptr<WritableFile> inner, std::string path)
      : sys_(sys), inner_(std::move(inner)), path_(std::move(path)) {}

  Status write(std::span<const std::byte> bytes) override {
    TFEVENTS_CHECK(step());
    const std::size_t room = sys_.take_room(bytes.size());
    if (room > 0 || bytes.empty()) TFEVENTS_CHECK(inner_->write(bytes.first(room)));
    if (room < bytes.size()) return system_error(ENOSPC, path_);
    return ok_status();
  }
  Status sync() override {
    TFEVENTS_CHECK(step());
    return inner_->sync();
  }
  Result<EntryInfo> info() override {
    TFEVENTS_CHECK(step());
    return inner_->info();
  }
  Result<bool> try_lock() override {
    TFEVENTS_CHECK(step());
    return inner_->try_lock();
  }
  Status clear() override {
    TFEVENTS_CHECK(step());
    return inner_->clear();
  }
  Status set_attributes(const EntryInfo& like) override {
    TFEVENTS_CHECK(step());
    return inner_->set_attributes(like);
  }

 private:
  Status step() { return sys_.step(path_, &posix::entry_error); }

  FaultSys& sys_;
  std::unique_ptr<WritableFile> inner_;
  std::string path_;
};

class FaultSys::OpenedDirectory final : public Directory {
 public:
  OpenedDirectory(FaultSys& sys, std::unique_ptr<Directory> inner)
      : sys_(sys), inner_(std::move(inner)) {}

  [[nodiscard]] const std::string& path() const noexcept override { return inner_->path(); }
  Result<EntryInfo> info() override {
    TFEVENTS_CHECK(step());
    return inner_->info();
  }
  Result<EntryInfo> info_of(const std::string& name) override {
    TFEVENTS_CHECK(step(name));
    return inner_->info_of(name);
  }
  Result<std::vector<DirEntry>> list() override {
    TFEVENTS_CHECK(step());
    return inner_->list();
  }
  Result<std::unique_ptr<Directory>> open_directory(const std::string& name) override {
    TFEVENTS_CHECK(step(name));
    TFEVENTS_TRY(std::unique_ptr<Directory> opened, inner_->open_directory(name));
    return std::unique_ptr<Directory>(std::make_unique<OpenedDirectory>(sys_, std::move(opened)));
  }
  Result<std::unique_ptr<OpenFile>> open_read(const std::string& name) override {
    TFEVENTS_CHECK(step(name));
    TFEVENTS_TRY(std::unique_ptr<OpenFile> file, inner_->open_read(name));
    return std::unique_ptr<OpenFile>(
        std::make_unique<File>(sys_, std::move(file), join_path(path(), name)));
  }
  std::optional<bool> is_being_written(const std::string& name) override {
    return step(name).ok() ? inner_->is_being_written(name) : std::nullopt;
  }
  Result<std::unique_ptr<WritableFile>> create_file(const std::string& name,
                                                    std::uint32_t mode) override {
    TFEVENTS_CHECK(step(name));
    return wrap(inner_->create_file(name, mode), name);
  }
  Result<std::unique_ptr<WritableFile>> open_append(const std::string& name,
                                                    std::uint32_t mode) override {
    TFEVENTS_CHECK(step(name));
    return wrap(inner_->open_append(name, mode), name);
  }
  Status make_directory(const std::string& name, std::uint32_t mode) override {
    TFEVENTS_CHECK(step(name));
    return inner_->make_directory(name, mode);
  }
  Status move(const std::string& name, Directory& to, const std::string& new_name) override {
    TFEVENTS_CHECK(step(name));
    auto* const target = dynamic_cast<OpenedDirectory*>(&to);
    return inner_->move(name, target != nullptr ? *target->inner_ : to, new_name);
  }
  Status remove_file(const std::string& name) override {
    TFEVENTS_CHECK(step(name));
    return inner_->remove_file(name);
  }
  Status remove_directory(const std::string& name) override {
    TFEVENTS_CHECK(step(name));
    return inner_->remove_directory(name);
  }
  Status set_attributes(const std::string& name, const EntryInfo& like) override {
    TFEVENTS_CHECK(step(name));
    return inner_->set_attributes(name, like);
  }
  Status set_own_attributes(const EntryInfo& like) override {
    TFEVENTS_CHECK(step());
    return inner_->set_own_attributes(like);
  }
  Status sync() override {
    TFEVENTS_CHECK(step());
    return inner_->sync();
  }

 private:
  Status step() { return sys_.step(path(), &posix::entry_error); }
  Status step(const std::string& name) {
    return sys_.step(join_path(path(), name), &posix::entry_error);
  }
  Result<std::unique_ptr<WritableFile>> wrap(Result<std::unique_ptr<WritableFile>> file,
                                             const std::string& name) {
    if (!file.ok()) return file;
    return std::unique_ptr<WritableFile>(
        std::make_unique<OutFile>(sys_, std::move(file).value(), join_path(path(), name)));
  }

  FaultSys& sys_;
  std::unique_ptr<Directory> inner_;
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

Status FaultSys::step(const std::string& path, MakeError make_error) {
  const std::uint64_t n = calls_++;
  if (n == at_ || (onward_ && n > at_)) {
    fired_ = true;
    if (action_) action_();
    if (errno_value_ != 0) return make_error(errno_value_, path);
  }
  if (bad_path_errno_ != 0 && path == bad_path_) return make_error(bad_path_errno_, path);
  return ok_status();
}

std::size_t FaultSys::take_room(std::size_t bytes) {
  std::uint64_t room = room_;
  std::uint64_t taken = std::min<std::uint64_t>(room, bytes);
  while (!room_.compare_exchange_weak(room, room - taken)) {
    taken = std::min<std::uint64_t>(room, bytes);
  }
  return static_cast<std::size_t>(taken);
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

Result<std::unique_ptr<Directory>> FaultSys::open_directory(const std::string& path) {
  TFEVENTS_CHECK(step(path));
  TFEVENTS_TRY(std::unique_ptr<Directory> opened, inner_.open_directory(path));
  return std::unique_ptr<Directory>(std::make_unique<OpenedDirectory>(*this, std::move(opened)));
}

}  // namespace tfevents::test
