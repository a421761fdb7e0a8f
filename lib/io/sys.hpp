#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tfevents {

enum class FileType : std::uint8_t { kRegular, kDirectory, kSymlink, kOther };

/// Which file this is, whatever its name: equal identities are the same inode.
struct FileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison with 0 for a pointer.
  friend auto operator<=>(const FileId&, const FileId&) = default;
};

/// What stat(2) says, in our units.
struct FileInfo {
  FileType type = FileType::kOther;
  FileId id;
  std::uint64_t size = 0;     ///< Bytes.
  std::int64_t mtime_ns = 0;  ///< Nanoseconds since the epoch.
};

struct DirEntry {
  std::string name;              ///< Raw bytes, never `.` or `..`.
  std::optional<FileType> type;  ///< From d_type; nothing where the file system does not tell.
};

/// One directory, read.
struct Listing {
  FileInfo info;                  ///< Of the directory itself, links followed.
  std::vector<DirEntry> entries;  ///< Sorted by bytes of the name.
};

/// An open file. Closes itself. Not thread-safe.
class OpenFile {
 public:
  virtual ~OpenFile() = default;
  /// Reads up to `into.size()` bytes at the file position; 0 means end of file for now. EINTR is
  /// retried. A pipe whose writer is silent makes this wait: check `info().type` after opening what
  /// strangers could have put there.
  virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
  /// Reads up to `into.size()` bytes at `offset`, the position unchanged. kUnsupported on pipes.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) = 0;
  /// fstat.
  virtual Result<FileInfo> info() = 0;
};

class Directory;

/// Every file-system call goes through here or through what it opens, so that a test can stop, fail
/// or count at call n. Errors carry the path and the system's words (`permission denied`); a
/// missing file is kNotFound, others kIo. Thread-safe.
class Sys {
 public:
  virtual ~Sys() = default;
  /// Opens for reading, O_CLOEXEC | O_NOCTTY | O_NONBLOCK (a FIFO never blocks), symlinks followed.
  virtual Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) = 0;
  virtual Result<FileInfo> stat(const std::string& path) = 0;  ///< Follows symlinks.
  virtual Result<FileInfo> lstat(const std::string& path) = 0;
  /// Opens a directory, says what it is and what is in it: cheaper than `stat` and reading it.
  virtual Result<Listing> list(const std::string& path) = 0;
  /// Canonical absolute path, all links resolved.
  virtual Result<std::string> real_path(const std::string& path) = 0;
  /// Opens a directory to change what is in it (io/directory.hpp). Links on the way are followed;
  /// kRefused where the last part of the path is one.
  virtual Result<std::unique_ptr<Directory>> open_directory(const std::string& path);
};

/// The real file system.
Sys& real_sys();

/// `dir` + `/` + `name`; `name` alone where `dir` is `.` is NOT shortened: callers decide how names
/// look.
[[nodiscard]] std::string join_path(std::string_view dir, std::string_view name);

/// Of `runs//`, `runs`; `/` stays.
[[nodiscard]] std::string without_trailing_slashes(std::string path);

/// True when a name is longer than that of a directory by whole parts; all lie below `.` but
/// itself.
[[nodiscard]] bool lies_below(std::string_view name, std::string_view directory) noexcept;

/// The Error for an errno value: its text in lower case, kNotFound for ENOENT and ENOTDIR, kIo for
/// all others, with a hint where one is obvious.
[[nodiscard]] Error system_error(int error_number, std::string path);

/// True for the Error of a link that leads to itself (ELOOP), which is damage of the tree and no
/// I/O trouble.
[[nodiscard]] bool is_link_loop(const Error& error);

}  // namespace tfevents
