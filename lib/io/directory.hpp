#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/sys.hpp"

namespace tfevents {

/// What lstat(2) says of one entry: enough to recognise it later and to make it again.
struct EntryInfo {
  FileInfo file;              ///< Type, identity, size, modification time; links not followed.
  std::int64_t atime_ns = 0;  ///< Nanoseconds since the epoch.
  std::int64_t ctime_ns = 0;  ///< Nanoseconds since the epoch.
  std::uint32_t mode = 0;     ///< Permission bits, `07777`.
  std::uint32_t owner = 0;    ///< User id.
  std::uint32_t group = 0;    ///< Group id.
  std::uint64_t links = 0;    ///< Hard links.
};

/// A file being written, made by Directory. Closes itself without syncing. Not thread-safe.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// Writes all of it at the end of what was written so far. Unbuffered.
  virtual Status write(std::span<const std::byte> bytes) = 0;
  /// fsync(2).
  virtual Status sync() = 0;
  /// fstat(2).
  virtual Result<EntryInfo> info() = 0;
  /// Takes an exclusive advisory lock (flock(2)) without waiting; false: somebody else holds it.
  /// It lasts until the file is closed, at the latest by the end of the process.
  virtual Result<bool> try_lock() = 0;
  /// Cuts the file to nothing; what is written next stands at its start.
  virtual Status clear() = 0;
  /// Directory::set_attributes of this file, whatever has its name by now.
  virtual Status set_attributes(const EntryInfo& like) = 0;
};

/// An open directory: everything here happens to entries of *this* directory, whatever was renamed,
/// moved or replaced by a link on the way to it since it was opened. The writing half of Sys.
///
/// Names are single parts of a path: one that is empty, `.`, `..`, or holds `/` or NUL is refused
/// as kInternal before the system sees it. No call follows a symbolic link. Errors are Sys's, with
/// the path of the directory as it was opened joined with the name: kNotFound, kExists, kIo, and
/// kRefused where an entry is a link or lies on another device. EINTR is retried. Not thread-safe.
///
/// Opening an entry refuses mounts (openat2 with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
/// RESOLVE_NO_XDEV). Where the kernel lacks that call, a directory is refused whose device is
/// another; a mount of a part of the same file system is then noticed by `move` only.
///
/// Between two calls, whoever may write in the directory can put something else at a name. So look
/// at what is open (`info`), or at what has arrived in a private directory, not at names.
class Directory {
 public:
  virtual ~Directory() = default;

  /// As it was opened, for messages.
  [[nodiscard]] virtual const std::string& path() const noexcept = 0;
  /// fstat(2) of the directory itself.
  virtual Result<EntryInfo> info() = 0;
  /// lstat(2) of an entry.
  virtual Result<EntryInfo> info_of(const std::string& name) = 0;
  /// All entries, sorted by bytes of the name; types are always there.
  virtual Result<std::vector<DirEntry>> list() = 0;

  /// A directory in this one. kRefused: it is a link, or lies on another device.
  virtual Result<std::unique_ptr<Directory>> open_directory(const std::string& name) = 0;
  /// Anything but a link for reading; never waits on a FIFO. Its `info` says what it is.
  virtual Result<std::unique_ptr<OpenFile>> open_read(const std::string& name) = 0;
  /// Whether anybody has a regular file open for writing, or mapped: what is written then may come
  /// at any time. Exact on local file systems, in whatever container the writer is; nothing where
  /// the kernel does not tell (servers; files of others, for all but root).
  [[nodiscard]] virtual std::optional<bool> is_being_written(const std::string& name) = 0;
  /// A new file with exactly that mode, whatever the umask. kExists where the name is taken, by
  /// whatever.
  virtual Result<std::unique_ptr<WritableFile>> create_file(const std::string& name,
                                                            std::uint32_t mode) = 0;
  /// A regular file to add to, made as by `create_file` where there is none. kRefused: it is
  /// something else.
  virtual Result<std::unique_ptr<WritableFile>> open_append(const std::string& name,
                                                            std::uint32_t mode) = 0;
  /// mkdir(2) with exactly that mode, whatever the umask, and no inherited access list. kExists
  /// where the name is taken. kRefused: somebody has put another directory in its place before the
  /// mode was right.
  virtual Status make_directory(const std::string& name, std::uint32_t mode) = 0;

  /// Renames an entry into another (or the same) directory, made by the same Sys. Never replaces
  /// anything: kExists where the new name is taken, then with the path of that.
  ///
  /// renameat2 with RENAME_NOREPLACE. File systems without it (NFS) get a check and a rename for
  /// directories and into private ones (ours, no rights for others), link and unlink for the rest:
  /// a process that is killed in between leaves both names, of the same inode. Two directories that
  /// are both not private leave an instant there in which an enemy can lose a file of their own.
  virtual Status move(const std::string& name, Directory& to, const std::string& new_name) = 0;
  /// unlink(2): a file, a link, a FIFO; never a directory.
  virtual Status remove_file(const std::string& name) = 0;
  /// rmdir(2). kExists: it is not empty.
  virtual Status remove_directory(const std::string& name) = 0;
  /// Gives an entry that is no link the mode, owner, group and times of `like`. Owner and group are
  /// tried and left where the system does not permit them: only root may give files away. A file
  /// that could not be given away gets no set-user-id (set-group-id) bit. kUnsupported without
  /// /proc. As root, only for entries nobody else can replace: better `set_own_attributes`, or
  /// those of WritableFile, which know what they change.
  virtual Status set_attributes(const std::string& name, const EntryInfo& like) = 0;
  /// The same of this directory itself, opened long ago and seen to be the right one.
  virtual Status set_own_attributes(const EntryInfo& like) = 0;
  /// fsync(2) of the directory: its entries survive a power cut. Fine where there is no such thing.
  virtual Status sync() = 0;
};

}  // namespace tfevents
