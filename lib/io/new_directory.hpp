#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace tfevents {

/// A directory that is new, or was empty: nothing in it can be overwritten. Not thread-safe.
class NewDirectory {
 public:
  /// Makes `path`, whose parent must exist, or takes it over where it is an empty directory.
  /// Errors: kUsage for a directory that holds anything, and for other files; kNotFound, kIo.
  static Result<NewDirectory> create(const std::string& path);

  /// A directory below it. Errors: kIo, also where there is one already.
  [[nodiscard]] Result<std::string> add_directory(const std::string& name) const;
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Takes it away again where it was made here and is still empty.
  void remove_if_empty() const;

 private:
  NewDirectory(std::string path, bool made) : path_(std::move(path)), made_(made) {}

  std::string path_;
  bool made_;
};

}  // namespace tfevents
