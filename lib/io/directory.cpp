#include "io/directory.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "io/directory_posix.hpp"

namespace tfevents {

namespace {

using posix::Descriptor;
using posix::entry_error;
using posix::retry;

constexpr int kReadDirectory =
    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr int kReadFile = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr int kAppend = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr int kCreate = kAppend | O_CREAT | O_EXCL;
/// Only to say which inode is meant: opens anything, and does nothing to it.
constexpr int kReferTo = O_PATH | O_NOFOLLOW | O_CLOEXEC;

class RealDirectory final : public Directory {
 public:
  RealDirectory(Descriptor directory, std::uint64_t device, std::string path,
                const posix::DirectoryCalls& calls)
      : directory_(std::move(directory)), device_(device), path_(std::move(path)), calls_(calls) {}

  [[nodiscard]] const std::string& path() const noexcept override { return path_; }
  Result<EntryInfo> info() override { return posix::read_entry_info(directory_.get(), path_); }

  Result<EntryInfo> info_of(const std::string& name) override {
    TFEVENTS_CHECK(check_name(name));
    struct stat info {};
    if (lstat_entry(name, info) != 0) return error_at(errno, name);
    return posix::to_entry_info(info);
  }

  Result<std::vector<DirEntry>> list() override;

  Result<std::unique_ptr<Directory>> open_directory(const std::string& name) override {
    TFEVENTS_CHECK(check_name(name));
    Descriptor opened = open_entry(name, kReadDirectory);
    if (!opened) return error_at(errno, name);
    std::string path = join_path(path_, name);
    TFEVENTS_TRY(const EntryInfo info, posix::read_entry_info(opened.get(), path));
    // Also where the kernel has refused mounts: subvolumes are devices without being mounts.
    if (info.file.id.device != device_) return entry_error(EXDEV, std::move(path));
    return std::unique_ptr<Directory>(
        std::make_unique<RealDirectory>(std::move(opened), device_, std::move(path), calls_));
  }

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& name) override {
    TFEVENTS_CHECK(check_name(name));
    Descriptor file = open_entry(name, kReadFile);
    if (!file) return error_at(errno, name);
    return posix::to_open_file(std::move(file), join_path(path_, name));
  }

  std::optional<bool> is_being_written(const std::string& name) override {
    if (!check_name(name).ok()) return std::nullopt;
    const Descriptor file = open_entry(name, kReadFile);
    if (file) return posix::has_writer(file.get());
    // Somebody holds a lease, and is told to give it up.
    return errno == EWOULDBLOCK ? std::optional(true) : std::nullopt;
  }

  Result<std::unique_ptr<WritableFile>> create_file(const std::string& name,
                                                    std::uint32_t mode) override {
    TFEVENTS_CHECK(check_name(name));
    Descriptor file = open_entry(name, kCreate, mode);
    if (!file) return error_at(errno, name);
    std::string path = join_path(path_, name);
    TFEVENTS_TRY(const EntryInfo info, posix::read_entry_info(file.get(), path));
    if (info.mode != mode) TFEVENTS_CHECK(posix::set_mode(file.get(), mode, path));
    return posix::to_writable_file(std::move(file), std::move(path));
  }

  Result<std::unique_ptr<WritableFile>> open_append(const std::string& name,
                                                    std::uint32_t mode) override;
  Status make_directory(const std::string& name, std::uint32_t mode) override;
  Status move(const std::string& name, Directory& to, const std::string& new_name) override;

  Status remove_file(const std::string& name) override { return remove(name, 0); }
  Status remove_directory(const std::string& name) override { return remove(name, AT_REMOVEDIR); }

  Status set_attributes(const std::string& name, const EntryInfo& like) override {
    TFEVENTS_CHECK(check_name(name));
    const Descriptor entry = open_entry(name, kReferTo);
    if (!entry) return error_at(errno, name);
    return posix::set_attributes(entry.get(), like, join_path(path_, name));
  }
  Status set_own_attributes(const EntryInfo& like) override {
    return posix::set_attributes(directory_.get(), like, path_);
  }

  Status sync() override {
    // EINVAL, ENOTSUP: there is no such thing on this file system.
    if (retry([&] { return ::fsync(directory_.get()); }) != 0 && errno != EINVAL &&
        errno != ENOTSUP) {
      return system_error(errno, path_);
    }
    return ok_status();
  }

 private:
  [[nodiscard]] Status check_name(const std::string& name) const {
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos) {
      return Error{
          .code = ErrorCode::kInternal, .message = "not the name of an entry", .path = path_};
    }
    return ok_status();
  }

  [[nodiscard]] int lstat_entry(const std::string& name, struct stat& into) const {
    return retry(
        [&] { return ::fstatat(directory_.get(), name.c_str(), &into, AT_SYMLINK_NOFOLLOW); });
  }

  /// `flags` have O_NOFOLLOW. errno where it fails: ELOOP for links, EXDEV for mounts.
  [[nodiscard]] Descriptor open_entry(const std::string& name, int flags, mode_t mode = 0) const {
    if (calls_.openat2) {
      open_how how{};
      how.flags = static_cast<unsigned>(flags);
      how.mode = mode;
      how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
      const auto opened = static_cast<int>(retry([&] {
        return ::syscall(SYS_openat2, directory_.get(), name.c_str(), &how, sizeof(how));
      }));
      // EPERM: sandboxes that do not know the call; where it is meant, openat says so again.
      if (opened >= 0 || (errno != ENOSYS && errno != EPERM && errno != E2BIG)) {
        return Descriptor(opened);
      }
    }
    return Descriptor(retry([&] { return ::openat(directory_.get(), name.c_str(), flags, mode); }));
  }

  /// The error of a call on an entry. Where a directory was asked for and a link was found, the
  /// kernel says ENOTDIR, which would send people the wrong way.
  [[nodiscard]] Error error_at(int error_number, const std::string& name) const {
    struct stat info {};
    if (error_number == ENOTDIR && lstat_entry(name, info) == 0 && S_ISLNK(info.st_mode)) {
      error_number = ELOOP;
    }
    return entry_error(error_number, join_path(path_, name));
  }

  [[nodiscard]] Error not_regular(const std::string& name) const {
    return {.code = ErrorCode::kRefused,
            .message = "is not a regular file",
            .path = join_path(path_, name)};
  }

  Status remove(const std::string& name, int flags) {
    TFEVENTS_CHECK(check_name(name));
    if (retry([&] { return ::unlinkat(directory_.get(), name.c_str(), flags); }) != 0) {
      return error_at(errno, name);
    }
    return ok_status();
  }

  Descriptor directory_;
  std::uint64_t device_;
  std::string path_;
  posix::DirectoryCalls calls_;
};

// Without readdir(3), whose streams cost five system calls a directory more.
Result<std::vector<DirEntry>> RealDirectory::list() {
  if (::lseek(directory_.get(), 0, SEEK_SET) != 0) return system_error(errno, path_);
  std::vector<DirEntry> entries;
  alignas(dirent64) std::array<char, std::size_t{32} * 1024> buffer;
  while (true) {
    const ssize_t size =
        posix::retry([&] { return ::getdents64(directory_.get(), buffer.data(), buffer.size()); });
    if (size < 0) return system_error(errno, path_);
    if (size == 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      const auto* const entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      std::string name = &entry->d_name[0];
      if (name == "." || name == "..") continue;
      std::optional<FileType> type;
      if (calls_.entry_types) type = posix::type_of_entry(entry->d_type);
      if (!type) {
        struct stat info {};
        if (lstat_entry(name, info) != 0) {
          if (errno == ENOENT) continue;  // gone since
          return error_at(errno, name);
        }
        type = posix::to_info(info).type;
      }
      entries.push_back({.name = std::move(name), .type = type});
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

Result<std::unique_ptr<WritableFile>> RealDirectory::open_append(const std::string& name,
                                                                 std::uint32_t mode) {
  constexpr int kAttempts = 16;  // each needs somebody who makes or removes the file meanwhile
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Result<std::unique_ptr<WritableFile>> made = create_file(name, mode);
    if (made.ok() || made.error().code != ErrorCode::kExists) return made;
    Descriptor file = open_entry(name, kAppend);
    if (!file && errno == ENOENT) continue;
    // What a FIFO without reader, a socket and a directory say.
    if (!file && (errno == ENXIO || errno == EISDIR)) return not_regular(name);
    if (!file) return error_at(errno, name);
    std::string path = join_path(path_, name);
    TFEVENTS_TRY(const EntryInfo info, posix::read_entry_info(file.get(), path));
    if (info.file.type != FileType::kRegular) return not_regular(name);
    return posix::to_writable_file(std::move(file), std::move(path));
  }
  return Error{.code = ErrorCode::kChanged,
               .message = "is made and removed again and again",
               .path = join_path(path_, name)};
}

Status RealDirectory::make_directory(const std::string& name, std::uint32_t mode) {
  TFEVENTS_CHECK(check_name(name));
  if (retry([&] { return ::mkdirat(directory_.get(), name.c_str(), mode); }) != 0) {
    return error_at(errno, name);
  }
  const Descriptor made = open_entry(name, kReferTo | O_DIRECTORY);
  if (!made) return error_at(errno, name);
  TFEVENTS_CHECK(posix::set_mode_of_new_directory(made.get(), mode, join_path(path_, name)));
  posix::drop_access_lists(made.get());
  return ok_status();
}

Status RealDirectory::move(const std::string& name, Directory& to, const std::string& new_name) {
  TFEVENTS_CHECK(check_name(name));
  TFEVENTS_CHECK(check_name(new_name));
  const auto* const target = dynamic_cast<RealDirectory*>(&to);
  if (target == nullptr) {
    return Error{.code = ErrorCode::kInternal,
                 .message = "two directories of different file layers",
                 .path = to.path()};
  }
  const int error =
      posix::move_entry({.directory = directory_.get(), .name = name},
                        {.directory = target->directory_.get(), .name = new_name}, calls_);
  if (error == 0) return ok_status();
  if (error == EEXIST || error == ENOTEMPTY) {
    return entry_error(error, join_path(target->path_, new_name));
  }
  return entry_error(error, join_path(path_, name));
}

/// `dir//` and `dir/.` are `dir`: either would follow a link that `dir` is.
std::string without_slashes(const std::string& path) {
  std::string_view rest = path;
  while (rest.size() > 1 && (rest.ends_with('/') || rest.ends_with("/."))) rest.remove_suffix(1);
  return std::string(rest);
}

Error link_refused(const std::string& path) {
  Error error = entry_error(ELOOP, path);
  const Result<std::string> real = real_sys().real_path(path);
  error.hint = real.ok() ? "name the directory itself: " + *real : "it leads nowhere";
  return error;
}

}  // namespace

namespace posix {

Result<std::unique_ptr<Directory>> open_directory(const std::string& path, DirectoryCalls calls) {
  if (path.find('\0') != std::string::npos) return system_error(EINVAL, path);
  std::string name = without_slashes(path);
  Descriptor opened(retry([&] { return ::open(name.c_str(), kReadDirectory); }));
  if (!opened) {
    const int error = errno;
    const Result<FileInfo> found = real_sys().lstat(name);
    if (found.ok() && found->type == FileType::kSymlink) return link_refused(name);
    return system_error(error, std::move(name));
  }
  TFEVENTS_TRY(const EntryInfo info, read_entry_info(opened.get(), name));
  return std::unique_ptr<Directory>(std::make_unique<RealDirectory>(
      std::move(opened), info.file.id.device, std::move(name), calls));
}

}  // namespace posix

}  // namespace tfevents
