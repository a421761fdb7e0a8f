#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "io/atomic_file.hpp"
#include "io/new_directory.hpp"
#include "ops/export.hpp"

namespace tfevents::ops {

/// The files of a split export, in a directory of their own. Thread-safe.
class SplitFiles {
 public:
  /// `header` begins each file, `extension` ends its name.
  SplitFiles(NewDirectory directory, std::string extension, std::string header)
      : directory_(std::move(directory)),
        extension_(std::move(extension)),
        header_(std::move(header)) {}

  [[nodiscard]] const NewDirectory& directory() const noexcept { return directory_; }
  [[nodiscard]] const std::string& extension() const noexcept { return extension_; }
  [[nodiscard]] const std::string& header() const noexcept { return header_; }

  void on_file();
  /// The first error counts; workers stop.
  void on_error(Error error);
  [[nodiscard]] bool failed() const;
  [[nodiscard]] Status status() const;
  [[nodiscard]] std::uint64_t count() const;

 private:
  NewDirectory directory_;
  std::string extension_, header_;
  mutable std::mutex mutex_;
  std::optional<Error> error_;
  std::uint64_t count_ = 0;
};

/// Writes what `next` makes of the points of a run into one file, made when there is any text.
/// `name` is safe, `files` must outlive the writer.
[[nodiscard]] std::unique_ptr<PointWriter> file_of_run(SplitFiles& files, std::string name,
                                                       std::unique_ptr<PointWriter> next);

/// Writes what `next` makes of each series of a run into a file of its own, in a directory `name`.
/// Keeps all points of the run.
[[nodiscard]] std::unique_ptr<PointWriter> files_of_series(SplitFiles& files, std::string name,
                                                           std::unique_ptr<PointWriter> next);

}  // namespace tfevents::ops
