#include "io/sys.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/filesystem.hpp>
#include <dirent.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "io/directory.hpp"
#include "io/directory_posix.hpp"
#include "io/posix.hpp"

namespace tfevents {

namespace fs = boost::filesystem;

namespace {

/// Without name look-ups: those read other files, and may ask a network.
std::string who_may(const std::string& path) {
  struct stat info {};
  const std::string me = std::to_string(::geteuid());
  if (path.empty() || ::stat(path.c_str(), &info) != 0) {
    return "a directory on the way to it may not be entered by user " + me;
  }
  std::string mode;  // octal, as chmod(1) takes it
  for (const unsigned shift : {9U, 6U, 3U, 0U}) {
    mode += static_cast<char>('0' + ((info.st_mode >> shift) & 7U));
  }
  return "it belongs to user " + std::to_string(info.st_uid) + " with mode " + mode +
         "; this process runs as user " + me;
}

std::string hint_for(int error_number, const std::string& path) {
  switch (error_number) {
    case EACCES:
    case EPERM: return who_may(path);
    case EMFILE: return "raise the limit on open files (ulimit -n), or use fewer jobs (-j)";
    case ENFILE: return "the whole system has too many files open";
    case ENAMETOOLONG: return "start further down in the tree: paths end at 4095 bytes";
    case ENOSPC:
    case EDQUOT: return "make room, or choose another place";
    case ESTALE: return "the file was removed on its server; try again";
    default: return {};
  }
}

std::string error_text(int error_number) {
  // Untranslated and thread-safe, unlike strerror.
  const char* words = ::strerrordesc_np(error_number);
  if (words == nullptr) return "error " + std::to_string(error_number);
  std::string text = words;
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() > 1 && is_upper(text[0]) && !is_upper(text[1])) {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

FileType type_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileType::kRegular;
  if (S_ISDIR(mode)) return FileType::kDirectory;
  if (S_ISLNK(mode)) return FileType::kSymlink;
  return FileType::kOther;
}

class RealFile final : public OpenFile {
 public:
  RealFile(posix::Descriptor file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    return posix::read_some(file_.get(), into, path_);
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    return posix::read_at(file_.get(), offset, into, path_);
  }
  Result<FileInfo> info() override {
    struct stat info {};
    if (::fstat(file_.get(), &info) != 0) return system_error(errno, path_);
    return posix::to_info(info);
  }

 private:
  posix::Descriptor file_;
  std::string path_;
};

class RealSys final : public Sys {
 public:
  Result<std::unique_ptr<OpenFile>> open_read(const std::string& path) override {
    constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is what it is
    posix::Descriptor file(posix::retry([&] { return ::open(path.c_str(), kFlags); }));
    if (!file) return system_error(errno, path);
    // About 15 % on cold files; says nothing on pipes, so its answer does not matter.
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return posix::to_open_file(std::move(file), path);
  }

  Result<FileInfo> stat(const std::string& path) override { return stat_at(path, 0); }
  Result<FileInfo> lstat(const std::string& path) override {
    return stat_at(path, AT_SYMLINK_NOFOLLOW);
  }

  Result<Listing> list(const std::string& path) override {
    DIR* opened = ::opendir(path.c_str());
    while (opened == nullptr && errno == EINTR) opened = ::opendir(path.c_str());
    const std::unique_ptr<DIR, posix::CloseDirectory> directory(opened);
    if (!directory) return system_error(errno, path);

    struct stat info {};
    if (::fstat(::dirfd(directory.get()), &info) != 0) return system_error(errno, path);
    Listing listing{.info = posix::to_info(info), .entries = {}};
    std::vector<DirEntry>& entries = listing.entries;
    while (true) {
      errno = 0;  // the only way to tell the end from an error
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      entries.push_back({.name = std::string(name), .type = posix::type_of_entry(entry->d_type)});
    }
    if (errno != 0) return system_error(errno, path);
    std::sort(entries.begin(), entries.end(),
              [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
    return listing;
  }

  Result<std::unique_ptr<Directory>> open_directory(const std::string& path) override {
    return posix::open_directory(path);
  }

  Result<std::string> real_path(const std::string& path) override {
    try {
      boost::system::error_code error;
      const fs::path real = fs::canonical(path, error);
      if (error) return system_error(error.value(), path);
      return real.native();
    } catch (const fs::filesystem_error& thrown) {
      // The overload without exceptions still throws where the working directory is gone.
      return system_error(thrown.code().value(), path);
    }
  }

 private:
  static Result<FileInfo> stat_at(const std::string& path, int flags) {
    struct stat info {};
    if (posix::retry([&] { return ::fstatat(AT_FDCWD, path.c_str(), &info, flags); }) != 0) {
      return system_error(errno, path);
    }
    return posix::to_info(info);
  }
};

}  // namespace

Result<std::unique_ptr<Directory>> Sys::open_directory(const std::string& path) {
  return Error{.code = ErrorCode::kUnsupported, .message = "cannot be changed", .path = path};
}

Sys& real_sys() {
  static RealSys sys;
  return sys;
}

std::string join_path(std::string_view dir, std::string_view name) {
  fs::path path(dir.begin(), dir.end());
  path.append(name.begin(), name.end());
  return path.native();
}

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool lies_below(std::string_view name, std::string_view directory) noexcept {
  if (directory == ".") return name != ".";
  return name.size() > directory.size() && name.starts_with(directory) &&
         name[directory.size()] == '/';
}

Error system_error(int error_number, std::string path) {
  Error error;
  error.code =
      error_number == ENOENT || error_number == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo;
  error.message = error_text(error_number);
  error.hint = hint_for(error_number, path);
  error.path = std::move(path);
  return error;
}

bool is_link_loop(const Error& error) {
  return error.code == ErrorCode::kIo && error.message == error_text(ELOOP);
}

namespace posix {

std::optional<FileType> type_of_entry(unsigned char type) {
  switch (type) {
    case DT_REG: return FileType::kRegular;
    case DT_DIR: return FileType::kDirectory;
    case DT_LNK: return FileType::kSymlink;
    case DT_UNKNOWN: return {};
    default: return FileType::kOther;
  }
}

/// Any 64-bit second can be set on some file systems: too far away is as far as we can say.
std::int64_t nanoseconds(const timespec& time) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  std::int64_t result = 0;
  if (__builtin_mul_overflow(std::int64_t{time.tv_sec}, kPerSecond, &result) ||
      __builtin_add_overflow(result, std::int64_t{time.tv_nsec}, &result)) {
    return time.tv_sec < 0 ? std::numeric_limits<std::int64_t>::min()
                           : std::numeric_limits<std::int64_t>::max();
  }
  return result;
}

FileInfo to_info(const struct stat& info) {
  return {.type = type_of_mode(info.st_mode),
          .id = {.device = info.st_dev, .inode = info.st_ino},
          .size = info.st_size < 0 ? 0 : static_cast<std::uint64_t>(info.st_size),
          .mtime_ns = nanoseconds(info.st_mtim)};
}

std::unique_ptr<OpenFile> to_open_file(Descriptor file, std::string path) {
  return std::make_unique<RealFile>(std::move(file), std::move(path));
}

Result<std::size_t> read_some(int descriptor, std::span<std::byte> into, const std::string& path) {
  while (true) {
    const ssize_t count = retry([&] { return ::read(descriptor, into.data(), into.size()); });
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EAGAIN) return system_error(errno, path);
    // A pipe that was opened by name (`<(zcat …)`) with nothing in it yet.
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (retry([&] { return ::poll(&waiting, 1, -1); }) < 0) return system_error(errno, path);
  }
}

Result<std::size_t> read_at(int descriptor, std::uint64_t offset, std::span<std::byte> into,
                            const std::string& path) {
  // No file reaches beyond what off_t can say.
  if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return std::size_t{0};
  }
  const ssize_t count = retry(
      [&] { return ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(offset)); });
  if (count >= 0) return static_cast<std::size_t>(count);
  Error error = system_error(errno, path);
  if (errno == ESPIPE) error.code = ErrorCode::kUnsupported;
  return error;
}

Status write_all(int descriptor, std::span<const std::byte> bytes, const std::string& path,
                 std::optional<std::uint64_t> offset) {
  while (!bytes.empty()) {
    const ssize_t count = retry([&] {
      return offset ? ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(*offset))
                    : ::write(descriptor, bytes.data(), bytes.size());
    });
    if (count < 0) return system_error(errno, path);
    // write(2) may not return 0 here; if it does, going on would never end.
    if (count == 0) return system_error(EIO, path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    if (offset) *offset += static_cast<std::uint64_t>(count);
  }
  return ok_status();
}

std::string parent_path(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.native();
}

Result<std::string> resolve_links(const std::string& path) {
  constexpr int kMostLinks = 40;  // as the kernel, path_resolution(7)
  std::string name = path;
  for (int links = 0; links < kMostLinks; ++links) {
    boost::system::error_code error;
    const fs::path target = fs::read_symlink(name, error);
    // EINVAL: it is no link. Other errors come up again, with better words, when it is used.
    if (error) return name;
    name = target.is_absolute() ? target.native() : join_path(parent_path(name), target.native());
  }
  return system_error(ELOOP, path);
}

std::string random_suffix() {
  std::uint64_t bits = 0;
  if (::getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != static_cast<ssize_t>(sizeof(bits))) {
    // Early in boot only. O_EXCL keeps a guessable name safe; it may just be taken.
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    bits =
        static_cast<std::uint64_t>(now.tv_nsec) ^ (static_cast<std::uint64_t>(::getpid()) << 32U);
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (char& digit : text) {
    digit = kDigits[bits & 15U];
    bits >>= 4U;
  }
  return text;
}

}  // namespace posix

}  // namespace tfevents
