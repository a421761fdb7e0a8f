#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "io/directory.hpp"

namespace tfevents::rewrite {

/// Opens directories below one by their relative paths, part by part, and keeps the last chain of
/// them open for the neighbours that follow. No link is followed and no device is crossed. Not
/// thread-safe.
class TrashWalk {
 public:
  /// `root` must outlive it.
  explicit TrashWalk(Directory& root) : root_(&root) {}

  /// The directory at `path` (empty: the root), valid until the next call. Errors are those of
  /// Directory::open_directory.
  Result<Directory*> open(std::string_view path);
  /// Forgets what is open below the root: the next call looks again.
  void forget() { chain_.clear(); }

 private:
  struct Step {
    std::string name;
    std::unique_ptr<Directory> directory;
  };
  Directory* root_;
  std::vector<Step> chain_;
};

/// Of `a/b/c`: `a/b` and `c`. The parent of `c` is empty.
struct SplitPath {
  std::string_view parent;
  std::string name;
};
[[nodiscard]] SplitPath split_path(std::string_view path);

}  // namespace tfevents::rewrite
