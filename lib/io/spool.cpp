#include <algorithm>
#include <cstdlib>
#include <utility>

#include "io/posix.hpp"
#include "io/source.hpp"

namespace tfevents {

namespace {

/// The words of the system alone would not say which disk is full, nor how to choose another.
Error in_temp_directory(Error error, const std::string& directory) {
  error.code = ErrorCode::kIo;
  error.message = "temporary file in " + directory + ": " + error.message;
  error.path = directory;
  error.hint = "TMPDIR names the directory for temporary files";
  return error;
}

Result<posix::Descriptor> open_unnamed(const std::string& directory) {
  // Joined with a name, nothing would become the working directory.
  if (directory.empty()) return in_temp_directory(system_error(ENOENT, directory), directory);
  constexpr mode_t kPrivate = 0600;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is what it is
  posix::Descriptor file(posix::retry([&] {
    return ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, kPrivate);
  }));
  if (file) return file;
  // Not every file system has O_TMPFILE (overlay, NFS). What else is wrong shows again here.
  std::string name = join_path(directory, ".tfe-XXXXXX");
  file = posix::Descriptor(posix::retry([&] { return ::mkostemp(name.data(), O_CLOEXEC); }));
  if (!file) return in_temp_directory(system_error(errno, directory), directory);
  if (::unlink(name.c_str()) != 0) return in_temp_directory(system_error(errno, name), directory);
  return file;
}

class TempSpool final : public SpoolFile {
 public:
  TempSpool(posix::Descriptor file, std::string directory)
      : file_(std::move(file)), directory_(std::move(directory)) {}

  Status append(std::span<const std::byte> bytes) override {
    Status written = posix::write_all(file_.get(), bytes, directory_, size_);
    if (!written.ok()) return in_temp_directory(std::move(written).error(), directory_);
    size_ += bytes.size();
    return written;
  }

  Status truncate(std::uint64_t size) override {
    if (size > size_) {
      Error error;
      error.message = "truncating a temporary file cannot make it longer";
      return error;
    }
    if (posix::retry([&] { return ::ftruncate(file_.get(), static_cast<off_t>(size)); }) != 0) {
      return in_temp_directory(system_error(errno, directory_), directory_);
    }
    size_ = size;
    return ok_status();
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    // A failed append may have left bytes behind the end.
    const std::uint64_t left = offset < size_ ? size_ - offset : 0;
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left)));
    if (into.empty()) return std::size_t{0};
    Result<std::size_t> count = posix::read_at(file_.get(), offset, into, directory_);
    if (!count.ok()) return in_temp_directory(std::move(count).error(), directory_);
    return count;
  }

  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }

 private:
  posix::Descriptor file_;
  std::string directory_;
  std::uint64_t size_ = 0;
};

/// What all sources over one input share.
struct Store {
  std::unique_ptr<ByteSource> input;
  std::string temp_directory;
  std::unique_ptr<SpoolFile> spool;  ///< None before the first byte.
  bool ended = false;                ///< The input said so: later passes end there too.
  std::optional<Error> failed;       ///< Bytes were taken from the input that nobody can have.

  [[nodiscard]] std::uint64_t kept() const { return spool ? spool->size() : 0; }

  Status keep(std::span<const std::byte> bytes) {
    if (!spool) {
      TFEVENTS_TRY(spool, SpoolFile::create(temp_directory));
    }
    return spool->append(bytes);
  }
};

class SpooledSource final : public ByteSource {
 public:
  explicit SpooledSource(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    if (position_ < store_->kept()) {
      TFEVENTS_TRY(const std::size_t count, store_->spool->read_at(position_, into));
      position_ += count;
      return count;
    }
    if (store_->failed) return *store_->failed;
    if (store_->ended) return std::size_t{0};
    TFEVENTS_TRY(const std::size_t count, store_->input->read(into));
    if (count == 0) {
      store_->ended = true;
      return count;
    }
    if (Status kept = store_->keep(into.first(count)); !kept.ok()) {
      store_->failed = kept.error();
      return std::move(kept).error();
    }
    position_ += count;
    return count;
  }

  Result<std::optional<std::uint64_t>> size() override {
    if (!store_->ended) return std::optional<std::uint64_t>();
    return std::optional<std::uint64_t>(store_->kept());
  }
  /// Reads on from the descriptor where `offset` is not spooled yet.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    while (offset >= store_->kept()) {
      const std::uint64_t place = std::exchange(position_, store_->kept());
      const bool wanted = offset == position_;
      const Result<std::size_t> count = read(into);
      position_ = place;
      if (!count.ok() || *count == 0 || wanted) return count;
    }
    return store_->spool->read_at(offset, into);
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return true; }
  [[nodiscard]] const std::string& path() const noexcept override { return store_->input->path(); }

 private:
  std::shared_ptr<Store> store_;
  std::uint64_t position_ = 0;
};

class SpooledDescriptor final : public SpooledInput {
 public:
  SpooledDescriptor(int descriptor, std::string name, std::string temp_directory)
      : store_(std::make_shared<Store>()) {
    store_->input = descriptor_source(descriptor, std::move(name));
    store_->temp_directory = std::move(temp_directory);
  }
  std::unique_ptr<ByteSource> open() override { return std::make_unique<SpooledSource>(store_); }

 private:
  std::shared_ptr<Store> store_;
};

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::create(const std::string& directory) {
  TFEVENTS_TRY(posix::Descriptor file, open_unnamed(directory));
  return std::unique_ptr<SpoolFile>(std::make_unique<TempSpool>(std::move(file), directory));
}

std::shared_ptr<SpooledInput> spooled_input(int descriptor, std::string name,
                                            std::string temp_directory) {
  return std::make_shared<SpooledDescriptor>(descriptor, std::move(name),
                                             std::move(temp_directory));
}

}  // namespace tfevents
