#include "io/atomic_file.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include <sys/stat.h>
#include <zlib.h>

#include "io/posix.hpp"

namespace tfevents {

namespace {

constexpr std::size_t kBufferBytes = std::size_t{128} << 10U;

Error usage_error(std::string message, const std::string& path) {
  Error error;
  error.code = ErrorCode::kUsage;
  error.message = std::move(message);
  error.path = path;
  return error;
}

Error internal_error(std::string message, const std::string& path) {
  Error error;
  error.message = std::move(message);
  error.path = path;
  return error;
}

/// Bytes into gzip. Nothing in its output depends on time, name or system.
class GzipWriter {
 public:
  GzipWriter() = default;
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;
  ~GzipWriter() {
    if (started_) ::deflateEnd(&zlib_);
  }

  [[nodiscard]] bool start() {
    constexpr int kGzipWindow = 15 + 16;
    constexpr int kMemoryLevel = 8;
    constexpr int kUnknownSystem = 255;  // RFC 1952 section 2.3.1
    started_ = ::deflateInit2(&zlib_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                              Z_DEFAULT_STRATEGY) == Z_OK;
    header_.os = kUnknownSystem;
    return started_ && ::deflateSetHeader(&zlib_, &header_) == Z_OK;
  }

  /// Calls `sink(bytes)`, which returns a Status, for whatever comes out.
  template <class Sink>
  Status write(std::span<const std::byte> bytes, bool finish, Sink sink) {
    constexpr std::size_t kMostAtOnce = std::size_t{1} << 30U;  // zlib counts in 32 bits
    do {
      const std::span<const std::byte> part = bytes.first(std::min(bytes.size(), kMostAtOnce));
      bytes = bytes.subspan(part.size());
      // zlib's interface predates const.
      zlib_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(part.data()));
      zlib_.avail_in = static_cast<uInt>(part.size());
      do {
        zlib_.next_out = reinterpret_cast<Bytef*>(room_.data());
        zlib_.avail_out = static_cast<uInt>(room_.size());
        ::deflate(&zlib_, finish && bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
        const std::size_t count = room_.size() - zlib_.avail_out;
        TFEVENTS_CHECK(sink(std::span<const std::byte>(room_).first(count)));
      } while (zlib_.avail_out == 0);
    } while (!bytes.empty());
    return ok_status();
  }

 private:
  z_stream zlib_{};
  gz_header header_{};  ///< All zero: no time, no name.
  bool started_ = false;
  std::vector<std::byte> room_ = std::vector<std::byte>(std::size_t{64} << 10U);
};

/// Where the bytes go, and what is left to do with it at the end.
struct Target {
  posix::Descriptor file;
  std::string path;       ///< As the caller named it: for messages.
  std::string real;       ///< Links followed.
  std::string temporary;  ///< Empty for special files, which are written in place.
};

class TargetFile final : public AtomicFile {
 public:
  TargetFile(Target target, std::unique_ptr<GzipWriter> gzip)
      : target_(std::move(target)), gzip_(std::move(gzip)) {
    buffer_.reserve(kBufferBytes);
  }
  TargetFile(const TargetFile&) = delete;
  TargetFile& operator=(const TargetFile&) = delete;
  ~TargetFile() override {
    if (!target_.temporary.empty()) ::unlink(target_.temporary.c_str());
  }

  Status write(std::span<const std::byte> bytes) override {
    if (done_) return internal_error("written after its end", target_.path);
    return remember(compress(bytes, false));
  }

  Status commit() override {
    if (done_) return internal_error("committed twice", target_.path);
    TFEVENTS_CHECK(remember(compress({}, true)));
    TFEVENTS_CHECK(remember(flush()));
    done_ = true;
    return remember(target_.temporary.empty() ? close_file() : replace());
  }

 private:
  /// What has failed once stays failed: a file with a hole must never get its name.
  Status remember(Status status) {
    if (!status.ok() && !failed_) failed_ = status.error();
    return status;
  }

  Status compress(std::span<const std::byte> bytes, bool finish) {
    if (failed_) return *failed_;
    if (!gzip_) return collect(bytes);
    if (bytes.empty() && !finish) return ok_status();
    return gzip_->write(bytes, finish,
                        [&](std::span<const std::byte> out) { return collect(out); });
  }

  Status collect(std::span<const std::byte> bytes) {
    if (buffer_.size() + bytes.size() > kBufferBytes) {
      TFEVENTS_CHECK(flush());
      if (bytes.size() >= kBufferBytes) {
        return posix::write_all(target_.file.get(), bytes, target_.path);
      }
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return ok_status();
  }

  Status flush() {
    if (failed_) return *failed_;
    Status written = posix::write_all(target_.file.get(), buffer_, target_.path);
    buffer_.clear();
    return written;
  }

  /// Some file systems tell only now that the disk was full.
  Status close_file() {
    const int number = target_.file.release();
    // On Linux the descriptor is gone even where close(2) was interrupted.
    if (::close(number) != 0 && errno != EINTR) return system_error(errno, target_.path);
    return ok_status();
  }

  Status replace() {
    if (posix::retry([&] { return ::fsync(target_.file.get()); }) != 0) {
      return system_error(errno, target_.path);
    }
    TFEVENTS_CHECK(close_file());
    if (::rename(target_.temporary.c_str(), target_.real.c_str()) != 0) {
      return system_error(errno, target_.path);
    }
    target_.temporary.clear();
    return sync_directory();
  }

  /// So that the new name outlives a power cut. The file is in place already: what cannot be synced
  /// because nobody may read the directory, or the file system has no such thing, is no failure.
  Status sync_directory() {
    const std::string directory = posix::parent_path(target_.real);
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is what it is
    const posix::Descriptor opened(posix::retry([&] { return ::open(directory.c_str(), kFlags); }));
    if (!opened) return ok_status();
    if (posix::retry([&] { return ::fsync(opened.get()); }) != 0 && errno == EIO) {
      return system_error(errno, directory);
    }
    return ok_status();
  }

  Target target_;
  std::unique_ptr<GzipWriter> gzip_;
  std::vector<std::byte> buffer_;
  std::optional<Error> failed_;
  bool done_ = false;
};

/// Names of descriptors this process holds. With `> file` they look like plain files, but replacing
/// those behind the shell's back would lose the output.
bool is_descriptor_name(const std::string& path) {
  return path == "/dev/stdout" || path == "/dev/stderr" || path.starts_with("/dev/fd/") ||
         path.starts_with("/proc/");
}

Result<Target> open_special(const std::string& path) {
  // Appending, so that `-o /dev/stdout >> file` does.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY;
  // Waits for the reader of a FIFO as a shell does, and not retried, so that Ctrl-C ends the wait.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is what it is
  posix::Descriptor file(::open(path.c_str(), kFlags));
  if (!file) return system_error(errno, path);
  return Target{.file = std::move(file), .path = path, .real = path, .temporary = {}};
}

/// `existing`: the file that will be replaced, null where there is none.
Result<Target> open_beside(const std::string& path, std::string real, const struct stat* existing) {
  // Renaming needs no leave of the file itself, but a write-protected file means it.
  if (existing != nullptr && ::faccessat(AT_FDCWD, real.c_str(), W_OK, AT_EACCESS) != 0) {
    return system_error(errno, path);
  }
  constexpr mode_t kAnyone = 0666;
  constexpr mode_t kPermissions = 0777;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  // Never readable by more people than the old file, not even for an instant.
  const mode_t mode = existing != nullptr ? existing->st_mode & kAnyone : kAnyone;
  const std::string directory = posix::parent_path(real);
  Target target{.file = {}, .path = path, .real = std::move(real), .temporary = {}};
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name = join_path(directory, ".tfe-" + posix::random_suffix());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is what it is
    target.file =
        posix::Descriptor(posix::retry([&] { return ::open(name.c_str(), kFlags, mode); }));
    if (target.file) {
      target.temporary = std::move(name);
      break;
    }
    if (errno != EEXIST) break;
  }
  if (!target.file) {
    // About the directory, where the message would otherwise blame the file.
    return system_error(errno, errno == EACCES || errno == EROFS ? directory : path);
  }
  if (existing != nullptr && ::fchmod(target.file.get(), existing->st_mode & kPermissions) != 0) {
    Error error = system_error(errno, path);
    ::unlink(target.temporary.c_str());
    return error;
  }
  return target;
}

Result<Target> open_target(const std::string& path) {
  if (path.empty()) return usage_error("an empty name is no output file", path);
  if (is_descriptor_name(path)) return open_special(path);
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (!exists && errno != ENOENT) return system_error(errno, path);
  if ((exists && S_ISDIR(info.st_mode)) || path.back() == '/') {
    return usage_error("the output is a directory", path);
  }
  if (exists && !S_ISREG(info.st_mode)) return open_special(path);
  TFEVENTS_TRY(std::string real, posix::resolve_links(path));
  return open_beside(path, std::move(real), exists ? &info : nullptr);
}

}  // namespace

Result<std::unique_ptr<AtomicFile>> AtomicFile::create(const std::string& path) {
  std::unique_ptr<GzipWriter> gzip;
  if (path.ends_with(".gz")) {
    gzip = std::make_unique<GzipWriter>();
    if (!gzip->start()) {
      Error error;
      error.code = ErrorCode::kLimit;
      error.message = "not enough memory to compress";
      error.path = path;
      return error;
    }
  }
  TFEVENTS_TRY(Target target, open_target(path));
  return std::unique_ptr<AtomicFile>(
      std::make_unique<TargetFile>(std::move(target), std::move(gzip)));
}

}  // namespace tfevents
