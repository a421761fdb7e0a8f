#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "io/directory_posix.hpp"

namespace tfevents::posix {

namespace {

/// 0 or the errno.
template <class Call>
int error_of(Call call) {
  return retry(call) == 0 ? 0 : errno;
}

int lstat_at(EntryPlace place, struct stat& into) {
  return error_of(
      [&] { return ::fstatat(place.directory, place.name.c_str(), &into, AT_SYMLINK_NOFOLLOW); });
}

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Nobody but this user (and root) can make or change names in it.
bool is_private(int directory) {
  struct stat info {};
  return error_of([&] { return ::fstat(directory, &info); }) == 0 && info.st_uid == ::geteuid() &&
         (info.st_mode & mode_t{S_IRWXG | S_IRWXO}) == 0;
}

int check_and_rename(EntryPlace from, EntryPlace to) {
  struct stat there {};
  const int error = lstat_at(to, there);
  if (error == 0) return EEXIST;
  if (error != ENOENT) return error;
  return error_of(
      [&] { return ::renameat(from.directory, from.name.c_str(), to.directory, to.name.c_str()); });
}

/// Takes a second name of a file away, if it is still a name of that file.
int remove_name(EntryPlace place, const struct stat& file) {
  struct stat now {};
  const int error = lstat_at(place, now);
  if (error != 0 || !is_same(now, file)) return 0;
  return error_of([&] { return ::unlinkat(place.directory, place.name.c_str(), 0); });
}

int link_and_unlink(EntryPlace from, EntryPlace to, const DirectoryCalls& calls) {
  const int error = !calls.hard_links ? EOPNOTSUPP : error_of([&] {
    return ::linkat(from.directory, from.name.c_str(), to.directory, to.name.c_str(), 0);
  });
  // A directory, or no hard links here, no more of them, none to files of others.
  if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK) {
    return check_and_rename(from, to);
  }
  if (error != 0) return error;
  struct stat linked {};
  if (lstat_at(to, linked) != 0) return 0;  // moved on by others: no longer ours to care for
  const int failed = remove_name(from, linked);
  if (failed != 0) remove_name(to, linked);
  return failed;
}

/// Where the file system cannot rename without replacing. Each way has an instant in which somebody
/// else could lose a file, so the one is taken that cannot happen: a rename could replace what was
/// made at the new name since the check, but not in a private directory (into the trash); unlinking
/// could hit what was put at the old name since the link, but not in one either (out of it).
int move_in_steps(EntryPlace from, EntryPlace to, const DirectoryCalls& calls) {
  struct stat info {};
  if (const int error = lstat_at(from, info); error != 0) return error;
  if (is_private(to.directory)) return check_and_rename(from, to);
  return link_and_unlink(from, to, calls);
}

}  // namespace

int move_entry(EntryPlace from, EntryPlace to, const DirectoryCalls& calls) {
  const int error = !calls.rename_noreplace ? EINVAL : error_of([&] {
    // Without the wrapper, which older C libraries lack.
    return ::syscall(SYS_renameat2, from.directory, from.name.c_str(), to.directory,
                     to.name.c_str(), RENAME_NOREPLACE);
  });
  return error == EINVAL || error == ENOSYS ? move_in_steps(from, to, calls) : error;
}

}  // namespace tfevents::posix
