#include "rewrite/manifest.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/number.hpp"
#include "logdir/file_names.hpp"

namespace tfevents::rewrite {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kReadAtOnce = 64 * 1024;

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool same_place(std::uint64_t recorded, std::uint64_t recorded_device, std::uint64_t found,
                std::uint64_t device) {
  if (recorded == recorded_device) return found == device;
  // Files of layered file systems may have devices of their own.
  return recorded == found && found != device;
}

}  // namespace

bool is_manifest_path(std::string_view path) noexcept {
  if (path.empty() || path.size() > kMaxManifestPath) return false;
  if (path.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > kMaxName) return false;
    if (is_own_name(part)) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

bool is_batch_id(std::string_view text) noexcept {
  constexpr std::size_t kDate = 8, kTime = 6, kWhole = kDate + 1 + kTime;
  if (text.size() < kWhole || text[kDate] != '-') return false;
  if (!all_digits(text.substr(0, kDate)) || !all_digits(text.substr(kDate + 1, kTime))) {
    return false;
  }
  const std::string_view rest = text.substr(kWhole);
  return rest.empty() || (rest[0] == '-' && rest.size() <= 5 && all_digits(rest.substr(1)));
}

bool same_inode(const FileInfo& recorded, std::uint64_t recorded_device, const FileInfo& found,
                std::uint64_t device) noexcept {
  return recorded.type == found.type && recorded.id.inode == found.id.inode &&
         same_place(recorded.id.device, recorded_device, found.id.device, device);
}

bool same_object(const FileInfo& recorded, std::uint64_t recorded_device, const FileInfo& found,
                 std::uint64_t device) noexcept {
  if (!same_inode(recorded, recorded_device, found, device)) return false;
  if (recorded.type == FileType::kDirectory) return true;
  return recorded.size == found.size && recorded.mtime_ns == found.mtime_ns;
}

Error ManifestReader::damaged(std::string message) const {
  return {.code = ErrorCode::kFormat,
          .message = "damaged manifest, line " + to_text(line_) + ": " + std::move(message),
          .path = path_};
}

/// The next line without its end; the last one may have none.
Result<std::optional<std::string_view>> ManifestReader::next_text() {
  std::size_t searched = taken_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos || (at_end_ && taken_ < buffer_.size())) {
      const std::string_view line = std::string_view(buffer_).substr(
          taken_, end == std::string::npos ? std::string::npos : end - taken_);
      taken_ = end == std::string::npos ? buffer_.size() : end + 1;
      ++line_;
      if (line.size() >= kMaxManifestLine) return damaged("too long");
      return std::optional(line);
    }
    if (at_end_) return std::optional<std::string_view>();
    buffer_.erase(0, std::exchange(taken_, 0));
    if (buffer_.size() >= kMaxManifestLine) return ++line_, damaged("too long");
    searched = buffer_.size();
    buffer_.resize(searched + kReadAtOnce);
    TFEVENTS_TRY(const std::size_t count,
                 file_->read(std::as_writable_bytes(std::span(buffer_).subspan(searched))));
    buffer_.resize(searched + count);
    at_end_ = count == 0;
  }
}

Status ManifestReader::check(const ManifestLine& line) {
  if (std::holds_alternative<ManifestHeader>(line)) {
    return line_ == 1 ? ok_status() : Status(damaged("a second header"));
  }
  if (++entries_ > kMaxManifestEntries) return damaged("too many entries");
  if (const auto* file = std::get_if<ManifestFile>(&line)) {
    if (file->stray != sealed_) return damaged("a file on the wrong side of the seal");
    if (file->number <= last_number_) return damaged("numbers that do not increase");
    last_number_ = file->number;
    ++seen_.files;
  } else if (std::holds_alternative<PlannedDirectory>(line)) {
    if (sealed_) return damaged("a directory behind the seal");
    ++seen_.directories;
  } else if (const auto* seal = std::get_if<ManifestSeal>(&line)) {
    if (sealed_) return damaged("a second seal");
    if (*seal != seen_) return damaged("a seal that counts otherwise");
    sealed_ = true;
  } else if (!sealed_) {
    return damaged("a deed before the seal");
  }
  return ok_status();
}

Result<std::optional<ManifestLine>> ManifestReader::next() {
  if (failed_) return *failed_;
  const auto fail = [this](Error error) {
    failed_ = error;
    return error;
  };
  while (true) {
    auto text = next_text();
    if (!text.ok()) return fail(std::move(text).error());
    if (!*text) {
      if (!sealed_) return fail(damaged("ends before its seal"));
      return std::optional<ManifestLine>();
    }
    auto line = parse_manifest_line(**text);
    if (!line.ok()) {
      // A torn line behind the seal announces what was never done.
      if (sealed_ && line.error().code == ErrorCode::kUnsupported) continue;
      return fail(damaged(line.error().message));
    }
    if (line_ == 1 && !std::holds_alternative<ManifestHeader>(*line)) {
      return fail(damaged("no header"));
    }
    if (auto checked = check(*line); !checked.ok()) return fail(std::move(checked).error());
    return std::optional(std::move(line).value());
  }
}

}  // namespace tfevents::rewrite
