#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_name.hpp"
#include "event/outline.hpp"
#include "event/stored_value.hpp"
#include "io/directory.hpp"
#include "logdir/tag_table.hpp"
#include "ops/extract.hpp"

namespace tfevents::ops {

/// The directory that all runs are extracted to. Thread-safe.
class ExtractTarget {
 public:
  /// `directory` is new or was empty; what is made in it gets the rights that it has.
  ExtractTarget(std::unique_ptr<Directory> directory, std::uint32_t mode)
      : directory_(std::move(directory)), mode_(mode & 0777U) {}

  [[nodiscard]] std::uint32_t directory_mode() const noexcept { return mode_; }
  [[nodiscard]] std::uint32_t file_mode() const noexcept { return mode_ & 0666U; }

  /// Makes and opens the directory of a run.
  Result<std::unique_ptr<Directory>> add_run(const std::string& name);
  void remove_run(const std::string& name);
  /// The directory itself, for whoever is alone with it.
  [[nodiscard]] Directory& directory() noexcept { return *directory_; }

  void on_file(std::uint64_t bytes);
  /// The first error counts; workers stop.
  void on_error(Error error);
  [[nodiscard]] bool failed() const;
  /// The error, with what is complete in its hint.
  [[nodiscard]] Status status() const;
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> written() const;  ///< Files, bytes.

 private:
  std::unique_ptr<Directory> directory_;
  std::uint32_t mode_;
  mutable std::mutex mutex_;
  std::optional<Error> error_;
  std::uint64_t files_ = 0, bytes_ = 0;
};

class RunFiles;

/// A file that has all its bytes and no name yet. Without `place` it is removed.
class StagedFile {
 public:
  StagedFile() = default;
  StagedFile(RunFiles& files, std::string temporary, std::unique_ptr<WritableFile> file);
  StagedFile(StagedFile&& other) noexcept { *this = std::move(other); }
  StagedFile& operator=(StagedFile&& other) noexcept;
  ~StagedFile();

  Status write(std::span<const std::byte> bytes);
  Status write(std::string_view text) { return write(as_bytes(text)); }
  /// Closes it: as many as there are series may wait for their names.
  void close() noexcept { file_.reset(); }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  friend class RunFiles;
  RunFiles* files_ = nullptr;  // Null: there is no file (any more).
  std::string temporary_;
  std::unique_ptr<WritableFile> file_;
  std::uint64_t bytes_ = 0;
};

/// The files of one run. Every trouble of the file system is told to the target as well. Not
/// thread-safe.
class RunFiles {
 public:
  RunFiles(ExtractTarget& target, std::string name) : target_(target), name_(std::move(name)) {}
  RunFiles(const RunFiles&) = delete;
  RunFiles& operator=(const RunFiles&) = delete;
  /// Takes the directory away where nothing came into it.
  ~RunFiles();

  Result<StagedFile> stage();
  /// Writes a part of a value, in pieces.
  Status copy(const StoredValue& value, const Part& part, StagedFile& file);
  /// Bytes of a staged file that was closed.
  Result<std::unique_ptr<OpenFile>> open(const StagedFile& file);
  /// Gives a staged file a name in the directory of a series: `name` and `extension`, or where that
  /// is taken `name.1`, `name.2`, … Returns the name below the target.
  Result<std::string> place(StagedFile file, SeriesId series, std::string_view tag,
                            const std::string& name, const std::string& extension);

  [[nodiscard]] bool failed() const { return target_.failed(); }

 private:
  friend class StagedFile;

  template <class T>
  Result<T> told(Result<T> result);
  Status ensure_directory();
  Result<std::string> directory_of(SeriesId series, std::string_view tag);
  Result<std::string> free_name(Directory& directory, const std::string& name,
                                const std::string& extension) const;
  void remove(const std::string& temporary);

  ExtractTarget& target_;
  std::string name_;
  std::unique_ptr<Directory> directory_;
  FileNames names_;
  std::vector<std::string> series_;  // Directory names; empty: not made yet.
  std::string open_name_;            // Of `open_`.
  std::unique_ptr<Directory> open_;
  std::uint64_t staged_ = 0;
  bool used_ = false;
  std::vector<std::byte> buffer_;
};

}  // namespace tfevents::ops
