#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/sys.hpp"

namespace tfevents {

/// Which files of this machine's processes are open: a reason to leave a file alone. That a file is
/// not among them proves nothing: other machines may have it open, and other containers.
struct OpenFileTable {
  struct Hash {
    std::size_t operator()(const FileId& id) const noexcept {
      return static_cast<std::size_t>(id.inode * 0x9E3779B97F4A7C15U ^ id.device);
    }
  };

  /// Every descriptor of every process of the machine could be looked at.
  bool complete = false;
  /// The process that has a file open; of several, the one with the least number.
  std::unordered_map<FileId, std::int64_t, Hash> files;

  /// The process that has the file open; nothing where none is known.
  [[nodiscard]] std::optional<std::int64_t> process_of(const FileId& id) const {
    const auto found = files.find(id);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
};

/// Reads /proc: regular files that other processes have open, those whose name contains
/// `name_part` alone (or whose path does, where that has a `/`). Asks the file systems of these
/// files only, so that a server that does not answer holds up nobody. Processes that end meanwhile
/// are left out. `proc` is where procfs is.
[[nodiscard]] OpenFileTable scan_open_files(const std::string& name_part,
                                            const std::string& proc = "/proc");

/// True where other machines may write to the file system of a path, so that /proc says little:
/// everything that is not known to be local, a path that cannot be looked at too.
[[nodiscard]] bool is_shared_file_system(const std::string& path);

}  // namespace tfevents
