#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/result.hpp"
#include "io/sys.hpp"

/// What the .cpp files of this layer share; not for other layers.
namespace tfevents::posix {

/// Calls `call` again as long as a signal interrupts it.
template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// Closes what opendir(3) opened.
struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// In nanoseconds since the epoch; what is too far away is the farthest that can be said.
[[nodiscard]] std::int64_t nanoseconds(const timespec& time);

[[nodiscard]] FileInfo to_info(const struct stat& info);

/// Of `d_type`; nothing where the file system does not tell.
[[nodiscard]] std::optional<FileType> type_of_entry(unsigned char type);

/// An open descriptor as a file; `path` for messages.
[[nodiscard]] std::unique_ptr<OpenFile> to_open_file(Descriptor file, std::string path);

/// read(2) that survives signals and waits where a non-blocking descriptor has nothing yet.
Result<std::size_t> read_some(int descriptor, std::span<std::byte> into, const std::string& path);

/// pread(2) that survives signals; kUnsupported on what cannot seek.
Result<std::size_t> read_at(int descriptor, std::uint64_t offset, std::span<std::byte> into,
                            const std::string& path);

/// Writes everything at the file position, or at `offset` where given.
Status write_all(int descriptor, std::span<const std::byte> bytes, const std::string& path,
                 std::optional<std::uint64_t> offset = {});

/// The directory part of a path, `.` where there is none.
[[nodiscard]] std::string parent_path(const std::string& path);

/// Follows the links that the last part of `path` may be, to a name that is none or does not exist.
Result<std::string> resolve_links(const std::string& path);

/// Sixteen hexadecimal digits nobody can guess.
[[nodiscard]] std::string random_suffix();

}  // namespace tfevents::posix
