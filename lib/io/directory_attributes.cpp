#include <utility>

#include <sys/stat.h>
#include <sys/xattr.h>

#include "io/directory_posix.hpp"

namespace tfevents::posix {

namespace {

constexpr mode_t kModeBits = 07777;

/// The inode behind a descriptor of O_PATH, for calls that know only paths. Following this name
/// leads to that inode and nowhere else.
std::string proc_name(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

/// After a call through `proc_name` has failed.
Error proc_error(int error_number, const std::string& path) {
  if (error_number != ENOENT && error_number != ENOTDIR) return system_error(error_number, path);
  return {.code = ErrorCode::kUnsupported,
          .message = "its attributes cannot be changed without /proc",
          .path = path,
          .hint = "mount /proc"};
}

timespec to_timespec(std::int64_t time_ns) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  std::int64_t seconds = time_ns / kPerSecond;
  std::int64_t rest = time_ns % kPerSecond;
  if (rest < 0) {  // the kernel counts from the second before
    rest += kPerSecond;
    --seconds;
  }
  return {.tv_sec = seconds, .tv_nsec = rest};
}

Status give_to(int descriptor, uid_t owner, gid_t group, const std::string& path) {
  if (retry([&] { return ::fchownat(descriptor, "", owner, group, AT_EMPTY_PATH); }) == 0) {
    return ok_status();
  }
  // EINVAL: the id means nothing in this user namespace.
  if (errno == EPERM || errno == EINVAL) return ok_status();
  return system_error(errno, path);
}

Status set_times(int descriptor, const EntryInfo& like, const std::string& path) {
  const timespec times[2] = {to_timespec(like.atime_ns), to_timespec(like.file.mtime_ns)};
  if (retry([&] { return ::futimens(descriptor, times); }) == 0) return ok_status();
  if (errno != EBADF) return system_error(errno, path);
  const std::string name = proc_name(descriptor);
  if (retry([&] { return ::utimensat(AT_FDCWD, name.c_str(), times, 0); }) == 0) {
    return ok_status();
  }
  return proc_error(errno, path);
}

}  // namespace

Error entry_error(int error_number, std::string path) {
  Error error = system_error(error_number, std::move(path));
  switch (error_number) {
    case EEXIST:
    case ENOTEMPTY: error.code = ErrorCode::kExists; break;
    case ELOOP:
      error.code = ErrorCode::kRefused;
      error.message = "is a symbolic link";
      break;
    case EXDEV:
      error.code = ErrorCode::kRefused;
      error.message = "lies on another device";
      break;
    default: break;
  }
  return error;
}

EntryInfo to_entry_info(const struct stat& info) {
  return {.file = to_info(info),
          .atime_ns = nanoseconds(info.st_atim),
          .ctime_ns = nanoseconds(info.st_ctim),
          .mode = info.st_mode & kModeBits,
          .owner = info.st_uid,
          .group = info.st_gid,
          .links = info.st_nlink};
}

Result<EntryInfo> read_entry_info(int descriptor, const std::string& path) {
  struct stat info {};
  if (retry([&] { return ::fstat(descriptor, &info); }) != 0) return system_error(errno, path);
  return to_entry_info(info);
}

Status set_mode(int descriptor, mode_t mode, const std::string& path) {
  if (retry([&] { return ::fchmod(descriptor, mode); }) == 0) return ok_status();
  if (errno != EBADF) return system_error(errno, path);
  const std::string name = proc_name(descriptor);
  if (retry([&] { return ::chmod(name.c_str(), mode); }) == 0) return ok_status();
  return proc_error(errno, path);
}

Status set_mode_of_new_directory(int descriptor, mode_t mode, const std::string& path) {
  TFEVENTS_TRY(const EntryInfo info, read_entry_info(descriptor, path));
  if (info.mode == mode) return ok_status();
  // mkdir takes bits away (the umask) and may inherit the set-group-id bit. Anything else is not
  // the directory that we made, and not ours to change.
  if (info.owner != ::geteuid() || (info.mode & ~mode & kModeBits & ~mode_t{S_ISGID}) != 0) {
    return Error{.code = ErrorCode::kRefused,
                 .message = "has another owner or mode than it was made with",
                 .path = path};
  }
  return set_mode(descriptor, mode, path);
}

void drop_access_lists(int descriptor) {
  const Descriptor opened(
      retry([&] { return ::openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  // Most file systems have none, and say so.
  for (const char* name : {"system.posix_acl_default", "system.posix_acl_access"}) {
    if (opened) static_cast<void>(::fremovexattr(opened.get(), name));
  }
}

Status set_attributes(int descriptor, const EntryInfo& like, const std::string& path) {
  TFEVENTS_TRY(EntryInfo now, read_entry_info(descriptor, path));
  if (now.file.type == FileType::kSymlink) return entry_error(ELOOP, path);
  constexpr auto kSame = static_cast<uid_t>(-1);
  // The group first: who has given a file away may not change it any more. Each alone: a plain user
  // may hand a file to another of their groups, and to no other user.
  if (now.group != like.group) TFEVENTS_CHECK(give_to(descriptor, kSame, like.group, path));
  if (now.owner != like.owner) TFEVENTS_CHECK(give_to(descriptor, like.owner, kSame, path));
  // The mode after the owner: chown(2) takes the set-user-id bit away. That bit must not come back
  // on a file which stayed ours: others could then run it as us.
  TFEVENTS_TRY(now, read_entry_info(descriptor, path));
  mode_t mode = like.mode & kModeBits;
  if (now.file.type != FileType::kDirectory) {
    if (now.owner != like.owner) mode &= ~mode_t{S_ISUID};
    if (now.group != like.group) mode &= ~mode_t{S_ISGID};
  }
  if (now.mode != mode) TFEVENTS_CHECK(set_mode(descriptor, mode, path));
  return set_times(descriptor, like, path);
}

}  // namespace tfevents::posix
