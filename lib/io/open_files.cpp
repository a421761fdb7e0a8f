#include "io/open_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>

#include <dirent.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "io/directory_posix.hpp"

namespace tfevents {
namespace {

// The entries of a directory that are numbers; nothing where it cannot be read.
std::optional<std::vector<std::int64_t>> numbers_in(const std::string& path) {
  const std::unique_ptr<DIR, posix::CloseDirectory> directory(::opendir(path.c_str()));
  if (directory == nullptr) return std::nullopt;
  std::vector<std::int64_t> numbers;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = &entry->d_name[0];
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Errors of processes and descriptors that were there a moment ago.
bool is_gone(int error) {
  return error == ENOENT || error == ESRCH;
}

// Whether a descriptor's link leads to a wanted name; nothing where it cannot be read. A link of
// procfs says its whole path without asking the file system where the file lies.
std::optional<bool> wanted(const std::string& link, const std::string& name_part) {
  std::array<char, 4096> target{};
  const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
  if (size < 0) return std::nullopt;
  if (size == 0 || target[0] != '/') return false;
  const std::string_view path(target.data(), static_cast<std::size_t>(size));
  if (name_part.find('/') != std::string::npos) return path.find(name_part) != path.npos;
  return path.substr(path.rfind('/') + 1).find(name_part) != std::string_view::npos;
}

}  // namespace

OpenFileTable scan_open_files(const std::string& name_part, const std::string& proc) {
  OpenFileTable table;
  const auto processes = numbers_in(proc);
  // With hidepid others' processes are not even named: the first one always is there.
  if (!processes || processes->empty() || processes->front() != 1) return table;
  table.complete = true;
  for (const std::int64_t process : *processes) {
    if (process == ::getpid()) continue;
    const std::string base = proc + "/" + std::to_string(process) + "/fd";
    const auto descriptors = numbers_in(base);
    if (!descriptors) {
      // Gone, or somebody else's.
      table.complete = table.complete && is_gone(errno);
      continue;
    }
    for (const std::int64_t descriptor : *descriptors) {
      const std::string link = base + "/" + std::to_string(descriptor);
      const std::optional<bool> named = wanted(link, name_part);
      if (named == false) continue;
      struct stat info {};
      if (!named || ::stat(link.c_str(), &info) != 0) {
        // Who may list descriptors need not be allowed to look at them: root in a container.
        table.complete = table.complete && is_gone(errno);
        continue;
      }
      if (!S_ISREG(info.st_mode)) continue;
      table.files.try_emplace({.device = info.st_dev, .inode = info.st_ino}, process);
    }
  }
  return table;
}

namespace {

bool is_local(const struct statfs& info) {
  // The f_type of file systems that one kernel has for itself. Source: statfs(2), linux/magic.h.
  constexpr std::array<std::uint32_t, 18> kLocal{
      0xEF53,      // ext2, ext3, ext4
      0x58465342,  // xfs
      0x9123683E,  // btrfs
      0x01021994,  // tmpfs
      0x858458F6,  // ramfs
      0x794C7630,  // overlayfs
      0x2FC12FC1,  // zfs
      0xF2F52010,  // f2fs
      0xCA451A4E,  // bcachefs
      0x52654973,  // reiserfs
      0x3153464A,  // jfs
      0x4D44,      // fat
      0x2011BAB0,  // exfat
      0x7366746E,  // ntfs3
      0x73717368,  // squashfs
      0xE0F5E1E2,  // erofs
      0x9660,      // iso9660
      0x15013346,  // udf
  };
  return std::find(kLocal.begin(), kLocal.end(), static_cast<std::uint32_t>(info.f_type)) !=
         kLocal.end();
}

}  // namespace

bool is_shared_file_system(const std::string& path) {
  struct statfs info {};
  return ::statfs(path.c_str(), &info) != 0 || !is_local(info);
}

namespace posix {

// A read lease is given out only where nobody has the file open for writing. Source: fcntl(2).
std::optional<bool> has_writer(int descriptor) {
  struct statfs info {};
  // Servers refuse leases for reasons of their own.
  if (::fstatfs(descriptor, &info) != 0 || !is_local(info)) return std::nullopt;
  // Who opens it now is held up until the lease is given back, which sends a signal: one that does
  // nothing, since SIGIO would end us.
  if (::fcntl(descriptor, F_SETSIG, SIGURG) != 0) return std::nullopt;
  if (::fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0)
    return errno == EAGAIN ? std::optional(true) : std::nullopt;
  static_cast<void>(::fcntl(descriptor, F_SETLEASE, F_UNLCK));
  return false;
}

}  // namespace posix

}  // namespace tfevents
