#include "io/source.hpp"

#include <algorithm>
#include <cstring>

#include "io/posix.hpp"

namespace tfevents {

namespace {

Error cannot_read_again(const std::string& path) {
  Error error;
  error.code = ErrorCode::kUnsupported;
  error.message = "a stream cannot be read again";
  error.path = path;
  return error;
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::unique_ptr<OpenFile> file, std::string path, std::optional<std::uint64_t> limit)
      : file_(std::move(file)), path_(std::move(path)), limit_(limit) {
    const Result<FileInfo> info = file_->info();
    regular_ = info.ok() && info->type == FileType::kRegular;
  }

  Result<std::size_t> read(std::span<std::byte> into) override {
    if (!limit_) return file_->read(into);
    into = clamp(read_, into);
    if (into.empty()) return std::size_t{0};
    Result<std::size_t> count = file_->read(into);
    if (count.ok()) read_ += *count;
    return count;
  }

  Result<std::optional<std::uint64_t>> size() override {
    TFEVENTS_TRY(const FileInfo info, file_->info());
    if (info.type != FileType::kRegular) return std::optional<std::uint64_t>();
    return std::optional(limit_ ? std::min(*limit_, info.size) : info.size);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (limit_) into = clamp(offset, into);
    if (into.empty()) return std::size_t{0};
    return file_->read_at(offset, into);
  }

  [[nodiscard]] bool can_read_at() const noexcept override { return regular_; }
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }

 private:
  [[nodiscard]] std::span<std::byte> clamp(std::uint64_t from, std::span<std::byte> into) const {
    const std::uint64_t left = from < *limit_ ? *limit_ - from : 0;
    return left < into.size() ? into.first(static_cast<std::size_t>(left)) : into;
  }

  std::unique_ptr<OpenFile> file_;
  std::string path_;
  std::optional<std::uint64_t> limit_;
  std::uint64_t read_ = 0;  ///< Counted only under a limit.
  bool regular_ = false;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string path)
      : bytes_(bytes), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    const std::size_t count = copy(position_, into);
    position_ += count;
    return count;
  }
  Result<std::optional<std::uint64_t>> size() override {
    return std::optional<std::uint64_t>(bytes_.size());
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    return copy(static_cast<std::size_t>(offset), into);
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return true; }
  [[nodiscard]] const std::string& path() const noexcept override { return path_; }

 private:
  [[nodiscard]] std::size_t copy(std::size_t from, std::span<std::byte> into) const {
    const std::size_t count = std::min(into.size(), bytes_.size() - from);
    if (count > 0) std::memcpy(into.data(), bytes_.data() + from, count);
    return count;
  }

  std::span<const std::byte> bytes_;
  std::string path_;
  std::size_t position_ = 0;
};

class DescriptorSource final : public ByteSource {
 public:
  DescriptorSource(int descriptor, std::string name)
      : descriptor_(descriptor), name_(std::move(name)) {}

  Result<std::size_t> read(std::span<std::byte> into) override {
    return posix::read_some(descriptor_, into, name_);
  }
  Result<std::optional<std::uint64_t>> size() override { return std::optional<std::uint64_t>(); }
  Result<std::size_t> read_at(std::uint64_t /*offset*/, std::span<std::byte> /*into*/) override {
    return cannot_read_again(name_);
  }
  [[nodiscard]] bool can_read_at() const noexcept override { return false; }
  [[nodiscard]] const std::string& path() const noexcept override { return name_; }

 private:
  int descriptor_;
  std::string name_;
};

}  // namespace

const char* to_string(Compression compression) noexcept {
  switch (compression) {
    case Compression::kNone: return "none";
    case Compression::kGzip: return "gzip";
    case Compression::kZlib: return "zlib";
  }
  return "none";
}

std::unique_ptr<ByteSource> file_source(std::unique_ptr<OpenFile> file, std::string path,
                                        std::optional<std::uint64_t> limit) {
  return std::make_unique<FileSource>(std::move(file), std::move(path), limit);
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string path) {
  return std::make_unique<MemorySource>(bytes, std::move(path));
}

std::unique_ptr<ByteSource> descriptor_source(int descriptor, std::string name) {
  return std::make_unique<DescriptorSource>(descriptor, std::move(name));
}

Compression sniff_compression(std::span<const std::byte> head) noexcept {
  if (head.size() < 2) return Compression::kNone;
  const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(head[i]); };
  // RFC 1952 section 2.3.1: ID1, ID2, and the only method there is.
  if (at(0) == 0x1f && at(1) == 0x8b && (head.size() < 3 || at(2) == 8)) return Compression::kGzip;
  // RFC 1950 section 2.2: deflate, 32 KiB window, no dictionary, one of four levels.
  constexpr unsigned kLevels[] = {0x01, 0x5e, 0x9c, 0xda};
  if (at(0) == 0x78 &&
      std::find(std::begin(kLevels), std::end(kLevels), at(1)) != std::end(kLevels)) {
    return Compression::kZlib;
  }
  return Compression::kNone;
}

}  // namespace tfevents
