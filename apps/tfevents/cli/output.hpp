#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "io/atomic_file.hpp"

namespace tfevents::cli {

class TerminalProgress;

/// Where the answer goes: standard output, or the file of `-o`, which appears under its name only
/// by `finish`.
///
/// Renderers append to `buffer()` and call `drain()` at the ends of lines. After the first failed
/// write everything is discarded, and `finish` says so: an answer that did not arrive whole is an
/// error, also on a full disk. Not thread-safe.
class Output {
 public:
  struct Target {
    std::optional<std::string> file;  ///< `-` and nothing mean `descriptor`.
    int descriptor = 1;
    bool tty = false;  ///< Of `descriptor`.
    /// Makes text safe for a terminal, and is used on one only; null where it is safe already.
    std::string (*for_terminal)(std::string_view) = nullptr;
    TerminalProgress* progress = nullptr;  ///< Ended by the first write to a terminal; may be null.
  };

  /// Errors: kIo, a file that cannot be created.
  static Result<std::unique_ptr<Output>> open(const Target& target);

  /// Pending text.
  [[nodiscard]] std::string& buffer() noexcept { return buffer_; }
  /// True when people read the answer as it comes.
  [[nodiscard]] bool tty() const noexcept { return file_ == nullptr && target_.tty; }

  /// False for the file of `-o`.
  [[nodiscard]] bool is_descriptor() const noexcept { return file_ == nullptr; }

  /// Writes the pending text when there is much of it (or any, on a terminal). Errors: kIo;
  /// kCancelled when the reader of a pipe has gone, which is its right: the caller stops and
  /// reports nothing.
  Status drain();
  /// Writes what is pending, now.
  Status flush();
  /// Flushes, closes, and gives the file its name. Errors as `drain`.
  Status finish();

  /// Gives the answer up: a file of `-o` stays what it was, or is not made. Standard output has
  /// what was written already.
  void discard() noexcept;

  /// The reader of the pipe has gone: the process ends as SIGPIPE would end it.
  [[nodiscard]] bool broken_pipe() const noexcept { return broken_pipe_; }

 private:
  explicit Output(Target target) : target_(std::move(target)) {}
  Status write(std::string_view text);
  Status write_descriptor(std::string_view text);

  Target target_;
  std::unique_ptr<AtomicFile> file_;
  std::string buffer_;
  std::optional<Error> failed_;
  bool broken_pipe_ = false;
};

}  // namespace tfevents::cli
