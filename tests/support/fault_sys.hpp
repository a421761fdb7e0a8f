#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>

#include "base/stop.hpp"
#include "io/directory.hpp"
#include "io/sys.hpp"

namespace tfevents::test {

/// Another Sys with trouble: counts every call (those of open files and directories too), and at
/// call n, the first being 0, fails it or asks to stop. Must outlive what it opened. Thread-safe,
/// as far as `inner` is.
///
/// The loop of every exhaustive test:
/// ```
/// for (std::uint64_t n = 0;; ++n) {
///   FaultSys sys(real_sys());
///   sys.fail_at(n, EIO);
///   auto result = operation(sys);
///   if (!sys.fired()) { CHECK(result is complete); break; }
///   CHECK(result is an Error, or says what it lacks);
/// }
/// ```
class FaultSys final : public Sys {
 public:
  explicit FaultSys(Sys& inner) : inner_(inner) {}

  /// Call n does nothing and yields system_error(errno_value). `onward`: all later calls too.
  void fail_at(std::uint64_t n, int errno_value, bool onward = false);
  /// Calls on this path, of any kind, yield system_error(errno_value).
  void fail_path(std::string path, int errno_value);
  /// Requests `stop` before call n, which then goes on.
  void stop_at(std::uint64_t n, StopFlag& stop);
  /// Runs `action` before call n: to change the tree under the reader, or to end the process.
  void act_at(std::uint64_t n, std::function<void()> action);
  /// Reads of open files give at most so many bytes at once.
  void limit_reads(std::size_t bytes) { most_bytes_ = bytes; }
  /// Files of directories take so many bytes, all together; a write that needs more writes what
  /// fits, and yields ENOSPC.
  void fill_disk_after(std::uint64_t bytes) { room_ = bytes; }

  [[nodiscard]] std::uint64_t calls() const noexcept { return calls_; }
  /// True when the call of `fail_at`, `stop_at` or `act_at` has come.
  [[nodiscard]] bool fired() const noexcept { return fired_; }
  /// Files opened and not yet closed, and the most there ever were.
  [[nodiscard]] std::int64_t open_files() const noexcept { return open_files_; }
  [[nodiscard]] std::int64_t most_open_files() const noexcept { return most_open_files_; }

  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override;
  Result<FileInfo> stat(const std::string& path) override;
  Result<FileInfo> lstat(const std::string& path) override;
  Result<Listing> list(const std::string& path) override;
  Result<std::string> real_path(const std::string& path) override;
  Result<std::unique_ptr<Directory>> open_directory(const std::string& path) override;

 private:
  class File;
  class OutFile;
  class OpenedDirectory;

  /// How a layer calls an errno: system_error, or with the codes of Directory.
  using MakeError = Error (*)(int, std::string);
  Status step(const std::string& path, MakeError make_error = &system_error);
  /// How many of so many bytes still go on the disk.
  std::size_t take_room(std::size_t bytes);

  Sys& inner_;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<bool> fired_{false};
  std::atomic<std::int64_t> open_files_{0}, most_open_files_{0};
  std::uint64_t at_ = std::numeric_limits<std::uint64_t>::max();
  bool onward_ = false;
  int errno_value_ = 0;
  std::string bad_path_;
  int bad_path_errno_ = 0;
  std::function<void()> action_;
  std::size_t most_bytes_ = std::numeric_limits<std::size_t>::max();
  std::atomic<std::uint64_t> room_{std::numeric_limits<std::uint64_t>::max()};
};

}  // namespace tfevents::test
