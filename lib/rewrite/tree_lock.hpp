#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/result.hpp"
#include "base/stop.hpp"
#include "io/directory.hpp"
#include "rewrite/trash.hpp"

namespace tfevents::rewrite {

struct LockOptions {
  double now = 0;           ///< Epoch seconds: this machine's clock, never `--now`.
  double wait_seconds = 0;  ///< For somebody else's lock; 0: not at all.
  /// Called between two tries with the seconds to wait; may return early. Needed with
  /// wait_seconds.
  std::function<void(double seconds)> wait = {};
  const StopFlag* stop = nullptr;  ///< Ends the waiting; may be null.
};

/// The right to write in a tree: an advisory lock on `.tfe-trash/lock`, held until the end of its
/// life. Not thread-safe.
class TreeLock {
 public:
  /// Errors: kRefused where somebody holds it (the message says who and since when), where the lock
  /// file is no regular file of ours, and where the clock of the file's server and `now` are more
  /// than 10 min apart; kCancelled; kIo.
  static Result<TreeLock> take(Trash& trash, const LockOptions& options);

  TreeLock(TreeLock&&) noexcept = default;
  TreeLock& operator=(TreeLock&&) noexcept = default;
  ~TreeLock();

 private:
  explicit TreeLock(std::unique_ptr<WritableFile> file) : file_(std::move(file)) {}

  std::unique_ptr<WritableFile> file_;
};

}  // namespace tfevents::rewrite
