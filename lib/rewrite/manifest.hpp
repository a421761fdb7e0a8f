#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "io/directory.hpp"
#include "io/sys.hpp"

namespace tfevents::rewrite {

/// On whose behalf a trash is written. Names come from the caller: looking them up reads other
/// files, and may ask a network.
struct Actor {
  std::uint32_t uid = 0;  ///< Effective user id of this process.
  std::string user;
  std::string host;
  std::int64_t pid = 0;
  std::string command;  ///< As people read it: `tfevents prune runs`.
  friend bool operator==(const Actor&, const Actor&) = default;
};

/// First line of a manifest.
struct ManifestHeader {
  std::string batch;         ///< The id, which is the name of its directory too.
  double time = 0;           ///< Epoch seconds of the beginning.
  std::uint64_t device = 0;  ///< Of the trash when this was written; see same_object().
  Actor who;
  std::string policy;  ///< As people read it. Above 8 KiB it is cut, as all of `who` is.
  friend bool operator==(const ManifestHeader&, const ManifestHeader&) = default;
};

/// A directory that might have to be made again.
struct PlannedDirectory {
  std::string path;  ///< Relative to the operand, raw bytes.
  EntryInfo info;    ///< Identity, mode, owner, group, times.
};

/// A file (or link, or other object that is no directory) that is to go.
struct PlannedFile {
  std::string path;   ///< Relative to the operand, raw bytes.
  std::string trial;  ///< For reports, raw bytes.
  std::string run;    ///< For reports, raw bytes.
  FileInfo info;      ///< What it must be when its turn comes.
};

/// One object of a batch: what was planned, or what came instead of it.
struct ManifestFile {
  std::uint64_t number = 0;  ///< From 1; its name in the batch.
  PlannedFile file;
  /// It was not planned: it took a planned file's place at the last moment and could not go back,
  /// since its name was taken. Restored like any other, never emptied.
  bool stray = false;
};

/// Ends the intent: from here on things move.
struct ManifestSeal {
  std::uint64_t files = 0;
  std::uint64_t directories = 0;
  friend bool operator==(const ManifestSeal&, const ManifestSeal&) = default;
};

/// A listed directory was empty and is removed.
struct ManifestGone {
  std::string path;
  friend bool operator==(const ManifestGone&, const ManifestGone&) = default;
};

/// A listed directory that a restore is about to put something into. Its mode and times may be
/// wrong as long as the batch is there.
struct ManifestTouched {
  std::string path;
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;  ///< Before that; nanoseconds since the epoch.
  bool made = false;          ///< It was made again, by us.
  friend bool operator==(const ManifestTouched&, const ManifestTouched&) = default;
};

using ManifestLine = std::variant<ManifestHeader, PlannedDirectory, ManifestFile, ManifestSeal,
                                  ManifestGone, ManifestTouched>;

/// Entries a manifest may have.
inline constexpr std::uint64_t kMaxManifestEntries = 40'000'000;
/// Entries one act may announce: room is left for what is noted on the way.
inline constexpr std::uint64_t kMaxPlannedEntries = 10'000'000;
/// Bytes of a path, or of the name of a trial or a run.
inline constexpr std::size_t kMaxManifestPath = 4095;
/// Bytes of a line, its end included.
inline constexpr std::size_t kMaxManifestLine = 256 * 1024;

/// The one rule for paths, for those that are written and for those that are read: relative, 1 to
/// kMaxManifestPath bytes, no NUL, no part that is empty, `.`, `..`, above 255 bytes, or begins
/// with `.tfe-`.
[[nodiscard]] bool is_manifest_path(std::string_view path) noexcept;

/// `20261123-030001`, with `-2`, `-3`, … behind it where the second was taken.
[[nodiscard]] bool is_batch_id(std::string_view text) noexcept;

/// True when what was found in a trash is what its manifest says: type, inode, size, modification
/// time, and a device as far from the trash's as it was then (numbers of devices change with a
/// mount, being on the same one does not). Of directories, which can only be strays, size and time
/// do not count.
[[nodiscard]] bool same_object(const FileInfo& recorded, std::uint64_t recorded_device,
                               const FileInfo& found, std::uint64_t device) noexcept;

/// As same_object, but size and time may differ: the same inode, written on since.
[[nodiscard]] bool same_inode(const FileInfo& recorded, std::uint64_t recorded_device,
                              const FileInfo& found, std::uint64_t device) noexcept;

/// One line of JSON with its `\n`. Names that are not UTF-8 have U+FFFD and a `…_base64` beside it.
[[nodiscard]] std::string to_manifest_line(const ManifestLine& line);

/// The reverse; `line` without `\n`. The text is a stranger's: every member is checked for type,
/// range and the rules above. Unknown members are ignored. Errors, without a path: kFormat;
/// kUnsupported where it is no JSON object at all.
[[nodiscard]] Result<ManifestLine> parse_manifest_line(std::string_view line);

/// A manifest, line by line, in the memory of one line. Checks what single lines cannot: a header
/// first, numbers that increase, a seal that counts right, and behind it only what may stand there.
/// Lines behind the seal that are no JSON are skipped: a crash tore them before what they announce
/// was done. Not thread-safe.
class ManifestReader {
 public:
  /// `file` must outlive the reader, which reads it from its position; `path` is for messages.
  ManifestReader(OpenFile& file, std::string path) : file_(&file), path_(std::move(path)) {}
  /// The next line; nothing at the end. Errors: kFormat for whatever is wrong with it, also where
  /// it ends before its seal; those of reading. After an Error every call fails.
  Result<std::optional<ManifestLine>> next();

 private:
  Result<std::optional<std::string_view>> next_text();
  Status check(const ManifestLine& line);
  [[nodiscard]] Error damaged(std::string message) const;

  OpenFile* file_;
  std::string path_;
  std::string buffer_;
  std::size_t taken_ = 0;  ///< Bytes of the buffer that were given out.
  bool at_end_ = false;
  std::uint64_t line_ = 0;
  std::uint64_t last_number_ = 0;
  std::uint64_t entries_ = 0;
  ManifestSeal seen_;
  bool sealed_ = false;
  std::optional<Error> failed_;
};

}  // namespace tfevents::rewrite
